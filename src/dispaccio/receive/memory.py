"""What was taken: one small file a release, on the disk before anybody is told so."""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from dispaccio.delivery.filename import component
from dispaccio.errors import ReceiverInUse
from dispaccio.receive import files
from dispaccio.receive.delivery import Delivery, Known


class Memory:
    """Remembers in a folder what was taken. One process at a time has it.

    Raises ReceiverInUse where another one does.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self._lock = os.open(folder / "lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            os.close(self._lock)
            raise ReceiverInUse(f"Another receiver keeps its memory in {folder}.") from None

    def of(self, release: str) -> Known:
        """What is known of a release; nothing, for one that never came."""
        path = self._path(release)
        if not path.exists():
            return Known()
        said = json.loads(path.read_bytes())
        return Known(tuple(said["versions"]), said["withdrawn"], said["notes"])

    def keep(self, delivery: Delivery, notes: Mapping[str, Any]) -> None:
        """Remember that a delivery was taken; it is on the disk when this returns."""
        known = self.of(delivery.release)
        said = {
            "number": delivery.number,
            "versions": sorted({*known.versions, delivery.version}),
            "withdrawn": known.withdrawn or delivery.kind == "withdrawal",
            "notes": {**known.notes, **notes},
        }
        data = json.dumps(said, ensure_ascii=False).encode()
        if delivery.number and self.owner(delivery.number) is None:
            files.write(self._number(delivery.number), delivery.release.encode())
        files.write(self._path(delivery.release), data)

    def owner(self, number: str) -> str | None:
        """The release that came under this number, or one that gives the same file name."""
        path = self._number(number)
        return path.read_text("utf-8") if path.exists() else None

    @property
    def cursor(self) -> str | None:
        """Up to where missed deliveries were fetched; None before the first time."""
        path = self._folder / "cursor"
        return path.read_text("utf-8") if path.exists() else None

    @cursor.setter
    def cursor(self, value: str) -> None:
        files.write(self._folder / "cursor", value.encode())

    def close(self) -> None:
        """Let another process have it."""
        os.close(self._lock)

    def _number(self, number: str) -> Path:
        name = hashlib.sha256(component(number).casefold().encode()).hexdigest()
        return self._folder / "numbers" / name[:2] / name

    def _path(self, release: str) -> Path:
        shelf = hashlib.sha256(release.encode()).hexdigest()[:2]
        return self._folder / "releases" / shelf / f"{release}.json"
