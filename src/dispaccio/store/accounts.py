"""Credentials, sessions and one-time links. Of every secret the hash is kept, never the secret."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, insert, or_, select, update

from dispaccio.store import people
from dispaccio.store.account_tables import credential, one_time, session
from dispaccio.store.engine import Tx
from dispaccio.store.people import Person

SEEN_EVERY = timedelta(minutes=1)
"""How exactly it is kept when a session was last used."""


@dataclass(frozen=True, slots=True)
class SessionRow:
    """Where somebody is logged in; ``proved`` is when they last proved who they are."""

    key: int
    person: int
    created: datetime
    last_seen: datetime
    proved: datetime
    about: str | None


@dataclass(frozen=True, slots=True)
class OneTime:
    """A link that works once: whom it is for, until when, and whether it was used."""

    key: int
    person: int
    purpose: str
    expires: datetime
    used: datetime | None


def set_password(tx: Tx, person: int, hashed: str) -> None:
    """Give a person this password and no other."""
    tx.run(delete(credential).where(credential.c.person == person, credential.c.kind == "password"))
    row = {"person": person, "kind": "password", "data": hashed, "created": tx.now}
    tx.run(insert(credential), row)


def password_of(tx: Tx, person: int) -> str | None:
    """The hash of a person's password; None where they have none."""
    where = (credential.c.person == person) & (credential.c.kind == "password")
    found: str | None = tx.run(select(credential.c.data).where(where)).scalar()
    return found


def proofs_of(tx: Tx, person: int) -> frozenset[str]:
    """What a person can prove themselves with: ``password``, ``passkey``."""
    return frozenset(
        tx.run(select(credential.c.kind).where(credential.c.person == person)).scalars()
    )


def add_session(
    tx: Tx, person: int, sha256: bytes, about: str | None, proved: datetime | None = None
) -> None:
    """Somebody logged in; ``proved`` is when they last proved who they are, if that is not now."""
    row = {
        "person": person,
        "sha256": sha256,
        "created": tx.now,
        "last_seen": tx.now,
        "proved": proved or tx.now,
        "about": about,
    }
    tx.run(insert(session), row)


def session_by(
    tx: Tx, sha256: bytes, *, seen_since: datetime, made_since: datetime
) -> tuple[SessionRow, Person] | None:
    """The session of that hash with its person, if it was used and begun lately enough."""
    where = (
        (session.c.sha256 == sha256)
        & session.c.ended.is_(None)
        & (session.c.last_seen > seen_since)
        & (session.c.created > made_since)
    )
    row = tx.run(select(session).where(where)).one_or_none()
    person = people.by_id(tx, row.person) if row else None
    if row is None or person is None:
        return None
    return SessionRow(
        row.key, row.person, row.created, row.last_seen, row.proved, row.about
    ), person


def sessions_of(
    tx: Tx, person: int, *, seen_since: datetime, made_since: datetime
) -> list[SessionRow]:
    """Where a person is logged in, the one used last first."""
    where = (
        (session.c.person == person)
        & session.c.ended.is_(None)
        & (session.c.last_seen > seen_since)
        & (session.c.created > made_since)
    )
    rows = tx.run(select(session).where(where).order_by(session.c.last_seen.desc(), session.c.key))
    return [SessionRow(r.key, r.person, r.created, r.last_seen, r.proved, r.about) for r in rows]


def mark_seen(tx: Tx, key: int) -> None:
    """A session was used."""
    tx.run(update(session).where(session.c.key == key).values(last_seen=tx.now))


def mark_proved(tx: Tx, key: int) -> None:
    """The holder of a session proved again who they are."""
    tx.run(update(session).where(session.c.key == key).values(proved=tx.now))


def end_session(tx: Tx, person: int, key: int) -> bool:
    """End one session of a person; whether there was one."""
    done = tx.run(
        update(session)
        .where(session.c.key == key, session.c.person == person, session.c.ended.is_(None))
        .values(ended=tx.now)
    )
    return bool(done.rowcount)


def end_sessions(tx: Tx, person: int, but: int | None = None) -> None:
    """End every session of a person, but for one."""
    where = (session.c.person == person) & session.c.ended.is_(None)
    if but is not None:
        where &= session.c.key != but
    tx.run(update(session).where(where).values(ended=tx.now))


def add_one_time(tx: Tx, person: int, purpose: str, sha256: bytes, expires: datetime) -> None:
    """A new link that works once; it takes the place of an unused one of the same purpose."""
    tx.run(
        delete(one_time).where(
            or_(one_time.c.person == person, one_time.c.expires < tx.now),
            one_time.c.purpose == purpose,
            one_time.c.used.is_(None),
        )
    )
    row = {
        "person": person,
        "purpose": purpose,
        "sha256": sha256,
        "created": tx.now,
        "expires": expires,
    }
    tx.run(insert(one_time), row)


def one_time_by(tx: Tx, purpose: str, sha256: bytes) -> OneTime | None:
    """The link of that hash and purpose, used or not, in time or too late."""
    where = (one_time.c.sha256 == sha256) & (one_time.c.purpose == purpose)
    row = tx.run(select(one_time).where(where)).one_or_none()
    return OneTime(row.key, row.person, row.purpose, row.expires, row.used) if row else None


def use(tx: Tx, key: int) -> bool:
    """Use a link; False if somebody was quicker."""
    done = tx.run(
        update(one_time).where(one_time.c.key == key, one_time.c.used.is_(None)).values(used=tx.now)
    )
    return bool(done.rowcount)


def forget(tx: Tx, person: int) -> None:
    """A person leaves: what they proved themselves with goes, and every session ends."""
    tx.run(delete(credential).where(credential.c.person == person))
    tx.run(delete(one_time).where(one_time.c.person == person))
    end_sessions(tx, person)
