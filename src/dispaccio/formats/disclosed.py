"""The disclosure: the whole revision in the native format, in the one marked place of another.

It makes a format lossless. Its ``digest`` binds it to the document around it: whoever changes the
document leaves a disclosure that no longer fits, and then the document's own fields are read.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace

from dispaccio.formats import codec, native, strict
from dispaccio.release.model import Reading, Revision
from dispaccio.release.state import Status

CHANGED = "The item was changed after it was written; its disclosure was left aside."
STRICTER = (None, Status.USABLE, Status.WITHHELD, Status.CANCELED)


@dataclass(frozen=True, slots=True)
class Disclosure:
    """A disclosed revision, and whether the document around it is as it was written."""

    revision: Revision
    intact: bool


def write(seen: Revision, digest: str) -> str:
    """The disclosure of a revision as JSON; ``digest`` is the hash of the document around it."""
    told = native.to_json(seen) | {"digest": digest}
    return json.dumps(told, ensure_ascii=False, separators=(",", ":"))


def read(value: str, digest: str) -> Disclosure:
    """The disclosure in a text; ``digest`` is the hash of the document that it was found in.

    Raises MalformedDocument.
    """
    document = strict.load_json(value.encode())
    stated = document.pop("digest", None) if isinstance(document, dict) else None
    revision = codec.decode(Revision, document, known=native.DERIVED)
    return Disclosure(revision, stated == digest)


def settle(reading: Reading, told: Disclosure) -> Reading:
    """The reading of a document by its own fields, held to a disclosure that no longer fits.

    Somebody else changed the document after we wrote it. What they made stricter holds, and so
    does what they would have made looser: status, embargo, label.
    """
    said = reading.revision
    embargoes = [moment for moment in (said.embargo, told.revision.embargo) if moment]
    kept = replace(
        said,
        status=max(said.status, told.revision.status, key=STRICTER.index),
        embargo=max(embargoes, default=None),
        label=said.label or told.revision.label,
    )
    return replace(reading, revision=kept, warnings=(CHANGED, *reading.warnings))
