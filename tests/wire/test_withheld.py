"""While a release is withheld nobody sees a text of it, not even a corrected one."""

from __future__ import annotations

from pathlib import Path

from dispaccio.release.model import Reason
from dispaccio.release.state import Kind
from dispaccio.wire.withdraw import notice
from tests.wire.road import Road

OLD, NEW = "Il ponte costa tre milioni", "Il ponte costa due milioni"


def test_a_correction_of_a_withheld_release_stays_unseen(tmp_path: Path) -> None:
    road = Road(tmp_path)
    number = road.published(OLD)
    notice(road.wire, road.desk, number, Kind.WITHHOLD, Reason("legal"))
    road.corrected(number, NEW)
    seen = [road.public.version(number, version) for version in (1, 2, 3)]
    seen.append(road.public.release(number).shown)  # type: ignore[union-attr]
    assert [item.revision.headline for item in seen if item] == ["", "", "", ""]
    for name in ("dispaccio", "html", "ninjs", "text", "markdown", "thin"):
        for version in (None, 1, 2, 3):
            found = road.public.rendering(number, version, name)
            assert found is not None
            assert b"milioni" not in found.body, (name, version)
    notice(road.wire, road.desk, number, Kind.USABLE_AGAIN, None)
    shown = road.public.release(number)
    assert shown is not None
    assert shown.shown.revision.headline == NEW
