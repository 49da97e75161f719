"""Links that lead elsewhere than they say, or to a host that poses as another."""

from __future__ import annotations

from collections.abc import Iterator

from dispaccio.desk.checks.base import Context, Finding, Severity, check
from dispaccio.desk.checks.reading import domains
from dispaccio.desk.checks.reading.characters import named, shown
from dispaccio.desk.checks.reading.passages import Linked, links, spoken
from dispaccio.release.model import Revision


@check("link-target", "Where links lead")
def link_target(revision: Revision, context: Context) -> Iterator[Finding]:
    """Errors for a host in disguise; warns when an address that is shown has another host.

    A sub-domain of what is shown, or ``www`` in front, is the same host here.
    """
    own = {*context.proved_domains}
    if revision.issuer and revision.issuer.domain:
        own.add(revision.issuer.domain)
    for link in links(revision):
        host = domains.of_link(link.href)
        if host:
            yield from _judged(link, host, frozenset(own), context.text_fault)


def _judged(link: Linked, host: str, own: frozenset[str], fault: Severity) -> Iterator[Finding]:
    place = spoken(link.where)
    if letters := domains.odd_letters(host):
        message = (
            f"A link in {place} leads to {shown(host)}, where {named(letters[0])} poses as another "
            "letter; write the address that is meant."
        )
        yield Finding(fault, message, link.where, link.href)
    elif meant := domains.twin(host, own):
        message = (
            f"A link in {place} leads to {shown(host)}, which only looks like {shown(meant)}; "
            "write the address that is meant."
        )
        yield Finding(fault, message, link.where, link.href)
    elif (said := domains.written_as(link.text)) and not domains.related(said, host):
        message = (
            f"The link {shown(link.text)} in {place} leads to {shown(host)}; show the address that "
            "it leads to, or words instead of an address."
        )
        yield Finding(Severity.WARNING, message, link.where, link.text)
