"""Handing mail to a server (RFC 5321): kept connections, each spoken to in a thread.

The socket comes from the door, so it leads to a judged address. A message goes with its envelope
in one step where the server takes that (RFC 2920). What is sent has CRLF alone as its line end:
anything else could hide a second message in the first.
"""

from __future__ import annotations

import asyncio
import ssl
from collections import deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from time import monotonic

from dispaccio.egress.client import Client
from dispaccio.egress.smtp_session import STEP, Envelope, Reply, Server, Session, Stage, Stale
from dispaccio.errors import ConnectionBroken, DispaccioError

__all__ = ["Envelope", "Relay", "Reply", "Server", "Stage"]

LINES = 8
"""Connections to one server at once."""
IDLE = 60.0
"""Seconds after which a connection is not used again."""
MOST = 500
"""Messages on one connection."""
QUICK = 0.005
"""Seconds for a message of a server with which one connection is enough."""
TOGETHER = 16
"""Messages handed over in a row to such a server."""
PATIENCE = 0.02
"""Seconds after which a message that waits may have a connection more."""
TOTAL = 12.0
"""Seconds for a message in all; it may wait as long again for the one before it."""


@dataclass(eq=False, slots=True)
class _Job:
    """A message that waits for its turn, or is being handed over by a session."""

    make: Callable[[], Envelope]
    answer: asyncio.Future[Reply]


class Relay:
    """Hands messages to one server. Belongs to one event loop; closed with its client.

    A connection takes several messages one after the other without asking the loop in between,
    and another connection is opened only where messages wait: threads that a fast server keeps
    busy stand in each other's way. ``hello`` is the name that the wire greets with; ``tls``
    replaces the system's certificates.
    """

    def __init__(
        self, client: Client, server: Server, hello: str, tls: ssl.SSLContext | None = None
    ) -> None:
        self._client, self._server, self._hello, self._tls = client, server, hello, tls
        self._threads = ThreadPoolExecutor(LINES, thread_name_prefix="mail")
        self._idle: list[Session] = []
        self._queue: deque[_Job] = deque()
        self._working = 0
        self._tasks: set[asyncio.Task[None]] = set()
        self._looking: asyncio.TimerHandle | None = None
        self._pace = STEP
        """Seconds that a message took lately."""
        client.closing.append(self.close)

    async def send(self, make: Callable[[], Envelope]) -> Reply:
        """Hand in what ``make`` makes; it is called in a thread.

        Raises:
            EgressRefused, EgressFailed: there is no way to the server.
            ConnectionBroken: it hung up, or took more than 12 seconds.
            What ``make`` raises.
        """
        job = _Job(make, asyncio.get_running_loop().create_future())
        self._queue.append(job)
        if not self._working:
            self._begin()
        elif self._looking is None:
            self._look_later()
        return await job.answer

    def close(self) -> None:
        """Close what is kept."""
        for task in self._tasks:
            task.cancel()
        while self._idle:
            self._idle.pop().close()
        self._threads.shutdown(wait=False, cancel_futures=True)

    def _begin(self) -> None:
        self._working += 1
        task = asyncio.get_running_loop().create_task(self._work())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _look_later(self) -> None:
        self._looking = asyncio.get_running_loop().call_later(PATIENCE, self._look)

    def _look(self) -> None:
        """Open one connection more where messages still wait."""
        self._looking = None
        if self._queue and self._working < LINES and self._pace >= QUICK:
            self._begin()
        if self._queue:
            self._look_later()

    async def _work(self) -> None:
        """Hand over what waits, on one connection after the other.

        Where there is no way to the server, nothing waits for it: all of it is tried again later.
        """
        try:
            while self._queue:
                async with asyncio.timeout(TOTAL):
                    session = self._take() or await self._open()
                    await self._hand_over(session)
                if self._pace < QUICK and self._working > 1:
                    return  # the others are enough
        except TimeoutError:
            self._give_up(ConnectionBroken("The mail server took too long to answer."))
        except DispaccioError as error:
            self._give_up(error)
        except Exception as error:
            self._give_up(ConnectionBroken(f"Mail could not be sent: {type(error).__name__}."))
        finally:
            self._working -= 1

    async def _hand_over(self, session: Session) -> None:
        together = TOGETHER if self._pace < QUICK else 1
        jobs = [self._queue.popleft() for _ in range(min(together, len(self._queue)))]
        if not jobs:
            session.abort()  # others were quicker than its connection
            return
        started = monotonic()
        loop = asyncio.get_running_loop()
        try:
            done = await loop.run_in_executor(self._threads, _post_each, session, jobs)
        except BaseException:
            session.abort()
            self._queue.extendleft(reversed(jobs))
            raise
        if done:
            self._pace = (monotonic() - started) / len(done)
        for job, result in zip(jobs, done, strict=False):
            _settle(job, result)
        self._queue.extendleft(reversed(jobs[len(done) :]))
        self._rest(session)

    def _give_up(self, error: DispaccioError) -> None:
        while self._queue:
            _settle(self._queue.popleft(), error)

    async def _open(self) -> Session:
        server = self._server
        sock = await self._client.connect("smtp", server.host, server.port)
        return Session(sock, server, self._hello, self._tls)

    def _take(self) -> Session | None:
        while self._idle:
            found = self._idle.pop()
            if monotonic() - found.rested < IDLE and found.sent < MOST:
                return found
            found.close()
        return None

    def _rest(self, session: Session) -> None:
        if session.usable:
            session.rested = monotonic()
            self._idle.append(session)
        else:
            session.abort()


def _post_each(session: Session, jobs: list[_Job]) -> list[Reply | Exception]:
    """Post messages until the session is of no more use; those left out are not begun."""
    done: list[Reply | Exception] = []
    for job in jobs:
        try:
            done.append(session.post(job.make))
        except Stale:
            break
        except Exception as error:
            done.append(error)
        if not session.usable:
            break
    return done


def _settle(job: _Job, result: Reply | Exception) -> None:
    if job.answer.done():
        return
    if isinstance(result, Exception):
        job.answer.set_exception(result)
    else:
        job.answer.set_result(result)
