"""Help is there for every command, short, true and quick."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest
import typer

from dispaccio.cli import app
from tests.cli.conftest import Terminal
from tests.support import docs

HEAVY = ["sqlalchemy", "fastapi", "starlette", "uvicorn", "lxml", "babel", "httpx2", "pydantic"]
HEAVY += ["cryptography", "asyncio", "rich"]
NO_HOME = {"read", "convert", "formats", "plugins", "demo", "receive"}
NO_JSON = {"serve", "courier", "demo", "receive"}
NO_PERSON = {*NO_HOME, *NO_JSON, "init", "upgrade"}


def walk(command: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    for name, child in command.commands.items():
        if hasattr(child, "commands"):
            yield from walk(child, (*path, name))
        else:
            yield (*path, name)


ROOT: Any = typer.main.get_command(app)
COMMANDS = list(walk(ROOT))


@pytest.mark.parametrize("path", COMMANDS, ids=" ".join)
def test_help_has_an_example_that_can_be_typed(terminal: Terminal, path: tuple[str, ...]) -> None:
    text = terminal.does(*path, "--help").out
    name = " ".join(path)
    examples = re.findall(r"^ {4}(.*)$", text.partition("\n  Example:\n")[2], re.MULTILINE)
    assert examples, "no example"
    for example in examples:
        _, *args = shlex.split(example.rpartition(" | ")[2])
        assert " ".join(args).startswith(name), example
        found = _command(path)
        found.make_context(name, args[len(path) :])
    assert ("--home" in text) == (name not in NO_HOME)
    assert ("--json" in text) == (name not in NO_JSON)
    assert ("--as PERSON" in text) == (name not in NO_PERSON)


def test_the_commands_in_the_docs_can_be_typed() -> None:
    sections = docs.sections(docs.DOCS / "commands.md")
    for path in COMMANDS:
        name = " ".join(path)
        lines = re.findall(r"^dispaccio (.*)$", sections[name], re.MULTILINE)
        assert lines, f"docs/commands.md has no example of {name}"
        for line in lines:
            assert line.startswith(name), line
            _command(path).make_context(name, shlex.split(line)[len(path) :])


def test_the_list_of_commands_cuts_no_sentence_off(terminal: Terminal) -> None:
    groups = {path[:-1] for path in COMMANDS if len(path) > 1}
    for args in ((), ("-h",), *((*group, "--help") for group in groups)):
        listed = terminal.does(*args).out.partition("Commands:")[2]
        assert listed
        assert "..." not in listed


def test_the_version(terminal: Terminal) -> None:
    assert re.fullmatch(r"dispaccio \d+\.\d+\.\d+\n", terminal.does("--version").out)


def test_help_loads_nothing_heavy() -> None:
    code = (
        "import sys, typer; from dispaccio.cli import app; typer.main.get_command(app);"
        f"print(*(name for name in {HEAVY} if name in sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""


def _command(path: tuple[str, ...]) -> Any:
    found = ROOT
    for name in path:
        found = found.commands[name]
    return found
