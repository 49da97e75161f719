"""From the real wire's courier into a folder, a command and a WordPress site."""

from __future__ import annotations

import json
import os
import shlex
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from dispaccio.cli import main
from tests.receive.wordpress import PASSWORD, USER, Site, site
from tests.receive.world import WireAtWork, free_port, receiving, until, wire_at_work

pytestmark = pytest.mark.long


@pytest.fixture(scope="module")
def wire(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WireAtWork]:
    with wire_at_work(tmp_path_factory.mktemp("wire")) as at_work:
        yield at_work


def names(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}


def settled(wire: WireAtWork, number: str, endpoint: dict[str, Any], count: int) -> None:
    """Wait until that many revisions were delivered to an endpoint."""

    def delivered() -> bool:
        said = wire.deliveries(number)["deliveries"]
        own = [item for item in said if item["endpoint"] == endpoint["endpoint"]]
        return sum(item["state"] == "delivered" for item in own) == count

    until(delivered)


class TestFolder:
    def test_original_correction_and_withdrawal_are_files(
        self, wire: WireAtWork, tmp_path: Path
    ) -> None:
        incoming, port = tmp_path / "incoming", free_port()
        incoming.mkdir()
        to = wire.endpoint(f"http://127.0.0.1:{port}/")
        words = ("--to", "folder", str(incoming), "--from", wire.url)
        with receiving(port, tmp_path / "memory", *words, secret=to["secret"]):
            number = wire.publish("A third plant")
            settled(wire, number, to, 1)
            first = json.loads((incoming / f"{number}.v1.json").read_bytes())
            wire.correct(number, "A third plant in Bergamo")
            settled(wire, number, to, 2)
            wire.withdraw(number)
            settled(wire, number, to, 3)
        assert names(incoming) == {f"{number}.v{version}.json" for version in (1, 2, 3)}
        assert first["title"] == "A third plant"
        assert first["label"]["text"]
        assert json.loads((incoming / f"{number}.v3.json").read_bytes())["status"] == "canceled"
        wire.ask("olga", f"/endpoints/{to['endpoint']}/disable")

    def test_full_payloads_come_as_they_are(self, wire: WireAtWork, tmp_path: Path) -> None:
        incoming, port = tmp_path / "incoming", free_port()
        incoming.mkdir()
        to = wire.endpoint(f"http://127.0.0.1:{port}/", payload="full", format="nitf")
        words = ("--to", "folder", str(incoming), "--from", wire.url)
        words += ("--public-key", to["public_key"])
        with receiving(port, tmp_path / "memory", *words):
            number = wire.publish("A fourth plant")
            settled(wire, number, to, 1)
            wire.withdraw(number)
            settled(wire, number, to, 2)
        assert names(incoming) == {f"{number}.v1.nitf.xml", f"{number}.v2.nitf.xml"}
        assert b"A fourth plant" in (incoming / f"{number}.v1.nitf.xml").read_bytes()
        wire.ask("olga", f"/endpoints/{to['endpoint']}/disable")

    def test_killed_again_and_again_it_loses_and_doubles_nothing(
        self, wire: WireAtWork, tmp_path: Path
    ) -> None:
        """Each kill hits it at work; the wire's own retries bring what was on its way."""
        seen, port = tmp_path / "seen", free_port()
        script = tmp_path / "take.py"
        script.write_text(
            "import os, time\n"
            "time.sleep(0.1)\n"
            f"with open({str(seen)!r}, 'a') as file:\n"
            "    file.write(os.environ['DISPACCIO_ID'] + '\\n')\n"
        )
        to = wire.endpoint(f"http://127.0.0.1:{port}/")
        words = ("--to", "command", shlex.join([sys.executable, str(script)]), "--from", wire.url)
        numbers = []
        for turn in range(6):
            with receiving(port, tmp_path / "memory", *words, secret=to["secret"]) as process:
                numbers += [wire.publish(f"Plant {turn}, {item}") for item in range(4)]
                time.sleep(0.05 * turn)
                os.kill(process.pid, 9)
                process.wait(10)
        with receiving(port, tmp_path / "memory", *words, secret=to["secret"]):
            for number in numbers:
                settled(wire, number, to, 1)
        ids = seen.read_text().splitlines()
        assert len(set(ids)) == len(numbers)
        assert len(ids) - len(set(ids)) <= 6, "no more than one was in the middle at each kill"
        wire.ask("olga", f"/endpoints/{to['endpoint']}/disable")


class TestCommand:
    def test_it_gets_the_document_and_the_facts(self, wire: WireAtWork, tmp_path: Path) -> None:
        script, port = tmp_path / "take.py", free_port()
        script.write_text(
            "import json, os, sys\n"
            "said = {k: v for k, v in os.environ.items() if k.startswith('DISPACCIO_')}\n"
            "said['title'] = json.load(sys.stdin)['title'] if said['DISPACCIO_KIND'] == 'original'"
            " else None\n"
            f"open({str(tmp_path)!r} + '/' + said['DISPACCIO_VERSION'], 'w')"
            ".write(json.dumps(said))\n"
        )
        to = wire.endpoint(f"http://127.0.0.1:{port}/")
        line = shlex.join([sys.executable, str(script)])
        words = ("--to", "command", line, "--from", wire.url)
        with receiving(port, tmp_path / "memory", *words, secret=to["secret"]):
            number = wire.publish("A plant; rm -rf $(x) `y`")
            settled(wire, number, to, 1)
            wire.withdraw(number)
            settled(wire, number, to, 2)
        first, second = (json.loads((tmp_path / name).read_text()) for name in ("1", "2"))
        assert first["title"] == first["DISPACCIO_TITLE"] == "A plant; rm -rf $(x) `y`"
        assert (first["DISPACCIO_NUMBER"], first["DISPACCIO_STATUS"]) == (number, "usable")
        assert (second["DISPACCIO_KIND"], second["DISPACCIO_STATUS"]) == ("withdrawal", "canceled")
        assert "DISPACCIO_SECRET" not in first
        wire.ask("olga", f"/endpoints/{to['endpoint']}/disable")


class TestWordPress:
    @pytest.fixture
    def site(self) -> Iterator[Site]:
        with site() as at_work:
            yield at_work

    @pytest.mark.parametrize("publish", [True, False])
    def test_the_life_of_a_post(
        self, wire: WireAtWork, tmp_path: Path, site: Site, publish: bool
    ) -> None:
        port = free_port()
        to = wire.endpoint(f"http://127.0.0.1:{port}/")
        words = ("--to", "wordpress", site.url, "--from", wire.url, "--user", USER)
        words += ("--publish",) if publish else ()
        with receiving(
            port,
            tmp_path / "memory",
            *words,
            secret=to["secret"],
            DISPACCIO_PASSWORD=PASSWORD,
        ):
            number = wire.publish("A third plant & more")
            settled(wire, number, to, 1)
            [post] = site.posts.values()
            made = dict(post)
            wire.correct(number, "A third plant in Bergamo")
            settled(wire, number, to, 2)
            corrected = dict(post)
            wire.ask("dora", f"/releases/{number}/withhold", {"reason": "error"})
            settled(wire, number, to, 3)
            withheld = dict(post)
            wire.ask("dora", f"/releases/{number}/usable-again", {})
            settled(wire, number, to, 4)
            again = dict(post)
            wire.withdraw(number)
            settled(wire, number, to, 5)
        shown = "publish" if publish else "draft"
        assert (made["title"], made["status"]) == ("A third plant & more", shown)
        assert made["content"].startswith('<p class="press-release-label"><strong>')
        assert "employs 120 people" in made["content"]
        assert made["meta"]["dispaccio_number"] == number
        assert (corrected["title"], corrected["status"]) == ("A third plant in Bergamo", shown)
        for back in (withheld, post):
            assert back["status"] == "draft"
            assert "employs 120 people" not in back["content"]
        assert (again["status"], again["title"]) == (shown, "A third plant in Bergamo")
        assert "withdrawn" in post["content"]
        assert list(site.posts.values()) == [post]
        wire.ask("olga", f"/endpoints/{to['endpoint']}/disable")


def command(capsys: pytest.CaptureFixture[str], wire: WireAtWork, *words: str) -> tuple[int, str]:
    """A command of the group ``endpoint``, by olga: its exit code and what it printed."""
    capsys.readouterr()
    code = main(["endpoint", *words, "--home", str(wire.home.folder), "--as", "olga"])
    return code, capsys.readouterr().out


class TestRehearsal:
    """The kit against the wire's own rehearsal: what other receivers are tried with."""

    @pytest.mark.parametrize("payload", ["thin", "full"])
    def test_eight_states_into_a_folder(
        self, wire: WireAtWork, tmp_path: Path, payload: str
    ) -> None:
        incoming, port = tmp_path / "incoming", free_port()
        incoming.mkdir()
        to = wire.endpoint(f"http://127.0.0.1:{port}/", payload=payload)
        words = ("--to", "folder", str(incoming), "--from", wire.url)
        with receiving(port, tmp_path / "memory", *words, secret=to["secret"]):
            ping = wire.ask("olga", f"/endpoints/{to['endpoint']}/ping")
            said = wire.ask("olga", f"/endpoints/{to['endpoint']}/rehearse")
        assert (ping["status"], ping["well"]) == (200, True)
        assert said["sentence"] == "8 of 8 were answered as they should be.", said
        assert [step["status"] for step in said["steps"]] == [200] * 5 + [409] + [200] * 2
        assert "already-withdrawn" in said["steps"][5]["answered"]
        life, letters, table = (said["steps"][place]["number"] for place in (0, 6, 7))
        assert names(incoming) == {
            *(f"TEST/{life}.v{version}.json" for version in (1, 2, 4, 5, 6)),
            f"TEST/{letters}.v1.json",
            f"TEST/{table}.v1.json",
        }
        for name in names(incoming):
            document = json.loads((incoming / name).read_bytes())
            assert document["number"].startswith("TEST-")
            assert document["label"]["text"].startswith("TEST")
        text = json.loads((incoming / f"TEST/{letters}.v1.json").read_bytes())
        assert "👩🏽‍🚀" in text["title"]
        wire.ask("olga", f"/endpoints/{to['endpoint']}/disable")

    def test_a_test_is_never_published(self, wire: WireAtWork, tmp_path: Path) -> None:
        port = free_port()
        to = wire.endpoint(f"http://127.0.0.1:{port}/")
        with site() as blog:
            words = ("--to", "wordpress", blog.url, "--from", wire.url, "--user", USER)
            with receiving(
                port,
                tmp_path / "memory",
                *words,
                "--publish",
                secret=to["secret"],
                DISPACCIO_PASSWORD=PASSWORD,
            ):
                said = wire.ask("olga", f"/endpoints/{to['endpoint']}/rehearse")
            assert said["well"], said
            posts = blog.posts.values()
            assert len(posts) == 3
            assert {post["status"] for post in posts} == {"draft"}
            assert all(post["title"].startswith("TEST: ") for post in posts)
        wire.ask("olga", f"/endpoints/{to['endpoint']}/disable")

    def test_by_command(
        self, wire: WireAtWork, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        port = free_port()
        to = wire.endpoint(f"http://127.0.0.1:{port}/", payload="full", format="text")
        words = ("--to", "command", "cat", "--from", wire.url)
        with receiving(port, tmp_path / "memory", *words, secret=to["secret"]):
            code, shown = command(capsys, wire, "rehearse", to["endpoint"])
            pinged = command(capsys, wire, "ping", to["endpoint"])
        assert (code, pinged[0]) == (0, 0)
        assert "late old revision (TEST-" in shown
        assert "  answered: The receiver answered 409" in shown
        assert "  should: It is dropped or refused: the release stays withdrawn." in shown
        assert shown.endswith("8 of 8 were answered as they should be.\n")
        code, shown = command(capsys, wire, "rehearse", to["endpoint"])
        assert (code, "AMISS" in shown) == (1, True)
        assert command(capsys, wire, "ping", to["endpoint"])[0] == 1
        wire.ask("olga", f"/endpoints/{to['endpoint']}/disable")

    def test_nobody_there(self, wire: WireAtWork) -> None:
        to = wire.endpoint(f"http://127.0.0.1:{free_port()}/")
        said = wire.ask("olga", f"/endpoints/{to['endpoint']}/rehearse")
        assert said["sentence"] == "0 of 8 were answered as they should be."
        assert "takes no connection" in said["steps"][0]["answered"]
        assert {step["answered"] for step in said["steps"][1:]} == {"It was not sent."}
        assert wire.ask("olga", f"/endpoints/{to['endpoint']}/ping")["well"] is False
        wire.ask("olga", f"/endpoints/{to['endpoint']}/disable")


def test_what_was_missed_is_fetched_from_the_real_wire(
    wire: WireAtWork, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    incoming = tmp_path / "in"
    incoming.mkdir()
    to = wire.endpoint("http://127.0.0.1:9/")
    monkeypatch.setenv("DISPACCIO_KEY", wire.home.keys["sam"])
    words = ["--from", wire.url, "--memory", str(tmp_path / "memory"), "--endpoint", to["endpoint"]]
    once = ["receive", "--to", "folder", str(incoming), *words, "--once"]
    number, other = wire.publish("A third plant"), wire.publish("A fourth plant")
    wire.withdraw(other)
    assert main(once) == 0
    assert names(incoming) >= {f"{number}.v1.json", f"{other}.v2.json"}
    assert json.loads((incoming / f"{other}.v2.json").read_bytes())["status"] == "canceled"
    wire.correct(number, "A third plant in Bergamo")
    before = names(incoming)
    assert [main(once), main(once)] == [0, 0]
    assert names(incoming) - before == {f"{number}.v2.json"}
