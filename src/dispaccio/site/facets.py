"""Subjects on the pages: their names for a reader, and which of them a list offers."""

from __future__ import annotations

from collections.abc import Sequence

from dispaccio.release import subjects
from dispaccio.release.model import Subject
from dispaccio.site.pages import Reader
from dispaccio.wire.public import Public


def offered(public: Public, reader: Reader, channel: str | None = None) -> list[tuple[str, str]]:
    """The subjects that a list may be cut down to, each as ``scheme:code`` and by its name.

    Those are the top terms under which releases are listed and, below the one that was chosen or
    that stands above it, the second level.
    """
    _, chosen = subjects.parse(reader.subject or "") or ("", "")
    opened = subjects.parent(chosen) or chosen
    return [
        (subjects.write(subjects.SCHEME, code), subjects.name_of(code, reader.language) or code)
        for code in public.subjects(channel)
        if subjects.parent(code) in (None, opened)
    ]


def named(ref: str | None, language: str) -> str | None:
    """What a subject is called; one that is no Media Topic by what it is written as."""
    scheme, code = subjects.parse(ref or "") or ("", "")
    known = subjects.name_of(code, language) if scheme == subjects.SCHEME else None
    return known or ref


def of_release(said: Sequence[Subject], language: str) -> list[tuple[str | None, str]]:
    """The subjects of a release by name, each with how its list is asked for, if it has one."""
    found = []
    for one in said:
        ref = subjects.write(one.scheme, one.code)
        known = subjects.name_of(one.code, language) if one.scheme == subjects.SCHEME else None
        listed = ref if ref in subjects.facets((one,)) else None
        found.append((listed, known or one.name or one.code))
    return found
