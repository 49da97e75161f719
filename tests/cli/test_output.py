"""What is printed cannot command a terminal, and lines up."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from dispaccio.cli import output
from dispaccio.clock import Clock
from dispaccio.store import endpoints
from dispaccio.testing import home as homes
from dispaccio.wire.home import open_home
from tests.cli.conftest import Terminal


def test_text_cannot_command_a_terminal(terminal: Terminal, tmp_path: Path) -> None:
    path = tmp_path / "evil.json"
    said = {
        "title": "Fine \x1b]0;owned\x07 \u202egnp.exe \x9b31m",
        "body": [{"kind": "paragraph", "text": "Tab\there,\nline there."}],
    }
    path.write_text(json.dumps(said))
    out = terminal.does("read", str(path)).out
    assert r"Fine \x1b]0;owned\x07 \u202egnp.exe \x9b31m" in out
    assert "Tab\there,\nline there." in out
    assert terminal.does("read", str(path), "--json").json["title"] == said["title"]


def test_an_error_cannot_either(terminal: Terminal) -> None:
    assert r"There is no file \x1b[2J" in terminal.fails("read", "\x1b[2J")


def test_a_table_lines_up_where_it_is_piped(capsys: pytest.CaptureFixture[str]) -> None:
    output.table(["a", "b"], [["x", None], ["新闻", ["1", "2"]], ["[bold]long[/]", "two\nlines"]])
    assert capsys.readouterr().out == (
        "a              b\nx\n新闻           1, 2\n[bold]long[/]  two lines\n"
    )


def test_a_table_on_a_terminal_is_drawn(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdout.isatty", lambda: True, raising=False)
    monkeypatch.setenv("COLUMNS", "60")
    monkeypatch.setenv("TERM", "dumb")
    output.table(["title", "id"], [["[bold]x[/]", "7f1c4b6e-3a55-4c0e-8f8e-1d8a4b0e2b11"]])
    out = capsys.readouterr().out
    assert "[bold]x[/]" in out
    assert "7f1c4b6e-3a55-4c0e-8f8e-1d8a4b0e2b11" in out
    assert "───" in out


def test_counts_have_their_plural() -> None:
    assert output.count(1, "delivery") == "1 delivery"
    assert output.count(2000, "delivery") == "2,000 deliveries"
    assert output.count(0, "endpoint") == "0 endpoints"


def test_a_state_of_endpoints_says_endpoint_once(wire: Terminal) -> None:
    opened = open_home(wire.home, Clock())
    homes.subscribe(opened, ["http://127.0.0.1:9/in"])
    with opened.store.write(opened.clock.now()) as tx:
        [row] = endpoints.everyone(tx)
        endpoints.set_state(tx, row.key, "gone", None)
    opened.store.close()
    assert "  carriers  1 endpoint gone\n" in wire.does("status", "--as", "olga").out
