"""Domains and names: bad inputs 23 and 24 of the security page."""

from __future__ import annotations

import pytest

from dispaccio.desk.checks.base import Severity
from dispaccio.release.model import Contact, Party
from tests.desk.cases import around, release, said, severities

DOMAIN, NAME = "unproved-domain", "other-issuer-named"
ERROR, WARNING = Severity.ERROR, Severity.WARNING


@pytest.mark.parametrize(
    "domain", ["arvello.example", "press.Arvello.EXAMPLE", "a.b.arvello.example."]
)
def test_proved_domains_and_what_lies_below_are_good(domain: str) -> None:
    mine = release(
        issuer=Party("Cantieri Arvello", domain), contacts=(Contact(email=f"press@{domain}"),)
    )
    assert said(DOMAIN, mine) == []


@pytest.mark.parametrize(
    "domain",
    ["bruma.example", "example", "arvello.example.evil.test", "notarvello.example"],
)
def test_an_issuer_with_another_domain_is_an_error(domain: str) -> None:
    (finding,) = said(DOMAIN, release(issuer=Party("Cantieri Arvello", domain)))
    assert (finding.severity, finding.where, finding.quote) == (ERROR, "issuer", domain)
    assert "proved are: arvello.example" in finding.message


def test_a_did_of_another_domain_is_an_error() -> None:
    party = Party("Cantieri Arvello", "arvello.example", "did:web:evil.test%3A8443:arvello")
    (finding,) = said(DOMAIN, release(issuer=party))
    assert finding.quote == "evil.test"
    mine = Party("Cantieri Arvello", "arvello.example", "did:web:arvello.example:press")
    assert said(DOMAIN, release(issuer=mine)) == []


@pytest.mark.parametrize(
    "email",
    [
        "press@gmail.example",
        "arvello.example@evil.test",
        "press@arvello.example)evil@evil.test",
        "press@evil.test, press@arvello.example",
        "<press@arvello.example>@evil.test",
        "press@[192.0.2.1]",
    ],
)
def test_a_contact_elsewhere_is_held(email: str) -> None:
    (finding,) = said(DOMAIN, release(contacts=(Contact(email=email),)))
    assert (finding.severity, finding.where) == (WARNING, "contacts/0")


@pytest.mark.parametrize("domain", ["arveilo.example", "arve11o.example", "arvеllo.example"])
def test_a_contact_at_a_look_alike_is_an_error(domain: str) -> None:
    assert severities(DOMAIN, release(contacts=(Contact(email=f"press@{domain}"),))) == [ERROR]


def test_with_nothing_proved_everything_is_held() -> None:
    nothing = around(proved_domains=frozenset())
    assert severities(DOMAIN, release(), nothing) == [ERROR, WARNING]
    (finding,) = said(DOMAIN, release(issuer=Party("Cantieri Arvello")), nothing)
    assert finding.severity is WARNING
    assert "none is yet" in finding.message


@pytest.mark.parametrize(
    "name",
    ["Cantieri Arvello S.p.A.", "CANTIERI ARVELLO SPA", "Cantieri Arvello", "cantieri arvéllo"],
)
def test_ones_own_name_may_be_written_differently(name: str) -> None:
    assert said(NAME, release(issuer=Party(name))) == []


@pytest.mark.parametrize(
    ("name", "severity"),
    [
        ("Officine Bruma", ERROR),
        ("Officine Bruma S.r.l.", ERROR),
        ("Some Other Yard", ERROR),
        ("Cantierı Arvello", ERROR),  # a dotless i
        ("Сantieri Аrvello", ERROR),  # Cyrillic capitals
        ("Cantieri Arvello – Ufficio stampa", WARNING),
        ("Arvello", WARNING),
    ],
)
def test_another_issuer_named_in_the_release(name: str, severity: Severity) -> None:
    (finding,) = said(NAME, release(issuer=Party(name)))
    assert (finding.severity, finding.where, finding.quote) == (severity, "issuer", name)


@pytest.mark.parametrize(
    "account",
    ["Officine Bruma srl", "OFFICINE BRUMA", "Οfficine Βruma", "0fficine Bruma", "Officine Brurna"],
)
def test_an_account_that_looks_like_another_is_held(account: str) -> None:
    (finding,) = said(NAME, release(issuer=None), around(issuer_name=account))
    assert (finding.severity, finding.quote) == (WARNING, account)
    assert "Officine Bruma" in finding.message


def test_an_account_is_not_its_own_look_alike() -> None:
    mine = around(other_issuers=("Cantieri Arvello S.p.A.", "Officine Bruma"))
    assert said(NAME, release(), mine) == []


def test_a_headline_about_another_issuer_is_held() -> None:
    assert severities(NAME, release(headline="Officine Bruma: profit warning")) == [WARNING]
    assert severities(NAME, release(headline="UNIVERSITA DI LENATE closes")) == [WARNING]
    assert said(NAME, release(headline="A dock for Officine Bruma opens")) == []
    assert said(NAME, release(headline="Officine Brumale opens")) == []


def test_a_contact_of_another_issuer_is_held() -> None:
    contact = Contact(name="Ada Neri", organisation="Officine Bruma S.r.l.")
    (finding,) = said(NAME, release(contacts=(contact,)))
    assert (finding.severity, finding.where) == (WARNING, "contacts/0")
    assert finding.message.startswith("Press contact 1 belongs to “Officine Bruma”")


def test_another_wires_release_has_no_account_here() -> None:
    theirs = release(issuer=Party("Some Other Yard", "other.example"))
    assert said(NAME, theirs, around(relayed=True)) == []
    assert said(DOMAIN, theirs, around(relayed=True)) == []
