"""Clients that work on while their server is killed and started again, and remember what it said.

A client that got no answer asks again, as a good one does: a submission with its Idempotency-Key, a
move by looking what became of it. What was acknowledged stands in the ``Story``; the proof compares
it with what is there in the end.
"""

from __future__ import annotations

import random
import re
import threading
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.client import HTTPException
from typing import Self

from dispaccio.release.canonical import write_instant
from dispaccio.testing.home import Home, document
from dispaccio.testing.server import Answer, Client, Server


@dataclass(slots=True)
class Story:
    """One release from its client's side."""

    key: str = field(default_factory=lambda: uuid.uuid4().hex)
    id: str | None = None
    number: str | None = None
    times: list[float] = field(default_factory=list)
    """The release time that was asked for each version, 0 where it was "now" (Unix time)."""
    version: int = 0
    """The newest version that was seen, or acknowledged."""
    withdrawn: bool = False
    ended: bool = False


@dataclass(slots=True)
class Sight:
    """What a reader saw first, and when: a version of a release under a number."""

    id: str
    version: int
    number: str
    at: float


class Load:
    """Authors and readers as threads. ``up`` is set while there is a server to talk to."""

    def __init__(self, server: Server, home: Home, authors: int) -> None:
        self._server, self._home = server, home
        self.up = threading.Event()
        self.stories: list[Story] = []
        self.sights: dict[tuple[str, int], Sight] = {}
        self.errors: list[BaseException] = []
        self.answered, self.cut_off = 0, 0
        """How many requests got an answer, and how many none."""
        self._stop, self._over = threading.Event(), threading.Event()
        self._authors = [
            threading.Thread(target=self._keep, args=(self._tell,)) for _ in range(authors)
        ]
        self._reader = threading.Thread(target=self._keep, args=(self._read,))

    def __enter__(self) -> Self:
        """Begin."""
        for thread in (*self._authors, self._reader):
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """End at once, whatever is still to be done."""
        self._over.set()
        self.up.set()
        for thread in (*self._authors, self._reader):
            thread.join(20)

    def finish(self) -> None:
        """Let every story come to its end, then stop."""
        self._stop.set()
        for thread in self._authors:
            thread.join(60)
        assert not self.errors, self.errors
        assert all(story.ended for story in self.stories)

    def persist(
        self, person: str, method: str, path: str, body: dict[str, object], key: str | None = None
    ) -> Answer:
        """Ask until there is an answer, across restarts. A 503 is an answer to ask again."""
        headers = {"idempotency-key": key} if key else {}
        while not self._over.is_set():
            self.up.wait(30)
            client = Client(self._server.port, self._home.keys[person], timeout=10)
            try:
                answer = client.ask(
                    method, f"/api/v1{path}", body if method != "GET" else None, headers
                )
                self.answered += 1
                if answer.status != 503:
                    return answer
            except (OSError, HTTPException):
                self.cut_off += 1
            finally:
                client.close()
            time.sleep(0.02)
        raise RuntimeError(f"{method} {path} got no answer to the end")

    def _keep(self, work: Callable[[], None]) -> None:
        try:
            work()
        except BaseException as error:
            self.errors.append(error)
            self._stop.set()

    def _tell(self) -> None:
        while not self._stop.is_set():
            story = Story()
            self.stories.append(story)
            self._submit(story)
            self._approve(story, within=1.5)
            self._await(story, 1)
            if random.random() < 0.7:
                self._correct(story)
            if random.random() < 0.4:
                self._withdraw(story)
            story.ended = True

    def _submit(self, story: Story) -> None:
        said = document(f"Aurora opens plant {story.key}")
        answer = self.persist("anna", "POST", "/submissions", said, story.key)
        assert answer.status == 201, answer
        story.id = answer.json()["id"]

    def _correct(self, story: Story) -> None:
        said = document(f"Aurora opens plant {story.key}", text="It employs 112 people, not 120.")
        path = f"/releases/{story.number}/corrections?reason=figures"
        answer = self.persist("anna", "POST", path, said, f"{story.key}-2")
        assert (answer.status, answer.json().get("id")) == (201, story.id), answer
        self._approve(story, within=0.5)
        self._await(story, 2)

    def _approve(self, story: Story, *, within: float) -> None:
        """Approve for a moment soon; asked again, an earlier call may have done it."""
        first: float | None = None
        while True:
            at = datetime.now(UTC) + timedelta(seconds=0.3 + random.random() * within)
            first = first or at.timestamp()
            asked = {"confirm": True, "release_time": write_instant(at)}
            answer = self.persist("dora", "POST", f"/submissions/{story.id}/approve", asked)
            if answer.status == 200:
                story.times.append(at.timestamp())
                return
            code = answer.json()["code"]
            if code in ("illegal-move", "nothing-open"):
                story.times.append(first)
                return
            assert code in ("time-out-of-range", "findings-stop"), answer

    def _await(self, story: Story, version: int) -> None:
        """Wait until the reader saw a version."""
        end = time.monotonic() + 60
        while (sight := self.sights.get((story.id or "", version))) is None:
            if time.monotonic() > end or self._over.is_set():
                raise AssertionError(f"{story} was not published")
            time.sleep(0.02)
        story.number, story.version = sight.number, version

    def _withdraw(self, story: Story) -> None:
        path = f"/releases/{story.number}/withdraw"
        answer = self.persist("dora", "POST", path, {"reason": "error"})
        assert answer.status == 200 or answer.json()["code"] == "illegal-move", answer
        story.times.append(0.0)
        story.version += 1
        story.withdrawn = True

    def _read(self) -> None:
        """Look at what is public, over and over, and note each version when it is first seen."""
        while not self._over.is_set():
            for path in ("/api/v1/releases?limit=100", "/atom.xml"):
                self.up.wait(30)
                time.sleep(0.03)
                client = Client(self._server.port, timeout=10)
                try:
                    self._note(client.get(path))
                except (OSError, HTTPException):
                    continue
                finally:
                    client.close()

    def _note(self, answer: Answer) -> None:
        if answer.body.startswith(b"{"):
            seen = [(r["id"], r["version"], r["number"]) for r in answer.json()["releases"]]
        else:
            text = answer.body.decode()
            ids = re.findall(r"<id>(urn:uuid:[^<]+)</id>", text)
            assert len(ids) == len(set(ids)), "a release stands twice in the feed"
            seen = []
        for id, version, number in seen:
            key = (id.removeprefix("urn:uuid:"), version)
            self.sights.setdefault(key, Sight(*key, number, answer.at))
