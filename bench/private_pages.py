"""Private pages and autosave at 1,000 and 100,000 releases: server time by clock and by processor.

The application is asked in this process, as the server asks it, with people's own sessions; what is
measured is everything between a request and the last byte of its answer. The processor time is that
of the whole process: threads and event loop. ``DISPACCIO_BENCH_RELEASES`` sets another size than
100,000, ``DISPACCIO_BENCH_DIR`` keeps the filled homes for the next run.
"""

from __future__ import annotations

import asyncio
import os
import time
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from sqlalchemy import text

from bench import _fill, _home, _road, _texts
from bench._home import ISSUER, Home
from bench._numbers import line, percentile
from dispaccio.intake.sheet import Sheet
from dispaccio.server import Application
from dispaccio.server.parts import spare_the_collector
from dispaccio.store.engine import Tx
from dispaccio.wire import (
    accounts,
    advance,
    drafting,
    endpoints,
    organisations,
    people,
    review,
    vetting,
)
from dispaccio.wire.core import Wire
from dispaccio.wire.public import Public

SMALL = 1_000
GOAL, GOAL_AUTOSAVE = 60, 50
ENDPOINTS, WAITING, DRAFTS, COLLEAGUES, APPLICATIONS, OFFERED = 10, 200, 20, 100, 40, 10
"""What a busy wire has beside its releases; the desk's list is full."""
PASSWORD = "four small words of mine"
PAPER = "gazette"
ROLES = {
    "anna": f"author:{ISSUER}",
    "dora": "desk",
    "olga": "operator",
    "sam": f"subscriber:{PAPER}",
    "vera": f"vetted_reader:{PAPER}",
}


@dataclass(frozen=True, slots=True)
class Case:
    """A page, who asks for it, and the form where one is sent."""

    name: str
    who: str
    path: str
    form: Mapping[str, str] | None = None
    goal: int = GOAL


def main(*, small: int = SMALL, large: int | None = None, each: int = 100) -> None:
    large = large or int(os.environ.get("DISPACCIO_BENCH_RELEASES", "100000"))
    worst: dict[int, dict[str, tuple[float, float]]] = {}
    for count in (small, large):
        with _home.scratch() as folder:
            home = _fill.filled(folder / "home", count)
            line(f"{count:,} releases", "")
            with home.open() as wire:
                worst[count] = asyncio.run(_measure(wire, home, each))
    line(f"median processor time, {large:,} beside {small:,}", "")
    for name, found in worst[large].items():
        line(f"  {name}", f"{found[0] / worst[small][name][0]:.2f}")


async def _measure(wire: Wire, home: Home, each: int) -> dict[str, tuple[float, float]]:
    cookies, cases = _furnish(wire, home)
    app = Application(wire, Public(wire))
    spare_the_collector()
    found = {}
    for case in cases:
        clock, used = [], []
        for turn in range(each + 5):
            begun, cpu = time.perf_counter(), time.process_time()
            status = await _ask(app, case, cookies[case.who], turn)
            took = (time.perf_counter() - begun) * 1000, (time.process_time() - cpu) * 1000
            if status != 200:
                raise RuntimeError(f"{case.name}: {status}")
            if turn >= 5:
                clock.append(took[0])
                used.append(took[1])
        found[case.name] = (percentile(used, 0.5), percentile(used, 0.99))
        line(
            f"  {case.name}",
            f"clock {percentile(clock, 0.5):.1f} ms, p99 {percentile(clock, 0.99):.1f} ms; "
            f"processor {found[case.name][0]:.1f} ms, p99 {found[case.name][1]:.1f} ms",
            f"<= {case.goal} ms",
        )
    return found


async def _ask(app: Any, case: Case, cookie: str, turn: int) -> int:
    """One request, as the server hands it on; the status of its answer."""
    body = b""
    headers = [(b"host", b"127.0.0.1:8000"), (b"cookie", f"dispaccio={cookie}".encode())]
    if case.form is not None:
        said = {**case.form, "text": f"{case.form['text']} {turn}", "saved": str(turn + 1)}
        body = urlencode(said).encode()
        kind = b"application/x-www-form-urlencoded"
        headers += [(b"content-type", kind), (b"origin", b"http://127.0.0.1:8000")]
    path, _, query = case.path.partition("?")
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "GET" if case.form is None else "POST",
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "query_string": query.encode(),
        "root_path": "",
        "headers": headers,
        "client": ("127.0.0.1", 50_000),
        "server": ("127.0.0.1", 8000),
        "state": {},
    }
    status: list[int] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: Any) -> None:
        if message["type"] == "http.response.start":
            status.append(message["status"])

    await app(scope, receive, send)
    return status[0]


def _furnish(wire: Wire, home: Home) -> tuple[dict[str, str], list[Case]]:
    """What a busy wire has beside its releases; the sessions of its people, and what is asked."""
    actor = home.actor
    organisations.add_subscriber(wire, actor, PAPER, "The Gazette")
    cookies = {name: _session(wire, home, name, role) for name, role in ROLES.items()}
    for number in range(COLLEAGUES):
        people.add(wire, actor, f"colleague-{number}", f"c{number}@lumora.example", ["desk"])
    ids = [
        endpoints.add(wire, actor, PAPER, f"https://gazette.example/in/{n}")["endpoint"]
        for n in range(ENDPOINTS)
    ]
    with wire.store.write(wire.clock.now()) as tx:
        _deliver(tx)
    for number in range(APPLICATIONS):
        email = f"reader{number}@press.example"
        vetting.apply(
            wire, language="en", email=email, full_name="R", outlet="Press", proof="press.example"
        )
    author, reader = people.by_name(wire, "anna"), people.by_name(wire, "vera")
    waiting = [_road.hand_in(wire, home, 1_000_000 + n) for n in range(WAITING)]
    for id in waiting[:OFFERED]:
        at = wire.clock.now() + timedelta(days=1)
        review.approve(wire, actor, id, confirm=True, at=at)
        advance.offer(wire, author, id, ["vera"])
    advance.accept(wire, reader)
    drafts = [
        drafting.save(wire, author, str(uuid.uuid4()), 0, _sheet(n), ISSUER).id
        for n in range(DRAFTS)
    ]
    newest = Public(wire).latest(1)[0].number
    return cookies, list(_cases(waiting, ids[0], drafts[0], newest))


def _cases(waiting: list[str], endpoint: str, draft: str, newest: str) -> Iterator[Case]:
    yield Case("/desk", "dora", "/desk")
    yield Case("/desk/<text on its way>", "dora", f"/desk/{waiting[-1]}")
    yield Case("/desk/<public text>", "dora", f"/desk/{newest}")
    yield Case("/releases", "anna", "/releases")
    yield Case("/releases/<number>/report", "anna", f"/releases/{newest}/report")
    yield Case("/releases/<number>/withdraw", "anna", f"/releases/{newest}/withdraw")
    yield Case("/submit", "anna", "/submit")
    yield Case("/submit/<draft>", "anna", f"/submit/{draft}")
    yield Case("/operator", "olga", "/operator")
    yield Case("/people", "olga", "/people")
    yield Case("/organisations", "olga", "/organisations")
    yield Case("/me", "sam", "/me")
    yield Case("/me/<endpoint>", "sam", f"/me/{endpoint}")
    yield Case("/vetting", "dora", "/vetting")
    yield Case("/reading", "vera", "/reading")
    yield Case("/reading/<text>", "vera", f"/reading/{waiting[0]}")
    yield Case("/account", "anna", "/account")
    sheet = _sheet(0)
    form = {"language": sheet.language, "label": sheet.label, "headline": sheet.headline}
    form |= {"place": sheet.place, "text": sheet.text, "zone": sheet.zone}
    path = f"/submit/{draft}/autosave"
    yield Case("autosave of 600 words", "anna", path, form, GOAL_AUTOSAVE)


def _session(wire: Wire, home: Home, name: str, role: str) -> str:
    sent = accounts.invite(wire, home.actor, name, f"{name}@lumora.example", [role])
    return accounts.accept(wire, str(sent["url"]).rsplit("/", 1)[1], PASSWORD)


def _sheet(seed: int) -> Sheet:
    said = _texts.release(seed)
    return Sheet(
        language=said.language or "",
        label="institutional",
        headline=f"{said.headline} {seed}",
        place=said.place or "",
        text="\n\n".join(block.text for block in said.body),
        zone="Europe/Rome",
    )


def _deliver(tx: Tx) -> None:
    """Every release was delivered to every endpoint, but for the newest ones, where some failed."""
    now = int(tx.now.timestamp() * 1_000_000)
    tx.run(
        text(
            "INSERT INTO delivery (release, version, run, endpoint, state, class, gate, attempt, "
            "settled) SELECT r.key, r.version, 0, e.key, "
            "CASE WHEN r.key > :newest AND e.key % 9 = 0 THEN 'exhausted' ELSE 'delivered' END, "
            "1, 0, 1, :now FROM release r, endpoint e"
        ),
        {"now": now, "newest": _newest(tx) - 50},
    )
    tx.run(
        text(
            "INSERT INTO attempt (release, version, run, endpoint, number, at, took_ms, outcome, "
            "status, sha256) SELECT d.release, d.version, 0, d.endpoint, 1, "
            "r.first_created + 400000 + d.endpoint * 1000, 20, "
            "CASE d.state WHEN 'delivered' THEN 'delivered' ELSE 'answered' END, 200, :sha "
            "FROM delivery d JOIN release r ON r.key = d.release"
        ),
        {"sha": "ab" * 32},
    )


def _newest(tx: Tx) -> int:
    return int(tx.run(text("SELECT MAX(key) FROM release")).scalar_one())
