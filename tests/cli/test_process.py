"""As a process: pipes, standard input, signals, and a server that holds the home."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from dispaccio.testing import home as homes
from dispaccio.testing.home import Home
from dispaccio.testing.server import Server
from tests.cli.conftest import Terminal
from tests.support.source import ROOT

COMMAND = [sys.executable, "-m", "dispaccio"]


def run(*args: str, text: str = "", **environment: str) -> subprocess.CompletedProcess[str]:
    env = {**os.environ, "PYTHONPATH": str(ROOT / "src"), **environment}
    return subprocess.run(
        [*COMMAND, *args],
        input=text, capture_output=True, text=True, env=env, timeout=60, check=False,
    )  # fmt: skip


def test_standard_input_and_exit_codes() -> None:
    done = run("read", "-", "--json", text="A headline\n\nA text that says something.\n")
    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(done.stdout)["title"] == "A headline"
    done = run("read", "-")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("dispaccio: The standard input is empty;")
    assert run("read").returncode == 2


def test_output_is_utf8_whatever_the_locale() -> None:
    done = run("read", "-", text="Fähre nach 上海\n\nEin Text.\n", LC_ALL="C", PYTHONUTF8="0",
               PYTHONCOERCECLOCALE="0")  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")
    assert "Fähre nach 上海" in done.stdout


def test_a_closed_pipe_is_quiet() -> None:
    script = f"{sys.executable} -m dispaccio plugins | true; echo ${{PIPESTATUS[0]}}"
    env = {**os.environ, "PYTHONPATH": str(ROOT / "src")}
    done = subprocess.run(
        ["bash", "-c", script], capture_output=True, text=True, env=env, check=True
    )
    assert done.stderr == ""
    assert done.stdout.strip() in {"0", "1"}


def _hear_ctrl_c() -> None:
    """Whoever started the tests in the background may have made every child deaf to it."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def test_ctrl_c_is_quiet(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    env = {**os.environ, "PYTHONPATH": str(ROOT / "src")}
    with (
        subprocess.Popen(
            [*COMMAND, "read", str(pipe)],
            env=env,
            stderr=subprocess.PIPE,
            preexec_fn=_hear_ctrl_c,  # noqa: PLW1509 - this process has one thread
        ) as reading,
        pipe.open("wb"),  # returns when the command has opened the other end
    ):
        reading.send_signal(signal.SIGINT)
        _, said = reading.communicate(timeout=60)
    assert (reading.returncode, said) == (130, b"")


@pytest.mark.long
def test_the_first_release_of_the_readme(tmp_path: Path) -> None:
    section = (ROOT / "README.md").read_text().partition("## A first release\n")[2]
    head, *lines = section.split("```")[1].strip().splitlines()
    assert head.startswith("export PATH=")
    assert lines[-1] == "dispaccio serve"
    script = "\n".join(["set -e", *lines[:-1]])
    program = tmp_path / "dispaccio"
    program.write_text(f'#!/bin/sh\nexec {sys.executable} -m dispaccio "$@"\n')
    program.chmod(0o755)
    env = {
        **os.environ,
        "PYTHONPATH": str(ROOT / "src"),
        "PATH": f"{tmp_path}:{os.environ['PATH']}",
    }
    done = subprocess.run(
        ["bash", "-c", script], capture_output=True, text=True, env=env, cwd=tmp_path, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert "Published T100000001, version 2 at " in done.stdout
    assert "error, It was no comet." in done.stdout
    assert "version 3, anna" in done.stdout


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Home]:
    """A home with a server, in a folder so deep that its socket's path is too long to be bound."""
    made = homes.make(tmp_path / ("deep" * 20) / ("down" * 20) / "home")
    with Server(made.folder, log=tmp_path / "server.log"):
        yield made


def test_commands_talk_to_the_server(
    served: Home, terminal: Terminal, plant: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DISPACCIO_HOME", str(served.folder))
    assert "  server    running\n" in terminal.does("status", "--as", "olga").out
    assert terminal.fails("status").startswith("Say who you are")
    assert terminal.fails("show", "x", "--as", "dora").startswith("There is no release x here")
    assert terminal.fails("upgrade").endswith("[home-in-use]")
    id = terminal.does("submit", plant, "--as", "anna", "-q").out.strip()
    at = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + 2))
    sealed = terminal.does("approve", id, "--confirm", "--release-time", at, "--as", "dora").out
    assert "No server runs" not in sealed
    for _ in range(200):
        if "number" in (shown := terminal.does("show", id, "--as", "dora", "--json").json):
            break
        time.sleep(0.1)
    assert shown["status"] == "usable"
    assert shown["number"] in terminal.does("search", "plant").out


def test_a_server_that_breaks_off_is_named(
    served: Home, terminal: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    from dispaccio.cli import client

    monkeypatch.setenv("DISPACCIO_HOME", str(served.folder))
    monkeypatch.setattr(client, "TIMEOUT", 0.000001)
    assert terminal.fails("status", "--as", "olga").endswith("[server-silent]")
