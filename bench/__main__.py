"""Lists and runs the benchmarks: ``python -m bench [NAME...]``, ``python -m bench --list``.

A benchmark is a file of this folder with a ``main()`` that prints what it measured. Its first
docstring line says what that is. A number is a ratio against a peer run in the same minute, or
stands beside the machine that this prints first.
"""

from __future__ import annotations

import importlib
import os
import platform
import sys
from pathlib import Path


def names() -> list[str]:
    """The benchmarks found, by file name."""
    return sorted(path.stem for path in Path(__file__).parent.glob("[a-z]*.py"))


def machine() -> str:
    """The machine in one line: processor, cores, Python."""
    cpus = Path("/proc/cpuinfo")
    lines = cpus.read_text().splitlines() if cpus.exists() else []
    model = next((line.split(": ")[1] for line in lines if line.startswith("model name")), "")
    return (
        f"{model or platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}"
    )


def main(asked: list[str]) -> int:
    """Run the benchmarks asked for, or all; the exit code is 2 for a name that is not there."""
    found = names()
    if asked == ["--list"]:
        for name in found:
            summary = (importlib.import_module(f"bench.{name}").__doc__ or "").splitlines()
            print(f"{name:<16} {summary[0] if summary else ''}")
        return 0
    if unknown := sorted(set(asked) - set(found)):
        print(f"There is no benchmark {', '.join(unknown)}; there are: {', '.join(found)}")
        return 2
    print(machine())
    for name in asked or found:
        print(f"\n{name}")
        importlib.import_module(f"bench.{name}").main()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
