"""What is published of a picture, and which bytes are no picture: bad inputs 8 and 9 among them."""

from __future__ import annotations

import io
import json
import struct
import subprocess
import zlib
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, IptcImagePlugin

from dispaccio.errors import DamagedFile, OversizedPicture
from dispaccio.media.inscription import Inscription, inscribe, orientation_of
from dispaccio.media.pictures import MOST_BYTES, process
from tests.media import samples
from tests.support.tools import require

SAID = Inscription(
    "Il sindaco <alla> posa, «città»", "Un uomo أهلا", "ANSA / Rossi", "© 2026", "Rossi", "Comune"
)


def test_a_jpeg_keeps_its_data_and_loses_what_the_camera_wrote() -> None:
    picture = samples.jpeg(1200, 800, exif=samples.private_exif(), comment=b"secret comment")
    assert b"secret camera" in picture and b"secret comment" in picture
    made = process(picture, "photo.jpg")
    everything = b"".join(one.data for one in (made.full, *made.smaller))
    assert b"secret" not in everything and b"Exif" not in everything
    before, after = (picture[picture.index(b"\xff\xda") :] for picture in (picture, made.full.data))
    assert before == after
    sizes = [(one.width, one.height, one.media_type) for one in (made.full, *made.smaller)]
    assert sizes == [
        (1200, 800, "image/jpeg"),
        (480, 320, "image/jpeg"),
        (960, 640, "image/jpeg"),
        (1200, 800, "image/jpeg"),
    ]


@pytest.mark.parametrize("orientation", range(1, 9))
def test_the_orientation_is_applied_and_kept(orientation: int) -> None:
    exif = Image.Exif()
    exif[0x0112] = orientation
    made = process(samples.jpeg(600, 300, exif=exif.tobytes(), marked=True), "photo.jpg")
    turned = (600, 300) if orientation < 5 else (300, 600)
    assert (made.full.width, made.full.height) == turned
    assert orientation_of(made.full.data) == orientation
    assert orientation_of(inscribe(made.full.data, SAID, orientation=orientation)) == orientation
    shown = [samples.as_shown(made.full.data), samples.as_shown(made.smaller[0].data)]
    assert samples.red_corner(shown[0]) == samples.red_corner(shown[1])


@pytest.mark.parametrize(
    ("format", "mode", "expected"),
    [
        ("PNG", "RGBA", "image/webp"),
        ("PNG", "P", "image/png"),
        ("PNG", "RGB", "image/jpeg"),
        ("PNG", "I;16", "image/jpeg"),
        ("WEBP", "RGB", "image/jpeg"),
        ("GIF", "P", "image/png"),
        ("JPEG", "CMYK", "image/jpeg"),
        ("JPEG", "L", "image/jpeg"),
    ],
)
def test_smaller_pictures_are_of_a_kind_that_fits(format: str, mode: str, expected: str) -> None:
    made = process(samples.encoded(format, mode, 700, 500), "picture")
    assert [one.media_type for one in made.smaller] == [expected, expected]
    assert [one.width for one in made.smaller] == [480, 700]
    with Image.open(io.BytesIO(made.full.data)) as again:
        again.load()
        assert again.size == (700, 500)


def test_a_gif_is_published_as_its_first_frame() -> None:
    made = process(samples.animated_gif(), "anim.gif")
    with Image.open(io.BytesIO(made.full.data)) as again:
        assert again.format == "PNG" and again.convert("RGB").getpixel((5, 5)) == (255, 0, 0)


def test_the_words_of_a_jpeg_are_read_back_by_pillow() -> None:
    written = inscribe(samples.jpeg(64, 64), SAID)
    found: Any = IptcImagePlugin.getiptcinfo(Image.open(io.BytesIO(written)))  # type: ignore[arg-type]
    told = {key: found[2, number].decode() for key, number in samples.IIM.items()}
    assert told == {name: getattr(SAID, name) for name in samples.IIM}
    anew = inscribe(written, Inscription(caption="Another"))
    assert b"sindaco" not in anew and b"Another" in anew
    assert inscribe(written, SAID) == written


def test_exiftool_reads_the_words_and_nothing_else(tmp_path: Path) -> None:
    exiftool = require("exiftool")
    made = process(samples.jpeg(700, 500, exif=samples.private_exif()), "photo.jpg")
    for index, one in enumerate((made.full, *made.smaller)):
        (tmp_path / f"{index}.jpg").write_bytes(inscribe(one.data, SAID))
    png = process(samples.encoded("PNG", "RGBA", 50, 50), "p").full.data
    (tmp_path / "3.png").write_bytes(inscribe(png, SAID))
    ran = subprocess.run(
        [exiftool, "-j", "-G1", "-charset", "iptc=UTF8", *sorted(tmp_path.iterdir())],
        capture_output=True,
        check=True,
    )
    *jpegs, other = json.loads(ran.stdout)
    for found in jpegs:
        assert found["IPTC:Caption-Abstract"] == found["XMP-dc:Description"] == SAID.caption
        assert found["XMP-iptcCore:AltTextAccessibility"] == SAID.alt
        assert found["IPTC:Credit"] == SAID.credit
        assert found["IPTC:CopyrightNotice"] == found["XMP-dc:Rights"] == SAID.rights
        assert found["IPTC:By-line"] == SAID.creator and found["IPTC:Source"] == SAID.source
        assert not any("GPS" in name or name.startswith(("IFD0", "ExifIFD")) for name in found)
    assert other["XMP-photoshop:Credit"] == SAID.credit and "ExifTool:Warning" not in other


def test_words_that_a_picture_brings_are_found() -> None:
    brought = inscribe(samples.jpeg(500, 400), SAID)
    said = process(brought, "photo.jpg").said
    assert (said.caption, said.credit, said.creator) == (SAID.caption, SAID.credit, SAID.creator)
    assert b"sindaco" not in process(brought, "photo.jpg").full.data


def test_a_png_of_sixty_thousand_squared_is_refused_at_its_header() -> None:
    header = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0)
    png = b"\x89PNG\r\n\x1a\n" + samples.chunk(b"IHDR", header)
    png += samples.chunk(b"IDAT", zlib.compress(b"\0" * 1000)) + samples.chunk(b"IEND", b"")
    with pytest.raises(OversizedPicture, match="60,000 × 60,000"):
        process(png, "bomb.png")


def test_more_bytes_than_a_picture_may_have_are_not_decoded() -> None:
    with pytest.raises(OversizedPicture):
        process(b"\xff\xd8\xff" + b"\0" * MOST_BYTES, "big.jpg")


@pytest.mark.parametrize(
    "broken",
    [
        samples.jpeg(900, 600)[:-4000],
        samples.jpeg(900, 600)[:300],
        samples.encoded("PNG", "RGB", 300, 300)[:-5000],
        samples.encoded("WEBP", "RGB", 300, 300)[:-500],
        b"<html><script>alert(1)</script></html>",
        b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
        b"\xff\xd8\xff\xe0" + b"\xff" * 100_000,
        b"",
    ],
    ids=["jpeg", "short-jpeg", "png", "webp", "html", "svg", "markers", "empty"],
)
def test_what_is_no_whole_picture_is_refused(broken: bytes) -> None:
    with pytest.raises(DamagedFile):
        process(broken, "photo.jpg")


def test_what_stands_behind_the_end_of_a_picture_is_not_published() -> None:
    for format in ("JPEG", "PNG", "WEBP", "GIF"):
        picture = samples.encoded(format, "RGB", 300, 200) + b"PK\x03\x04<script>alert(1)</script>"
        assert b"<script>" not in process(picture, "photo").full.data


def test_a_damaged_picture_never_ends_in_anything_but_an_error_of_ours() -> None:
    picture = samples.jpeg(200, 150, exif=samples.private_exif())
    for at in range(2, 600, 37):
        damaged = bytearray(picture)
        damaged[at] ^= 0x5A
        with suppress(DamagedFile):
            inscribe(bytes(damaged), SAID)
