"""Pictures and files beside a document, by SFTP, against a real OpenSSH server on loopback."""

from __future__ import annotations

import hashlib
import tracemalloc
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from dispaccio.delivery.carriers import sftp as carrier
from dispaccio.delivery.carriers.base import Enclosed, Result
from dispaccio.delivery.carriers.sftp import sftp
from dispaccio.egress.policy import Policy
from dispaccio.errors import InputError, SealBroken
from dispaccio.release.state import Kind
from tests.delivery.test_sftp import HOST_KEY, PUBLIC, names, parcel, sent
from tests.support.sshd import Sshd, sshd
from tests.support.tools import require

pytestmark = pytest.mark.long

PICTURE = bytes(range(256)) * 4_000
DOCUMENT = "T100000001.v1.nitf.xml"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sshd]:
    with sshd(require("sshd"), tmp_path_factory.mktemp("sshd")) as running:
        running.admit(PUBLIC)
        yield running


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "incoming"


def pieces(data: bytes) -> Iterator[bytes]:
    for at in range(0, len(data), 100_000):
        yield data[at : at + 100_000]


def enclosed(
    name: str, data: bytes = PICTURE, read: Callable[[], Iterator[bytes]] | None = None
) -> Enclosed:
    digest = hashlib.sha256(data).hexdigest()
    return Enclosed(name, len(data), digest, read or (lambda: pieces(data)))


def with_files(server: Sshd, folder: Path, *files: Enclosed, **changes: Any) -> Any:
    settings = {"host_key": server.host_key, **changes.pop("settings", {})}
    return parcel(server, folder, files=lambda: files, settings=settings, **changes)


def test_they_stand_in_a_folder_beside_the_document(server: Sshd, folder: Path) -> None:
    what = with_files(server, folder, enclosed("gate.jpg"), enclosed("Plan, città.pdf", b"%PDF"))
    outcome = sent(what)
    assert outcome.kind is Result.DELIVERED, outcome
    below = "T100000001.v1"
    expected = {f"{below}/gate.jpg", f"{below}/Plan, città.pdf", DOCUMENT, f"{DOCUMENT}.sig"}
    assert names(folder) == expected, "and nothing that was written halfway"
    assert (folder / below / "gate.jpg").read_bytes() == PICTURE
    assert (folder / below / "Plan, città.pdf").read_bytes() == b"%PDF"


def test_whoever_sees_the_document_has_its_files(server: Sshd, folder: Path) -> None:
    """They are asked for while the document is not there yet, not even under another name."""
    seen: list[set[str]] = []

    def read() -> Iterator[bytes]:
        seen.append({path.name for path in folder.rglob("*nitf*")})
        yield from pieces(PICTURE)
        seen.append({path.name for path in folder.rglob("*nitf*")})

    assert sent(with_files(server, folder, enclosed("a.jpg", read=read))).kind is Result.DELIVERED
    assert seen == [set(), set()]


def test_one_name_of_two_files_and_names_that_lead_out(server: Sshd, folder: Path) -> None:
    bad = ("a.jpg", "A.jpg", "../../x.jpg", "CON", "\u202egpj.exe", "two\nlines.jpg")
    files = [enclosed(name, name.encode()) for name in bad]
    assert sent(with_files(server, folder, *files)).kind is Result.DELIVERED
    below = folder / "T100000001.v1"
    assert len(list(below.iterdir())) == len(bad) and below.parent == folder
    assert {path.read_bytes() for path in below.iterdir()} == {name.encode() for name in bad}
    assert all(path.name.isprintable() for path in below.iterdir())


def test_none_where_only_documents_are_wanted(server: Sshd, folder: Path) -> None:
    what = with_files(server, folder, enclosed("gate.jpg"), settings={"files": "none"})
    assert sent(what).kind is Result.DELIVERED
    assert names(folder) == {DOCUMENT, f"{DOCUMENT}.sig"}


def test_where_they_stand_is_the_receivers_wish(server: Sshd, folder: Path) -> None:
    settings = {"files_name": "media/{number}-{version}-{name}", "mode": "604"}
    sent(with_files(server, folder, enclosed("gate.jpg"), settings=settings))
    there = folder / "media" / "T100000001-1-gate.jpg"
    assert there.read_bytes() == PICTURE and there.stat().st_mode & 0o777 == 0o604


def test_a_retry_sends_nothing_again_that_stands_there(server: Sshd, folder: Path) -> None:
    read: list[str] = []

    def fails() -> Iterator[bytes]:
        read.append("b")
        yield b"half"
        raise SealBroken("It is gone.")

    def once() -> Iterator[bytes]:
        read.append("a")
        yield from pieces(PICTURE)

    first = enclosed("a.jpg", read=once)
    outcome = sent(with_files(server, folder, first, enclosed("b.jpg", read=fails)))
    assert outcome.kind is Result.NETWORK and "It is gone." in outcome.detail
    assert not (folder / DOCUMENT).exists() and not (folder / f"{DOCUMENT}.sig").exists()
    assert names(folder) == {"T100000001.v1/a.jpg", "T100000001.v1/.b.jpg.part"}
    stamp = (folder / "T100000001.v1/a.jpg").stat().st_mtime_ns
    outcome = sent(with_files(server, folder, first, enclosed("b.jpg")))
    assert outcome.kind is Result.DELIVERED, outcome
    assert read == ["a", "b"], "the first file was read once"
    assert (folder / "T100000001.v1/a.jpg").stat().st_mtime_ns == stamp
    assert (folder / "T100000001.v1/b.jpg").read_bytes() == PICTURE


@pytest.mark.parametrize("other", [b"shorter", bytes(len(PICTURE))], ids=["size", "hash"])
def test_another_file_is_never_overwritten(server: Sshd, folder: Path, other: bytes) -> None:
    there = folder / "T100000001.v1" / "gate.jpg"
    there.parent.mkdir(parents=True)
    there.write_bytes(other)
    outcome = sent(with_files(server, folder, enclosed("gate.jpg")))
    assert outcome.kind is Result.REFUSED and "not overwritten" in outcome.detail
    assert there.read_bytes() == other and not (folder / DOCUMENT).exists()


@pytest.mark.parametrize("kind", [Kind.WITHDRAWAL, Kind.WITHHOLD])
def test_taking_back_removes_nothing_and_says_so(server: Sshd, folder: Path, kind: Kind) -> None:
    sent(with_files(server, folder, enclosed("gate.jpg")))
    outcome = sent(with_files(server, folder, version=2, kind=kind, body=b"<notice/>"))
    assert outcome.kind is Result.DELIVERED and "the receiver removes them" in outcome.detail
    assert (folder / "T100000001.v1" / "gate.jpg").exists()
    settings = {"files": "none"}
    only = with_files(server, folder, version=3, kind=kind, body=b"<n/>", settings=settings)
    assert "the receiver" not in sent(only).detail


def test_a_large_one_is_never_whole_in_memory(server: Sshd, folder: Path) -> None:
    size, piece = 96 * 1024 * 1024, bytes(256 * 1024)
    digest = hashlib.sha256()
    for _ in range(size // len(piece)):
        digest.update(piece)
    film = Enclosed(
        "film.mp4", size, digest.hexdigest(), lambda: (piece for _ in range(size // len(piece)))
    )
    tracemalloc.start()
    try:
        assert sent(with_files(server, folder, film)).kind is Result.DELIVERED
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert (folder / "T100000001.v1" / "film.mp4").stat().st_size == size
    assert peak < size / 3, peak


def test_one_that_gets_on_has_more_time_and_asks_for_it(
    server: Sshd, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import time

    monkeypatch.setattr(carrier, "TOTAL", 3.0)
    monkeypatch.setattr(carrier, "_KEEP", 0.5)
    asked: list[bool] = []

    def slow() -> Iterator[bytes]:
        for piece in pieces(PICTURE):
            time.sleep(0.4)
            yield piece

    async def prolong() -> bool:
        asked.append(True)
        return True

    what = with_files(server, folder, enclosed("a.jpg", read=slow), prolong=prolong)
    outcome = sent(what)
    assert outcome.kind is Result.DELIVERED, outcome
    assert outcome.took_ms > 3_000 and len(asked) > 2

    async def lost() -> bool:
        return False

    what = with_files(server, folder, enclosed("b.jpg", read=slow), prolong=lost, version=2)
    outcome = sent(what)
    assert outcome.kind is Result.NETWORK and "somebody else" in outcome.detail


@pytest.mark.parametrize(
    "settings",
    [
        {"files": "all"},
        {"files": True},
        {"files_name": "{name}"},
        {"files_name": "../{number}{version}{name}"},
        {"files_name": "{number}.v{version}/{name}{suffix}"},
    ],
)
def test_settings_that_cannot_be_used(settings: dict[str, Any]) -> None:
    with pytest.raises(InputError, match="files"):
        sftp.check("sftp://w@files.example.org/in", {"host_key": HOST_KEY, **settings}, Policy())
    fine = {"files": "none", "files_name": "{number}-{version}-{name}"}
    sftp.check("sftp://w@files.example.org/in", {"host_key": HOST_KEY, **fine}, Policy())
