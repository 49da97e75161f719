"""A file fits in a head and a function on a screen."""

from __future__ import annotations

import ast

from tests.support.source import PACKAGE, modules

FILE_LINES = 400
FUNCTION_LINES = 50

# "path" or "path:function" below src/dispaccio, and why it is longer.
LONGER: dict[str, str] = {
    "errors.py": "the one tree of errors; a section a room",
    "store/tables.py": "the one schema: every table that refers to another stands beside it",
    "store/migrations/versions/v0001_first.py": "the whole of the first schema, in one step",
}


def _sizes() -> dict[str, tuple[int, int]]:
    """The lines of every file and function, beside the limit."""
    sizes = {}
    for path, tree in modules().items():
        sizes[path] = (len((PACKAGE / path).read_text("utf-8").splitlines()), FILE_LINES)
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                lines = (node.end_lineno or node.lineno) - node.lineno + 1
                sizes[f"{path}:{node.name}"] = (lines, FUNCTION_LINES)
    return sizes


def test_files_and_functions_are_short() -> None:
    sizes = _sizes()
    long = {name: lines for name, (lines, limit) in sizes.items() if lines > limit}
    found = [f"{name}: {lines} lines" for name, lines in long.items() if name not in LONGER]
    assert not found, "\n".join(found)
    assert set(LONGER) <= set(long), "an exception that is not needed any more"
