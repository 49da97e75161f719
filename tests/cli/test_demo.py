"""The demo tells its story, and breaks off where the wire is broken."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

BROKEN = {
    "no-findings": "It names no payer",
    "two-answers": "byte for byte",
    "plain-vault": "lies in plain",
    "early": "ms after its second, and was not before",
    "no-label": "begins with the label",
    "no-delivery": "All five endpoints have it",
    "wrong-signature": "bears a signature",
    "no-leaf": "has an entry for it",
    "relay-forgets-hops": "with its chain",
    "lost-correction": "shows the corrected text",
    "withdrawal-untold": "receipts are in",
    "withdrawal-keeps-text": "not a word of the text",
    "read-only": "`dispaccio init",
}
"""Faults of dispaccio.testing.faults, and words of the sentence that each makes untrue."""
PLAYED = """
import sys
from dispaccio.cli import demo
from dispaccio.errors import StoryBroken
try:
    demo.run([sys.executable, "-m", "dispaccio.testing.faults", sys.argv[1], "--"])
except StoryBroken as error:
    sys.exit(f"broken: {error.message}")
"""


def _run(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *words],
        capture_output=True,
        text=True,
        timeout=150,
        stdin=subprocess.DEVNULL,
        env={**os.environ, "DISPACCIO_DEMO_ONCE": "1"},
        check=False,
    )


def test_the_story_is_told_to_its_end() -> None:
    done = _run("-m", "dispaccio", "demo")
    assert done.returncode == 0, done.stderr
    chapters = [line for line in done.stdout.splitlines() if line and not line.startswith(" ")]
    assert chapters == [
        "A wire",
        "Handed in",
        "Approved",
        "Sealed",
        "Published",
        "A thousand subscribers",
        "Taken over from another wire",
        "Corrected",
        "Withdrawn",
    ]


@pytest.mark.parametrize("fault", BROKEN)
@pytest.mark.long
def test_a_broken_wire_breaks_the_story(fault: str) -> None:
    done = _run("-c", PLAYED, fault)
    assert done.returncode == 1, done.stdout
    assert BROKEN[fault] in done.stderr
