"""A release in another organisation's name, or of an account that looks like another."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from functools import lru_cache

from dispaccio.desk.checks.base import Context, Finding, Severity, check
from dispaccio.desk.checks.reading.characters import shown, skeleton
from dispaccio.desk.checks.reading.passages import names
from dispaccio.release.model import Revision
from dispaccio.words import say

_LEGAL_FORM = re.compile(
    "ab|ag|aps|asa?|bv|co|company|corp|corporation|ets|ev|gmbh|inc|kg|lda|limited|llc|llp|ltda?|nv"
    "|onlus|oyj?|plc|sa|sapa|sarl|sas|se|slu?|snc|spa|srl"
)
_SHORTEST = 4


@check("other-issuer-named", "Names of other issuers")
def other_issuer_named(revision: Revision, context: Context) -> Iterator[Finding]:
    """Errors when the release names another issuer than the account; holds look-alikes.

    Warns when the account's own name looks like another account's, when the headline begins with
    another account's name, and when a contact belongs to one. Another wire's release is not judged.
    """
    if context.relayed:
        return
    own = context.issuer_name
    others = {_of_account(name)[0]: name for name in context.other_issuers if name != own}
    if own and (twin := _twin(own, others.values())):
        message = say(
            "The account {own} looks like {twin}, another issuer of this wire; the desk has to "
            "know which of the two sends this.",
            own=shown(own),
            twin=shown(twin),
        )
        yield Finding(Severity.WARNING, message, "issuer", own)
    if own and revision.issuer:
        yield from _named(revision.issuer.name, own, others)
    headline = f"{_key(revision.headline[:300])} "
    for key, name in others.items():
        if len(key) >= _SHORTEST and headline.startswith(f"{key} ") and key != _key(own or ""):
            begins = say(
                "The headline begins with {name}, another issuer of this wire; the desk should ask "
                "that issuer whether it agreed.",
                name=shown(name),
            )
            yield Finding(Severity.WARNING, begins, "headline", name)
    for passage in names(revision):
        if passage.where != "issuer" and (other := others.get(_key(passage.text))):
            belongs = say(
                "Press contact {number} belongs to {name}, another issuer of this wire; the desk "
                "should ask that issuer whether it agreed.",
                number=int(passage.where.partition("/")[2]) + 1,
                name=shown(other),
            )
            yield Finding(Severity.WARNING, belongs, passage.where, other)


def _named(named: str, own: str, others: dict[str, str]) -> Iterator[Finding]:
    said, meant = _key(named), _key(own)
    if not said or said == meant:
        return
    words, own_words = set(said.split()), set(meant.split())
    part = said not in others and (words <= own_words or own_words <= words)
    if skeleton(named) == skeleton(own):
        message = say(
            "The release names {named} as its issuer, which is not written with the letters of the "
            "account {own}, though it looks so; name your own organisation, or hand it in from "
            "the other's account.",
            named=shown(named),
            own=shown(own),
        )
    else:
        message = say(
            "The release names {named} as its issuer, which is not the account that hands it in, "
            "{own}; name your own organisation, or hand it in from the other's account.",
            named=shown(named),
            own=shown(own),
        )
    yield Finding(Severity.WARNING if part else Severity.ERROR, message, "issuer", named)


def _twin(own: str, others: Iterable[str]) -> str | None:
    """The first name that is the same but for legal forms, or that looks the same."""
    key, look = _of_account(own)
    for name in others:
        its_key, its_look = _of_account(name)
        if key == its_key or look == its_look:
            return name
    return None


@lru_cache(maxsize=16_384)
def _of_account(name: str) -> tuple[str, str]:
    """An account's name to compare, and what it looks like: the same for every submission."""
    return _key(name), skeleton(name)


def _key(name: str) -> str:
    """A name to compare: words in lower case without accents, points and legal forms."""
    bare = unicodedata.normalize("NFKD", name[:300]).casefold()
    bare = re.sub(r"[.'’\u0300-\u036f]", "", bare)
    words = re.findall(r"[^\W_]+", bare)
    return " ".join([word for word in words if not _LEGAL_FORM.fullmatch(word)] or words)
