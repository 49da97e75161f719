"""Every error is one plain sentence with its code, and nothing has changed."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from dispaccio.cli import client, files
from dispaccio.testing import home as homes
from dispaccio.wire.lock import hold
from tests.cli.conftest import Terminal


@pytest.mark.parametrize(
    ("args", "sentence"),
    [
        (["aprove"], "No such command 'aprove'. Did you mean 'approve'? Try `dispaccio --help`."),
        (
            ["submit", "x", "--foo"],
            "No such option: --foo (Possible options: --format, --to). Try `",
        ),
        (["show", "a", "b"], "Got unexpected extra argument(s) (b). Try `dispaccio show --help`."),
        (["person"], "Missing command. Try `dispaccio person --help`."),
        (["submit"], "Missing argument 'FILE'. Try `dispaccio submit --help`."),
        (["show", "x", "--as", "a\nb"], "Invalid value for '--as': use letters, digits and signs"),
        (["submit", "x", "--label", "paid"], "Invalid value for '--label': 'paid' is not one of"),
        (["review", "x"], "Invalid value: say one of --return, --reject, --park and --resume."),
        (["review", "x", "--park", "--reject"], "Invalid value: say one of --return"),
        (["search"], "Missing argument 'WORDS'"),
        (["search", "x", "--limit", "-1"], "Invalid value for '--limit'"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_what_is_typed_wrongly(terminal: Terminal, args: list[str], sentence: str) -> None:
    assert terminal.fails(*args, code=2).startswith(sentence)


@pytest.mark.parametrize(
    ("args", "sentence"),
    [
        (["status"], "Say who you are, with --as PERSON: "),
        (["status", "--as", "eve"], "There is no person 'eve' in this home. [unknown-person]"),
        (["status", "--as", "anna"], "anna may not read the wire's status; that is up to the desk"),
        (["show", "nope", "--as", "dora"],
         "There is no release nope here, or it is not yours to see. [not-found]"),
        (["show", "..", "--as", "dora"], "There is no release .. here"),
        (["show", "", "--as", "dora"], "There is no release  here"),
        (["withdraw", "T100000001", "--reason", "x", "--as", "dora"],
         "There is no published release T100000001 here. [not-found]"),
        (["endpoint", "enable", "x", "--as", "olga"],
         "There is no endpoint x; `dispaccio endpoint list` shows those there are. [not-found]"),
        (["person", "key", "revoke", "anna", "dsp_nosuch", "--as", "olga"],
         "anna has no valid key that begins with 'dsp_nosuch'. [unknown-key]"),
        (["issuer", "add", "A B", "--name", "x", "--as", "olga"], "'A B' cannot be the name of"),
        (["channel", "add", "economia", "--as", "olga"],
         "There is a channel 'economia' already. [name-taken]"),
        (["person", "add", "x", "--role", "king", "--as", "olga"], "There is no role 'king'"),
        (["subscriber", "add", "\udcff", "--as", "olga"],
         "What was typed holds bytes that are not UTF-8. [malformed-request]"),
    ],
    ids=lambda value: ascii(" ".join(value)) if isinstance(value, list) else "",
)  # fmt: skip
def test_what_the_wire_refuses(wire: Terminal, args: list[str], sentence: str) -> None:
    assert wire.fails(*args).startswith(sentence)


def test_times_that_cannot_be(wire: Terminal, plant: str) -> None:
    for time, code in {
        "tomorrow": "malformed-time",
        "2030-05-26 09:00": "time-without-zone",
        "2030-03-31 02:30 Europe/Rome": "time-in-gap",
    }.items():
        refused = wire.fails("submit", plant, "--as", "anna", "--release-time", time)
        assert refused.endswith(f"[{code}]"), refused
    assert wire.does("queue", "--as", "dora").out == "No text is on its way.\n"


def test_a_folder_without_a_home(terminal: Terminal, tmp_path: Path) -> None:
    refused = f"There is no wire's home in {tmp_path / 'home'}; make one with `dispaccio init`"
    assert terminal.fails("status").startswith(refused)
    assert terminal.fails("upgrade").startswith(refused)
    looked = terminal("doctor", "--json")
    assert (looked.code, looked.err) == (1, "")
    assert looked.json["checks"][0]["says"].startswith(refused)


def test_a_home_that_another_command_uses(wire: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client, "PATIENCE", 2)
    with hold(wire.home):
        assert wire.fails("status", "--as", "olga").endswith("[home-in-use]")
        assert wire.fails("upgrade").endswith("[home-in-use]")
    wire.does("status", "--as", "olga")


def test_a_home_of_a_newer_version(wire: Terminal) -> None:
    with closing(sqlite3.connect(wire.home / "wire.db")) as database, database:
        database.execute("UPDATE alembic_version SET version_num = '9999'")
    for command in (["status", "--as", "olga"], ["upgrade"]):
        refused = wire.fails(*command)
        assert refused.startswith("This home has schema 9999, and this dispaccio knows ")
        assert refused.endswith("[home-is-newer]")


def test_a_home_that_is_damaged(wire: Terminal) -> None:
    settings, database = wire.home / "dispaccio.toml", wire.home / "wire.db"
    whole = settings.read_text()
    for line, sentence in {
        "zone = 5": "dispaccio.toml: zone should be text, not 5. [malformed-settings]",
        "hue = 1": "dispaccio.toml has a setting 'hue', which this dispaccio does not know.",
        "nam e": "dispaccio.toml is not TOML: ",
    }.items():
        settings.write_text("\n".join(row for row in whole.split("\n") if "zone" not in row) + line)
        assert wire.fails("status", "--as", "olga").startswith(sentence)
    settings.write_text(whole)
    (wire.home / "wire.db-wal").unlink(missing_ok=True)
    database.write_bytes(b"no database" * 1000)
    assert wire.fails("status").startswith("The database cannot be opened: file is not a database")
    database.unlink()
    for command in ("status", "upgrade"):
        assert wire.fails(command).startswith(f"The database {database} is missing")
    shutil.rmtree(wire.home / "keys")
    assert wire.fails("status").endswith("[keys-unreadable]")


def test_a_home_whose_run_folder_was_not_restored(wire: Terminal) -> None:
    shutil.rmtree(wire.home / "run")
    wire.does("status", "--as", "olga")
    shutil.rmtree(wire.home / "run")
    (wire.home / "run").touch()
    assert wire.fails("status").endswith("[home-unreadable]")


@pytest.mark.parametrize(
    ("args", "sentence"),
    [
        (["--url", "wire.example"], "--url should be the wire's public address"),
        (["--zone", "Rome"], "--zone: There is no time zone 'Rome'"),
        (["--name", "A/B"], "--name stands in datelines, which hold no slash and no line"),
        (["--dateline-name", "A/B"], "--dateline-name should hold no slash"),
        (["--language", "klingon"], "--language should be a language tag (BCP 47)"),
        (["--url", "http://wire.example"], "--url should begin with https"),
        (["--database", "mysql://x/y"], "--database should begin with"),
        (["--database", "postgresql+psycopg://nobody@127.0.0.1:1/x?connect_timeout=1"],
         "The database cannot be opened: "),
    ],
    ids=["url", "zone", "name", "dateline", "language", "http", "scheme", "unreachable"],
)  # fmt: skip
def test_a_home_that_cannot_be_made(terminal: Terminal, args: list[str], sentence: str) -> None:
    assert terminal.fails("init", "--name", "New Wire", *args).startswith(sentence)
    terminal.does("init", "--name", "Ritzau A/S", "--dateline-name", "Ritzau")


def test_nothing_is_overwritten(wire: Terminal, tmp_path: Path) -> None:
    before = {path: path.read_bytes() for path in wire.home.rglob("*") if path.is_file()}
    assert wire.fails("init", "--name", "Other").endswith("[home-exists]")
    keys = str(wire.home / "keys")
    refused = wire.fails("init", "--home", str(tmp_path / "two"), "--name", "Two", "--keys", keys)
    assert refused.endswith("[home-exists]")
    (tmp_path / "file").touch()
    refused = wire.fails("init", "--home", str(tmp_path / "file"), "--name", "X")
    assert refused.endswith("[home-exists]")
    assert before == {path: path.read_bytes() for path in wire.home.rglob("*") if path.is_file()}


def test_a_fault_is_one_sentence_unless_more_is_asked(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "x").write_text("A headline\n\nA text.")

    def broken(*_: object) -> bytes:
        raise RuntimeError("boom\nand more")

    monkeypatch.setattr(files, "_head", broken)
    refused = terminal.fails("read", "x")
    assert refused.startswith("This is a fault of dispaccio's (RuntimeError: boom);")
    assert refused.endswith("[internal-error]")
    monkeypatch.setenv("DISPACCIO_DEBUG", "1")
    with pytest.raises(RuntimeError, match="boom"):
        terminal("read", "x")


def test_a_first_person_named_in_the_environment_is_no_surprise(terminal: Terminal) -> None:
    """An empty --as, as an unset variable in a script gives it, is none."""
    homes.make(terminal.home)
    assert terminal.fails("status", "--as", "").startswith("Say who you are")
