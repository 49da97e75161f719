"""Mail that came back, as the operator hands it in; and the key that signs mail."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from dispaccio.access.actor import Actor
from dispaccio.access.matrix import require
from dispaccio.access.roles import Action
from dispaccio.delivery import returned
from dispaccio.delivery.mailing import bounces, dkim, tokens
from dispaccio.delivery.mailing.address import domain_of
from dispaccio.delivery.signature import SigningKey
from dispaccio.errors import KeysUnreadable, MailNotSet
from dispaccio.formats.mail import mbox
from dispaccio.store import endpoints
from dispaccio.wire.core import Wire
from dispaccio.wire.home import key_file, write_key_file

SELECTOR = "dispaccio"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def read(wire: Wire, actor: Actor, data: bytes) -> dict[str, Any]:
    """Count the delivery reports (RFC 3464) of one message or a mailbox, the oldest first.

    What is no report, or was sent to an address that this wire never gave out, is ignored; a
    report that was read before counts once.
    """
    require(actor, Action.MANAGE_MAIL)
    key = tokens.key_of(SigningKey.of(wire.key.ed25519))
    messages = mbox.messages(data) if mbox.is_mailbox(data) else [data]
    found = [bounces.read(message, key) for message in messages]
    reports = [item for item in found if item is not None]
    switched = 0
    with wire.store.write(wire.clock.now()) as tx:
        for item in sorted(reports, key=lambda item: item.at or _EPOCH):
            row = endpoints.by_id(tx, item.endpoint)
            if row is not None and row.state == "active":
                switched += returned.count(tx, row.key, item.status, item.at or tx.now)
    return {"reports": len(reports), "ignored": len(found) - len(reports), "off": switched}


def dkim_record(wire: Wire, actor: Actor) -> dict[str, Any]:
    """The line for the DNS of the domain that mail comes from; the key is made if there is none.

    Raises MailNotSet, KeysUnreadable.
    """
    require(actor, Action.MANAGE_MAIL)
    settings = wire.settings
    if not settings.mail_from:
        raise MailNotSet("Set mail_from in dispaccio.toml first: its domain signs.")
    selector, made = settings.dkim_selector or SELECTOR, False
    try:
        pem = key_file(wire.home, settings, "dkim.pem")
    except KeysUnreadable:
        pem, made = dkim.new_key(), True
        write_key_file(wire.home, settings, "dkim.pem", pem)
    record = dkim.record(pem, domain_of(settings.mail_from), selector)
    return {"selector": selector, "record": record, "made": made}
