"""WordPress: a release is a post, made and changed through its REST API.

Endpoint and fields: https://developer.wordpress.org/rest-api/reference/posts/; the password is an
application password, sent by HTTP Basic authentication (RFC 7617).
"""

from __future__ import annotations

import base64
import html
import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from dispaccio.delivery.filename import component
from dispaccio.errors import DocumentUnreachable, NotTaken
from dispaccio.receive.delivery import Delivery, Known
from dispaccio.receive.fetch import Answer, call, origin

FORMAT = "ninjs"
"""The format that is fetched: its body is HTML."""
_POSTS = "/wp-json/wp/v2/posts"
_GONE = frozenset({404, 410})


class WordPress:
    """Keeps one post a release: a draft, or published if ``publish``.

    A correction changes the same post; what is withheld or withdrawn becomes a draft with the
    wire's notice in place of the text. A post that an editor deleted stays deleted.
    """

    def __init__(self, site: str, user: str, password: str, *, publish: bool = False) -> None:
        origin(site)
        self._site, self._publish = site.rstrip("/"), publish
        token = base64.b64encode(f"{user}:{password}".encode()).decode()
        self._headers = {"authorization": f"Basic {token}", "content-type": "application/json"}

    def take(self, delivery: Delivery, known: Known) -> Mapping[str, Any]:
        """Make or change the post. Raises NotTaken, DocumentUnreachable."""
        post = known.notes.get("post") or self._made_before(delivery)
        fields = _fields(delivery)
        if post is None:
            status = "publish" if self._publish and not delivery.test else "draft"
            fields |= {"slug": _slug(delivery), "status": status if delivery.usable else "draft"}
            answer = self._ask("POST", _POSTS, fields)
            if answer.status != 201:
                raise _refused(answer)
            return {"post": _id(answer), "shown": status}
        return self._change(post, fields, delivery, known)

    def _change(
        self, post: int, fields: dict[str, Any], delivery: Delivery, known: Known
    ) -> Mapping[str, Any]:
        """Change a post. What it was before it was taken back is what it becomes again."""
        notes: dict[str, Any] = {"post": post}
        if not delivery.usable:
            now = self._ask("GET", f"{_POSTS}/{post}?context=edit").json()
            shown = now.get("status") if isinstance(now, dict) else None
            if not known.notes.get("back"):
                notes |= {"shown": shown or "draft", "back": True}
            fields["status"] = "draft"
        elif known.notes.get("back"):
            fields["status"] = known.notes.get("shown", "draft")
            notes["back"] = False
        answer = self._ask("POST", f"{_POSTS}/{post}", fields)
        if answer.status in _GONE:
            return {"post": post, "deleted": True}
        if answer.status != 200:
            raise _refused(answer)
        return notes

    def _made_before(self, delivery: Delivery) -> int | None:
        """The post that was made just before a crash, found by its slug."""
        query = urlencode({"slug": _slug(delivery), "status": "any", "context": "edit"})
        answer = self._ask("GET", f"{_POSTS}?{query}")
        if answer.status != 200:
            raise _refused(answer)
        found = answer.json()
        return _id_of(found[0]) if isinstance(found, list) and found else None

    def _ask(self, method: str, path: str, fields: Mapping[str, Any] | None = None) -> Answer:
        body = json.dumps(fields).encode() if fields is not None else None
        return call(method, self._site + path, headers=self._headers, body=body)


def _fields(delivery: Delivery) -> dict[str, Any]:
    """Title, content and meta of the post: the label on top, the source below."""
    title, text, boilerplate = _words(delivery)
    said = [
        f'<p class="press-release-label"><strong>{html.escape(delivery.label)}</strong></p>'
        if delivery.label
        else "",
        text,
        f"<p>{html.escape(boilerplate)}</p>" if boilerplate else "",
        f'<p class="press-release-source"><a href="{html.escape(delivery.url)}">'
        f"{html.escape(' '.join(filter(None, (delivery.issuer, delivery.number))))}</a></p>"
        if delivery.url.startswith(("https://", "http://"))
        else "",
    ]
    return {
        "title": f"TEST: {title}" if delivery.test and not title.startswith("TEST") else title,
        "content": "\n".join(filter(None, said)),
        "meta": {
            "dispaccio_number": delivery.number,
            "dispaccio_version": delivery.version,
            "dispaccio_label": delivery.label,
            "dispaccio_status": delivery.status,
        },
    }


def _words(delivery: Delivery) -> tuple[str, str, str]:
    """Headline, HTML of the text and boilerplate of the ninjs document. Raises NotTaken."""
    try:
        said = json.loads(delivery.document or b"")
        titles = {item["role"]: item["value"] for item in said["headlines"]}
        bodies = {item["role"]: item["value"] for item in said["bodies"]}
        return titles["main"], bodies["main"], bodies.get("boilerplate", "")
    except (ValueError, KeyError, TypeError):
        raise NotTaken(
            "WordPress needs the format ninjs: make the endpoint with thin payloads, or with "
            "--payload full --format ninjs."
        ) from None


def _slug(delivery: Delivery) -> str:
    return f"press-release-{component(delivery.number or delivery.release)}".lower()


def _id(answer: Answer) -> int:
    return _id_of(answer.json())


def _id_of(post: Any) -> int:
    """The post's id. Raises DocumentUnreachable for an answer that is no post."""
    id = post.get("id") if isinstance(post, dict) else None
    if type(id) is not int:
        raise DocumentUnreachable("WordPress answered something else than a post.")
    return id


def _refused(answer: Answer) -> NotTaken:
    said = answer.json()
    why = said.get("message") if isinstance(said, dict) else None
    if answer.status in {401, 403}:
        why = f"{why or 'not allowed'}; check the user and the application password"
    return NotTaken(f"WordPress answered {answer.status}: {str(why or 'no reason')[:200]}.")
