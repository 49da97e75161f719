"""`import`: a folder of old releases, by the command alone and through a server."""

from __future__ import annotations

import io
import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from httpx2 import AsyncHTTPTransport

from dispaccio.cli import archive as command
from dispaccio.cli import batches
from dispaccio.cli.client import Door
from dispaccio.errors import DiskNearlyFull
from dispaccio.testing.server import Server
from dispaccio.wire import archive
from tests.cli.conftest import Terminal

TEXT = """Aurora opens a dairy

BERGAMO, March 12, 2009 /Lantern Wire/ -- Aurora opened its dairy number {0} on Thursday.

It makes milk, and cheese number {0}.

SOURCE Aurora
"""


def native(title: str, **more: Any) -> str:
    body = [{"kind": "paragraph", "text": f"The text of {title}."}]
    return json.dumps(
        {"standard": "dispaccio/1", "title": title, "body": body,
         "first_created": "2010-01-01T00:00:00Z", **more}
    )  # fmt: skip


@pytest.fixture
def old(tmp_path: Path) -> Path:
    """An archive: texts in folders, one document of two, and what is no release."""
    folder = tmp_path / "old"
    (folder / "2009" / ".cache").mkdir(parents=True)
    (folder / "2009" / "a.txt").write_text(TEXT.format(1))
    (folder / "2009" / ".cache" / "x.txt").write_text(TEXT.format(2))
    (folder / "two.json").write_text(f"[{native('One')}, {native('Two', first_created=None)}]")
    (folder / "cut.json").write_text('{"title": ')
    (folder / "picture.png").write_bytes(b"\x89PNG")
    (folder / ".hidden").write_text("x")
    return folder


def test_a_folder_comes_in_and_what_is_bad_is_named(wire: Terminal, old: Path) -> None:
    ran = wire("import", str(old), "--archive", "--as", "olga")
    assert ran.code == 1
    assert ran.out.startswith("Brought in 2 releases from 4 files.\n")
    assert "Left out, since it is no text: 1 item.\n" in ran.out
    lines = ran.err.splitlines()
    assert sorted(line.partition(": ")[0] for line in lines) == [
        f"{old}/cut.json",
        f"{old}/two.json, item 2",
    ]
    assert any("[malformed-document]" in line for line in lines)
    assert any("It states no date of its own; name one with --date" in line for line in lines)
    assert "Aurora opens a dairy" in wire.does("search", "cheese").out


def test_a_file_is_named_once(wire: Terminal, old: Path) -> None:
    (old / "empty.txt").touch()
    ran = wire("import", str(old / "empty.txt"), str(old / "cut.json"), "--archive", "--as", "olga")
    assert [line.count(f"{old}/") for line in ran.err.splitlines()] == [1, 1]


def test_again_it_is_known_and_a_date_helps_the_rest(wire: Terminal, old: Path) -> None:
    wire("import", str(old), "--archive", "--as", "olga")
    (old / "cut.json").unlink()
    said = wire.does("import", str(old), "--archive", "--as", "olga", "--date", "2001-02-03",
                     "--json").json  # fmt: skip
    names = ("files", "new", "known", "left_out", "errors", "stopped", "dry_run")
    assert [said[name] for name in names] == [3, 1, 2, 1, [], False, False]
    assert "Two" in wire.does("search", "two").out


def test_the_search_looks_at_the_archive_alone_or_leaves_it_out(wire: Terminal, old: Path) -> None:
    wire("import", str(old), "--archive", "--as", "olga")
    assert "(archive)" in wire.does("search", "cheese", "--archive", "only").out
    assert "No published release" in wire.does("search", "cheese", "--archive", "without").out


def test_what_is_no_file_is_left_out_and_odd_names_are_named(
    wire: Terminal, tmp_path: Path
) -> None:
    folder = tmp_path / "old"
    (folder / "in").mkdir(parents=True)
    os.mkfifo(folder / "pipe.txt")
    (folder / "gone.txt").symlink_to("nowhere")
    for name in ("a\nb.json", "\u202eexe.json", "x" * 240 + ".json", os.fsdecode(b"\xff.json")):
        (folder / name).write_text(native(f"Title {name!a}"))
    (folder / os.fsdecode(b"\xfe\n.json")).write_text("{")
    ran = wire("import", str(folder), "--archive", "--as", "olga", "--json")
    said = json.loads(ran.out)
    assert [said[name] for name in ("files", "new", "left_out", "links")] == [7, 4, 1, 1]
    assert [error["code"] for error in said["errors"]] == ["malformed-document"]
    assert wire("import", str(folder), "--archive", "--as", "olga").code == 1


def test_links_out_of_a_folder_are_left_out_and_a_path_may_be_one(
    wire: Terminal, old: Path, tmp_path: Path
) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "secret.json").write_text(native("Secret"))
    (old / "link.json").symlink_to(outside / "secret.json")
    (old / "round").symlink_to(old)
    (old / "out").symlink_to(outside)
    ran = wire("import", str(old), "--archive", "--as", "olga")
    assert "Left out, since a link may lead out of its folder: 3 links.\n" in ran.out
    assert "No published release" in wire.does("search", "secret").out
    wire.does("import", str(old / "out"), str(old / "link.json"), "--archive", "--as", "olga")
    assert "Secret" in wire.does("search", "secret").out


def test_a_day_is_that_day_in_lists(wire: Terminal, tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text(native("One", first_created=None))
    wire.does("import", str(tmp_path / "a.json"), "--archive", "--as", "olga",
              "--date", "2010-05-05", "--zone", "Europe/Rome")  # fmt: skip
    listed = wire.does("search", "one").out
    assert "2010-05-05 " in listed
    assert "00:00" not in listed
    assert '"first_created": "2010-05-05T00:00:00Z"' in wire.does("search", "one", "--json").out


def test_a_dry_run_brings_nothing(wire: Terminal, old: Path) -> None:
    ran = wire("import", str(old), "--archive", "--dry-run", "--as", "olga")
    assert ran.out.startswith("Would bring in 2 releases from 4 files.")
    assert "No published release" in wire.does("search", "cheese").out


def test_it_has_to_be_said_that_it_is_an_archive(wire: Terminal, old: Path) -> None:
    assert "say --archive" in wire.fails("import", str(old), "--as", "olga", code=2)


def test_who_may_not_learns_it_at_once(wire: Terminal, old: Path) -> None:
    said = wire.fails("import", str(old), "--archive", "--as", "dora")
    assert "dora may not bring in an archive; that is up to the operator." in said
    assert "no file" in wire("import", "nothing", "--archive", "--as", "olga").err
    for option, value, code in (
        ("--channel", "no", "unknown-channel"),
        ("--issuer", "no", "unknown-issuer"),
        ("--format", "no", "unknown-format"),
        ("--date", "2009-02-30", "malformed-time"),
        ("--date", "soon", "malformed-time"),
    ):
        ran = wire.fails("import", str(old), "--archive", "--as", "olga", option, value)
        assert f"[{code}]" in ran


def test_old_addresses_lead_to_their_releases(wire: Terminal, old: Path, tmp_path: Path) -> None:
    (old / "two.json").write_text(native("One", original_url="https://old.example/1"))
    table = tmp_path / "old.csv"
    table.write_text(
        "path,release\n/2009/a.html,2009/a.txt\n/a,a.txt\n/one.html,https://old.example/1\n"
        "/one,T100000001\n/no,nothing.txt\n/r/1,a.txt\n/a,b,c\n/a\n/a,\n"
    )
    ran = wire("import", str(old), "--archive", "--redirects", str(table), "--as", "olga", "--json")
    said = json.loads(ran.out)
    assert said["redirects"] == 4
    wrong = {item["file"]: item["code"] for item in said["errors"] if "old.csv" in item["file"]}
    assert wrong == {
        f"{table}, /no": "no-such-release",
        f"{table}, /r/1": "malformed-redirect",
        **{f"{table}, line {line}": "malformed-redirect" for line in (8, 9, 10)},
    }


@pytest.mark.parametrize("text", ['/a,"b\n', "\xff"])
def test_a_table_of_addresses_that_is_none(
    wire: Terminal, old: Path, tmp_path: Path, text: str
) -> None:
    table = tmp_path / "old.csv"
    table.write_text(text, "latin-1")
    said = wire.fails("import", str(old), "--archive", "--redirects", str(table), "--as", "olga")
    assert "[malformed-document]" in said
    assert "No published release" in wire.does("search", "cheese").out


def test_ctrl_c_stops_it_and_the_same_command_goes_on(
    wire: Terminal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "many"
    folder.mkdir()
    for at in range(30):
        (folder / f"{at:02}.json").write_text(native(f"Number {at}"))
    real = command.Tally.take
    monkeypatch.setattr(batches, "TOGETHER", 2)

    def take(self: Any, file: str, items: Any, *, alone: bool) -> None:
        real(self, file, items, alone=alone)
        if self.new == 10:
            raise KeyboardInterrupt

    monkeypatch.setattr(command.Tally, "take", take)
    ran = wire("import", str(folder), "--archive", "--as", "olga")
    assert ran.code == 130
    assert "Brought in 10 releases from 9 files.\nIt was stopped; run the same" in ran.out
    monkeypatch.setattr(command.Tally, "take", real)
    said = wire.does("import", str(folder), "--archive", "--as", "olga", "--json").json
    assert said["new"] + said["known"] == 30
    assert 10 <= said["known"] <= 14, "what was under way was finished"


def test_through_the_server_of_the_home(wire: Terminal, old: Path, tmp_path: Path) -> None:
    with Server(wire.home, log=tmp_path / "server.log") as server:
        big = f"[{native('Big', editorial_note='x' * 5_000_000)}, {native('Small')}]"
        (old / "two.json").write_text(big)
        (old / "cut.json").unlink()
        said = wire.does("import", str(old), "--archive", "--as", "olga", "--json").json
        assert said["new"] == 3, "a document of many may be larger than one release"
        page = server.client().get("/r/T100000001")
        assert page.status == 200
        assert b"not issued through this wire" in page.body


def test_a_bar_shows_how_far_it_is_on_a_terminal(
    wire: Terminal, old: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Screen(io.StringIO):
        def isatty(self) -> bool:
            return True

    monkeypatch.setenv("TERM", "xterm")
    screen = Screen()
    monkeypatch.setattr(sys, "stderr", screen)
    wire("import", str(old), "--archive", "--as", "olga")
    assert "Files" in screen.getvalue()
    assert "/4" in screen.getvalue()


def test_what_is_under_way_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    begun: list[int] = []
    told: list[int] = []

    async def answered(line: Any, _: Any, batch: Any) -> None:
        begun.append(len(batch.names))
        assert sum(begun) - len(told) <= 3 * 4
        for at in range(len(batch.names)):
            line._news.put_nowait((batch, {"document": at + 1, "of": 1, "items": [{}]}))

    monkeypatch.setattr(batches._Line, "_answered", answered)
    monkeypatch.setattr(batches, "TOGETHER", 4)
    door = Door("http://home", AsyncHTTPTransport, serving=True)

    def documents() -> Iterator[tuple[int, bytes]]:
        for at in range(50):
            assert at - len(told) <= 4 * 4, "no document is read long before its turn"
            yield at, b"x"

    for name, _ in batches.post_all(door, "archive", documents(), {}, {}):
        told.append(name)
    assert sorted(told) == list(range(50))
    assert begun == [4] * 12 + [2]


def test_a_file_at_which_the_wire_fails_harms_no_other(
    wire: Terminal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "old"
    folder.mkdir()
    for at in range(6):
        (folder / f"{at}.json").write_text(native(f"Number {at}"))
    real = archive._ready

    def ready(wire: Any, asked: Any, item: Any, now: Any) -> Any:
        if item.reading.revision.headline == "Number 3":
            raise ZeroDivisionError
        return real(wire, asked, item, now)

    monkeypatch.setattr(archive, "_ready", ready)
    ran = wire("import", str(folder), "--archive", "--as", "olga")
    assert ran.out.startswith("Brought in 5 releases from 6 files.\n")
    assert f"{folder}/3.json: The wire failed at this; nothing was changed. [internal" in ran.err


def test_a_full_disk_stops_it_and_what_came_in_is_told(
    wire: Terminal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    long = tmp_path / "long.json"
    long.write_text(f"[{','.join(native(f'Number {at}') for at in range(100))}]")
    (tmp_path / "a.json").write_text(native("The first"))
    given = ("import", str(tmp_path / "a.json"), str(long), "--archive", "--as", "olga",
             "--format", "dispaccio")  # fmt: skip
    calls: list[int] = []

    def full(_: Any) -> None:
        calls.append(1)
        if len(calls) == 4:  # the command's question, the request, two portions
            raise DiskNearlyFull

    with monkeypatch.context() as patch:
        patch.setattr(archive, "_may_go_on", full)
        ran = wire(*given)
    assert ran.code == 1
    assert ran.out.startswith("Brought in 32 releases from 1 file.\nIt was stopped; run the same")
    assert "[disk-nearly-full]" in ran.err
    said = wire.does(*given, "--json").json
    assert (said["new"], said["known"]) == (69, 32)
