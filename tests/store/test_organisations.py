"""Issuers with domains and keys, channels, subscribers."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy.exc import IntegrityError

from dispaccio.store import organisations, releases
from dispaccio.store.organisations import Issuer, IssuerKey, Named
from tests.store.rows import NOW, Rows


def test_an_issuer_with_its_domains(rows: Rows) -> None:
    aurora = rows.write(
        organisations.add_issuer, "aurora", "Aurora Dairy", "did:web:aurora.example"
    )
    bruma = rows.write(organisations.add_issuer, "bruma", "Bruma", "did:web:bruma.example")
    for number, domain in enumerate(["aurora.example", "press.aurora.example"]):
        rows.now = NOW + timedelta(seconds=number)
        rows.write(organisations.prove_domain, aurora, domain, "olga")
    expected = Issuer(
        aurora,
        "aurora",
        "Aurora Dairy",
        "did:web:aurora.example",
        ("aurora.example", "press.aurora.example"),
    )
    other = Issuer(bruma, "bruma", "Bruma", "did:web:bruma.example", ())
    assert rows.read(organisations.issuers) == [expected, other]
    assert rows.read(organisations.issuer_by, slug="aurora") == expected
    assert rows.read(organisations.issuer_by, key=bruma) == other
    assert rows.read(organisations.issuer_by, slug="nobody") is None
    assert rows.read(organisations.issuer_names) == ["Aurora Dairy", "Bruma"]


@pytest.mark.parametrize(
    "add",
    [
        lambda rows: rows.issuer("aurora"),
        lambda rows: rows.channel("press"),
        lambda rows: rows.write(organisations.add_subscriber, "gazette", "The Gazette"),
    ],
    ids=["issuer", "channel", "subscriber"],
)
def test_names_are_unique(rows: Rows, add: object) -> None:
    add(rows)  # type: ignore[operator]
    with pytest.raises(IntegrityError):
        add(rows)  # type: ignore[operator]


def test_the_newest_key_is_the_current_one(rows: Rows) -> None:
    issuer = rows.issuer()
    assert rows.read(organisations.current_key, issuer) is None
    rows.write(organisations.add_issuer_key, issuer, "thumb-1", b"public-1", b"wrapped")
    rows.write(organisations.add_issuer_key, issuer, "thumb-2", b"public-2", None)
    found = rows.read(organisations.current_key, issuer)
    assert found == IssuerKey("thumb-2", b"public-2", None, NOW)
    assert rows.read(organisations.public_key, "thumb-1") == b"public-1"
    assert rows.read(organisations.public_key, "thumb-3") is None


def test_approved_releases_are_counted_once_each_and_up_to_a_point(rows: Rows) -> None:
    issuer, other = rows.issuer("aurora"), rows.issuer("bruma")
    for number in range(4):
        release = rows.release(f"r{number}", issuer_=issuer)
        for _ in range(2 if number else 0):
            rows.write(releases.approve, release)
    rows.write(releases.approve, rows.release("other", issuer_=other))
    assert rows.read(organisations.approved_releases, issuer, 10) == 3
    assert rows.read(organisations.approved_releases, issuer, 2) == 2
    assert rows.read(organisations.approved_releases, other, 10) == 1


def test_channels(rows: Rows) -> None:
    sport, press = rows.channel("sport"), rows.channel("press")
    assert rows.read(organisations.channels) == [
        Named(press, "press", "Press"),
        Named(sport, "sport", "Sport"),
    ]
    assert rows.read(organisations.channel_named, "sport") == Named(sport, "sport", "Sport")
    assert rows.read(organisations.channel_named, "Sport") is None


def test_subscribers(rows: Rows) -> None:
    key = rows.write(organisations.add_subscriber, "gazette", "The Gazette")
    found = Named(key, "gazette", "The Gazette")
    assert rows.read(organisations.subscribers) == [found]
    assert rows.read(organisations.subscriber_by, "gazette") == found
    assert rows.read(organisations.subscriber_by, "nobody") is None
