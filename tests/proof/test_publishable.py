"""Whatever was taken and approved can be published, corrected, shown and withdrawn."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import replace

import pytest
from hypothesis import event, given, settings
from hypothesis import strategies as st
from starlette.requests import Request

from dispaccio.errors import Conflict, InputError
from dispaccio.formats.native import native
from dispaccio.formats.registry import formats
from dispaccio.release.body import Block
from dispaccio.release.label import LabelKind, of_kind
from dispaccio.release.model import Party, Reason, Relation, Revision, SignedBy, Subject, WireMark
from dispaccio.release.state import Kind
from dispaccio.site import addresses
from dispaccio.site.app import PAGES
from dispaccio.testing import home as homes
from dispaccio.wire import submit
from dispaccio.wire.core import Wire
from dispaccio.wire.public import Public
from dispaccio.wire.publish import publish
from dispaccio.wire.review import approve
from dispaccio.wire.submit import Handed
from dispaccio.wire.take import take
from dispaccio.wire.withdraw import notice
from tests.formats.revisions import lines, revisions

_LINE = st.none() | lines()
_FRAME = st.fixed_dictionaries(
    {
        "reason": st.none() | st.builds(Reason, lines(), _LINE),
        "relates": st.none() | st.builds(Relation, lines(), st.none() | st.integers(1, 9), _LINE),
        "issuer": st.none() | st.builds(Party, lines(), _LINE, _LINE),
        "subjects": st.lists(st.builds(Subject, lines(), lines(), _LINE), max_size=2).map(tuple),
        "slugline": _LINE,
        "editorial_note": _LINE,
        "author": _LINE,
        "signed_by": st.none() | st.sampled_from(SignedBy),
        "channel": st.none() | st.just(homes.CHANNEL),
        "url": _LINE,
    }
)


_LABEL = of_kind(LabelKind.PROMOTIONAL, "en", paid_by="Aurora Dairy")


def own(said: Revision) -> Revision:
    """A text that stops no own release at the checks; the fields around it vary."""
    body = (Block.paragraph("The third plant opened on Monday; it employs 120 people."),)
    return replace(said, headline="Aurora opens a plant", body=body, label=_LABEL, issuer=None)


def theirs(said: Revision) -> Revision:
    """A text that nobody took over before, with a headline at least."""
    unique = uuid.uuid4().hex
    mark = WireMark(said.wire.name if said.wire else "Ponente", unique)
    body = (*said.body, Block.paragraph(f"This is {unique}."))
    headline = said.headline or "Aurora"
    return replace(said, headline=headline, body=body, wire=mark, identifiers=())


@pytest.fixture(scope="module")
def wire(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Wire]:
    wire = homes.make(tmp_path_factory.mktemp("publishable") / "home").open()
    yield wire
    wire.store.close()


@settings(max_examples=settings().max_examples // 2)  # each is published up to three times
@given(revisions, _FRAME, st.booleans())
def test_what_was_approved_is_published(
    wire: Wire, revision: Revision, frame: dict[str, object], relayed: bool
) -> None:
    anna, dora, dino = (homes.actor(wire, name) for name in ("anna", "dora", "dino"))
    said = replace(revision, release_time=None, embargo=None, **frame)  # type: ignore[arg-type]
    said = own(said) if not relayed else theirs(said)
    given = Handed(native.write(said), "application/json")
    try:
        id = take(wire, dora, given).id if relayed else submit.submit(wire, anna, given).id
        approve(wire, dino, id, confirm=True)
    except (InputError, Conflict) as refusal:
        event(f"refused: {refusal.code()}")
        return  # it was refused, or the checks found errors
    [done] = publish(wire, dino, id)
    event("published")
    look(wire, done.number, 1)
    if not relayed:
        event("published and corrected")
        submit.revise(wire, anna, id, given, kind=Kind.CORRECTION, reason=Reason("figures"))
        [corrected] = publish(wire, dora, id, confirm=True)
        look(wire, corrected.number, 2)
    notice(wire, dora, done.number, Kind.WITHDRAWAL, Reason("error"))
    look(wire, done.number, done.version)


def look(wire: Wire, number: str, version: int) -> None:
    """Every page and every twin of a release is there."""
    view = Public(wire)
    page = PAGES["/r/{rest:path}"]
    tails = ["", f"/v{version}", addresses.PROOF, *addresses.twins()]
    for tail in tails:
        scope = {"type": "http", "method": "GET", "path": "/", "headers": [], "query_string": b""}
        answer = page(view, Request(scope | {"path_params": {"rest": number + tail}}))
        assert answer is not None
        assert answer.status_code == 200
    for name, format in formats().items():
        if format.about.writes:
            assert view.rendering(number, version, name)
