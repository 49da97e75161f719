"""Tools beyond Python that some tests need: found, or the test is skipped with one line."""

from __future__ import annotations

import os
import re
import shutil
from pathlib import Path

import pytest


def require(tool: str) -> Path:
    """The path of ``tool``: a program, a package of npm or a folder; its name is in ``_TOOLS``.

    A test without its tool is skipped; with ``DISPACCIO_TEST_REQUIRE=all`` it fails.
    """
    find, remedy = _TOOLS[tool]
    if found := find():
        return found
    line = f"needs {tool}: {remedy}"
    if os.environ.get("DISPACCIO_TEST_REQUIRE") == "all":
        pytest.fail(line, pytrace=False)
    pytest.skip(line)


def _program(*names: str) -> Path | None:
    return next((Path(path) for name in names if (path := shutil.which(name))), None)


def _postgres() -> Path | None:
    debian = sorted(
        Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: _number(path.parent.name)
    )
    on_path = _program("initdb")
    folders = [*reversed(debian), *([on_path.parent] if on_path else [])]
    return next((path for path in folders if (path / "postgres").exists()), None)


def _sshd() -> Path | None:
    path = Path("/usr/sbin/sshd")
    return path if path.exists() else _program("sshd")


def _number(name: str) -> int:
    return int(re.sub(r"\D.*", "", name) or 0)


def _judge(name: str) -> Path | None:
    folder = Path(__file__).parents[1] / "judges" / "node_modules" / name
    return folder if folder.is_dir() else None


def _shared() -> Path | None:
    folder = os.environ.get("DISPACCIO_SHARED")
    return Path(folder) if folder and Path(folder).is_dir() else None


_TOOLS = {
    "axe-core": (lambda: _judge("axe-core"), "make judges, which needs npm"),
    "chromium": (lambda: _program("chromium", "chromium-browser"), "apt-get install chromium"),
    "exiftool": (lambda: _program("exiftool"), "apt-get install libimage-exiftool-perl"),
    "faketime": (lambda: _program("faketime"), "apt-get install faketime"),
    "jsonfeed-to-atom": (lambda: _judge("jsonfeed-to-atom"), "make judges, which needs npm"),
    "standardwebhooks": (lambda: _judge("standardwebhooks"), "make judges, which needs npm"),
    "node": (lambda: _program("node", "nodejs"), "apt-get install nodejs"),
    "php": (lambda: _program("php"), "apt-get install php-cli"),
    "postgres": (_postgres, "apt-get install postgresql"),
    "sshd": (_sshd, "apt-get install openssh-server"),
    "shared": (_shared, "name the folder of schemas and vectors in DISPACCIO_SHARED"),
}
