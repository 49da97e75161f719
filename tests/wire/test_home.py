"""Homes: made once, opened whole, held by one process at a time."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from dispaccio import settings as settings_
from dispaccio.clock import Clock
from dispaccio.errors import (
    HomeExists,
    HomeInUse,
    HomeIsNewer,
    KeysUnreadable,
    MalformedSettings,
    NoHome,
    StoreUnreadable,
)
from dispaccio.settings import FILE, Settings
from dispaccio.store import leaves
from dispaccio.testing.home import SETTINGS
from dispaccio.wire import home
from dispaccio.wire.lock import held, hold
from tests.wire.world import World

CLOCK = Clock()


def make(folder: Path, **more: object) -> None:
    home.make(folder, settings_.check(_table(**more)), CLOCK).store.close()


def _table(**more: object) -> dict[str, object]:
    return {"name": SETTINGS.name, "url": SETTINGS.url, "test": True} | more


def test_a_new_home(tmp_path: Path) -> None:
    folder = tmp_path / "a" / "home"
    wire = home.make(folder, SETTINGS, CLOCK)
    with wire.store.read(CLOCK.now()) as tx:
        kinds = [leaf.body for leaf in leaves.span(tx, 0, 9)]
    assert [b'"t":"key"' in kinds[0], b'"t":"policy"' in kinds[1], len(kinds)] == [True, True, 2]
    wire.store.close()
    assert settings_.load(folder) == SETTINGS
    for name in ("keys/wire.pem", "keys/vault.key"):
        assert stat.S_IMODE((folder / name).stat().st_mode) == 0o400
    for name in (".", "keys", "run", "files"):
        assert stat.S_IMODE((folder / name).stat().st_mode) == 0o700


def test_a_home_is_made_once(tmp_path: Path) -> None:
    make(tmp_path / "home")
    key = (tmp_path / "home" / "keys" / "wire.pem").read_bytes()
    with pytest.raises(HomeExists):
        make(tmp_path / "home")
    (tmp_path / "home" / FILE).unlink()
    with pytest.raises(HomeExists):
        make(tmp_path / "home")
    assert (tmp_path / "home" / "keys" / "wire.pem").read_bytes() == key


def test_two_homes_have_nothing_in_common(tmp_path: Path) -> None:
    make(tmp_path / "one")
    make(tmp_path / "two")
    for name in ("keys/wire.pem", "keys/vault.key"):
        assert (tmp_path / "one" / name).read_bytes() != (tmp_path / "two" / name).read_bytes()


@pytest.mark.parametrize(
    "changes", [{"url": "nonsense"}, {"zone": "Middle/Earth"}, {"name": "a/b"}, {"name": ""}]
)
def test_settings_that_cannot_be_used_make_no_home(tmp_path: Path, changes: dict[str, str]) -> None:
    given = {"name": "Ponte", "url": "https://ponte.example"} | changes
    with pytest.raises(MalformedSettings):
        home.make(tmp_path / "home", Settings(**given), CLOCK)  # type: ignore[arg-type]
    assert not (tmp_path / "home").exists()


@pytest.mark.parametrize("name", ["a b", "100%", "what?", "c#", "日本", "x" * 200, "%41"])
def test_a_home_may_lie_anywhere(tmp_path: Path, name: str) -> None:
    make(tmp_path / name)
    assert (tmp_path / name / "wire.db").exists()
    home.open_home(tmp_path / name, CLOCK).store.close()


def test_keys_may_lie_elsewhere(tmp_path: Path) -> None:
    make(tmp_path / "home", keys=str(tmp_path / "other-disk"))
    assert not (tmp_path / "home" / "keys").exists()
    home.open_home(tmp_path / "home", CLOCK).store.close()


def test_the_vaults_key_may_come_from_a_command(tmp_path: Path) -> None:
    key = tmp_path / "key"
    key.write_bytes(bytes(32))
    make(tmp_path / "home", key_command=["cat", str(key)])
    assert not (tmp_path / "home" / "keys" / "vault.key").exists()
    home.open_home(tmp_path / "home", CLOCK).store.close()
    for content in (b"", b"short", bytes(33)):
        key.write_bytes(content)
        with pytest.raises(KeysUnreadable, match="not 32"):
            home.open_home(tmp_path / "home", CLOCK)
    key.unlink()
    with pytest.raises(KeysUnreadable):
        home.open_home(tmp_path / "home", CLOCK)


def test_the_vaults_key_may_be_a_credential(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make(tmp_path / "home")
    key = tmp_path / "home" / "keys" / "vault.key"
    (tmp_path / "credentials").mkdir()
    key.rename(tmp_path / "credentials" / "vault.key")
    with pytest.raises(KeysUnreadable):
        home.open_home(tmp_path / "home", CLOCK)
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path / "credentials"))
    home.open_home(tmp_path / "home", CLOCK).store.close()


@pytest.mark.parametrize("broken", ["missing", "empty", "no key", "settings", "database"])
def test_a_home_that_is_broken_says_where(tmp_path: Path, broken: str) -> None:
    folder = tmp_path / "home"
    make(folder)
    pem = folder / "keys" / "wire.pem"
    pem.chmod(0o600)
    expected = {
        "missing": (KeysUnreadable, pem.unlink),
        "empty": (KeysUnreadable, lambda: pem.write_bytes(b"")),
        "no key": (KeysUnreadable, lambda: pem.write_bytes(b"no key")),
        "settings": (MalformedSettings, lambda: (folder / FILE).write_text("name = ")),
        "database": (StoreUnreadable, (folder / "wire.db").unlink),
    }
    error, break_ = expected[broken]
    break_()  # type: ignore[operator]
    with pytest.raises(error):
        home.open_home(folder, CLOCK)
    assert broken != "database" or not (folder / "wire.db").exists()


def test_a_newer_home_is_not_touched(world: World) -> None:
    from sqlalchemy import text

    with world.wire.store.engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    world.close()
    for open_ in (lambda: home.open_home(world.folder, CLOCK), lambda: home.upgrade(world.folder)):
        with pytest.raises(HomeIsNewer):
            open_()


def test_no_home(tmp_path: Path) -> None:
    calls: list[Callable[[], object]] = [
        lambda: home.open_home(tmp_path, CLOCK),
        lambda: home.upgrade(tmp_path / "nowhere"),
        lambda: hold(tmp_path).__enter__(),
    ]
    for call in calls:
        with pytest.raises(NoHome):
            call()


def test_a_home_of_this_version_needs_no_upgrade(world: World) -> None:
    world.close()
    before, after = home.upgrade(world.folder)
    assert before == after


class TestTheLock:
    """One process a home."""

    def test_it_is_held_once(self, world: World) -> None:
        assert not held(world.folder)
        with hold(world.folder):
            assert held(world.folder)
            with pytest.raises(HomeInUse, match=str(os.getpid())), hold(world.folder):
                pass
        assert not held(world.folder)
        with hold(world.folder):
            pass

    def test_another_process_is_named(self, world: World) -> None:
        code = (
            "import sys; from pathlib import Path; from dispaccio.wire.lock import hold\n"
            "with hold(Path(sys.argv[1])): print('held', flush=True); sys.stdin.read()"
        )
        with subprocess.Popen(
            [sys.executable, "-c", code, str(world.folder)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        ) as other:
            assert other.stdout is not None
            assert other.stdout.readline() == b"held\n"
            with pytest.raises(HomeInUse, match=f"The process {other.pid}"), hold(world.folder):
                pass
            other.kill()
            other.wait(10)
        with hold(world.folder):
            pass

    def test_it_is_given_back_after_an_error(self, world: World) -> None:
        def fail() -> None:
            with hold(world.folder):
                raise KeyError

        with pytest.raises(KeyError):
            fail()
        assert not held(world.folder)
