"""Sending many requests at once without a task for each: callbacks, and one timer for all."""

from __future__ import annotations

import asyncio
from time import monotonic
from typing import Protocol

from dispaccio.egress.client import Client, Route
from dispaccio.egress.connection import Connection, Limits
from dispaccio.egress.policy import Policy
from dispaccio.errors import (
    AnswerTimedOut,
    ConnectFailed,
    ConnectionBroken,
    DispaccioError,
    EgressFailed,
    EgressRefused,
    HostUnresolvable,
    TlsFailed,
)

_TICK = 0.05
_DEFAULT_LIMITS = Limits()


class Exchange(Protocol):
    """One request and what becomes of it; exactly one of the first two is called, once."""

    route: Route
    request: bytes

    def answered(self, answer: Connection) -> None:
        """The answer is there; it may be read until this returns."""

    def failed(self, error: EgressFailed | EgressRefused) -> None:
        """There is no proper answer."""

    def lingers(self) -> None:
        """Nothing ended within the sender's patience; the request goes on."""


class Sender:
    """Sends through a client's door, with its policy and its kept connections.

    A request has ``limits.total`` seconds; one that has not ended after ``patience`` is told so.
    Belongs to the running event loop.
    """

    def __init__(
        self, client: Client, limits: Limits = _DEFAULT_LIMITS, *, patience: float = 0.25
    ) -> None:
        self._client, self._limits, self._patience = client, limits, patience
        self._loop = asyncio.get_running_loop()
        # In the order of their starts, which is the order of their deadlines.
        self._fresh: dict[Exchange, float] = {}
        self._lingering: dict[Exchange, float] = {}
        self._lines: dict[Exchange, Connection | asyncio.Task[None]] = {}
        self._written: set[Exchange] = set()
        """Those that are dialled again: what they said once may have been heard."""
        self._ticking = False

    def __len__(self) -> int:
        return len(self._lines)

    def post(self, exchange: Exchange) -> None:
        """Send a request whose ``route`` and ``request`` are ready."""
        self._fresh[exchange] = monotonic()
        if not self._ticking:
            self._ticking = True
            self._loop.call_later(_TICK, self._tick)
        kept = self._client.kept(exchange.route)
        if kept is None:
            self._dial(exchange)
        else:
            self._lines[exchange] = kept
            kept.context = (exchange, self._client.policy, True)
            kept.start(exchange.request, self._limits, self._ended)

    def close(self) -> None:
        """Break off what is on its way; nobody is told."""
        for exchange in tuple(self._lines):
            self._break(exchange)

    def _dial(self, exchange: Exchange) -> None:
        self._lines[exchange] = self._loop.create_task(self._converse(exchange))

    async def _converse(self, exchange: Exchange) -> None:
        policy = self._client.policy
        try:
            connection = await self._client.dial(exchange.route, self._limits)
        except (EgressFailed, EgressRefused) as error:
            self._fail(exchange, error)
        except Exception as error:
            self._fail(exchange, ConnectFailed(f"Connecting failed: {type(error).__name__}."))
        else:
            self._lines[exchange] = connection
            if self._is_late(exchange):  # the process was held up: the timer will end it
                connection.abort()
                return
            connection.context = (exchange, policy, False)
            connection.start(exchange.request, self._limits, self._ended)

    def _is_late(self, exchange: Exchange) -> bool:
        started = self._fresh.get(exchange) or self._lingering[exchange]
        return monotonic() - started > self._limits.total

    def _ended(self, connection: Connection, failure: EgressFailed | None) -> None:
        context: tuple[Exchange, Policy, bool] = connection.context
        exchange, policy, was_kept = context
        connection.context = None
        if failure is None:
            self._forget(exchange)
            exchange.answered(connection)
            self._client.keep(connection, policy)
            return
        connection.abort()
        if was_kept and isinstance(failure, ConnectionBroken) and not connection.received:
            self._written.add(exchange)
            self._dial(exchange)  # it was stale: the receiver closed it as it was used again
        else:
            self._fail(exchange, failure)

    def _fail(self, exchange: Exchange, error: DispaccioError) -> None:
        assert isinstance(error, EgressFailed | EgressRefused)
        if exchange in self._written and isinstance(error, _NO_CONNECTION):
            error = ConnectionBroken(error.message)
        self._forget(exchange)
        exchange.failed(error)

    def _forget(self, exchange: Exchange) -> None:
        del self._lines[exchange]
        self._written.discard(exchange)
        if self._fresh.pop(exchange, None) is None:
            self._lingering.pop(exchange, None)

    def _break(self, exchange: Exchange) -> None:
        line = self._lines[exchange]
        self._forget(exchange)
        if isinstance(line, Connection):
            line.abort()
        else:
            line.cancel()

    def _time_out(self, exchange: Exchange) -> None:
        """End what took too long: while it is dialled, nothing was sent."""
        host, seconds = exchange.route.target.host, self._limits.total
        dialling = not isinstance(self._lines[exchange], Connection)
        unsent = dialling and exchange not in self._written
        self._break(exchange)
        if unsent:
            said = f"{host} offered no connection within {seconds:g} s."
            exchange.failed(ConnectFailed(said, host=host))
        else:
            said = f"{host} did not answer within {seconds:g} s."
            exchange.failed(AnswerTimedOut(said, host=host))

    def _tick(self) -> None:
        now = monotonic()
        late = _before(self._fresh, now - self._patience)
        for exchange in late:
            self._lingering[exchange] = self._fresh.pop(exchange)
            exchange.lingers()
        for exchange in _before(self._lingering, now - self._limits.total):
            self._time_out(exchange)
        self._ticking = bool(self._lines)
        if self._ticking:
            self._loop.call_later(_TICK, self._tick)


_NO_CONNECTION = (ConnectFailed, TlsFailed, HostUnresolvable)


def _before(started: dict[Exchange, float], limit: float) -> list[Exchange]:
    """Those at the front that were started before then."""
    found = []
    for exchange, at in started.items():
        if at > limit:
            break
        found.append(exchange)
    return found
