"""The table of a press list: CSV in, with bad rows named and good ones kept; CSV out.

A row is one line, so that a quotation mark that is never closed swallows no other row. What a
spreadsheet would take for a formula is written with an apostrophe before it.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from dispaccio.delivery.mailing import address as addresses
from dispaccio.delivery.mailing import headers
from dispaccio.errors import (
    EmptyInput,
    InputError,
    MalformedGroup,
    MalformedTable,
    TooLarge,
    WrongCharset,
)

COLUMNS = ("name", "address", "outlet", "groups", "basis", "language")
OPTIONAL = ("name", "outlet", "groups", "language")
UNREAD = "\ufffd\0"
"""What a line begins with that is not in the character set of its table; no text does."""
MOST = 20_000
"""Rows in one table."""
BASES = (
    "consent",
    "contract",
    "legal obligation",
    "vital interests",
    "public task",
    "legitimate interest",
)
"""The lawful bases of Regulation (EU) 2016/679, article 6(1)."""

_NAMES = {
    "nome": "name",
    "email": "address",
    "e-mail": "address",
    "mail": "address",
    "indirizzo": "address",
    "testata": "outlet",
    "media": "outlet",
    "group": "groups",
    "gruppo": "groups",
    "gruppi": "groups",
    "lawful basis": "basis",
    "base": "basis",
    "base giuridica": "basis",
    "lingua": "language",
}
_BASES = {
    "consenso": "consent",
    "contratto": "contract",
    "obbligo di legge": "legal obligation",
    "interesse pubblico": "public task",
    "legittimo interesse": "legitimate interest",
    "legitimate interests": "legitimate interest",
}
_LONGEST = 4_000
_TAG = re.compile(r"[a-z]{2,3}(?:-[A-Za-z0-9]{2,8})*")
_FORMULA = re.compile(r"[=+\-@\t\r\uff1d\uff0b\uff0d\uff20]")
_GROUP = re.compile(r"[^|;,\x00-\x1f\x7f]{1,60}")


@dataclass(frozen=True, slots=True)
class Entry:
    """A recipient as a table gives it; what is None the table does not say."""

    address: str
    name: str
    basis: str
    outlet: str | None = None
    language: str | None = None
    groups: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Bad:
    """A row that cannot be taken, and why."""

    line: int
    why: str


@dataclass(frozen=True, slots=True)
class Table:
    """What a table holds. ``merged``: how many rows named an address once more."""

    entries: tuple[Entry, ...]
    bad: tuple[Bad, ...]
    merged: int


def read(data: bytes) -> Table:
    """The recipients of a table in UTF-8 or windows-1252, divided by comma, semicolon or tab.

    The first line names the columns. Several groups stand in one field, divided by ``|``, or by
    a comma or semicolon within quotation marks. A row in another character set than the others,
    or with a NUL in it, is a bad row like any other.

    Raises EmptyInput, WrongCharset, TooLarge, or MalformedTable for the first line.
    """
    lines = _lines(data)
    at = next((index for index, line in enumerate(lines) if line.strip()), None)
    if at is None:
        raise EmptyInput("The table is empty; its first line names the columns.")
    if "\0" in lines[at] or UNREAD in lines[at]:
        raise WrongCharset(
            "The first line of the table is not text in UTF-8 or windows-1252; save the table as "
            "CSV in UTF-8."
        )
    if len(lines) - at - 2 > MOST:
        raise TooLarge(f"The table has more than {MOST:,} rows; divide it.")
    comma = max(",;\t", key=lines[at].count)
    columns = _columns(_fields(lines[at], comma))
    found: dict[str, Entry] = {}
    bad, merged = [], 0
    for number, line in enumerate(lines[at + 1 :], at + 2):
        if not line.strip().strip(comma):
            continue
        try:
            _require_text(line)
            entry = _entry(columns, _fields(line, comma))
        except InputError as error:
            bad.append(Bad(number, error.message))
            continue
        same = entry.address.casefold()
        merged += same in found
        found[same] = merge(found[same], entry) if same in found else entry
    return Table(tuple(found.values()), tuple(bad), merged)


def merge(before: Entry, after: Entry) -> Entry:
    """Two rows of one address: the groups of both, and else what the later one says."""
    return Entry(
        before.address,
        after.name,
        after.basis,
        after.outlet or before.outlet,
        after.language or before.language,
        before.groups | after.groups,
    )


def write(rows: Iterable[Mapping[str, str]], columns: Iterable[str]) -> bytes:
    """Rows as CSV in UTF-8 with a byte order mark, for spreadsheets; no cell is a formula."""
    names = list(columns)
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(names)
    for row in rows:
        writer.writerow([harmless(row.get(name, "")) for name in names])
    return b"\xef\xbb\xbf" + out.getvalue().encode("utf-8", "replace")


def harmless(value: str) -> str:
    """A cell that no spreadsheet computes."""
    value = " ".join(value.splitlines())
    return f"'{value}" if _FORMULA.match(value.lstrip(" ")) else value


def group_name(text: str) -> str:
    """The name of a group, with single blanks. Raises MalformedGroup."""
    name = " ".join(text.split(" ")).strip()
    name = re.sub(" +", " ", name)
    if not _GROUP.fullmatch(name) or not name.isprintable():
        shown = "".join(
            char if char.isprintable() else "\N{REPLACEMENT CHARACTER}" for char in name
        )
        raise MalformedGroup(
            f"{shown[:60]!r} is not the name of a group: 1 to 60 characters that one can see, on "
            "one line, without | ; and comma."
        )
    return name


def _lines(data: bytes) -> list[str]:
    """The lines of a table; what is not in its character set is ``UNREAD``.

    It is in UTF-8 if any line is that holds more than ASCII.
    """
    raw = re.split(rb"\r\n|\n|\r", data.removeprefix(b"\xef\xbb\xbf"))
    read = [_decoded(line, "utf-8") for line in raw]
    if any(text is not None and not text.isascii() for text in read):
        charset = "utf-8"
    else:
        charset = "windows-1252"
        read = [_decoded(line, charset) for line in raw]
    if b"\0" in raw[0] and data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        raise WrongCharset("The table is in UTF-16; save it as CSV in UTF-8.")
    return [f"{UNREAD}{charset}" if text is None else text for text in read]


def _decoded(line: bytes, charset: str) -> str | None:
    try:
        return line.decode(charset)
    except UnicodeDecodeError:
        return None


def _require_text(line: str) -> None:
    """Nothing, if a row is text. Raises MalformedTable."""
    if line.startswith(UNREAD):
        raise MalformedTable(
            f"The row is not in {line.removeprefix(UNREAD)}, as the rest of the table is; save "
            "the whole table as CSV in UTF-8."
        )
    if "\0" in line:
        raise MalformedTable("The row holds a NUL character; type it anew.")


def _fields(line: str, comma: str) -> list[str]:
    if len(line) > _LONGEST:
        raise MalformedTable(f"The row has more than {_LONGEST:,} characters.")
    try:
        found = next(csv.reader([line], delimiter=comma, strict=True), [])
    except csv.Error:
        raise MalformedTable("The quotation marks of the row do not close.") from None
    return [_bare(field.strip()) for field in found]


def _bare(field: str) -> str:
    """A field without the apostrophe that ``harmless`` puts before it."""
    return field[1:] if field[:1] == "'" and _FORMULA.match(field[1:]) else field


def _columns(names: list[str]) -> list[str | None]:
    """What each column holds; None for one that is not known."""
    said = [" ".join(name.lower().split()) for name in names]
    found = [_NAMES.get(name, name) for name in said]
    known = [name if name in COLUMNS else None for name in found]
    for needed in ("address", "basis"):
        if known.count(needed) != 1:
            there = ", ".join(" ".join(name.split())[:40] for name in names[:10])
            what = "has no" if needed not in known else "has twice the"
            raise MalformedTable(
                f"The first line {what} column {needed}; it says {there!r}. address and basis have "
                f"to be there, and {', '.join(OPTIONAL)} may."
            )
    return known


def _entry(columns: list[str | None], fields: list[str]) -> Entry:
    if len(fields) > len(columns):
        raise MalformedTable("The row has more fields than there are columns.")
    row = {name: value for name, value in zip(columns, fields, strict=False) if name}
    for needed in ("address", "basis"):
        if not row.get(needed):
            raise MalformedTable(f"The row has no {needed}.")
    address = addresses.parse(row["address"])
    for name in ("name", "outlet", "basis"):
        value = row.get(name, "")
        headers.require_plain(name, value)
        if len(value) > 200 or not value.isprintable():
            raise MalformedTable(f"The {name} has more than 200 characters, or hidden ones.")
    language = row.get("language") or None
    if language and not _TAG.fullmatch(language):
        raise MalformedTable(f"{language[:20]!r} is not a language tag such as it.")
    names = re.split(r"[|;,]", row.get("groups", ""))
    return Entry(
        address=address,
        name=row.get("name") or address.partition("@")[0],
        basis=_basis(row.get("basis", "")),
        outlet=row.get("outlet") or None,
        language=language,
        groups=frozenset(group_name(name) for name in names if name.strip()),
    )


def _basis(text: str) -> str:
    """The lawful basis, and behind a colon whatever the press office notes about it."""
    name, colon, note = text.partition(":")
    known = " ".join(name.lower().replace("-", " ").split())
    known = _BASES.get(known, known)
    if known not in BASES:
        raise MalformedTable(
            f"The lawful basis is one of {', '.join(BASES)} (a note may follow behind a colon), "
            f"not {text[:40]!r}."
        )
    return f"{known}: {note.strip()}" if colon and note.strip() else known
