"""Domains that the account has not proved: the mark of releases in somebody else's name."""

from __future__ import annotations

from collections.abc import Iterator

from dispaccio.desk.checks.base import Context, Finding, Severity, check
from dispaccio.desk.checks.reading import domains
from dispaccio.desk.checks.reading.characters import shown
from dispaccio.desk.checks.reading.passages import inside, names
from dispaccio.release.model import Revision
from dispaccio.words import Sentence, in_a_row, say

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
    listed = in_a_row(sorted(proved)[:_SHOWN_DOMAINS])
    known = say("proved are: {domains}", domains=listed) if proved else say("none is yet")
    for host in _issuers(revision, context.issuer_did):
        if not domains.within(host, proved):
            message = say(
                "The issuer's domain {domain} is not one that this account has proved ({known}); "
                "prove it first, or name your own.",
                domain=shown(host),
                known=known,
            )
            yield Finding(Severity.ERROR, message, "issuer", host)
    for passage in names(revision):
        if "@" in passage.text:
            yield from _contact(passage.where, passage.text, proved, known)


def _contact(where: str, email: str, proved: frozenset[str], known: Sentence) -> Iterator[Finding]:
    host = domains.of_address(email)
    if host and domains.within(host, proved):
        return
    twin = domains.twin(host, proved) if host else None
    address, place = shown(email), inside(where)
    if twin:
        message = say(
            "{address} {inside} uses a domain that only looks like {twin}; write the domain that "
            "is meant.",
            address=address,
            inside=place,
            twin=shown(twin),
        )
    elif host:
        message = say(
            "{address} {inside} is at a domain that this account has not proved ({known}); prove "
            "it, or have the desk ask the issuer by another way.",
            address=address,
            inside=place,
            known=known,
        )
    else:
        message = say(
            "{address} {inside} is not one plain e-mail address; write it like press@example.org.",
            address=address,
            inside=place,
        )
    yield Finding(Severity.ERROR if twin else Severity.WARNING, message, where, email)


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
