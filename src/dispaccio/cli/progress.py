"""How far a command is with many files, on a terminal; elsewhere nothing is shown."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    from rich.progress import TaskID

LONG = 1024 * 1024
"""Bytes from which on a file has a line of its own, which counts its items."""
_WIDTH = 30


class Progress:
    """One line for all the files, and one for each long file that is under way."""

    def __init__(self, files: Iterable[str]) -> None:
        self._files, self._stack = files, ExitStack()
        self._bar: Any = None
        self._all: TaskID | None = None
        self._long: dict[str, TaskID] = {}

    def __enter__(self) -> Self:
        if sys.stderr.isatty():
            self._bar = self._stack.enter_context(_bar())
            self._all = self._bar.add_task("Files", total=sum(1 for _ in self._files))
        return self

    def __exit__(self, *error: object) -> None:
        self._stack.close()

    def begun(self, file: str, size: int) -> None:
        """A file of so many bytes was read from the disk."""
        if self._bar and size >= LONG:
            self._long[file] = self._bar.add_task(_short(file), total=None)

    def told(self, file: str, of: int, left: int) -> None:
        """Of the items of a file so many are left."""
        if (task := self._long.get(file)) is not None:
            self._bar.update(task, total=of, completed=of - left)

    def done(self, file: str) -> None:
        """All of a file is done."""
        if self._bar:
            self._bar.advance(self._all)
            if (task := self._long.pop(file, None)) is not None:
                self._bar.remove_task(task)


def _bar() -> Any:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bars

    named = TextColumn("{task.description}", markup=False)
    columns = (named, BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    return Bars(*columns, console=Console(stderr=True), transient=True)


def _short(file: str) -> str:
    """The name of a file as one short word on a terminal, whatever it is made of."""
    name = "".join(char if char.isprintable() else "?" for char in Path(file).name)
    return name if len(name) <= _WIDTH else f"{name[: _WIDTH - 1]}…"
