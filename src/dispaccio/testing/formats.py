"""The contract of formats: what built-in and third-party formats must do alike.

Run every check of ``CHECKS`` on a format. A check returns nothing, or raises AssertionError with
what was found::

    @pytest.mark.parametrize("check", formats.CHECKS, ids=lambda check: check.__name__)
    def test_contract(check):
        check(my_format)
"""

from __future__ import annotations

import inspect
import json
import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from html import escape

from dispaccio.errors import DispaccioError
from dispaccio.formats.base import PROTOCOL_VERSION, About, Format, Options
from dispaccio.release.canonical import canonical_bytes
from dispaccio.release.model import Reading, Revision
from dispaccio.release.notice import shown
from dispaccio.testing import releases

BLANK: tuple[bytes, ...] = (b"", b" \n\t\r\n")
"""Inputs without anything in them; the registry refuses them before a format sees them."""
BROKEN: tuple[bytes, ...] = (
    b"\x00",
    b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x03\x20",
    b"\xfd\xfc\xfb" * 64,
    bytes(range(256)) * 8,
)
"""Inputs that no format may take: pictures, noise."""

NATIVE = "dispaccio"
_CUTS = 20
_HASHED = 4


def has_the_members_of_the_protocol(fmt: Format) -> None:
    """Name, version, description, read and write, of the right kinds."""
    assert re.fullmatch(r"[a-z][a-z0-9-]*", fmt.name), fmt.name
    assert fmt.version == PROTOCOL_VERSION
    assert isinstance(fmt.about, About)
    assert fmt.about.title
    assert fmt.about.reads or fmt.about.writes
    assert fmt.about.media_types
    assert all(re.fullmatch(r"[\w.+-]+/[\w.+-]+", kind) for kind in fmt.about.media_types)
    assert all(suffix.startswith(".") for suffix in fmt.about.suffixes)
    assert not fmt.about.lossless or (fmt.about.reads and fmt.about.writes)
    assert not inspect.iscoroutinefunction(fmt.read)
    assert not inspect.iscoroutinefunction(fmt.write)


def recognises_what_it_writes(fmt: Format) -> None:
    """A document of its own is recognised; anything else is answered without an error."""
    for data in (*BLANK, *BROKEN):
        assert isinstance(fmt.about.recognises(data), bool)
    if fmt.about.reads and fmt.about.writes:
        for state, sample in releases.in_every_state():
            assert fmt.about.recognises(fmt.write(sample)), state


def writes_every_state(fmt: Format) -> None:
    """Every state of a release has a document."""
    if fmt.about.writes:
        for state, sample in releases.in_every_state():
            assert fmt.write(sample).strip(), state
        assert isinstance(fmt.write(Revision()), bytes)


def writes_the_same_bytes_again(fmt: Format) -> None:
    """The same revision gives the same bytes, and another revision gives others."""
    if fmt.about.writes:
        for _, sample in releases.in_every_state():
            assert fmt.write(sample) == fmt.write(replace(sample))
        first, second, *_ = releases.samples()
        assert fmt.write(first) != fmt.write(second)


def shows_no_text_that_was_taken_back(fmt: Format) -> None:
    """While a release is withheld or withdrawn, no byte of its text is written, in any escaping.

    The native format is apart: it is how a revision is kept, and writes what it is given. Words of
    one or two characters are not looked for: any time and any hash holds such ones.
    """
    if not fmt.about.writes or fmt.name == NATIVE:
        return
    for sample in releases.samples():
        for state in ("withheld", "withdrawn"):
            notice = releases.in_state(sample, state)
            written = fmt.write(notice).decode()
            for words in filter(_telling, releases.own_words(sample)):
                shown = [form for form in _escaped(words) if form in written]
                assert not shown, f"{state}: {shown}"
            assert notice.number is None or notice.number in written, "the number is gone"


def reads_what_others_must_find(fmt: Format) -> None:
    """Title, text and label come back from its own documents, and nothing false.

    Of issuer, number, times and status a format that is not lossless may be silent.
    """
    if fmt.about.reads and fmt.about.writes:
        for sample in releases.samples():
            found = _only(fmt, fmt.write(sample)).revision
            silent = () if fmt.about.lossless else (None,)
            assert found.headline == sample.headline
            for field in ("number", "status", "first_created", "version_created"):
                assert getattr(found, field) in (*silent, getattr(sample, field)), field
            assert _name(found) in (*silent, _name(sample))
            assert found.label
            assert sample.label
            assert (found.label.kind, found.label.text) == (sample.label.kind, sample.label.text)
            assert _words(sample) <= _words(found), "words of the text are gone"
            assert not fmt.about.lossless or _plain(sample) == _plain(found)


def weakens_no_embargo(fmt: Format) -> None:
    """What is written under embargo is read as embargoed until the same instant, or longer."""
    if fmt.about.reads and fmt.about.writes:
        for sample in releases.samples():
            held = releases.in_state(sample, "embargoed")
            found = _only(fmt, fmt.write(held)).revision
            assert held.embargo
            assert found.embargo
            assert found.embargo >= held.embargo


def keeps_canonical_bytes(fmt: Format) -> None:
    """A lossless format gives back the same canonical bytes."""
    if fmt.about.lossless:
        for _, sample in releases.in_every_state():
            read_back(fmt, sample)


def refuses_what_is_no_document(fmt: Format) -> None:
    """Binary input gives an error of this product; blanks never give another exception."""
    if fmt.about.reads:
        for data in BLANK:
            with suppress(DispaccioError):
                fmt.read(data, Options())
        for data in BROKEN:
            try:
                found = fmt.read(data, Options())
            except DispaccioError:
                continue
            raise AssertionError(f"{data[:12]!r} was read as {found!r:.200}")


def survives_what_is_cut_short(fmt: Format) -> None:
    """A document cut anywhere gives readings, or an error of this product."""
    if fmt.about.reads and fmt.about.writes:
        for sample in releases.samples():
            whole = fmt.write(sample)
            for data in _damaged(whole):
                with suppress(DispaccioError):
                    assert all(isinstance(r, Reading) for r in fmt.read(data, Options()))


CHECKS: tuple[Callable[[Format], None], ...] = (
    has_the_members_of_the_protocol,
    recognises_what_it_writes,
    writes_every_state,
    writes_the_same_bytes_again,
    shows_no_text_that_was_taken_back,
    reads_what_others_must_find,
    weakens_no_embargo,
    keeps_canonical_bytes,
    refuses_what_is_no_document,
    survives_what_is_cut_short,
)
"""All checks of the contract."""


def read_back(fmt: Format, revision: Revision) -> Revision:
    """What a lossless format makes of a revision; its canonical bytes have to be the same.

    Of a revision that was taken back, the notice counts. Raises AssertionError.
    """
    found = _only(fmt, fmt.write(revision)).revision
    expected = revision if fmt.name == NATIVE else shown(revision)
    assert canonical_bytes(found) == canonical_bytes(expected)
    return found


def _only(fmt: Format, data: bytes) -> Reading:
    readings = fmt.read(data, Options())
    assert len(readings) == 1, f"{len(readings)} releases from one"
    assert readings[0].format == fmt.name
    return readings[0]


def _name(revision: Revision) -> str | None:
    return revision.issuer.name if revision.issuer else None


def _plain(revision: Revision) -> list[str]:
    """The text as any format can carry it: its paragraphs, blanks apart."""
    return [" ".join(block.text.split()) for block in revision.body if block.media is None]


def _words(revision: Revision) -> set[str]:
    return {word for line in _plain(revision) for word in line.split()}


def _telling(words: str) -> bool:
    """Whether words are no chance find: those that are shorter may stand in any hash."""
    return len(words) >= _HASHED


def _escaped(words: str) -> Iterator[str]:
    """The ways in which a format may write a text."""
    yield from (words, escape(words), escape(words, quote=False))
    yield from (json.dumps(words)[1:-1], json.dumps(words, ensure_ascii=False)[1:-1])


def _damaged(whole: bytes) -> Iterator[bytes]:
    step = max(1, len(whole) // _CUTS)
    for cut in range(1, len(whole), step):
        yield whole[:cut]
        yield whole[cut:]
        yield whole[:cut] + b"\xff" + whole[cut + 1 :]
