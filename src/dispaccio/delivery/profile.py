"""What one receiver needs otherwise: character set, headline length, sections, file name. Pure.

A profile changes what is sent there and nothing else; what it could not map is named, so that
nothing is lost in silence.
"""

from __future__ import annotations

import codecs
import json
import re
import unicodedata
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, fields, replace
from functools import lru_cache
from typing import Any

from dispaccio.errors import MalformedProfile
from dispaccio.release import subjects
from dispaccio.release.model import Revision, Subject
from dispaccio.words import in_a_row, say

CHARSETS = ("utf-8", "us-ascii", "iso-8859-1", "iso-8859-15", "windows-1250", "windows-1252")
SECTION = "section"
"""The scheme under which a release bears the receiver's own section."""
SHORTEST_HEADLINE = 20
MOST_SECTIONS = 200
FILE_NAME = "{number}.v{version}{suffix}"
PLACES = frozenset({"issuer", "channel", "date", "number", "version", "language", "suffix"})
"""What a file name may hold in braces."""
_PLACE = re.compile(r"\{([a-z]*)\}")
_XML = re.compile(rb"""\A(<\?xml\s[^>]*?encoding=)(["'])[A-Za-z0-9._-]+\2""")
_CHARSET = re.compile(r";\s*charset=[^;]+", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Profile:
    """How one receiver wants what it gets.

    ``headline`` is the most characters of a headline; ``sections`` gives the receiver's own section
    for subjects such as ``medtop:04000000``; ``file_name`` is a path with places in braces.
    """

    charset: str = "utf-8"
    headline: int | None = None
    sections: Mapping[str, str] = field(default_factory=dict)
    file_name: str = FILE_NAME

    @property
    def plain(self) -> bool:
        """Whether the documents are those that everybody gets."""
        return self.charset == "utf-8" and self.headline is None and not self.sections

    def write(self) -> str | None:
        """The profile as the store keeps it; None for one that asks for nothing."""
        said = self.data()
        return json.dumps(said, ensure_ascii=False, sort_keys=True) if said else None

    def data(self) -> dict[str, Any]:
        """The profile as data, without what it does not ask for."""
        given = {item.name: getattr(self, item.name) for item in fields(self)}
        usual = Profile()
        return {name: value for name, value in given.items() if value != getattr(usual, name)}


def parse(said: Mapping[str, Any]) -> Profile:
    """A profile from data. Raises MalformedProfile, which names what is wrong."""
    known = {item.name for item in fields(Profile)}
    for name in said:
        if name not in known:
            raise MalformedProfile(
                say(
                    "A profile has no {name}; there are {known}.",
                    name=repr(name),
                    known=in_a_row(sorted(known)),
                )
            )
    return Profile(
        charset=_charset(said.get("charset", "utf-8")),
        headline=_headline(said.get("headline")),
        sections=_sections(said.get("sections", {})),
        file_name=_file_name(said.get("file_name", FILE_NAME)),
    )


@lru_cache(maxsize=1024)
def read(text: str | None) -> Profile:
    """A profile as the store keeps it."""
    return parse(json.loads(text)) if text else Profile()


def fit(said: Revision, profile: Profile) -> tuple[Revision, tuple[str, ...]]:
    """The revision as this receiver wants it, and in words what was changed or found no place."""
    notes = []
    if profile.headline is not None and len(said.headline) > profile.headline:
        said = replace(said, headline=_cut(said.headline, profile.headline))
        notes.append(f"The headline was cut to {profile.headline} characters.")
    if profile.sections:
        found = [
            profile.sections[ref]
            for ref in subjects.facets(said.subjects)
            if ref in profile.sections
        ]
        if found:
            sections = tuple(Subject(SECTION, name, name) for name in dict.fromkeys(found))
            said = replace(said, subjects=(*said.subjects, *sections))
        else:
            notes.append("No section fits the subjects of this release.")
    return said, tuple(notes)


def encode(body: bytes, media_type: str, charset: str) -> tuple[bytes, str, tuple[str, ...]]:
    """A document of ours in another character set: its bytes, its media type, what was replaced.

    XML and JSON lose nothing: what the set lacks is written as a reference (XML 1.0, section 4.1)
    or an escape (RFC 8259, section 7). In other text it becomes the nearest letter or ``?``, and
    is named.
    """
    if charset == "utf-8":
        return body, media_type, ()
    essence = media_type.partition(";")[0]
    text = body.decode("utf-8")
    if essence.endswith("json"):
        # JSON is UTF-8 between systems (RFC 8259, section 8.1); as ASCII it is both.
        return json.dumps(json.loads(text), ensure_ascii=True).encode("ascii"), media_type, ()
    said = _CHARSET.sub("", media_type) + f"; charset={charset}"
    if essence.endswith("xml") or essence == "text/html":
        named = _XML.sub(rb"\g<1>\2" + charset.encode() + rb"\2", body).decode("utf-8")
        return named.encode(charset, "xmlcharrefreplace"), said, ()
    lacking = sorted({char for char in text if not _has(char, charset)})
    for char in lacking:
        text = text.replace(char, _nearest(char, charset))
    notes = (f"{charset} lacks {' '.join(lacking[:20])}; they were replaced.",) if lacking else ()
    return text.encode(charset), said, notes


def _has(char: str, charset: str) -> bool:
    try:
        char.encode(charset)
    except UnicodeEncodeError:
        return False
    return True


_NEAREST = str.maketrans({"–": "-", "—": "-", "‘": "'", "’": "'", "“": '"', "”": '"', "…": "..."})


def _nearest(char: str, charset: str) -> str:
    plain = unicodedata.normalize("NFKD", char.translate(_NEAREST))
    kept = "".join(item for item in plain if not unicodedata.combining(item))
    return kept if kept and _has(kept, charset) else "?"


def _cut(headline: str, most: int) -> str:
    """Cut at the last word that leaves room for the sign that something was cut."""
    kept = headline[: most - 1]
    if headline[most - 1 : most] and not headline[most - 1].isspace():
        kept = kept.rpartition(" ")[0] or kept
    return kept.rstrip(" ,;:–-") + "…"


def _charset(said: Any) -> str:
    if isinstance(said, str):
        try:
            wanted = codecs.lookup(said).name
        except LookupError:
            wanted = said
        for name in CHARSETS:
            if codecs.lookup(name).name == wanted:
                return name
    raise MalformedProfile(
        say(
            "charset: there are {charsets}; not {said}.",
            charsets=in_a_row(CHARSETS),
            said=repr(said),
        )
    )


def _headline(said: Any) -> int | None:
    if said is None or (type(said) is int and SHORTEST_HEADLINE <= said <= 1000):
        return said
    raise MalformedProfile(
        say(
            "headline: give the most characters, {shortest} to 1000; not {said}.",
            shortest=SHORTEST_HEADLINE,
            said=repr(said),
        )
    )


def _sections(said: Any) -> dict[str, str]:
    if not isinstance(said, dict) or len(said) > MOST_SECTIONS:
        raise MalformedProfile(
            say("sections: give up to {most} subjects with your sections.", most=MOST_SECTIONS)
        )
    for ref, name in said.items():
        if subjects.parse(str(ref)) is None or not isinstance(name, str) or not name.strip():
            raise MalformedProfile(
                say(
                    'sections: write "medtop:04000000": "economy", not {ref}: {name}.',
                    ref=repr(ref),
                    name=repr(name),
                )
            )
    return {ref: " ".join(name.split())[:100] for ref, name in said.items()}


def _file_name(said: Any) -> str:
    return path_template("file_name", said, PLACES, ("number", "version"))


def path_template(field: str, said: Any, places: Collection[str], needed: Iterable[str]) -> str:
    """A path with places in braces, below a folder. Raises MalformedProfile, which names it."""
    if not isinstance(said, str) or not 1 <= len(said) <= 300 or not said.isprintable():
        raise MalformedProfile(say("{field}: give a path of up to 300 characters.", field=field))
    unknown = [name for name in _PLACE.findall(said) if name not in places]
    rest = _PLACE.sub("", said)
    if unknown or "{" in rest or "}" in rest:
        raise MalformedProfile(
            say(
                "{field}: in braces there may be {places}; not {said}.",
                field=field,
                places=in_a_row(sorted(places)),
                said=repr(said),
            )
        )
    steps = said.split("/")
    if said.startswith("/") or any(step in ("", ".", "..") for step in steps) or "\\" in said:
        raise MalformedProfile(
            say("{field}: write a path below the folder, not {said}.", field=field, said=repr(said))
        )
    for name in needed:
        if f"{{{name}}}" not in said:
            raise MalformedProfile(
                say(
                    "{field}: {needed} has to be in it, or one file would overwrite another.",
                    field=field,
                    needed=f"{{{name}}}",
                )
            )
    return said
