from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from dispaccio.clock import Clock
from dispaccio.delivery import predial
from dispaccio.egress.client import Client, Pool
from dispaccio.egress.policy import Policy
from tests.egress.receivers import OK, always, receiving, until

NOON = datetime(2026, 5, 26, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("now", "quarter"),
    [
        ("11:00:00", "11:15:00"),
        ("11:14:39", "11:15:00"),
        ("11:14:40", "11:30:00"),
        ("11:59:59", "12:15:00"),
        ("23:50:00", "24:00:00"),
    ],
)
def test_it_begins_before_every_quarter(now: str, quarter: str) -> None:
    def at(text: str) -> datetime:
        hours, minutes, seconds = map(int, text.split(":"))
        return NOON - timedelta(hours=12) + timedelta(hours=hours, minutes=minutes, seconds=seconds)

    assert predial.next_dialling(at(now)) == at(quarter) - predial.AHEAD


def test_connections_are_there_and_nothing_was_sent() -> None:
    async def main() -> None:
        pool = Pool()
        async with (
            receiving(always(OK)) as receiver,
            Client(Policy(test=True), pool=pool) as client,
        ):
            urls = [receiver.url(), receiver.url("127.0.0.1", "/other"), "http://127.0.0.1:1/"]
            assert await predial.dial(client, urls) == 1
            await until(lambda: receiver.connections == 1)
            assert (len(pool), receiver.requests) == (1, [])
            assert await predial.dial(client, urls) == 0
            assert (await client.post(receiver.url(), {}, b"")).status == 200
            assert receiver.connections == 1

    asyncio.run(main())


def test_it_dials_whether_or_not_anything_is_due() -> None:
    ahead = [predial.next_dialling(datetime.now(UTC)) - datetime.now(UTC)]
    asked = []

    async def addresses() -> list[str]:
        asked.append(1)
        return []

    async def main() -> None:
        async with Client(Policy(test=True)) as client:
            clock = Clock(now=lambda: datetime.now(UTC) + ahead[0] - timedelta(seconds=0.1))
            work = asyncio.create_task(predial.keep_predialling(clock, client, addresses))
            await until(lambda: bool(asked))
            work.cancel()

    asyncio.run(asyncio.wait_for(main(), 20))
