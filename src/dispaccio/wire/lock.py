"""One process a home: whoever holds ``run/lock`` writes, everybody else talks to it."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from dispaccio.errors import HomeInUse


@contextmanager
def hold(home: Path) -> Iterator[None]:
    """Hold a home's lock; the kernel gives it back when the process ends, however it ends.

    Raises HomeInUse, with the process that holds it.
    """
    descriptor = os.open(home / "run" / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = os.pread(descriptor, 20, 0).decode("ascii", "replace").strip() or "another"
            raise HomeInUse(
                f"The process {holder} is using the home {home}; stop it, or let it finish."
            ) from None
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, f"{os.getpid()}\n".encode(), 0)
        yield
    finally:
        os.close(descriptor)


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
