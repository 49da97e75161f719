"""The command ``dispaccio``, and ``python -m dispaccio``."""

from __future__ import annotations

import sys


def run() -> int:
    """Run what was typed; its exit code. Ctrl-C is 130 from the first import to the last line."""
    try:
        from dispaccio.cli import main

        return main()
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(run())
