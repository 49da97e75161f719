"""The language that a release says it is in, against the words that it is in."""

from __future__ import annotations

from collections.abc import Iterator

from dispaccio.desk.checks.base import Context, Finding, Severity, check
from dispaccio.desk.checks.reading import languages
from dispaccio.desk.checks.reading.passages import passages
from dispaccio.release.model import Revision
from dispaccio.words import say, term

READ = 20_000
"""Characters of the text that are looked at."""


@check("language-marked", "Language of the text")
def language_marked(revision: Revision, context: Context) -> Iterator[Finding]:
    """Warns where headline and text are surely in another language than the one that is stated.

    The boilerplate does not count: it is often in another language.
    """
    if revision.language is None:
        return
    said = "\n".join(
        passage.text
        for passage in passages(revision)
        if passage.where in {"headline", "subhead"} or passage.where.startswith("body/")
    )
    found = languages.contradicted(said[:READ], revision.language)
    if found is not None:
        stated = languages.name_of(revision.language)
        message = say(
            "The text is {found}, but is marked as {stated} ({language}); programs read "
            "it aloud, translate and sort it by that: choose the language that it is in.",
            found=found,
            stated=term(stated),
            language=revision.language,
        )
        yield Finding(Severity.WARNING, message, "language")
