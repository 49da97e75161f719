"""One attempt of the courier, from its claim to its end."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from dispaccio.delivery.books import Job
from dispaccio.delivery.carriers.webhook import outcome_of, outcome_without
from dispaccio.delivery.retry import Decision, Outcome, Result
from dispaccio.delivery.seats import Host
from dispaccio.egress.client import Route
from dispaccio.egress.connection import Connection
from dispaccio.errors import EgressFailed, EgressRefused
from dispaccio.store.outbox import Settlement


class _Office(Protocol):
    def finish(self, attempt: Attempt, outcome: Outcome) -> None: ...

    def taken(self, attempt: Attempt, status: int, detail: str) -> None: ...

    def linger(self, attempt: Attempt) -> None: ...

    def took_ms(self, attempt: Attempt) -> int: ...


class Attempt:
    """What the courier and the sender note of a delivery that is on its way."""

    __slots__ = (
        "_office",
        "at",
        "claimed",
        "host",
        "job",
        "lingered",
        "over",
        "request",
        "route",
        "seat",
        "started",
    )
    route: Route
    request: bytes
    started: float
    at: datetime

    def __init__(self, office: _Office, job: Job, host: Host, claimed: float) -> None:
        self._office, self.job, self.seat, self.host = office, job, job.seat, host
        self.claimed = claimed
        self.lingered = self.over = False

    def answered(self, answer: Connection) -> None:
        """The receiver answered."""
        status = answer.status
        if 200 <= status < 300 and not answer.body:
            self._office.taken(self, status, f"The receiver answered {status}.")
            return
        took = self._office.took_ms(self)
        body = bytes(answer.body)
        try:
            self._office.finish(self, outcome_of(answer.status, answer.headers, body, took))
        except Exception as error:  # whatever a stranger says, the place is free again
            if self.over:
                raise
            self._office.finish(self, self.broken(error))

    def broken(self, error: Exception, kind: Result = Result.NETWORK) -> Outcome:
        """A fault of ours: what kind of error, and nothing of what was to be sent."""
        detail = f"The carrier {self.seat.row.carrier} failed: {type(error).__name__}."
        return Outcome(kind, detail, took_ms=0)

    def delivered(self, status: int, detail: str, took_ms: int) -> Settlement:
        """What is written down of one that was taken."""
        job = self.job
        assert job.packed is not None
        if job.packed.notes:
            detail = " ".join([detail, *job.packed.notes])
        sha256 = job.packed.sha256
        return Settlement(
            job.claim, "delivered", None, "delivered", status, detail, self.at, took_ms, sha256
        )

    def settlement(self, decision: Decision, outcome: Outcome) -> Settlement:
        """What is written down of one that ended otherwise, or by another carrier."""
        packed = self.job.packed
        return Settlement(
            self.job.claim,
            decision.state,
            decision.due_at,
            outcome.kind.value,
            outcome.status,
            " ".join([outcome.detail, *(packed.notes if packed else ())]),
            self.at,
            outcome.took_ms,
            packed.sha256 if packed else "",
        )

    def failed(self, error: EgressFailed | EgressRefused) -> None:
        """There was no proper answer."""
        self._office.finish(self, outcome_without(error, self._office.took_ms(self)))

    def lingers(self) -> None:
        """Nothing came for a while."""
        if not self.over:
            self.lingered = True
            self._office.linger(self)
