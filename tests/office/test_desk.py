"""The desk in the browser: the list, a text, every decision and every refusal of one."""

from __future__ import annotations

import ast
import gzip
import html
import re
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from starlette.testclient import TestClient

from dispaccio.accounts import tokens
from dispaccio.clock import Clock, ClockGuard
from dispaccio.release.state import State
from dispaccio.site.assets import assets
from dispaccio.store import releases
from dispaccio.testing import home as homes
from dispaccio.wire import queue, report, review, submit, take
from dispaccio.wire.publish import Publisher, publish
from tests.office.browser import Wire, codes, send
from tests.support.source import PACKAGE, modules
from tests.wire.world import HOUR, START, handed

WARNS = {"text": "Write to [name] about it."}
"""What a text has that the checks ask about."""


@pytest.fixture
def lia(wire: Wire) -> TestClient:
    """A browser of somebody of the desk."""
    return wire.logged_in("lia", "desk")


def at(wire: Wire, later: timedelta) -> None:
    """Let time pass."""
    seconds = later.total_seconds()
    wire.wire.clock = Clock(lambda: START + later, lambda: seconds)


def text(wire: Wire, title: str = "Aurora opens a dairy", **more: Any) -> str:
    """The id of a text that its author handed in."""
    return submit.submit(wire.wire, wire.service.anna, handed(title, **more)).id


def sealed(wire: Wire, title: str = "Aurora opens a dairy") -> str:
    """The id of a text that goes out in an hour."""
    id = text(wire, title)
    review.approve(wire.wire, wire.service.dora, id, confirm=True, at=START + HOUR)
    return id


def state(wire: Wire, ref: str) -> str:
    with wire.wire.store.read(START) as tx:
        found = releases.newest_revision(tx, wire.wire.find(tx, ref).key)
    assert found is not None
    return found.state


def refuses(answer: Any, status: int, code: str) -> str:
    """The page that says in its place why something was not done."""
    assert (answer.status_code, codes(answer.text)) == (status, [code]), answer.text[-2000:]
    return str(answer.text)


def history(wire: Wire, ref: str) -> list[dict[str, Any]]:
    said: list[dict[str, Any]] = report.show(wire.wire, wire.service.dora, ref)["history"]
    return said


def rows(page: str) -> list[str]:
    """The ids of a list in its order."""
    return re.findall(r'<a href="/desk/([0-9a-f-]{36})', page)


# The list


def test_an_empty_desk_explains_itself(lia: TestClient) -> None:
    page = lia.get("/desk").text
    assert "The desk is clear." in page
    assert "<table" not in page


def test_what_is_due_soonest_stands_first_with_what_is_to_know(wire: Wire, lia: TestClient) -> None:
    none = text(wire, "Without a time", **WARNS)
    later = text(wire, "Later", release_time=START + 3 * HOUR)
    soon = text(wire, "Sooner", release_time=START + HOUR / 2)
    queue.claim(wire.wire, wire.service.dora, later)
    page = lia.get("/desk").text
    assert rows(page) == [soon, later, none]
    for words in ("in 30 min", "in 3 hr", "▲", "question", "Aurora Dairy", "dora", "nobody"):
        assert words in page, words
    assert "Write to" not in page, "a list shows no text"


def test_the_list_is_cut_down_to_a_state(wire: Wire, lia: TestClient) -> None:
    waiting, goes, parked = text(wire), sealed(wire, "Sealed"), text(wire, "Parked")
    review.decide(wire.wire, wire.service.dora, parked, State.PARKED)
    back = text(wire, "Returned", body=[])
    assert set(rows(lia.get("/desk").text)) == {waiting, goes, parked}
    for name, ids in {
        "in-review": [waiting],
        "parked": [parked],
        "sealed": [goes],
        "approved": [],
        "returned": [back],
    }.items():
        assert rows(lia.get(f"/desk?state={name}").text) == ids, name
    assert "Nothing waits here." in lia.get("/desk?state=approved").text
    assert set(rows(lia.get("/desk?state=nonsense").text)) == {waiting, goes, parked}


def test_a_number_leads_to_its_release(wire: Wire, lia: TestClient) -> None:
    number = wire.service.public()
    assert lia.get(f"/desk?number={number}").headers["location"] == f"/desk/{number}"
    page = lia.get(f"/desk/{number}").text
    assert f"/releases/{number}/withdraw" in page
    assert "not the number" in lia.get("/desk?number=what").text
    assert lia.get("/desk?number=T999999999").is_redirect
    assert codes(lia.get("/desk/T999999999").text) == ["no-such-release"]


# The text


def test_a_text_as_it_will_read_with_its_findings_beside_it(wire: Wire, lia: TestClient) -> None:
    id = text(
        wire,
        body=[
            {"kind": "paragraph", "text": "All is well."},
            {"kind": "paragraph", "text": "Write to [name]."},
        ],
        release_time=START + HOUR,
    )
    page = lia.get(f"/desk/{id}").text
    assert "BERGAMO, November 23, 2026 /Ponte/ -</span> All is well." in page
    first, second = (
        page.partition(f'id="at-body-{n}"')[2].partition("</div>\n</div>")[0] for n in (0, 1)
    )
    assert "margin" not in first
    assert "Question" in second
    assert "<q" in second
    assert "23 November 2026, 11:00</time> Europe/Rome (23 November 2026, 10:00 UTC)" in page
    assert "paid for by <bdi>Aurora Dairy</bdi>" in page
    assert [e["what"] for e in history(wire, id)].count("read_unreleased") == 1
    assert "Who read it" in lia.get(f"/desk/{id}").text


def test_an_arabic_and_a_chinese_text(wire: Wire, lia: TestClient) -> None:
    arabic = text(wire, "افتتاح مصنع جديد للألبان", language="ar", place="بيرغامو")
    chinese = text(wire, "晨星乳业开设第三家工厂", language="zh-Hans", place="贝加莫")
    page = lia.get("/desk").text
    assert 'lang="ar" dir="rtl">افتتاح' in page
    assert 'lang="zh-Hans" dir="ltr">晨星' in page
    assert '<h1 lang="ar" dir="rtl">' in lia.get(f"/desk/{arabic}").text
    assert "晨星乳 业开设" in lia.get(f"/desk/{chinese}").text, "what near texts hold"


def test_what_is_around_a_text(wire: Wire, lia: TestClient) -> None:
    publish(wire.wire, wire.service.dora, text(wire, "Aurora opens a dairy in Rome"), confirm=True)
    twin, id = text(wire, "Another", text="The same."), text(wire, text="The same.")
    page = lia.get(f"/desk/{id}").text
    assert page.count("Aurora opens a dairy in Rome") == 2, "published before, and near"
    assert f"/desk/{twin}" in page.partition("The very same text")[2]
    assert "“<bdi>aurora opens dairy</bdi>”" in page


def test_the_original_comes_as_a_file_and_never_as_a_page(wire: Wire, lia: TestClient) -> None:
    id = text(wire)
    answer = lia.get(f"/desk/{id}/original")
    assert answer.headers["content-type"] == "application/octet-stream"
    assert answer.headers["content-disposition"] == f'attachment; filename="{id}.json"'
    assert b"Aurora opens a dairy" in answer.content
    assert history(wire, id)[-1]["what"] == "read_original"


def test_the_pages_weigh_no_more_than_they_may(wire: Wire, lia: TestClient) -> None:
    for number in range(100):
        id = text(wire, f"Aurora opens dairy number {number}", text=f"{number} [name]. " * 300)
    files = [assets()[name].body for name in ("site.css", "office.css", "desk.css")]
    files += [assets()[name].body for name in ("site.js", "desk.js", "icon.svg")]
    for path in ("/desk", f"/desk/{id}"):
        page = lia.get(path).content
        assert sum(len(gzip.compress(one)) for one in (page, *files)) < 90_000, path


# Claims


def test_claiming_giving_back_and_taking_over(wire: Wire, lia: TestClient) -> None:
    id = text(wire)
    assert send(lia, f"/desk/{id}/claim").is_redirect
    assert "You have it." in lia.get(f"/desk/{id}").text
    assert "<strong>you</strong>" in lia.get("/desk").text
    max_ = wire.logged_in("max", "desk")
    assert "<bdi>lia</bdi> has it" in max_.get(f"/desk/{id}").text
    for way in ("claim", "give-back"):
        page = refuses(send(max_, f"/desk/{id}/{way}"), 409, "claimed-by-other")
        assert "<bdi>lia</bdi> has had this text since" in page
    assert send(max_, f"/desk/{id}/claim", take_over="yes").is_redirect
    assert "taken over from <bdi>lia</bdi>" in max_.get(f"/desk/{id}").text
    assert send(max_, f"/desk/{id}/give-back").is_redirect
    assert "Nobody has it." in lia.get(f"/desk/{id}").text


# Approving


def test_warnings_are_confirmed_and_what_was_typed_stays(wire: Wire, lia: TestClient) -> None:
    id = text(wire, **WARNS)
    form = {"label": "science", "release_time": "2026-11-23T12:00"}
    page = refuses(send(lia, f"/desk/{id}/approve", **form), 409, "warnings-unconfirmed")
    assert "then tick the box" in page
    assert '<option value="science" selected' in page
    assert 'value="2026-11-23T12:00"' in page
    assert state(wire, id) == "in_review"
    assert send(lia, f"/desk/{id}/approve", confirm="yes", **form).is_redirect
    assert (state(wire, id), queue.waiting(wire.wire, wire.service.dora)[0].release_time) == (
        "sealed",
        START + 2 * HOUR,
    )


def test_the_time_that_was_asked_for_is_kept_to_the_second(wire: Wire, lia: TestClient) -> None:
    asked = START + HOUR + timedelta(milliseconds=250)
    id = text(wire, release_time=asked)
    page = lia.get(f"/desk/{id}").text
    fields = dict(re.findall(r'name="(asked_for|typed|release_time)".*?value="([^"]*)"', page))
    assert send(lia, f"/desk/{id}/approve", confirm="yes", **fields).is_redirect
    assert queue.waiting(wire.wire, wire.service.dora)[0].release_time == asked


def test_without_a_time_it_stays_approved(wire: Wire, lia: TestClient) -> None:
    id = text(wire, release_time=START + HOUR)
    assert send(lia, f"/desk/{id}/approve", confirm="yes", release_time="").is_redirect
    assert state(wire, id) == "approved"


@pytest.mark.parametrize(
    ("typed", "status", "code"),
    [
        ("2026-11-23T09:00", 422, "time-out-of-range"),
        ("2027-03-28T02:30", 422, "time-in-gap"),
        ("2027-10-31T02:30", 422, "time-ambiguous"),
        ("tomorrow", 422, "malformed-time"),
        ("9999-01-01T00:00", 422, "time-out-of-range"),
    ],
)
def test_a_time_that_cannot_be(
    wire: Wire, lia: TestClient, typed: str, status: int, code: str
) -> None:
    id = text(wire)
    form = {"confirm": "yes", "release_time": typed}
    by_checks = (409, "findings-stop") if code == "time-out-of-range" else (status, code)
    refuses(send(lia, f"/desk/{id}/approve", **form), *by_checks)
    assert state(wire, id) == "in_review"
    review.approve(wire.wire, wire.service.dora, id, confirm=True)
    page = refuses(send(lia, f"/desk/{id}/time", release_time=typed), status, code)
    assert state(wire, id) == "approved"
    if code == "time-ambiguous":
        assert "+02:00</bdi> or <bdi>2027-10-31T02:30:00+01:00" in page, "both readings"
        assert send(lia, f"/desk/{id}/time", release_time=f"{typed}+01:00").is_redirect


def test_an_old_page_takes_nothing_back(wire: Wire, lia: TestClient) -> None:
    id = sealed(wire)
    refuses(send(lia, f"/desk/{id}/approve", confirm="yes"), 409, "illegal-move")
    assert queue.waiting(wire.wire, wire.service.dora)[0].release_time == START + HOUR
    for way, form in (("return", {"why": "No."}), ("park", {}), ("reject", {"sure": "yes"})):
        refuses(send(lia, f"/desk/{id}/{way}", **form), 409, "illegal-move")
    assert state(wire, id) == "sealed"


def test_errors_of_the_checks_stop(wire: Wire, lia: TestClient) -> None:
    id = text(wire)
    form = {"confirm": "yes", "label": "regulated"}
    refuses(send(lia, f"/desk/{id}/approve", **form), 409, "findings-stop")
    assert state(wire, id) == "in_review"


def test_a_second_person_is_needed_and_the_page_says_so_before(wire: Wire) -> None:
    both = wire.logged_in("both", "desk", "author:aurora")
    id = submit.submit(wire.wire, homes.actor(wire.wire, "both"), handed("Mine")).id
    assert "this wire asks that somebody else approves it" in both.get(f"/desk/{id}").text
    for way in ("approve", "publish"):
        refuses(send(both, f"/desk/{id}/{way}", confirm="yes"), 403, "second-person-needed")
    assert state(wire, id) == "in_review"
    max_ = wire.logged_in("max", "desk")
    assert send(max_, f"/desk/{id}/approve", confirm="yes").is_redirect


def test_never_names_the_author_as_approver_on_the_page(wire: Wire) -> None:
    wire.wire.settings = replace(wire.wire.settings, second_person="never")
    both = wire.logged_in("both", "desk", "author:aurora")
    id = submit.submit(wire.wire, homes.actor(wire.wire, "both"), handed("Mine")).id
    assert send(both, f"/desk/{id}/approve", confirm="yes").is_redirect
    page = both.get(f"/desk/{id}").text
    assert "by whoever submitted it; a second person was asked for: for no text" in page
    assert "a second person is asked for: for no text" in page
    assert (
        "una seconda persona è richiesta: per nessun testo" in both.get(f"/desk/{id}?lang=it").text
    )
    said = [e for e in history(wire, id) if e["what"] == "approved"]
    assert [(e["by"], e["policy"]) for e in said] == [("both", "never")]


def test_another_wires_label_and_embargo_hold(wire: Wire, lia: TestClient) -> None:
    until = START + 5 * HOUR
    given = handed("Far away", embargo=until.isoformat())
    id = take.take(wire.wire, wire.service.dora, given).id
    page = lia.get(f"/desk/{id}").text
    assert "Under embargo until" in page
    form = {"confirm": "yes", "label": "institutional"}
    refuses(send(lia, f"/desk/{id}/approve", **form), 409, "label-weakened")
    form = {"confirm": "yes", "release_time": "2026-11-23T12:00"}
    page = refuses(send(lia, f"/desk/{id}/approve", **form), 409, "findings-stop")
    assert "embargo" in page.partition('data-code="findings-stop"')[2].partition("</p>")[0]
    assert send(lia, f"/desk/{id}/publish", confirm="yes").is_redirect
    assert queue.waiting(wire.wire, wire.service.dora)[0].release_time == until
    refuses(send(lia, f"/desk/{id}/time", **form), 409, "embargo-holds")


def test_the_password_is_asked_for_once_more(wire: Wire, lia: TestClient) -> None:
    id, number = text(wire), wire.service.public()
    at(wire, tokens.FRESH)
    for path in (f"/desk/{id}/approve", f"/desk/{id}/publish", f"/releases/{number}/withdraw"):
        answer = send(lia, path, confirm="yes")
        assert answer.status_code == 403, path
        assert "Is it you?" in answer.text, path
    assert state(wire, id) == "in_review"
    assert send(lia, f"/desk/{id}/park").is_redirect


def test_every_event_of_a_release_is_told_in_words() -> None:
    told = (PACKAGE / "office" / "templates" / "sheet.html").read_text("utf-8")
    kinds = set()
    for path, tree in modules().items():
        for call in ast.walk(tree) if path.startswith("wire/") else ():
            if not isinstance(call, ast.Call) or ast.unparse(call.func) != "events.append":
                continue
            kind = call.args[1]
            if isinstance(kind, ast.Constant) and "release" in {k.arg for k in call.keywords}:
                kinds.add(kind.value)
    assert {"submitted", "claimed", "offered", "taken"} <= kinds
    kinds |= {f"file_{what}" for what in ("added", "changed", "ordered", "removed")}
    silent = {"read_unreleased"}
    assert [kind for kind in sorted(kinds - silent) if f'"{kind}": _(' not in told] == []


# Publish now, and stop


def test_publish_now_waits_and_survives_the_browser(wire: Wire, lia: TestClient) -> None:
    id = text(wire)
    assert send(lia, f"/desk/{id}/publish", confirm="yes").is_redirect
    page = lia.get(f"/desk/{id}").text
    assert 'data-until="2026-11-23T09:01:00Z">in 1 min' in page
    assert f'action="/desk/{id}/stop"' in page
    at(wire, timedelta(seconds=60))
    lia.close()
    [done] = Publisher(wire.wire).publish_due()
    page = wire.logged_in("max", "desk").get(f"/desk/{id}").text
    assert done.number in page
    assert "by the wire, at its time" in page
    assert f"/releases/{done.number}/withdraw" in page


def test_stop_calls_it_back(wire: Wire, lia: TestClient) -> None:
    id = text(wire)
    send(lia, f"/desk/{id}/publish", confirm="yes")
    at(wire, timedelta(seconds=59))
    assert send(lia, f"/desk/{id}/stop").is_redirect
    at(wire, timedelta(seconds=61))
    assert Publisher(wire.wire).publish_due() == []
    assert state(wire, id) == "approved"
    page = lia.get(f"/desk/{id}").text
    assert "Stopped" in page
    refuses(send(lia, f"/desk/{id}/stop"), 409, "illegal-move")


def test_stop_after_it_went_out_says_so(wire: Wire, lia: TestClient) -> None:
    id = text(wire)
    send(lia, f"/desk/{id}/publish", confirm="yes")
    at(wire, timedelta(seconds=60))
    [done] = Publisher(wire.wire).publish_due()
    page = refuses(send(lia, f"/desk/{id}/stop"), 409, "nothing-open")
    assert done.number in page


def test_without_a_wait_it_is_public_at_once(wire: Wire, lia: TestClient) -> None:
    wire.wire.settings = replace(wire.wire.settings, publish_wait=0)
    id = text(wire)
    assert "and can be stopped" not in lia.get(f"/desk/{id}").text
    assert send(lia, f"/desk/{id}/publish", confirm="yes").is_redirect
    assert state(wire, id) == "published"


def test_warnings_hold_publishing_too(wire: Wire, lia: TestClient) -> None:
    id = text(wire, **WARNS)
    refuses(send(lia, f"/desk/{id}/publish"), 409, "warnings-unconfirmed")
    assert state(wire, id) == "in_review"


def test_a_clock_that_jumped_holds_publishing(wire: Wire, lia: TestClient) -> None:
    id, times = text(wire), [START]
    wire.wire.guard = ClockGuard(Clock(lambda: times[0], lambda: 0.0))
    times[0] += HOUR
    refuses(send(lia, f"/desk/{id}/publish", confirm="yes"), 503, "clock-untrusted")
    assert state(wire, id) == "in_review"


def test_another_release_time(wire: Wire, lia: TestClient) -> None:
    id = sealed(wire)
    assert send(lia, f"/desk/{id}/time", release_time="2026-11-23T12:00").is_redirect
    assert queue.waiting(wire.wire, wire.service.dora)[0].release_time == START + 2 * HOUR
    refuses(send(lia, f"/desk/{id}/time"), 422, "input-error")
    waiting = text(wire, "Another")
    form = {"release_time": "2026-11-23T12:00"}
    refuses(send(lia, f"/desk/{waiting}/time", **form), 409, "illegal-move")


def test_a_correction_is_begun_from_the_desk(wire: Wire, lia: TestClient) -> None:
    number = wire.service.public()
    assert f'action="/releases/{number}/mend"' in lia.get(f"/desk/{number}").text
    draft = send(lia, f"/releases/{number}/mend").headers["location"]
    assert "Correct a public release" in lia.get(draft).text


def test_looking_again_at_once_is_one_reading(wire: Wire, lia: TestClient) -> None:
    id = text(wire)
    for _ in range(3):
        lia.get(f"/desk/{id}")
    assert "once, last" in lia.get(f"/desk/{id}").text
    wire.wire.clock = Clock(lambda: START + 2 * HOUR, lambda: 0.0)
    lia.get(f"/desk/{id}")
    assert "2 times, last" in lia.get(f"/desk/{id}").text


# Returning and the rest


def test_a_text_is_returned_with_a_reason_that_its_author_reads(
    wire: Wire, lia: TestClient
) -> None:
    id = text(wire)
    refuses(send(lia, f"/desk/{id}/return", why="  "), 422, "reason-needed")
    assert state(wire, id) == "in_review"
    assert send(lia, f"/desk/{id}/return", why="Who paid for the study?").is_redirect
    assert state(wire, id) == "returned"
    said = report.show(wire.wire, wire.service.anna, id)["open"]["warnings"]
    assert said == ["The desk: Who paid for the study?"]
    refuses(send(lia, f"/desk/{id}/return", why="Again"), 409, "illegal-move")
    assert not any("study" in str(event) for event in history(wire, id)), "it is in the vault"


def test_a_text_is_parked_and_taken_up_again(wire: Wire, lia: TestClient) -> None:
    id = text(wire)
    assert send(lia, f"/desk/{id}/park", why="We wait for the photo.").is_redirect
    assert state(wire, id) == "parked"
    refuses(send(lia, f"/desk/{id}/approve"), 409, "illegal-move")
    page = lia.get(f"/desk/{id}").text
    assert "We wait for the photo." in page
    assert send(lia, f"/desk/{id}/resume").is_redirect
    assert state(wire, id) == "in_review"
    refuses(send(lia, f"/desk/{id}/resume"), 409, "illegal-move")


@pytest.mark.parametrize(("way", "ends"), [("reject", "rejected"), ("call-off", "called_off")])
def test_what_is_final_is_confirmed(wire: Wire, lia: TestClient, way: str, ends: str) -> None:
    id = text(wire)
    refuses(send(lia, f"/desk/{id}/{way}"), 422, "unconfirmed")
    assert state(wire, id) == "in_review"
    assert send(lia, f"/desk/{id}/{way}", sure="yes").is_redirect
    assert state(wire, id) == ends
    page = refuses(send(lia, f"/desk/{id}/{way}", sure="yes"), 409, "nothing-open")
    assert "Nothing of this release is on its way" in page


def test_nothing_is_done_to_what_is_not_there(lia: TestClient) -> None:
    id = "00000000-0000-4000-8000-000000000000"
    for way in ("claim", "approve", "return", "park", "stop"):
        answer = send(lia, f"/desk/{id}/{way}", why="x")
        refuses(answer, 404, "no-such-release")
    assert lia.get(f"/desk/{id}/original").status_code == 404


def test_a_reason_of_a_script_is_text(wire: Wire, lia: TestClient) -> None:
    id = text(wire, "<script>alert(1)</script> {{7*7}}")
    send(lia, f"/desk/{id}/park", why="</textarea><script>alert(1)</script>")
    page = lia.get(f"/desk/{id}").text
    assert "<script>alert" not in page
    assert "{{7*7}}" in page


def test_a_long_list_goes_on_and_says_how_many_there_are(
    wire: Wire, lia: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = [wire.service.by_author() for _ in range(5)]
    monkeypatch.setattr(queue, "MOST", 2)
    seen: list[str] = []
    path: str | None = "/desk?state=in-review"
    while path:
        page = lia.get(path).text
        seen += re.findall(r'<a href="/desk/([0-9a-f-]{36})"', page)
        assert re.search(r"On this page: [12] of 5\.", page)
        found = re.search(r'href="([^"]+)" rel="next"', page)
        path = html.unescape(found[1]) if found else None
    assert seen == ids
    assert "Back to those due soonest" in page
    for broken in ("x", "1", "0.9999999999999999999"):
        assert lia.get(f"/desk?after={broken}").status_code == 200
    assert "Nothing waits here" in lia.get("/desk?after=-.999999").text
