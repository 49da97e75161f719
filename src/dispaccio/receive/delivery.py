"""What came: a delivery read from the message of a webhook, thin or full. Pure."""

from __future__ import annotations

import base64
import html
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from dispaccio.errors import AlreadyWithdrawn, MalformedDelivery, OlderRevision

_ID = re.compile(r"(?P<release>[A-Za-z0-9-]{1,80})\.v(?P<version>[1-9][0-9]{0,8})")
_TEST = "test-"
_URN = "urn:uuid:"
# NewsML-G2 and NITF say these things in one place each (docs/formats.md).
_G2_STATUS = re.compile(rb'<pubStatus qcode="stat:(\w+)"')
_G2_KIND = re.compile(rb'<role qcode="dispaccio-kind:(\w+)"')
_G2_ITEM = re.compile(rb'<newsItem [^>]*?\bguid="([^"]*)" version="([0-9]{1,9})"')
_NITF = re.compile(rb'<meta name="dispaccio-disclosure" content="([^"]*)"')


@dataclass(frozen=True, slots=True)
class Delivery:
    """One revision of a release; what is not known is empty, but for its release and version."""

    release: str
    """The id of the release: ASCII letters, digits and hyphens."""
    version: int
    number: str = ""
    kind: str = ""
    """``original``, ``correction``, ``withdrawal`` …"""
    status: str = ""
    """``usable``, ``withheld`` or ``canceled``."""
    label: str = ""
    """The label's words."""
    title: str = ""
    issuer: str = ""
    reason: str = ""
    url: str = ""
    urls: Mapping[str, str] = field(default_factory=dict)
    """Where the document is, by the name of its format."""
    document: bytes | None = field(default=None, repr=False)
    media_type: str = ""
    test: bool = False
    """Whether it was sent to try the receiver out: it is no release."""

    @property
    def webhook_id(self) -> str:
        """The same for every attempt."""
        return f"{self.release}.v{self.version}"

    @property
    def usable(self) -> bool:
        """Whether the text may be used: it is neither withheld nor withdrawn."""
        return self.status not in {"withheld", "canceled"} and self.kind != "withdrawal"


@dataclass(frozen=True, slots=True)
class Known:
    """What is remembered of a release: which versions were taken, and what the target noted."""

    versions: tuple[int, ...] = ()
    withdrawn: bool = False
    notes: Mapping[str, Any] = field(default_factory=dict)


def read(webhook_id: str, body: bytes, media_type: str) -> Delivery | None:
    """The delivery in a message whose signature holds; None for what is no delivery, like a ping.

    Raises MalformedDelivery.
    """
    said = _object(body) if "json" in media_type else None
    thin = said is not None and isinstance(said.get("data"), dict)
    if thin and said is not None and not str(said.get("type")).startswith("release."):
        return None
    match = _ID.fullmatch(webhook_id)
    if match is None:
        raise MalformedDelivery(f"The webhook-id {webhook_id[:100]!r} names no revision.")
    release, version = match["release"], int(match["version"])
    test = release.startswith(_TEST)
    if thin and said is not None:
        found = of_data(said["data"])
        if (found.release, found.version) != (release.removeprefix(_TEST), version):
            raise MalformedDelivery("The payload is of another revision than its webhook-id.")
        return replace(found, release=release, test=test or said.get("test") is True)
    facts = facts_of(body, media_type)
    id = facts.get("id", release.removeprefix(_TEST))
    if facts.get("version", version) != version or id != release.removeprefix(_TEST):
        raise MalformedDelivery("The document is of another revision than its webhook-id.")
    known: dict[str, Any] = {name: facts[name] for name in _TEXTS if facts.get(name)}
    return Delivery(release, version, document=body, media_type=media_type, test=test, **known)


def of_data(data: Mapping[str, Any]) -> Delivery:
    """The delivery that thin data describe. Raises MalformedDelivery."""
    release, version = _text(data.get("id")).removeprefix(_URN), data.get("version")
    if type(version) is not int or _ID.fullmatch(f"{release}.v{version}") is None:
        raise MalformedDelivery("The payload has no id and version of a release.")
    urls = data.get("urls")
    document, media_type = _document(data.get("document"))
    texts: dict[str, Any] = _texts(data)
    return Delivery(
        release,
        version,
        urls={str(name): _text(url) for name, url in urls.items()}
        if isinstance(urls, dict)
        else {},
        document=document,
        media_type=media_type,
        test=release.startswith(_TEST) or data.get("test") is True,
        **texts,
    )


def judge(delivery: Delivery, known: Known) -> bool:
    """Whether it is to be taken: False for what was taken before.

    Raises:
        AlreadyWithdrawn: the release was withdrawn; nothing comes after that.
        OlderRevision: a newer revision was taken, so this one came too late.
    """
    if delivery.version in known.versions:
        return False
    what = f"{delivery.number or delivery.release}, revision {delivery.version}"
    if known.withdrawn:
        raise AlreadyWithdrawn(f"The release of {what}, was withdrawn; nothing more is taken.")
    if known.versions and delivery.version < max(known.versions):
        newest = max(known.versions)
        raise OlderRevision(f"Revision {newest} was taken before {what}, which is not used.")
    return True


def fetched(delivery: Delivery, document: bytes, media_type: str) -> Delivery:
    """A thin delivery with its document.

    Where a notice took its place meanwhile, it is the notice that came: its version, kind and
    status. Raises MalformedDelivery for the document of another release.
    """
    facts = facts_of(document, media_type)
    release = delivery.release.removeprefix(_TEST)
    if facts.get("id", release) != release:
        raise MalformedDelivery("The document is of another release than the delivery.")
    delivery = replace(delivery, document=document, media_type=media_type)
    if facts.get("status") not in {"withheld", "canceled"}:
        return delivery
    return replace(
        delivery,
        version=max(delivery.version, facts.get("version", 0)),
        kind=facts.get("kind") or delivery.kind,
        status=facts["status"],
    )


def facts_of(document: bytes, media_type: str) -> dict[str, Any]:
    """What a document says of itself, as far as its format is one that the kit reads.

    ``dispaccio`` and ninjs JSON, NITF and NewsML-G2 are; a document in another form is passed on
    unread.
    """
    if "json" in media_type:
        said = _object(document) or {}
        if "pubStatus" in said or "pubstatus" in said:
            said = _in_ninjs(said)
    elif found := _NITF.search(document):
        said = _object(html.unescape(found[1].decode("utf-8", "replace")).encode()) or {}
    else:
        status, kind = _G2_STATUS.search(document), _G2_KIND.search(document)
        item = _G2_ITEM.search(document)
        said = {"status": status[1].decode()} if status else {}
        said |= {"kind": kind[1].decode()} if kind else {}
        said |= {"id": item[1].decode("utf-8", "replace"), "version": int(item[2])} if item else {}
    facts: dict[str, Any] = _texts(said)
    if type(said.get("version")) is int:
        facts["version"] = said["version"]
    if _text(said.get("id")).startswith(_URN):
        facts["id"] = said["id"].removeprefix(_URN)
    return facts


_TEXTS = ("number", "kind", "status", "label", "title", "issuer", "reason", "url")


def _texts(said: Mapping[str, Any]) -> dict[str, str]:
    """The texts by their names; of a label its words, of an issuer the name, of a reason all."""
    found = {name: _text(said.get(name)) for name in _TEXTS}
    for name, part in (("label", "text"), ("issuer", "name"), ("reason", "text")):
        value = said.get(name)
        if isinstance(value, dict):
            found[name] = _text(value.get(part)) or _text(value.get("code"))
    return found


def _in_ninjs(said: Mapping[str, Any]) -> dict[str, Any]:
    """What the wire put whole into a ninjs document, or else the little that ninjs has itself."""
    for body in said.get("bodies") or ():
        if isinstance(body, dict) and body.get("role") == "disclosure":
            return _object(_text(body.get("value")).encode()) or {}
    return {"status": _text(said.get("pubStatus") or said.get("pubstatus"))}


def _document(said: object) -> tuple[bytes | None, str]:
    """The document that the wire's list holds beside a full payload, and its media type."""
    if not isinstance(said, dict):
        return None, ""
    text, raw = said.get("text"), said.get("base64")
    try:
        found = (
            text.encode() if isinstance(text, str) else base64.b64decode(_text(raw), validate=True)
        )
    except ValueError:
        raise MalformedDelivery("The wire's list holds a document that cannot be read.") from None
    return found or None, _text(said.get("media_type"))


def _object(body: bytes) -> dict[str, Any] | None:
    try:
        said = json.loads(body)
    except (ValueError, RecursionError):
        return None
    return said if isinstance(said, dict) else None


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
