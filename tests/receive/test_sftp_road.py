"""From the real wire's courier onto a real SFTP server."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from dispaccio.cli import main
from dispaccio.delivery.signature import verify
from tests.receive.world import until, wire_at_work
from tests.support.sshd import sshd
from tests.support.tools import require

pytestmark = pytest.mark.long


def test_every_revision_is_a_file_with_its_signature(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with sshd(require("sshd"), tmp_path / "sshd") as server, wire_at_work(tmp_path) as wire:
        keys = ["keys", "ssh", "--home", str(wire.home.folder), "--as", "olga"]
        assert [main(keys), main(keys)] == [0, 0]
        first, again = capsys.readouterr().out.splitlines()
        assert first == again
        assert first.startswith("ssh-ed25519 AAAA")
        assert first.endswith(" ponte")
        assert (wire.home.folder / "keys" / "ssh.pem").stat().st_mode & 0o777 == 0o400
        server.admit(first)
        to = wire.endpoint(
            server.address(f"{server.root}/in"),
            carrier="sftp",
            payload="full",
            format="newsml-g2",
            settings={"host_key": server.host_key, "mode": "640"},
            profile={"file_name": "{issuer}/{number}.v{version}{suffix}"},
        )
        folder = server.root / "in" / "Aurora Dairy"
        number = wire.publish("A third plant")
        original = folder / f"{number}.v1.xml"
        until(original.exists)
        wire.withdraw(number)
        notice = folder / f"{number}.v2.xml"
        until(notice.exists)
        said = wire.ask("olga", f"/endpoints/{to['endpoint']}/rehearse")
        report = wire.deliveries(number)["deliveries"]
    assert b"A third plant" in original.read_bytes()
    assert b"stat:canceled" in notice.read_bytes()
    assert b"A third plant" not in notice.read_bytes()
    headers = json.loads(original.with_name(f"{original.name}.sig").read_bytes())
    at = datetime.fromtimestamp(int(headers["webhook-timestamp"]), UTC)
    id = verify(headers, original.read_bytes(), at, public_keys=[to["public_key"]])
    assert id.endswith(".v1")
    assert {item["state"] for item in report} == {"delivered"}
    assert said["well"], said
    tests = {path.name for path in (server.root / "in" / "TEST issuer").glob("*.xml")}
    assert len(tests) == 8
    assert all(name.startswith("TEST-") for name in tests)
