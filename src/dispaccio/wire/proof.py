"""What anybody needs to check the signatures of a release by themselves."""

from __future__ import annotations

import base64
from typing import Any

from dispaccio.notary.identity import jwk
from dispaccio.release import number as numbers
from dispaccio.release.canonical import Part, encode
from dispaccio.release.state import Kind, Status
from dispaccio.store import leaves, organisations, secrets
from dispaccio.store.engine import Tx
from dispaccio.store.releases import ReleaseRow, RevisionRow
from dispaccio.wire.core import Wire

PROOF = "dispaccio-proof/1"
_NOTICES = (Kind.WITHHOLD, Kind.WITHDRAWAL)


def of_release(wire: Wire, tx: Tx, row: ReleaseRow, public: list[RevisionRow]) -> dict[str, Any]:
    """The proof of a release with these public revisions, as JSON.

    A withheld or withdrawn release discloses no part; the hashes stay.
    """
    open_ = row.status == Status.USABLE
    keys = {jwk(wire.key.public)["kid"]: jwk(wire.key.public)}
    for revision in public:
        key = revision.issuer_key and organisations.public_key(tx, revision.issuer_key)
        if key:
            keys[jwk(key)["kid"]] = jwk(key)
    return {
        "standard": PROOF,
        "number": numbers.write(row.ordinal or 0, test=wire.settings.test),
        "id": f"urn:uuid:{row.id}",
        "wire": wire.settings.did,
        "status": row.status,
        "keys": list(keys.values()),
        "revisions": [_proved(tx, revision, open_=open_) for revision in public],
    }


def _proved(tx: Tx, revision: RevisionRow, *, open_: bool) -> dict[str, Any]:
    """One revision's proof.

    A statement holds the dateline, and so the place: while no text may be shown, only those about
    notices are. The hashes of the others are in the leaves.
    """
    parts = secrets.parts_of(tx, revision.key)
    stated = revision.statement if open_ or Kind(revision.kind) in _NOTICES else None
    return {
        "version": revision.version,
        "kind": revision.kind,
        "manifest": revision.manifest and revision.manifest.decode(),
        "issuer_signature": revision.issuer_signature,
        "statement": stated and stated.decode(),
        "wire_signature": revision.wire_signature,
        "disclosures": [_disclosed(part) for part in parts if open_ and _may_show(part)],
        "entries": [
            {"index": entry.index, "leaf": base64.b64encode(entry.body).decode()}
            for entry in leaves.of_revision(tx, revision.key)
        ],
    }


def _disclosed(part: Part) -> list[Any]:
    return [part.name, encode(part.salt), part.value]


def _may_show(part: Part) -> bool:
    """Contacts that are for the media only are signed, and not shown."""
    if part.name != "contacts":
        return True
    return all(contact.get("visibility") == "public" for contact in part.value)
