"""What a wire is, in about a hundred lines: what the state machine is held against."""

from __future__ import annotations

from dataclasses import dataclass, field

MOVES = {
    "in_review": {"approved", "returned", "rejected", "parked", "called_off"},
    "returned": {"called_off"},
    "parked": {"in_review", "called_off"},
    "approved": {"sealed", "called_off"},
    "sealed": {"approved", "called_off"},
}
TEXTS = ("original", "correction")


class Refused(Exception):
    """The model says that this cannot be done now."""


def need(condition: object) -> None:
    if not condition:
        raise Refused


@dataclass
class Text:
    """A revision on its road. ``at`` is the release time, in seconds since the start."""

    kind: str
    headline: str
    state: str
    at: int | None = None

    def move(self, to: str) -> None:
        need(to in MOVES.get(self.state, ()))
        self.state = to


@dataclass
class Release:
    """``public`` holds what is published: kind and headline, first to last."""

    id: str
    identifier: int | None = None
    number: int | None = None
    public: list[tuple[str, str]] = field(default_factory=list)
    open: Text | None = None
    ended: bool = False

    @property
    def status(self) -> str | None:
        if not self.public:
            return None
        kinds = [kind for kind, _ in self.public]
        if "withdrawal" in kinds:
            return "canceled"
        last = [kind for kind in kinds if kind in ("withhold", "usable_again")][-1:]
        return "withheld" if last == ["withhold"] else "usable"

    @property
    def headline(self) -> str | None:
        """What the public reads."""
        texts = [headline for kind, headline in self.public if kind in TEXTS]
        return texts[-1] if self.status == "usable" else None

    def opened(self) -> Text:
        need(self.open)
        assert self.open
        return self.open


@dataclass
class Model:
    """Every release of the wire, and a clock in seconds."""

    now: int = 0
    numbers: int = 0
    releases: dict[str, Release] = field(default_factory=dict)

    def taken(self, identifier: int) -> Release | None:
        """The release of another wire that is the same as one that was taken before."""
        same = [r for r in self.releases.values() if r.identifier == identifier and not r.ended]
        return same[0] if same else None

    def revise(self, release: Release, headline: str, at: int | None, *, flawed: bool) -> None:
        before = release.open
        need(release.status != "canceled")
        need(before.state == "returned" if before else release.public)
        kind = "correction" if release.public else "original"
        release.open = Text(kind, headline, "returned" if flawed else "in_review", at)

    def approve(self, release: Release, at: int | None) -> None:
        text = release.opened()
        need(text.state == "in_review")
        at = text.at if at is None else at
        need(at is None or at > self.now)
        text.state, text.at = ("approved" if at is None else "sealed"), at

    def set_time(self, release: Release, at: int) -> None:
        text = release.opened()
        need(text.state in ("approved", "sealed") and at > self.now)
        text.state, text.at = "sealed", at

    def decide(self, release: Release, to: str) -> None:
        release.opened().move(to)
        if to in ("rejected", "called_off"):
            release.open, release.ended = None, not release.public

    def publish_now(self, release: Release) -> None:
        text = release.opened()
        need(text.state in ("in_review", "approved", "sealed"))
        text.at = self.now
        self._publish(release, text.kind, text.headline)
        release.open = None

    def notice(self, release: Release, kind: str) -> None:
        need(
            release.status
            in {"usable_again": ("withheld",), "withhold": ("usable",)}.get(
                kind, ("usable", "withheld")
            )
        )
        self._publish(release, kind, "")
        if kind == "withdrawal":
            release.open = None

    def advance(self, seconds: int) -> None:
        """Time passes, and what is due goes out: by its time, then by its id."""
        self.now += seconds
        due = [r for r in self.releases.values() if r.open and r.open.state == "sealed"]
        for release in sorted(due, key=lambda r: (r.opened().at, r.id)):
            text = release.opened()
            if text.at is not None and text.at <= self.now:
                self._publish(release, text.kind, text.headline)
                release.open = None

    def _publish(self, release: Release, kind: str, headline: str) -> None:
        if not release.public:
            self.numbers += 1
            release.number = self.numbers
        release.public.append((kind, headline))
