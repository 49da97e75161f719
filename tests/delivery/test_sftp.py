"""SFTP against a real OpenSSH server on loopback."""

from __future__ import annotations

import asyncio
import base64
import json
import socket
import stat
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

from dispaccio import egress
from dispaccio.delivery.carriers.base import Means, Outcome, Parcel, Result
from dispaccio.delivery.carriers.sftp import sftp
from dispaccio.delivery.profile import Profile
from dispaccio.delivery.signature import SigningKey, new_key, verify
from dispaccio.egress.client import Client
from dispaccio.egress.policy import Policy
from dispaccio.errors import (
    DispaccioError,
    KeysUnreadable,
    MalformedEndpoint,
    MetadataAddress,
    PortNotAllowed,
)
from dispaccio.formats.registry import by_name
from dispaccio.release.state import Kind
from dispaccio.settings import Settings
from dispaccio.testing import releases
from tests.support.sshd import Sshd, sshd
from tests.support.tools import require

KEY = SigningKey(new_key())
SSH = Ed25519PrivateKey.generate()
PEM = SSH.private_bytes(Encoding.PEM, PrivateFormat.OpenSSH, NoEncryption())
PUBLIC = SSH.public_key().public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH).decode()
HOST_KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI" + "A" * 43
NAME = "{number}.v{version}.nitf.xml"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sshd]:
    with sshd(require("sshd"), tmp_path_factory.mktemp("sshd")) as running:
        running.admit(PUBLIC)
        yield running


@pytest.fixture
def folder(server: Sshd, tmp_path: Path) -> Path:
    return tmp_path / "incoming" / "wire"


def parcel(server: Sshd, folder: Path, **changes: Any) -> Parcel:
    said = releases.english()
    format = by_name("nitf")
    plain = Parcel(
        webhook_id="0b9ff0a6-7a0f-4d0e-a5b7-3d3c3c7d2b11.v1",
        number="T100000001",
        version=1,
        kind=Kind.ORIGINAL,
        endpoint="0b9ff0a6-7a0f-4d0e-a5b7-3d3c3c7d2b12",
        address=server.address(str(folder)),
        body=format.write(said),
        media_type=format.about.media_types[0],
        timestamp=datetime.now(UTC),
        settings={"host_key": server.host_key},
        rendering=lambda name: by_name(name).write(said),
    )
    return replace(plain, **changes)


def sent(what: Parcel, key: bytes | DispaccioError = PEM) -> Outcome:
    def secret(name: str) -> bytes:
        assert name == "ssh.pem"
        if isinstance(key, DispaccioError):
            raise key
        return key

    async def main() -> Outcome:
        async with Client(Policy(test=True)) as client:
            settings = Settings("The Test Wire", "https://wire.example", test=True)
            return await sftp.send(what, Means(client, settings, KEY, secret))

    return asyncio.run(main())


def names(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}


class TestWhatStandsThere:
    def test_the_document_and_a_signature_that_verifies(self, server: Sshd, folder: Path) -> None:
        what = parcel(server, folder)
        outcome = sent(what)
        assert outcome.kind is Result.DELIVERED, outcome
        assert names(folder) == {"T100000001.v1.nitf.xml", "T100000001.v1.nitf.xml.sig"}
        document = (folder / "T100000001.v1.nitf.xml").read_bytes()
        headers = json.loads((folder / "T100000001.v1.nitf.xml.sig").read_bytes())
        assert document == what.body
        now = datetime.fromtimestamp(int(headers["webhook-timestamp"]), UTC)
        assert verify(headers, document, now, public_keys=[KEY.public]) == what.webhook_id
        kind, _, text = headers["webhook-signature"].partition(",")
        assert (kind, len(base64.b64decode(text))) == ("v1a", 64)

    def test_a_template_makes_folders_of_harmless_names(self, server: Sshd, folder: Path) -> None:
        profile = Profile(file_name="{issuer}/{date}/{language}-{channel}/{number}.v{version}")
        assert sent(parcel(server, folder, profile=profile)).kind is Result.DELIVERED
        place = "Harbour of Lowmere/2026-11-23/en-ponte-all/T100000001.v1"
        assert names(folder) == {place, f"{place}.sig"}

    @pytest.mark.parametrize(
        "name", ["../../x", "CON", "a" * 300, "\u202egnp.exe", "two\nlines", "..", "nul\x00"]
    )
    def test_a_bad_name_of_an_issuer_stays_below_the_folder(
        self, server: Sshd, folder: Path, name: str
    ) -> None:
        """Bad input 39."""
        said = json.dumps({"issuer": {"name": name}}).encode()
        profile = Profile(file_name="{issuer}/{number}.v{version}")
        what = parcel(server, folder, profile=profile, rendering=lambda _: said)
        assert sent(what).kind is Result.DELIVERED
        [place] = folder.iterdir()
        assert names(place) == {"T100000001.v1", "T100000001.v1.sig"}
        assert place.name.isprintable()
        assert place.name not in {"CON", "..", "nul"}
        assert len(place.name) <= 120

    def test_a_withdrawal_is_a_new_file(self, server: Sshd, folder: Path) -> None:
        sent(parcel(server, folder))
        sent(parcel(server, folder, version=2, kind=Kind.WITHDRAWAL, body=b"<notice/>"))
        assert {"T100000001.v1.nitf.xml", "T100000001.v2.nitf.xml"} < names(folder)

    def test_the_mode_is_the_receivers(self, server: Sshd, folder: Path) -> None:
        settings = {"host_key": server.host_key, "mode": 604}
        sent(parcel(server, folder, settings=settings))
        path = folder / "T100000001.v1.nitf.xml"
        assert stat.S_IMODE(path.stat().st_mode) == 0o604

    def test_below_the_users_home(self, server: Sshd) -> None:
        name = f".dispaccio-test-{server.port}"
        try:
            assert sent(parcel(server, Path(f"/~/{name}"))).kind is Result.DELIVERED
            assert "T100000001.v1.nitf.xml" in names(Path.home() / name)
        finally:
            for path in (Path.home() / name).glob("*"):
                path.unlink()
            (Path.home() / name).rmdir()


class TestAgain:
    def test_the_same_file_is_a_receipt_and_is_not_touched(
        self, server: Sshd, folder: Path
    ) -> None:
        sent(parcel(server, folder))
        before = {path: path.stat().st_mtime_ns for path in folder.iterdir()}
        outcome = sent(parcel(server, folder))
        assert (outcome.kind, "already" in outcome.detail) == (Result.DELIVERED, True)
        assert {path: path.stat().st_mtime_ns for path in folder.iterdir()} == before

    def test_what_a_broken_attempt_left_is_replaced(self, server: Sshd, folder: Path) -> None:
        folder.mkdir(parents=True)
        (folder / ".T100000001.v1.nitf.xml.part").write_bytes(b"half" * 10_000)
        (folder / "T100000001.v1.nitf.xml.sig").write_bytes(b"old")
        what = parcel(server, folder)
        assert sent(what).kind is Result.DELIVERED
        assert names(folder) == {"T100000001.v1.nitf.xml", "T100000001.v1.nitf.xml.sig"}
        assert b"webhook-id" in (folder / "T100000001.v1.nitf.xml.sig").read_bytes()

    @pytest.mark.parametrize("other", [b"shorter", None])
    def test_another_file_is_never_overwritten(
        self, server: Sshd, folder: Path, other: bytes | None
    ) -> None:
        folder.mkdir(parents=True)
        what = parcel(server, folder)
        there = other or bytes(len(what.body))
        (folder / "T100000001.v1.nitf.xml").write_bytes(there)
        outcome = sent(what)
        assert (outcome.kind, "not overwritten" in outcome.detail) == (Result.REFUSED, True)
        assert (folder / "T100000001.v1.nitf.xml").read_bytes() == there


class TestWhoIsThere:
    def test_a_fingerprint_pins_as_well(self, server: Sshd, folder: Path) -> None:
        settings = {"host_key": server.fingerprint}
        assert sent(parcel(server, folder, settings=settings)).kind is Result.DELIVERED

    def test_a_line_of_ssh_keyscan_pins_as_well(self, server: Sshd, folder: Path) -> None:
        settings = {"host_key": f"[127.0.0.1]:{server.port} {server.host_key} a comment"}
        assert sent(parcel(server, folder, settings=settings)).kind is Result.DELIVERED

    @pytest.mark.parametrize("kind", ["rsa", "ecdsa"])
    def test_host_keys_of_other_kinds(self, tmp_path: Path, kind: str) -> None:
        with sshd(require("sshd"), tmp_path, kind=kind) as server:
            server.admit(PUBLIC)
            assert sent(parcel(server, tmp_path / "in")).kind is Result.DELIVERED
            settings = {"host_key": server.fingerprint}
            what = parcel(server, tmp_path / "other", settings=settings)
            assert sent(what).kind is Result.DELIVERED

    @pytest.mark.parametrize("pin", [HOST_KEY, "SHA256:" + "A" * 43])
    def test_another_host_key_is_refused_before_anything_is_sent(
        self, server: Sshd, folder: Path, pin: str
    ) -> None:
        outcome = sent(parcel(server, folder, settings={"host_key": pin}))
        assert outcome.kind is Result.REFUSED
        assert server.fingerprint in outcome.detail
        assert "another host key" in outcome.detail
        assert not folder.exists()

    def test_a_server_without_a_key_of_the_pinned_kind(self, server: Sshd, folder: Path) -> None:
        rsa = "ssh-rsa " + "A" * 100
        outcome = sent(parcel(server, folder, settings={"host_key": rsa}))
        assert outcome.kind is not Result.DELIVERED
        assert "of the kind that is pinned" in outcome.detail
        assert not folder.exists()

    def test_a_wire_that_is_not_let_in(self, server: Sshd, folder: Path) -> None:
        other = Ed25519PrivateKey.generate()
        pem = other.private_bytes(Encoding.PEM, PrivateFormat.OpenSSH, NoEncryption())
        outcome = sent(parcel(server, folder), pem)
        assert (outcome.kind, "keys ssh" in outcome.detail) == (Result.REFUSED, True)

    @pytest.mark.parametrize("key", [b"", b"junk", KeysUnreadable("A key cannot be read.")])
    def test_a_key_that_cannot_be_read(
        self, server: Sshd, folder: Path, key: bytes | DispaccioError
    ) -> None:
        outcome = sent(parcel(server, folder), key)
        assert (outcome.kind, "key" in outcome.detail) == (Result.UNSENT, True)


class TestTrouble:
    def test_nobody_listens(self, server: Sshd, folder: Path) -> None:
        with socket.socket() as sock:
            sock.bind(("127.0.0.1", 0))
            address = f"sftp://{server.user}@127.0.0.1:{sock.getsockname()[1]}/in"
            outcome = sent(parcel(server, folder, address=address))
        assert (outcome.kind, "takes no connection" in outcome.detail) == (Result.UNSENT, True)

    def test_a_server_that_says_nothing(
        self, server: Sshd, folder: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        from dispaccio.delivery.carriers import sftp as module

        monkeypatch.setattr(module, "TOTAL", 0.5)
        with socket.socket() as sock:
            sock.bind(("127.0.0.1", 0))
            sock.listen()
            address = f"sftp://{server.user}@127.0.0.1:{sock.getsockname()[1]}/in"
            outcome = sent(parcel(server, folder, address=address))
        assert (outcome.kind, "not done within" in outcome.detail) == (Result.NETWORK, True)

    def test_one_that_speaks_something_else(self, server: Sshd, folder: Path) -> None:
        async def main() -> Outcome:
            async def hello(reader: Any, writer: asyncio.StreamWriter) -> None:
                writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
                writer.close()

            listening = await asyncio.start_server(hello, "127.0.0.1", 0)
            port = listening.sockets[0].getsockname()[1]
            address = f"sftp://{server.user}@127.0.0.1:{port}/in"
            what = parcel(server, folder, address=address)
            outcome = await asyncio.to_thread(sent, what)
            listening.close()
            return outcome

        outcome = asyncio.run(main())
        assert (outcome.kind, "failed" in outcome.detail) == (Result.UNSENT, True)

    def test_a_full_disk(self, server: Sshd) -> None:
        """Every write to ``/dev/full`` fails with ENOSPC; a link to it stands for the disk."""
        folder = server.root / "full"
        folder.mkdir(exist_ok=True)
        part = folder / ".T100000001.v1.nitf.xml.sig.part"
        part.unlink(missing_ok=True)
        part.symlink_to("/dev/full")
        outcome = sent(parcel(server, folder))
        assert (outcome.kind, "disk full" in outcome.detail) == (Result.NETWORK, True)
        assert names(folder) <= {part.name}

    def test_a_server_that_lets_nobody_write(self, tmp_path: Path) -> None:
        with sshd(require("sshd"), tmp_path, more="ForceCommand internal-sftp -R") as server:
            server.admit(PUBLIC)
            outcome = sent(parcel(server, tmp_path / "in"))
        assert (outcome.kind, "lets nobody write" in outcome.detail) == (Result.REFUSED, True)

    def test_a_server_without_sftp(self, tmp_path: Path) -> None:
        with sshd(require("sshd"), tmp_path, more="ForceCommand /bin/false") as server:
            server.admit(PUBLIC)
            outcome = sent(parcel(server, tmp_path / "in"))
        assert outcome.kind is Result.NETWORK


class TestCheck:
    """What is judged when an endpoint is made."""

    GOOD: Mapping[str, Any] = {"host_key": HOST_KEY}

    @pytest.mark.parametrize(
        "address",
        [
            "sftp://wire@files.example.org/in",
            "sftp://wire@files.example.org",
            "sftp://w@[2606:4700::1]/~/in",
        ],
    )
    def test_a_public_server_at_port_22_needs_no_leave(self, address: str) -> None:
        sftp.check(address, {**self.GOOD, "mode": "0640"}, Policy())

    @pytest.mark.parametrize(
        "address",
        [
            "https://files.example.org/in",
            "sftp://files.example.org/in",
            "sftp://wire:secret@files.example.org/in",
            "sftp://wire@files.example.org/../in",
            "sftp://wire@files.example.org/a\nb",
            "sftp://wi re@files.example.org/",
        ],
    )
    def test_addresses_that_are_none(self, address: str) -> None:
        with pytest.raises(MalformedEndpoint):
            sftp.check(address, self.GOOD, Policy())

    @pytest.mark.parametrize(
        "settings",
        [
            {},
            {"host_key": "SHA256:short"},
            {"host_key": 7},
            {"host_key": "yes"},
            {"host_key": HOST_KEY, "mode": "999"},
            {"host_key": HOST_KEY, "mode": "rwx"},
            {"host_key": HOST_KEY, "password": "x"},
        ],
    )
    def test_settings_that_cannot_be_used(self, settings: dict[str, Any]) -> None:
        with pytest.raises(MalformedEndpoint):
            sftp.check("sftp://wire@files.example.org/in", settings, Policy())

    def test_where_it_never_goes(self) -> None:
        with pytest.raises(PortNotAllowed):
            sftp.check("sftp://wire@files.example.org:2222/in", self.GOOD, Policy())
        with pytest.raises(MetadataAddress):
            sftp.check("sftp://wire@169.254.169.254/in", self.GOOD, Policy())


def test_without_asyncssh_it_loads_and_says_what_to_install(
    server: Sshd, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = "dispaccio.delivery.carriers.sftp"
    code = f"import sys, {name}; print('asyncssh' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
    monkeypatch.setitem(sys.modules, "asyncssh", None)
    monkeypatch.delitem(sys.modules, "dispaccio.egress.ssh", raising=False)
    monkeypatch.delattr(egress, "ssh", raising=False)
    outcome = sent(parcel(server, folder))
    assert (outcome.kind, "pip install" in outcome.detail) == (Result.UNSENT, True)
    monkeypatch.setattr("dispaccio.delivery.carriers.sftp.find_spec", lambda name: None)
    with pytest.raises(MalformedEndpoint, match="pip install"):
        sftp.check("sftp://wire@files.example.org/in", {"host_key": HOST_KEY}, Policy())
