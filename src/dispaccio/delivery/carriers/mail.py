"""Mail: through the SMTP server of the settings, signed by DKIM, unsubscribed with one click."""

from __future__ import annotations

import re
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from threading import Lock
from time import monotonic
from typing import Any
from urllib.parse import urlsplit
from weakref import WeakKeyDictionary

from dispaccio.delivery.carriers.base import (
    PROTOCOL_VERSION,
    Means,
    Outcome,
    Parcel,
    Result,
)
from dispaccio.delivery.carriers.settings import only
from dispaccio.delivery.mailing import address as addresses
from dispaccio.delivery.mailing import days, embargo, headers, letters, notes, tokens
from dispaccio.delivery.mailing.dkim import Signer
from dispaccio.delivery.mailing.embargo import EmbargoNote
from dispaccio.delivery.mailing.letters import House, Style
from dispaccio.delivery.mailing.message import Recipient, Stencil
from dispaccio.delivery.mailing.notes import Note
from dispaccio.egress.client import Client
from dispaccio.egress.policy import Policy
from dispaccio.egress.smtp import Envelope, Relay, Reply, Server, Stage
from dispaccio.errors import (
    ConnectionBroken,
    DispaccioError,
    HostUnresolvable,
    InputError,
    MailNotSet,
    MalformedEndpoint,
)
from dispaccio.formats import native
from dispaccio.release.model import Revision
from dispaccio.words import say

PERSONAL = "personal"
_SETTINGS = ("digest", "zone", "style", "name", "list")
_PORTS = {"smtp": 587, "smtps": 465}
_REMEMBERED = 64
_STATUS = re.compile(r"[45]\.[0-9]{1,3}\.[0-9]{1,3}\b", re.ASCII)
_NO_MAILBOX = frozenset({550, 551, 553})
"""Codes that say that there is no such mailbox, where no status says more (RFC 5321, 4.2.3)."""


@dataclass(frozen=True, slots=True)
class Digest:
    """What was gathered for one endpoint."""

    endpoint: str
    address: str
    revisions: Sequence[Revision]
    timestamp: datetime


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked of an address before anything else goes there, for which subscriber."""

    endpoint: str
    address: str
    subscriber: str
    timestamp: datetime


class Mail:
    """Hands each mail to the operator's server; what becomes of it further on is not known."""

    name = "mail"
    version = PROTOCOL_VERSION
    receipt_words = "the next server took it; not read"

    def __init__(self) -> None:
        self._offices: WeakKeyDictionary[Client, _Office] = WeakKeyDictionary()

    def check(self, address: str, settings: Mapping[str, Any], policy: Policy) -> None:
        """See that the address is one, and that the settings say when and how."""
        only(self.name, settings, _SETTINGS)
        addresses.parse(address)
        days.check(settings)
        if settings.get("style", PERSONAL) != PERSONAL:
            raise MalformedEndpoint(
                say(
                    "style: there is {only}, not {style}.",
                    only=PERSONAL,
                    style=repr(settings["style"]),
                )
            )
        for name in ("name", "list"):
            said = settings.get(name, "")
            if not isinstance(said, str) or len(said) > 200:
                raise MalformedEndpoint(
                    say("{name}: write a name of up to 200 characters.", name=name)
                )
            headers.require_plain(name, said)

    async def send(self, parcel: Parcel, means: Means) -> Outcome:
        """Hand in one mail about one revision."""
        return await self._send(means, lambda office: office.release(parcel))

    async def send_digest(self, digest: Digest, means: Means) -> Outcome:
        """Hand in one mail about several revisions."""
        return await self._send(means, lambda office: office.digest(digest))

    async def send_note(self, note: Note, at: datetime, means: Means) -> Outcome:
        """Hand in one mail about an account."""
        return await self._send(means, lambda office: office.note(note, at))

    async def send_embargoed(
        self, make: Callable[[], EmbargoNote], at: datetime, means: Means
    ) -> Outcome:
        """Hand in one mail about what is under embargo, by a connection with TLS alone.

        ``make`` is called in a thread once a connection is there; what it raises ends this.
        """
        return await self._send(means, lambda office: office.embargoed(make(), at), sealed=True)

    async def send_question(self, question: Question, means: Means) -> Outcome:
        """Hand in the mail that asks for a confirmation."""
        return await self._send(means, lambda office: office.question(question))

    async def _send(
        self, means: Means, make: Callable[[_Office], Envelope], *, sealed: bool = False
    ) -> Outcome:
        started = monotonic()
        try:
            office = self._offices.get(means.client)
            if office is None:
                office = self._offices[means.client] = _Office(means)
            relay = office.sealed_relay if sealed else office.relay
            reply = await relay.send(lambda: make(office))
        except DispaccioError as error:
            lasting = isinstance(error, InputError) and not isinstance(error, HostUnresolvable)
            kind = Result.NETWORK if isinstance(error, ConnectionBroken) else Result.UNSENT
            return Outcome(
                Result.REFUSED if lasting else kind, error.message, _milliseconds(started)
            )
        return _outcome(reply, _milliseconds(started))


class _Office:
    """What the mails of one wire have in common."""

    def __init__(self, means: Means) -> None:
        settings = means.settings
        if not settings.smtp:
            raise MailNotSet
        where = urlsplit(settings.smtp)
        password = b""
        if settings.smtp_user:
            password = means.secret("smtp.password")
        self.house = House(settings.name, settings.mail_from)
        self._language = settings.language
        self._url = settings.url.rstrip("/")
        self._key = tokens.key_of(means.key)
        self._signer = None
        if settings.dkim_selector:
            pem = means.secret("dkim.pem")
            self._signer = Signer(pem, self.house.domain, settings.dkim_selector)
        self._stencils: OrderedDict[tuple[object, ...], Stencil] = OrderedDict()
        self._lock = Lock()
        server = Server(
            host=where.hostname or "",
            port=where.port or _PORTS[where.scheme],
            wrapped=where.scheme == "smtps",
            bare=settings.test,
            user=settings.smtp_user,
            password=password.decode("utf-8", "replace").strip(),
        )
        self.relay = Relay(means.client, server, self.house.domain)
        self.sealed_relay = Relay(means.client, replace(server, bare=False), self.house.domain)

    def release(self, parcel: Parcel) -> Envelope:
        """The mail of a parcel; called in a thread."""
        style = Style()
        if parcel.settings.get("style") == PERSONAL:
            style = Style(parcel.settings.get("list") or "list")
        stencil = self._stencil(_document(parcel), style)
        name = str(parcel.settings.get("name", ""))
        return self._envelope(stencil, parcel.endpoint, name, parcel.address, parcel.timestamp)

    def digest(self, digest: Digest) -> Envelope:
        """The mail of what was gathered; called in a thread."""
        letter = letters.digest(digest.revisions, digest.endpoint, self.house)
        stencil = Stencil(letter)
        return self._envelope(stencil, digest.endpoint, "", digest.address, digest.timestamp)

    def note(self, note: Note, at: datetime) -> Envelope:
        """The mail about an account; called in a thread."""
        to = addresses.parse(note.address)
        data = notes.write(replace(note, address=to), self.house, at, self._signer)
        return Envelope(tokens.returning(self._key, note.holder, self.house.domain), to, data)

    def embargoed(self, note: EmbargoNote, at: datetime) -> Envelope:
        """The mail to a vetted reader; called in a thread."""
        to = addresses.parse(note.address)
        data = embargo.write(replace(note, address=to), self.house, at, self._signer)
        return Envelope(tokens.returning(self._key, note.holder, self.house.domain), to, data)

    def question(self, asked: Question) -> Envelope:
        """The mail that asks; called in a thread."""
        link = f"{self._url}/confirm/{tokens.confirming(self._key, asked.endpoint)}"
        language, house = self._language, self.house
        letter = letters.question(asked.endpoint, asked.subscriber, link, language, house)
        return self._envelope(Stencil(letter), asked.endpoint, "", asked.address, asked.timestamp)

    def _envelope(
        self, stencil: Stencil, endpoint: str, name: str, address: str, at: datetime
    ) -> Envelope:
        to = addresses.parse(address)
        leave = f"{self._url}/u/{tokens.leaving(self._key, endpoint)}"
        data = stencil.write(Recipient(name, to, leave), at, self._signer)
        return Envelope(tokens.returning(self._key, endpoint, self.house.domain), to, data)

    def _stencil(self, document: bytes, style: Style) -> Stencil:
        """The stencil of a document, made once for all who get it alike."""
        key = (document, style)
        with self._lock:
            if key in self._stencils:
                self._stencils.move_to_end(key)
                return self._stencils[key]
        made = Stencil(letters.release(native.kept(document), style, self.house))
        with self._lock:
            self._stencils[key] = made
            while len(self._stencils) > _REMEMBERED:
                self._stencils.popitem(last=False)
        return made


def _document(parcel: Parcel) -> bytes:
    """The revision in the native format. Raises MalformedEndpoint where there is none."""
    if parcel.media_type == native.MEDIA_TYPE:
        return parcel.body
    found = parcel.rendering("dispaccio")
    if found is None:
        raise MalformedEndpoint(say("The wire has no document of this release."))
    return found


def _outcome(reply: Reply, took: int) -> Outcome:
    """What a server's answer comes to.

    A refused recipient is a bounce; a refused sender or session is the operator's to mend, so it
    is tried again; a refused message is tried thrice, as 4xx is until it is given up.
    """
    said = f"{reply.code or ''} {reply.text}".strip()
    if reply.taken:
        return Outcome(Result.DELIVERED, f"The next server took it: {said}", took, reply.code)
    detail = f"The next server refused the {reply.stage.value}: {said}"
    if not 500 <= reply.code < 600 or reply.stage in (Stage.SESSION, Stage.SENDER):
        refused = reply.stage is not Stage.MESSAGE or 400 <= reply.code < 500
        return Outcome(Result.UNSENT if refused else Result.NETWORK, detail, took)
    if reply.stage is Stage.MESSAGE:
        return Outcome(Result.REFUSED, detail, took)
    found = _STATUS.match(reply.text)
    status = found[0] if found else "5.1.1" if reply.code in _NO_MAILBOX else "5.0.0"
    return Outcome(Result.BOUNCED, detail, took, bounce=status)


def _milliseconds(started: float) -> int:
    return round((monotonic() - started) * 1000)


mail = Mail()
