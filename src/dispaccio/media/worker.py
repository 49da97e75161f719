"""The process that decodes one picture: from standard input, to standard output, and no further.

Bounded before anything is read: 1 GiB of memory, 20 s of processor time, no file of more than no
bytes. Run as ``python -m dispaccio.media.worker``.
"""

from __future__ import annotations

import contextlib
import io
import json
import resource
import sys
import warnings
from typing import Any

from dispaccio.errors import DamagedFile
from dispaccio.media.inscription import Inscription, inscribe
from dispaccio.media.pictures import LONGEST_SIDE, MOST_PIXELS, WIDTHS, Made, write
from dispaccio.words import Sentence, keepable, say

MEMORY = 1024 * 1024 * 1024
SECONDS = 20
_FORMATS = {"JPEG": "image/jpeg", "PNG": "image/png", "WEBP": "image/webp", "GIF": "image/gif"}
_FEW_COLOURS = 4096
"""A picture of fewer is a drawing, whose edges JPEG would blur."""
_IIM = {(2, 120): "caption", (2, 110): "credit", (2, 116): "rights", (2, 80): "creator"}


class Refused(Exception):
    """The picture is not taken: one of the errors of ``pictures``, and why."""

    def __init__(self, error: str, message: Sentence) -> None:
        super().__init__(message)
        self.error, self.message = error, message


def main() -> None:
    """Read a picture, write what is made of it, or the error."""
    _bound()
    data = sys.stdin.buffer.read()
    try:
        answer = _process(data)
    except Refused as refused:
        answer = [
            json.dumps({"error": refused.error, "message": keepable(refused.message)}).encode()
        ]
    for piece in answer:
        sys.stdout.buffer.write(piece)
    sys.stdout.buffer.flush()


def _bound() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _process(data: bytes) -> list[bytes]:
    from PIL import Image, UnidentifiedImageError

    Image.MAX_IMAGE_PIXELS = None  # the header is looked at here
    warnings.simplefilter("ignore")
    try:
        opened = Image.open(io.BytesIO(data), formats=tuple(_FORMATS))
        _check_header(opened.size)
        orientation = _orientation(opened)
        said = _said(opened)
        turned = opened.size if orientation < 5 else opened.size[::-1]
        full = _full(data, opened, orientation, turned)
        smaller = _smaller(Image.open(io.BytesIO(data)), orientation, turned)
    except Refused:
        raise
    except (UnidentifiedImageError, DamagedFile):
        raise Refused("damaged", say("is no whole picture by its bytes; send it again.")) from None
    except MemoryError:
        raise Refused(
            "oversized",
            say("takes more memory than the wire spends on a picture; scale it down."),
        ) from None
    except Exception:
        message = say("is damaged or cut off; save it anew, or send it again.")
        raise Refused("damaged", message) from None
    return write([full, *smaller], said)


def _check_header(size: tuple[int, int]) -> None:
    """Nothing, if the header names a size that is decoded: before anything is."""
    width, height = size
    if width * height > MOST_PIXELS or max(size) > LONGEST_SIDE:
        raise Refused(
            "oversized",
            say(
                "is {width} × {height} pixels; a picture may have {most} million, and {side} on a "
                "side. Scale it down.",
                width=width,
                height=height,
                most=MOST_PIXELS // 1_000_000,
                side=LONGEST_SIDE,
            ),
        )
    if min(size) < 1:
        raise Refused("damaged", say("has no pixels."))


def _orientation(opened: Any) -> int:
    with contextlib.suppress(Exception):
        found = opened.getexif().get(0x0112)
        if isinstance(found, int) and 1 <= found <= 8:
            return found
    return 1


def _said(opened: Any) -> Inscription:
    """The words in the picture's own IPTC fields; what cannot be read is as if not there."""
    from PIL import IptcImagePlugin

    with contextlib.suppress(Exception):
        found = IptcImagePlugin.getiptcinfo(opened) or {}
        texts = {name: _text(found.get(key)) for key, name in _IIM.items()}
        return Inscription(**texts)
    return Inscription()


def _text(value: object) -> str | None:
    first = value[0] if isinstance(value, list) and value else value
    if not isinstance(first, bytes):
        return None
    try:
        text = first.decode()
    except UnicodeDecodeError:
        text = first.decode("cp1252", "replace")
    kept = "".join(char for char in text if char.isprintable() or char in "\n ")
    return kept.strip()[:2000] or None


def _full(data: bytes, opened: Any, orientation: int, turned: tuple[int, int]) -> Made:
    """The picture as it is published: its own data, or of a GIF the first frame as PNG."""
    if opened.format == "GIF":
        return Made(*turned, "image/png", _encode(opened.convert("RGBA"), "PNG"))
    clean = inscribe(data, Inscription(), orientation=orientation)
    return Made(*turned, _FORMATS[opened.format], clean)


def _smaller(picture: Any, orientation: int, turned: tuple[int, int]) -> list[Made]:
    """The smaller pictures, widest made first and the others from it; JPEG is decoded small."""
    from PIL import Image, ImageOps

    widths = sorted({min(width, turned[0]) for width in WIDTHS}, reverse=True)
    scale = widths[0] / turned[0]
    shown = (max(1, round(picture.width * scale)), max(1, round(picture.height * scale)))
    if picture.format == "JPEG":
        picture.draft("RGB" if picture.mode != "L" else "L", shown)
    picture.load()
    profile = picture.info.get("icc_profile")
    transparent = picture.mode in ("RGBA", "LA", "PA") or "transparency" in picture.info
    picture = _plain(picture, transparent=transparent)
    picture = picture.resize(shown, Image.Resampling.LANCZOS, reducing_gap=2.0)
    picture = _in_srgb(picture, profile)
    if orientation != 1:
        picture.getexif()[0x0112] = orientation
        picture = ImageOps.exif_transpose(picture)
    format = _format_of(picture, transparent=transparent)
    made = []
    for width in widths:
        if width != picture.width:
            height = max(1, round(picture.height * width / picture.width))
            picture = picture.resize((width, height), Image.Resampling.LANCZOS, reducing_gap=2.0)
        data = _encode(picture, format)
        made.append(Made(picture.width, picture.height, _FORMATS[format], data))
    return made[::-1]


def _plain(picture: Any, *, transparent: bool) -> Any:
    """The picture in a mode that can be scaled: RGB, L, RGBA, or CMYK, which its profile needs."""
    if transparent:
        return picture if picture.mode == "RGBA" else picture.convert("RGBA")
    if picture.mode in ("RGB", "L", "CMYK"):
        return picture
    if picture.mode.startswith("I"):
        return picture.point(lambda value: value * (1 / 256)).convert("L")
    return picture.convert("RGB")


def _in_srgb(picture: Any, profile: bytes | None) -> Any:
    """The picture in the colours that every screen knows; a profile that is broken is none."""
    wanted = "RGBA" if picture.mode == "RGBA" else "RGB"
    if profile and picture.mode in ("RGB", "CMYK"):
        from PIL import ImageCms

        with contextlib.suppress(Exception):
            own = ImageCms.getOpenProfile(io.BytesIO(profile))
            srgb = ImageCms.createProfile("sRGB")
            return ImageCms.profileToProfile(picture, own, srgb, outputMode="RGB")
    return picture if picture.mode in (wanted, "L") else picture.convert(wanted)


def _format_of(picture: Any, *, transparent: bool) -> str:
    if transparent:
        return "WEBP"
    sample = picture.copy()
    sample.thumbnail((512, 512), 0)
    return "PNG" if sample.getcolors(_FEW_COLOURS) and picture.mode != "L" else "JPEG"


def _encode(picture: Any, format: str) -> bytes:
    ways: dict[str, dict[str, Any]] = {
        "JPEG": {"quality": 82, "progressive": True, "optimize": True},
        "PNG": {"optimize": False, "compress_level": 7},
        "WEBP": {"quality": 84, "method": 3},
    }
    picture.info = {}
    file = io.BytesIO()
    picture.save(file, format, **ways[format])
    return file.getvalue()


if __name__ == "__main__":
    main()
