"""A release in plain text: the label first, then the text, then where it comes from."""

from __future__ import annotations

from dispaccio import clock
from dispaccio.formats.beside import beside, named
from dispaccio.formats.html.head import under_embargo
from dispaccio.formats.html.words import Words, origin, words_for
from dispaccio.release.body import Block, BlockKind, MarkKind
from dispaccio.release.model import Contact, Media, Revision
from dispaccio.release.notice import as_held, is_notice, shown
from dispaccio.release.state import Status


def write(revision: Revision) -> str:
    """The text, paragraphs unwrapped and a blank line between them, a newline at the end.

    What is under embargo and not published yet says so first. While a release is taken back, only
    the notice, its reason and its times are left.
    """
    words = words_for(revision.language)
    seen = as_held(shown(revision))
    middle = notice(seen, words) if is_notice(revision) else _text(seen)
    pieces = [*_head(seen, words), *middle, "\n".join(_foot(seen, words))]
    return "\n\n".join(piece for piece in pieces if piece) + "\n"


def notice(revision: Revision, words: Words) -> list[str]:
    """What stands in place of a text that was taken back."""
    held = revision.status is Status.WITHHELD
    lines = [words.withheld if held else words.withdrawn]
    if revision.reason:
        said = revision.reason.text or revision.reason.code
        lines.append(f"{words.reason}: {said}")
    return ["\n".join(lines)]


def contact_line(contact: Contact) -> str:
    """A contact on one line: name, role, organisation, e-mail address, telephone number."""
    known = (contact.name, contact.role, contact.organisation, contact.email, contact.phone)
    return ", ".join(piece for piece in known if piece)


def _head(revision: Revision, words: Words) -> list[str]:
    pieces = []
    if revision.embargo and under_embargo(revision):
        pieces.append(f"{words.embargo} {clock.write(revision.embargo)}")
    if revision.label:
        pieces.append(revision.label.text)
    return [*pieces, *revision.legal]


def _text(revision: Revision) -> list[str]:
    pieces = [revision.headline, revision.subhead or ""]
    blocks = [_block(block, revision) for block in revision.body]
    dateline = revision.dateline.text if revision.dateline else None
    if dateline and revision.body and revision.body[0].kind is BlockKind.PARAGRAPH:
        blocks[0] = f"{dateline} {blocks[0]}"
    elif dateline:
        pieces.append(dateline)
    pieces += [*blocks, revision.boilerplate or ""]
    pieces += [_file(href, item, words_for(revision.language)) for href, item in beside(revision)]
    if revision.contacts:
        lines = [contact_line(contact) for contact in revision.contacts]
        pieces.append("\n".join([f"{words_for(revision.language).contacts}:", *lines]))
    return pieces


def _block(block: Block, revision: Revision) -> str:
    text = with_targets(block)
    if block.kind is BlockKind.LIST:
        signs = (f"{at}." if block.ordered else "-" for at in range(1, len(text) + 2))
        return "\n".join(
            f"{sign} {item}" for sign, item in zip(signs, text.split("\n"), strict=False)
        )
    if block.kind is BlockKind.QUOTE:
        return "\n".join(f"> {line}" for line in text.split("\n"))
    if block.kind is BlockKind.IMAGE:
        media = revision.media[block.media or 0 :][:1] if block.media is not None else ()
        address = f"<{media[0].href}>" if media and media[0].href else ""
        return " ".join(piece for piece in (f"[{text}]" if text else "", address) if piece)
    return text


def _file(href: str, item: Media, words: Words) -> str:
    """A line that says what a picture or file is and where; of a picture it is read back."""
    kind = (item.type or "").partition("/")[0]
    word = {"image": words.photo, "video": "Video"}.get(kind, words.files)
    said = named(item)
    return f"{word} - {said} {href}" if said else f"{word} - {href}"


def with_targets(block: Block) -> str:
    """The text of a block with the targets of its links behind their words."""
    text = block.text
    for mark in sorted(block.marks, key=lambda mark: -mark.end):
        if mark.kind is MarkKind.LINK and mark.href != text[mark.start : mark.end]:
            text = f"{text[: mark.end]} <{mark.href}>{text[mark.end :]}"
    return text


def _foot(revision: Revision, words: Words) -> list[str]:
    """Who issued it, under which number and when, where it stands, and whose signature it bears."""
    lines = []
    if revision.issuer:
        lines.append(f"{words.issued_by} {revision.issuer.name}")
    if revision.label and revision.label.paid_by:
        lines.append(f"{words.paid_by} {revision.label.paid_by}")
    if revision.number:
        version = f", {words.revision} {revision.version}" if (revision.version or 1) > 1 else ""
        lines.append(f"{words.number} {revision.number}{version}")
    if revision.first_created:
        lines.append(f"{words.published} {clock.write(revision.first_created)}")
    if revision.version_created and revision.version_created != revision.first_created:
        lines.append(f"{words.changed} {clock.write(revision.version_created)}")
    if revision.url:
        lines.append(revision.url)
    if revision.original_url:
        lines.append(f"{words.original}: {revision.original_url}")
    if revision.copyright:
        lines.append(revision.copyright.text)
    lines += revision.disclaimers
    if said := origin(revision, words):
        lines.append(said)
    return lines
