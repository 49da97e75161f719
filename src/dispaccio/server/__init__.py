"""One process that does everything: site, API, control socket, publisher and courier."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import logging
import os
import signal
import socket
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import uvicorn
import uvloop
from anyio import to_thread
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Receive, Scope, Send

from dispaccio.clock import Clock
from dispaccio.delivery.digests import Digests
from dispaccio.delivery.escalation import Escalation
from dispaccio.delivery.pulse import Pulse
from dispaccio.delivery.rounds import rounds
from dispaccio.delivery.supplies import Supplies
from dispaccio.egress.client import Client, Pool
from dispaccio.embargo.schedule import LONGEST_SLEEP, next_step
from dispaccio.errors import ClockUntrusted, DispaccioError, PortTaken, StoreFailed, UnusableHost
from dispaccio.server.courier import courier_store, make_courier
from dispaccio.server.parts import (
    fault,
    kept_connections,
    raise_file_limit,
    say,
    spare_the_collector,
    supplies,
)
from dispaccio.site.addresses import PRIVATE
from dispaccio.site.app import create_site
from dispaccio.site.front import Front
from dispaccio.store.engine import Store
from dispaccio.wire import advance_mail, egress, files, hub, post
from dispaccio.wire.core import Wire
from dispaccio.wire.home import open_home
from dispaccio.wire.lock import hold
from dispaccio.wire.private import Private
from dispaccio.wire.public import Public
from dispaccio.wire.publish import Publisher

API, PUSHED = "/api/v1", ("/hub", "/stream")
CONTROL = "control.sock"
LOCAL = "dispaccio.local"
_STUCK = (
    "A release that is due could not be published ({}); it is tried again every minute, and "
    "`dispaccio status` shows that it is overdue."
)
_THREADS = 8
"""How many calls are worked on at once: more only wait for each other, and for the one writer."""


@dataclass(frozen=True, slots=True)
class Listening:
    """Where the wire listens, handed to ``ready`` when it does."""

    host: str
    port: int

    @property
    def url(self) -> str:
        """The address to open on this machine."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"http://{host}:{self.port}"


class Application:
    """The public ASGI application: health, API, and everything else behind the cache."""

    def __init__(self, wire: Wire, view: Public) -> None:
        self._wire, self._view = wire, view
        self.front = Front(create_site(view, Private(wire, view)))
        self.pulse = Pulse()
        wire.changed.append(self.pulse.beat)
        self._made: tuple[ASGIApp, ASGIApp, ASGIApp] | None = None
        self._making = asyncio.Lock()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request. A fault of ours is said on standard error."""
        if scope["type"] != "http":
            return
        try:
            await self._answer(scope, receive, send)
        except ClientDisconnect:
            return
        except Exception as error:
            say(fault(error))
            raise

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = scope["path"]
        if path == "/healthz":
            await self._health(send)
        elif path == API or path.startswith(API + "/"):
            inner = {**scope, "root_path": scope.get("root_path", "") + API}
            await (await self._lazy())[0](inner, receive, send)
        elif path in PUSHED:
            await (await self._lazy())[1](scope, receive, send)
        elif path[1:].partition("/")[0] in PRIVATE:
            await (await self._lazy())[2](scope, receive, send)
        else:
            await self.front(scope, receive, send)

    async def _lazy(self) -> tuple[ASGIApp, ASGIApp, ASGIApp]:
        async with self._making:
            if self._made is None:
                self._made = await asyncio.to_thread(self._make)
        return self._made

    def _make(self) -> tuple[ASGIApp, ASGIApp, ASGIApp]:
        from dispaccio.api.app import create_api
        from dispaccio.api.catch_up import Catching
        from dispaccio.api.push import create_push
        from dispaccio.office.app import create_office

        catching = Catching(self._wire, self.pulse)
        api = create_api(self._wire, self._view, catching)
        return api, create_push(catching), create_office(self._wire, self._view)

    async def _health(self, send: Send) -> None:
        """Well or not, and nothing about what is due."""
        well = self._wire.store.failed is None
        headers = [(b"content-type", b"text/plain"), (b"cache-control", b"no-store")]
        status = 200 if well else 503
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": b"ok\n" if well else b"failed\n"})


def local(app: ASGIApp) -> ASGIApp:
    """The same application for those who may open the control socket."""

    async def trusted(scope: Scope, receive: Receive, send: Send) -> None:
        await app({**scope, LOCAL: True}, receive, send)

    return trusted


def serve(
    home: Path,
    host: str,
    port: int,
    clock: Clock,
    ready: Callable[[Listening], None],
    *,
    deliver: bool = True,
) -> None:
    """Serve a home until SIGINT or SIGTERM; without ``deliver`` other processes are the couriers.

    Raises HomeInUse, PortTaken, UnusableHost, what opening a home raises, and SharedStoreNeeded
    where nobody else could deliver.
    """
    raise_file_limit()
    logging.getLogger("uvicorn.error").setLevel(logging.CRITICAL)
    with hold(home, patience=5), contextlib.closing(_listen(host, port)) as public:
        wire = open_home(home, clock)
        try:
            with (
                _control(home) as control,
                courier_store(wire, needed=not deliver) as store,
                asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner,
            ):
                runner.run(_run(wire, store, public, control, ready, deliver=deliver))
        finally:
            wire.store.close()


async def _run(
    wire: Wire,
    store: Store | None,
    public: socket.socket,
    control: socket.socket,
    ready: Callable[[Listening], None],
    *,
    deliver: bool,
) -> None:
    to_thread.current_default_thread_limiter().total_tokens = _THREADS
    view = Public(wire)
    app = Application(wire, view)
    servers = [_server(app, wire), _server(local(app), wire)]
    loop = asyncio.get_running_loop()
    for name in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(name, _stop, servers, app.pulse)
    pool = Pool(total=kept_connections())
    async with Client(egress.policy(wire), pool=pool) as client:
        publisher = Publisher(wire)
        given = supplies(wire, client, view, publisher.is_behind)
        courier = make_courier(wire, store, given) if deliver else None
        due = asyncio.Event()

        def changed() -> None:
            app.front.invalidate()
            if courier:
                courier.wake()
            loop.call_soon_threadsafe(due.set)

        wire.changed.append(changed)
        work = [
            asyncio.create_task(_keep_publishing(wire, publisher, due), name="publisher"),
            *_slow_loops(wire, given),
            *([asyncio.create_task(courier.run(), name="courier")] if courier else []),
        ]
        serving = [
            asyncio.create_task(server.serve([listener]))
            for server, listener in zip(servers, (public, control), strict=True)
        ]
        where = public.getsockname()
        spare_the_collector()
        ready(Listening(where[0], where[1]))
        await _until_one_ends(work, serving, partial(_stop, servers, app.pulse))


async def _until_one_ends(
    work: list[asyncio.Task[None]], serving: list[asyncio.Task[None]], stop: Callable[[], None]
) -> None:
    """Wait for the end of any of these, and end the others. Raises StoreFailed for a fault."""
    try:
        await asyncio.wait([*work, *serving], return_when=asyncio.FIRST_COMPLETED)
    finally:
        stop()
        await asyncio.gather(*serving)
        ended = [task.exception() for task in work if task.done() and not task.cancelled()]
        for task in work:
            task.cancel()
        await asyncio.gather(*work, return_exceptions=True)
    for error in ended:
        if error is not None:
            raise StoreFailed(f"The wire stopped: {fault(error)}") from error


LEASES_EVERY, SWEEP_EVERY = 60.0, 3600.0
"""Seconds between two looks at who subscribed to feeds, and at what uploads left behind."""


def _slow_loops(wire: Wire, given: Supplies) -> list[asyncio.Task[None]]:
    """What is looked after now and then: mails to people, digests, leases of the hub, files."""
    leases = partial(asyncio.to_thread, hub.end_leases, wire)
    sweep = partial(asyncio.to_thread, files.sweep, wire)
    return [
        asyncio.create_task(post.posting(wire, given.means).run(), name="post"),
        asyncio.create_task(advance_mail.posting(wire, given.means).run(), name="embargo"),
        asyncio.create_task(Digests(wire.store, wire.clock, given).run(), name="digests"),
        asyncio.create_task(Escalation(wire.store, wire.clock, given).run(), name="escalation"),
        asyncio.create_task(rounds(wire.store, LEASES_EVERY, leases), name="leases"),
        asyncio.create_task(rounds(wire.store, SWEEP_EVERY, sweep), name="sweep"),
    ]


async def _keep_publishing(wire: Wire, publisher: Publisher, due: asyncio.Event) -> None:
    """Prepare what comes, publish what is due. A loop around the clock, not a timer."""
    known: set[int] = set()
    while True:
        due.clear()
        try:
            soonest = await asyncio.to_thread(publisher.next_due)
            step = next_step(wire.clock.now(), soonest, trusted=wire.clock_trusted())
            wait = step.sleep.total_seconds()
            if step.publish:
                done = await asyncio.to_thread(publisher.publish_due)
                wait = 0.0 if done else LONGEST_SLEEP.total_seconds()
                for key in publisher.stuck.keys() - known:
                    say(_STUCK.format(publisher.stuck[key]))
                known = set(publisher.stuck)
            elif soonest is not None and soonest <= step.prepare_until:
                await asyncio.to_thread(publisher.prepare, step.prepare_until)
                wait = min(wait, max(0.0, (soonest - wire.clock.now()).total_seconds()))
        except ClockUntrusted:
            wait = LONGEST_SLEEP.total_seconds()
        except StoreFailed:
            if wire.store.failed is not None:
                raise
            wait = LONGEST_SLEEP.total_seconds()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(wait):
                await due.wait()


class _Server(uvicorn.Server):
    """A server that leaves signals to us, since two of them share the loop, and sleeps."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self._ends = asyncio.Event()

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield

    async def main_loop(self) -> None:
        """Write the date anew each second until the end; uvicorn's own loop looks ten times."""
        while not await self.on_tick(0):
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(1.0):
                    await self._ends.wait()

    def end(self) -> None:
        """Take no more, and stop when what came was answered."""
        self.should_exit = True
        self._ends.set()


def _server(app: ASGIApp, wire: Wire) -> _Server:
    proxies = list(wire.settings.trusted_proxies)
    return _Server(
        uvicorn.Config(
            app,
            loop="none",
            http="httptools",
            ws="none",
            lifespan="off",
            log_config=None,
            access_log=False,
            server_header=False,
            proxy_headers=bool(proxies),
            forwarded_allow_ips=proxies or None,
            timeout_keep_alive=30,
            timeout_graceful_shutdown=5,
        )
    )


def _stop(servers: list[_Server], pulse: Pulse) -> None:
    pulse.end()
    for server in servers:
        server.end()


def _listen(host: str, port: int) -> socket.socket:
    """A socket that listens. An empty host is refused: it would mean every network there is."""
    if not host.strip():
        raise UnusableHost("--host is empty; name an address of this machine, such as 127.0.0.1.")
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = None
    try:
        listener = socket.socket(family, socket.SOCK_STREAM)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
    except (OSError, ValueError) as error:
        if listener:
            listener.close()
        raise _refused(host, port, error) from None
    listener.listen(2048)
    return listener


def _refused(host: str, port: int, error: OSError | ValueError) -> DispaccioError:
    """Why the wire cannot listen there; a name that leads nowhere has no errno of its own."""
    if isinstance(error, OSError) and not isinstance(error, socket.gaierror):
        said = os.strerror(error.errno) if error.errno else str(error)
        if error.errno in (errno.EADDRINUSE, errno.EACCES, errno.EADDRNOTAVAIL):
            return PortTaken(
                f"The wire cannot listen on {host}:{port} ({said}); "
                "choose another with --host and --port."
            )
    else:
        said = "that leads to no address"
    return UnusableHost(
        f"The wire cannot listen on the host {host[:80]!r} ({said}); name an address of this "
        "machine, such as 127.0.0.1 or ::1, with --host."
    )


@contextlib.contextmanager
def _control(home: Path) -> Iterator[socket.socket]:
    """The control socket, mode 0600, bound through its folder: a path over 107 bytes fails."""
    folder = os.open(home / "run", os.O_RDONLY | os.O_DIRECTORY)
    path = f"/proc/self/fd/{folder}/{CONTROL}"
    with contextlib.suppress(FileNotFoundError):
        Path(path).unlink()
    control = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    before = os.umask(0o177)
    try:
        control.bind(path)
    finally:
        os.umask(before)
    control.listen(128)
    try:
        yield control
    finally:
        control.close()
        with contextlib.suppress(FileNotFoundError):
            Path(path).unlink()
        os.close(folder)
