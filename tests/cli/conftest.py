"""A terminal: commands run in this process, with what they print."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from dispaccio.cli import main
from dispaccio.testing import home as homes


@dataclass(frozen=True, slots=True)
class Ran:
    """A command that has run: its exit code and what it printed."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """What it printed, as JSON."""
        return json.loads(self.out)


class Terminal:
    """Runs commands on one home; ``--home`` is filled in by the environment."""

    def __init__(self, capsys: pytest.CaptureFixture[str], home: Path) -> None:
        self._capsys, self.home = capsys, home

    def __call__(self, *args: str) -> Ran:
        """Run a command, whatever comes of it."""
        self._capsys.readouterr()
        code = main(args)
        return Ran(code, *self._capsys.readouterr())

    def does(self, *args: str) -> Ran:
        """Run a command that has to succeed and to complain of nothing."""
        ran = self(*args)
        assert (ran.code, ran.err) == (0, ""), ran
        return ran

    def fails(self, *args: str, code: int = 1) -> str:
        """Run a command that has to fail with one sentence; the sentence."""
        ran = self(*args)
        assert (ran.code, ran.out) == (code, ""), ran
        assert ran.err.startswith("dispaccio: "), ran
        assert ran.err.count("\n") == 1, ran
        return ran.err.removeprefix("dispaccio: ").rstrip("\n")


@pytest.fixture
def terminal(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Terminal:
    """A terminal in an empty folder; its home is not made yet."""
    home = tmp_path / "home"
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DISPACCIO_HOME", str(home))
    monkeypatch.delenv("DISPACCIO_DEBUG", raising=False)
    return Terminal(capsys, home)


@pytest.fixture
def wire(terminal: Terminal) -> Terminal:
    """A terminal on a test home: olga operates, dora is the desk, anna an author of aurora."""
    homes.make(terminal.home)
    return terminal


@pytest.fixture
def plant(tmp_path: Path) -> str:
    """A release of aurora as a file in the native format."""
    path = tmp_path / "plant.json"
    path.write_text(json.dumps(homes.document("A third plant in Bergamo")), "utf-8")
    return str(path)
