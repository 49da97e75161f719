"""The bytes that are signed, written out: whoever changes them changes what signatures mean."""

from __future__ import annotations

import hashlib
import hmac
import json
import string
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from dispaccio.release import canonical
from dispaccio.release.body import Block, BlockKind, Mark, MarkKind
from dispaccio.release.canonical import Part
from dispaccio.release.label import Label, LabelKind
from dispaccio.release.model import (
    Contact,
    Dateline,
    Hop,
    Media,
    Reason,
    Relation,
    Revision,
    Visibility,
)
from dispaccio.release.state import Kind

T = datetime(2026, 5, 26, 7, tzinfo=UTC)
REVISION = Revision(
    headline=" Aurora opens a da\u0301iry \r\n",
    subhead="It is the third",
    place="Bergamo",
    language="en",
    body=(
        Block(
            BlockKind.PARAGRAPH,
            "Aurora Dairy has opened it.\n",
            (
                Mark(0, 12, MarkKind.STRONG),
                Mark(0, 6, MarkKind.LINK, "https://aurora.example/"),
            ),
        ),
        Block(BlockKind.HEADING, "Figures", level=2),
        Block(BlockKind.TABLE, "Year\tTons\n2026\t1,200"),
        Block(BlockKind.LIST, "milk\nbutter", ordered=True),
        Block(BlockKind.QUOTE, "«CO2»", (Mark(3, 4, MarkKind.SUB),)),
        Block(BlockKind.IMAGE, "The dairy", media=0),
    ),
    boilerplate="Aurora makes butter.",
    contacts=(
        Contact("Ann Weiß", "press officer", "Aurora", "ann@aurora.example", "+39 035 1"),
        Contact(email="desk@aurora.example", visibility=Visibility.MEDIA_ONLY),
    ),
    media=(
        Media(
            href="https://aurora.example/a.jpg",
            name="a.jpg",
            type="image/jpeg",
            role="photo",
            size=12345,
            sha256="ab" * 32,
            caption="not signed",
            credit="Aurora",
            alt="The dairy",
            rights="free",
        ),
    ),
)
# Name, value as JSON, and the digest under the salt of 32 bytes of the part's position. The first
# digest is also what `openssl dgst -sha256 -mac hmac` says of ["headline","Aurora opens a dáiry"].
EXAMPLE = """
headline     "Aurora opens a dáiry"
             f7005e93b033b6cf18d83e3fd29077e990d018c5db43ebc21159007a58eb028a
subhead      "It is the third"
             f740214930f0c8b1eb2d29c1b4d34082ea66cdf2f215694dc542a27d6306c0bf
place        "Bergamo"
             0072fbef1ad7ad036c2da9665474b66f306573f6d9b2f35317ea26146c3dd627
body/0       "Aurora Dairy has opened it."
             bcdf15ac40592f1a2167ff3010c833b3a600a0de2e8cf30a909582fc6cf788ca
body/1       "Figures"
             65eda66848034a1a9de7968d2263931be1e40e11ecbacf02e509b923d99b69bf
body/2       "Year\\tTons\\n2026\\t1,200"
             da57daddaa848bfb4fdce446105fe6045452ad30a9b7be8c7161a0c96b5518a4
body/3       "milk\\nbutter"
             5f8ea62ef283908dfcda50272d2558bd3087191b389cf98f07a7f6b0a4d605b0
body/4       "«CO2»"
             1f5376dad0dac9502c024cd5288cededae43ffdd46f2bbebb68f343970f791cd
body/5       "The dairy"
             8ac6edbedac5c386ee671bb4d3365f1711dd4539dd5e6e5c4176a1b854b96261
form         [{"kind":"paragraph","marks":[[0,6,"link","https://aurora.example/"],[0,12,"strong"]]},
              {"kind":"heading","level":2},{"kind":"table"},{"kind":"list","ordered":true},
              {"kind":"quote","marks":[[3,4,"sub"]]},{"kind":"image","media":0}]
             4fb5ea64982c76b9158f56dd67ea9ba7d2bbaad79ec15eb36ba83ae55b560309
boilerplate  "Aurora makes butter."
             d9bbdcd0ec08091153464c387c64392a9716079dd73cbf0291087b7d49c73baf
contacts     [{"email":"ann@aurora.example","name":"Ann Weiß","organisation":"Aurora",
               "phone":"+39 035 1","role":"press officer","visibility":"public"},
              {"email":"desk@aurora.example","visibility":"media_only"}]
             ad1fd445781c66262b7ee8d5ffb8382b9655a59d2292c419e718c9fec0bd4db8
media/0      {"alt":"The dairy","credit":"Aurora","name":"a.jpg","rights":"free",
              "sha256":"abababababababababababababababababababababababababababababababab",
              "size":12345,"type":"image/jpeg"}
             1dab64ac0dd1b33e6f15504a572a362658f87f66471066114e35ac0678dd2b10
"""
MANIFEST = (
    '{"asked_for":"2026-05-26T07:00:00Z","commissioned":true,"iss":"did:web:aurora.example",'
    '"lang":"en","parts":['
    '{"h":"9wBek7Azts8Y2D4_0pB36ZDQGMXbQ-vCEVkAeljrAoo","n":"headline"},'
    '{"h":"HatkrA3Rsz5vFVBKVyo2Jlj4f2ZHEGYRTjWsBnjdKxA","len":12345,"n":"media/0",'
    '"type":"image/jpeg"}],'
    '"relates":{"id":"urn:uuid:00000000-0000-4000-8000-000000000001","kind":"correction",'
    '"revision":1},"v":"dispaccio-manifest/1"}'
)
STATEMENT = (
    '{"dateline":"BERGAMO, May 26, 2026 /Ponte/ -","hops":[{"action":"created","party":"Aurora"},'
    '{"action":"transformed","party":"Nordwire","time":"2026-05-25"},'
    '{"action":"enhanced","party":"Ponte","time":"2026-05-26T07:00:00.500000Z"}],'
    '"kind":"correction","label":{"commissioned":true,"details":{"study":"none"},'
    '"kind":"promotional","paid_by":"Aurora","paid_to":"Ponte",'
    '"text":"Press release – promotional content"},"legal":["Paid by Aurora."],'
    '"manifest":"36d21f813d68054e0463463635a6a0096285e04eeed9c5048eb5ab7c13dc4261",'
    '"number":"T100000001","published":"2026-05-26T07:00:00Z",'
    '"reason":{"code":"wrong-date","text":"Monday"},"revision":2,'
    '"v":"dispaccio-statement/1","wire":"did:web:ponte.example"}'
)


def example() -> list[tuple[str, str, str]]:
    """The table above as (name, value as JSON, digest in hexadecimal)."""
    rows: list[list[str]] = []
    for line in EXAMPLE.strip("\n").splitlines():
        name, rest = line[:13].strip(), line[13:].strip()
        rows = [*rows, [name, rest]] if name else [*rows[:-1], [*rows[-1], rest]]
    return [(name, "".join(value), digest) for name, *value, digest in rows]


def parts() -> list[Part]:
    return [
        Part(name, value, bytes([position]) * 32)
        for position, (name, value) in enumerate(canonical.values(REVISION))
    ]


def test_the_parts_and_their_values() -> None:
    assert canonical.values(REVISION) == [(name, json.loads(value)) for name, value, _ in example()]


def test_a_digest_is_an_hmac_over_name_and_value() -> None:
    for position, (part, (name, value, digest)) in enumerate(zip(parts(), example(), strict=True)):
        message = f'["{name}",{value}]'.encode()
        assert hmac.new(bytes([position]) * 32, message, "sha256").hexdigest() == digest
        assert canonical.decode(part.digest).hex() == digest


def test_the_canonical_bytes_hold_every_value_and_no_salt() -> None:
    values = ",".join(f'["{name}",{value}]' for name, value, _ in example())
    assert canonical.canonical_bytes(REVISION) == f'["en",[{values}]]'.encode()


def test_the_manifest() -> None:
    made = parts()
    found = canonical.manifest(
        [made[0], made[-1]],
        iss="did:web:aurora.example",
        language="en",
        commissioned=True,
        asked_for=T,
        relates=Relation("urn:uuid:00000000-0000-4000-8000-000000000001", 1, "correction"),
    )
    assert found == MANIFEST.encode()


def test_a_manifest_that_is_silent_says_so() -> None:
    found = canonical.manifest(
        [], iss=None, language=None, commissioned=None, asked_for=None, relates=None
    )
    assert found == (
        b'{"asked_for":null,"commissioned":null,"iss":null,"lang":null,"parts":[],"relates":null,'
        b'"v":"dispaccio-manifest/1"}'
    )


def test_the_statement() -> None:
    said = replace(
        REVISION,
        number="T100000001",
        version=2,
        kind=Kind.CORRECTION,
        reason=Reason("wrong-date", "Monday"),
        label=Label(
            LabelKind.PROMOTIONAL,
            "Press release – promotional content",
            commissioned=True,
            paid_by="Aurora",
            paid_to="Ponte",
            details=(("study", "none"),),
        ),
        legal=("Paid by Aurora.",),
        dateline=Dateline("Bergamo", T.date(), "Ponte", "BERGAMO, May 26, 2026 /Ponte/ -"),
        hops=(
            Hop("Aurora", "created"),
            Hop("Nordwire", "transformed", date(2026, 5, 25), "never signed"),
            Hop("Ponte", "enhanced", T.replace(microsecond=500_000)),
        ),
    )
    manifest = MANIFEST.encode()
    found = canonical.statement(said, manifest=manifest, wire="did:web:ponte.example", published=T)
    assert found == STATEMENT.encode()
    assert json.loads(found)["manifest"] == hashlib.sha256(manifest).hexdigest()


def test_a_statement_about_a_notice_has_no_manifest() -> None:
    notice = Revision(number="100000001", version=2, kind=Kind.WITHDRAWAL, reason=Reason("error"))
    found = canonical.statement(notice, manifest=None, wire="did:web:p.example", published=T)
    assert found == (
        b'{"dateline":null,"hops":[],"kind":"withdrawal","label":null,"legal":[],"manifest":null,'
        b'"number":"100000001","published":"2026-05-26T07:00:00Z","reason":{"code":"error"},'
        b'"revision":2,"v":"dispaccio-statement/1","wire":"did:web:p.example"}'
    )


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (Revision(headline="x"), Revision(headline=" x\n", subhead=" ", boilerplate="\n")),
        (Revision(place="Orle\u0301ans"), Revision(place="Orléans")),
        (Revision(contacts=(Contact("e\u0301", phone=" "),)), Revision(contacts=(Contact("é"),))),
        (Revision(media=(Media(name="a "),)), Revision(media=(Media(name="a", href="b"),))),
        (
            Revision(
                body=(Block.paragraph("ab", Mark(0, 1, MarkKind.EM), Mark(1, 2, MarkKind.EM)),)
            ),
            Revision(
                body=(
                    Block(
                        BlockKind.PARAGRAPH,
                        "ab",
                        (Mark(1, 2, MarkKind.EM), Mark(0, 1, MarkKind.EM)),
                    ),
                )
            ),
        ),
    ],
    ids=["blanks", "NFC", "contacts", "media", "marks"],
)
def test_what_reads_the_same_is_the_same_bytes(one: Revision, other: Revision) -> None:
    assert canonical.canonical_bytes(one) == canonical.canonical_bytes(other)


@pytest.mark.parametrize(
    "change",
    [
        {"headline": "Aurora closes a dáiry"},
        {"language": "it"},
        {"subhead": None},
        {"body": (*REVISION.body[1:], REVISION.body[0])},
        {"contacts": REVISION.contacts[:1]},
        {"media": (replace(REVISION.media[0], alt="A dairy"),)},
        {"body": (replace(REVISION.body[0], marks=()), *REVISION.body[1:])},
    ],
    ids=["headline", "language", "subhead", "order", "contacts", "media", "marks"],
)
def test_what_reads_otherwise_is_other_bytes(change: dict[str, object]) -> None:
    changed = replace(REVISION, **change)  # type: ignore[arg-type]
    assert canonical.canonical_bytes(changed) != canonical.canonical_bytes(REVISION)


@pytest.mark.parametrize(
    "change",
    [
        {"dateline": Dateline(text="ROME, May 1 /X/ -")},
        {"label": Label(LabelKind.POLITICAL, "Political advertising")},
        {"number": "100000009", "channel": "press", "release_time": T, "legal": ("x",)},
    ],
    ids=["dateline", "label", "wire"],
)
def test_nothing_that_the_wire_adds_changes_the_issuers_bytes(change: dict[str, object]) -> None:
    changed = replace(REVISION, **change)  # type: ignore[arg-type]
    assert canonical.canonical_bytes(changed) == canonical.canonical_bytes(REVISION)


def test_every_part_has_a_salt_of_its_own() -> None:
    first, again = canonical.salted(REVISION), canonical.salted(REVISION)
    salts = {part.salt for part in (*first, *again)}
    assert len(salts) == len(first) + len(again)
    assert {len(salt) for salt in salts} == {canonical.SALT_BYTES}
    assert [(part.name, part.value) for part in first] == canonical.values(REVISION)


def test_instants_are_written_in_utc() -> None:
    rome = timezone(timedelta(hours=2))
    assert canonical.write_instant(datetime(2026, 5, 26, 9, tzinfo=rome)) == "2026-05-26T07:00:00Z"
    half = T.replace(microsecond=500_000)
    assert canonical.write_instant(half) == "2026-05-26T07:00:00.500000Z"


@given(st.binary(max_size=40))
def test_base64url_comes_back(data: bytes) -> None:
    text = canonical.encode(data)
    assert canonical.decode(text) == data
    assert "=" not in text


@pytest.mark.parametrize("text", ["QQ==", "QQ=", "Q", "QR", "Q Q", "QQ\n", "!!!!", "+/+/", "é"])
def test_base64url_has_one_spelling(text: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        canonical.decode(text)


_LEAVES = st.text(max_size=8) | st.booleans() | st.none() | st.integers(0, 2**53 - 1)


@given(
    st.recursive(
        _LEAVES,
        lambda inner: (
            st.lists(inner, max_size=4)
            | st.dictionaries(st.text(string.ascii_letters, max_size=4), inner, max_size=4)
        ),
    )
)
def test_the_quick_writer_writes_jcs(value: object) -> None:
    assert canonical._dumps(value) == rfc8785.dumps(value)  # type: ignore[arg-type]
