"""Lines that offer pictures and films: ``Photo - https://…``, ``Logo: https://…``."""

from __future__ import annotations

import re
from dataclasses import replace

from dispaccio.anatomy.document import SpanKind
from dispaccio.anatomy.original import address_of
from dispaccio.anatomy.words import keyed
from dispaccio.anatomy.work import Work
from dispaccio.release.model import Media

_ROLES = {
    "photo": "photo foto fotografia photographie фотографија fotografija 图片 照片 صورة image "
    "immagine bild imagen imagem",
    "logo": "logo логотип 标志 شعار",
    "video": "video vidéo vídeo видео 视频 فيديو",
    "infographic": "infographic infografica infografik infographie infografía 信息图",
}
_ROLE_OF = keyed(_ROLES)
_LINE = re.compile(r"(?P<word>[^\W\d]+)(?:\s*\(?\d{1,2}\)?)?\s*[-–—:：]\s*(?P<rest>.+)")


def take(work: Work) -> None:
    """Claim lines of a word such as Photo and an address; the address becomes a medium."""
    found: list[Media] = []
    for index, passage in work.lines(600):
        href = address_of(passage)
        line = _LINE.fullmatch(passage.text) if href else None
        role = _ROLE_OF.get(line["word"].lower()) if line else None
        if line and role and href:
            work.claim(index, SpanKind.MEDIA)
            caption = line["rest"].replace(href, "").strip(" -–—:.()<>") or None
            found.append(Media(href=href, role=role, caption=caption))
    if found:
        work.said = replace(work.said, media=(*work.said.media, *found))
