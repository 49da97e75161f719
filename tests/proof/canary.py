"""A text that must not be found, and the search for it in every shape that bytes can have."""

from __future__ import annotations

import base64
import secrets
import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path


@dataclass(frozen=True)
class Canary:
    """One made-up word, and a sentence around it that ASCII cannot hold."""

    where: str
    word: str

    @classmethod
    def named(cls, where: str) -> Canary:
        return cls(where, f"qx{secrets.token_hex(7)}")

    @property
    def sentence(self) -> str:
        return f"Die {self.word} träumt von Möhren, sagt Aurora."

    def document(self, **more: object) -> dict[str, object]:
        """A release in which every field that text can be in holds the word."""
        return {
            "title": f"Aurora {self.word} opens a plant",
            "subhead": f"A subhead of {self.word}",
            "language": "en",
            "place": f"Bergamo {self.word}",
            "body": [
                {"kind": "paragraph", "text": self.sentence},
                {"kind": "heading", "level": 2, "text": f"Heading {self.word}"},
                {"kind": "table", "text": f"Year\t{self.word}\n2026\t120"},
            ],
            "boilerplate": f"Aurora {self.word} is a dairy.",
            "contacts": [
                {"name": f"Livia {self.word}", "email": f"{self.word}@aurora-dairy.example"}
            ],
            "label": {"code": "promotional", "text": "Press release", "paid_by": "Aurora Dairy"},
            "tags": [self.word],
            "subjects": [
                {"scheme": "medtop", "code": "20000349"},
                {"scheme": "house", "code": self.word, "name": self.word},
            ],
            "channel": "economia",
            **more,
        }


def forms(text: str) -> dict[str, bytes]:
    """The bytes that give a word away, by how they were written."""
    plain = text.encode()
    found = {
        "UTF-8": plain,
        "UTF-16": text.encode("utf-16-le"),
        "UTF-16 reversed": text.encode("utf-16-be"),
        "hexadecimal": plain.hex().encode(),
    }
    for shift in range(3):
        start, end = -(-shift * 4 // 3), (shift + len(plain)) * 4 // 3
        for name, alphabet in (("", b"+/"), (" for URLs", b"-_")):
            whole = base64.b64encode(bytes(shift) + plain, alphabet)
            found[f"base64{name}, {shift} bytes on"] = whole[start:end]
    return found


def digests(text: str) -> dict[str, bytes]:
    """Plain hashes of a text: whoever guesses it would know that it is here."""
    digest = sha256(text.encode())
    return {"SHA-256": digest.digest(), "SHA-256 in hexadecimal": digest.hexdigest().encode()}


def hits(data: bytes, canaries: Iterable[Canary]) -> list[str]:
    """Which canaries are in these bytes, and in which shape."""
    folded = data.lower()
    return [
        f"{canary.where} as {name}"
        for canary in canaries
        for name, pattern in (forms(canary.word) | digests(canary.sentence)).items()
        if pattern in (folded if name.startswith("UTF") else data)
    ]


def search(places: Iterable[Path], canaries: Iterable[Canary]) -> list[str]:
    """Look through every file in and below these places, and through a backup of each database."""
    canaries = list(canaries)
    found = []
    for path in _files(places):
        found += [f"{path.name}: {hit}" for hit in hits(path.read_bytes(), canaries)]
        if path.suffix == ".db":
            found += [f"backup of {path.name}: {hit}" for hit in hits(backup(path), canaries)]
    return sorted(set(found))


def backup(database: Path) -> bytes:
    """What ``sqlite3 .backup`` writes."""
    copy = database.with_suffix(".backup")
    source, target = sqlite3.connect(f"file:{database}?mode=ro", uri=True), sqlite3.connect(copy)
    try:
        source.backup(target)
    finally:
        source.close()
        target.close()
    try:
        return copy.read_bytes()
    finally:
        copy.unlink()


def _files(places: Iterable[Path]) -> Iterator[Path]:
    for place in places:
        inside = sorted(place.rglob("*")) if place.is_dir() else [place]
        yield from (path for path in inside if path.is_file())
