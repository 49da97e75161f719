"""Serves a home for a benchmark: ``python -m bench._serve FOLDER``; prints ``ready PORT``."""

from __future__ import annotations

import sys
from pathlib import Path

from dispaccio.clock import Clock
from dispaccio.server import Listening, serve


def _ready(where: Listening) -> None:
    print("ready", where.port, flush=True)


if __name__ == "__main__":
    serve(Path(sys.argv[1]), "127.0.0.1", 0, Clock(), _ready)
