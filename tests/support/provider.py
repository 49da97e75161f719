"""An OpenID provider on loopback, with real keys and signatures; it errs as a test tells it to."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import secrets
import threading
import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, parse_qsl, unquote_plus, urlencode, urlsplit

from joserfc import jws
from joserfc.errors import SecurityWarning
from joserfc.jwk import ECKey, OKPKey, RSAKey

CLIENT, SECRET = "wire of ponte", "a secret: 100 % & more"
_MAKES: dict[str, Callable[[], Any]] = {
    "RS256": lambda: RSAKey.generate_key(2048),
    "ES256": lambda: ECKey.generate_key("P-256"),
    "EdDSA": lambda: OKPKey.generate_key("Ed25519"),
}


@cache
def _first() -> Any:
    """The key that every provider begins with: making one of RSA takes a while."""
    return _MAKES["RS256"]()


@dataclass
class Account:
    """Somebody of the organisation, as the provider tells of them."""

    sub: str
    email: str | None = None
    email_verified: bool | None = True
    groups: Any = ()
    more: dict[str, Any] = field(default_factory=dict)

    def claims(self) -> dict[str, Any]:
        said = {"sub": self.sub, "email": self.email, "email_verified": self.email_verified}
        said |= {"groups": list(self.groups) if isinstance(self.groups, tuple) else self.groups}
        return {name: value for name, value in (said | self.more).items() if value is not None}


class Provider:
    """What it answers, and what a test changes of that.

    ``who`` is logged in there. ``claims`` and ``head`` are put over what a token says (None takes
    a claim out), ``metadata`` over the discovery. ``answers`` gives whole answers by path: status,
    headers, body. ``sign`` makes another token of head, claims and key.
    """

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self.clock, self.issuer = clock, ""
        self.reset()

    def reset(self) -> None:
        """As it was at first."""
        self.who = Account("sub-1", "lia@ponte.example")
        self.claims: dict[str, Any] = {}
        self.head: dict[str, Any] = {}
        self.metadata: dict[str, Any] = {}
        self.answers: dict[str, tuple[int, dict[str, str], bytes]] = {}
        self.back: dict[str, str | None] = {}
        self.sign: Callable[[dict[str, Any], dict[str, Any], Any], str] = signed
        self.thin, self.delay = False, 0.0
        self.asked: list[str] = []
        self.codes: dict[str, dict[str, str]] = {}
        self.access: dict[str, Account] = {}
        self.alg, self.kid = "RS256", "first"
        self.keys: dict[str, tuple[str, Any]] = {self.kid: (self.alg, _first())}

    def rotate(self, alg: str) -> None:
        """Another key takes the place of the ones there are."""
        self.alg, self.kid = alg, secrets.token_hex(4)
        self.keys = {self.kid: (alg, _MAKES[alg]())}

    @property
    def key(self) -> Any:
        return self.keys[self.kid][1]

    def log_in(self, address: str) -> str:
        """Where the browser of ``who`` is sent back to, which came with that address."""
        asked = dict(parse_qsl(urlsplit(address).query))
        assert asked["response_type"] == "code" and asked["client_id"] == CLIENT
        assert "openid" in asked["scope"].split() and asked["code_challenge_method"] == "S256"
        code = secrets.token_urlsafe(8)
        self.codes[code] = asked
        back = {"code": code, "state": asked["state"], "iss": self.issuer, **self.back}
        said = {name: value for name, value in back.items() if value is not None}
        return f"{asked['redirect_uri']}?{urlencode(said)}"

    def discovery(self) -> dict[str, Any]:
        said = {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize?tenant=1",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/keys",
            "userinfo_endpoint": f"{self.issuer}/userinfo",
            "scopes_supported": ["openid", "email", "groups"],
            "authorization_response_iss_parameter_supported": True,
            **self.metadata,
        }
        return {name: value for name, value in said.items() if value is not None}

    def jwks(self) -> dict[str, Any]:
        shown = []
        for kid, (alg, key) in self.keys.items():
            shown.append({**key.as_dict(private=False), "kid": kid, "use": "sig", "alg": alg})
        return {"keys": [{"kty": "unheard-of", "kid": "x"}, *shown]}

    def redeem(self, form: dict[str, str], authorization: str) -> tuple[int, dict[str, Any]]:
        pair = base64.b64decode(authorization.removeprefix("Basic ")).decode().partition(":")
        given = unquote_plus(pair[0]), unquote_plus(pair[2])
        if not authorization:
            given = form.get("client_id", ""), form.get("client_secret", "")
        if given != (CLIENT, SECRET):
            return 401, {"error": "invalid_client"}
        asked = self.codes.pop(form["code"], None)
        challenge = hashlib.sha256(form["code_verifier"].encode()).digest()
        if (
            asked is None
            or asked["redirect_uri"] != form["redirect_uri"]
            or asked["code_challenge"] != base64.urlsafe_b64encode(challenge).decode().rstrip("=")
        ):
            return 400, {"error": "invalid_grant"}
        access = secrets.token_urlsafe(8)
        self.access[access] = self.who
        return 200, {"id_token": self.token(asked), "access_token": access, "token_type": "Bearer"}

    def token(self, asked: dict[str, str]) -> str:
        now = int(self.clock().timestamp())
        said = {
            "iss": self.issuer,
            "aud": CLIENT,
            "exp": now + 300,
            "iat": now,
            "nonce": asked.get("nonce"),
            **({"sub": self.who.sub} if self.thin else self.who.claims()),
        }
        if "max_age" in asked:
            said["auth_time"] = now
        said |= self.claims
        said = {name: value for name, value in said.items() if value is not None}
        return self.sign({"alg": self.alg, "kid": self.kid, **self.head}, said, self.key)


def signed(head: dict[str, Any], said: dict[str, Any], key: Any) -> str:
    """A token as it should be."""
    registry = jws.JWSRegistry(algorithms=[head["alg"]], strict_check_header=False)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SecurityWarning)
        return jws.serialize_compact(
            {k: v for k, v in head.items() if v is not None},
            json.dumps(said),
            key,
            registry=registry,
        )


def unsigned(head: dict[str, Any], said: dict[str, Any], key: Any) -> str:
    """A token that says it needs no signature."""
    del key
    return ".".join((_encoded({**head, "alg": "none"}), _encoded(said), ""))


def by_public_key(head: dict[str, Any], said: dict[str, Any], key: Any) -> str:
    """A token signed with HMAC, whose secret is the public key that everybody knows."""
    body = f"{_encoded({**head, 'alg': 'HS256'})}.{_encoded(said)}"
    mac = hmac.digest(key.as_pem(private=False), body.encode(), "sha256")
    return f"{body}.{base64.urlsafe_b64encode(mac).decode().rstrip('=')}"


def by_another(head: dict[str, Any], said: dict[str, Any], key: Any) -> str:
    """A token signed with somebody else's key, under the id of the right one."""
    del key
    return signed(head, said, _MAKES[head["alg"]]())


def altered(head: dict[str, Any], said: dict[str, Any], key: Any) -> str:
    """A token whose text was changed after it was signed."""
    first, _, last = signed(head, said, key).split(".")
    return ".".join((first, _encoded({**said, "email": "olga@ponte.example"}), last))


def _encoded(said: dict[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(said).encode()).decode().rstrip("=")


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    provider: Provider

    def do_GET(self) -> None:
        path = urlsplit(self.path).path
        self.provider.asked.append(path)
        if path == "/.well-known/openid-configuration":
            self._say(200, self.provider.discovery())
        elif path == "/keys":
            self._say(200, self.provider.jwks())
        elif path == "/userinfo":
            token = self.headers["authorization"].removeprefix("Bearer ")
            self._say(200, self.provider.access[token].claims())
        elif path == "/authorize":
            self._page()
        else:
            self._say(404, {})

    def do_POST(self) -> None:
        path = urlsplit(self.path).path
        self.provider.asked.append(path)
        body = self.rfile.read(int(self.headers["content-length"])).decode()
        if path == "/token":
            form = {name: value[0] for name, value in parse_qs(body).items()}
            self._say(*self.provider.redeem(form, self.headers.get("authorization", "")))
        elif path == "/authorize":
            back = self.provider.log_in(self.path)
            self._send(303, {"location": back}, b"")
        else:
            self._say(404, {})

    def _page(self) -> None:
        """Where somebody logs in at the provider, as a browser shows it."""
        page = (
            "<!doctype html><html lang='en'><title>Ponte's log-in</title><h1>Ponte's log-in</h1>"
            "<form method='post'><button>It is me</button></form>"
        )
        self._send(200, {"content-type": "text/html; charset=utf-8"}, page.encode())

    def _say(self, status: int, said: dict[str, Any]) -> None:
        self._send(status, {"content-type": "application/json"}, json.dumps(said).encode())

    def _send(self, status: int, headers: dict[str, str], body: bytes) -> None:
        time.sleep(self.provider.delay)
        path = urlsplit(self.path).path
        status, headers, body = self.provider.answers.get(path, (status, headers, body))
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        with suppress(OSError):  # whoever asked has gone away
            self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        pass

    def log_error(self, format: str, *args: Any) -> None:
        pass


@contextmanager
def provider(clock: Callable[[], datetime] = lambda: datetime.now(UTC)) -> Iterator[Provider]:
    """A provider that listens on a loopback port; ``clock`` is its own."""
    made = Provider(clock)
    handler = type("Handler", (_Handler,), {"provider": made})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    made.issuer = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield made
    finally:
        server.shutdown()
        thread.join(timeout=30)
        server.server_close()
