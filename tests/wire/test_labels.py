"""A label that says that somebody paid is never lost without a word, and never approved alone."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from dispaccio.desk.checks.base import Finding
from dispaccio.errors import SecondPersonNeeded, WarningsUnconfirmed
from dispaccio.intake.submission import Wishes
from dispaccio.release.label import LabelKind
from dispaccio.release.state import State
from dispaccio.wire import looking, people, review, submit
from dispaccio.wire.publish import publish
from dispaccio.wire.submit import Handed
from tests.wire.world import World

PAID: dict[str, Any] = {
    "label": {"code": "promotional", "text": "PAID PRESS RELEASE", "paid_by": "Aurora Dairy"}
}
SAYS_PAID: dict[str, Any] = {"label": {"code": "promotional", "text": "PAID PRESS RELEASE"}}
UNPAID = Wishes(label=LabelKind.INSTITUTIONAL)


def weakened(findings: tuple[Finding, ...]) -> list[str | None]:
    return [finding.quote for finding in findings if finding.check == "label-weakened"]


def test_a_wish_for_another_label_does_not_silence_the_text(world: World) -> None:
    receipt = world.submit(wishes=UNPAID, **SAYS_PAID)
    assert weakened(receipt.findings) == ["PAID PRESS RELEASE"]
    with pytest.raises(WarningsUnconfirmed, match="PAID PRESS RELEASE"):
        review.approve(world.wire, world.dora, receipt.id)


def test_a_payer_named_by_the_text_cannot_be_wished_away(world: World) -> None:
    receipt = world.submit(wishes=UNPAID, **PAID)
    assert receipt.state is State.RETURNED
    assert "payer-of-unpaid" in {finding.check for finding in receipt.findings}


def test_the_desk_confirms_that_it_weakens_a_label(world: World) -> None:
    id = world.submit(**PAID).id
    with pytest.raises(WarningsUnconfirmed, match="somebody paid"):
        review.approve(world.wire, world.dora, id, label=LabelKind.INSTITUTIONAL)
    review.approve(world.wire, world.dora, id, label=LabelKind.INSTITUTIONAL, confirm=True)
    [done] = publish(world.wire, world.dora, id)
    shown = world.public.release(done.number)
    assert shown is not None
    label = shown.shown.revision.label
    assert label is not None
    assert (label.paid, label.paid_by) == (False, None)


def test_a_correction_that_drops_the_payment_is_asked_about(world: World) -> None:
    number = world.published(**PAID)
    free = {"code": "institutional", "text": "Press release"}
    receipt = world.hand_in_correction(number, "Aurora opens two dairies", label=free)
    assert len(weakened(receipt.findings)) == 1
    with pytest.raises(WarningsUnconfirmed, match="somebody paid"):
        review.approve(world.wire, world.dora, number)


def test_another_label_is_no_way_around_the_second_person(world: World) -> None:
    people.add(world.wire, world.olga, "both", None, ["desk", "author:aurora"])
    both = people.by_name(world.wire, "both")
    world.wire.settings = replace(world.wire.settings, second_person="paid")
    world.anna = both
    for more in (PAID, SAYS_PAID | {"wishes": UNPAID}):
        id = world.submit(**more).id
        with pytest.raises(SecondPersonNeeded):
            review.approve(world.wire, both, id, confirm=True, label=LabelKind.INSTITUTIONAL)


def test_a_payer_makes_a_text_without_a_label_promotional(world: World) -> None:
    receipt = world.submit(label=None, wishes=Wishes(paid_by="Officine Bruma"))
    assert "label-missing" not in {finding.check for finding in receipt.findings}
    review.approve(world.wire, world.dora, receipt.id, confirm=True)
    [done] = publish(world.wire, world.dora, receipt.id)
    shown = world.public.release(done.number)
    assert shown is not None
    label = shown.shown.revision.label
    assert label is not None
    assert (label.kind, label.paid_by) == (LabelKind.PROMOTIONAL, "Officine Bruma")


def test_a_text_that_states_no_language_is_labelled_in_the_wires(world: World) -> None:
    world.wire.settings = replace(world.wire.settings, language="it")
    title = "Aurora apre il terzo caseificio a Bergamo"
    said = f"COMUNICATO STAMPA\n\n{title}\n\n{'Ha aperto. ' * 9}"
    given = Handed(said.encode(), "text/plain", Wishes(issuer="aurora"))
    id = submit.submit(world.wire, world.anna, given).id
    found = looking.look(world.wire, world.public, world.dora, id)
    assert found.open is not None
    assert found.open.text.label is not None
    assert found.open.text.label.text == "Comunicato stampa"
