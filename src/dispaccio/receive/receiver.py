"""The receiver: a message is checked, compared with what is known, handed on, remembered."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from dispaccio.delivery.signature import verify
from dispaccio.errors import (
    AlreadyWithdrawn,
    DispaccioError,
    DocumentUnreachable,
    MalformedDelivery,
    NotTaken,
    NumberReused,
    OlderRevision,
)
from dispaccio.receive.delivery import Delivery, fetched, judge, of_data, read
from dispaccio.receive.fetch import Wire
from dispaccio.receive.memory import Memory
from dispaccio.receive.targets import Target


@dataclass(frozen=True, slots=True)
class Keys:
    """What signatures are checked with: the endpoint's secrets, the wire's public keys."""

    secrets: Sequence[str] = ()
    public: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Reply:
    """What the wire is answered: an HTTP status, a code and a sentence."""

    status: int
    code: str
    detail: str


class Receiver:
    """Takes messages one after the other: nobody calls it from two threads at once.

    Args:
        memory: what was taken.
        target: what deliveries are handed to.
        keys: what signatures are checked with.
        wire: where documents are fetched.
        format: which document is fetched for a thin payload.
        log: is told one line about everything that comes.
    """

    def __init__(
        self,
        memory: Memory,
        target: Target,
        keys: Keys,
        wire: Wire,
        *,
        format: str = "dispaccio",
        log: Callable[[str], None] = lambda line: None,
    ) -> None:
        self._memory, self._target, self._keys, self._wire = memory, target, keys, wire
        self._format, self._log = format, log

    def message(self, headers: Mapping[str, str], body: bytes) -> Reply:
        """Take a message as it came; 2xx only when what it brought is safe on the disk."""
        try:
            id = verify(
                headers,
                body,
                datetime.now(UTC),
                secrets=self._keys.secrets,
                public_keys=self._keys.public,
            )
            delivery = read(id, body, headers.get("content-type", ""))
            reply = self.take(delivery) if delivery else Reply(200, "ok", "That is no delivery.")
        except DispaccioError as error:
            reply = Reply(error.status, error.code(), error.message)
        except Exception as error:
            said = f"The receiver failed: {type(error).__name__}: {error}"[:300]
            reply = Reply(500, "internal-error", said)
        self._log(f"{reply.status} {reply.code}: {reply.detail}")
        return reply

    def take(self, delivery: Delivery) -> Reply:
        """Take a delivery whose origin is certain.

        Raises AlreadyWithdrawn, OlderRevision, NumberReused, NotTaken, DocumentUnreachable,
        NotFromTheWire, MalformedDelivery.
        """
        known = self._memory.of(delivery.release)
        what = f"{delivery.number or delivery.release}, revision {delivery.version}"
        if not judge(delivery, known):
            return Reply(200, "known", f"{what}, was taken before.")
        if delivery.number and self._memory.owner(delivery.number) not in (None, delivery.release):
            raise NumberReused(
                f"The number {delivery.number} is that of another release that came before; "
                f"{delivery.release} is not used, or it would take its place."
            )
        if delivery.document is None:
            delivery = self._fetched(delivery)
        what = f"{delivery.number or delivery.release}, revision {delivery.version}"
        try:
            notes = self._target.take(delivery, known)
            self._memory.keep(delivery, notes)
        except OSError as error:
            raise NotTaken(f"{what}, could not be kept: {error.strerror or error}.") from None
        said = " ".join(filter(None, (delivery.kind, "(TEST)" if delivery.test else "")))
        return Reply(200, "taken", f"{what}, was taken: {said or 'a revision'}.")

    def catch_up(self) -> int:
        """Fetch what was missed, from where it was fetched last; how many were taken.

        Raises what ``take`` raises; what came before is kept, and the next call goes on there.
        """
        taken = 0
        while True:
            page = self._wire.missed(self._memory.cursor)
            for item in page["deliveries"]:
                taken += self._missed(item)
                self._memory.cursor = str(item["cursor"])
            if isinstance(page.get("next"), str):
                self._memory.cursor = page["next"]
            if not page["deliveries"] and page.get("more") is not True:
                return taken

    def _missed(self, item: Any) -> bool:
        if not isinstance(item, dict) or "cursor" not in item:
            raise MalformedDelivery("The wire's list holds something else than a delivery.")
        try:
            reply = self.take(of_data(item))
        except (OlderRevision, AlreadyWithdrawn, NumberReused) as error:
            reply = Reply(200, error.code(), error.message)
        self._log(f"{reply.status} {reply.code}: {reply.detail}")
        return reply.code == "taken"

    def _fetched(self, delivery: Delivery) -> Delivery:
        url = delivery.urls.get(self._format)
        if url is None:
            there = ", ".join(sorted(delivery.urls)) or "no document at all"
            raise DocumentUnreachable(f"The wire has no {self._format} of it; it has {there}.")
        answer = self._wire.document(url)
        return fetched(delivery, answer.body, answer.media_type)
