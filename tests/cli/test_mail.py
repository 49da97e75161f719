"""Press lists, bounces and the key of mail on the terminal."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Terminal

TABLE = """name,address,outlet,groups,basis
Rita Moro,rita@gazette.example,The Gazette,food|wine,consent
Nobody,no address,,food,consent
"""


@pytest.fixture
def table(tmp_path: Path) -> str:
    path = tmp_path / "press.csv"
    path.write_text(TABLE, "utf-8")
    return str(path)


def test_a_press_list(wire: Terminal, table: str, tmp_path: Path) -> None:
    ran = wire("recipients", "import", "aurora", table, "--dry-run", "--as", "anna")
    assert ran.code == 1 and "Would be added: 1" in ran.out and "line 3" in ran.out
    ran = wire("recipients", "import", "aurora", table, "--as", "anna")
    assert "Were added: 1" in ran.out
    assert "rita@gazette.example" in wire.does("recipients", "list", "aurora", "--as", "anna").out
    assert "food" in wire.does("lists", "show", "aurora", "--as", "anna").out
    target = tmp_path / "out.csv"
    wire.does("recipients", "export", "aurora", str(target), "--as", "anna")
    assert target.read_text("utf-8-sig").startswith("name,address,outlet,groups,basis")
    assert target.stat().st_mode & 0o077 == 0
    wire.fails("recipients", "export", "aurora", str(target), "--as", "anna")
    said = wire.fails("recipients", "list", "aurora", "--as", "dora")
    assert said.endswith("[not-allowed]")
    wire.fails("recipients", "remove", "aurora", "--as", "anna")
    out = wire.does("recipients", "remove", "aurora", "rita@gazette.example", "--as", "anna").out
    assert out == "1 erased.\n"


def test_groups_of_a_release(wire: Terminal, table: str, plant: str) -> None:
    wire("recipients", "import", "aurora", table, "--as", "anna")
    id = wire.does("submit", plant, "--to", "food", "--quiet", "--as", "anna").out.strip()
    out = wire.does("lists", "choose", id, "wine", "--as", "anna").out
    assert out == "The release goes to wine.\n"
    out = wire.does("lists", "choose", id, "--as", "anna").out
    assert out == "The release goes to no press list.\n"
    assert "[unknown-group]" in wire.fails("submit", plant, "--to", "nobody", "--as", "anna")


def test_reading_what_came_back(wire: Terminal, tmp_path: Path) -> None:
    folder = tmp_path / "Maildir"
    for name in ("new", "cur", "tmp"):
        (folder / name).mkdir(parents=True)
    (folder / "new" / "1").write_text("From: x@y.example\nTo: a@b.example\n\nHello\n")
    (folder / "cur" / "2").write_text("")
    ran = wire.does("bounces", "read", str(folder), "--json", "--as", "olga")
    assert ran.json == {"reports": 0, "ignored": 1, "off": 0}
    box = tmp_path / "box"
    box.write_text("From x Mon Nov 23 09:00:00 2026\nTo: a@b.example\n\nHello\n\n" * 3)
    out = wire.does("bounces", "read", str(box), "--as", "olga").out
    assert out == "Reports: 0, other mail: 3, addresses switched off: 0.\n"
    assert "[not-allowed]" in wire.fails("bounces", "read", str(box), "--as", "anna")


def test_the_key_of_mail(wire: Terminal) -> None:
    assert "[mail-not-set]" in wire.fails("mail", "dkim", "--as", "olga")
    settings = wire.home / "dispaccio.toml"
    settings.write_text(settings.read_text() + 'mail_from = "news@ponte.example"\n')
    out = wire.does("mail", "dkim", "--as", "olga").out
    assert 'dispaccio._domainkey.ponte.example. IN TXT ( "v=DKIM1; k=rsa; p=' in out
    again = json.loads(wire.does("mail", "dkim", "--json", "--as", "olga").out)
    assert again["made"] is False and again["record"] in out
    assert (wire.home / "keys" / "dkim.pem").stat().st_mode & 0o077 == 0
