"""The project's own files, for the tests that judge them."""

from __future__ import annotations

import ast
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "src" / "dispaccio"


def tracked() -> list[Path]:
    """Every file that git keeps, or would: what is ignored is left out."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(command, cwd=ROOT, check=True, capture_output=True).stdout.split(b"\0")
    paths = {ROOT / name.decode() for name in names if name}
    return sorted(path for path in paths if path.is_file())


@cache
def modules() -> dict[str, ast.Module]:
    """The syntax tree of every module of the package, by its path below ``src/dispaccio``."""
    return {
        path.relative_to(PACKAGE).as_posix(): ast.parse(path.read_text("utf-8"), str(path))
        for path in sorted(PACKAGE.rglob("*.py"))
    }


def room(path: str) -> str:
    """The room of a module's path: ``store`` for store/schema.py, ``server`` for server.py."""
    return path.split("/", 1)[0].removesuffix(".py")


def imports(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """What a module imports, anywhere in it: the line and the full name."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from ((node.lineno, f"{node.module}.{alias.name}") for alias in node.names)
