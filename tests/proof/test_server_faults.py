"""A fault of the server's own is said on standard error, in one line and without anybody's text."""

from __future__ import annotations

import socket
import time
from pathlib import Path

import pytest

from dispaccio.testing import home as homes
from dispaccio.testing.server import Server

pytestmark = pytest.mark.long


@pytest.mark.parametrize(
    ("broken", "method", "path"),
    [
        ("wire.public.Public.latest", "GET", "/"),
        ("intake.submission.receive", "POST", "/api/v1/submissions"),
        ("server.Application._make", "GET", "/api/v1/releases"),
    ],
    ids=["page", "call", "start of the API"],
)
def test_a_fault_is_said_without_the_text(
    tmp_path: Path, broken: str, method: str, path: str
) -> None:
    home = homes.make(tmp_path / "home")
    with Server(home.folder, fault=f"fail:{broken}", forked=True) as server:
        body = homes.document("Aurora opens a secret plant") if method == "POST" else None
        answer = server.client(home.keys["anna"]).ask(method, path, body)
        assert answer.status == 500
        assert server.client().get("/healthz").status == 200
    [line] = server.log.read_text().splitlines()[1:]
    assert line.startswith("dispaccio: ArithmeticError at ")
    assert "secret" not in line


def test_who_hangs_up_in_the_middle_is_no_fault(tmp_path: Path) -> None:
    home = homes.make(tmp_path / "home")
    with Server(home.folder, forked=True) as server:
        key = home.keys["anna"]
        head = f"POST /api/v1/submissions HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {key}\r\n"
        assert server.client().get("/api/v1/log").status == 200
        with socket.create_connection(("127.0.0.1", server.port)) as hasty:
            hasty.sendall(f'{head}Content-Length: 100\r\n\r\n{{"title": '.encode())
            time.sleep(0.2)
        time.sleep(0.2)
        assert server.client().get("/healthz").status == 200
    assert server.log.read_text().count("\n") == 1


def test_a_publication_that_fails_is_said_to_who_asked_and_to_the_operator(tmp_path: Path) -> None:
    """It stays sealed, and is not taken for published."""
    home = homes.make(tmp_path / "home")
    with Server(home.folder, fault="fail:wire.edition.make", forked=True) as server:
        anna, dora = server.client(home.keys["anna"]), server.client(home.keys["dora"])
        id = anna.post("/submissions", homes.document("Aurora opens a secret plant")).json()["id"]
        said = dora.post(f"/submissions/{id}/publish", {"confirm": True})
        assert (said.status, said.json()["code"]) == (500, "internal-error")
        assert "ArithmeticError" in said.json()["detail"]
        assert anna.get(f"/api/v1/submissions/{id}").json()["open"]["state"] == "sealed"
        time.sleep(1.5)
    said_of_it = server.log.read_text().splitlines()[1:]
    assert len(said_of_it) == 1, "once, though it is tried again"
    assert said_of_it[0].startswith("dispaccio: A release that is due could not be published")
    assert "secret" not in said_of_it[0]
