"""The client: the only module that opens a connection to somebody else's address.

A name is resolved once, every address is judged, and the connection goes to a judged address with
the name in SNI, certificate check and ``Host``. Redirects are answers, nothing is decompressed,
there are no cookies and no proxies, and reading ends where ``Limits`` says.
"""

from __future__ import annotations

import asyncio
import errno
import os
import socket
import ssl
from collections.abc import Awaitable, Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache, lru_cache, partial
from time import monotonic
from types import TracebackType
from typing import Self, TypeVar

from dispaccio.egress.connection import Connection, Limits, Origin
from dispaccio.egress.deadlines import Deadlines
from dispaccio.egress.headers import fields
from dispaccio.egress.policy import Policy, Target
from dispaccio.egress.pool import Pool
from dispaccio.egress.ranges import Address
from dispaccio.errors import (
    AnswerTimedOut,
    ConnectFailed,
    ConnectionBroken,
    HostUnresolvable,
    TlsFailed,
)

__all__ = ["Answer", "Client", "Connector", "Limits", "Pool", "Resolver", "Timings"]

Resolver = Callable[[str, int], Awaitable[Sequence[str]]]
"""Host name and port to addresses as text; raises OSError."""
Connector = Callable[[str, int], Awaitable[socket.socket]]
"""Address and port to a connected, non-blocking socket; raises OSError."""

T = TypeVar("T")

_DEFAULT_LIMITS = Limits()
_ROUTES = 20_000
_RESOLVING_THREADS = 32
_NO_FILES = frozenset({errno.EMFILE, errno.ENFILE})
_CLOSING = 0.02
_ROOM = 64
"""How many kept connections are closed when the process has no file descriptor left."""


@dataclass(frozen=True, slots=True)
class Timings:
    """Seconds, on the monotonic clock. The first three are 0 on a connection that was kept."""

    resolve: float
    connect: float
    tls: float
    total: float


@dataclass(frozen=True, slots=True)
class Answer:
    """What a receiver answered; everything in it is the receiver's word and not to be trusted."""

    status: int
    headers: Mapping[str, str]
    """Names in lower case; values of the same name joined by a comma."""
    body: bytes
    """At most ``Limits.body`` bytes, as they came."""
    cut: bool
    """Whether there was more body than that."""
    address: str
    """The address that the connection went to."""
    timings: Timings


@dataclass(frozen=True, slots=True)
class Route:
    """An address that ``policy`` admits, with the lines that begin a request to it."""

    target: Target
    origin: Origin
    head: str
    post: bytes
    """The first lines of a POST."""
    policy: Policy


class Client:
    """Sends requests through the one door. Belongs to the event loop that it is first used on.

    ``resolver`` and ``connector`` replace the system's, ``tls`` the system's trusted certificates,
    ``pool`` the default numbers of kept connections.
    """

    def __init__(
        self,
        policy: Policy,
        *,
        resolver: Resolver | None = None,
        connector: Connector | None = None,
        tls: ssl.SSLContext | None = None,
        pool: Pool | None = None,
    ) -> None:
        self._threads = ThreadPoolExecutor(_RESOLVING_THREADS, thread_name_prefix="resolve")
        self._resolver = resolver or self._resolve_by_system
        self._connector, self._at_once = connector or _connect, connector is None
        self._tls = tls or system_tls()
        self._pool = Pool() if pool is None else pool
        self._within = Deadlines().within
        self.closing: list[Callable[[], None]] = []
        """What else is to be closed with this client."""
        self.adopt(policy)

    def adopt(self, policy: Policy) -> None:
        """Send by another policy from now on; what was connected under the old one is closed."""
        self._policy = policy
        self._route = lru_cache(_ROUTES)(lambda url: _make_route(url, policy))
        self._pool.close()

    @property
    def policy(self) -> Policy:
        """The policy that it sends by now."""
        return self._policy

    @property
    def keeps(self) -> int:
        """How many connections it keeps at most."""
        return self._pool.total

    def route(self, url: str) -> Route:
        """The way to an address. Raises EgressRefused where the policy does not admit it."""
        return self._route(url)

    def kept(self, route: Route) -> Connection | None:
        """Take out a connection that was kept; whoever takes it gives it back with ``keep``."""
        return self._pool.take(route.origin)

    def keep(self, connection: Connection, policy: Policy) -> None:
        """Keep a connection that is clean, if its policy still holds; else break it off."""
        if connection.clean and policy is self._policy:
            self._pool.rest(connection)
        else:
            connection.abort()

    async def dial(self, route: Route, limits: Limits = _DEFAULT_LIMITS) -> Connection:
        """A new connection to a judged address; nothing is sent. Raises what ``post`` raises."""
        return (await self._dial(route.target, route.policy, limits))[0]

    async def predial(self, url: str, limits: Limits = _DEFAULT_LIMITS) -> bool:
        """See that a connection is ready; whether there was none. Raises what ``post`` raises."""
        route, policy = self._route(url), self._policy
        if self._pool.has(route.origin):
            return False
        connection = await self.dial(route, limits)
        connection.clean = not connection.transport.is_closing()
        self.keep(connection, policy)
        return True

    async def post(
        self, url: str, headers: Mapping[str, str], body: bytes, limits: Limits = _DEFAULT_LIMITS
    ) -> Answer:
        """Send a body and give back the answer, whatever its status.

        Raises:
            EgressRefused: the policy does not admit the address, or the name leads nowhere.
            EgressFailed: no connection, or no proper answer in time.
            MalformedHeader: a header cannot be sent as it is.
        """
        route = self._route(url)
        length = f"Content-Length: {len(body)}\r\n\r\n"
        head = f"POST {route.head}{fields(headers)}{length}"
        return await self._exchange(route.target, head.encode("latin-1") + body, limits)

    async def get(
        self, url: str, headers: Mapping[str, str], limits: Limits = _DEFAULT_LIMITS
    ) -> Answer:
        """Ask for what is at an address; raises what ``post`` raises."""
        route = self._route(url)
        head = f"GET {route.head}{fields(headers)}\r\n"
        return await self._exchange(route.target, head.encode("latin-1"), limits)

    async def addresses(self, url: str, limits: Limits = _DEFAULT_LIMITS) -> tuple[Address, ...]:
        """Resolve and judge without connecting, as when an endpoint is made.

        Raises:
            EgressRefused: the policy does not admit the address, or the name leads nowhere.
        """
        return await self._addresses(self._route(url).target, self._policy, limits)

    async def connect(
        self, scheme: str, host: str, port: int, limits: Limits = _DEFAULT_LIMITS
    ) -> socket.socket:
        """A socket to a judged address, for another protocol than HTTP; it does not block.

        Raises:
            EgressRefused: the policy does not admit the host, or its name leads nowhere.
            ConnectFailed: it takes no connection.
        """
        target = self._policy.service(scheme, host, port)
        addresses = await self._addresses(target, self._policy, limits)
        return (await self._connect(target, addresses, limits, self._connector))[0]

    async def aclose(self) -> None:
        """Close what is kept."""
        self._pool.close()
        for close in self.closing:
            close()
        self._threads.shutdown(wait=False, cancel_futures=True)
        await asyncio.sleep(0)  # lets the transports see that they are closed

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        tb: TracebackType | None,
    ) -> None:
        await self.aclose()

    async def _exchange(self, target: Target, request: bytes, limits: Limits) -> Answer:
        started, policy = monotonic(), self._policy
        try:
            with self._within(limits.total):
                connection, spent = await self._converse(target, policy, request, limits)
        except TimeoutError:
            raise AnswerTimedOut(
                f"{target.host} did not answer within {limits.total:g} s.", host=target.host
            ) from None
        self.keep(connection, policy)
        return Answer(
            connection.status,
            connection.headers,
            bytes(connection.body),
            connection.cut,
            connection.address,
            Timings(*spent, monotonic() - started),
        )

    async def _converse(
        self, target: Target, policy: Policy, request: bytes, limits: Limits
    ) -> tuple[Connection, tuple[float, float, float]]:
        """Send on a kept connection or a new one; once on a new one if the kept one was stale."""
        kept = self._pool.take((target.scheme, target.host, target.port))
        if kept is not None:
            try:
                await kept.exchange(request, limits)
            except ConnectionBroken:
                if kept.received:
                    raise
            else:
                return kept, (0.0, 0.0, 0.0)
        connection, spent = await self._dial(target, policy, limits)
        await connection.exchange(request, limits)
        return connection, spent

    async def _dial(
        self, target: Target, policy: Policy, limits: Limits
    ) -> tuple[Connection, tuple[float, float, float]]:
        """Resolve, judge, connect, shake hands; give back the seconds of each step."""
        began = monotonic()
        addresses = await self._addresses(target, policy, limits)
        resolved = monotonic()
        if self._at_once and target.scheme == "http":
            straight = partial(self._straight, target)
            (_, connection), _ = await self._connect(target, addresses, limits, straight)
            return connection, (resolved - began, monotonic() - resolved, 0.0)
        sock, address = await self._connect(target, addresses, limits, self._connector)
        connected = monotonic()
        connection = await self._shake_hands(target, sock, address, limits)
        return connection, (resolved - began, connected - resolved, monotonic() - connected)

    async def _addresses(
        self, target: Target, policy: Policy, limits: Limits
    ) -> tuple[Address, ...]:
        """Where a target leads that was judged by ``policy``, which may be another one by now."""
        if target.literal is not None:
            if policy is not self._policy:
                self._policy.admit(target, [str(target.literal)])
            return (target.literal,)
        try:
            with self._within(limits.resolve):
                found = await self._resolver(target.host, target.port)
        except OSError as error:
            raise HostUnresolvable(
                f"The name {target.host} leads to no address: {_reason(error)}.", host=target.host
            ) from None
        return self._policy.admit(target, found)

    async def _resolve_by_system(self, host: str, port: int) -> Sequence[str]:
        # Threads of their own: a name server that hangs must not hold up those of the store.
        found = await asyncio.get_running_loop().run_in_executor(
            self._threads, socket.getaddrinfo, host.encode(), port, 0, socket.SOCK_STREAM
        )
        return [str(address[0]) for *_, address in found]

    async def _connect(
        self,
        target: Target,
        addresses: Sequence[Address],
        limits: Limits,
        connector: Callable[[str, int], Awaitable[T]],
    ) -> tuple[T, str]:
        """Connect to the first address that takes a connection; each gets its share of the time."""
        last: OSError = TimeoutError()
        until, left, crowded = monotonic() + limits.connect, [*map(str, addresses)], False
        while left:
            try:
                with self._within((until - monotonic()) / len(left)):
                    return await connector(left[0], target.port), left[0]
            except OSError as error:
                last = error
            if crowded or last.errno not in _NO_FILES or not self._pool.make_room(_ROOM):
                del left[0]
            else:
                crowded = True
                await asyncio.sleep(_CLOSING)
        raise ConnectFailed(
            f"{target.host} takes no connection at port {target.port}: {_reason(last)}.",
            host=target.host,
            port=target.port,
        )

    def _straight(
        self, target: Target, address: str, port: int
    ) -> Awaitable[tuple[asyncio.Transport, Connection]]:
        """Connect without TLS in one step of the loop: half the work of a socket of our own."""
        return asyncio.get_running_loop().create_connection(
            partial(Connection, target, address, self._pool.forget), address, port
        )

    async def _shake_hands(
        self, target: Target, sock: socket.socket, address: str, limits: Limits
    ) -> Connection:
        """Put HTTP, and TLS where it is asked for, on a connected socket."""
        https = target.scheme == "https"
        try:
            with self._within(limits.tls):
                _, connection = await asyncio.get_running_loop().create_connection(
                    lambda: Connection(target, address, self._pool.forget),
                    sock=sock,
                    ssl=self._tls if https else None,
                    server_hostname=target.host if https else None,
                )
        except OSError as error:
            sock.close()
            raise TlsFailed(
                f"{target.host} offers no connection that can be trusted: {_reason(error)}.",
                host=target.host,
            ) from None
        except BaseException:
            sock.close()
            raise
        return connection


@cache
def system_tls() -> ssl.SSLContext:
    """Make the one TLS context of this process, with the system's certificates; it costs 29 ms."""
    context = ssl.create_default_context()
    context.set_alpn_protocols(["http/1.1"])
    return context


async def _connect(address: str, port: int) -> socket.socket:
    sock = socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET)
    try:
        sock.setblocking(False)
        await asyncio.get_running_loop().sock_connect(sock, (address, port))
    except BaseException:
        sock.close()
        raise
    return sock


def _make_route(url: str, policy: Policy) -> Route:
    target = policy.target(url)
    lines = f"{target.path} HTTP/1.1\r\nHost: {target.authority}\r\nAccept-Encoding: identity\r\n"
    origin = (target.scheme, target.host, target.port)
    return Route(target, origin, lines, f"POST {lines}".encode("latin-1"), policy)


def _reason(error: OSError) -> str:
    """Say in a few words why the system gave up, without the address that it tried."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return error.verify_message.rstrip(".")
    if isinstance(error, ssl.SSLError):
        return (error.reason or "TLS failed").replace("_", " ").lower()
    if isinstance(error, socket.gaierror):
        return error.strerror or "the name service failed"
    if error.errno:
        return os.strerror(error.errno)
    return "no answer in time" if isinstance(error, TimeoutError) else "the connection broke"
