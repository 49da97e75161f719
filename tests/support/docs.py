"""What the product has, by name, and what the docs say of it."""

from __future__ import annotations

import dataclasses
import importlib
import inspect
import re
import tomllib
import typing
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from tests.support.source import ROOT

DOCS = ROOT / "docs"
_HEADING = re.compile(r"^#{2,6} `([^`]+)`$", re.MULTILINE)


def sections(page: Path) -> dict[str, str]:
    """The text below every heading of ``page`` that is one name in backticks."""
    pieces = _HEADING.split(page.read_text("utf-8")) if page.exists() else [""]
    return dict(zip(pieces[1::2], pieces[2::2], strict=True))


def errors() -> dict[str, type[Any]]:
    """Every error class of the product by its code, but for the root of the tree."""
    module = importlib.import_module("dispaccio.errors")
    root = module.DispaccioError
    return {
        cls.code(): cls
        for _, cls in inspect.getmembers(module, inspect.isclass)
        if issubclass(cls, root) and cls is not root
    }


def commands() -> set[str]:
    """Every command as a person types it, without the program's name: ``relay take``.

    ``dispaccio.cli`` shows them as ``app``, a typer application or a click command.
    """
    import typer

    app = importlib.import_module("dispaccio.cli").app
    return set(_walk(typer.main.get_command(app) if isinstance(app, typer.Typer) else app, ""))


def settings() -> set[str]:
    """Every setting; one in a table of the settings file has the table's name in front."""
    return set(_fields(importlib.import_module("dispaccio.settings").Settings, ""))


def plugins(group: str) -> dict[str, str]:
    """The built-in formats, checks or carriers: name and "module:attribute" of each."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    return dict(project["entry-points"][f"dispaccio.{group}"])


@dataclasses.dataclass(frozen=True, slots=True)
class Subject:
    """A page of docs/, the module whose names it lists, and how to read them."""

    page: str
    module: str
    names: Callable[[], typing.Iterable[str]]

    def built(self) -> bool:
        """Whether the module is there yet."""
        try:
            spec = find_spec(self.module)
        except ModuleNotFoundError:
            return False
        return spec is not None and spec.origin is not None


SUBJECTS = [
    Subject("errors.md", "dispaccio.errors", errors),
    Subject("commands.md", "dispaccio.cli", commands),
    Subject("settings.md", "dispaccio.settings", settings),
    Subject("formats.md", "dispaccio.formats", lambda: plugins("formats")),
    Subject("checks.md", "dispaccio.desk.checks", lambda: plugins("checks")),
    Subject("carriers.md", "dispaccio.delivery.carriers", lambda: plugins("carriers")),
]


def _walk(command: Any, path: str) -> Iterator[str]:
    if not hasattr(command, "list_commands"):
        yield path
        return
    context = command.make_context(path or "dispaccio", [], resilient_parsing=True)
    for name in command.list_commands(context):
        child = command.get_command(context, name)
        if not child.hidden:
            yield from _walk(child, f"{path} {name}".strip())


def _fields(cls: type[Any], path: str) -> Iterator[str]:
    hints = typing.get_type_hints(cls)
    for field in dataclasses.fields(cls):
        if dataclasses.is_dataclass(hints[field.name]):
            yield from _fields(hints[field.name], f"{path}{field.name}.")
        else:
            yield f"{path}{field.name}"
