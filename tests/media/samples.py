"""Pictures and files made by Pillow and by hand; none of somebody else's is in the repository."""

from __future__ import annotations

import io
import random
import zlib
from typing import Any

from PIL import Image, ImageOps

IIM = {"caption": 120, "credit": 110, "source": 115, "rights": 116, "creator": 80}


def photo(width: int, height: int, mode: str = "RGB") -> Image.Image:
    """A picture with many colours."""
    bands = [
        Image.frombytes("L", (40, 30), random.Random(seed).randbytes(1200)).resize((width, height))
        for seed in range(3)
    ]
    made = Image.merge("RGB", bands)
    return made.convert("L").convert(mode) if mode == "I;16" else made.convert(mode)


def jpeg(
    width: int, height: int, *, exif: bytes = b"", comment: bytes = b"", marked: bool = False
) -> bytes:
    """A JPEG; ``marked`` is one with a red corner on white."""
    made = photo(width, height)
    if marked:
        made = Image.new("RGB", (width, height), "white")
        made.paste((255, 0, 0), (0, 0, width // 3, height // 3))
    file = io.BytesIO()
    made.save(file, "JPEG", quality=90, exif=exif, comment=comment)
    return file.getvalue()


def private_exif() -> bytes:
    """What a camera writes: a position, a name, a serial number."""
    exif = Image.Exif()
    exif[0x010F] = "secret camera"
    exif[0x013B] = "secret owner"
    exif.get_ifd(0x8769)[0xA431] = "secret serial"
    gps = exif.get_ifd(0x8825)
    gps[1], gps[2], gps[3], gps[4] = "N", (45.0, 4.0, 0.0), "E", (7.0, 40.0, 0.0)
    return exif.tobytes()


def encoded(format: str, mode: str, width: int, height: int) -> bytes:
    """A picture in a format and mode."""
    file = io.BytesIO()
    photo(width, height, mode).save(file, format)
    return file.getvalue()


def animated_gif() -> bytes:
    """Two frames: red, then blue."""
    file = io.BytesIO()
    red, blue = (Image.new("RGB", (50, 40), colour) for colour in ("red", "blue"))
    red.save(file, "GIF", save_all=True, append_images=[blue])
    return file.getvalue()


def as_shown(data: bytes) -> Image.Image:
    """A picture as a browser shows it."""
    with Image.open(io.BytesIO(data)) as opened:
        return ImageOps.exif_transpose(opened).convert("RGB")


def red_corner(picture: Image.Image) -> tuple[bool, bool]:
    """Where the red corner is: right, and below."""
    width, height = picture.size

    def red(x: int, y: int) -> bool:
        pixel: Any = picture.getpixel((x, y))
        return bool(pixel[0] > 200 and pixel[1] < 80)

    found = [
        (right, below)
        for right in (False, True)
        for below in (False, True)
        if red(width * (9 if right else 1) // 10, height * (9 if below else 1) // 10)
    ]
    assert len(found) == 1
    return found[0]


def chunk(name: bytes, data: bytes) -> bytes:
    """A chunk of a PNG."""
    body = name + data
    return len(data).to_bytes(4, "big") + body + zlib.crc32(body).to_bytes(4, "big")
