"""Domains that the account has not proved: the mark of releases in somebody else's name."""

from __future__ import annotations

from collections.abc import Iterator

from dispaccio.desk.checks.base import Context, Finding, Severity, check
from dispaccio.desk.checks.reading import domains
from dispaccio.desk.checks.reading.characters import shown
from dispaccio.desk.checks.reading.passages import names, spoken
from dispaccio.release.model import Revision

_DID_WEB = "did:web:"
_SHOWN_DOMAINS = 3


@check("unproved-domain", "Domains of issuer and contacts")
def unproved_domain(revision: Revision, context: Context) -> Iterator[Finding]:
    """Errors when the issuer's domain is not the account's; warns of contacts' domains.

    A sub-domain of a proved domain is proved. A contact's domain that only looks like a proved one
    is an error too. Another wire's release has no account here and is not judged.
    """
    if context.relayed:
        return
    proved = context.proved_domains
    known = f"proved are: {', '.join(sorted(proved)[:_SHOWN_DOMAINS])}" if proved else "none is yet"
    for host in _issuers(revision, context.issuer_did):
        if not domains.within(host, proved):
            message = (
                f"The issuer's domain {shown(host)} is not one that this account has proved "
                f"({known}); prove it first, or name your own."
            )
            yield Finding(Severity.ERROR, message, "issuer", host)
    for passage in names(revision):
        if "@" in passage.text:
            yield from _contact(passage.where, passage.text, proved, known)


def _contact(where: str, email: str, proved: frozenset[str], known: str) -> Iterator[Finding]:
    host = domains.of_address(email)
    if host and domains.within(host, proved):
        return
    twin = domains.twin(host, proved) if host else None
    if twin:
        why = f"uses a domain that only looks like {shown(twin)}; write the domain that is meant"
    elif host:
        why = (
            f"is at a domain that this account has not proved ({known}); prove it, or have the "
            "desk ask the issuer by another way"
        )
    else:
        why = "is not one plain e-mail address; write it like press@example.org"
    severity = Severity.ERROR if twin else Severity.WARNING
    yield Finding(severity, f"{shown(email)} in {spoken(where)} {why}.", where, email)


def _issuers(revision: Revision, own: str | None) -> Iterator[str]:
    """The issuer's domain, and that of its did:web where it differs and is not the account's."""
    if revision.issuer is None:
        return
    domain = domains.readable(revision.issuer.domain) if revision.issuer.domain else None
    if domain:
        yield domain
    did = revision.issuer.did or ""
    if did.startswith(_DID_WEB) and did != own:
        host = domains.readable(did.removeprefix(_DID_WEB).partition(":")[0].partition("%3A")[0])
        if host != domain:
            yield host
