"""The command ``dispaccio``, and ``python -m dispaccio``."""

from __future__ import annotations

import sys


def run() -> int:
    """Run what was typed; its exit code.

    Ctrl-C is 130 from the first import to the last line, unless a library that is being loaded
    makes another error of it.
    """
    try:
        from dispaccio.cli import main

        return main()
    except KeyboardInterrupt:
        return 130
    finally:
        # A text interrupted inside `exec`, as dataclasses have them, leaves a mark by which
        # `python -m` kills itself at its end, whatever we answer; the next text clears it.
        exec("")  # noqa: S102


if __name__ == "__main__":
    sys.exit(run())
