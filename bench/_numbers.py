"""Numbers as the benchmarks print them."""

from __future__ import annotations

import statistics
from collections.abc import Sequence


def spread(values: Sequence[float], unit: str = "", digits: int = 2) -> str:
    """Median with minimum and maximum: ``0.83 (0.80 to 0.86)``."""
    low, middle, high = min(values), statistics.median(values), max(values)
    tail = f" {unit}" if unit else ""
    return f"{middle:,.{digits}f}{tail} ({low:,.{digits}f} to {high:,.{digits}f})"


def percentile(values: Sequence[float], share: float) -> float:
    """The value below which that share of the values lies (nearest rank)."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


def line(what: str, value: str, goal: str = "") -> None:
    """Print one figure."""
    print(f"  {what:<46} {value}" + (f"   goal {goal}" if goal else ""), flush=True)
