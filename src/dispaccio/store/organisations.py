"""Issuers with their domains and keys, subscribers, channels."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, func, insert, select

from dispaccio.store.delivery_tables import subscriber
from dispaccio.store.engine import Tx
from dispaccio.store.tables import channel, issuer, issuer_domain, issuer_key, release


@dataclass(frozen=True, slots=True)
class Issuer:
    """An issuer organisation and the domains that are recorded as its own."""

    key: int
    slug: str
    name: str
    did: str
    domains: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class IssuerKey:
    """An issuer's signing key; ``wrapped`` is its private half, encrypted, if this wire has it."""

    thumbprint: str
    public: bytes
    wrapped: bytes | None
    created: datetime


@dataclass(frozen=True, slots=True)
class Named:
    """A subscriber (by slug) or a channel (by name) with its title."""

    key: int
    name: str
    title: str


_ISSUER = (
    select(issuer, issuer_domain.c.domain)
    .outerjoin(issuer_domain, issuer_domain.c.issuer == issuer.c.key)
    .order_by(issuer_domain.c.proved)
)
_BY_SLUG = _ISSUER.where(issuer.c.slug == bindparam("of"))
_BY_KEY = _ISSUER.where(issuer.c.key == bindparam("of"))
_NAMES = select(issuer.c.name).order_by(issuer.c.key)
_CURRENT_KEY = (
    select(issuer_key)
    .where(issuer_key.c.issuer == bindparam("of"), issuer_key.c.revoked.is_(None))
    .order_by(issuer_key.c.key.desc())
    .limit(1)
)
_APPROVED = select(func.count()).select_from(
    select(release.c.key)
    .where(release.c.issuer == bindparam("of"), release.c.approved.is_not(None))
    .limit(bindparam("most"))
    .subquery()
)
_CHANNEL = select(channel).where(channel.c.name == bindparam("of"))


def add_issuer(tx: Tx, slug: str, name: str, did: str) -> int:
    """Add an issuer and return its key."""
    row = {"slug": slug, "name": name, "did": did, "created": tx.now}
    return int(tx.run(insert(issuer).returning(issuer.c.key), row).scalar_one())


def prove_domain(tx: Tx, issuer_key_: int, domain: str, by: str) -> None:
    """Record a domain as the issuer's own."""
    row = {"issuer": issuer_key_, "domain": domain, "proved_by": by, "proved": tx.now}
    tx.run(insert(issuer_domain), row)


def add_issuer_key(
    tx: Tx, issuer_: int, thumbprint: str, public: bytes, wrapped: bytes | None
) -> None:
    """Keep a signing key of an issuer."""
    row = {
        "issuer": issuer_,
        "thumbprint": thumbprint,
        "public": public,
        "wrapped": wrapped,
        "created": tx.now,
    }
    tx.run(insert(issuer_key), row)


def current_key(tx: Tx, issuer_: int) -> IssuerKey | None:
    """The issuer's newest key that is not revoked."""
    row = tx.run(_CURRENT_KEY, {"of": issuer_}).one_or_none()
    return IssuerKey(row.thumbprint, row.public, row.wrapped, row.created) if row else None


def public_key(tx: Tx, thumbprint: str) -> bytes | None:
    """The public key with that thumbprint."""
    found: bytes | None = tx.run(
        select(issuer_key.c.public).where(issuer_key.c.thumbprint == thumbprint)
    ).scalar()
    return found


def issuers(tx: Tx) -> list[Issuer]:
    """Every issuer, in the order they came."""
    domains: dict[int, list[str]] = {}
    for row in tx.run(select(issuer_domain).order_by(issuer_domain.c.proved)):
        domains.setdefault(row.issuer, []).append(row.domain)
    return [
        Issuer(row.key, row.slug, row.name, row.did, tuple(domains.get(row.key, ())))
        for row in tx.run(select(issuer).order_by(issuer.c.key))
    ]


def issuer_names(tx: Tx) -> list[str]:
    """The names of every issuer, in the order they came."""
    return list(tx.run(_NAMES).scalars())


def issuer_by(tx: Tx, *, slug: str | None = None, key: int | None = None) -> Issuer | None:
    """An issuer by its slug or its key."""
    query, of = (_BY_SLUG, slug) if slug is not None else (_BY_KEY, key)
    rows = tx.run(query, {"of": of}).all()
    if not rows:
        return None
    row, domains = rows[0], tuple(found.domain for found in rows if found.domain is not None)
    return Issuer(row.key, row.slug, row.name, row.did, domains)


def approved_releases(tx: Tx, issuer_: int, most: int) -> int:
    """How many of the issuer's releases were approved so far; counted up to ``most``."""
    return int(tx.run(_APPROVED, {"of": issuer_, "most": most}).scalar_one())


def add_channel(tx: Tx, name: str, title: str) -> int:
    """Add a channel and return its key."""
    row = {"name": name, "title": title, "created": tx.now}
    return int(tx.run(insert(channel).returning(channel.c.key), row).scalar_one())


def channels(tx: Tx) -> list[Named]:
    """Every channel by name."""
    rows = tx.run(select(channel).order_by(channel.c.name))
    return [Named(row.key, row.name, row.title) for row in rows]


def channel_named(tx: Tx, name: str) -> Named | None:
    """The channel of that name, or None."""
    row = tx.run(_CHANNEL, {"of": name}).one_or_none()
    return Named(row.key, row.name, row.title) if row else None


def add_subscriber(tx: Tx, slug: str, name: str) -> int:
    """Add a subscriber organisation and return its key."""
    row = {"slug": slug, "name": name, "created": tx.now}
    return int(tx.run(insert(subscriber).returning(subscriber.c.key), row).scalar_one())


def subscribers(tx: Tx) -> list[Named]:
    """Every subscriber organisation, in the order they came; no press lists."""
    query = select(subscriber).where(subscriber.c.kind != "list").order_by(subscriber.c.key)
    rows = tx.run(query)
    return [Named(row.key, row.slug, row.name) for row in rows]


def subscriber_by(tx: Tx, slug: str) -> Named | None:
    """The subscriber organisation with that slug, or None."""
    row = tx.run(select(subscriber).where(subscriber.c.slug == slug)).one_or_none()
    return Named(row.key, row.slug, row.name) if row else None
