"""What a wire looks like: logos that run and load nothing, colours, pages of its own."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

from dispaccio.errors import MalformedSettings
from dispaccio.settings import BACKGROUNDS, Settings, check, contrast
from dispaccio.site.assets import assets
from dispaccio.wire import logo, looks
from tests.media import samples

SETTINGS = Settings("Ponte", "https://ponte.example")
OPEN = '<svg xmlns="http://www.w3.org/2000/svg" xmlns:x="http://www.w3.org/1999/xlink" '
MARK = (
    f'{OPEN}viewBox="0 0 9 9"><defs><linearGradient id="g"/></defs>'
    '<style>.a { fill: url(#g) }</style><path class="a" style="fill:url( \'#g\' )" d="M0 0h9"/>'
    '<use x:href="#g"/><image href="data:image/png;base64,iVBORw0KGgo="/></svg>'
)


def read(svg: str) -> logo.Logo:
    return logo.read(svg.encode(), "logo.svg")


def test_an_svg_that_only_draws_is_taken() -> None:
    found = read(f"<?xml version='1.0'?><?xml-stylesheet href='a.css'?><!-- --> {MARK}")
    assert found.media_type == "image/svg+xml"
    assert b'd="M0 0h9"' in found.body
    assert b"stylesheet" not in found.body and b"<!--" not in found.body
    assert not found.adapts
    style = "<style>@media (prefers-color-scheme: dark) { path { fill: #fff } }</style>"
    assert read(MARK.replace("<defs>", f"{style}<defs>")).adapts
    assert read(found.body.decode()).body == found.body


@pytest.mark.parametrize(
    ("inside", "said"),
    [
        ("<script>alert(1)</script>", "<script>"),
        ('<g><SCRIPT xmlns="http://www.w3.org/1999/xhtml"/></g>', "<SCRIPT>"),
        ('<p xmlns="http://www.w3.org/1999/xhtml">a</p>', "<p>"),
        ("<foreignObject/>", "<foreignObject>"),
        ('<a href="#x"/>', "<a>"),
        ('<animate attributeName="href" to="javascript:alert(1)"/>', "<animate>"),
        ('<path onload="alert(1)"/>', "onload"),
        ('<path OnClick="alert(1)"/>', "onclick"),
        ('<use href="https://evil.example/a.svg#x"/>', "href"),
        ('<use x:href="other.svg#x"/>', "href"),
        ('<image href="data:image/svg+xml;base64,PHN2Zz4="/>', "href"),
        ('<image href="javascript:alert(1)"/>', "href"),
        ('<g xml:base="https://evil.example/"/>', "base"),
        ('<path fill="url(https://evil.example/#g)"/>', "fill"),
        ('<path style="fill:URL( //evil.example/#g)"/>', "style"),
        ("<style>@import 'a.css'</style>", "style in line"),
        ("<style>path { fill: u\\72l(//evil.example) }</style>", "style in line"),
        ("<style>path { background: image-set('a.png' 1x) }</style>", "style in line"),
    ],
)
def test_an_svg_that_runs_or_loads_something_is_refused(inside: str, said: str) -> None:
    with pytest.raises(MalformedSettings) as refused:
        read(f"{OPEN}>\n{inside}</svg>")
    assert said in refused.value.message
    assert "line 2" in refused.value.message
    assert refused.value.message.startswith("The logo logo.svg ")


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"<svg/>",
        b"<svg xmlns='http://www.w3.org/2000/svg'>",
        b"<!DOCTYPE svg [<!ENTITY a 'b'>]><svg xmlns='http://www.w3.org/2000/svg'>&a;</svg>",
        b"<html xmlns='http://www.w3.org/1999/xhtml'/>",
        (OPEN + ">" + "<g/>" * 5001 + "</svg>").encode(),
        (OPEN + ">" + "<g>" * 300 + "</g>" * 300 + "</svg>").encode(),
        b" " * (logo.MOST_BYTES + 1),
        b"\xff\xfe\x00",
    ],
    ids=["empty", "no-namespace", "open", "entities", "html", "many", "deep", "large", "binary"],
)
def test_what_is_no_svg_is_refused_in_a_sentence(data: bytes) -> None:
    with pytest.raises(MalformedSettings, match=r"^The logo logo\.svg.*\.$"):
        logo.read(data, "logo.svg")


def test_a_png_is_taken_and_what_is_none_is_not() -> None:
    png = samples.encoded("PNG", "RGB", 9, 9)
    assert logo.read(png, "logo.png") == logo.Logo("image/png", png)
    wide = png[:16] + (9000).to_bytes(4, "big") + png[20:]
    for data in (b"", samples.jpeg(9, 9), png[:14], wide, MARK.encode()):
        with pytest.raises(MalformedSettings, match=r"^The logo logo\.png (is no|has)"):
            logo.read(data, "logo.png")


def test_a_logo_lies_in_the_home(tmp_path: Path) -> None:
    with pytest.raises(MalformedSettings, match="cannot be read from the home: No such file"):
        looks.read(tmp_path, replace(SETTINGS, logo="logo.svg"))
    (tmp_path / "logo.svg").write_text(MARK, "utf-8")
    found = looks.read(tmp_path, replace(SETTINGS, logo="logo.svg"))
    assert found.logo and re.fullmatch(r"/static/logo\.[0-9a-f]{12}\.svg", found.logo.path)
    assert found.sheet and b".name img" in found.sheet.body
    assert looks.read(tmp_path, SETTINGS) == looks.Looks()
    for name in ("../logo.svg", "/etc/logo.svg", "logo.html", "keys/logo.svg", "a\nb.svg"):
        with pytest.raises(MalformedSettings, match="logo should be the name of"):
            check({"name": "Ponte", "url": "https://ponte.example", "logo": name})


def test_a_colour_has_to_be_readable() -> None:
    def settings(**more: str) -> Settings:
        return check({"name": "Ponte", "url": "https://ponte.example", **more})

    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.005)
    assert settings(colour="#8A1538", colour_dark="#ffb3c7").colour == "#8A1538"
    for name, value, said in (
        ("colour", "#ffcc00", "take a darker one"),
        ("colour", "#fff", "a colour like"),
        ("colour", "red;}", "a colour like"),
        ("colour_dark", "#8a1538", "take a lighter one"),
    ):
        with pytest.raises(MalformedSettings, match=said) as refused:
            settings(**{name: value})
        assert name in refused.value.message
    # Just enough on the page itself, but not behind its notices.
    assert contrast("#74716c", BACKGROUNDS["colour"][0]) > 4.5
    with pytest.raises(MalformedSettings, match="take a darker one"):
        settings(colour="#74716c")


def test_colours_are_measured_against_the_sheets_own() -> None:
    light, dark = assets()["site.css"].body.decode().split("prefers-color-scheme: dark")[:2]
    for name, css in (("colour", light), ("colour_dark", dark)):
        theirs = [
            re.search(rf"--{part}: (#\w+)", css)
            for part in ("paper", "tint", "gone-tint", "held-tint", "added-tint")
        ]
        assert BACKGROUNDS[name] == tuple(found[1] for found in theirs if found)


def test_the_sheet_holds_what_is_set_and_nothing_else(tmp_path: Path) -> None:
    found = looks.read(tmp_path, replace(SETTINGS, colour_dark="#ffb3c7")).sheet
    assert found
    assert b"prefers-color-scheme:dark){:root:not([data-theme=light]){--link:#ffb3c7}}" in (
        found.body
    )
    assert b"prefers-color-scheme:light" not in found.body and b"img" not in found.body


def page(tmp_path: Path, name: str, text: str | bytes) -> looks.Looks:
    folder = tmp_path / looks.FOLDER
    folder.mkdir(exist_ok=True)
    (folder / name).write_bytes(text.encode() if isinstance(text, str) else text)
    return looks.read(tmp_path, SETTINGS)


def test_a_wire_writes_its_own_pages(tmp_path: Path) -> None:
    assert looks.Looks().offered == ("privacy", "accessibility")
    found = page(tmp_path, "imprint.it.md", "# Chi siamo\n\nPonte, **Bergamo**.\n\n## Contatti\n")
    assert found.offered == looks.KINDS
    for language in ("it", "en"):
        own = found.page("imprint", language)
        assert own and (own.language, own.title) == ("it", "Chi siamo")
        assert [block.text for block in own.text.body] == ["Ponte, Bergamo.", "Contatti"]
    found = page(tmp_path, "imprint.en.md", "\ufeffNo heading.")
    own = found.page("imprint", "en")
    assert own and (own.language, own.title) == ("en", "")
    assert found.page("privacy", "en") is None
    assert looks.unknown(tmp_path) == []
    page(tmp_path, "impressum.de.md", "Hallo")
    assert looks.unknown(tmp_path) == ["impressum.de.md"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "holds no text"),
        (b"caf\xe9", "is not UTF-8 text: byte 3"),
        ("a\n" * 100_001, "200,002 bytes"),
        ("*a* " * 30_000, "signs of Markdown"),
    ],
)
def test_a_page_that_cannot_be_read_is_named(tmp_path: Path, text: str | bytes, said: str) -> None:
    with pytest.raises(MalformedSettings, match=r"^pages/privacy\.en\.md") as refused:
        page(tmp_path, "privacy.en.md", text)
    assert said in refused.value.message
