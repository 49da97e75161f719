"""The demo's story. Every sentence is asserted from outside before it is said."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from statistics import median
from typing import Any

import httpx2

from dispaccio.cli.demo.crowd import Crowd
from dispaccio.cli.demo.outside import Outside, eventually
from dispaccio.cli.demo.receiver import Came, Receiver
from dispaccio.cli.demo.texts import another_weekday, sample
from dispaccio.errors import StoryBroken
from dispaccio.release.dateline import write_day

PATHS = {f"/agenzia/{n}" for n in range(1, 6)}
CANARY = "banco di prova per turbine"
AHEAD = timedelta(seconds=4)
CROWD = 1_000


@dataclass(slots=True)
class Story:
    """The story so far: who plays, and what later chapters need."""

    outside: Outside
    receiver: Receiver
    crowd: Crowd
    tell: Callable[[str], None]
    id: str = ""
    number: str = ""
    relayed: str = ""

    def say(self, sentence: str, true: object) -> None:
        """Tell a sentence that is true. Raises StoryBroken where it is not."""
        if not true:
            raise StoryBroken(f"This sentence is not true: {sentence}")
        self.tell(f"  {sentence}")

    def chapter(self, title: str) -> None:
        """Begin a chapter."""
        self.tell(f"\n{title}")


def tell_all(story: Story) -> None:
    """The whole story, in its order."""
    for chapter in (
        _people,
        _handed_in,
        _approved,
        _sealed,
        _published,
        _a_crowd,
        _relayed,
        _corrected,
        _withdrawn,
    ):
        chapter(story)


def _people(story: Story) -> None:
    wire = story.outside
    story.chapter("A wire")
    address = story.receiver.start()
    wire.keys["piero"] = wire.run("person", "add", "piero", "--email", "piero@ponte.example")["key"]
    for path, body in (
        ("/channels", {"channel": "imprese", "title": "Imprese"}),
        ("/channels", {"channel": "relay/meridian", "title": "Meridian Newswire"}),
        (
            "/issuers",
            {
                "issuer": "lario",
                "name": "Officine Lario",
                "domains": ["officinelario.example"],
            },
        ),
        ("/subscribers", {"subscriber": "agenzia", "name": "Agenzia Prealpi"}),
    ):
        wire.do("piero", "POST", path, json=body)
    for name, roles in (("anna", ["author:lario"]), ("bruno", ["desk"])):
        body = {"name": name, "email": f"{name}@ponte.example", "roles": roles}
        wire.keys[name] = wire.do("piero", "POST", "/people", json=body)["key"]
    for path in sorted(PATHS):
        made = wire.do(
            "piero",
            "POST",
            "/endpoints",
            json={"subscriber": "agenzia", "address": address + path},
        )
        story.receiver.secrets[path] = made["secret"]
    story.say(
        f"The wire Ponte Dispacci serves at {wire.url}, in test mode: piero runs it, anna writes "
        "for Officine Lario, bruno checks at the desk.",
        wire.get("/healthz").text.strip() == "ok" and len(wire.keys) == 3,
    )
    story.say(
        "The subscriber Agenzia Prealpi has five endpoints for signed webhooks.",
        len(wire.do("piero", "GET", "/endpoints")["endpoints"]) == len(PATHS),
    )


def _handed_in(story: Story) -> None:
    wire = story.outside
    story.chapter("Handed in")
    now = datetime.now(UTC)
    wrong = write_day((now + timedelta(days=1)).date(), "it")
    said = sample("lario-primo.md", day=another_weekday(now, wrong)).replace(_PAYER, "")
    answer = _submit(story, said)
    found = {item["check"]: item["severity"] for item in answer["findings"]}
    story.say(
        "Anna hands in a paid release. It names no payer, which stops it, and a weekday does not "
        "fit its date, of which the checks warn: the text goes back to her.",
        answer["state"] == "returned"
        and found.get("commissioned-without-payer") == "error"
        and found.get("weekday-against-date") == "warning",
    )
    story.id = answer["id"]
    mended = sample("lario-primo.md", day="1 dicembre 2026")
    again = wire.do(
        "anna", "PUT", f"/submissions/{story.id}", content=mended.encode(), headers=_MARKDOWN
    )
    story.say(
        "She mends it. Now the desk has it, with a warning: the issuer is new here.",
        again["state"] == "in_review"
        and [f["check"] for f in again["findings"] if f["severity"] == "warning"] == ["new-issuer"],
    )


def _approved(story: Story) -> None:
    wire = story.outside
    story.chapter("Approved")
    path = f"/submissions/{story.id}/approve"
    refused = wire.ask("anna", "POST", path, json={"confirm": True})
    story.say("Anna may not approve her own text.", refused.status_code == 403)
    asked = wire.ask("bruno", "POST", path, json={})
    story.say(
        "Bruno has to confirm the warning: the wire asks him first.",
        asked.status_code == 409 and asked.json()["code"] == "warnings-unconfirmed",
    )


def _sealed(story: Story) -> None:
    wire = story.outside
    story.chapter("Sealed")
    at = datetime.now(UTC) + AHEAD
    before = _log_size(wire)
    approved = wire.do(
        "bruno",
        "POST",
        f"/submissions/{story.id}/approve",
        json={"confirm": True, "release_time": at.isoformat()},
    )
    story.say(
        f"Bruno approves it for {at:%H:%M:%S} UTC, in {AHEAD.seconds} seconds, and it is sealed.",
        approved["state"] == "sealed",
    )
    story.say(
        "The log holds one more entry, a blinded commitment that names nobody.",
        _log_size(wire) == before + 1,
    )
    ours, nobody = wire.get("/r/T100000001"), wire.get("/r/T987654321")
    story.say(
        "What the public sees: nothing. Its address answers like one that never existed, byte for "
        "byte.",
        ours.status_code == 404 and _but_date(ours) == _but_date(nobody),
    )
    pages = ["/", "/atom.xml", f"/search?q={CANARY}", "/c/imprese/", "/api/v1/releases"]
    seen = [path for path in pages if CANARY in wire.get(path).text.replace(f'"{CANARY}"', "")]
    unseen = wire.get(f"/api/v1/submissions/{story.id}").status_code == 404
    story.say(
        "No page, no feed, no search shows a word of it; without a key the API does not know it.",
        not [path for path in seen if not path.startswith("/search")] and unseen,
    )
    files = [f for f in wire.home.rglob("*") if f.is_file()]
    story.say(
        "Not a sentence of it lies in plain in any file of the wire's home.",
        files and not any(CANARY.encode() in file.read_bytes() for file in files),
    )
    gone = eventually(lambda: wire.get("/r/T100000001").status_code == 200, 30)
    seen_at = datetime.now(UTC)
    story.say(
        f"Its page is there {(seen_at - at).total_seconds() * 1000:.0f} ms after its second, "
        "and was not before.",
        gone and seen_at >= at,
    )


def _published(story: Story) -> None:
    wire = story.outside
    story.chapter("Published")
    story.number = "T100000001"
    page = wire.get(f"/r/{story.number}")
    label = "Comunicato stampa – contenuto promozionale"
    story.say(
        f"It has the number {story.number}. Its page begins with the label: {label}.",
        -1 < page.text.find(label) < page.text.find("<h1"),
    )
    twins = [f"/r/{story.number}{twin}" for twin in (".json", ".ninjs.json", ".txt", ".html")]
    story.say(
        f"The same as {', '.join(twins)}.",
        all(CANARY in wire.get(twin).text for twin in twins),
    )
    came = story.receiver.wait_for("release.published", story.number, PATHS, 10)
    report = _report(story, story.number, 1)
    first, last = report.get("first_ms", -1), report.get("last_ms", -1)
    story.say(
        f"All five endpoints have it; the first delivery began {first:.0f} ms after its second, "
        f"the last ended after {last:.0f} ms.",
        {c.path for c in came} == PATHS and first >= 0 and report["states"] == {"delivered": 5},
    )
    story.say("Each webhook bears a signature that the receiver checked.", _all_verified(came))
    proof = wire.get(f"/r/{story.number}.proof.json").json()
    story.say(
        "The log has an entry for it, and anybody can fetch its proof.",
        proof["revisions"][0]["entries"] and proof["revisions"][0]["wire_signature"],
    )


def _a_crowd(story: Story) -> None:
    wire = story.outside
    story.chapter("A thousand subscribers")
    address = story.crowd.start()
    wire.do("piero", "POST", "/subscribers", json={"subscriber": "folla", "name": "Mille testate"})
    said = {"subscriber": "folla", "channels": ["mille"]}
    wire.do("piero", "POST", "/channels", json={"channel": "mille", "title": "Per mille"})

    def subscribe(number: int) -> None:
        wire.do("piero", "POST", "/endpoints", json={**said, "address": f"{address}/{number}"})

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(subscribe, range(CROWD)))
    text = sample("lario-primo.md", day="1 dicembre 2026").replace("Officine Lario", "Lario Tre")
    text = text.replace("Lario Tre S.p.A.", "Officine Lario S.p.A.")
    id = _submit(story, text, channel="mille", key="demo-mille")["id"]
    at = datetime.now(UTC) + AHEAD
    asked = {"confirm": True, "release_time": at.isoformat()}
    wire.do("bruno", "POST", f"/submissions/{id}/approve", json=asked)
    came = story.crowd.wait_for(CROWD, 30)
    after = [(when - at.timestamp()) * 1000 for when in came.values()]
    story.say(
        f"{CROWD:,} subscribers wait for another release. The first was told {min(after):.0f} ms "
        f"after its second, the median {median(after):.0f} ms, the last {max(after):.0f} ms; "
        "nobody before it.",
        len(came) == CROWD and min(after) >= 0,
    )


def _relayed(story: Story) -> None:
    wire = story.outside
    story.chapter("Taken over from another wire")
    text = sample("kestrel-relayed.txt", long_day=write_day(datetime.now(UTC).date(), "en"))
    query = {"format": "text", "channel": "relay/meridian"}
    taken = wire.do("bruno", "POST", "/relay", params=query, content=text.encode())
    story.say(
        "Bruno takes a release of Meridian Newswire over. It is private until he publishes it.",
        taken["new"] and "number" not in taken and "Kestrel" not in wire.get("/").text,
    )
    relabelled = text.replace("SPONSORED PRESS RELEASE", "ADVERTISEMENT")
    other = wire.do("bruno", "POST", "/relay", params=query, content=relabelled.encode())
    story.say(
        "The same text under another label is recognised as the one he has.",
        not other["new"] and other["id"] == taken["id"],
    )
    done = wire.do("bruno", "POST", f"/submissions/{taken['id']}/publish", json={"confirm": True})
    story.relayed = done["published"][0]["number"]
    said = wire.get(f"/r/{story.relayed}.json").json()
    hops = [hop["party"] for hop in said["hops"]]
    story.say(
        f"Published as {story.relayed}, with its chain: {' → '.join(hops)}.",
        hops == ["Kestrel Tide Energy", "Meridian Newswire", "Ponte Dispacci"],
    )
    page = wire.get(f"/r/{story.relayed}").text
    story.say(
        'Its page says "taken over from another wire", keeps the label "SPONSORED PRESS RELEASE", '
        "the other wire's number and the address of the original.",
        all(
            words in page
            for words in (
                "taken over from another wire",
                "SPONSORED PRESS RELEASE",
                "40087731",
                "https://www.meridian-newswire.example/news/kestrel-westray-40087731.html",
            )
        ),
    )


def _corrected(story: Story) -> None:
    wire = story.outside
    story.chapter("Corrected")
    text = sample("lario-primo.md", day="1 dicembre 2026").replace("3,2 milioni", "2,3 milioni")
    wire.do(
        "anna",
        "POST",
        f"/releases/{story.number}/corrections",
        params={"reason": "wrong-figure", "text": "Il costo era sbagliato."},
        content=text.encode(),
        headers=_MARKDOWN,
    )
    story.say(
        "Anna corrects a figure. Until bruno publishes it, the old text stands.",
        "3,2 milioni" in wire.get(f"/r/{story.number}").text,
    )
    wire.do("bruno", "POST", f"/submissions/{story.id}/publish", json={"confirm": True})
    page = wire.get(f"/r/{story.number}").text
    first = wire.get(f"/r/{story.number}/v1.txt").text
    story.say(
        "The page shows the corrected text and says so; revision 1 stays readable at its address.",
        "2,3 milioni" in page and "3,2 milioni" in first,
    )
    came = story.receiver.wait_for("release.corrected", story.number, PATHS, 10)
    story.say(
        "All five endpoints were told, after the original and never before it.",
        _all_verified(came) and all(_versions(story, path) == [1, 2] for path in PATHS),
    )


def _withdrawn(story: Story) -> None:
    wire = story.outside
    story.chapter("Withdrawn")
    started = time.monotonic()
    reason = {"reason": "false-statement", "text": "La direttrice non ha mai detto questa frase."}
    wire.do("anna", "POST", f"/releases/{story.number}/withdraw", json=reason)
    came = story.receiver.wait_for("release.withdrawn", story.number, PATHS, 10)
    took = time.monotonic() - started
    report = _report(story, story.number, 3)
    story.say(
        f"Anna withdraws the release. {report['states'].get('delivered', 0)} of "
        f"{report['deliveries']} receipts are in after {took * 1000:.0f} ms.",
        _all_verified(came) and report["states"] == {"delivered": 5},
    )
    places = ["", ".json", ".ninjs.json", ".txt", ".html", "/v1", "/v1.json", "/v2.txt"]
    answers = [wire.get(f"/r/{story.number}{place}") for place in places]
    story.say(
        "Every address of it carries the notice and the reason, and not a word of the text.",
        all(a.status_code == 200 and CANARY not in a.text for a in answers)
        and "La direttrice non ha mai detto" in answers[0].text,
    )
    story.say(
        "Search and feed do not show its text either.",
        all(
            "Officine Lario costruisce" not in wire.get(path).text
            for path in ("/atom.xml", "/search?q=turbine", "/")
        ),
    )
    again = wire.ask("bruno", "POST", f"/releases/{story.number}/usable-again", json={})
    story.say("It is final: nobody can make it usable again.", again.status_code == 409)


_MARKDOWN = {"content-type": "text/markdown"}
_PAYER = "paid_by: Officine Lario S.p.A.\n"


def _submit(
    story: Story, text: str, *, channel: str = "imprese", key: str = "demo-1"
) -> dict[str, Any]:
    answer: dict[str, Any] = story.outside.do(
        "anna",
        "POST",
        "/submissions",
        params={"channel": channel},
        content=text.encode(),
        headers={**_MARKDOWN, "idempotency-key": key},
    )
    return answer


def _report(story: Story, number: str, version: int) -> dict[str, Any]:
    def found() -> dict[str, Any]:
        said = story.outside.do("bruno", "GET", f"/releases/{number}/deliveries")
        mine: dict[str, Any] = next(v for v in said["versions"] if v["version"] == version)
        return mine

    eventually(lambda: found()["states"] == {"delivered": len(PATHS)}, 5)
    return found()


def _versions(story: Story, path: str) -> list[int]:
    """The revisions of the first release that an endpoint got, in the order of their coming."""
    mine = [came for came in story.receiver.came if came.path == path]
    return [came.data["version"] for came in mine if came.data["number"] == story.number]


def _all_verified(came: list[Came]) -> bool:
    return {c.path for c in came} == PATHS and all(c.verified for c in came)


def _log_size(wire: Outside) -> int:
    return int(wire.get("/api/v1/log").json()["size"])


def _but_date(answer: httpx2.Response) -> tuple[int, dict[str, str], bytes]:
    headers = {name: value for name, value in answer.headers.items() if name != "date"}
    return answer.status_code, headers, answer.content
