"""Nothing of one machine and no registry's address gets into the repository."""

from __future__ import annotations

import re

import pytest

from tests.support.source import ROOT, tracked

MACHINE = re.compile(rb"(?<![\w.:/~$}-])/(?:work|root|home/\w+)/")
REGISTRY = re.compile(
    rb"pypi\.org|pythonhosted\.org|npmjs\.(?:org|com)|deb\.debian\.org|crates\.io|golang\.org"
)
SECRET = re.compile(rb"-----BEGIN [A-Z ]*PRIVATE KEY-----")


@pytest.mark.parametrize("pattern", [MACHINE, REGISTRY, SECRET], ids=["path", "registry", "key"])
def test_no_file_holds(pattern: re.Pattern[bytes]) -> None:
    found = [
        f"{path.relative_to(ROOT)}: {match[0].decode()}"
        for path in tracked()
        if (match := pattern.search(path.read_bytes()))
    ]
    assert not found, "\n".join(found)


@pytest.mark.parametrize("text", [b"open('/%s/x')", b" /%s/.cache", b"/home/%s/x"])
def test_a_machines_path_would_be_seen(text: bytes) -> None:
    assert MACHINE.search(text % b"work")


@pytest.mark.parametrize("text", [b"example.org/%s/", b"home/%s.db", b"${ROOT}/%s/"])
def test_other_paths_are_let_be(text: bytes) -> None:
    assert not MACHINE.search(text % b"work")
