"""Many documents to one call of the API, several with a request; the answers as they come."""

from __future__ import annotations

import json
import signal
import threading
from collections import deque
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from dispaccio.cli.client import Door, answering, client_of, error_named, error_of, given_by
from dispaccio.errors import DispaccioError, Unavailable

if TYPE_CHECKING:
    import asyncio

    from httpx2 import AsyncClient

T = TypeVar("T")
AT_ONCE = 2
"""How many requests are under way: while one is answered, the next is read from the disk."""
TOGETHER = 32
"""The most documents that go with one request."""
MOST_BYTES = 1024 * 1024
"""The most bytes that go with one request of several documents."""
News = dict[str, Any] | DispaccioError


@dataclass(slots=True, eq=False)
class _Batch(Generic[T]):
    """The documents of a request, and how many items of each were not told yet."""

    names: list[T] = field(default_factory=list)
    documents: list[bytes] = field(default_factory=list)
    left: dict[int, int] = field(default_factory=dict)

    def fits(self, data: bytes) -> bool:
        size = sum(map(len, self.documents)) + len(data)
        return not self.documents or (len(self.documents) < TOGETHER and size <= MOST_BYTES)

    def add(self, name: T, data: bytes) -> None:
        self.names.append(name)
        self.documents.append(data)

    def tell(self, line: dict[str, Any]) -> tuple[T, News]:
        """A line of the answer, with the name of its document."""
        at = line["document"] - 1
        if "error" in line:
            self.left[at] = 0
            return self.names[at], error_named(line["error"]["code"], line["error"]["message"])
        self.left[at] = self.left.get(at, line["of"]) - len(line["items"])
        return self.names[at], line

    def open(self) -> list[_Batch[T]]:
        """The documents of which not all was told, each in a batch of its own."""
        return [
            _Batch([name], [data])
            for at, (name, data) in enumerate(zip(self.names, self.documents, strict=True))
            if self.left.get(at) != 0
        ]


def post_all(
    door: Door,
    url: str,
    documents: Iterable[tuple[T, bytes]],
    query: dict[str, object],
    headers: dict[str, str | None],
) -> Iterator[tuple[T, News]]:
    """Post documents; the news of each, or its error, with its name, as it comes.

    Where a request fails, the documents that it left open are posted again, each by itself: only
    the one at which the wire fails does not come in. Raises what is Unavailable, and ServerSilent,
    and KeyboardInterrupt when it waits for news and Ctrl-C was pressed.
    """
    import asyncio

    import uvloop

    given = given_by(query, headers)
    coming, running = _batches(documents), set[_Batch[T]]()
    again: deque[_Batch[T]] = deque()
    with (
        asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner,
        closing(_Line(door, url, given, runner)) as line,
        _heeding(line),
    ):
        while True:
            while len(running) < AT_ONCE:
                batch = again.popleft() if again else next(coming, None)
                if batch is None:
                    break
                running.add(batch)
                line.post(batch)
            if not running:
                return
            for batch, said in line.news():
                if said is None:
                    running.discard(batch)
                elif isinstance(said, DispaccioError):
                    if isinstance(said, Unavailable):
                        raise said
                    if len(batch.names) == 1:
                        yield batch.names[0], said
                    else:
                        again.extend(batch.open())
                else:
                    yield batch.tell(said)


def _batches(documents: Iterable[tuple[T, bytes]]) -> Iterator[_Batch[T]]:
    batch = _Batch[T]()
    for name, data in documents:
        if not batch.fits(data):
            yield batch
            batch = _Batch()
        batch.add(name, data)
    if batch.names:
        yield batch


@contextmanager
def _heeding(line: _Line) -> Iterator[None]:
    """Have Ctrl-C stop a line at one known place, instead of what happens to be running.

    ``asyncio.Runner`` puts a handler of its own in place for each ``run``, and a Ctrl-C in between
    ends as a CancelledError that nobody expects, or in code of the wire that tidies up.
    """
    before = signal.getsignal(signal.SIGINT)
    if (
        before is not signal.default_int_handler
        or threading.current_thread() is not threading.main_thread()
    ):
        yield
        return
    signal.signal(signal.SIGINT, lambda *_: line.stop())
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


class _Line:
    """A client that stays open for many calls, and what their answers bring."""

    def __init__(self, door: Door, url: str, given: dict[str, Any], runner: asyncio.Runner) -> None:
        import asyncio

        self._client, self._url, self._given = client_of(door, None), url, given
        self._runner, self._tasks = runner, set[asyncio.Task[None]]()
        self._news: asyncio.Queue[tuple[Any, News | None]] = asyncio.Queue()
        self._stopped = False

    def stop(self) -> None:
        """Let nothing more be waited for. Raises KeyboardInterrupt if it is said again."""
        if self._stopped:
            raise KeyboardInterrupt
        self._stopped = True
        self._runner.get_loop().call_soon_threadsafe(self._news.put_nowait, (None, None))

    def close(self) -> None:
        for task in self._tasks:
            task.cancel()
        self._runner.run(self._client.aclose())

    def post(self, batch: _Batch[Any]) -> None:
        """Begin a request."""
        task = self._runner.get_loop().create_task(self._post(batch))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def news(self) -> Iterator[tuple[_Batch[Any], News | None]]:
        """What has come by now, waited for where that is nothing; None ends an answer.

        Raises KeyboardInterrupt once the line is stopped.
        """
        found = self._runner.run(self._news.get())
        while not self._stopped:
            yield found
            if self._news.empty():
                return
            found = self._news.get_nowait()
        raise KeyboardInterrupt

    async def _post(self, batch: _Batch[Any]) -> None:
        try:
            await self._answered(self._client, batch)
        except DispaccioError as error:
            self._news.put_nowait((batch, error))
        self._news.put_nowait((batch, None))

    async def _answered(self, client: AsyncClient, batch: _Batch[Any]) -> None:
        sizes = ",".join(str(len(data)) for data in batch.documents)
        params = {**self._given["params"], "sizes": sizes}
        given = {**self._given, "params": params, "content": b"".join(batch.documents)}
        async with answering(), client.stream("POST", self._url, **given) as answer:
            if not answer.is_success:
                await answer.aread()
                raise error_of(answer)
            async for text in answer.aiter_lines():
                line = json.loads(text)
                if "document" not in line:
                    raise error_named(line["error"]["code"], line["error"]["message"])
                self._news.put_nowait((batch, line))
