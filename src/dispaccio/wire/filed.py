"""A picture or file of this wire as it is kept: what is said of it, and where its bytes lie.

Before its release is public, all of that is ciphertext under the release's data key. At T the
publishing transaction writes the keys of its public forms into its row: no byte of a file is moved
or opened then, so ten pictures take no longer than one, and a crash leaves nothing half public.
Each reader's bytes are decrypted on their way out. The key of the original is never written there.
"""

from __future__ import annotations

import json
import re
import secrets
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, Self
from urllib.parse import quote

from dispaccio.embargo import files
from dispaccio.embargo.files import Stored
from dispaccio.embargo.vault import DataKey
from dispaccio.errors import OversizedPicture, SealBroken, TooLarge
from dispaccio.media import kinds, names
from dispaccio.media.inscription import Inscription, inscribe, orientation_of
from dispaccio.media.kinds import Kind
from dispaccio.media.pictures import MOST_BYTES, process
from dispaccio.release.body import clean
from dispaccio.release.enclosed import with_media
from dispaccio.release.model import Media, Revision
from dispaccio.store import media as rows
from dispaccio.store.engine import Tx
from dispaccio.store.media import MediaRow
from dispaccio.store.releases import ReleaseRow
from dispaccio.wire.core import Wire
from dispaccio.words import say, term

MOST = 30
"""How many pictures and files a release may have."""
LONGEST = 2000
"""Characters of what is said of one in each field."""
_TYPES = {kind.media_type: kind for kind in (kinds.JPEG, kinds.PNG, kinds.WEBP)}


@dataclass(frozen=True, slots=True)
class About:
    """What its sender says of a picture or file; None is not said, empty is said to be nothing."""

    name: str | None = None
    alt: str | None = None
    credit: str | None = None
    rights: str | None = None
    caption: str | None = None


@dataclass(frozen=True, slots=True)
class Form:
    """One form in which it is published: a picture has a size on the screen."""

    stored: Stored
    media_type: str
    width: int | None = None
    height: int | None = None

    def to_json(self) -> dict[str, Any]:
        """For the vault, and for everybody once it is public."""
        return {**asdict(self), "stored": self.stored.to_json()}

    @classmethod
    def from_json(cls, said: dict[str, Any]) -> Self:
        """What ``to_json`` gave."""
        return cls(**{**said, "stored": Stored.from_json(said["stored"])})


@dataclass(frozen=True, slots=True)
class Filed:
    """A picture or file. ``forms``: the whole one, then of a picture smaller ones, by width."""

    id: str
    kind: Kind
    about: About
    forms: tuple[Form, ...]
    original: Stored | None = None
    creator: str | None = None
    source: str | None = None

    @property
    def name(self) -> str:
        """Its name, which its address ends in."""
        return self.about.name or "file"

    @property
    def whole(self) -> Form:
        """The form that its address gives and its release signs."""
        return self.forms[0]

    @property
    def places(self) -> str:
        """The names of all its files on the disk."""
        stored = [form.stored for form in self.forms] + ([self.original] if self.original else [])
        return " ".join(dict.fromkeys(item.place for item in stored))

    def address(self, width: int | None = None) -> str:
        """Its path on the site, or that of a smaller picture."""
        if width is None:
            return f"/f/{self.id}/{quote(self.name)}"
        form = next(form for form in self.forms[1:] if form.width == width)
        ending = kinds_of(form.media_type).suffixes[0]
        return f"/f/{self.id}/{width}/{quote(names.stem(self.name) + ending)}"

    def media(self, url: str) -> Media:
        """It as its release names it; ``url`` is the wire's public address."""
        about, whole = self.about, self.whole
        return Media(
            href=f"{url.rstrip('/')}{self.address()}",
            name=self.name,
            type=whole.media_type,
            size=whole.stored.size,
            sha256=whole.stored.sha256,
            caption=about.caption or None,
            credit=about.credit or None,
            alt=about.alt or None,
            rights=about.rights or None,
            width=whole.width,
            height=whole.height,
        )

    def seal(self, key: DataKey) -> bytes:
        """All of it, under the data key of its release or draft."""
        return key.seal(f"media/{self.id}", json.dumps(self._to_json()).encode())

    def opened(self) -> str:
        """What everybody may know once it is public: all but the original."""
        return json.dumps(replace(self, original=None)._to_json())

    def _to_json(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "kind": self.kind.value,
            "about": asdict(self.about),
            "forms": [form.to_json() for form in self.forms],
            "original": self.original.to_json() if self.original else None,
            "creator": self.creator,
            "source": self.source,
        }


def from_json(text: str | bytes) -> Filed:
    """What ``seal`` and ``opened`` wrote."""
    said = json.loads(text)
    return Filed(
        said["id"],
        Kind(said["kind"]),
        About(**said["about"]),
        tuple(Form.from_json(item) for item in said["forms"]),
        Stored.from_json(said["original"]) if said["original"] else None,
        said["creator"],
        said["source"],
    )


def open_row(key: DataKey, row: MediaRow) -> Filed:
    """A picture or file from its row. Raises SealBroken."""
    return from_json(key.open(f"media/{row.id}", row.sealed))


def id_of(media: Media, url: str) -> str | None:
    """The id in the address of a picture or file of this wire; None for any other address."""
    found = re.match(rf"{re.escape(url.rstrip('/'))}/f/([0-9a-f]{{32}})/", media.href or "")
    return found[1] if found else None


def kinds_of(media_type: str) -> kinds.FileType:
    """The kind of file of a form of a picture."""
    return _TYPES[media_type]


def cleaned(about: About) -> About:
    """What is said, as clean text of a bounded length, on one line. Raises TooLarge."""
    for name, text in asdict(about).items():
        if len(text or "") > LONGEST:
            raise TooLarge(
                say(
                    "{name} has more than {longest} characters; say it shorter.",
                    name=term(name),
                    longest=LONGEST,
                )
            )

    def line(text: str | None) -> str | None:
        if text is None:
            return None
        return " ".join("".join(c if c.isprintable() else " " for c in clean(text)).split())

    said = {name: line(text) for name, text in asdict(about).items() if name != "name"}
    return About(name=about.name, **said)


def make(wire: Wire, original: Stored, about: About, source: str | None) -> Filed:
    """A picture or file from the bytes that were sent, with what is published of it.

    What is not said of a picture, its own IPTC fields may say. Raises UnsupportedFile,
    DamagedFile, OversizedPicture, TooLarge.
    """
    about, home = cleaned(about), wire.home
    name = about.name or "file"
    if original.size > wire.settings.max_file_mb * 1024 * 1024:
        raise TooLarge(
            say("The file is larger than the {most} MB taken here.", most=wire.settings.max_file_mb)
        )
    kind = kinds.recognise(_part(home, original, 0, kinds.HEAD), name)
    kinds.check_end(kind, _part(home, original, original.size - kinds.TAIL, original.size), name)
    id = secrets.token_hex(16)
    if kind.kind is not Kind.PICTURE:
        whole = Form(original, kind.media_type)
        about = replace(about, name=names.clean(name, kind))
        return Filed(id, kind.kind, about, (whole,), original, source=source)
    if original.size > MOST_BYTES:
        raise OversizedPicture(
            say(
                "{name} has {count} bytes; a picture may have {most}.",
                name=repr(name),
                count=original.size,
                most=MOST_BYTES,
            )
        )
    made = process(b"".join(files.read(home, original)), name)
    about = replace(
        about,
        name=names.clean(name, kinds_of(made.full.media_type)),
        caption=made.said.caption if about.caption is None else about.caption,
        credit=made.said.credit if about.credit is None else about.credit,
        rights=made.said.rights if about.rights is None else about.rights,
    )
    plain = Filed(id, kind.kind, about, (), original, made.said.creator, source)
    forms = [
        (one.data, one.media_type, one.width, one.height) for one in (made.full, *made.smaller)
    ]
    return replace(plain, forms=tuple(_kept(wire, plain, forms)))


def said_anew(wire: Wire, filed: Filed, about: About, *, as_another: bool) -> Filed:
    """The same with something else said of it, in its pictures, too; what is None stays.

    ``as_another`` gives it an id and files of its own, since the one that is public stays.
    """
    about = cleaned(about)
    changes = {name: text for name, text in asdict(about).items() if text is not None}
    if "name" in changes:
        changes["name"] = names.clean(changes["name"], _type_of(filed))
    said = replace(filed, about=replace(filed.about, **changes))
    if as_another and filed.original is not None:
        said = replace(
            said, id=secrets.token_hex(16), original=files.linked(wire.home, filed.original)
        )
    if said.kind is not Kind.PICTURE:
        whole = replace(said.whole, stored=said.original or said.whole.stored)
        return replace(said, forms=(whole,))
    forms = (
        (b"".join(files.read(wire.home, form.stored)), form.media_type, form.width, form.height)
        for form in filed.forms
    )
    return replace(said, forms=tuple(_kept(wire, said, forms)))


def named_in(tx: Tx, url: str, revision: Revision, release: int) -> dict[str, MediaRow]:
    """The rows of those of a release that a revision names; no query where it can name none."""
    ids = {id for item in revision.media if (id := id_of(item, url))}
    return {id: row for id, row in rows.of_release(tx, release).items() if id in ids} if ids else {}


def open_up(wire: Wire, tx: Tx, release: ReleaseRow, revision: Revision) -> None:
    """Let everybody have what a revision names, in the transaction that publishes it."""
    for id, row in named_in(tx, wire.settings.url, revision, release.key).items():
        if not row.is_public:
            rows.publish(tx, id, open_row(wire.data_key(tx, release), row).opened())


def close(wire: Wire, tx: Tx, release: ReleaseRow) -> list[str]:
    """Let nobody have anything of a release any more; the names of the files that can go."""
    gone: list[str] = []
    for id, row in rows.of_release(tx, release.key).items():
        original = open_row(wire.data_key(tx, release), row).original
        kept = original.place if original else ""
        gone += [place for place in row.places.split() if place != kept]
        rows.close(tx, id, kept)
    return gone


def carried_over(
    wire: Wire, tx: Tx, release: ReleaseRow, said: Revision, before: Revision | None
) -> Revision:
    """A new text with what the text before it had of this wire's pictures and files.

    One that the new text names stands where it names it, as it was added, and the others behind.
    Without ``before`` there are those alone that the new text names.
    """
    url, key = wire.settings.url, wire.data_key(tx, release)
    named = replace(said, media=(*said.media, *(before.media if before else ())))
    rows_ = named_in(tx, url, named, release.key)
    known: dict[str | None, Media] = {
        id: open_row(key, rows_[id]).media(url)
        for item in named.media
        if (id := id_of(item, url)) in rows_ and id
    }
    here = [(at, known.pop(id_of(item, url), item)) for at, item in enumerate(said.media)]
    return with_media(said, [*here, *((None, item) for item in known.values())])


def _type_of(filed: Filed) -> kinds.FileType:
    if filed.kind is Kind.PICTURE:
        return kinds_of(filed.whole.media_type)
    ending = f".{filed.name.rpartition('.')[2]}"
    return kinds.FileType(filed.whole.media_type, filed.kind, (ending,))


def _kept(
    wire: Wire, filed: Filed, forms: Iterator[tuple[Any, ...]] | Sequence[tuple[Any, ...]]
) -> Iterator[Form]:
    """The forms of a picture with what is said of it in them, kept in the vault."""
    about = filed.about
    words = Inscription(
        caption=about.caption or None,
        alt=about.alt or None,
        credit=about.credit or None,
        rights=about.rights or None,
        creator=filed.creator,
        source=filed.source,
    )
    for data, media_type, width, height in forms:
        written = inscribe(data, words, orientation=orientation_of(data))
        yield Form(files.keep(wire.home, (written,)), media_type, width, height)


def _part(home: Any, stored: Stored, start: int, end: int) -> bytes:
    try:
        return b"".join(files.read(home, stored, max(0, start), end))
    except SealBroken:
        raise SealBroken(
            say("The file that was sent is gone from the vault; send it again.")
        ) from None
