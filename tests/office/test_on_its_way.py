"""What its author sees of a text on its way, and of its pictures before it is public."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from starlette.testclient import TestClient

from dispaccio.release.state import State
from dispaccio.wire import files, review
from dispaccio.wire.publish import publish
from tests.media import samples
from tests.office.browser import SHEET, Wire, send
from tests.wire.world import HOUR, START

SAID = {"alt": "A gate at dusk", "credit": "Rossi", "rights": "Free for the press"}


@pytest.fixture
def anna(wire: Wire) -> TestClient:
    return wire.logged_in(f"anna-{next(wire.service._next)}", "author:aurora")


def with_picture(anna: TestClient, path: str, **more: str) -> str:
    """Add a picture to a draft; its id."""
    sent = {"file": ("gate.jpg", samples.jpeg(700, 500))}
    assert send(anna, f"{path}/files", files=sent, **SAID, **more).status_code == 303
    [id] = re.findall(r'<li id="f-([0-9a-f]{32})"', anna.get(f"{path}/files").text)
    return str(id)


def handed_in(wire: Wire, anna: TestClient, path: str) -> str:
    assert send(anna, f"{path}/sign", saved="1", read="1").status_code == 303
    return wire.handed_in(path)


@pytest.mark.parametrize("form", ["page", "mail", "text"])
def test_a_preview_shows_the_pictures_and_never_says_published(
    wire: Wire, anna: TestClient, form: str
) -> None:
    path = wire.draft(replace(SHEET, at="2099-01-01T10:00"))
    file = with_picture(anna, path)
    page = anna.get(f"{path}/preview?as={form}").text
    main = page.partition("<main")[2]
    assert f'src="{path}/files/{file}"' in main, "small, and by a private address"
    assert f'href="/f/{file}' not in main, "an address that leads nowhere yet"
    assert not re.search("published", main, re.IGNORECASE)
    shown = anna.get(f"{path}/files/{file}")
    assert shown.headers["cache-control"] == "no-store" and shown.status_code == 200


def test_a_picture_in_the_text_is_in_its_place_in_the_preview(wire: Wire, anna: TestClient) -> None:
    path = wire.draft(replace(SHEET, text="Before.\n\n![A gate](media/0)\n\nBehind."))
    file = with_picture(anna, path)
    text = anna.get(f"{path}/preview").text.partition('id="text"')[2].partition("</figure>")[0]
    assert f'<img src="{path}/files/{file}"' in text and "Before." in text


def test_a_caption_is_printed_only_where_there_is_one(wire: Wire, anna: TestClient) -> None:
    numbers = []
    for caption in ("", "The gate, opened on Monday"):
        path = wire.draft()
        with_picture(anna, path, caption=caption)
        [done] = publish(wire.wire, wire.service.dora, handed_in(wire, anna, path), confirm=True)
        numbers.append(done.number)
    plain, captioned = (
        anna.get(f"/r/{number}", follow_redirects=True).text.partition('id="files"')[2]
        for number in numbers
    )
    assert 'alt="A gate at dusk"' in plain and ">A gate at dusk<" not in plain
    assert ">The gate, opened on Monday<" in captioned and ">A gate at dusk<" not in captioned


def test_the_author_can_look_at_the_text_until_it_is_public(wire: Wire, anna: TestClient) -> None:
    path = wire.draft(replace(SHEET, label="institutional", paid_by=""))
    file = with_picture(anna, path)
    id = handed_in(wire, anna, path)
    here = f"/releases/{id}"
    assert f'href="{here}"' in anna.get("/releases").text
    page = anna.get(here).text
    for said in (
        "Aurora opens a dairy",
        "it employs 120 people",
        "With the desk",
        "Livia Brembati",
    ):
        assert said in page
    assert f'src="{here}/files/{file}"' in page
    small = anna.get(f"{here}/files/{file}")
    assert small.headers["content-type"] == "image/jpeg"
    assert small.headers["cache-control"] == "no-store"
    assert "<textarea" not in page and 'name="headline"' not in page, "nothing to be changed here"
    review.decide(wire.wire, wire.service.dora, id, to=State.RETURNED, why="Which dairy?")
    page = anna.get(here).text
    assert "Returned to you" in page and "Which dairy?" in page and f"{here}/mend" in page
    assert send(anna, f"{here}/mend").status_code == 303


def test_a_scheduled_one_says_when_and_a_public_one_is_elsewhere(
    wire: Wire, anna: TestClient
) -> None:
    path = wire.draft()
    id = handed_in(wire, anna, path)
    wire.at(HOUR)
    review.approve(wire.wire, wire.service.dora, id, confirm=True, at=START + 5 * HOUR)
    page = anna.get(f"/releases/{id}").text
    assert "Scheduled" in page and "published by itself" in page
    publish(wire.wire, wire.service.dora, id, confirm=True)
    gone = anna.get(f"/releases/{id}")
    assert gone.status_code == 303 and gone.headers["location"].startswith("/r/T")


def test_what_was_called_off_is_still_to_be_read(wire: Wire, anna: TestClient) -> None:
    id = handed_in(wire, anna, wire.draft())
    send(anna, f"/releases/{id}/call-off", sure="1")
    page = anna.get(f"/releases/{id}").text
    assert "Called off" in page and "Aurora opens a dairy" in page
    assert "/call-off" not in page.partition("<main")[2]


def test_nobody_else_sees_it(wire: Wire, anna: TestClient) -> None:
    path = wire.draft()
    file = with_picture(anna, path)
    id = handed_in(wire, anna, path)
    stranger = wire.logged_in(f"bruma-{next(wire.service._next)}", "author:bruma")
    for address in (f"/releases/{id}", f"/releases/{id}/files/{file}"):
        assert stranger.get(address).status_code == 404
        assert wire.browser().get(address).status_code == 303
    [item] = files.listed(wire.wire, wire.service.anna, id).files
    assert stranger.get(item.address()).status_code == 404


def test_that_it_was_read_is_written_down(wire: Wire, anna: TestClient) -> None:
    id = handed_in(wire, anna, wire.draft())
    desk = wire.logged_in(wire.service.fresh("desky"), "desk")
    assert desk.get(f"/releases/{id}").status_code == 200
    history = desk.get(f"/desk/{id}").text.partition("Who read it")[2]
    assert "desky" in history
