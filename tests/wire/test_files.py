"""Pictures and files of a release: secret until T, public at T, gone when it is withdrawn."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from dispaccio.access.actor import PUBLIC
from dispaccio.embargo import files as vault
from dispaccio.errors import (
    DamagedFile,
    FilesClosed,
    FindingsStop,
    KeyNeeded,
    NoSuchPart,
    NoSuchRelease,
    NothingOpen,
    OversizedPicture,
    SealBroken,
    TooLarge,
    TooManyFiles,
    UnsupportedFile,
)
from dispaccio.release.state import Kind, State
from dispaccio.testing import home as homes
from dispaccio.wire import filed, files, review, submit
from dispaccio.wire.filed import About
from dispaccio.wire.publish import publish
from tests.media import samples
from tests.wire.world import HOUR, World, handed

ABOUT = About(
    "dairy.jpg", "A cow at a gate", "Aurora / Rossi", "Free for the press", "The new gate"
)


def add(world: World, ref: str, data: bytes, about: About = ABOUT, **more: Any) -> str:
    """Adds a file; its id."""
    original = vault.keep(world.folder, [data])
    done = files.add(world.wire, more.get("by", world.anna), ref, original, about)
    return done.files[-1].id


def on_disk(world: World) -> list[Path]:
    return sorted(path for path in (world.folder / "files").rglob("*") if path.is_file())


def plain(world: World) -> bytes:
    """All that is on the home's disk."""
    return b"".join(p.read_bytes() for p in sorted(world.folder.rglob("*")) if p.is_file())


@pytest.fixture(scope="session")
def photo() -> bytes:
    return samples.jpeg(1000, 700, exif=samples.private_exif())


def test_a_picture_is_no_more_than_ciphertext_until_its_release_is_public(
    world: World, photo: bytes
) -> None:
    id = world.submit().id
    file = add(world, id, photo)
    [item] = files.listed(world.wire, world.anna, id).files
    whole = b"".join(vault.read(world.folder, item.whole.stored))
    original = b"".join(vault.read(world.folder, item.original)) if item.original else b""
    assert original == photo
    assert world.public.files.find(file) is None
    disk = plain(world)
    for text in (b"cow at a gate", b"Rossi", b"dairy.jpg", item.whole.stored.sha256.encode()):
        assert text not in disk
    assert photo[-400:] not in disk and whole[-400:] not in disk
    assert all(path.stat().st_mode & 0o777 == 0o600 for path in on_disk(world))
    review.approve(world.wire, world.dora, id, confirm=True, at=world.now + HOUR)
    assert world.public.files.find(file) is None
    world.wait(HOUR)
    [done] = world.publisher.publish_due()
    found = world.public.files.find(file)
    assert found is not None and found.filed is not None
    assert b"".join(world.public.files.read(found.filed.whole)) == whole
    revision = world.public.release(done.number).shown.revision  # type: ignore[union-attr]
    [media] = revision.media
    assert media.href == f"{world.wire.settings.url}/f/{file}/dairy.jpg"
    assert (media.size, media.sha256) == (len(whole), item.whole.stored.sha256)
    assert (media.alt, media.credit, media.rights) == (ABOUT.alt, ABOUT.credit, ABOUT.rights)
    assert photo[-400:] not in plain(world), "public files are opened on their way out"


def test_a_withdrawal_leaves_no_byte_of_it(world: World, photo: bytes) -> None:
    id = world.submit().id
    file = add(world, id, photo)
    [done] = publish(world.wire, world.dora, id, confirm=True)
    assert len(on_disk(world)) == 5
    world.notice(done.number, Kind.WITHHOLD)
    found = world.public.files.find(file)
    assert found is not None and found.filed is None
    world.notice(done.number, Kind.USABLE_AGAIN)
    found = world.public.files.find(file)
    assert found is not None and found.filed is not None
    form = found.filed.whole
    world.notice(done.number, Kind.WITHDRAWAL)
    found = world.public.files.find(file)
    assert found is not None and found.filed is None and found.number == done.number
    assert len(on_disk(world)) == 1, "the original stays in the vault"
    with pytest.raises(SealBroken):
        b"".join(world.public.files.read(form))


def test_a_correction_keeps_what_it_does_not_change(world: World, photo: bytes) -> None:
    id = world.submit().id
    kept, changed, removed = (add(world, id, photo) for _ in range(3))
    [done] = publish(world.wire, world.dora, id, confirm=True)
    with pytest.raises(NothingOpen):
        files.remove(world.wire, world.anna, id, removed)
    world.hand_in_correction(done.number, "Aurora opens two dairies")
    files.remove(world.wire, world.anna, id, removed)
    said = files.change(world.wire, world.anna, id, changed, About(alt="Two cows"))
    first, second = said.files
    assert first.id == kept and second.id not in (kept, changed, removed)
    assert second.about.alt == "Two cows" and second.about.credit == ABOUT.credit
    publish(world.wire, world.dora, done.number, confirm=True)
    shown = world.public.release(done.number)
    assert shown is not None
    url = world.wire.settings.url
    assert [filed.id_of(item, url) for item in shown.shown.revision.media] == [kept, second.id]
    old = world.public.version(done.number, 1)
    assert old is not None
    assert [filed.id_of(item, url) for item in old.revision.media] == [kept, changed, removed]
    for file in (kept, changed, removed, second.id):
        found = world.public.files.find(file)
        assert found is not None and found.filed is not None
        assert b"".join(world.public.files.read(found.filed.whole))[:2] == b"\xff\xd8"


def test_a_correction_that_names_them_has_them_in_its_own_order(world: World, photo: bytes) -> None:
    id = world.submit().id
    one, two = add(world, id, photo), add(world, id, photo)
    [done] = publish(world.wire, world.dora, id, confirm=True)
    url = world.wire.settings.url
    media = [{"href": f"{url}/f/{two}/dairy.jpg", "sha256": "0" * 64, "alt": "something else"}]
    body = [{"kind": "paragraph", "text": "New."}, {"kind": "image", "text": "A cow", "media": 0}]
    world.hand_in_correction(done.number, "Aurora opens two dairies", media=media, body=body)
    found = files.listed(world.wire, world.anna, id).files
    assert [item.id for item in found] == [two, one]
    given = handed("Three", media=media, body=body)
    review.decide(world.wire, world.dora, id, State.RETURNED)
    exact = submit.Handed(given.data, given.media_type, all_media=True)
    submit.revise(world.wire, world.anna, id, exact, kind=Kind.CORRECTION, reason=None)
    [item] = files.listed(world.wire, world.anna, id).files
    assert item.about.alt == ABOUT.alt
    [done] = publish(world.wire, world.dora, id, confirm=True)
    [said] = world.public.release(done.number).shown.revision.media  # type: ignore[union-attr]
    assert said.alt == ABOUT.alt and said.sha256 == item.whole.stored.sha256


def test_changing_says_it_in_the_picture_and_leaves_nothing_behind(
    world: World, photo: bytes
) -> None:
    id = world.submit().id
    file = add(world, id, photo)
    before = on_disk(world)
    done = files.change(world.wire, world.anna, id, file, About(name="Gate.png", caption="Open"))
    [item] = done.files
    assert item.id == file and item.name == "Gate.jpg" and item.about.alt == ABOUT.alt
    whole = b"".join(vault.read(world.folder, item.whole.stored))
    assert b"Open" in whole and b"The new gate" not in whole
    after = on_disk(world)
    assert len(after) == len(before) and len(set(after) & set(before)) == 1


def test_order_and_removal(world: World, photo: bytes) -> None:
    own = {"media": [{"href": "https://a.example/x.jpg"}]}
    body = [{"kind": "image", "text": "x", "media": 0}, {"kind": "paragraph", "text": "Text."}]
    id = world.submit(body=body, **own).id
    one, two, three = (add(world, id, photo) for _ in range(3))
    done = files.order(world.wire, world.anna, id, [three, one])
    assert [item.id for item in done.files] == [three, one, two]
    done = files.remove(world.wire, world.anna, id, three)
    assert [item.id for item in done.files] == [one, two]
    assert len(on_disk(world)) == 10
    [number] = [item.number for item in publish(world.wire, world.dora, id, confirm=True)]
    revision = world.public.release(number).shown.revision  # type: ignore[union-attr]
    image = revision.body[0]
    assert image.media is not None
    assert revision.media[image.media].href == "https://a.example/x.jpg"
    with pytest.raises(NoSuchPart):
        files.content(world.wire, world.anna, id, three)


def test_what_is_approved_is_closed(world: World, photo: bytes) -> None:
    id = world.sealed()
    for call in (
        lambda: add(world, id, photo),
        lambda: files.remove(world.wire, world.anna, id, "0" * 32),
        lambda: files.order(world.wire, world.anna, id, []),
        lambda: files.change(world.wire, world.anna, id, "0" * 32, About()),
    ):
        with pytest.raises(FilesClosed):
            call()
    assert on_disk(world) == []


def test_missing_alt_or_rights_stops(world: World, photo: bytes) -> None:
    id = world.submit().id
    file = add(world, id, photo, About("a.jpg"))
    with pytest.raises(FindingsStop, match="alt"):
        publish(world.wire, world.dora, id, confirm=True)
    done = files.change(world.wire, world.anna, id, file, About(alt="A cow"))
    assert any("rights" in finding.message for finding in done.findings)
    files.change(world.wire, world.anna, id, file, About(rights="Free", credit="Aurora"))
    assert publish(world.wire, world.dora, id, confirm=True)


def test_others_neither_add_nor_see(world: World, photo: bytes) -> None:
    id = world.submit().id
    file = add(world, id, photo)
    stranger = homes.actor(world.wire, "sam")
    for actor, error in ((PUBLIC, KeyNeeded), (stranger, NoSuchRelease)):
        with pytest.raises(error):
            files.listed(world.wire, actor, id)
        with pytest.raises(error):
            add(world, id, photo, by=actor)
        with pytest.raises(error):
            files.content(world.wire, actor, id, file)
    assert len(on_disk(world)) == 5
    sent = files.content(world.wire, world.dora, id, file, 480)
    assert b"".join(sent.pieces)[:2] == b"\xff\xd8" and sent.form.width == 480
    assert "read_unreleased" in world.events()


@pytest.mark.parametrize(
    ("data", "name", "error"),
    [
        (b"<html><script>alert(1)</script>", "photo.jpg", UnsupportedFile),
        (samples.jpeg(300, 300)[:-2000], "photo.jpg", DamagedFile),
        (b"%PDF-1.7\n", "report.pdf", DamagedFile),
        (b"\xff\xd8\xff" + bytes(31 << 20), "photo.jpg", OversizedPicture),
        (b"%PDF-1.7\n" + bytes(3 << 20), "report.pdf", TooLarge),
    ],
    ids=["html", "cut", "pdf", "large", "more"],
)
def test_what_is_refused_leaves_nothing(
    open_world: Any, data: bytes, name: str, error: type[Exception]
) -> None:
    world = open_world(max_file_mb=2 if error is TooLarge else 100)
    id = world.submit().id
    before = world.newest(id).sealed
    with pytest.raises(error):
        add(world, id, data, About(name))
    assert on_disk(world) == [] and world.newest(id).sealed == before


def test_no_more_than_so_many(world: World) -> None:
    id = world.submit().id
    for _ in range(filed.MOST):
        add(world, id, b"%PDF-1.7\n%%EOF", About("a.pdf"))
    with pytest.raises(TooManyFiles):
        add(world, id, b"%PDF-1.7\n%%EOF", About("a.pdf"))
    assert len(on_disk(world)) == filed.MOST


def test_an_upload_that_breaks_off_is_swept(world: World, photo: bytes) -> None:
    id = world.submit().id
    add(world, id, photo)
    writer = vault.Writer(world.folder)
    writer.write(photo * 20)
    writer._file.close()
    vault.keep(world.folder, [b"never said to anybody"])
    known = on_disk(world)
    assert files.sweep(world.wire) == 0, "somebody may be at it"
    for path in known:
        os.utime(path, (0, 0))
    assert files.sweep(world.wire) == 2
    assert len(on_disk(world)) == 5


def test_a_damaged_file_is_never_served(world: World) -> None:
    data = os.urandom(3 * vault.CHUNK + 17)
    stored = vault.keep(world.folder, [data[:1000], data[1000:]])
    [path] = on_disk(world)
    assert b"".join(vault.read(world.folder, stored)) == data
    at = vault.CHUNK
    for start, end in ((0, 1), (at - 1, at + 1), (at, 2 * at), (3 * at, None), (5, len(data) + 9)):
        assert b"".join(vault.read(world.folder, stored, start, end)) == data[start:end]
    sealed = path.read_bytes()
    size = vault.CHUNK + 16
    for broken in (
        sealed[:-1],
        sealed[: 3 * size],
        sealed[size : 2 * size] + sealed[:size] + sealed[2 * size :],
        sealed[:50] + b"\0" + sealed[51:],
    ):
        path.write_bytes(broken)
        with pytest.raises(SealBroken):
            b"".join(vault.read(world.folder, stored))


def test_an_empty_file_is_a_file_of_the_vault(world: World) -> None:
    stored = vault.keep(world.folder, [])
    assert b"".join(vault.read(world.folder, stored)) == b"" and stored.size == 0
