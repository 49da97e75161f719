"""Talking to an OpenID provider, through the one door out: metadata, keys, a code, a person."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import quote_plus, urlencode

from dispaccio.accounts.oidc import Provider
from dispaccio.egress.client import Answer, Client, Limits
from dispaccio.errors import (
    AnswerTooLarge,
    EgressFailed,
    EgressRefused,
    MalformedAnswer,
    ProviderMisanswered,
    ProviderSilent,
    TokenExpired,
)
from dispaccio.words import say

_LIMITS = Limits(resolve=3.0, connect=3.0, tls=3.0, total=6.0, body=256 * 1024)
_JSON = {"accept": "application/json"}


@dataclass(frozen=True, slots=True)
class Party:
    """The wire as the provider knows it: its id, its secret, where browsers come back to."""

    id: str
    secret: str = field(repr=False)
    back: str


@dataclass(frozen=True, slots=True)
class Redeemed:
    """What a code was redeemed for (section 3.1.3.3)."""

    id_token: str = field(repr=False)
    access_token: str = field(repr=False)


async def discover(client: Client, issuer: str, *, bare: bool) -> Provider:
    """A provider with its keys (Discovery 1.0, section 4).

    Raises ProviderSilent, ProviderMisanswered.
    """
    said = await _get(client, f"{issuer.rstrip('/')}/.well-known/openid-configuration", _JSON)
    return await with_keys(client, Provider.read(said, issuer, bare=bare))


async def with_keys(client: Client, provider: Provider) -> Provider:
    """The same provider with the keys it has now. Raises as ``discover``."""
    keys = (await _get(client, provider.jwks, _JSON)).get("keys")
    if not isinstance(keys, list):
        raise ProviderMisanswered(say("The provider's keys cannot be read."))
    return replace(provider, keys=tuple(key for key in keys if isinstance(key, dict)))


async def redeem(
    client: Client, provider: Provider, party: Party, code: str, verifier: str
) -> Redeemed:
    """What a code stands for (section 3.1.3). Raises as ``discover``, and TokenExpired."""
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": party.back,
        "code_verifier": verifier,
    }
    headers = {**_JSON, "content-type": "application/x-www-form-urlencoded"}
    if provider.in_header:  # RFC 6749 section 2.3.1
        pair = f"{quote_plus(party.id)}:{quote_plus(party.secret)}".encode()
        headers["authorization"] = f"Basic {base64.b64encode(pair).decode()}"
    else:
        form |= {"client_id": party.id, "client_secret": party.secret}
    try:
        answer = await client.post(provider.token, headers, urlencode(form).encode(), _LIMITS)
    except (EgressFailed, EgressRefused) as error:
        raise _silent(error) from None
    said = _document(answer)
    if answer.status == 400 and said.get("error") == "invalid_grant":
        raise TokenExpired
    tokens = said.get("id_token"), said.get("access_token", "")
    if answer.status != 200 or not all(_is_token(token) for token in tokens):
        raise ProviderMisanswered(
            say(
                "The provider answered {status} and gave no token{said}; see that its client "
                "id, secret and redirect address are the wire's.",
                status=answer.status,
                said=_code(said),
            )
        )
    return Redeemed(*map(str, tokens))


async def told(client: Client, provider: Provider, token: str) -> dict[str, Any]:
    """What the provider says of the holder of an access token (section 5.3). Raises likewise."""
    assert provider.userinfo is not None
    return await _get(client, provider.userinfo, {**_JSON, "authorization": f"Bearer {token}"})


async def _get(client: Client, url: str, headers: Mapping[str, str]) -> dict[str, Any]:
    try:
        answer = await client.get(url, headers, _LIMITS)
    except (EgressFailed, EgressRefused) as error:
        raise _silent(error) from None
    said = _document(answer)
    if answer.status != 200:
        raise ProviderMisanswered(
            say("The provider answered {status} where it should say 200.", status=answer.status)
        )
    return said


def _document(answer: Answer) -> dict[str, Any]:
    try:
        found = None if answer.cut else json.loads(answer.body)
    except (ValueError, RecursionError):
        found = None
    if isinstance(found, dict):
        return found
    if answer.status != 200:
        return {}
    if answer.cut:
        raise ProviderMisanswered(say("The provider's answer is too large."))
    raise ProviderMisanswered(say("The provider's answer is no JSON object."))


def _is_token(value: Any) -> bool:
    return isinstance(value, str) and value.isascii() and value.isprintable()


def _code(said: Mapping[str, Any]) -> str:
    error = said.get("error")
    return f" ({str(error)[:60]})" if _is_token(error) else ""


def _silent(error: EgressFailed | EgressRefused) -> ProviderSilent | ProviderMisanswered:
    if isinstance(error, MalformedAnswer | AnswerTooLarge):
        return ProviderMisanswered(
            say("The provider's answer cannot be used: {message}", message=error.message)
        )
    return ProviderSilent(say("The provider cannot be asked: {message}", message=error.message))
