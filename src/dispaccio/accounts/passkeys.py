"""Passkeys (W3C Web Authentication, level 3): what a browser is asked, and what it may answer.

Keys are discoverable, so that nobody has to type an address, and their holder is verified by the
authenticator itself (a finger, a face, a PIN), so that one of them is proof enough. Which make it
is nobody asks (attestation "none"). The library is imported when an answer comes in.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

from dispaccio.errors import PasskeyFailed
from dispaccio.words import say

LASTS = timedelta(minutes=10)
"""How long an answer to what a page asked may take; the password may be asked for in between."""
LONGEST = 20_000
"""Characters of an answer."""
_PATIENCE_MS = 300_000
_ALGORITHMS = (-8, -7, -257)
"""EdDSA, ES256, RS256 (RFC 9053, RFC 8812)."""


@dataclass(frozen=True, slots=True)
class Party:
    """The wire as authenticators know it: its host, its origin, its name."""

    id: str
    origin: str
    name: str


@dataclass(frozen=True, slots=True)
class Passkey:
    """What is kept of a passkey: its id, its public key (COSE), how often it signed."""

    id: str
    public: bytes
    count: int

    def write(self) -> str:
        """As the store keeps it, beside the id."""
        return json.dumps({"public": encode(self.public), "count": self.count})

    @classmethod
    def read(cls, id: str, data: str) -> Passkey:
        """As ``write`` wrote it."""
        said = json.loads(data)
        return cls(id, decode(said["public"]), said["count"])


def party(url: str, name: str) -> Party | None:
    """The wire of a public address; None where there can be no passkeys: at a bare IP address."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    try:
        ip_address(host)
    except ValueError:
        return Party(host, f"{parts.scheme}://{parts.netloc}", name)
    return None


def to_register(
    party: Party, challenge: bytes, holder: bytes, name: str, shown: str, known: Iterable[str]
) -> dict[str, Any]:
    """What a browser is asked for a new passkey (section 5.4); ``known`` are those there are."""
    return {
        "challenge": encode(challenge),
        "rp": {"id": party.id, "name": party.name},
        "user": {"id": encode(holder), "name": name, "displayName": shown},
        "pubKeyCredParams": [{"type": "public-key", "alg": alg} for alg in _ALGORITHMS],
        "excludeCredentials": [{"type": "public-key", "id": id} for id in known],
        "authenticatorSelection": {
            "residentKey": "required",
            "requireResidentKey": True,
            "userVerification": "required",
        },
        "attestation": "none",
        "timeout": _PATIENCE_MS,
    }


def to_prove(party: Party, challenge: bytes, known: Iterable[str] = ()) -> dict[str, Any]:
    """What a browser is asked for a proof (section 5.5); without known ones, by any passkey."""
    return {
        "challenge": encode(challenge),
        "rpId": party.id,
        "allowCredentials": [{"type": "public-key", "id": id} for id in known],
        "userVerification": "required",
        "timeout": _PATIENCE_MS,
    }


def registered(party: Party, answer: str, challenge: bytes) -> Passkey:
    """The passkey that an answer brings (section 7.1). Raises PasskeyFailed."""
    import webauthn
    from webauthn.helpers.exceptions import WebAuthnException

    try:
        found = webauthn.verify_registration_response(
            credential=_document(answer),
            expected_challenge=challenge,
            expected_rp_id=party.id,
            expected_origin=party.origin,
            require_user_verification=True,
        )
    except (WebAuthnException, ValueError, TypeError, KeyError) as error:
        raise PasskeyFailed from error
    return Passkey(encode(found.credential_id), found.credential_public_key, found.sign_count)


def id_in(answer: str) -> str:
    """The id of the passkey that an answer says it is from. Raises PasskeyFailed."""
    return str(_document(answer)["id"])


def challenge_in(answer: str) -> bytes:
    """The challenge that an answer says it answers (section 5.8.1). Raises PasskeyFailed."""
    said = _document(answer)["response"]
    try:
        found: Any = json.loads(decode(said["clientDataJSON"]))
        return decode(found["challenge"])
    except (ValueError, TypeError, KeyError, RecursionError):
        raise PasskeyFailed from None


def proved(party: Party, answer: str, challenge: bytes, kept: Passkey) -> Passkey:
    """The passkey as it is after a proof (section 7.2). Raises PasskeyFailed.

    A counter that went back tells of a copy of the passkey, and is no proof.
    """
    import webauthn
    from webauthn.helpers.exceptions import WebAuthnException

    try:
        found = webauthn.verify_authentication_response(
            credential=_document(answer),
            expected_challenge=challenge,
            expected_rp_id=party.id,
            expected_origin=party.origin,
            credential_public_key=kept.public,
            credential_current_sign_count=kept.count,
            require_user_verification=True,
        )
    except (WebAuthnException, ValueError, TypeError, KeyError) as error:
        raise PasskeyFailed from error
    return Passkey(kept.id, kept.public, found.new_sign_count)


def encode(data: bytes) -> str:
    """Bytes as base64url without padding (RFC 4648, section 5)."""
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def decode(text: str) -> bytes:
    """The bytes of such a text. Raises ValueError."""
    return base64.b64decode(text + "=" * (-len(text) % 4), b"-_", validate=True)


def _document(answer: str) -> dict[str, Any]:
    """An answer with the fields that are looked at before it is judged. Raises PasskeyFailed."""
    try:
        found = json.loads(answer) if len(answer) <= LONGEST else None
    except (ValueError, RecursionError):
        found = None
    if (
        not isinstance(found, dict)
        or not isinstance(found.get("id"), str)
        or not isinstance(found.get("response"), dict)
    ):
        raise PasskeyFailed(
            say("The browser's answer about the passkey cannot be read; try again.")
        )
    return found
