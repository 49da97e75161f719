"""One process a home: whoever holds ``run/lock`` writes, everybody else talks to it."""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from dispaccio.errors import HomeInUse, NoHome
from dispaccio.settings import FILE

_PAUSE = 0.05


@contextmanager
def hold(home: Path, patience: float = 0.0) -> Iterator[None]:
    """Hold a home's lock; the kernel gives it back when the process ends, however it ends.

    A command without a server holds it for a moment: ``patience`` is for how many seconds to wait.
    Raises NoHome, and HomeInUse with the process that holds it.
    """
    require(home)
    (home / "run").mkdir(mode=0o700, exist_ok=True)
    descriptor = os.open(home / "run" / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        for tries_left in reversed(range(int(patience / _PAUSE) + 1)):
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if not tries_left:
                    raise HomeInUse(
                        f"The process {_holder(descriptor)} is using the home {home}; "
                        "stop it, or let it finish."
                    ) from None
                time.sleep(_PAUSE)
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, f"{os.getpid()}\n".encode(), 0)
        yield
    finally:
        os.close(descriptor)


def require(home: Path) -> None:
    """Nothing, if there is a home in the folder. Raises NoHome."""
    if not (home / FILE).exists():
        raise NoHome(
            f"There is no wire's home in {home}; make one with `dispaccio init`, or name it "
            "with --home."
        )


def held(home: Path) -> bool:
    """Whether some process holds the home's lock now."""
    try:
        descriptor = os.open(home / "run" / "lock", os.O_RDWR | os.O_CLOEXEC)
    except FileNotFoundError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(descriptor)
    return False


def _holder(descriptor: int) -> str:
    return os.pread(descriptor, 20, 0).decode("ascii", "replace").strip() or "another"
