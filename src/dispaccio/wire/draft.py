"""A revision on its road, as it lies in the vault: text, findings, and what is signed already."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import Any

from dispaccio.desk.checks.base import Finding
from dispaccio.embargo.vault import DataKey
from dispaccio.formats import codec
from dispaccio.release.canonical import Part, decode, encode
from dispaccio.release.label import Label
from dispaccio.release.model import Revision
from dispaccio.words import keepable, recalled

_PLACE = "draft"


@dataclass(frozen=True, slots=True)
class Draft:
    """The content of a revision that is not public yet.

    ``stated`` is the label that it was handed in with. ``parts``, ``manifest``, ``signature`` and
    ``nonce`` are there once it is sealed. ``likeness``, the keyed hashes by which it is known
    again, is there while it is being taken in.
    """

    revision: Revision
    findings: tuple[Finding, ...] = ()
    warnings: tuple[str, ...] = ()
    stated: Label | None = None
    parts: tuple[Part, ...] = ()
    manifest: bytes | None = None
    signature: str | None = None
    signer: str | None = None
    nonce: bytes | None = None
    likeness: tuple[bytes, ...] = ()

    def with_revision(self, **changes: Any) -> Draft:
        """The same draft with some fields of its revision changed."""
        return replace(self, revision=replace(self.revision, **changes))

    def seal(self, key: DataKey) -> bytes:
        """Ciphertext of the whole draft."""
        document = {
            "revision": codec.encode(self.revision),
            "findings": keepable([codec.encode(finding) for finding in self.findings]),
            "warnings": keepable(self.warnings),
            "stated": codec.encode(self.stated),
            "parts": [[part.name, part.value, encode(part.salt)] for part in self.parts],
            "manifest": self.manifest and self.manifest.decode(),
            "signature": self.signature,
            "signer": self.signer,
            "nonce": self.nonce and encode(self.nonce),
        }
        return key.seal(_PLACE, json.dumps(document, ensure_ascii=False).encode())


def glance(key: DataKey, sealed: bytes) -> dict[str, Any]:
    """What a list shows of a draft, in JSON: title, language, label, findings, warnings.

    Raises SealBroken.
    """
    document = json.loads(key.open(_PLACE, sealed), object_hook=recalled)
    revision = document["revision"]
    return {name: revision.get(name) for name in ("title", "language", "label")} | {
        name: document[name] for name in ("findings", "warnings")
    }


def open_draft(key: DataKey, sealed: bytes) -> Draft:
    """The draft in a ciphertext. Raises SealBroken."""
    document = json.loads(key.open(_PLACE, sealed), object_hook=recalled)
    manifest, nonce, stated = document["manifest"], document["nonce"], document["stated"]
    return Draft(
        revision=codec.decode(Revision, document["revision"]),
        findings=tuple(codec.decode(Finding, item) for item in document["findings"]),
        warnings=tuple(document["warnings"]),
        stated=codec.decode(Label, stated) if stated else None,
        parts=tuple(Part(name, value, decode(salt)) for name, value, salt in document["parts"]),
        manifest=manifest and manifest.encode(),
        signature=document["signature"],
        signer=document["signer"],
        nonce=decode(nonce) if nonce else None,
    )
