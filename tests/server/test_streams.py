"""Streams of a real process: what comes, what settles it, when it ends, and what it costs."""

from __future__ import annotations

import contextlib
import http.client
import json
import socket
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from dispaccio.testing import home as homes
from dispaccio.testing.home import Home
from dispaccio.testing.server import Client, Server
from tests.server.events import Events

pytestmark = [pytest.mark.timeout(120), pytest.mark.long]


class Wire:
    """A wire that is served, and the people who work on it over HTTP."""

    def __init__(self, home: Home, server: Server) -> None:
        self.home, self.server = home, server
        self.desk = server.client(home.keys["dora"])
        self.operator = server.client(home.keys["olga"])
        self.sam = home.keys["sam"]

    def endpoint(self, carrier: str = "stream", **more: Any) -> str:
        body = {"subscriber": "gazette", "address": "-", "carrier": carrier, **more}
        answer = self.operator.post("/endpoints", body)
        assert answer.status == 201, answer.body
        return str(answer.json()["endpoint"])

    def publish(self, title: str) -> str:
        body = json.dumps(homes.document(title)).encode()
        said = self.desk.post("/submissions?issuer=aurora", body, content_type="application/json")
        assert said.status == 201, said.body
        done = self.desk.post(f"/submissions/{said.json()['id']}/publish", {"confirm": True})
        assert done.status == 200, done.body
        return str(done.json()["published"][0]["number"])

    def withdraw(self, number: str) -> None:
        answer = self.desk.post(f"/releases/{number}/withdraw", {"reason": "error"})
        assert answer.status == 200, answer.body

    def events(self, path: str, key: str | None = None, *, last: str | None = None) -> Events:
        return Events(self.server.port, path, key, last=last)

    def states(self, number: str, endpoint: str) -> list[str]:
        said = self.desk.ask("GET", f"/api/v1/releases/{number}/deliveries").json()
        return [d["state"] for d in said["deliveries"] if d["endpoint"] == endpoint]

    def pull(self, endpoint: str, query: str = "", key: str | None = None) -> Any:
        client = Client(self.server.port, key or self.sam)
        with contextlib.closing(client):
            answer = client.get(f"/api/v1/deliveries?endpoint={endpoint}{query}")
        assert answer.status == 200, answer.body
        return answer.json()


@pytest.fixture(scope="module")
def wire(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Wire]:
    folder = tmp_path_factory.mktemp("streams") / "home"
    home = homes.make(folder, second_person="never")
    with Server(folder, forked=True) as server:
        yield Wire(home, server)


@pytest.fixture
def own_wire(tmp_path: Path) -> Iterator[Wire]:
    """One that a test may stop."""
    home = homes.make(tmp_path / "home", second_person="never")
    with Server(home.folder, forked=True) as server:
        yield Wire(home, server)


def until(what: Callable[[], object], seconds: float = 20) -> None:
    end = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < end
        time.sleep(0.05)


class TestAnEndpointsStream:
    """``GET /api/v1/stream``."""

    def test_events_come_and_coming_back_settles_them(self, wire: Wire) -> None:
        id = wire.endpoint()
        path = f"/api/v1/stream?endpoint={id}"
        with wire.events(path, wire.sam) as stream:
            assert stream.status == 200
            assert stream.headers["content-type"].startswith("text/event-stream")
            first = wire.publish("One")
            event = stream.next()
            assert event is not None
            assert (event.type, event.data["data"]["number"]) == ("release.published", first)
            assert "T" in event.data["timestamp"]
            second = wire.publish("Two")
            later = stream.next()
            assert later is not None
            assert later.data["data"]["number"] == second
        assert wire.states(first, id) == ["due"]
        with wire.events(path, wire.sam, last=event.id) as stream:
            again = stream.next()
            assert again is not None
            assert (again.id, again.data) == (later.id, later.data)
            assert wire.states(first, id) == ["delivered"]
            assert wire.states(second, id) == ["due"]
        assert wire.pull(id, f"&after={later.id}")["deliveries"] == []
        assert wire.states(second, id) == ["delivered"]

    def test_after_in_the_query_resumes(self, wire: Wire) -> None:
        id = wire.endpoint()
        path = f"/api/v1/stream?endpoint={id}"
        number = wire.publish("One")
        with wire.events(path, wire.sam) as stream:
            event = stream.next()
        assert event is not None
        with wire.events(f"{path}&after={event.id}", wire.sam) as stream:
            assert stream.status == 200
            until(lambda: wire.states(number, id) == ["delivered"])

    def test_a_withdrawal_ends_it_so_that_the_receiver_comes_back(self, wire: Wire) -> None:
        id = wire.endpoint()
        path = f"/api/v1/stream?endpoint={id}"
        number = wire.publish("A mistake")
        with wire.events(path, wire.sam) as stream:
            assert stream.next() is not None
            wire.withdraw(number)
            event = stream.next()
            assert event is not None
            assert event.type == "release.withdrawn"
            assert stream.next() is None
        with wire.events(path, wire.sam, last=event.id):
            until(lambda: wire.states(number, id)[-1] == "delivered")

    def test_a_full_payload_is_in_the_event(self, wire: Wire) -> None:
        id = wire.endpoint(payload="full", format="nitf")
        with wire.events(f"/api/v1/stream?endpoint={id}", wire.sam) as stream:
            wire.publish("One")
            event = stream.next()
        assert event is not None
        assert event.data["document"]["text"].startswith("<?xml")

    def test_what_is_no_stream_is_not_streamed(self, wire: Wire) -> None:
        id = wire.endpoint("pull")
        with wire.events(f"/api/v1/stream?endpoint={id}", wire.sam) as stream:
            assert stream.status == 422
            assert b"only a stream is streamed" in stream.read()

    def test_another_endpoints_cursor(self, wire: Wire) -> None:
        ids = wire.endpoint(), wire.endpoint()
        wire.publish("One")
        cursor = wire.pull(ids[0])["next"]
        path = f"/api/v1/stream?endpoint={ids[1]}"
        with wire.events(path, wire.sam, last=cursor) as stream:
            assert stream.status == 422

    def test_without_a_key(self, wire: Wire) -> None:
        with wire.events(f"/api/v1/stream?endpoint={wire.endpoint()}") as stream:
            assert stream.status == 401

    def test_it_ends_with_its_key(self, wire: Wire) -> None:
        key = wire.operator.post("/people/sam/keys").json()["key"]
        with wire.events(f"/api/v1/stream?endpoint={wire.endpoint()}", key) as stream:
            assert stream.status == 200
            gone = wire.operator.ask("DELETE", f"/api/v1/people/sam/keys/{key[:10]}")
            assert gone.status == 204
            since = time.monotonic()
            while stream.next() is not None:
                pass
            assert stream.ended
            assert time.monotonic() - since < 20  # 5 s, but the machine is shared


class TestEverybodysStream:
    """``GET /stream``."""

    def test_what_becomes_public_from_now_on(self, wire: Wire) -> None:
        wire.publish("Before")
        with wire.events("/stream") as stream:
            assert stream.headers["access-control-allow-origin"] == "*"
            number = wire.publish("After")
            event = stream.next()
        assert event is not None
        assert event.data["data"]["number"] == number
        later = wire.publish("Missed")
        with wire.events("/stream", last=event.id) as stream:
            missed = stream.next()
        assert missed is not None
        assert missed.data["data"]["number"] == later

    def test_nothing_before_its_time(self, wire: Wire) -> None:
        body = json.dumps(homes.document("A scheduled secret")).encode()
        with wire.events("/stream") as stream:
            said = wire.desk.post(
                "/submissions?issuer=aurora", body, content_type="application/json"
            ).json()
            soon = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + 3))
            wish = {"confirm": True, "release_time": soon}
            answer = wire.desk.post(f"/submissions/{said['id']}/approve", wish)
            assert answer.status == 200, answer.body
            event = stream.next()
            assert event is not None
            assert event.data["data"]["title"] == "A scheduled secret"
            assert time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(event.at)) >= soon

    @pytest.mark.parametrize("last", ["x", "-1", "1-00000000", "1.5"])
    def test_what_is_no_event(self, wire: Wire, last: str) -> None:
        with wire.events("/stream", last=last) as stream:
            assert stream.status == 422

    def test_heartbeats(self, wire: Wire) -> None:
        with wire.events("/stream") as stream:
            line = b""
            while not line.startswith(b":"):
                line = stream._answer.readline()
                assert line


def test_pulling_waits_for_what_comes(wire: Wire) -> None:
    id = wire.endpoint("pull")
    begun = wire.pull(id)
    connection = http.client.HTTPConnection("127.0.0.1", wire.server.port, timeout=60)
    path = f"/api/v1/deliveries?endpoint={id}&after={begun['next']}&wait=30"
    connection.request("GET", path, headers={"authorization": f"Bearer {wire.sam}"})
    time.sleep(0.3)
    number = wire.publish("Waited for")
    said = json.loads(connection.getresponse().read())
    connection.close()
    assert [item["number"] for item in said["deliveries"]] == [number]


def test_the_only_endpoint_is_meant(own_wire: Wire) -> None:
    id = own_wire.endpoint("pull")
    client = own_wire.server.client(own_wire.sam)
    assert client.get("/api/v1/deliveries").json()["endpoint"] == id
    own_wire.endpoint("pull")
    answer = client.get("/api/v1/deliveries")
    assert (answer.status, answer.json()["code"]) == (422, "endpoint-needed")


def test_streams_end_when_the_server_stops(own_wire: Wire) -> None:
    id = own_wire.endpoint()
    path = f"/api/v1/stream?endpoint={id}"
    with own_wire.events(path, own_wire.sam) as mine, own_wire.events("/stream") as public:
        assert own_wire.server.stop() == 0
        assert mine.next() is None
        assert public.next() is None


def test_who_does_not_read_is_cut_and_loses_nothing(own_wire: Wire) -> None:
    """A client that stops reading holds up nobody; what it missed is there when it comes back."""
    id = own_wire.endpoint(payload="full", format="html")
    path = f"/api/v1/stream?endpoint={id}"
    slow = socket.create_connection(("127.0.0.1", own_wire.server.port))
    slow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    request = f"GET {path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {own_wire.sam}\r\n\r\n"
    slow.sendall(request.encode())
    numbers = [own_wire.publish(f"Release {count}") for count in range(12)]
    with own_wire.events(path, own_wire.sam) as quick:
        came = [quick.next() for _ in numbers]
    assert [event.data["data"]["number"] for event in came if event] == numbers
    slow.close()


@pytest.mark.long
def test_five_hundred_idle_streams_are_cheap(own_wire: Wire) -> None:
    streams = [own_wire.events("/stream") for _ in range(500)]
    try:
        before, since = own_wire.server.cpu_seconds(), time.monotonic()
        time.sleep(10)
        spent = (own_wire.server.cpu_seconds() - before) / (time.monotonic() - since)
        number = own_wire.publish("For all of them")
        for stream in streams:
            event = stream.next()
            assert event is not None
            assert event.data["data"]["number"] == number
    finally:
        for stream in streams:
            stream.close()
    assert spent < 0.25, f"{spent:.3f} of a core"
