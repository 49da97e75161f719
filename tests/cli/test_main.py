"""The command as a process: what it answers whatever happens to it."""

from __future__ import annotations

import pytest

from dispaccio import __main__ as command
from dispaccio import cli


def test_ctrl_c_anywhere_is_130(monkeypatch: pytest.MonkeyPatch) -> None:
    def stopped() -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr(cli, "main", stopped)
    assert command.run() == 130
