"""Whether a receiver that keeps failing is left alone for a while. Pure; times are seconds."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field

IN_A_ROW = 5
"""So many failures in a row open it,"""
SHARE, LEAST = 0.5, 10
"""and so does this share of at least so many attempts"""
WINDOW = 300.0
"""in so many seconds."""
REST = 30.0
"""How long an open one lets nothing through; then one probe goes."""
_STEP = 30.0


@dataclass(slots=True)
class Breaker:
    """Closed: everything goes. Open: nothing goes. Half open, after ``REST``: one probe goes."""

    until: float | None = None
    """When it is half open; None while it is closed."""
    _in_a_row: int = 0
    _steps: deque[tuple[float, int, int]] = field(default_factory=deque)
    """(begin, attempts, failures) of each ``_STEP`` that is over, oldest first."""
    _begun: float = 0.0
    _attempts: int = 0
    _failures: int = 0

    def may(self, now: float, in_flight: int) -> bool:
        """Whether another attempt may go, with so many on their way."""
        return self.until is None or (now >= self.until and in_flight == 0)

    def note(self, good: bool, now: float) -> None:
        """Take in how an attempt ended; a good one closes it."""
        if now - self._begun >= _STEP:
            self._next_step(now)
        self._attempts += 1
        if good:
            self._in_a_row = 0
            if self.until is not None:
                self.until = None
                self._steps.clear()
                self._attempts = self._failures = 0
            return
        self._failures += 1
        self._in_a_row += 1
        if self.until is not None or self._is_bad():
            self.until = now + REST

    def _next_step(self, now: float) -> None:
        if self._attempts:
            self._steps.append((self._begun, self._attempts, self._failures))
        while self._steps and now - self._steps[0][0] > WINDOW:
            self._steps.popleft()
        self._begun, self._attempts, self._failures = now, 0, 0

    def _is_bad(self) -> bool:
        if self._in_a_row >= IN_A_ROW:
            return True
        attempts = self._attempts + sum(step[1] for step in self._steps)
        failures = self._failures + sum(step[2] for step in self._steps)
        return attempts >= LEAST and failures >= SHARE * attempts
