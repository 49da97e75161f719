"""Lists by subject, and the subjects of a release."""

from __future__ import annotations

import pytest
from lxml import html
from starlette.testclient import TestClient

from tests.support.public import Numbers

BUSINESS, ECONOMY = "medtop:20000349", "medtop:04000000"


def links(client: TestClient, path: str) -> dict[str, str]:
    tree = html.fromstring(client.get(path).text)
    return {a.get("href"): " ".join(a.text_content().split()) for a in tree.iter("a")}


def headlines(client: TestClient, path: str) -> list[str]:
    return [h.text_content() for h in html.fromstring(client.get(path).text).iter("h3")]


@pytest.mark.parametrize("path", ["/", "/c/economia/", "/search"])
def test_a_list_can_be_cut_down_to_a_subject(
    client: TestClient, numbers: Numbers, path: str
) -> None:
    words = "q=opens&" if path == "/search" else ""
    for subject in (BUSINESS, ECONOMY):
        found = headlines(client, f"{path}?{words}subject={subject}")
        assert len(found) == 1
        assert "Aurora" in found[0]
    assert headlines(client, f"{path}?{words}subject=medtop:07000000") == []
    page = client.get(f"{path}?{words}subject={ECONOMY}").text
    assert "economy, business and finance" in page
    italian = client.get(f"{path}?{words}subject={ECONOMY}&lang=it").text
    assert "economia, affari e finanza" in italian


def test_the_top_terms_are_offered_and_the_second_level_when_one_is_chosen(
    client: TestClient, numbers: Numbers
) -> None:
    top = {f"/?subject={ECONOMY.replace(':', '%3A')}": "economy, business and finance"}
    below = {f"/?subject={BUSINESS.replace(':', '%3A')}": "business enterprise"}
    assert top.items() <= links(client, "/").items()
    assert not below.items() <= links(client, "/").items()
    for chosen in (ECONOMY, BUSINESS):
        offered = links(client, f"/?subject={chosen}")
        assert (top | below).items() <= offered.items()
        assert offered["/"]
        assert "All subjects" in offered.values()
    assert "aria-current" in client.get(f"/?subject={ECONOMY}").text


def test_a_channel_offers_only_its_own(client: TestClient, numbers: Numbers) -> None:
    assert "medtop" in client.get("/c/economia/").text
    assert "medtop" not in client.get("/c/immediata/ponente/").text


def test_links_keep_the_subject(client: TestClient, numbers: Numbers) -> None:
    page = client.get(f"/?subject={ECONOMY}").text
    assert f'name="subject" value="{ECONOMY}"' in page
    assert f'rel="canonical" href="https://ponte.example/?subject={ECONOMY}"' in page
    assert any(
        "subject=" in (href or "") and "lang=it" in href
        for href in links(client, f"/?subject={ECONOMY}")
    )


@pytest.mark.parametrize("subject", ["", "x", "<b>", "a:b c", "medtop:" + "1" * 300, "a:b:c"])
def test_what_is_no_subject_counts_as_none(
    client: TestClient, numbers: Numbers, subject: str
) -> None:
    assert client.get("/", params={"subject": subject}).text == client.get("/").text


def test_an_unknown_subject_is_shown_as_it_is_written(client: TestClient, numbers: Numbers) -> None:
    page = client.get("/?subject=house:unknown-7").text
    assert "house:unknown-7" in page
    assert "No release is listed under this subject." in page


def test_a_release_shows_its_subjects(client: TestClient, numbers: Numbers) -> None:
    shown = links(client, f"/r/{numbers.dairy}?lang=it")
    assert shown["/?subject=medtop%3A20000349&lang=it"] == "impresa"
    page = client.get(f"/r/{numbers.dairy}").text
    assert "Oat drinks" in page
    assert "oat drinks" not in links(client, f"/r/{numbers.dairy}").values()
    assert "Subjects" not in client.get(f"/r/{numbers.lake}").text
