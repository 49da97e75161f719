"""The fault switches: each can be applied, and a kill ends the process where it says."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from dispaccio.testing.faults import FAULTS, KILLED, UnknownFault, apply, main
from tests.support.source import ROOT

_APPLY = "import sys; from dispaccio.testing import faults; [faults.apply(n) for n in sys.argv[1:]]"


def run(code: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", code, *arguments],
        env={**os.environ, "PYTHONPATH": str(ROOT / "src")},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_every_fault_can_be_applied() -> None:
    done = run(_APPLY, *FAULTS)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    ("where", "said"),
    [("", ""), (":after:2", "body\nthen\nbody\n")],
)
def test_a_kill_ends_the_process_at_that_call(where: str, said: str) -> None:
    code = (
        "import dispaccio.release.dateline as m\n"
        "def compose(*a): print('body', flush=True)\n"
        "m.compose = compose\n"
        f"{_APPLY}\n"
        "m.compose(); print('then', flush=True); m.compose(); print('end', flush=True)"
    )
    done = run(code, f"kill:release.dateline.compose{where}")
    assert (done.returncode, done.stdout) == (KILLED, said), done.stderr


@pytest.mark.parametrize("name", ["no-such", "kill:store.nothing", "kill:nowhere.at.all"])
def test_what_is_no_fault_is_refused(name: str) -> None:
    with pytest.raises(UnknownFault, match="There is no f"):
        apply(name)


def test_the_command_line_runs_with_a_fault() -> None:
    code = "from dispaccio.testing.faults import main; import sys; main(sys.argv[1:])"
    done = run(code, "no-label", "--", "--version")
    assert (done.returncode, done.stdout[:9]) == (0, "dispaccio"), done.stderr


def test_a_fault_is_named_before_the_commands_own_words() -> None:
    with pytest.raises(SystemExit, match="usage"):
        main(["no-label"])
    with pytest.raises(SystemExit, match="There is no fault 'no-such'"):
        main(["no-such", "--", "--version"])
