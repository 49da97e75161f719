"""The hub of the feeds in a real process, asked by a subscriber of ours and by flask-websub's."""

from __future__ import annotations

import hashlib
import hmac
import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import feedparser
import flask
import flask_websub.publisher
import flask_websub.subscriber
import pytest
from werkzeug.serving import make_server

from dispaccio.testing import home as homes
from dispaccio.testing.home import Home
from dispaccio.testing.server import Answer, Server
from tests.server.callbacks import Callbacks

pytestmark = [pytest.mark.timeout(120), pytest.mark.long]
FEEDS = {
    "atom.xml": "application/atom+xml",
    "rss.xml": "application/rss+xml",
    "feed.json": "application/feed+json",
}


class Wire:
    """A wire that is served at its own address."""

    def __init__(self, home: Home, server: Server) -> None:
        self.home, self.server = home, server
        self.url = f"http://127.0.0.1:{server.port}"
        self.desk = server.client(home.keys["dora"])
        self.operator = server.client(home.keys["olga"])

    def publish(self, title: str) -> str:
        body = json.dumps(homes.document(title)).encode()
        said = self.desk.post("/submissions?issuer=aurora", body, content_type="application/json")
        done = self.desk.post(f"/submissions/{said.json()['id']}/publish", {"confirm": True})
        assert done.status == 200, done.body
        return str(done.json()["published"][0]["number"])

    def hub(self, **fields: str | int) -> Answer:
        """One request to the hub; ``hub.`` stands before every field's name."""
        form = urlencode({f"hub.{name}": value for name, value in fields.items()}).encode()
        headers = {"content-type": "application/x-www-form-urlencoded"}
        return self.server.client().ask("POST", "/hub", form, headers)

    def subscribe(self, callback: str, topic: str = "atom.xml", **more: str | int) -> Answer:
        topic = f"{self.url}/{topic}"
        return self.hub(mode="subscribe", topic=topic, callback=callback, **more)

    def subscribed(self, callback: str) -> dict[str, Any] | None:
        """The subscription of a callback."""
        said = self.operator.get("/api/v1/endpoints?subscriber=hub").json()
        return next((e for e in said["endpoints"] if e["address"] == callback), None)

    def state(self, callback: str) -> str | None:
        found = self.subscribed(callback)
        return found and str(found["state"])


def serve(folder: Path, **settings: Any) -> tuple[Home, Server]:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    url = f"http://127.0.0.1:{port}"
    home = homes.make(folder, second_person="never", url=url, **settings)
    server = Server(folder, forked=True)
    server.port = port
    return home, server


@pytest.fixture(scope="module")
def wire(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Wire]:
    home, server = serve(tmp_path_factory.mktemp("hub") / "home")
    with server:
        yield Wire(home, server)


@pytest.fixture(scope="module")
def callbacks() -> Iterator[Callbacks]:
    with Callbacks() as listening:
        yield listening


@pytest.fixture
def path(request: pytest.FixtureRequest) -> str:
    """A callback's path of this test alone."""
    return f"/{hashlib.sha256(request.node.name.encode()).hexdigest()[:12]}"


def until(what: Callable[[], object], seconds: float = 20) -> None:
    end = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < end
        time.sleep(0.05)


class TestSubscribing:
    """Sections 5 and 6 of the REC."""

    def test_the_callback_is_asked_and_then_gets_the_topic(
        self, wire: Wire, callbacks: Callbacks, path: str
    ) -> None:
        callback = callbacks.url(path)
        assert wire.subscribe(callback, lease_seconds=7200).status == 202
        until(lambda: wire.state(callback) == "active")
        [asked] = callbacks.questions(path)
        assert asked["hub.mode"] == "subscribe"
        assert asked["hub.topic"] == f"{wire.url}/atom.xml"
        assert asked["hub.lease_seconds"] == "7200"
        assert len(asked["hub.challenge"]) > 20
        wire.publish("To be distributed")
        [post] = callbacks.wait(path, 1)
        assert post.headers["content-type"] == "application/atom+xml"
        link = post.headers["link"]
        assert f'<{wire.url}/hub>; rel="hub"' in link
        assert f'<{wire.url}/atom.xml>; rel="self"' in link
        assert "x-hub-signature" not in post.headers
        feed = feedparser.parse(post.body)
        assert feed.entries[0].title == "To be distributed"
        assert post.body == wire.server.client().get("/atom.xml").body

    def test_a_query_in_the_callback_stays(
        self, wire: Wire, callbacks: Callbacks, path: str
    ) -> None:
        assert wire.subscribe(callbacks.url(f"{path}?who=me&x")).status == 202
        until(lambda: callbacks.questions(path))
        [asked] = callbacks.questions(path)
        assert (asked["who"], asked["x"], asked["hub.mode"]) == ("me", "", "subscribe")

    @pytest.mark.parametrize(
        "reply", [(404, ""), (200, "something else"), (500, "{}"), (302, "")], ids=str
    )
    def test_who_does_not_repeat_the_challenge_is_not_subscribed(
        self, wire: Wire, callbacks: Callbacks, path: str, reply: tuple[int, str]
    ) -> None:
        callbacks.replies[path] = reply
        assert wire.subscribe(callbacks.url(path)).status == 202
        until(lambda: callbacks.questions(path))
        wire.publish("Not for them")
        time.sleep(0.3)
        assert wire.subscribed(callbacks.url(path)) is None
        assert callbacks.at(path) == []

    @pytest.mark.parametrize(
        ("asked", "given"), [("", 864_000), ("1", 3600), ("999999999999", 2_592_000)]
    )
    def test_the_lease_is_bounded(
        self, wire: Wire, callbacks: Callbacks, path: str, asked: str, given: int
    ) -> None:
        assert wire.subscribe(callbacks.url(path), lease_seconds=asked).status == 202
        until(lambda: callbacks.questions(path))
        assert callbacks.questions(path)[0]["hub.lease_seconds"] == str(given)

    def test_a_secret_signs(self, wire: Wire, callbacks: Callbacks, path: str) -> None:
        secret = "sécret " * 24
        assert len(secret.encode()) < 200
        wire.subscribe(callbacks.url(path), secret=secret)
        until(lambda: wire.state(callbacks.url(path)) == "active")
        wire.publish("Signed")
        [post] = callbacks.wait(path, 1)
        made = hmac.new(secret.encode(), post.body, hashlib.sha256).hexdigest()
        assert post.headers["x-hub-signature"] == f"sha256={made}"
        wire.subscribe(callbacks.url(path), secret="another")
        until(lambda: len(callbacks.questions(path)) == 2)
        time.sleep(0.3)
        wire.publish("Signed anew")
        post = callbacks.wait(path, 2)[1]
        made = hmac.new(b"another", post.body, hashlib.sha256).hexdigest()
        assert post.headers["x-hub-signature"] == f"sha256={made}"

    def test_renewing_makes_no_second_subscription(
        self, wire: Wire, callbacks: Callbacks, path: str
    ) -> None:
        callback = callbacks.url(path)
        wire.subscribe(callback, lease_seconds=3600)
        until(lambda: wire.state(callback) == "active")
        first = wire.subscribed(callback)
        wire.subscribe(callback, lease_seconds=86_400)
        until(lambda: wire.subscribed(callback) != first)
        again = wire.subscribed(callback)
        assert first
        assert again
        assert again["endpoint"] == first["endpoint"]
        assert again["expires"] > first["expires"]
        wire.publish("Once")
        callbacks.wait(path, 1)
        time.sleep(0.3)
        assert len(callbacks.at(path)) == 1

    def test_unsubscribing_is_asked_about_too(
        self, wire: Wire, callbacks: Callbacks, path: str
    ) -> None:
        callback, topic = callbacks.url(path), f"{wire.url}/atom.xml"
        wire.subscribe(callback)
        until(lambda: wire.state(callback) == "active")
        callbacks.replies[path] = (404, "")
        assert wire.hub(mode="unsubscribe", topic=topic, callback=callback).status == 202
        until(lambda: len(callbacks.questions(path)) == 2)
        time.sleep(0.2)
        assert wire.state(callback) == "active"
        del callbacks.replies[path]
        wire.hub(mode="unsubscribe", topic=topic, callback=callback)
        until(lambda: wire.state(callback) == "gone")
        wire.publish("Not for them")
        time.sleep(0.3)
        assert callbacks.at(path) == []
        wire.subscribe(callback)
        until(lambda: wire.state(callback) == "active")

    @pytest.mark.parametrize("feed", FEEDS)
    def test_every_feed_is_a_topic(
        self, wire: Wire, callbacks: Callbacks, path: str, feed: str
    ) -> None:
        wire.subscribe(callbacks.url(path), f"c/economia/{feed}")
        until(lambda: wire.state(callbacks.url(path)) == "active")
        wire.publish("In every feed")
        [post] = callbacks.wait(path, 1)
        assert post.headers["content-type"] == FEEDS[feed]
        assert post.body == wire.server.client().get(f"/c/economia/{feed}").body


class TestRefusals:
    """What the hub does not take: 4xx with the reason, and nothing is asked of anybody."""

    @pytest.mark.parametrize(
        ("fields", "reason"),
        [
            ({"mode": "publish"}, "hub.mode"),
            ({"mode": ""}, "hub.mode"),
            ({"topic": "https://elsewhere.example/feed"}, "hub.topic"),
            ({"topic": "WIRE/c/nosuch/atom.xml"}, "hub.topic"),
            ({"topic": "WIRE/r/T100000001.json"}, "hub.topic"),
            ({"topic": "WIRE/atom.xml?before=1"}, "hub.topic"),
            ({"callback": ""}, "hub.callback"),
            ({"callback": "nowhere"}, ""),
            ({"callback": "https://10.1.2.3/x"}, ""),
            ({"callback": "http://169.254.169.254/latest"}, ""),
            ({"callback": "https://2130706433/"}, ""),
            ({"callback": "https://[::ffff:7f00:1]/"}, ""),
            ({"callback": "https://[64:ff9b::7f00:1]/"}, ""),
            ({"callback": "https://user@example.org/"}, ""),
            ({"callback": "https://example.org:22/"}, ""),
            ({"callback": "https://nosuch.invalid/"}, ""),
            ({"callback": "https://example.org/#x"}, ""),
            ({"secret": "x" * 200}, "hub.secret"),
            ({"lease_seconds": "soon"}, "hub.lease_seconds"),
            ({"lease_seconds": "-1"}, "hub.lease_seconds"),
        ],
    )
    def test_with_the_reason(
        self, wire: Wire, callbacks: Callbacks, path: str, fields: dict[str, str], reason: str
    ) -> None:
        said = {"mode": "subscribe", "topic": "WIRE/atom.xml", "callback": callbacks.url(path)}
        said |= fields
        answer = wire.hub(**{name: value.replace("WIRE", wire.url) for name, value in said.items()})
        assert answer.status == 422
        assert reason in answer.body.decode()
        assert answer.body.decode().count("\n") == 1
        assert callbacks.questions(path) == []

    @pytest.mark.parametrize(
        ("body", "kind"),
        [
            (b"{}", "application/json"),
            (b"hub.mode=subscribe&hub.mode=subscribe", ""),
            (b"hub.mode=%ff", ""),
            (b"x=1&" * 5000, ""),
            (b"hub.mode=subscribe&hub.topic=%00", ""),
            (b"\xff\xfe", ""),
        ],
    )
    def test_what_is_no_form(self, wire: Wire, body: bytes, kind: str) -> None:
        headers = {"content-type": kind or "application/x-www-form-urlencoded"}
        assert wire.server.client().ask("POST", "/hub", body, headers).status == 422

    def test_only_posting(self, wire: Wire) -> None:
        assert wire.server.client().get("/hub").status == 405


class TestDistribution:
    """Section 7: what goes to callbacks, and what follows from their answers."""

    def test_a_withdrawal_is_a_tombstone(self, wire: Wire, callbacks: Callbacks, path: str) -> None:
        wire.subscribe(callbacks.url(path))
        until(lambda: wire.state(callbacks.url(path)) == "active")
        number = wire.publish("A mistake to be withdrawn")
        assert b"A mistake to be withdrawn" in callbacks.wait(path, 1)[0].body
        wire.desk.post(f"/releases/{number}/withdraw", {"reason": "error"})
        last = callbacks.wait(path, 2)[1].body
        assert b"A mistake to be withdrawn" not in last
        assert b"deleted-entry" in last

    def test_410_ends_the_subscription(self, wire: Wire, callbacks: Callbacks, path: str) -> None:
        callbacks.statuses[path] = 410
        wire.subscribe(callbacks.url(path))
        until(lambda: wire.state(callbacks.url(path)) == "active")
        wire.publish("To nobody")
        until(lambda: wire.state(callbacks.url(path)) == "gone")

    def test_what_was_not_taken_comes_again(
        self, wire: Wire, callbacks: Callbacks, path: str
    ) -> None:
        callbacks.statuses[path] = 503
        wire.subscribe(callbacks.url(path))
        until(lambda: wire.state(callbacks.url(path)) == "active")
        wire.publish("Twice")
        callbacks.wait(path, 1)
        callbacks.statuses[path] = 200
        assert len(callbacks.wait(path, 2, seconds=30)) == 2


def test_no_more_than_the_settings_say(tmp_path: Path) -> None:
    home, server = serve(tmp_path / "home", hub_most=2, hub_per_host=1)
    with server, Callbacks() as callbacks:
        wire = Wire(home, server)
        wire.subscribe(callbacks.url("/one"))
        until(lambda: wire.state(callbacks.url("/one")) == "active")
        answer = wire.subscribe(callbacks.url("/two"))
        assert answer.status == 422
        assert b"of one host" in answer.body
        assert wire.subscribe(callbacks.url("/one")).status == 202  # renewing needs no room


def test_who_comes_too_late_is_denied(tmp_path: Path) -> None:
    """Two at once, and room for one: the other gets a notice with the reason (section 5.2)."""
    home, server = serve(tmp_path / "home", hub_per_host=1)
    with server, Callbacks() as callbacks:
        wire = Wire(home, server)
        threads = [
            threading.Thread(target=wire.subscribe, args=(callbacks.url(f"/{name}"),))
            for name in ("one", "two")
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        said = [query for _, query in callbacks.asked]
        until(lambda: len(callbacks.asked) >= len(said))
        time.sleep(0.5)
        active = [n for n in ("/one", "/two") if wire.state(callbacks.url(n)) == "active"]
        assert len(active) == 1
        denied = [query for _, query in callbacks.asked if query["hub.mode"] == "denied"]
        if len(callbacks.asked) > 1:  # else the second one was refused at once
            assert denied
            assert "of one host" in denied[0]["hub.reason"]


@pytest.mark.parametrize("feed", ["atom.xml", "rss.xml", "feed.json", "c/economia/atom.xml"])
def test_discovery_by_flask_websub(wire: Wire, feed: str) -> None:
    wire.publish("Something")
    topic = f"{wire.url}/{feed}"
    found = flask_websub.subscriber.discover(topic)
    assert found == {"hub_url": f"{wire.url}/hub", "topic_url": topic}


def test_discovery_inside_the_feeds(wire: Wire) -> None:
    client, topic = wire.server.client(), f"{wire.url}/atom.xml"
    atom = feedparser.parse(client.get("/atom.xml").body).feed.links
    assert {"hub": f"{wire.url}/hub", "self": topic}.items() <= {
        link.rel: link.href for link in atom
    }.items()
    rss = client.get("/rss.xml").body
    assert f'rel="hub" href="{wire.url}/hub"'.encode() in rss
    said = json.loads(client.get("/feed.json").body)
    assert said["hubs"] == [{"type": "WebSub", "url": f"{wire.url}/hub"}]
    older = client.get("/atom.xml?before=1")
    assert "link" not in {name for name, _ in older.headers}


def test_the_links_are_those_of_flask_websubs_publisher(wire: Wire) -> None:
    """Its publisher and ours say the same of one topic, in the header that both write."""
    topic, hub = f"{wire.url}/atom.xml", f"{wire.url}/hub"
    app = flask.Flask("publisher")
    flask_websub.publisher.init_publisher(app)

    @flask_websub.publisher.publisher(self_url=topic, hub_url=hub)
    def view() -> str:
        return "a feed"

    app.add_url_rule("/atom.xml", "view", view)
    theirs = app.test_client().get("/atom.xml").headers["link"]
    ours = dict(wire.server.client().get("/atom.xml").headers)["link"]
    assert set(ours.split(", ")) == set(theirs.split(", "))


class TestFlaskWebSub:
    """The whole way with flask-websub's subscriber."""

    @pytest.fixture
    def subscriber(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> Iterator[tuple[flask.Flask, Any, list[bytes]]]:
        # It gives a secret over https only, and would first try that.
        monkeypatch.setattr(flask_websub.subscriber, "is_secure", lambda url: True)
        made = flask_websub.subscriber.Subscriber(
            flask_websub.subscriber.SQLite3SubscriberStorage(str(tmp_path / "s.db")),
            flask_websub.subscriber.SQLite3TempSubscriberStorage(str(tmp_path / "t.db")),
        )
        app, came = flask.Flask("subscriber"), []
        app.register_blueprint(made.build_blueprint(url_prefix="/callbacks"))

        @made.add_listener
        def listen(topic: str, callback: str, body: bytes) -> None:
            came.append(body)

        server = make_server("127.0.0.1", 0, app, threaded=True)
        app.config["SERVER_NAME"] = f"127.0.0.1:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield app, made, came
        server.shutdown()
        thread.join()
        server.server_close()

    def test_subscribing_listening_renewing_unsubscribing(
        self, wire: Wire, subscriber: tuple[flask.Flask, Any, list[bytes]]
    ) -> None:
        app, made, came = subscriber
        modes: list[str] = []

        @made.add_success_handler
        def succeeded(topic: str, callback: str, mode: str) -> None:
            modes.append(mode)

        found = flask_websub.subscriber.discover(f"{wire.url}/atom.xml")
        with app.app_context():
            id = made.subscribe(**found, secret="a secret of theirs", lease_seconds=86_400)
        until(lambda: modes == ["subscribe"])
        callback = f"http://{app.config['SERVER_NAME']}/callbacks/{id}"
        until(lambda: wire.state(callback) == "active")
        wire.publish("For flask-websub")
        until(lambda: came)
        assert b"For flask-websub" in came[0]  # it listens only to what its secret has signed
        with app.app_context():
            made.renew(id)
        until(lambda: modes == ["subscribe", "subscribe"])
        with app.app_context():
            made.unsubscribe(id)
        until(lambda: modes[-1] == "unsubscribe")
        until(lambda: wire.state(callback) == "gone")
