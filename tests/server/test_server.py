"""One real process: who may start it, where it listens, what it does, and how it ends."""

from __future__ import annotations

import http.client
import json
import os
import resource
import signal
import socket
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from dispaccio.api.limits import LONGEST
from dispaccio.clock import Clock
from dispaccio.errors import UnusableHost
from dispaccio.server import serve
from dispaccio.testing import home as homes
from dispaccio.testing.home import Home
from dispaccio.testing.receiver import Receiver
from dispaccio.testing.server import Server
from dispaccio.wire.lock import held

SOCKET = "run/control.sock"


def over_socket(home: Path, method: str, path: str, body: Any = None, person: str = "olga") -> Any:
    """One call over the control socket, by a short path: (status, JSON)."""
    where = os.open(home / "run", os.O_RDONLY | os.O_DIRECTORY)
    connection = http.client.HTTPConnection("localhost", timeout=20)
    connection.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        connection.sock.connect(f"/proc/self/fd/{where}/control.sock")
        headers = {"content-type": "application/json", "dispaccio-as": person}
        connection.request(method, f"/api/v1{path}", body and json.dumps(body), headers)
        answer = connection.getresponse()
        data = answer.read()
        return answer.status, json.loads(data) if data else None
    finally:
        connection.close()
        os.close(where)


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Home, Server, Receiver]]:
    """A home that is served, its folder's path longer than a socket's may be, and a subscriber."""
    folder = tmp_path_factory.mktemp("server") / ("long-" * 24) / "home"
    folder.parent.mkdir()
    home = homes.make(folder, second_person="never")
    with Receiver() as receiver:
        receiver.answers = {"/bad": 500}
        wire = home.open()
        good, bad = homes.subscribe(wire, [receiver.url("/good"), receiver.url("/bad")])
        receiver.secrets = {"/good": good.secret, "/bad": bad.secret}
        wire.store.close()
        with Server(folder, log=tmp_path_factory.mktemp("log") / "log") as server:
            yield home, server, receiver


class TestWhereItListens:
    """The public port and the control socket."""

    def test_health(self, served: tuple[Home, Server, Receiver]) -> None:
        answer = served[1].client().get("/healthz")
        assert (answer.status, answer.body) == (200, b"ok\n")
        assert ("cache-control", "no-store") in answer.headers

    def test_no_server_is_named(self, served: tuple[Home, Server, Receiver]) -> None:
        names = {name for name, _ in served[1].client().get("/").headers}
        assert "server" not in names

    def test_the_control_socket_is_its_owners(self, served: tuple[Home, Server, Receiver]) -> None:
        path = served[0].folder / SOCKET
        assert len(str(path)) > 107
        mode = path.stat().st_mode
        assert stat.S_ISSOCK(mode)
        assert stat.S_IMODE(mode) == 0o600

    def test_a_person_is_believed_there_and_nowhere_else(
        self, served: tuple[Home, Server, Receiver]
    ) -> None:
        home, server, _ = served
        assert over_socket(home.folder, "GET", "/people")[0] == 200
        assert over_socket(home.folder, "GET", "/people", person="anna")[0] == 403
        assert over_socket(home.folder, "GET", "/people", person="nobody")[0] == 422
        assert (
            server.client().ask("GET", "/api/v1/people", headers={"dispaccio-as": "olga"}).status
            == 401
        )

    def test_files_enough_for_thousands_of_connections(
        self, served: tuple[Home, Server, Receiver]
    ) -> None:
        soft, hard = resource.prlimit(served[1].pid, resource.RLIMIT_NOFILE)
        assert soft == min(65_536, hard) or hard == resource.RLIM_INFINITY

    @pytest.mark.long
    def test_a_second_server_is_refused(self, served: tuple[Home, Server, Receiver]) -> None:
        home, server, _ = served
        code = (
            "import sys; from pathlib import Path; from dispaccio.clock import Clock\n"
            "from dispaccio.server import serve\n"
            "serve(Path(sys.argv[1]), '127.0.0.1', 0, Clock(), print)"
        )
        done = subprocess.run(
            [sys.executable, "-c", code, str(home.folder)],
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert done.returncode != 0
        assert f"HomeInUse: The process {server.pid} is using the home" in done.stderr
        assert server.client().get("/healthz").status == 200
        assert (home.folder / SOCKET).exists()

    def test_a_port_that_is_taken(
        self, served: tuple[Home, Server, Receiver], tmp_path: Path
    ) -> None:
        home = homes.make(tmp_path / "home")
        other = Server(home.folder)
        other.port = served[1].port
        with pytest.raises(RuntimeError, match="PortTaken"):
            other.start()
        assert not held(home.folder)

    @pytest.mark.parametrize("host", ["", " ", "nosuch.invalid", "300.1.1.1", "x" * 300])
    def test_a_host_that_cannot_be_listened_on(self, tmp_path: Path, host: str) -> None:
        home = homes.make(tmp_path / "home")
        with pytest.raises(UnusableHost, match=r"--host|the host"):
            serve(home.folder, host, 0, Clock(), lambda where: pytest.fail(where.url))
        assert not held(home.folder)


class TestBigBodies:
    """A client that sends too much sees the answer, not a reset."""

    @pytest.mark.parametrize("how", ["declared", "chunked"])
    def test_fifty_megabytes(self, served: tuple[Home, Server, Receiver], how: str) -> None:
        home, server, _ = served
        connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
        headers = {"authorization": f"Bearer {home.keys['anna']}", "content-type": "text/plain"}
        body: Any = b"x" * 50_000_000
        if how == "chunked":
            body = iter([b"x" * 1_000_000] * 50)
        connection.request(
            "POST", "/api/v1/submissions", body, headers, encode_chunked=how == "chunked"
        )
        answer = connection.getresponse()
        said = json.loads(answer.read())
        assert (answer.status, said["code"]) == (413, "too-large")
        assert f"{LONGEST:,}" in said["detail"]
        connection.request("GET", "/healthz")
        assert connection.getresponse().status == 200
        connection.close()

    def test_who_asks_first_is_spared_the_sending(
        self, served: tuple[Home, Server, Receiver]
    ) -> None:
        with socket.create_connection(("127.0.0.1", served[1].port), 20) as client:
            client.sendall(
                b"POST /api/v1/submissions HTTP/1.1\r\nHost: x\r\nContent-Length: 50000000\r\n"
                b"Expect: 100-continue\r\n\r\n"
            )
            assert client.recv(100).startswith(b"HTTP/1.1 413")


def test_a_release_goes_its_whole_way(served: tuple[Home, Server, Receiver]) -> None:
    """Handed in, sealed, published at its second, delivered, tried again where it was refused."""
    home, server, receiver = served
    before = len(receiver.came)
    anna, dora = server.client(home.keys["anna"]), server.client(home.keys["dora"])
    at = (datetime.now(UTC) + timedelta(seconds=2)).replace(microsecond=0) + timedelta(seconds=1)
    given = anna.post("/submissions", homes.document("Aurora opens a dairy", release_time=at))
    assert given.status == 201, given.body
    id = given.json()["id"]
    done = dora.post(f"/submissions/{id}/approve", {"confirm": True})
    assert done.json()["state"] == "sealed", done.body
    assert dora.get("/api/v1/releases").json()["releases"] == []
    assert len(receiver.came) == before
    came = receiver.wait_for(before + 2, 20)[before:]
    assert [item.error for item in came] == [None, None]
    assert all(item.at >= at.timestamp() for item in came)
    assert {item.id for item in came} == {f"{id}.v1"}
    report = _until_settled(dora, "T100000001")
    states = {row["address"].rpartition("/")[2]: row for row in report["deliveries"]}
    assert states["good"]["state"] == "delivered"
    retry = states["bad"]
    assert (retry["state"], retry["status"], retry["attempts"]) == ("due", 500, 1)
    wait = datetime.fromisoformat(retry["next_try"]) - at
    assert timedelta(seconds=3.5) < wait < timedelta(seconds=12)
    page = server.client().get("/r/T100000001")
    assert b"Aurora opens a dairy" in page.body


def _until_settled(client: Any, number: str) -> Any:
    end = time.monotonic() + 20
    while True:
        said = client.get(f"/api/v1/releases/{number}/deliveries").json()
        if all("outcome" in row for row in said["deliveries"]) or time.monotonic() > end:
            return said
        time.sleep(0.02)


@pytest.fixture
def alone(tmp_path: Path) -> Iterator[Server]:
    """A server of a test's own."""
    home = homes.make(tmp_path / "home")
    server = Server(home.folder, forked=True)
    yield server.start()
    server.kill()


@pytest.mark.parametrize(
    ("how", "with_"),
    [
        (signal.SIGINT, None),
        (signal.SIGTERM, None),
        (signal.SIGTERM, b""),
        (signal.SIGTERM, b"GET / HTTP/1.1\r\nHost:"),
        (signal.SIGTERM, b"POST /api/v1/relay HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nx"),
    ],
    ids=["INT", "TERM", "idle", "half a request", "half a body"],
)
@pytest.mark.long
def test_it_ends_in_time_and_cleanly(alone: Server, how: int, with_: bytes | None) -> None:
    with socket.socket() as client:
        if with_ is not None:
            client.connect(("127.0.0.1", alone.port))
            client.sendall(with_)
            assert alone.client().get("/healthz").status == 200
            alone._close_clients()
        os.kill(alone.pid, how)
        assert alone.ended(15) == 0
    assert not (alone.home / SOCKET).exists()
    assert not held(alone.home)


def test_it_starts_again_after_a_kill(alone: Server) -> None:
    pid = alone.pid
    alone.kill()
    assert (alone.home / SOCKET).exists()
    assert not held(alone.home)
    alone.start()
    assert alone.pid != pid
    assert over_socket(alone.home, "GET", "/log")[0] == 200
