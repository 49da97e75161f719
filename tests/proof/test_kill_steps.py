"""The process dies at every step of publishing, correcting, withdrawing and delivering.

The steps are not a list that could miss one: a run on a copy counts the statements that each step
of the road runs on the database, and then it dies before each of them and around each commit.
"""

from __future__ import annotations

import multiprocessing
import shutil
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from dispaccio.clock import Clock
from dispaccio.store.engine import Store, Tx
from dispaccio.testing.faults import KILLED
from dispaccio.testing.receiver import Receiver
from dispaccio.wire import home
from tests.proof import steps
from tests.proof.steps import FINAL, PATHS, STEPS

pytestmark = pytest.mark.long

AROUND = [
    f"{name}:{where}"
    for name in (
        "delivery.books.Books.turn",
        "store.outbox.claim",
        "egress.sender.Sender.post",
        "delivery.courier.Courier._end",
        "store.outbox.settle",
        "store.outbox.release_expired",
    )
    for where in ("before", "after")
]
"""What the courier does, since how often it looks is left to chance."""


@pytest.fixture(scope="module")
def receiver() -> Iterator[Receiver]:
    with Receiver() as running:
        yield running


@pytest.fixture(scope="module", params=STEPS)
def prepared(request: Any, receiver: Receiver, tmp_path_factory: Any) -> tuple[str, Path]:
    """A step, and a home in which it is the next thing to happen."""
    folder = tmp_path_factory.mktemp(request.param) / "home"
    steps.prepare(folder, request.param, receiver)
    return request.param, folder


@pytest.mark.parametrize(
    "few", [True, pytest.param(False, marks=[pytest.mark.long, pytest.mark.timeout(600)])]
)
def test_killed_at_every_step(
    prepared: tuple[str, Path], receiver: Receiver, tmp_path: Path, few: bool
) -> None:
    step, template = prepared
    statements, commits = counted(template, tmp_path / "counted", step)
    assert statements > 20
    assert commits >= 2
    deadly = [f"store.engine.Tx.run:{at}" for at in range(1, statements + 1)]
    deadly += [
        f"store.engine.Store._close_group:{where}:{at}"
        for where in ("before", "after")
        for at in range(1, commits + 1)
    ]
    deadly += AROUND
    chosen = deadly[:: len(deadly) // 6] if few else deadly
    died = [died_and_came_back(template, tmp_path, receiver, step, f"kill:{at}") for at in chosen]
    assert sum(died) >= 0.8 * len(chosen), "the process has to die for this to prove anything"


def counted(template: Path, folder: Path, step: str) -> tuple[int, int]:
    """How many statements a step runs, and how many groups it closes, before it is delivered."""
    shutil.copytree(template, folder)
    calls = {"run": 0, "_close_group": 0}

    def note(name: str, original: Any, *args: Any) -> Any:
        calls[name] += 1
        return original(*args)

    with pytest.MonkeyPatch.context() as patch:
        for owner, name in ((Tx, "run"), (Store, "_close_group")):
            original = getattr(owner, name)
            patch.setattr(owner, name, lambda *args, _n=name, _o=original: note(_n, _o, *args))
        steps.act(str(folder), step)
    return calls["run"], calls["_close_group"]


def died_and_came_back(
    template: Path, tmp_path: Path, receiver: Receiver, step: str, fault: str
) -> bool:
    """Die there, look at what is left, go on, and look at what came of it; whether it died."""
    folder = tmp_path / "home"
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(template, folder)
    before = len(receiver.came)
    code = in_a_process(partial(steps.act, str(folder), step, fault))
    assert code in (0, KILLED)
    first = FINAL[step] - 1
    wire = home.open_home(folder, Clock())
    public = steps.check_whole(wire)
    wire.store.close()
    assert public in (first, first + 1)
    told = {came.version for came in receiver.came[before:]}
    assert not told or public == first + 1, "somebody was told of what is not public"
    steps.act(str(folder), step)
    wire = home.open_home(folder, Clock())
    assert steps.check_whole(wire) == FINAL[step]
    body = steps.rendering(wire, FINAL[step])
    wire.store.close()
    for path in PATHS:
        came = [item for item in receiver.came[before:] if item.path == path]
        assert {item.version for item in came} == {FINAL[step]}, fault
        assert len(came) <= 2, "more often than once and once in flight"
        assert all(item.body == body and item.error is None for item in came)
    return code == KILLED


def in_a_process(work: Any) -> int | None:
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(
        ["dispaccio.testing.server", "dispaccio.server", "dispaccio.api.app"]
    )
    process = context.Process(target=work)
    process.start()
    process.join(60)
    process.kill()
    code = process.exitcode
    process.close()
    return code
