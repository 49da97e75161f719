"""A release goes the whole road by commands alone, without a server."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Terminal
from tests.media import samples

COMET = """PRESS RELEASE

Lindau Observatory finds a comet

LINDAU - The Lindau Observatory has found a comet with its new telescope. The comet passes
Earth in March.

Press contact
Ada Rossi, press@lindau.example
"""


def test_from_an_empty_folder_to_a_withdrawal(terminal: Terminal, tmp_path: Path) -> None:
    comet = tmp_path / "comet.txt"
    comet.write_text(COMET)
    made = terminal.does("init", "--name", "Example Wire", "--test").out
    assert f"Made the home of Example Wire in {terminal.home}." in made
    added = terminal.does("person", "add", "bruno").out
    assert "operator" in added
    assert "dsp_" in added
    terminal.does("issuer", "add", "lindau", "--name", "Lindau Observatory",
                  "--domain", "lindau.example")  # fmt: skip
    terminal.does("person", "add", "anna", "--role", "author:lindau")
    terminal.does("channel", "add", "science", "--title", "Science", "--as", "bruno")

    id = terminal.does(
        "submit", str(comet), "--as", "anna", "--channel", "science", "-q"
    ).out.strip()
    assert id in terminal.does("queue", "--as", "bruno").out
    assert "[warnings-unconfirmed]" in terminal.fails("approve", id, "--as", "bruno")
    approved = terminal.does("approve", id, "--confirm", "--as", "bruno").out
    assert f"dispaccio publish {id}" in approved
    published = terminal.does("publish", id, "--as", "bruno").out
    assert published.startswith("Published T100000001 at ")
    assert "http://127.0.0.1:8000/r/T100000001\n" in published

    shown = terminal.does("show", "T100000001", "--as", "bruno").out
    assert shown.startswith("[Press release] (institutional")
    assert "The comet passes Earth in March." in shown
    assert "T100000001" in terminal.does("search", "comet", "march").out

    comet.write_text(COMET.replace("March", "April"))
    terminal.does("correct", "T100000001", str(comet), "--reason", "wrong-month", "--as", "anna")
    again = terminal.does("publish", "T100000001", "--confirm", "--as", "bruno").out
    assert "Published T100000001, version 2" in again
    assert "No published release" in terminal.does("search", "comet", "march").out

    terminal.does("withhold", "T100000001", "--reason", "legal-check", "--as", "bruno")
    assert "April" not in terminal.does("show", "T100000001", "--as", "bruno").out
    terminal.does("usable-again", "T100000001", "--as", "bruno")
    assert "April" in terminal.does("show", "T100000001", "--as", "bruno").out
    withdrawn = terminal.does("withdraw", "T100000001", "--reason", "error", "--text",
                              "It was no comet.", "--as", "anna").out  # fmt: skip
    assert withdrawn.startswith("Withdrew T100000001 at ")
    shown = terminal.does("show", "T100000001", "--as", "bruno").out
    assert "error, It was no comet." in shown
    assert "April" not in shown
    assert (
        "version 5 (withdrawal)" in terminal.does("deliveries", "T100000001", "--as", "bruno").out
    )
    refused = terminal.fails("withdraw", "T100000001", "--reason", "error", "--as", "anna")
    assert refused.endswith("[illegal-move]")


def test_a_text_with_errors_comes_back_and_is_handed_in_anew(
    wire: Terminal, plant: str, tmp_path: Path
) -> None:
    empty = tmp_path / "empty.json"
    empty.write_text(
        json.dumps({"title": "No text", "label": {"code": "promotional", "text": "x"}})
    )
    ran = wire("submit", str(empty), "--as", "anna")
    assert ran.code == 1
    assert "  error " in ran.out
    id = ran.out.split("\n")[0].removeprefix("Handed in, as ").rstrip(".")
    assert f"dispaccio submit FILE --revise {id}" in ran.out
    again = wire.does("submit", plant, "--as", "anna", "--revise", id).out
    assert again.startswith(f"Handed in, as {id}.")
    assert f"dispaccio approve {id}" in again


def test_the_desk_decides(wire: Terminal, plant: str) -> None:
    id = wire.does("submit", plant, "--as", "anna", "--quiet").out.strip()
    assert wire.does("claim", id, "--as", "dora").out == "You have it.\n"
    assert "[claimed-by-other]" in wire.fails("claim", id, "--as", "dino")
    wire.does("claim", id, "--take-over", "--as", "dino")
    assert " dino " in wire.does("queue", "--as", "dora").out
    assert wire.does("claim", id, "--give-back", "--as", "dino").out == "Nobody has it any more.\n"
    wire.does("review", id, "--park", "--why", "Who paid?", "--as", "dora")
    assert "The desk: Who paid?" in wire.does("show", id, "--as", "anna").out
    wire.does("review", id, "--resume", "--as", "dora")
    for option, words in [
        ("--park", "parked"),
        ("--resume", "in review"),
        ("--return", "returned"),
    ]:
        assert wire.does("review", id, option, "--as", "dora").out == f"It is {words} now.\n"
    wire.does("submit", plant, "--as", "anna", "--revise", id)
    wire.does("review", id, "--reject", "--why", "Not for this wire.", "--as", "dora")
    assert "rejected" in wire.does("show", id, "--as", "dora").out
    assert wire.fails("call-off", id, "--as", "anna").endswith("[nothing-open]")


def test_authors_and_subscribers_see_what_is_theirs(wire: Terminal, plant: str) -> None:
    id = wire.does("submit", plant, "--as", "anna", "--quiet").out.strip()
    assert id in wire.does("queue", "--as", "anna").out
    refused = wire.fails("queue", "--as", "sam")
    assert refused.startswith("sam may not list the texts that are on their way;")
    added = wire.does("endpoint", "add", "gazette", "http://127.0.0.1:9/in", "--as", "sam").out
    assert "whsec_" in added
    assert "http://127.0.0.1:9/in" in wire.does("endpoint", "list", "--as", "sam").out


def test_a_release_time_seals_and_can_be_changed(wire: Terminal, plant: str) -> None:
    id = wire.does("submit", plant, "--as", "anna", "--release-time", "2030-05-26 09:00",
                   "--zone", "Europe/Rome", "-q").out.strip()  # fmt: skip
    sealed = wire.does("approve", id, "--confirm", "--label", "science", "--as", "dora").out
    assert sealed.startswith("Sealed until 2030-05-26 07:00:00 UTC;")
    assert "start `dispaccio serve` before then" in sealed
    assert wire.does("show", id, "--as", "dora").out.startswith("[Research press release] (science")
    moved = wire.does("reschedule", id, "2030-05-27T09:00Z", "--as", "dora").out
    assert "2030-05-27 09:00:00 UTC" in moved
    assert "2030-05-27 09:00:00 UTC" in wire.does("queue", "--as", "dora").out
    stopped = wire.does("stop", id, "--as", "dora").out
    assert stopped == "It is stopped: approved, without a release time.\n"
    assert wire.fails("stop", id, "--as", "dora").endswith("[illegal-move]")
    assert "called off" in wire.does("call-off", id, "--as", "anna").out
    assert wire.does("queue", "--as", "dora").out == "No text is on its way.\n"


def test_another_wires_release_is_taken_over_once(wire: Terminal, tmp_path: Path) -> None:
    theirs = tmp_path / "theirs.txt"
    theirs.write_text(
        "Weser Lines opens a ferry to Texel\n\n"
        "BREMEN, May 26, 2026 /PRNewswire/ -- Weser Lines has opened a ferry to Texel.\n\n"
        "View original content: https://www.prnewswire.com/news-releases/ferry-302781999.html\n"
    )
    taken = wire.does("relay", "take", str(theirs), "--as", "dora", "--json").json
    assert taken["new"] is True
    again = wire.does("relay", "take", str(theirs), "--as", "dora", "--publish", "--confirm").out
    assert again.startswith(f"It was here before. Taken over from another wire, as {taken['id']}.")
    assert "Published T100000001 at" in again
    public = wire.does("relay", "take", str(theirs), "--as", "dora").out
    assert "It is public already, as T100000001" in public


def test_the_same_key_takes_the_same_text_once(wire: Terminal, plant: str) -> None:
    first = wire.does("submit", plant, "--as", "anna", "--idempotency-key", "k1", "-q").out
    again = wire.does("submit", plant, "--as", "anna", "--idempotency-key", "k1").out
    assert again.startswith(f"It was handed in before, as {first.strip()}.")
    refused = wire.fails("submit", plant, "--as", "anna", "--idempotency-key", "k1",
                         "--label", "political")  # fmt: skip
    assert refused.endswith("[idempotency-conflict]")


def test_subscribers_and_their_endpoints(wire: Terminal, plant: str) -> None:
    wire.does("subscriber", "add", "courier", "--name", "Example Courier", "--as", "olga")
    added = wire.does("endpoint", "add", "courier", "http://127.0.0.1:9/in", "--as", "olga").out
    assert "whsec_" in added
    listed = wire.does("endpoint", "list", "--subscriber", "courier", "--as", "olga", "--json").json
    [endpoint] = listed["endpoints"]
    id = wire.does("submit", plant, "--as", "anna", "-q").out.strip()
    out = wire.does("publish", id, "--confirm", "--as", "dora").out
    assert "1 delivery; they go out when `dispaccio serve` runs" in out
    report = wire.does("deliveries", "T100000001", "--as", "dora").out
    assert "0 of 1 endpoint got it" in report
    assert "on its way" in report
    wire.does("endpoint", "disable", endpoint["endpoint"], "--why", "moving", "--as", "olga")
    assert "disabled: moving" in wire.does("endpoint", "list", "--as", "olga").out
    wire.does("endpoint", "enable", endpoint["endpoint"], "--as", "olga")
    assert "disabled" not in wire.does("endpoint", "list", "--as", "olga").out


def test_where_the_wire_may_send(wire: Terminal) -> None:
    refused = wire.fails("endpoint", "add", "gazette", "https://10.1.2.3/in", "--as", "olga")
    assert "dispaccio egress allow 10.1.2.3:443" in refused
    wire.does("egress", "allow", "10.1.2.3:443", "--why", "editorial", "--as", "olga")
    wire.does("endpoint", "add", "gazette", "https://10.1.2.3/in", "--as", "olga")
    assert "editorial" in wire.does("egress", "list", "--as", "olga").out
    wire.does("egress", "disallow", "10.1.2.3:443", "--as", "olga")
    assert "editorial" not in wire.does("egress", "list", "--as", "olga").out
    refused = wire.fails("egress", "disallow", "10.1.2.3:443", "--as", "olga")
    assert refused == (
        "There is no leave to send to 10.1.2.3:443; there is none at all. [unknown-leave]"
    )


def test_people_and_their_keys(wire: Terminal) -> None:
    added = wire.does("person", "key", "add", "anna", "--as", "anna").out
    prefix = added.split("dsp_")[1][:6]
    assert f"dsp_{prefix}" in wire.does("person", "list", "--as", "olga").out
    wire.does("person", "key", "revoke", "anna", f"dsp_{prefix}", "--as", "olga")
    assert f"dsp_{prefix}" not in wire.does("person", "list", "--as", "olga").out
    wire.does("person", "remove", "anna", "--as", "olga")
    assert wire.fails("queue", "--as", "anna").endswith("[unknown-person]")


@pytest.mark.parametrize(
    ("args", "keys"),
    [
        (["person", "list"], ["people"]),
        (["issuer", "list"], ["issuers"]),
        (["channel", "list"], ["channels"]),
        (["subscriber", "list"], ["subscribers"]),
        (["endpoint", "list"], ["endpoints"]),
        (["egress", "list"], ["egress"]),
        (["queue"], ["submissions"]),
        (["search", "nothing"], ["next", "releases"]),
        (["doctor"], ["checks", "well"]),
        (["formats"], ["formats"]),
        (["plugins"], ["plugins"]),
    ],
    ids=" ".join,
)
def test_json_is_the_apis_answer(wire: Terminal, args: list[str], keys: list[str]) -> None:
    who = [] if args[0] in {"formats", "plugins"} else ["--as", "olga"]
    assert sorted(wire.does(*args, *who, "--json").json) == keys


def test_json_of_a_command_without_an_answer_is_an_empty_object(wire: Terminal) -> None:
    assert wire.does("clock", "accept", "--as", "olga", "--json").json == {}


def test_an_empty_home_says_what_to_do_next(terminal: Terminal) -> None:
    terminal.does("init", "--name", "New Wire")
    for group in ("person", "issuer", "subscriber", "channel", "endpoint"):
        assert f"`dispaccio {group} add" in terminal.does(group, "list").out
    assert "to no other" in terminal.does("egress", "list").out
    assert terminal.does("status").out.startswith("All well;")


def test_a_home_is_looked_over(wire: Terminal) -> None:
    assert "  well   keys " in wire.does("doctor", "--as", "olga").out
    key = wire.home / "keys" / "vault.key"
    key.chmod(0o444)
    ran = wire("doctor", "--as", "olga")
    assert (ran.code, ran.err) == (1, "")
    assert f"others may read {key}" in ran.out
    key.unlink()
    looked = wire("doctor").out
    assert (
        f"  wrong  wire      The vault's key cannot be read: No such file or directory ({key})."
        in (looked)
    )
    assert f"  wrong  keys      vault.key missing in {key.parent}" in looked
    assert "Errno" not in looked
    assert "well   keys" not in looked


def test_a_provider_without_its_secret_is_wrong(wire: Terminal) -> None:
    file = wire.home / "dispaccio.toml"
    said = 'oidc_issuer = "https://login.ponte.example"\noidc_client_id = "wire"\n'
    file.write_text(file.read_text("utf-8") + said, "utf-8")
    ran = wire("doctor", "--as", "olga")
    assert ran.code == 1
    assert f"  wrong  provider  oidc.secret missing in {wire.home / 'keys'}" in ran.out
    (wire.home / "keys" / "oidc.secret").touch(0o400)
    assert "  provider  " not in wire.does("doctor", "--as", "olga").out


def test_logo_colours_and_pages_are_looked_over(wire: Terminal) -> None:
    out = wire.does("doctor", "--as", "olga").out
    assert (
        f"  look   imprint   there is no imprint, which many countries ask for: write {wire.home}"
        in (out)
    )
    pages = wire.home / "pages"
    pages.mkdir()
    (pages / "imprint.it.md").write_text("# Note legali\n\nPonte, Bergamo.", "utf-8")
    (pages / "impressum.de.md").write_text("Ponte", "utf-8")
    out = wire.does("doctor", "--as", "olga").out
    assert "no imprint" not in out
    assert f"  look   looks     {pages / 'impressum.de.md'} is shown nowhere;" in out
    settings = wire.home / "dispaccio.toml"
    whole = settings.read_text("utf-8")
    settings.write_text(f'{whole}logo = "logo.svg"\n', "utf-8")
    (wire.home / "logo.svg").write_text(
        '<svg xmlns="http://www.w3.org/2000/svg"><script/></svg>', "utf-8"
    )
    ran = wire("doctor", "--as", "olga")
    assert ran.code == 1
    assert "  wrong  looks     The logo logo.svg line 1 has <script>; draw it without." in ran.out
    assert wire.fails("serve", "--port", "0").startswith("The logo logo.svg line 1 has <script>")
    settings.write_text(f'{whole}colour = "#ffcc00"\n', "utf-8")
    assert "  wrong  settings  dispaccio.toml: colour #ffcc00 stands out" in wire("doctor").out


def test_a_home_that_others_may_write_is_wrong(wire: Terminal) -> None:
    wire.home.chmod(0o755)
    assert "  look   folder    others may look into" in wire.does("doctor", "--as", "olga").out
    for folder, name in ((wire.home, "folder"), (wire.home / "keys", "keys")):
        folder.chmod(0o777)
        ran = wire("doctor", "--as", "olga")
        assert ran.code == 1
        assert f"  wrong  {name:<9} others may change what lies in {folder};" in ran.out
        folder.chmod(0o700)


def test_a_home_is_looked_over_by_anybody_who_can_open_it(wire: Terminal) -> None:
    for args, sentence in (([], "Say who you are, with --as PERSON:"), (["--as", "anna"], "anna")):
        out = wire.does("doctor", *args).out
        assert "  look   wire      the home opens;" in out
        assert sentence in out
        assert "  well   server    " in out
    assert wire.fails("doctor", "--as", "nobody").endswith("[unknown-person]")


def test_a_home_of_this_version_is_not_upgraded(wire: Terminal) -> None:
    assert wire.does("upgrade").out.endswith("nothing to do.\n")


def test_a_picture_goes_with_a_text(terminal: Terminal, tmp_path: Path) -> None:
    comet, picture = tmp_path / "comet.txt", tmp_path / "comet.jpg"
    comet.write_text(COMET)
    picture.write_bytes(samples.jpeg(600, 400))
    terminal.does("init", "--name", "Example Wire", "--test")
    terminal.does("person", "add", "bruno")
    terminal.does("issuer", "add", "lindau", "--name", "Lindau Observatory",
                  "--domain", "lindau.example")  # fmt: skip
    terminal.does("person", "add", "anna", "--role", "author:lindau")
    said = ("--alt", "A comet", "--rights", "Free", "--credit", "Rossi")
    id = terminal.does(
        "submit", str(comet), "--as", "anna", "--file", str(picture), *said, "-q"
    ).out.strip()
    added = terminal.does("file", "add", id, str(picture), "--name", "again.jpg", "--as", "anna")
    assert "no alt text" in added.out and "again.jpg" in added.out
    found = json.loads(terminal.does("file", "list", id, "--as", "anna", "--json").out)["files"]
    first, second = (item["id"] for item in found)
    terminal.does("file", "order", id, second, "--as", "anna")
    terminal.does(
        "file", "change", id, second, "--alt", "Again", "--rights", "Free", "--as", "anna"
    )
    terminal.does("file", "remove", id, first, "--as", "anna")
    assert "[no-such-part]" in terminal.fails("file", "remove", id, first, "--as", "anna")
    terminal.does("publish", id, "--confirm", "--as", "bruno")
    shown = json.loads(terminal.does("file", "list", "T100000001", "--as", "anna", "--json").out)
    assert [item["id"] for item in shown["files"]] == [second]
    assert "[nothing-open]" in terminal.fails("file", "remove", id, second, "--as", "anna")
