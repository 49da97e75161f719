"""Whose text it is: weighed from the lines that name the issuer, never guessed."""

from __future__ import annotations

import re

from dispaccio.anatomy.document import SpanKind
from dispaccio.anatomy.links import bears
from dispaccio.anatomy.original import address_of
from dispaccio.anatomy.prose import WIDE
from dispaccio.anatomy.work import Named, Work
from dispaccio.release.label import recognise
from dispaccio.release.model import Party

_PREFIX = re.compile(r"(?P<name>[^:：]{2,60})[:：]\s*\S")


def take(work: Work) -> None:
    """State the issuer, if the text names it."""
    work.issuer = find(work)
    if work.issuer:
        work.say(issuer=Party(work.issuer.name))


def find(work: Work) -> Named | None:
    """The issuer: named by a source line (the last counts) or letterhead, else confirmed.

    "NAME: headline" is confirmed where the text begins with the name, a link's host bears it, a
    contact or boilerplate names it, or the text repeats its several words; "About NAME" where
    headline, text or contacts name it.
    """
    if work.issuers:
        index, name = max(work.issuers)
        return Named(name, work.passages[index].text)
    if work.headline is not None:
        headline = work.passages[work.headline].text
        prefix = _PREFIX.match(headline)
        if prefix and _confirmed(work, prefix["name"].strip()):
            return Named(prefix["name"].strip(), headline)
    named = [about for about in work.abouts if _named(work, about[1])]
    if len(named) == 1:
        index, name = named[0]
        return Named(name, work.passages[index].text.split("\n")[0][:200])
    return None


def _confirmed(work: Work, name: str) -> bool:
    if recognise(name) or len(name.split()) > 6:
        return False
    if re.match(rf"{re.escape(name)}(?![^\W{WIDE}])", _first_text(work)):
        return True
    addresses = (address_of(passage) for passage in work.passages)
    if any(href and bears(href, name) for href in addresses):
        return True
    kinds = (SpanKind.CONTACT, SpanKind.BOILERPLATE, *((SpanKind.BODY,) if " " in name else ()))
    return any(name in passage.text for _, passage in work.of(*kinds))


def _named(work: Work, name: str) -> bool:
    kinds = (SpanKind.HEADLINE, SpanKind.SUBHEAD, SpanKind.BODY, SpanKind.CONTACT)
    return any(name.casefold() in passage.text.casefold() for _, passage in work.of(*kinds))


def _first_text(work: Work) -> str:
    return next((passage.text for _, passage in work.of(SpanKind.BODY)), "")
