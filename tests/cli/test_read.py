"""Reading documents needs no wire."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from dispaccio.testing.home import document
from tests.cli.conftest import Terminal

NOTE = """PRESS RELEASE – PROMOTIONAL CONTENT

Weser Lines opens a ferry to Texel

BREMEN, May 26, 2026 /PRNewswire/ -- Weser Lines has opened a ferry to Texel.

## Times

- daily at 9
- Sundays at 11
"""


def native(title: str) -> dict[str, Any]:
    return {"standard": "dispaccio/1", **document(title)}


@pytest.fixture
def note(tmp_path: Path) -> str:
    path = tmp_path / "note.txt"
    path.write_text(NOTE, "utf-8")
    return str(path)


def test_people_read_the_label_first_and_then_everything(terminal: Terminal, note: str) -> None:
    out = terminal.does("read", note).out
    assert out.startswith("[PRESS RELEASE – PROMOTIONAL CONTENT] (promotional, commissioned)\n")
    for passage in (
        "Weser Lines opens a ferry",
        "BREMEN, May 26, 2026",
        "## Times",
        "- daily at 9",
    ):
        assert passage in out


def test_people_read_the_dates(terminal: Terminal, tmp_path: Path) -> None:
    dates = {"created": "2009-03-11", "first_created": "2009-03-12T08:00:00Z"}
    later = {"version_created": "2009-03-13T09:30:00Z"}
    (tmp_path / "a.json").write_text(json.dumps(native("One") | dates | later))
    out = terminal.does("read", str(tmp_path / "a.json")).out
    for line in ("created         2009-03-11\n", "published       2009-03-12 08:00:00",
                 "this version    2009-03-13 09:30:00"):  # fmt: skip
        assert line in out


def test_machines_get_one_object_or_an_array(
    terminal: Terminal, note: str, plant: str, tmp_path: Path
) -> None:
    assert (
        terminal.does("read", note, "--json").json["title"] == "Weser Lines opens a ferry to Texel"
    )
    two = terminal.does("read", note, plant, "--json").json
    assert [item["format"] for item in two] == ["text", "dispaccio"]
    several = tmp_path / "several.json"
    several.write_text(json.dumps([native("One"), native("Two")]))
    found = terminal.does("read", str(several), "--json").json
    assert [item["title"] for item in found] == ["One", "Two"]
    assert "--- 2 of 2 ---" in terminal.does("read", str(several)).out
    several.write_text(json.dumps([native("One")]))
    assert isinstance(terminal.does("read", str(several), "--json").json, dict)


def test_the_charset_and_the_format_can_be_stated(terminal: Terminal, tmp_path: Path) -> None:
    path = tmp_path / "latin.txt"
    path.write_bytes("Fähre nach Texel\n\nDie Fähre fährt.\n".encode("latin-1"))
    assert terminal.fails("read", str(path)).endswith("[wrong-charset]")
    assert "Fähre" in terminal.does("read", str(path), "--charset", "latin-1").out
    refused = terminal.fails("read", str(path), "--as", "telex")
    assert "there are: " in refused
    assert "dispaccio, docx, html" in refused
    assert refused.endswith("[unknown-format]")
    assert terminal.fails("read", str(path), "--zone", "Mars").endswith("[malformed-time]")


def test_bad_files_are_named(terminal: Terminal, note: str, tmp_path: Path) -> None:
    (tmp_path / "empty").touch()
    (tmp_path / "blank").write_text(" \n")
    (tmp_path / "binary").write_bytes(b"\x7fELF\0\1\2")
    (tmp_path / "broken.json").write_text('{"standard": "dispaccio/1", ')
    (tmp_path / "large").touch()
    os.truncate(tmp_path / "large", 50_000_000)
    wanted = {
        "none": "There is no file none; check the path. [no-such-file]",
        "": "There is no file ''; check the path. [no-such-file]",
        ".": ". is a folder; name a file in it. [no-such-file]",
        "/proc/self/mem": "/proc/self/mem cannot be read: Input/output error. [no-such-file]",
        "empty": "empty is empty; hand in a release with a headline and a text. [empty-input]",
        "blank": "blank holds only blanks; hand in a release with a headline and a text. "
        "[empty-input]",
        "large": "large: The document has 50,000,000 bytes; as Plain text the wire takes "
        "4,194,304 at the most. [too-large]",
    }
    for name, sentence in wanted.items():
        assert terminal.fails("read", note, name, "--json") == sentence
    endless = terminal.fails("read", note, "/dev/zero")
    assert endless.startswith("/dev/zero")
    binary = terminal.fails("read", note, "binary")
    assert binary.startswith("binary: ")
    assert binary.endswith("[not-text]")
    assert terminal.fails("read", note, "broken.json").startswith("broken.json: This is not JSON")
    assert terminal.fails("submit", "none", "--as", "anna") == wanted["none"]
