"""`import` that is killed, or stopped in the middle of a long file, and gone on with."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from dispaccio.testing.server import Server
from tests.cli.conftest import Terminal
from tests.cli.test_archive import native

COUNT = 600


@pytest.fixture
def many(tmp_path: Path) -> Path:
    """An archive of small files, and one long document with as many releases again."""
    folder = tmp_path / "many"
    folder.mkdir()
    for at in range(COUNT // 2):
        (folder / f"{at:03}.json").write_text(native(f"Number {at}"))
    rest = ",".join(native(f"Number {at}") for at in range(COUNT // 2, COUNT))
    (folder / "long.json").write_text(f"[{rest}]")
    return folder


def begin(wire: Terminal, folder: Path) -> subprocess.Popen[str]:
    """The command in a process of its own."""
    command = [sys.executable, "-m", "dispaccio", "import", str(folder), "--archive"]
    return subprocess.Popen(
        [*command, "--format", "dispaccio", "--as", "olga"],
        env={**os.environ, "DISPACCIO_HOME": str(wire.home)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def wait_for(condition: Callable[[], bool], seconds: float = 60) -> None:
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until
        time.sleep(0.005)


def kept(wire: Terminal) -> bool:
    """Whether some have come in, by the size of what was written."""
    return sum(path.stat().st_size for path in wire.home.glob("wire.db-wal")) > 400_000


def goes_on(wire: Terminal, folder: Path) -> None:
    """The same command again: all are there, each once."""
    given = ("import", str(folder), "--archive", "--format", "dispaccio", "--as", "olga", "--json")
    said = wire.does(*given).json
    assert (said["new"] + said["known"], said["errors"]) == (COUNT, [])
    again = wire.does(*given).json
    assert (again["new"], again["known"]) == (0, COUNT)
    titles: list[str] = []
    before: str | None = None
    while True:
        cut = ("--before", before) if before else ()
        page = wire.does("search", "number", "--limit", "100", "--json", *cut).json
        titles += [item["title"] for item in page["releases"]]
        if (before := page["next"]) is None:
            break
    assert len(titles) == len(set(titles)) == COUNT


@pytest.mark.long
@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGINT])
def test_the_command_alone(wire: Terminal, many: Path, how: signal.Signals) -> None:
    process = begin(wire, many)
    wait_for(lambda: kept(wire) or process.poll() is not None)
    process.send_signal(how)
    out, _ = process.communicate(timeout=60)
    if how is signal.SIGINT and process.returncode != 0:
        assert process.returncode == 130, out
        assert "It was stopped; run the same command again to go on." in out
    goes_on(wire, many)


@pytest.mark.long
@pytest.mark.parametrize("who", ["command", "server"])
def test_the_command_or_its_server(wire: Terminal, many: Path, tmp_path: Path, who: str) -> None:
    with Server(wire.home, log=tmp_path / "server.log") as server:
        process = begin(wire, many)
        wait_for(lambda: kept(wire) or process.poll() is not None)
        if who == "command":
            process.kill()
            process.communicate(timeout=60)
        else:
            server.kill()
            out, _ = process.communicate(timeout=60)
            assert process.returncode in (0, 1)
            assert process.returncode == 0 or "[server-silent]" in out
            server.start()
        goes_on(wire, many)


def long_document(file: Path, about: str) -> None:
    """Ten thousand releases in one document, none of which any other such document has."""
    rest = [{"kind": "paragraph", "text": f"word {at} " * 20} for at in range(20)]
    times = {"first_created": "2010-01-01T00:00:00Z"}
    said = [
        {"title": title, "body": [{"kind": "paragraph", "text": f"Of {title}."}, *rest], **times}
        for title in (f"{about}, number {at}" for at in range(9_999))
    ]
    file.write_text(f"[{','.join(map(json.dumps, said))},{native(f'{about}, the last')}]")


@pytest.mark.long
def test_a_long_document_is_left_at_once(wire: Terminal, tmp_path: Path) -> None:
    """Bringing it in takes many seconds; one Ctrl-C, whenever it comes, waits for none of them.

    Each time it is another one, since what is here already is soon passed over. While Python's
    modules are loaded, some of them make something else of a Ctrl-C, so it comes after that.
    """
    long, rng = tmp_path / "long.json", random.Random(20261129)
    for about in ("Bread", "Tiles", "Ferries", "Chairs", "Wells", "Lamps", "Maps", "Nets"):
        long_document(long, about)
        process = begin(wire, long)
        wait_for(partial(kept, wire))
        time.sleep(rng.uniform(0, 3.0))
        assert process.poll() is None
        stopped = time.monotonic()
        process.send_signal(signal.SIGINT)
        out, _ = process.communicate(timeout=60)
        assert process.returncode == 130, out
        assert "Traceback" not in out
        assert time.monotonic() - stopped < 20
