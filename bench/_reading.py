"""Reads a file in a process of its own: ``python -m bench._reading FORMAT FILE``.

Prints how many releases were read, and the most memory that the process had, in MB (10^6 bytes).
"""

from __future__ import annotations

import resource
import sys
from pathlib import Path

from dispaccio.formats import registry

if __name__ == "__main__":
    found = registry.read(Path(sys.argv[2]).read_bytes(), sys.argv[1])
    print(len(found), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e6)
