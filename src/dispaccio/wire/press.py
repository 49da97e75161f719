"""A press office's own list: its recipients and groups, and the groups chosen for a release."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from dispaccio.access.actor import Actor
from dispaccio.access.matrix import may, require
from dispaccio.access.roles import Action
from dispaccio.delivery.carriers.mail import PERSONAL
from dispaccio.delivery.mailing import address as addresses
from dispaccio.delivery.mailing import table
from dispaccio.delivery.mailing.table import Bad, Entry
from dispaccio.delivery.signature import new_secret
from dispaccio.errors import IllegalMove, UnknownGroup, UnknownIssuer
from dispaccio.store import bounces, endpoints, events, organisations, outbox, recipients
from dispaccio.store.engine import Tx
from dispaccio.store.organisations import Issuer
from dispaccio.store.receipts import DeliveryRow
from dispaccio.store.recipients import RecipientRow
from dispaccio.store.releases import ReleaseRow
from dispaccio.wire.core import Wire, find_for
from dispaccio.words import in_a_row, say

UNSUBSCRIBED = "unsubscribed"
_TOGETHER = 500
"""Rows in one transaction, so that a long table keeps nobody waiting."""
HIDDEN = "a recipient of the press list"
_EXPORTED = (*table.COLUMNS, "state", "why", "bounces")


def everyone(wire: Wire, actor: Actor, issuer: str, group: str | None = None) -> dict[str, Any]:
    """The recipients of an issuer's list, or of one of its groups. Raises UnknownIssuer."""
    with wire.store.read(wire.clock.now()) as tx:
        found = _issuer(tx, actor, issuer)
        rows = _rows(tx, found, group)
        counted = bounces.of(tx, [row.endpoint for row in rows])
    return {"recipients": [_describe(row, counted.get(row.endpoint)) for row in rows]}


def export(wire: Wire, actor: Actor, issuer: str, group: str | None = None) -> bytes:
    """The same as CSV; no cell is a formula. Raises UnknownIssuer."""
    said = everyone(wire, actor, issuer, group)["recipients"]
    rows = [
        {name: str(value) for name, value in row.items() if name != "groups"}
        | {"groups": "|".join(row["groups"])}
        for row in said
    ]
    with wire.store.write(wire.clock.now()) as tx:
        detail = {"issuer": issuer, "rows": len(rows)}
        events.append(tx, "recipients_exported", actor.name, detail=detail)
    return table.write(rows, _EXPORTED)


def groups(wire: Wire, actor: Actor, issuer: str) -> dict[str, Any]:
    """The groups of an issuer's list with how many recipients mail reaches in each."""
    with wire.store.read(wire.clock.now()) as tx:
        found = _issuer(tx, actor, issuer)
        list_ = _list(tx, found)
        counted = recipients.groups(tx, list_) if list_ is not None else {}
    return {"groups": [{"group": name, "recipients": count} for name, count in counted.items()]}


def bring_in(
    wire: Wire, actor: Actor, issuer: str, data: bytes, *, dry_run: bool = False
) -> dict[str, Any]:
    """Add the recipients of a table; a bad row loses no good one, and doubles are merged.

    Who unsubscribed stays out. Raises UnknownIssuer and what ``table.read`` raises.
    """
    with wire.store.read(wire.clock.now()) as tx:
        found = _issuer(tx, actor, issuer)
        known = {row.address.casefold(): row for row in _rows(tx, found)}
    read = table.read(data)
    bad, counted = list(read.bad), {"added": 0, "changed": 0, "unchanged": 0}
    wanted: list[tuple[Entry, RecipientRow | None]] = []
    for entry in read.entries:
        row = known.get(entry.address.casefold())
        if row is not None and row.why == UNSUBSCRIBED:
            bad.append(Bad(0, f"{entry.address} unsubscribed; nothing is sent there again."))
        elif row is not None and _same(row, entry):
            counted["unchanged"] += 1
        else:
            counted["changed" if row else "added"] += 1
            wanted.append((entry, row))
    if not dry_run:
        for start in range(0, len(wanted), _TOGETHER):
            _keep(wire, actor, found, wanted[start : start + _TOGETHER])
    return {
        **counted,
        "merged": read.merged,
        "bad": [{"line": item.line or None, "why": item.why} for item in bad],
        "dry_run": dry_run,
    }


def remove(
    wire: Wire, actor: Actor, issuer: str, named: Sequence[str], *, everybody: bool = False
) -> dict[str, Any]:
    """Erase recipients by their addresses, or all: what is known of them is gone for good."""
    with wire.store.write(wire.clock.now()) as tx:
        rows, unknown = _named(tx, _issuer(tx, actor, issuer), named, everybody=everybody)
        for row in rows:
            outbox.end(tx, row.endpoint)
        recipients.erase(tx, [row.endpoint for row in rows])
        detail = {"issuer": issuer, "count": len(rows)}
        events.append(tx, "recipients_erased", actor.name, detail=detail)
    return {"removed": len(rows), "unknown": unknown}


def enable(wire: Wire, actor: Actor, issuer: str, named: Sequence[str]) -> dict[str, Any]:
    """Switch addresses on again that bounced. What was missed meanwhile is not sent late."""
    with wire.store.write(wire.clock.now()) as tx:
        rows, unknown = _named(tx, _issuer(tx, actor, issuer), named)
        off = [row for row in rows if row.state == "disabled"]
        for row in off:
            outbox.end(tx, row.endpoint)
            bounces.forgive(tx, row.endpoint)
            endpoints.change(tx, row.endpoint, state="active", why=None, failing_since=None)
        detail = {"issuer": issuer, "count": len(off)}
        events.append(tx, "recipients_enabled", actor.name, detail=detail)
    return {"enabled": len(off), "unknown": unknown}


def choose(wire: Wire, actor: Actor, ref: str, wanted: Sequence[str]) -> dict[str, Any]:
    """Let a release that is not public yet go to these groups and no other.

    Raises NoSuchRelease, UnknownGroup, and IllegalMove once it is public.
    """
    with wire.store.write(wire.clock.now()) as tx:
        row = find_for(wire, tx, actor, ref)
        may_choose(actor, ("any",), row.issuer, public=row.ordinal is not None)
        recipients.choose(tx, row.key, ())
        choose_for(tx, row, names(wanted))
        events.append(
            tx, "groups_chosen", actor.name, release=row.key, detail={"groups": len(wanted)}
        )
        return {"id": row.id, "groups": recipients.chosen(tx, row.key)}


def may_choose(
    actor: Actor, wanted: Sequence[str], issuer: str | None, *, public: bool = False
) -> None:
    """Nothing, if no groups are wanted, or the actor may choose them for a release.

    Raises NotAllowed, and IllegalMove once the release is public.
    """
    if not wanted:
        return
    require(actor, Action.MANAGE_RECIPIENTS, issuer=issuer)
    if public:
        raise IllegalMove(
            say("This release is public; its later revisions go to those who got it before.")
        )


def choose_for(tx: Tx, row: ReleaseRow, wanted: Sequence[str]) -> None:
    """Let a release go to these groups, within a transaction; if none are named, as it is.

    Raises UnknownGroup.
    """
    if wanted:
        issuer = organisations.issuer_by(tx, slug=row.issuer) if row.issuer else None
        choose_in(tx, row.key, issuer, wanted)


def choose_in(tx: Tx, release: int, issuer: Issuer | None, wanted: Sequence[str]) -> None:
    """The same for a release that was just added."""
    list_ = _list(tx, issuer) if issuer else None
    there = recipients.groups(tx, list_) if list_ is not None and wanted else {}
    for name in wanted:
        if name not in there:
            none = say("none with an address that mail reaches")
            raise UnknownGroup(
                say(
                    "The press list has no group {name}; there are: {known}.",
                    name=repr(name),
                    known=in_a_row(there) or none,
                )
            )
    recipients.choose(tx, release, wanted)


def names(said: Iterable[str]) -> tuple[str, ...]:
    """Names of groups, each once. Raises MalformedGroup."""
    return tuple(dict.fromkeys(table.group_name(name) for name in said))


def seen_by(actor: Actor, issuer: str | None, rows: list[DeliveryRow]) -> list[DeliveryRow]:
    """Deliveries as somebody may see them: a press list is its issuer's and nobody else's."""
    return [
        replace(row, address=HIDDEN, detail=None) if hides(actor, issuer, row.subscriber) else row
        for row in rows
    ]


def hides(actor: Actor, issuer: str | None, subscriber: str) -> bool:
    """Whether an address of that subscriber is not for the actor: one of a press list."""
    return "/" in subscriber and not may(actor, Action.MANAGE_RECIPIENTS, issuer=issuer)


def _keep(
    wire: Wire, actor: Actor, issuer: Issuer, wanted: list[tuple[Entry, RecipientRow | None]]
) -> None:
    with wire.store.write(wire.clock.now()) as tx:
        list_ = recipients.list_of(tx, issuer.key, issuer.slug, issuer.name, make=True)
        for entry, row in wanted:
            about = {
                "name": entry.name,
                "outlet": entry.outlet or (row.outlet if row else None),
                "basis": entry.basis,
                "language": entry.language or (row.language if row else None),
            }
            settings = json.dumps({"style": PERSONAL, "name": entry.name, "list": issuer.slug})
            if row is None:
                key = recipients.add(tx, _endpoint(wire, list_, entry.address, settings), about)
                recipients.group(tx, key, entry.groups)
            else:
                recipients.change(tx, row.endpoint, settings, about)
                recipients.group(tx, row.endpoint, entry.groups | frozenset(row.groups))
        detail = {"issuer": issuer.slug, "count": len(wanted)}
        events.append(tx, "recipients_imported", actor.name, detail=detail)


def _endpoint(wire: Wire, list_: int | None, address: str, settings: str) -> dict[str, Any]:
    id = str(uuid.uuid4())
    return {
        "id": id,
        "subscriber": list_,
        "carrier": "mail",
        "address": address,
        "format": "dispaccio",
        "payload": "full",
        "wrapped_secret": wire.vault.wrap(new_secret().encode(), f"endpoint/{id}"),
        "state": "active",
        "settings": settings,
    }


def _named(
    tx: Tx, issuer: Issuer, named: Sequence[str], *, everybody: bool = False
) -> tuple[list[RecipientRow], list[str]]:
    """The recipients with these addresses, and the addresses that nobody has."""
    rows = _rows(tx, issuer)
    if everybody:
        return rows, []
    known = {row.address.casefold(): row for row in rows}
    wanted = {addresses.parse(text).casefold(): text for text in named}
    found = [known[name] for name in wanted if name in known]
    return found, [text for name, text in wanted.items() if name not in known]


def _rows(tx: Tx, issuer: Issuer, group: str | None = None) -> list[RecipientRow]:
    list_ = _list(tx, issuer)
    return recipients.everyone(tx, list_, group) if list_ is not None else []


def _list(tx: Tx, issuer: Issuer) -> int | None:
    return recipients.list_of(tx, issuer.key, issuer.slug, issuer.name)


def _issuer(tx: Tx, actor: Actor, slug: str) -> Issuer:
    """The issuer, for those who keep its list; the others learn not even whether there is one."""
    require(actor, Action.MANAGE_RECIPIENTS, issuer=slug)
    found = organisations.issuer_by(tx, slug=slug)
    if found is None:
        raise UnknownIssuer(say("There is no issuer {slug} on this wire.", slug=repr(slug)))
    return found


def _same(row: RecipientRow, entry: Entry) -> bool:
    return (
        (row.name, row.basis) == (entry.name, entry.basis)
        and entry.outlet in {None, row.outlet}
        and entry.language in {None, row.language}
        and entry.groups <= frozenset(row.groups)
    )


def _describe(row: RecipientRow, bounced: tuple[int, str] | None) -> dict[str, Any]:
    said = {
        "endpoint": row.id,
        "name": row.name,
        "address": row.address,
        "outlet": row.outlet,
        "groups": list(row.groups),
        "basis": row.basis,
        "language": row.language,
        "state": row.state,
        "why": row.why,
        "bounces": bounced[0] if bounced else None,
    }
    return {name: value for name, value in said.items() if value is not None}
