"""kill -9 at every step of taking a delivery: nothing half, nothing forgotten, nothing twice."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

# Takes one delivery into a folder and ends itself before or after each step that touches the disk.
CHILD = """
import os, signal, sys
from pathlib import Path
from dispaccio.receive.delivery import Delivery
from dispaccio.receive.fetch import Wire
from dispaccio.receive.memory import Memory
from dispaccio.receive.receiver import Keys, Receiver
from dispaccio.receive.targets import Folder

folder, last = Path(sys.argv[1]), int(sys.argv[2])
steps = 0

def counting(do):
    def step(*args, **kwargs):
        count()
        done = do(*args, **kwargs)
        count()
        return done
    return step

def count():
    global steps
    steps += 1
    if steps == last:
        os.kill(os.getpid(), signal.SIGKILL)

receiver = Receiver(Memory(folder / "memory"), Folder(folder / "in"), Keys(), Wire("https://w.ex"))
os.fsync, Path.replace, Path.mkdir = map(counting, (os.fsync, Path.replace, Path.mkdir))
Path.open = counting(Path.open)
document = b"text " * 10_000
delivery = Delivery("r1", 1, "T1", "original", document=document, media_type="text/plain")
print(receiver.take(delivery).code, steps)
"""
DOCUMENT = b"text " * 10_000


def take(folder: Path, last: int) -> str | None:
    """What taking the delivery came to; None where it was killed before the n-th step."""
    done = subprocess.run(
        [sys.executable, "-c", CHILD, str(folder), str(last)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode in (0, -9), done.stderr
    return done.stdout.strip() if done.returncode == 0 else None


@pytest.mark.long
def test_killed_around_every_step_and_sent_again(tmp_path: Path) -> None:
    step, finished = 0, False
    while not finished:
        step += 1
        folder = tmp_path / str(step)
        (folder / "in").mkdir(parents=True)
        finished = take(folder, step) is not None
        file, memory = folder / "in" / "T1.v1.txt", list((folder / "memory").rglob("*.json"))
        if file.exists():
            assert file.read_bytes() == DOCUMENT, f"half a file at step {step}"
        if memory:
            assert json.loads(memory[0].read_bytes())["versions"] == [1]
            assert file.exists(), f"remembered before it was there, step {step}"
        again = take(folder, 0)
        assert again is not None
        assert again.split()[0] == ("known" if memory else "taken")
        assert file.read_bytes() == DOCUMENT
        assert [path.name for path in (folder / "in").iterdir()] == ["T1.v1.txt"]
    assert step > 8
