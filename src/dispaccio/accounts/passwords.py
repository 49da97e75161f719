"""Passwords: argon2id hashes (RFC 9106), and what a password has to be like.

The rules are those of NIST SP 800-63B: a length, no rules about kinds of signs, and nothing that
stands beside the account, such as its own address.
"""

from __future__ import annotations

import unicodedata
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from dispaccio.errors import WeakPassword
from dispaccio.words import say

SHORTEST, LONGEST = 12, 256
_MEMORY_KIB, _PASSES = 19_456, 2
"""The first choice of OWASP's password storage sheet: 19 MiB, 2 passes, one lane."""


@cache
def _hasher() -> PasswordHasher:
    return PasswordHasher(time_cost=_PASSES, memory_cost=_MEMORY_KIB, parallelism=1)


@cache
def _nobodys() -> str:
    return _hasher().hash("nobody has this password")


def hashed(password: str, *known: str) -> str:
    """The argon2id hash of a new password, with its salt and parameters.

    ``known`` are words that it may not be made of: name, address. Raises WeakPassword.
    """
    given = _normal(password)
    if not SHORTEST <= len(given) <= LONGEST:
        raise WeakPassword(
            say(
                "A password has {shortest} to {longest} characters; this one has {count}.",
                shortest=SHORTEST,
                longest=LONGEST,
                count=len(given),
            )
        )
    if len(set(given)) < 5:
        raise WeakPassword(say("The password repeats a few characters; choose words of your own."))
    if any(word and given.casefold() == word.casefold() for word in known):
        raise WeakPassword(say("The password is your own name or address; choose another."))
    return _hasher().hash(given)


def matches(kept: str | None, password: str) -> bool:
    """Whether a password is the one of a hash; without a hash it takes as long, and is not."""
    given = _normal(password[: LONGEST * 4])
    try:
        _hasher().verify(kept or _nobodys(), given)
    except (VerificationError, InvalidHashError):
        return False
    return kept is not None


def _normal(password: str) -> str:
    """The same password whatever keyboard composed its letters (NIST SP 800-63B, 3.1.1.2)."""
    return unicodedata.normalize("NFKC", password)
