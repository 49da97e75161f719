"""Reading under embargo: offered, accepted, written down, taken back, sealed; and nothing else."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from starlette.testclient import TestClient

from dispaccio.errors import NotAllowed, NotSealed, NotVetted, UnknownGroup
from dispaccio.intake.submission import Wishes
from dispaccio.release.canonical import write_instant
from dispaccio.store import events
from dispaccio.testing import home as homes
from dispaccio.wire import advance, review, submit
from dispaccio.wire.publish import publish
from dispaccio.wire.submit import Handed
from tests.office.browser import Wire, codes, send
from tests.wire.world import START

T = START + timedelta(hours=3)
SECRET = "The third plant opens in Bergamo"


def sealed(wire: Wire, title: str = SECRET) -> str:
    """The id of a release that is sealed until T."""
    text = json.dumps(homes.document(title, text=f"{title}, and employs 120 people.")).encode()
    given = Handed(text, "application/json", Wishes(issuer="aurora", release_time=T))
    id = submit.submit(wire.wire, wire.service.anna, given).id
    review.approve(wire.wire, wire.service.dora, id, confirm=True)
    return id


def reader(wire: Wire, name: str = "rita", *, accepts: bool = True) -> TestClient:
    client = wire.logged_in(name, "vetted_reader:gazette")
    if accepts:
        assert send(client, "/reading/terms", accept="yes").is_redirect
    return client


def offer(wire: Wire, id: str, *to: str) -> dict[str, Any]:
    return advance.offer(wire.wire, wire.service.anna, id, list(to))


def test_a_merely_scheduled_release_is_seen_by_nobody(wire: Wire) -> None:
    id, client = sealed(wire), reader(wire)
    assert SECRET not in client.get("/reading").text
    never = "0" * len(id)
    hidden, absent = client.get(f"/reading/{id}"), client.get(f"/reading/{never}")
    assert hidden.status_code == absent.status_code == 404
    assert hidden.text.replace(id, never) == absent.text
    assert dict(hidden.headers) == dict(absent.headers)


def test_what_is_offered_is_read_after_the_terms_and_each_reading_is_shown(wire: Wire) -> None:
    id, client = sealed(wire), reader(wire, accepts=False)
    offer(wire, id, "rita")
    for path in ("/reading", f"/reading/{id}"):
        page = client.get(path).text
        assert SECRET not in page
        assert "I accept these terms" in page
    assert client.get(f"/reading/{id}/json").status_code == 404
    assert send(client, "/reading/terms").status_code == 422
    assert send(client, "/reading/terms", accept="yes").is_redirect
    assert SECRET in client.get("/reading").text
    page = client.get(f"/reading/{id}").text
    assert SECRET in page
    assert "UNDER EMBARGO" in page
    said = client.get(f"/reading/{id}/json").json()
    assert said["embargo"] == said["release"]["embargo"] == write_instant(T)
    told = advance.offers(wire.wire, wire.service.anna, id)
    assert [(read["person"], read["surface"]) for read in told["reads"]] == [
        ("rita", "json"),
        ("rita", "page"),
    ]


def test_changed_terms_are_accepted_anew(wire: Wire) -> None:
    id, client = sealed(wire), reader(wire)
    offer(wire, id, "rita")
    wire.wire.settings = replace(wire.wire.settings, embargo_terms="Our own terms & rules.")
    page = client.get(f"/reading/{id}").text
    assert SECRET not in page
    assert "Our own terms &amp; rules." in page


def test_an_offer_taken_back_holds_no_more(wire: Wire) -> None:
    id, client = sealed(wire), reader(wire)
    offer(wire, id, "rita")
    assert client.get(f"/reading/{id}").status_code == 200
    advance.revoke(wire.wire, wire.service.anna, id, "rita")
    assert client.get(f"/reading/{id}").status_code == 404
    assert client.get(f"/reading/{id}/json").status_code == 404
    assert SECRET not in client.get("/reading").text


def test_a_group_is_who_is_in_it_now(wire: Wire) -> None:
    id, rita = sealed(wire), reader(wire)
    leo = reader(wire, "leo")
    advance.set_group(wire.wire, wire.service.dora, "energy", ["rita"])
    offer(wire, id, "group:energy")
    assert [client.get(f"/reading/{id}").status_code for client in (rita, leo)] == [200, 404]
    advance.set_group(wire.wire, wire.service.dora, "energy", ["leo"])
    assert [client.get(f"/reading/{id}").status_code for client in (rita, leo)] == [404, 200]
    advance.revoke(wire.wire, wire.service.anna, id, "group:energy")
    assert leo.get(f"/reading/{id}").status_code == 404


def test_one_switch_seals_every_reading(wire: Wire) -> None:
    id, client = sealed(wire), reader(wire)
    offer(wire, id, "rita")
    desk = wire.logged_in("desky", "desk")
    assert send(desk, "/vetting/seal", sealed="yes").is_redirect
    for path in ("/reading", f"/reading/{id}", f"/reading/{id}/json"):
        assert SECRET not in client.get(path).text
    assert "Sealed" in desk.get("/vetting").text
    assert send(desk, "/vetting/seal", sealed="no").is_redirect
    assert client.get(f"/reading/{id}").status_code == 200


def test_a_release_that_is_not_sealed_any_more_is_gone(wire: Wire) -> None:
    id, client = sealed(wire), reader(wire)
    offer(wire, id, "rita")
    review.call_off(wire.wire, wire.service.anna, id)
    assert client.get(f"/reading/{id}").status_code == 404
    assert SECRET not in client.get("/reading").text


def test_once_public_the_address_leads_to_the_public_page(wire: Wire) -> None:
    id, client = sealed(wire), reader(wire)
    offer(wire, id, "rita")
    [done] = publish(wire.wire, wire.service.dora, id, confirm=True)
    answer = client.get(f"/reading/{id}")
    assert (answer.status_code, answer.headers["location"]) == (303, f"/r/{done.number}")
    other = reader(wire, "leo")
    assert other.get(f"/reading/{id}").status_code == 404


def test_who_may_offer_what_to_whom(wire: Wire) -> None:
    id = sealed(wire)
    wire.invite("paul", "author:bruma")
    wire.invite("rita", "vetted_reader:gazette")
    with pytest.raises(NotVetted):
        offer(wire, id, "paul")
    with pytest.raises(UnknownGroup):
        offer(wire, id, "group:nobody")
    with pytest.raises(NotAllowed):
        advance.offer(wire.wire, wire.service.olga, id, ["rita"])
    with pytest.raises(NotSealed):
        offer(wire, wire.service.by_author(), "rita")
    assert len(offer(wire, id, "rita", "rita")["offers"]) == 1
    assert len(offer(wire, id, "rita")["offers"]) == 1, "offered twice"


def test_somebody_else_than_a_vetted_reader_reads_nothing(wire: Wire) -> None:
    id = sealed(wire)
    reader(wire)
    offer(wire, id, "rita")
    for name, role in (("lia", "subscriber:gazette"), ("max", "author:bruma")):
        assert wire.logged_in(name, role).get(f"/reading/{id}").status_code == 403


def test_an_application_becomes_a_vetted_reader(wire: Wire) -> None:
    form = {
        "full_name": "Rita Fonti",
        "email": "Rita.Fonti@gazette.example",
        "outlet": "The Gazette",
        "proof": "gazette.example/people/fonti",
    }
    public, desk = wire.browser(), wire.logged_in("desky", "desk")
    assert "decides" in send(public, "/apply", **form).text
    assert "decides" in send(public, "/apply", **form).text, "asked twice"
    page = desk.get("/vetting").text
    assert page.count("gazette.example/people/fonti") == 1
    id = page.split('name="application" value="')[1].split('"')[0]
    wrong = send(desk, "/vetting", application=id, subscriber="nobody")
    assert codes(wrong.text) == ["unknown-subscriber"]
    page = send(desk, "/vetting", application=id, subscriber="gazette").text
    path = page.split("<code>")[1].split("</code>")[0].removeprefix(wire.wire.settings.url)
    assert "Rita Fonti" in wire.browser().get(path).text
    again = send(desk, "/vetting", application=id, subscriber="gazette")
    assert codes(again.text) == ["no-such-application"]
    assert "gazette.example/people/fonti" not in desk.get("/vetting").text


def test_a_refused_application_is_forgotten(wire: Wire) -> None:
    form = {"full_name": "R", "email": "r@gazette.example", "outlet": "G", "proof": "a secret"}
    desk = wire.logged_in("desky", "desk")
    send(wire.browser(), "/apply", **form)
    id = desk.get("/vetting").text.split('name="application" value="')[1].split('"')[0]
    assert send(desk, "/vetting", application=id, refuse="yes").is_redirect
    assert "r@gazette.example" not in desk.get("/vetting").text
    with wire.wire.store.read(wire.wire.clock.now()) as tx:
        assert "reader_refused" in [event.kind for event in events.after(tx, 0, 1_000)]


@pytest.mark.parametrize(
    "changed",
    [
        {"email": "no address"},
        {"email": "a@b.example\nBcc: c@d.example"},
        {"proof": ""},
        {"outlet": "x" * 201},
    ],
    ids=str,
)
def test_a_broken_application_is_not_taken(wire: Wire, changed: dict[str, str]) -> None:
    form = {"full_name": "R", "email": "r@gazette.example", "outlet": "G", "proof": "p", **changed}
    answer = send(wire.browser(), "/apply", **form)
    assert (answer.status_code, codes(answer.text)) == (422, ["malformed-application"])
    assert 'value="R"' in answer.text, "what was typed is lost"
