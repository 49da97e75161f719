"""Width and height of pictures: written where a format has a place, judged, and read back."""

from __future__ import annotations

from dataclasses import replace

import pytest

from dispaccio.formats.base import Options
from dispaccio.formats.registry import by_name
from dispaccio.release.canonical import canonical_bytes
from dispaccio.release.model import Media
from dispaccio.testing import releases

HREF = "https://wire.example/f/0123456789abcdef0123456789abcdef/gate.jpg"
GATE = Media(
    href=HREF,
    name="gate.jpg",
    type="image/jpeg",
    size=345_678,
    sha256="ab" * 32,
    alt="A gate",
    width=4032,
    height=3024,
)
WRITTEN = {
    "ninjs": '"width":4032,"height":3024',
    "ninjs-2": '"width":4032,"height":3024',
    "ninjs-1": '"width":4032,"height":3024',
    "newsml-g2": 'width="4032" height="3024"',
    "nitf": 'width="4032" height="3024"',
    "rss": 'width="4032" height="3024"',
    "atom": 'width="4032" height="3024"',
}


@pytest.mark.parametrize("name", WRITTEN)
def test_written_and_read_back_by_whoever_does_not_know_us(name: str) -> None:
    said = replace(releases.english(), headline="The gate is open", media=(GATE,), body=())
    data = by_name(name).write(said)
    assert WRITTEN[name] in data.decode()
    # Somebody changed the headline on the way, so that the fields count and no disclosure does.
    changed = data.replace(said.headline.encode(), b"Changed on its way")
    assert changed != data
    reader = by_name("ninjs" if name.startswith("ninjs") else name)
    [found] = reader.read(changed, Options())[0].revision.media
    assert (found.href, found.width, found.height, found.size) == (HREF, 4032, 3024, 345_678)


@pytest.mark.parametrize("name", WRITTEN)
@pytest.mark.parametrize("size", [(None, 300), (0, 0), (-3, 5), (300, None)])
def test_what_cannot_be_a_size_is_not_written(
    name: str, size: tuple[int | None, int | None]
) -> None:
    odd = replace(GATE, width=size[0], height=size[1])
    data = by_name(name).write(replace(releases.english(), media=(odd,))).decode()
    assert ('"width":' if name.startswith("ninjs") else ' width="') not in data


def test_it_is_no_part_of_what_is_signed() -> None:
    said = replace(releases.english(), media=(GATE,))
    without = replace(said, media=(replace(GATE, width=None, height=None),))
    assert canonical_bytes(said) == canonical_bytes(without)


def test_an_odd_size_of_others_is_let_be() -> None:
    data = by_name("nitf").write(replace(releases.english(), media=(GATE,)))
    changed = data.replace(b'width="4032"', b'width="wide"').replace(b"Lowmere", b"Lowmeer")
    [found] = by_name("nitf").read(changed, Options())[0].revision.media
    assert (found.width, found.height) == (None, 3024)
