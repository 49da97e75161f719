"""The command as a process: what it answers whatever happens to it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from textwrap import dedent

import pytest

from dispaccio import __main__ as command
from dispaccio import cli


def test_ctrl_c_anywhere_is_130(monkeypatch: pytest.MonkeyPatch) -> None:
    def stopped() -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr(cli, "main", stopped)
    assert command.run() == 130


def test_ctrl_c_inside_an_exec_is_130(tmp_path: Path) -> None:
    """`python -m` ends by SIGINT, whatever the command answers, unless the mark is cleared."""
    (tmp_path / "interrupted.py").write_text(
        dedent("""
        import sys
        from dispaccio import __main__ as command, cli

        def main():
            try:
                exec("raise KeyboardInterrupt")
            except KeyboardInterrupt:
                return 130

        cli.main = main
        sys.exit(command.run())
    """)
    )
    ran = [sys.executable, "-m", "interrupted"]
    assert subprocess.run(ran, cwd=tmp_path, check=False, timeout=60).returncode == 130
