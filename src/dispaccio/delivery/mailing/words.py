"""The words of mail around a release, in the languages of the pages."""

from __future__ import annotations

from dataclasses import dataclass

from dispaccio.release.model import Revision
from dispaccio.release.notice import is_notice
from dispaccio.release.state import Kind, Status


@dataclass(frozen=True, slots=True)
class MailWords:
    """The words of one language."""

    kinds: dict[Kind, str]
    """What stands before the headline of a later revision."""
    withheld: str
    withdrawn: str
    release: str
    why_wire: str
    why_list: str
    leave: str
    digest: tuple[str, str]
    """Of one release, and of several."""
    digest_intro: str
    read: str
    ask: str
    """The subject of the mail that asks for a confirmation."""
    ask_text: str


ENGLISH = MailWords(
    kinds={
        Kind.ADDITION: "Addition",
        Kind.CORRECTION: "Correction",
        Kind.REFILE: "Correction",
        Kind.USABLE_AGAIN: "Usable again",
    },
    withheld="Withheld",
    withdrawn="Withdrawn: do not use",
    release="release",
    why_wire="You get this because this address is subscribed to {name}.",
    why_list="You get this because you are on the press list of {name}.",
    leave="Unsubscribe",
    digest=("1 release", "{count} releases"),
    digest_intro="Since the last digest:",
    read="Read",
    ask="Please confirm: releases of {name} by mail",
    ask_text=(
        "{subscriber} has asked {name} to send press releases to this address.\n\n"
        "If you want them, confirm it here:\n{link}\n\n"
        "If not, do nothing: no other mail is sent to you."
    ),
)
ITALIAN = MailWords(
    kinds={
        Kind.ADDITION: "Aggiunta",
        Kind.CORRECTION: "Rettifica",
        Kind.REFILE: "Rettifica",
        Kind.USABLE_AGAIN: "Di nuovo utilizzabile",
    },
    withheld="Sospeso",
    withdrawn="Ritirato: non utilizzare",
    release="comunicato",
    why_wire="Ricevi questo messaggio perché questo indirizzo è abbonato a {name}.",
    why_list="Ricevi questo messaggio perché sei nella lista stampa di {name}.",
    leave="Disiscriviti",
    digest=("1 comunicato", "{count} comunicati"),
    digest_intro="Dall’ultimo riepilogo:",
    read="Leggi",
    ask="Conferma: comunicati di {name} per posta",
    ask_text=(
        "{subscriber} ha chiesto a {name} di inviare comunicati stampa a questo indirizzo.\n\n"
        "Se li vuoi, conferma qui:\n{link}\n\n"
        "Altrimenti non fare nulla: non riceverai altri messaggi."
    ),
)


def words_for(language: str | None) -> MailWords:
    """The words for a release in this language; English where there are none."""
    return ITALIAN if (language or "").lower().split("-")[0] == "it" else ENGLISH


def subject(revision: Revision) -> str:
    """The subject of a mail: the label first, then what became of the release, then its headline.

    While the release is taken back, its number stands in place of the headline.
    """
    words = words_for(revision.language)
    if is_notice(revision):
        back = revision.kind is Kind.WITHDRAWAL or revision.status is Status.CANCELED
        said = words.withdrawn if back else words.withheld
        title = f"{said} – {words.release} {revision.number}"
    else:
        before = words.kinds.get(revision.kind) if revision.kind else None
        title = f"{before}: {revision.headline}" if before else revision.headline
    return f"[{revision.label.text}] {title}" if revision.label else title
