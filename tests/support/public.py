"""A wire's public face with releases of ours in every state, kept in memory."""

from __future__ import annotations

import hashlib
import json
import uuid
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from dispaccio.formats.feeds.feed import changed
from dispaccio.formats.feeds.kinds import FeedKind
from dispaccio.formats.registry import formats
from dispaccio.release import notice
from dispaccio.release import subjects as topics
from dispaccio.release.body import Block, BlockKind, Mark, MarkKind
from dispaccio.release.dateline import compose
from dispaccio.release.label import LabelKind, of_kind
from dispaccio.release.model import (
    Contact,
    Copyright,
    Hop,
    Identifier,
    Link,
    Party,
    Reason,
    Revision,
    SignedBy,
    Subject,
    WireMark,
)
from dispaccio.release.state import Kind, Status, status_after
from dispaccio.store.organisations import Named
from dispaccio.store.releases import Rendering
from dispaccio.trace.normalize import fold
from dispaccio.wire.confirming import Confirming
from dispaccio.wire.leaving import Leaving
from dispaccio.wire.looks import Looks
from dispaccio.wire.shown import Entry, LeafView, Policy, PublicRelease, Shown, Version

START = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)
NAME = "Ponte"
CHANNELS = [Named(1, "economia", "Economia"), Named(2, "immediata/ponente", "Immediata da Ponente")]


class NoFiles:
    """A wire without pictures and files of its own."""

    def find(self, id: str) -> None:
        """No file has any id."""

    def of(self, media: object) -> dict[str, Any]:
        """None of these is the wire's own."""
        return {}


@dataclass(eq=False)
class FakePublic:
    """What ``dispaccio.wire.public.Public`` answers, for revisions put in with ``publish``."""

    name: str = NAME
    url: str = "https://ponte.example"
    test: bool = False
    zone: ZoneInfo = field(default_factory=lambda: ZoneInfo("Europe/Rome"))
    kept: dict[int, list[Revision]] = field(default_factory=dict)
    old: dict[str, int] = field(default_factory=dict)
    asked: int = 0
    policy: Policy = field(default_factory=Policy)
    mailed: dict[str, Leaving] = field(default_factory=dict)
    """Who can unsubscribe, by the token of the mail."""
    questions: dict[str, Confirming] = field(default_factory=dict)
    """Who is asked for a confirmation, by the token of the mail."""

    files: NoFiles = field(default_factory=NoFiles)
    looks: Looks = field(default_factory=Looks)

    def leaving(self, token: str) -> Leaving | None:
        return self.mailed.get(token)

    def confirming(self, token: str) -> Confirming | None:
        return self.questions.get(token)

    def confirm(self, token: str) -> Confirming | None:
        if token in self.questions:
            self.questions[token] = replace(self.questions[token], done=True)
        return self.questions.get(token)

    def leave(self, token: str) -> Leaving | None:
        if token in self.mailed:
            self.mailed[token] = replace(self.mailed[token], left=True)
        return self.mailed.get(token)

    def publish(self, revision: Revision, at: datetime, *, after: str | None = None) -> str:
        """Publish a first revision, or with ``after`` (a number) a later one; give the number."""
        ordinal = int(after.lstrip("T")) if after else 100_000_001 + len(self.kept)
        before = self.kept.setdefault(ordinal, [])
        number = f"{'T' if self.test else ''}{ordinal}"
        kind = revision.kind or Kind.ORIGINAL
        made = replace(
            revision,
            id=f"urn:uuid:{uuid.UUID(int=ordinal)}",
            number=number,
            version=len(before) + 1,
            kind=kind,
            status=status_after([*(r.kind or Kind.ORIGINAL for r in before), kind]),
            url=f"{self.url}/r/{number}",
            first_created=before[0].first_created if before else at,
            version_created=at,
            wire=WireMark(self.name, number),
            dateline=revision.dateline
            or compose(revision.place, at.date(), self.name, revision.language),
        )
        before.append(notice.shown(made))
        return number

    def stamp(self) -> int:
        return len(self.kept)

    def latest(
        self,
        limit: int,
        before: int | None = None,
        channel: str | None = None,
        issuer: str | None = None,
        subject: str | None = None,
        *,
        whole: bool = True,
    ) -> list[Shown]:
        self.asked += 1
        found = [self._shown(o) for o in sorted(self.kept, reverse=True) if o < (before or 1 << 62)]
        kept = [s for s in found if not s.revision.archive]
        kept = [s for s in kept if channel in (None, s.revision.channel)]
        kept = [s for s in kept if issuer is None or _slug(s) == issuer]
        return [s for s in kept if subject is None or subject in _listed(s)][:limit]

    def archived(
        self, limit: int, before: int | None = None, channel: str | None = None
    ) -> list[Shown]:
        found = [self._shown(o) for o in sorted(self.kept) if self._shown(o).revision.archive]
        return [s for s in found if s.ordinal < (before or 1 << 62)][:limit]

    def moved(self, path: str) -> Shown | None:
        return self._shown(self.old[path]) if path in self.old else None

    def changed(
        self, kind: FeedKind, limit: int, before: int | None = None, channel: str | None = None
    ) -> list[Entry]:
        return [
            Entry(item.ordinal, item.number, changed(item.revision), kind.entry(item.revision))
            for item in self.latest(limit, before, channel)
        ]

    def cuts(self, every: int, channel: str | None = None) -> tuple[int, ...]:
        listed = [s.ordinal for s in reversed(self.latest(1 << 30, channel=channel))]
        return tuple(listed[every - 1 :: every])

    def search(
        self,
        query: str,
        limit: int,
        before: int | None = None,
        subject: str | None = None,
        *,
        whole: bool = True,
    ) -> list[Shown]:
        def holds(shown: Shown) -> bool:
            said = shown.revision
            text = " ".join([said.headline, *(block.text for block in said.body)])
            return shown.status is Status.USABLE and all(
                word in fold(text) for word in fold(query).split()
            )

        found = self.latest(1 << 30, before, subject=subject)
        found += self.archived(1 << 30, before) if subject is None else []
        return [s for s in found if holds(s)][:limit]

    def release(self, number: str) -> PublicRelease | None:
        self.asked += 1
        revisions = self._of(number)
        if not revisions:
            return None
        shown = self._shown(int(number.lstrip("T")))
        return PublicRelease(
            shown=shown,
            versions=tuple(_version(r, shown.status) for r in revisions),
            leaves=tuple(_leaf(i, r) for i, r in enumerate(revisions)),
            manifest_sha256=hashlib.sha256(number.encode()).hexdigest(),
            issuer_signature="eyJhbGciOiJFZDI1NTE5In0..c2lnbmF0dXJlIG9mIHRoZSBpc3N1ZXI",
            issuer_key="Nv8kXbVv0cJmUeY3Q4mD1qf3xW8t4X9h2yUXo1cZr7A",
            wire_signature="eyJhbGciOiJFZDI1NTE5In0..c2lnbmF0dXJlIG9mIHRoZSB3aXJl",
        )

    def version(self, number: str, version: int) -> Shown | None:
        revisions = self._of(number)
        if not 0 < version <= len(revisions):
            return None
        shown = self._shown(int(number.lstrip("T")))
        if shown.status is not Status.USABLE:
            return shown
        return replace(shown, version=version, revision=revisions[version - 1])

    def rendering(self, number: str, version: int | None, format: str) -> Rendering | None:
        revisions = self._of(number)
        shown = self.version(number, version or len(revisions))
        if shown is None:
            return None
        body = formats()[format].write(shown.revision)
        media_type = formats()[format].about.media_types[0]
        return Rendering(format, media_type, body, hashlib.sha256(body).hexdigest())

    def proof(self, number: str) -> bytes | None:
        return json.dumps({"number": number}).encode() if self._of(number) else None

    def subjects(self, channel: str | None = None) -> tuple[str, ...]:
        there = {ref for s in self.latest(1 << 30, channel=channel) for ref in _listed(s)}
        return tuple(code for code in topics.topics() if f"medtop:{code}" in there)

    def channels(self) -> list[Named]:
        return CHANNELS

    def now(self) -> datetime:
        return at(8)

    def sitemap_pages(self) -> list[tuple[int, datetime]]:
        return [(0, at(7))] if self.sitemap(0) else []

    def sitemap(self, page: int) -> list[tuple[str, datetime]]:
        usable = [s for s in self.latest(1 << 30) if s.status is Status.USABLE]
        return [(s.number, at(7)) for s in usable] if page == 0 else []

    def log_size(self) -> int:
        return 1200 + sum(map(len, self.kept.values()))

    def _of(self, number: str) -> list[Revision]:
        if number.startswith("T") is not self.test:
            return []
        return self.kept.get(int(number.lstrip("T")), [])

    def _shown(self, ordinal: int) -> Shown:
        revisions = self.kept[ordinal]
        newest = revisions[-1]
        assert newest.number is not None
        assert newest.status is not None
        assert newest.version is not None
        return Shown(ordinal, newest.number, newest.status, newest.version, newest)


def _slug(shown: Shown) -> str:
    """The issuer of a release as addresses name it: the first word of its domain."""
    issuer = shown.revision.issuer
    return (issuer.domain or "").partition(".")[0] if issuer else ""


def _listed(shown: Shown) -> tuple[str, ...]:
    return topics.facets(shown.revision.subjects) if shown.status is Status.USABLE else ()


def _version(revision: Revision, status: Status) -> Version:
    assert revision.version is not None
    assert revision.kind is not None
    assert revision.version_created is not None
    headline = revision.headline if status is Status.USABLE else None
    return Version(
        revision.version,
        revision.kind,
        revision.version_created,
        revision.reason,
        headline,
        revision.signed_by,
    )


def _leaf(index: int, revision: Revision) -> LeafView:
    assert revision.version_created
    body = json.dumps({"t": "publish", "number": revision.number, "revision": revision.version})
    digest = hashlib.sha256(body.encode()).hexdigest()
    return LeafView(1200 + index, revision.version_created, "publish", digest, body)


def link(text: str, words: str, href: str) -> Block:
    """A paragraph in which ``words`` lead to ``href``."""
    start = text.index(words)
    return Block.paragraph(text, Mark(start, start + len(words), MarkKind.LINK, href))


def paragraphs(*texts: str) -> tuple[Block, ...]:
    """A body of plain paragraphs."""
    return tuple(Block.paragraph(text) for text in texts)


_AURORA = Party("Aurora Dairy Cooperative", "aurora-dairy.example", "did:web:aurora-dairy.example")
DAIRY = Revision(
    headline="Aurora Dairy opens its third plant and hires 120 people in Bergamo",
    subhead="The plant will make 40,000 litres of oat drink a day from December",
    place="Bergamo",
    language="en",
    issuer=_AURORA,
    signed_by=SignedBy.CUSTODIAL,
    label=of_kind(LabelKind.PROMOTIONAL, "en", paid_by="Aurora Dairy Cooperative S.p.A."),
    channel="economia",
    subjects=(Subject("medtop", "20000349"), Subject("house", "oat drinks", "Oat drinks")),
    body=(
        link(
            "Aurora Dairy Cooperative opened its third plant in Bergamo on Monday. It cost "
            "€14 million, employs 120 people and will make 40,000 litres of oat drink a day, "
            "the cooperative said; the plans are on its own page.",
            "on its own page",
            "https://aurora-dairy.example/plants/bergamo",
        ),
        Block(BlockKind.HEADING, "Oats from within fifty kilometres", level=2),
        *paragraphs(
            "Two hundred farms between the Serio and the Oglio have signed contracts for five "
            "years. They are paid a fixed price for the first half of each harvest and the price "
            "of the day for the rest, so that a bad year does not ruin anyone.",
        ),
        Block(BlockKind.QUOTE, "We asked the farmers what they needed before we asked the bank."),
        Block(
            BlockKind.LIST,
            "120 people, 48 of them in their first job\n9,800 square metres\n"
            "2.1 megawatts of solar panels on the roof",
        ),
        Block(
            BlockKind.TABLE,
            "Year\tLitres a day\tPeople\n2026\t40,000\t120\n2027\t65,000\t150\n2028\t80,000\t170",
        ),
        *paragraphs(
            "The first cartons will be in shops in Lombardy and Veneto before Christmas. A second "
            "line, for oat cream, follows in the autumn of 2027."
        ),
    ),
    boilerplate="Aurora Dairy Cooperative belongs to 640 farms in four provinces. It has made "
    "milk products since 1951 and drinks from oats since 2019.",
    contacts=(
        Contact(
            "Livia Brembati", "Press office", None, "press@aurora-dairy.example", "+39 035 000 0142"
        ),
    ),
    copyright=Copyright(
        "Copyright 2026 Aurora Dairy Cooperative", 2026, "Aurora Dairy Cooperative"
    ),
)
LAKE = Revision(
    headline="Plankton in alpine lakes wakes eleven days earlier than in 1990",
    place="Varenna",
    language="en",
    issuer=Party("Istituto Lariano per i Laghi", "laghi.example"),
    signed_by=SignedBy.ISSUER,
    label=of_kind(LabelKind.SCIENCE, "en"),
    body=paragraphs(
        "The spring bloom of plankton in seven alpine lakes began eleven days earlier in the "
        "last ten years than around 1990, a study by the Istituto Lariano per i Laghi finds.",
        "The team read 36 years of weekly samples. The change is largest in lakes below 300 "
        "metres, where ice has become rare.",
    ),
    contacts=(Contact("Dr Ada Solari", None, None, "solari@laghi.example", None),),
)
FERRY = Revision(
    headline="Il traghetto delle 6.40 per Isola Maggiore torna dal primo dicembre",
    place="Passignano",
    language="it",
    issuer=Party("Comune di Borgo sul Lago", "borgosullago.example"),
    signed_by=SignedBy.CUSTODIAL,
    label=of_kind(LabelKind.INSTITUTIONAL, "it"),
    channel="economia",
    body=paragraphs(
        "Dal primo dicembre riprende la corsa delle 6.40 per Isola Maggiore, sospesa a settembre "
        "per lavori al pontile. Il biglietto resta a 3 euro.",
        "La corsa serve ogni giorno 85 persone, tra cui 22 alunni della scuola dell’isola.",
    ),
)
BOOKS = Revision(
    headline="明湖书店三十家分店今冬延长营业时间",
    subhead="每晚开放至十点，面向夜班读者",
    place="杭州",
    language="zh",
    issuer=Party("明湖书店", "minghu-books.example"),
    signed_by=SignedBy.CUSTODIAL,
    label=of_kind(LabelKind.PROMOTIONAL, "zh", paid_by="明湖书店有限公司"),
    body=paragraphs(
        "明湖书店宣布，自十二月一日起，三十家分店每晚营业至十点。书店表示，许多读者在工厂和医院上夜班，白天没有时间看书。",
        "“我们在西湖边的店试行了三个月，晚上八点以后来的读者占全天的四分之一。”店长沈若澜说。",
        "延长营业期间，每家分店新增两名店员，共六十人。",
    ),
)
DATES = Revision(
    headline="«نخلة الواحة» تزرع خمسين ألف نخلة جديدة قبل نهاية العام",
    place="العين",
    language="ar",
    issuer=Party("تعاونية نخلة الواحة", "oasis-palm.example"),
    signed_by=SignedBy.ISSUER,
    label=of_kind(LabelKind.PROMOTIONAL, "ar", paid_by="تعاونية نخلة الواحة"),
    body=(
        *paragraphs(
            "أعلنت تعاونية نخلة الواحة يوم الاثنين أنها ستزرع 50,000 نخلة جديدة قبل نهاية العام، "
            "وأن المشروع سيوفر 340 فرصة عمل دائمة في ثلاث قرى.",
            "وقالت التعاونية إن الري سيعتمد على مياه معالجة، وإن كل نخلة ستحمل رقماً يمكن للمزارعين "
            "متابعته عبر الموقع oasis-palm.example.",
        ),
        Block(BlockKind.QUOTE, "الماء الذي لا نضيعه اليوم هو تمر السنة القادمة."),
    ),
    contacts=(
        Contact(
            "ليلى المنصوري", "المكتب الصحفي", None, "press@oasis-palm.example", "+971 3 000 0117"
        ),
    ),
)
HARBOUR = Revision(
    headline="Porto Chiaro shipyard delivers the first of six electric ferries",
    place="Porto Chiaro",
    language="en",
    issuer=Party("Cantieri Porto Chiaro", "cantieri-portochiaro.example"),
    signed_by=SignedBy.OBSERVED,
    label=replace(
        of_kind(LabelKind.PROMOTIONAL, "en"), text="Comunicato stampa – contenuto promozionale"
    ),
    channel="immediata/ponente",
    body=paragraphs(
        "Cantieri Porto Chiaro handed over the Marta, the first of six electric ferries for the "
        "lagoon, on Monday morning. She carries 180 people and charges in nine minutes.",
        "The other five follow at intervals of four months.",
    ),
    original_url="https://ponente.example/releases/porto-chiaro-first-electric-ferry-5530192.html",
    identifiers=(Identifier("Ponente", "5530192"),),
    links=(Link("https://cantieri-portochiaro.example/marta", "The Marta", "issuer"),),
    hops=(
        Hop(
            "Cantieri Porto Chiaro", "created", None, "Cantieri Porto Chiaro handed over the Marta"
        ),
        Hop(
            "Ponente",
            "transformed",
            datetime(2026, 11, 23, 8, 0, tzinfo=UTC),
            "PORTO CHIARO, Nov. 23, 2026 /Ponente/ --",
        ),
        Hop("Immediata", "enhanced", None, "Immediata is not responsible for the contents"),
        Hop(NAME, "enhanced", datetime(2026, 11, 23, 9, 15, tzinfo=UTC)),
    ),
    disclaimers=(
        "Immediata is not responsible for the contents of the releases that it passes on.",
    ),
    copyright=Copyright("Copyright 2026 Ponente. All rights reserved.", 2026, "Ponente"),
)


def corrected(revision: Revision) -> Revision:
    """The dairy's correction: figures, a headline, and one paragraph more."""
    first = link(
        "Aurora Dairy Cooperative opened its third plant in Bergamo on Monday. It cost "
        "€14.6 million, employs 112 people and will make 40,000 litres of oat drink a day, "
        "the cooperative said; the plans are on its own page.",
        "on its own page",
        "https://aurora-dairy.example/plants/bergamo",
    )
    added = Block.paragraph("Eight further people start in March, when the warehouse is ready.")
    return replace(
        revision,
        kind=Kind.CORRECTION,
        headline="Aurora Dairy opens its third plant and hires 112 people in Bergamo",
        body=(first, *revision.body[1:], added),
        reason=Reason("figures", "The number of people and the cost were those of an older plan."),
    )


def at(hours: int, minutes: int = 0) -> datetime:
    """An instant of the samples' day."""
    return START + timedelta(hours=hours, minutes=minutes)


@dataclass(frozen=True)
class Numbers:
    """The numbers of the sample releases."""

    dairy: str
    lake: str
    ferry: str
    books: str
    dates: str
    harbour: str
    withdrawn: str
    withheld: str


SECRET = "canary-3f9a"
"""A word that stands only in the text of what was withdrawn or withheld."""


def filled(public: FakePublic) -> Numbers:
    """A day's releases: plain, corrected, relayed, withdrawn and withheld ones."""
    withdrawn = replace(
        LAKE,
        headline=f"A claim that did not hold {SECRET}",
        body=paragraphs(f"The text of it {SECRET}."),
    )
    lake = public.publish(LAKE, at(0, 30))
    gone = public.publish(withdrawn, at(1, 5))
    held = public.publish(replace(withdrawn, issuer=_AURORA), at(1, 40))
    books = public.publish(BOOKS, at(2))
    dairy = public.publish(DAIRY, at(2, 30))
    ferry = public.publish(FERRY, at(2, 45))
    harbour = public.publish(HARBOUR, at(3, 15))
    dates = public.publish(DATES, at(5, 1))
    public.publish(corrected(DAIRY), at(6, 5), after=dairy)
    for number, kind, why in (
        (gone, Kind.WITHDRAWAL, "The measurements behind it could not be repeated."),
        (held, Kind.WITHHOLD, "A figure is being checked with the issuer."),
    ):
        notice_of = public.kept[int(number.lstrip("T"))][0]
        public.publish(
            replace(notice_of, kind=kind, reason=Reason("error", why)), at(6, 30), after=number
        )
    return Numbers(dairy, lake, ferry, books, dates, harbour, gone, held)
