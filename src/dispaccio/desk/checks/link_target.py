"""Links that lead elsewhere than they say, or to a host that poses as another."""

from __future__ import annotations

from collections.abc import Iterator

from dispaccio.desk.checks.base import Context, Finding, Severity, check
from dispaccio.desk.checks.reading import domains
from dispaccio.desk.checks.reading.characters import named, shown
from dispaccio.desk.checks.reading.passages import Linked, inside, links
from dispaccio.release.model import Revision
from dispaccio.words import say


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
    place = inside(link.where)
    if letters := domains.odd_letters(host):
        message = say(
            "A link {inside} leads to {host}, where {letter} poses as another letter; write the "
            "address that is meant.",
            inside=place,
            host=shown(host),
            letter=named(letters[0]),
        )
        yield Finding(fault, message, link.where, link.href)
    elif meant := domains.twin(host, own):
        message = say(
            "A link {inside} leads to {host}, which only looks like {meant}; write the address "
            "that is meant.",
            inside=place,
            host=shown(host),
            meant=shown(meant),
        )
        yield Finding(fault, message, link.where, link.href)
    elif (said := domains.written_as(link.text)) and not domains.related(said, host):
        message = say(
            "The link {link} {inside} leads to {host}; show the address that it leads to, or words "
            "instead of an address.",
            link=shown(link.text),
            inside=place,
            host=shown(host),
        )
        yield Finding(Severity.WARNING, message, link.where, link.text)
