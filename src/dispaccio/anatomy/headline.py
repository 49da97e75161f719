"""What stands above the text: letterhead, headline, subhead."""

from __future__ import annotations

from dataclasses import replace

from dispaccio.anatomy.contacts import is_organisation
from dispaccio.anatomy.document import Passage, SpanKind
from dispaccio.anatomy.prose import ends_sentence, is_prose
from dispaccio.anatomy.work import Work
from dispaccio.release.body import BlockKind, MarkKind

_LONGEST = 300
_MOST = 50
"""So many lines may be a letterhead; each is looked for in the whole text."""
_NAMING = (SpanKind.ISSUER, SpanKind.BOILERPLATE, SpanKind.CONTACT)


def take(work: Work) -> None:
    """Claim letterhead, headline and subhead among the lines above the text.

    The headline is what markup says it is, else the first line that is no letterhead: a name that
    the text itself repeats. Between it and the dateline stands the subhead. A frame that gives a
    title of its own is believed only where the text has none.
    """
    above = _above(work)
    for index in above:
        if work.passages[index].title:
            _claim_titled(work, index, above)
            return
    titles = [index for index in above if _may_be_title(work.passages[index])]
    if work.subject:
        titles = [at for at in titles if not ends_sentence(work.passages[at].text)]
    for index in titles[:_MOST]:
        if not _is_letterhead(work, index):
            break
        titles.remove(index)
        above.remove(index)
        work.claim(index, SpanKind.ISSUER)
        work.issuers.append((index, work.passages[index].text))
    _take_statements(work, titles)
    titled = work.said.headline or work.subject or ""
    if titles and not (work.said.headline and work.passages[titles[0]].text != titled):
        index = titles[0]
        _state_headline(work, index)
        above = above[above.index(index) + 1 :]
    else:
        work.say(headline=work.subject)
    _claim_subhead(work, above)


def _take_statements(work: Work, titles: list[int]) -> None:
    """Claim the sentences between the label and the headline: they belong to the label."""
    while (
        len(titles) > 1
        and work.kinds.get(titles[0] - 1) is SpanKind.LABEL
        and ends_sentence(work.passages[titles[0]].text)
    ):
        index = titles.pop(0)
        work.claim(index, SpanKind.LABEL)
        work.said = replace(work.said, legal=(*work.said.legal, work.passages[index].text))


def _above(work: Work) -> list[int]:
    """The unclaimed passages above the text: above the dateline, else above the first prose."""
    above: list[int] = []
    for index, passage in work.free():
        if index >= work.lead if work.lead is not None else not _may_be_title(passage):
            break
        if passage.kind in (BlockKind.PARAGRAPH, BlockKind.HEADING):
            above.append(index)
    return above


def _claim_titled(work: Work, index: int, above: list[int]) -> None:
    for at in above[: min(above.index(index), _MOST)]:
        if _is_letterhead(work, at):
            work.claim(at, SpanKind.ISSUER)
            work.issuers.append((at, work.passages[at].text))
    _state_headline(work, index)
    below = above[above.index(index) + 1 :]
    if work.lead is not None or (below and _is_emphatic(work.passages[below[0]])):
        _claim_subhead(work, below)


def _state_headline(work: Work, index: int) -> None:
    work.claim(index, SpanKind.HEADLINE)
    work.headline = index
    work.say(headline=work.passages[index].text)


def _claim_subhead(work: Work, below: list[int]) -> None:
    """One passage above the dateline; where there is none, only a line that is no prose.

    What alone stands below the headline is the text.
    """
    if not below:
        return
    passage = work.passages[below[0]]
    if work.lead is None and not any(at > below[0] for at, _ in work.free()):
        return
    text = passage.text
    line = passage.kind is BlockKind.PARAGRAPH and not (is_prose(text) or ends_sentence(text))
    if work.lead is not None or (line and not text.endswith((":", "：", ",", "，"))):
        work.claim(below[0], SpanKind.SUBHEAD)
        work.say(subhead=text)


def _may_be_title(passage: Passage) -> bool:
    text = passage.text
    return len(text) <= _LONGEST and not (is_prose(text) and ends_sentence(text))


def _is_letterhead(work: Work, index: int) -> bool:
    """Whether a line is the name of an organisation that the text names again.

    It is one by its words ("University"), by standing above the label, or because a source line,
    a boilerplate or a contact names it.
    """
    text = work.passages[index].text.strip()
    if len(text.split()) > 10 or ends_sentence(text) or ":" in text or len(text) < 2:
        return False
    folded = text.casefold()
    named = any(folded in passage.text.casefold() for _, passage in work.of(*_NAMING))
    labelled = _stands_above_label(work, index)
    if labelled and is_organisation(text) and (text.isupper() or len(text.split()) < 5):
        return True
    if not (named or labelled or is_organisation(text)):
        return False
    return any(
        folded in other.text.casefold() and len(other.text) > len(text)
        for at, other in enumerate(work.passages)
        if at != index and len(other.text) < 5000
    )


def _stands_above_label(work: Work, index: int) -> bool:
    """Whether the label is the next thing below a line, but for lines of the frame."""
    below = (work.kinds.get(at) for at in range(index + 1, len(work.passages)))
    return next((kind for kind in below if kind is not SpanKind.FRAME), None) is SpanKind.LABEL


def _is_emphatic(passage: Passage) -> bool:
    """Whether a whole paragraph is emphasised, as subheads are in Markdown."""
    return any(
        mark.kind is MarkKind.EM and mark.start == 0 and mark.end == len(passage.text)
        for mark in passage.block.marks
    )
