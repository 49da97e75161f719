"""Converting documents needs no wire; what cannot be converted is named, the rest is written."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from dispaccio.formats import convert
from dispaccio.formats.base import Options
from dispaccio.formats.registry import by_name
from dispaccio.release.canonical import canonical_bytes
from dispaccio.testing import releases
from dispaccio.testing.home import document
from tests.cli.conftest import Terminal

PICTURE = {"uri": "urn:example:p", "type": "picture", "headline": "A dock"}


def native(title: str, **more: Any) -> dict[str, Any]:
    return {"standard": "dispaccio/1", **document(title), **more}


@pytest.fixture
def three(tmp_path: Path) -> str:
    """Three releases: with a number, with an id, and with neither."""
    path = tmp_path / "three.json"
    found = [native("One", number="100000007", version=2), native("Two", id="urn:uuid:a/../b")]
    path.write_text(json.dumps([*found, native("Three")]), "utf-8")
    return str(path)


@pytest.mark.parametrize("name", ["ninjs", "native", "dispaccio", "markdown", "text", "html"])
def test_one_release_is_printed(terminal: Terminal, plant: str, name: str) -> None:
    format = by_name(convert.ALIASES.get(name, name))
    (told,) = by_name("dispaccio").read(Path(plant).read_bytes(), Options())
    assert terminal.does("convert", plant, "--to", name).out == (
        format.write(told.revision).decode()
    )


def test_the_text_is_the_same_after_a_way_round(terminal: Terminal, tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_bytes(by_name("dispaccio").write(releases.english()))
    for name in ("ninjs", "markdown", "native"):
        out = terminal.does("convert", str(path), "--to", name).out
        path.write_text(out, "utf-8")
    (found,) = by_name("dispaccio").read(path.read_bytes(), Options())
    assert canonical_bytes(found.revision) == canonical_bytes(releases.english())


def test_several_are_files_with_safe_names(
    terminal: Terminal, three: str, plant: str, tmp_path: Path
) -> None:
    assert "--out" in terminal.fails("convert", three, "--to", "text")
    folder = tmp_path / "out"
    ran = terminal.does("convert", three, plant, plant, "--to", "ninjs", "--out", str(folder))
    assert ran.out == f"5 releases written to {folder}.\n"
    assert sorted(path.name for path in folder.iterdir()) == [
        "100000007-v2.ninjs.json",
        "a-b.ninjs.json",
        "plant-2.ninjs.json",
        "plant.ninjs.json",
        "three-3.ninjs.json",
    ]


def test_nothing_is_replaced_unasked(terminal: Terminal, plant: str, tmp_path: Path) -> None:
    folder = tmp_path / "out"
    folder.mkdir()
    (folder / "plant.txt").write_text("mine")
    ran = terminal("convert", plant, "--to", "text", "--out", str(folder))
    assert ran.code == 1
    assert "[file-exists]" in ran.err
    assert (folder / "plant.txt").read_text() == "mine"
    terminal.does("convert", plant, "--to", "text", "--out", str(folder), "--force")
    assert (folder / "plant.txt").read_text() != "mine"


def test_what_is_left_out_is_named_and_the_rest_written(
    terminal: Terminal, plant: str, tmp_path: Path
) -> None:
    mixed = tmp_path / "mixed.json"
    text = {"uri": "urn:example:1", "headline": "A dock", "body_text": "A dock opens on Monday."}
    mixed.write_text(json.dumps([PICTURE, text, {"uri": 7}]))
    ran = terminal("convert", str(mixed), "none", plant, "--to", "text", "--json")
    assert ran.code == 1
    assert ran.err == ""
    said = ran.json
    assert [item["from"] for item in said["documents"]] == [str(mixed), plant]
    assert "A dock opens on Monday." in said["documents"][0]["document"]
    assert [(item["from"], item["why"][:35]) for item in said["left_out"]] == [
        (str(mixed), "Item 3 was left out. uri should be "),
        (str(mixed), "Item 1 (A dock) is picture, not tex"),
        ("none", "There is no file none; check the pa"),
    ]
    ran = terminal("convert", str(mixed), "--to", "text")
    assert "A dock opens on Monday." in ran.out
    assert "picture" in ran.err
    assert ran.code == 1


def test_only_what_is_written_can_be_asked_for(terminal: Terminal, plant: str) -> None:
    sentence = terminal.fails("convert", plant, "--to", "telex")
    assert "dispaccio, html" in sentence
    assert sentence.endswith("[unknown-format]")
    for typo in ("nijns", "NITF", "newsml", "markdwn", ".text"):
        assert "did you mean" in terminal.fails("convert", plant, "--to", typo)


def test_a_format_that_there_is_not_is_said_once(terminal: Terminal, plant: str) -> None:
    sentence = terminal.fails("convert", plant, plant, "--as", "nitff", "--to", "text")
    assert sentence.startswith("There is no format 'nitff'; did you mean 'nitf'? There are: ")


def test_every_sentence_names_its_file_once(terminal: Terminal, tmp_path: Path, plant: str) -> None:
    (tmp_path / "empty").touch()
    (tmp_path / "broken.json").write_text('{"standard": "dispaccio/1", ')
    (tmp_path / "fake\ndispaccio: done").write_text('{"standard": "dispaccio/1", ')
    files = ("empty", "none", "broken.json", "fake\ndispaccio: done", "none\nor more")
    ran = terminal("convert", *files, plant, "--to", "text")
    assert [line[:35] for line in ran.err.splitlines()] == [
        "dispaccio: empty is empty; hand in ",
        "dispaccio: There is no file none; c",
        "dispaccio: broken.json: This is not",
        "dispaccio: fake\\ndispaccio: done: T",
        "dispaccio: There is no file none\\no",
    ]


def test_a_file_is_no_folder(terminal: Terminal, tmp_path: Path, plant: str) -> None:
    (tmp_path / "taken").touch()
    sentence = terminal.fails("convert", plant, "--to", "text", "--out", "taken")
    assert sentence == "taken is a file; name a folder with --out. [file-exists]"


def test_names_are_never_given_twice() -> None:
    names = convert.Names()
    given = [names.give(stem, ".txt") for stem in ("a", "A", "a-2", "a", "../..", "", "a" * 900)]
    assert given[:5] == ["a.txt", "a-2.txt", "a-2-2.txt", "a-3.txt", "release.txt"]
    assert len(set(given)) == len(given)
    assert max(map(len, given)) < 80
