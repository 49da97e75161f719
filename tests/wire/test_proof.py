"""The proof document, checked by a small verifier that uses nothing of the wire.

parts -> digests -> manifest -> signature -> statement -> signature -> leaf -> seal
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from typing import Any

import pytest
import rfc8785
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from dispaccio.release.state import Kind
from tests.wire.test_relay import native
from tests.wire.world import HOUR, World


class Wrong(Exception):
    """The proof does not hold; says where."""


def unb64(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def b64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def need(holds: object, where: str) -> None:
    if not holds:
        raise Wrong(where)


def check_signature(jws: str, payload: bytes, keys: dict[str, dict[str, str]]) -> str:
    """A detached JWS (RFC 7515 appendix F, RFC 9864); the thumbprint of its key."""
    header, middle, signature = jws.split(".")
    said = json.loads(unb64(header))
    need(said["alg"] == "Ed25519" and not middle, "signature header")
    need(said["kid"] in keys, "unknown key")
    key = keys[said["kid"]]
    bare = {name: key[name] for name in ("crv", "kty", "x")}
    need(b64(hashlib.sha256(rfc8785.dumps(bare)).digest()) == said["kid"], "thumbprint")
    try:
        Ed25519PublicKey.from_public_bytes(unb64(key["x"])).verify(
            unb64(signature), f"{header}.{b64(payload)}".encode()
        )
    except InvalidSignature:
        raise Wrong("signature") from None
    return str(said["kid"])


def verify(proof: dict[str, Any], log: list[dict[str, Any]]) -> None:
    """Raises Wrong where the proof does not hold; ``log`` is the log's entries in order."""
    need(proof["standard"] == "dispaccio-proof/1", "standard")
    keys = {key["kid"]: key for key in proof["keys"]}
    for revision in proof["revisions"]:
        _verify_revision(proof, revision, keys, log)


def _verify_revision(
    proof: dict[str, Any],
    revision: dict[str, Any],
    keys: dict[str, Any],
    log: list[dict[str, Any]],
) -> None:
    [entry] = revision["entries"]
    leaf = base64.b64decode(entry["leaf"])
    said = json.loads(leaf)
    need(log[entry["index"]] == said, "leaf is not in the log")
    need((said["number"], said["revision"]) == (proof["number"], revision["version"]), "leaf")
    manifest = revision["manifest"].encode() if revision["manifest"] else None
    if manifest is not None:
        _verify_parts(json.loads(manifest), revision["disclosures"])
    need(
        said.get("manifest") == (manifest and hashlib.sha256(manifest).hexdigest()),
        "manifest in the leaf",
    )
    if revision["issuer_signature"] and manifest is not None:
        kid = check_signature(revision["issuer_signature"], manifest, keys)
        need(said["key"] == kid, "key in the leaf")
        signature = revision["issuer_signature"].encode()
        need(said["signature"] == hashlib.sha256(signature).hexdigest(), "signature in the leaf")
    if revision["statement"] is not None:
        _verify_statement(proof, revision, said, keys)
    if "seal" in said:
        need(manifest is not None, "a seal without a manifest")
        opened = hashlib.sha256(b"dispaccio-seal/1\x00" + unb64(said["nonce"]) + (manifest or b""))
        sealed = log[said["seal"]]
        need(sealed == {"t": "seal", "commitment": b64(opened.digest())}, "seal")
        need(said["seal"] < entry["index"], "the seal came later")


def _verify_parts(manifest: dict[str, Any], disclosures: list[list[Any]]) -> None:
    listed = {part["n"]: part["h"] for part in manifest["parts"]}
    for name, salt, value in disclosures:
        digest = hmac.new(unb64(salt), rfc8785.dumps([name, value]), "sha256").digest()
        need(listed.get(name) == b64(digest), f"part {name}")


def _verify_statement(
    proof: dict[str, Any], revision: dict[str, Any], leaf: dict[str, Any], keys: dict[str, Any]
) -> None:
    statement = revision["statement"].encode()
    said = json.loads(statement)
    check_signature(revision["wire_signature"], statement, keys)
    need(leaf["statement"] == hashlib.sha256(statement).hexdigest(), "statement in the leaf")
    need(leaf["published"] == said["published"], "time in the leaf")
    need(said["wire"] == proof["wire"], "wire")
    need((said["number"], said["revision"]) == (proof["number"], revision["version"]), "number")
    manifest = revision["manifest"]
    need(
        said["manifest"] == (manifest and hashlib.sha256(manifest.encode()).hexdigest()),
        "manifest in the statement",
    )


def proof_of(world: World, number: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(world.public.proof(number) or b"")
    return found


def names(revision: dict[str, Any]) -> list[str]:
    return [name for name, _, _ in revision["disclosures"]]


def test_a_release_can_be_checked_by_anybody(world: World) -> None:
    world.sealed(after=HOUR, subhead="The third", boilerplate="Aurora makes butter.")
    world.wait(HOUR)
    world.publisher.publish_due()
    proof = proof_of(world, "T100000001")
    verify(proof, world.log())
    [revision] = proof["revisions"]
    assert names(revision) == [
        "headline",
        "subhead",
        "place",
        "body/0",
        "form",
        "boilerplate",
        "contacts",
    ]
    assert {part["n"] for part in json.loads(revision["manifest"])["parts"]} == set(names(revision))
    assert json.loads(revision["manifest"])["asked_for"] == "2026-11-23T10:00:00Z"


def test_every_revision_can_be_checked(world: World) -> None:
    number = world.published("One")
    world.correct(number, "Two")
    world.notice(number, Kind.WITHHOLD)
    world.notice(number, Kind.USABLE_AGAIN)
    proof = proof_of(world, number)
    verify(proof, world.log())
    assert [revision["version"] for revision in proof["revisions"]] == [1, 2, 3, 4]
    assert all(revision["statement"] for revision in proof["revisions"])


def test_a_relayed_release_is_signed_by_the_wire_alone(world: World) -> None:
    number = world.take(native(), publish_now=True, confirm=True).number
    proof = proof_of(world, number or "")
    verify(proof, world.log())
    [revision] = proof["revisions"]
    assert revision["issuer_signature"] is None
    assert json.loads(revision["manifest"])["iss"] is None


@pytest.mark.parametrize("kind", [Kind.WITHHOLD, Kind.WITHDRAWAL])
def test_what_was_taken_back_discloses_nothing_and_still_holds(world: World, kind: Kind) -> None:
    number = world.published(place="Quetzal")
    world.notice(number, kind)
    proof = proof_of(world, number)
    verify(proof, world.log())
    first, second = proof["revisions"]
    assert first["disclosures"] == second["disclosures"] == []
    assert first["statement"] is None
    assert first["manifest"]
    assert json.loads(second["statement"])["kind"] == kind
    assert "quetzal" not in json.dumps(proof).lower()


def test_contacts_for_the_media_are_not_disclosed(world: World) -> None:
    contacts = [
        {"name": "Livia Brembati", "email": "press@aurora-dairy.example"},
        {"name": "Night desk", "phone": "+39 035 99", "visibility": "media_only"},
    ]
    proof = proof_of(world, world.published(contacts=contacts))
    verify(proof, world.log())
    [revision] = proof["revisions"]
    assert "contacts" not in names(revision)
    assert "contacts" in {part["n"] for part in json.loads(revision["manifest"])["parts"]}


def test_the_verifier_notices_what_is_altered(world: World) -> None:
    number = world.published()
    other = proof_of(world, world.published("Another", text="Quite another text."))
    log = world.log()
    whole = json.dumps(proof_of(world, number))

    def altered(change: Any) -> dict[str, Any]:
        proof = json.loads(whole)
        change(proof, proof["revisions"][0])
        return dict(proof)

    def swap(name: str) -> Any:
        return lambda proof, rev: rev.update({name: other["revisions"][0][name]})

    changes = {
        "a part": lambda proof, rev: rev["disclosures"][0].__setitem__(2, "Aurora closes a dairy"),
        "a salt": lambda proof, rev: rev["disclosures"][0].__setitem__(1, b64(bytes(32))),
        "a name": lambda proof, rev: rev["disclosures"][0].__setitem__(0, "subhead"),
        "manifest": swap("manifest"),
        "issuer_signature": swap("issuer_signature"),
        "statement": swap("statement"),
        "wire_signature": swap("wire_signature"),
        "entries": swap("entries"),
        "number": lambda proof, rev: proof.update({"number": other["number"]}),
        "wire": lambda proof, rev: proof.update({"wire": "did:web:evil.example"}),
        "version": lambda proof, rev: rev.update({"version": 2}),
        "key": lambda proof, rev: [key.update({"x": b64(bytes(32))}) for key in proof["keys"]],
    }
    verify(json.loads(whole), log)
    for what, change in changes.items():
        try:
            verify(altered(change), log)
        except Wrong:
            continue
        pytest.fail(f"{what} was altered, and nobody noticed")


def test_there_is_no_proof_of_what_is_not_public(world: World) -> None:
    world.sealed()
    for number in ("T100000001", "100000001", "x", "", "\x00"):
        assert world.public.proof(number) is None
