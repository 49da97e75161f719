"""OpenID Connect (Core 1.0): what a provider is asked, and what its answers may say.

The code flow (section 3.1) with PKCE (RFC 7636), and nothing else of it. What is to be known again
when the browser comes back stands in ``Pending``, which the wire seals. The library for signatures
is imported when the first of them is judged.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

from dispaccio.access.roles import ISSUER_ROLES, SUBSCRIBER_ROLES, Role
from dispaccio.accounts.passkeys import decode, encode
from dispaccio.errors import (
    LogInStrayed,
    MalformedSettings,
    ProviderMisanswered,
    TokenExpired,
    TokenUntrusted,
)
from dispaccio.settings import FILE
from dispaccio.words import in_a_row, say

KIND = "oidc"
LASTS = timedelta(minutes=10)
"""How long somebody may take at the provider."""
LEEWAY = timedelta(minutes=1)
"""How far the provider's clock may be off."""
ALGORITHMS = {"RS256": ("RSA", None), "ES256": ("EC", "P-256"), "EdDSA": ("OKP", "Ed25519")}
"""The signatures that count (RFC 7518, RFC 8037), each with the key that it is made with."""
SHORTEST_RSA = 2048
"""Bits."""
LONGEST_TOKEN = 100_000
"""Characters."""
LONGEST_SUBJECT = 255
"""Characters (section 2)."""


@dataclass(frozen=True, slots=True)
class Provider:
    """A provider as its metadata describe it (Discovery 1.0, section 3), with its keys."""

    issuer: str
    authorization: str
    """Where the browser is sent."""
    token: str
    """Where a code is redeemed."""
    jwks: str
    """Where the keys are."""
    userinfo: str | None
    in_header: bool
    """Whether the client's secret goes into the ``Authorization`` header, not into the form."""
    names_itself: bool
    """Whether it says in the browser's address who it is (RFC 9207)."""
    scopes: frozenset[str]
    keys: tuple[Mapping[str, Any], ...] = ()

    @classmethod
    def read(cls, said: Mapping[str, Any], issuer: str, *, bare: bool) -> Provider:
        """The provider of that issuer, from its metadata. Raises ProviderMisanswered.

        ``bare``: the browser may be sent to plain http, as in a test home.
        """
        if said.get("issuer") != issuer:
            raise ProviderMisanswered(
                say(
                    "The provider says that it is {said}, and oidc_issuer is {issuer}; write "
                    "that setting exactly as the provider does.",
                    said=_short(said.get("issuer")),
                    issuer=repr(issuer),
                )
            )
        ways = said.get("token_endpoint_auth_methods_supported", ["client_secret_basic"])
        if not {"client_secret_basic", "client_secret_post"} & set(_texts(ways)):
            raise ProviderMisanswered(
                say("The provider takes no client secret, the wire has no other.")
            )
        userinfo = said.get("userinfo_endpoint")
        where = _address(said, "authorization_endpoint")
        if not bare and urlsplit(where).scheme != "https":
            raise ProviderMisanswered(say("The provider's log-in page is not at https."))
        return cls(
            issuer=issuer,
            authorization=where,
            token=_address(said, "token_endpoint"),
            jwks=_address(said, "jwks_uri"),
            userinfo=userinfo if isinstance(userinfo, str) else None,
            in_header="client_secret_basic" in _texts(ways),
            names_itself=said.get("authorization_response_iss_parameter_supported") is True,
            scopes=frozenset(_texts(said.get("scopes_supported", []))),
        )


@dataclass(frozen=True, slots=True)
class Pending:
    """A log-in that was begun: what has to fit when the browser comes back.

    ``browser`` is the hash of what only the same browser has, ``begun`` seconds since 1970, and
    ``session`` the key of the session whose holder is asked anew (None for a log-in).
    """

    nonce: str
    verifier: str
    browser: str
    begun: float
    then: str = ""
    session: int | None = None

    @classmethod
    def begin(cls, browser: str, now: datetime, then: str, session: int | None) -> Pending:
        """A new one, for the browser with that token."""
        nonce, verifier = secrets.token_urlsafe(32), secrets.token_urlsafe(32)
        return cls(nonce, verifier, _hash(browser), now.timestamp(), then, session)

    def write(self) -> bytes:
        """As it is sealed."""
        return json.dumps(asdict(self)).encode()

    @classmethod
    def read(cls, sealed: bytes) -> Pending:
        """As ``write`` wrote it."""
        return cls(**json.loads(sealed))

    def require(self, browser: str, now: datetime) -> None:
        """Nothing, if the same browser came back in time. Raises LogInStrayed, TokenExpired."""
        if not hmac.compare_digest(self.browser, _hash(browser)):
            raise LogInStrayed
        if now.timestamp() - self.begun >= LASTS.total_seconds():
            raise TokenExpired

    def address(self, provider: Provider, client: str, back: str, state: str, groups: str) -> str:
        """Where the browser is sent (section 3.1.2.1; RFC 7636 section 4.3).

        Whose session is to be proved is asked anew by the provider, whatever it remembers.
        """
        scope = ["openid", "email", "profile", *({groups} & provider.scopes - {"openid"})]
        challenge = encode(hashlib.sha256(self.verifier.encode()).digest())
        asked = {
            "response_type": "code",
            "client_id": client,
            "redirect_uri": back,
            "scope": " ".join(dict.fromkeys(scope)),
            "state": state,
            "nonce": self.nonce,
            "code_challenge": challenge,
            "code_challenge_method": "S256",
        }
        if self.session is not None:
            asked |= {"prompt": "login", "max_age": "0"}
        joint = "&" if urlsplit(provider.authorization).query else "?"
        return f"{provider.authorization}{joint}{urlencode(asked, quote_via=quote)}"


def signed(token: str, keys: Sequence[Mapping[str, Any]]) -> dict[str, Any] | None:
    """What a token says whose signature holds; None where none of the keys is the one it names.

    Raises TokenUntrusted.
    """
    alg, kid = _head(token)
    kind, curve = ALGORITHMS[alg]
    fitting = [
        key
        for key in keys
        if key.get("kty") == kind
        and key.get("crv") == curve
        and key.get("use", "sig") == "sig"
        and key.get("alg", alg) == alg
        and (kid is None or key.get("kid") == kid)
    ]
    if len(fitting) > 1:
        raise TokenUntrusted(say("The provider's token does not say which of its keys signed it."))
    return _verified(token, alg, fitting[0]) if fitting else None


def judge(
    said: Mapping[str, Any], provider: Provider, client: str, pending: Pending, now: datetime
) -> None:
    """Nothing, if a token is for us, for this log-in, and in time (section 3.1.3.7).

    Raises TokenUntrusted, TokenExpired, LogInStrayed.
    """
    if said.get("iss") != provider.issuer:
        raise TokenUntrusted(say("The token is from another provider; nobody was logged in."))
    audience = said.get("aud")
    meant = [audience] if isinstance(audience, str) else _texts(audience)
    party = said.get("azp")
    if client not in meant or party not in (client, None) or (len(meant) > 1 and party != client):
        raise TokenUntrusted(say("The token is meant for somebody else; nobody was logged in."))
    subject = said.get("sub")
    if not (isinstance(subject, str) and subject.isascii() and subject.isprintable()):
        raise TokenUntrusted(say("The token does not say whose it is; nobody was logged in."))
    if not 0 < len(subject) <= LONGEST_SUBJECT:
        raise TokenUntrusted(say("The token does not say whose it is; nobody was logged in."))
    at, leeway = now.timestamp(), LEEWAY.total_seconds()
    if _instant(said, "exp") <= at - leeway:
        raise TokenExpired
    if not pending.begun - leeway <= _instant(said, "iat") <= at + leeway:
        raise TokenExpired(say("The token was not made for this log-in; begin it again."))
    nonce = said.get("nonce")
    if not isinstance(nonce, str) or not hmac.compare_digest(
        nonce.encode("utf-8", "replace"), pending.nonce.encode()
    ):
        raise LogInStrayed


def proved_at(said: Mapping[str, Any]) -> float | None:
    """When, in seconds since 1970, the provider last asked somebody for a proof, if it says so."""
    return _instant(said, "auth_time") if "auth_time" in said else None


def named(said: Mapping[str, Any], claim: str) -> tuple[str, ...]:
    """The names in a claim that is one text or a list of them. Raises ProviderMisanswered."""
    value = said.get(claim)
    if value is None:
        return ()
    found = [value] if isinstance(value, str) else _texts(value)
    if not isinstance(value, str | list) or (isinstance(value, list) and len(found) != len(value)):
        raise ProviderMisanswered(
            say("The provider's claim {claim} is no list of texts.", claim=repr(claim))
        )
    return tuple(found)


def mapped(lines: Sequence[str]) -> list[tuple[str, tuple[str, str | None]]]:
    """The groups of the setting ``oidc_roles``, each with a role. Raises MalformedSettings."""
    found = []
    for line in lines:
        group, _, written = (part.strip() for part in line.rpartition("="))
        name, _, where = written.partition(":")
        bound = name in ISSUER_ROLES | SUBSCRIBER_ROLES
        if not group or name not in list(Role) or bool(where) != bound:
            raise MalformedSettings(
                say(
                    '{file}: oidc_roles holds lines such as "press = author:ISSUER" or "news = '
                    'desk", with a role that there is, not {line}.',
                    file=FILE,
                    line=repr(line[:80]),
                )
            )
        found.append((group, (name, where or None)))
    return found


def known_as(issuer: str, subject: str) -> str:
    """How an account at a provider is kept; neither part holds a blank."""
    return f"{KIND} {issuer} {quote(subject, safe='')}"


def _head(token: str) -> tuple[str, str | None]:
    """The algorithm of a token and the id of its key, before anything is believed of it."""
    try:
        head = json.loads(decode(token.partition(".")[0])) if len(token) <= LONGEST_TOKEN else None
    except (ValueError, RecursionError):
        head = None
    if not isinstance(head, dict):
        raise TokenUntrusted(say("The provider's token cannot be read; nobody was logged in."))
    alg, kid = head.get("alg"), head.get("kid")
    if not isinstance(alg, str) or alg not in ALGORITHMS:
        raise TokenUntrusted(
            say(
                "The provider's token is signed by {alg}; the wire takes {algorithms}.",
                alg=_short(alg),
                algorithms=in_a_row(ALGORITHMS),
            )
        )
    if kid is not None and not isinstance(kid, str):
        raise TokenUntrusted(say("The provider's token cannot be read; nobody was logged in."))
    return alg, kid


def _require_length(key: Mapping[str, Any]) -> None:
    """Nothing, unless a key of RSA is shorter than it may be (RFC 7518 section 3.3)."""
    if key.get("kty") == "RSA" and len(decode(str(key.get("n", "")))) * 8 < SHORTEST_RSA:
        raise TokenUntrusted(
            say("The provider's key has less than {least} bits.", least=SHORTEST_RSA)
        )


def _verified(token: str, alg: str, key: Mapping[str, Any]) -> dict[str, Any]:
    from joserfc.errors import JoseError
    from joserfc.jwk import import_key
    from joserfc.jws import JWSRegistry, deserialize_compact

    class Registry(JWSRegistry):
        """Takes the one algorithm that was agreed on, and heads with words of the provider's."""

        max_payload_length = LONGEST_TOKEN

        def get_alg(self, name: str) -> Any:
            assert name == alg
            return self.algorithms[name]

    try:
        _require_length(key)
        made = deserialize_compact(
            token, import_key(dict(key)), registry=Registry(strict_check_header=False)
        )
        said = json.loads(made.payload or b"")
    except (JoseError, ValueError, TypeError, KeyError, RecursionError):
        raise TokenUntrusted from None
    if not isinstance(said, dict):
        raise TokenUntrusted
    return said


def _instant(said: Mapping[str, Any], claim: str) -> float:
    value = said.get(claim)
    if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) < 1e11:
        raise TokenUntrusted(
            say("The provider's token has no proper {claim}; nobody was logged in.", claim=claim)
        )
    return float(value)


def _address(said: Mapping[str, Any], name: str) -> str:
    value = said.get(name)
    if not isinstance(value, str) or not value.isascii() or not value.isprintable():
        raise ProviderMisanswered(say("The provider's metadata lack {name}.", name=name))
    if urlsplit(value).scheme not in ("https", "http") or "#" in value:
        raise ProviderMisanswered(say("The provider's {name} is no address on the web.", name=name))
    return value


def _texts(value: Any) -> list[str]:
    return [item for item in value if isinstance(item, str)] if isinstance(value, list) else []


def _hash(browser: str) -> str:
    return hashlib.sha256(browser[:200].encode("utf-8", "surrogateescape")).hexdigest()


def _short(value: Any) -> str:
    return repr(value)[:80]
