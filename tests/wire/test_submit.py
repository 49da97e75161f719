"""Handing in: who may, what is kept, and that the same request is the same release."""

from __future__ import annotations

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from dispaccio.access.actor import PUBLIC
from dispaccio.access.roles import Action
from dispaccio.errors import (
    ChangedMeanwhile,
    DiskNearlyFull,
    Forbidden,
    IdempotencyConflict,
    IllegalMove,
    InputError,
    IssuerNeeded,
    KeyNeeded,
    MalformedDocument,
    NoSuchRelease,
    NothingOpen,
    ReasonNeeded,
    TooLarge,
    UnderCorrection,
    UnknownChannel,
    UnknownIssuer,
)
from dispaccio.intake.submission import Wishes
from dispaccio.release.label import LabelKind
from dispaccio.release.model import Reason
from dispaccio.release.state import TEXT_KINDS, Kind, State
from dispaccio.store import queue, secrets
from dispaccio.testing import home as homes
from dispaccio.wire import organisations, people, review, submit
from dispaccio.wire.review import open_of
from dispaccio.wire.submit import Handed
from tests.wire.world import HOUR, START, World, handed

CANARY = "Zanzibar-Quetzal-4711"


def count(world: World) -> int:
    with world.wire.store.read(world.now) as tx:
        return len(queue.waiting(tx, 10_000))


def test_a_text_lies_in_the_vault_and_nowhere_in_plain(world: World) -> None:
    receipt = world.submit(CANARY, text=f"{CANARY} opened.", contacts=[{"name": CANARY}])
    assert (receipt.state, receipt.new) == (State.IN_REVIEW, True)
    world.submit(f"{CANARY} again", key="a-key")
    with world.wire.store.read(world.now) as tx:
        row, revision, draft = open_of(world.wire, tx, world.dora, Action.APPROVE_WIRE, receipt.id)
        media_type, sealed = secrets.original_of(tx, revision.key) or ("", b"")
        key = world.wire.data_key(tx, row)
    assert draft.revision.headline == CANARY
    assert json.loads(key.open(f"original/{revision.key}", sealed))["title"] == CANARY
    assert media_type == "application/json"
    files = [path for path in world.folder.rglob("*") if path.is_file()]
    assert len(files) > 3
    for path in files:
        assert CANARY.encode() not in path.read_bytes(), path


def test_errors_of_the_checks_return_the_text_and_it_can_be_handed_in_anew(world: World) -> None:
    receipt = world.submit(body=[])
    assert receipt.state is State.RETURNED
    assert {finding.check for finding in receipt.findings} >= {"text-missing"}
    again = submit.revise(world.wire, world.anna, receipt.id, handed("Better"), kind=Kind.ORIGINAL)
    assert (again.id, again.state) == (receipt.id, State.IN_REVIEW)
    assert count(world) == 1


@pytest.mark.parametrize("many", [100])
def test_a_request_repeated_in_parallel_is_one_release(world: World, many: int) -> None:
    given = handed("Aurora opens a dairy", key="the-key")
    with ThreadPoolExecutor(16) as threads:
        receipts = list(
            threads.map(lambda _: submit.submit(world.wire, world.anna, given), range(many))
        )
    assert len({receipt.id for receipt in receipts}) == 1
    assert sum(receipt.new for receipt in receipts) == 1
    assert len({json.dumps(replace(r, new=True).to_json()) for r in receipts}) == 1
    assert count(world) == 1


def test_a_headline_is_on_one_line(world: World) -> None:
    receipt = world.submit("Aurora\r\n\topens\ta plant\nin Bergamo")
    with world.wire.store.read(world.now) as tx:
        *_, draft = open_of(world.wire, tx, world.dora, Action.APPROVE_WIRE, receipt.id)
    assert draft.revision.headline == "Aurora opens a plant in Bergamo"
    assert "The headline stood on several lines; it was put on one." in draft.warnings


def test_a_key_means_one_request(world: World) -> None:
    first = submit.submit(world.wire, world.anna, handed("One", key="k"))
    world.wait(HOUR)
    assert submit.submit(world.wire, world.anna, handed("One", key="k")).id == first.id
    for other in (
        handed("Two", key="k"),
        handed("One", key="k", wishes=Wishes(label=LabelKind.SCIENCE)),
        handed("One", key="k", wishes=Wishes(release_time=START + 2 * HOUR)),
    ):
        with pytest.raises(IdempotencyConflict, match="another text, or other options"):
            submit.submit(world.wire, world.anna, other)
    assert submit.submit(world.wire, world.anna, handed("One", key="l")).id != first.id
    assert submit.submit(world.wire, world.anna, handed("One")).new
    assert count(world) == 3


def test_a_key_is_its_persons_own(world: World) -> None:
    first = submit.submit(world.wire, world.anna, handed("One", key="k"))
    by_desk = submit.submit(world.wire, world.dora, handed("One", key="k"))
    assert by_desk.new
    assert by_desk.id != first.id


def test_a_key_of_a_submission_does_not_answer_a_correction(world: World) -> None:
    number = world.published("One")
    given = handed("One", key="k")
    submit.submit(world.wire, world.anna, given)
    with pytest.raises(IdempotencyConflict):
        submit.revise(
            world.wire, world.anna, number, given, kind=Kind.CORRECTION, reason=Reason("typo")
        )
    correction = replace(given, idempotency_key="l")
    first, again = (
        submit.revise(
            world.wire, world.anna, number, correction, kind=Kind.CORRECTION, reason=Reason("typo")
        )
        for _ in range(2)
    )
    assert (first.new, again.new, first.id) == (True, False, again.id)


def test_what_was_answered_before_is_answered_so_while_it_goes_its_way(world: World) -> None:
    given = handed("One", key="k")
    first = submit.submit(world.wire, world.anna, given)
    review.call_off(world.wire, world.anna, first.id)
    assert submit.submit(world.wire, world.anna, given) == replace(first, new=False)


def test_a_failed_request_does_not_use_up_its_key(world: World) -> None:
    bad = replace(handed("One", key="k"), data=b"{")
    with pytest.raises(MalformedDocument):
        submit.submit(world.wire, world.anna, bad)
    assert submit.submit(world.wire, world.anna, handed("One", key="k")).new


def test_who_may_submit(world: World) -> None:
    organisations.add_issuer(world.wire, world.olga, "bruma", "Bruma", [])
    people.add(world.wire, world.olga, "bea", None, ["author:bruma"])
    bea = homes.actor(world.wire, "bea")
    for issuer in (None, "aurora", "bruma", "nobody"):
        given = handed("One", wishes=Wishes(issuer=issuer))
        with pytest.raises(KeyNeeded):
            submit.submit(world.wire, PUBLIC, given)
        for stranger in (world.sam, world.olga):
            with pytest.raises(Forbidden):
                submit.submit(world.wire, stranger, given)
    for issuer in ("aurora", "nobody"):
        with pytest.raises(Forbidden):
            submit.submit(world.wire, bea, handed("One", wishes=Wishes(issuer=issuer)))
    with pytest.raises(IssuerNeeded, match="aurora, bruma"):
        submit.submit(world.wire, world.dora, handed("One"))
    with pytest.raises(UnknownIssuer):
        submit.submit(world.wire, world.dora, handed("One", wishes=Wishes(issuer="nobody")))
    mine = submit.submit(world.wire, bea, handed("One"))
    desks = submit.submit(world.wire, world.dora, handed("One", wishes=Wishes(issuer="bruma")))
    assert {world.row(receipt.id).issuer for receipt in (mine, desks)} == {"bruma"}


def test_an_issuer_without_a_domain_can_submit(world: World) -> None:
    organisations.add_issuer(world.wire, world.olga, "bruma", "Bruma", [])
    receipt = submit.submit(
        world.wire,
        world.dora,
        handed("One", wishes=Wishes(issuer="bruma"), contacts=[{"name": "B", "phone": "+39 1"}]),
    )
    assert receipt.state is State.IN_REVIEW


def test_a_text_that_names_another_issuer_is_returned(world: World) -> None:
    for issuer in ({"name": "Bruma"}, {"name": "Aurora Dairy", "did": "did:web:bruma.example"}):
        assert world.submit(issuer=issuer).state is State.RETURNED


def test_the_signed_issuer_is_the_account(world: World) -> None:
    number = world.published(issuer={"name": "Aurora Dairy"})
    [revision] = world.versions(number)
    assert json.loads(revision.manifest or b"")["iss"] == "did:web:aurora-dairy.example"


@pytest.mark.parametrize(
    ("data", "media_type", "error"),
    [
        (b"", "application/json", "empty-input"),
        (b" \n", "text/plain", "empty-input"),
        (b"[]", "application/json", "empty-input"),
        (b"{}" * 2, "application/json", "malformed-document"),
        (b"{}", "application/pdf", "unknown-format"),
        (b"\x00\x01", "text/plain", "not-text"),
        (b'{"title": 7}', "application/json", "malformed-document"),
        (b'{"media": [{"size": 9007199254740992}]}', "application/json", "malformed-document"),
    ],
)
def test_what_cannot_be_read_changes_nothing(
    world: World, data: bytes, media_type: str, error: str
) -> None:
    before = world.events()
    with pytest.raises(InputError) as refused:
        submit.submit(world.wire, world.anna, Handed(data, media_type))
    assert refused.value.code() == error
    assert world.events() == before
    assert count(world) == 0


@pytest.mark.parametrize("kind", ["text/plain", "text/markdown"])
@pytest.mark.parametrize("line", [b"a b c.\n\n", b"**a** "], ids=["paragraphs", "marks"])
def test_what_is_taken_can_be_read_back(world: World, kind: str, line: bytes) -> None:
    given = Handed(b"Title\n\n" + line * 12_000, kind)
    id = None
    with suppress(TooLarge):
        id = submit.submit(world.wire, world.anna, given).id
    assert count(world) == (0 if id is None else 1)
    if id is not None:
        with world.wire.store.read(world.now) as tx:
            open_of(world.wire, tx, world.dora, Action.APPROVE_WIRE, id)


def test_an_unknown_channel_changes_nothing(world: World) -> None:
    before = world.events()
    with pytest.raises(UnknownChannel):
        world.submit(channel="sport")
    assert world.events() == before


def test_a_nearly_full_disk_takes_nothing_in(open_world: Callable[..., World]) -> None:
    world = open_world(min_free_disk_mb=1 << 40)
    for call in (
        world.submit,
        lambda: world.take({"title": "x"}),
        lambda: submit.revise(world.wire, world.anna, "x", handed("x"), kind=Kind.ORIGINAL),
    ):
        with pytest.raises(DiskNearlyFull):
            call()


class TestRevising:
    """A new text for a release that is there."""

    def revise(self, world: World, ref: str, **more: Any) -> submit.Receipt:
        given = {"kind": Kind.CORRECTION, "reason": Reason("typo")} | more
        return submit.revise(world.wire, world.anna, ref, handed("New"), **given)

    @pytest.mark.parametrize("kind", sorted(set(Kind) - TEXT_KINDS))
    def test_a_notice_brings_no_text(self, world: World, kind: Kind) -> None:
        number = world.published()
        if kind is Kind.USABLE_AGAIN:
            world.notice(number, Kind.WITHHOLD)
        with pytest.raises(IllegalMove, match="no text of its own"):
            self.revise(world, number, kind=kind)

    def test_an_original_cannot_follow(self, world: World) -> None:
        with pytest.raises(IllegalMove):
            self.revise(world, world.published(), kind=Kind.ORIGINAL)

    def test_one_correction_at_a_time(self, world: World) -> None:
        number = world.published()
        self.revise(world, number)
        with pytest.raises(UnderCorrection):
            self.revise(world, number)

    @pytest.mark.parametrize("state", [State.IN_REVIEW, State.PARKED])
    def test_an_original_on_its_way_cannot_be_replaced(self, world: World, state: State) -> None:
        id = world.submit().id
        if state is State.PARKED:
            review.decide(world.wire, world.dora, id, State.PARKED)
        with pytest.raises(UnderCorrection, match="ask the desk to return it"):
            self.revise(world, id)

    @pytest.mark.parametrize("end", ["reject", "call off"])
    def test_an_end_is_final(self, world: World, end: str) -> None:
        id = world.submit().id
        if end == "reject":
            review.decide(world.wire, world.dora, id, State.REJECTED)
        else:
            review.call_off(world.wire, world.anna, id)
        with pytest.raises(NothingOpen):
            self.revise(world, id)

    def test_a_withdrawn_release_is_not_corrected(self, world: World) -> None:
        number = world.published()
        world.notice(number, Kind.WITHDRAWAL)
        with pytest.raises(IllegalMove, match="final"):
            self.revise(world, number)

    def test_a_reason_is_a_code(self, world: World) -> None:
        number = world.published()
        for code in ("", "Wrong date", "x" * 40, "é"):
            with pytest.raises(ReasonNeeded):
                self.revise(world, number, reason=Reason(code))
        with pytest.raises(ReasonNeeded):
            self.revise(world, number, reason=Reason("typo", "x" * 501))

    def test_others_learn_nothing(self, world: World) -> None:
        id = world.submit().id
        people.add(world.wire, world.olga, "bea", None, ["subscriber:gazette"])
        bea = homes.actor(world.wire, "bea")
        for ref in (id, "00000000-0000-4000-8000-000000000000", "T100000001", "x", "\x00"):
            with pytest.raises(NoSuchRelease):
                submit.revise(world.wire, bea, ref, handed("New"), kind=Kind.ORIGINAL)
            with pytest.raises(KeyNeeded):
                submit.revise(world.wire, PUBLIC, ref, handed("New"), kind=Kind.ORIGINAL)

    def test_what_changed_meanwhile_is_not_overwritten(
        self, world: World, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        number = world.published()
        check = submit.check

        def slow(*args: Any) -> Any:
            monkeypatch.undo()
            world.notice(number, Kind.WITHHOLD)
            return check(*args)

        monkeypatch.setattr(submit, "check", slow)
        with pytest.raises(ChangedMeanwhile):
            self.revise(world, number)
        assert [row.kind for row in world.versions(number)] == ["original", "withhold"]
        assert world.state(number) is State.PUBLISHED


def test_the_same_text_again_is_noticed(world: World) -> None:
    number = world.published("One")
    receipt = world.submit("Another title")
    assert [f.check for f in receipt.findings if number in f.message] == ["repeated-text"]
    own = world.hand_in_correction(number, "One, corrected")
    assert "repeated-text" not in {finding.check for finding in own.findings}


def test_a_home_is_opened_with_what_was_kept(world: World, tmp_path: Path) -> None:
    id = world.submit(CANARY).id
    world.close()
    world.open()
    assert world.state(id) is State.IN_REVIEW
    review.approve(world.wire, world.dora, id, confirm=True)
