"""WordPress by itself: what goes wrong, and what editors do meanwhile."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from dispaccio.errors import DispaccioError, DocumentUnreachable, NotTaken
from dispaccio.receive.delivery import Delivery, Known
from dispaccio.receive.wordpress import WordPress
from tests.receive.wordpress import PASSWORD, USER, Site, site


@pytest.fixture
def blog() -> Iterator[Site]:
    with site() as at_work:
        yield at_work


def delivery(version: int = 1, kind: str = "original", **more: Any) -> Delivery:
    status = {"withhold": "withheld", "withdrawal": "canceled"}.get(kind, "usable")
    text = f"<p>Text {version}</p>"
    ninjs = {
        "headlines": [{"role": "main", "value": f"Title {version}"}],
        "bodies": [{"role": "main", "value": text}],
    }
    said = {"number": "T1", "kind": kind, "status": status, "label": 'Press <b>"release"</b>'}
    said |= {"document": json.dumps(ninjs).encode(), "issuer": "Aurora & Sons", **more}
    return Delivery("r1", version, url="https://wire.example/r/T1", **said)


class Desk:
    """A target and what is remembered of its one release."""

    def __init__(self, blog: Site, **options: Any) -> None:
        self.wordpress = WordPress(blog.url, USER, PASSWORD, **options)
        self.notes: dict[str, Any] = {}

    def take(self, what: Delivery) -> None:
        self.notes |= self.wordpress.take(what, Known(notes=self.notes))


def test_the_label_is_on_top_and_escaped(blog: Site) -> None:
    Desk(blog).take(delivery())
    [post] = blog.posts.values()
    assert post["content"].startswith(
        '<p class="press-release-label"><strong>Press &lt;b&gt;&quot;release&quot;&lt;/b&gt;'
    )
    assert post["content"].endswith('T1">Aurora &amp; Sons T1</a></p>')
    assert (post["slug"], post["status"]) == ("press-release-t1", "draft")


def test_a_crash_after_the_post_was_made_makes_no_second_one(blog: Site) -> None:
    Desk(blog, publish=True).take(delivery())
    Desk(blog, publish=True).take(delivery())
    assert len(blog.posts) == 1


def test_an_editors_decision_stays(blog: Site) -> None:
    desk = Desk(blog)
    desk.take(delivery())
    [post] = blog.posts.values()
    post["status"] = "publish"
    desk.take(delivery(2, "correction"))
    assert (post["status"], post["title"]) == ("publish", "Title 2")
    desk.take(delivery(3, "withhold"))
    desk.take(delivery(4, "correction", status="withheld"))
    assert post["status"] == "draft"
    desk.take(delivery(5, "usable_again"))
    assert post["status"] == "publish"


def test_what_an_editor_deleted_stays_deleted(blog: Site) -> None:
    desk = Desk(blog)
    desk.take(delivery())
    blog.posts.clear()
    desk.take(delivery(2, "correction"))
    desk.take(delivery(3, "withdrawal"))
    assert not blog.posts


def test_what_is_taken_back_before_it_came_is_never_published(blog: Site) -> None:
    Desk(blog, publish=True).take(delivery(2, "withdrawal"))
    [post] = blog.posts.values()
    assert post["status"] == "draft"


@pytest.mark.parametrize("trouble", ["down", "password", "format", "nobody"])
def test_trouble_is_an_error_that_the_wire_tries_again(blog: Site, trouble: str) -> None:
    desk, what = Desk(blog), delivery()
    if trouble == "down":
        blog.down = True
    elif trouble == "password":
        desk.wordpress = WordPress(blog.url, USER, "wrong")
    elif trouble == "format":
        what = delivery(document=b"<nitf/>")
    else:
        desk.wordpress = WordPress("http://127.0.0.1:9", USER, PASSWORD)
    with pytest.raises(DispaccioError) as caught:
        desk.take(what)
    assert isinstance(caught.value, NotTaken | DocumentUnreachable)
    assert caught.value.status == 503
    assert not blog.posts
    assert PASSWORD not in caught.value.message
