"""Documents of word processors, made for tests.

``python -m tests.support.word`` writes the samples in ``tests/data`` anew.
"""

from __future__ import annotations

import io
import warnings
import zipfile
from collections.abc import Mapping

from tests.support.source import ROOT

_W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
_R = 'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
_ODF = " ".join(
    f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{full}:1.0"'
    for name, full in {
        "office": "office",
        "text": "text",
        "table": "table",
        "style": "style",
        "draw": "drawing",
        "fo": "xsl-fo-compatible",
    }.items()
)
STYLES = f"""<w:styles {_W}>
<w:style w:type="paragraph" w:styleId="Titolo"><w:name w:val="Title"/></w:style>
<w:style w:type="paragraph" w:styleId="Titolo2"><w:name w:val="heading 2"/></w:style>
<w:style w:type="paragraph" w:styleId="Citazione"><w:name w:val="Quote"/></w:style>
</w:styles>"""
NUMBERING = f"""<w:numbering {_W}>
<w:abstractNum w:abstractNumId="0"><w:lvl w:ilvl="0"><w:numFmt w:val="bullet"/></w:lvl></w:abstractNum>
<w:abstractNum w:abstractNumId="1"><w:lvl w:ilvl="0"><w:numFmt w:val="decimal"/></w:lvl></w:abstractNum>
<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num>
<w:num w:numId="2"><w:abstractNumId w:val="1"/></w:num>
</w:numbering>"""  # noqa: E501
RELATIONS = """<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">
<Relationship Id="rId1" Target="https://aurora-dairy.example/" TargetMode="External"/>
<Relationship Id="rId2" Target="javascript:alert(1)" TargetMode="External"/>
</Relationships>"""


def run(text: str, properties: str = "") -> str:
    return f'<w:r><w:rPr>{properties}</w:rPr><w:t xml:space="preserve">{text}</w:t></w:r>'


def paragraph(*runs: str, style: str = "", number: int = 0) -> str:
    said = f'<w:pStyle w:val="{style}"/>' if style else ""
    said += f'<w:numPr><w:ilvl w:val="0"/><w:numId w:val="{number}"/></w:numPr>' if number else ""
    return f"<w:p><w:pPr>{said}</w:pPr>{''.join(runs)}</w:p>"


BODY = "".join(
    (
        paragraph(run("Aurora opens a third dairy in Bergamo"), style="Titolo"),
        paragraph(
            run("The "),
            run("third", "<w:b/>"),
            run(" plant", '<w:b/><w:i w:val="0"/>'),
            run(" makes H"),
            run("2", '<w:vertAlign w:val="subscript"/>'),
            run("O clean; see "),
            f'<w:hyperlink r:id="rId1">{run("the page")}</w:hyperlink>',
            f'<w:hyperlink r:id="rId2">{run(".")}</w:hyperlink>',
            "<w:r><w:drawing/></w:r>",
            "<w:del><w:r><w:delText>never said</w:delText></w:r></w:del>",
            f"<w:ins>{run(' Yes.')}</w:ins>",
        ),
        paragraph(run("What it makes"), style="Titolo2"),
        paragraph(run("milk"), number=1),
        paragraph(run("yoghurt"), number=1),
        paragraph(run("first"), number=2),
        paragraph(run("second"), number=2),
        paragraph(run("A good day, said the mayor of the town."), style="Citazione"),
        "<w:tbl><w:tr><w:tc>" + paragraph(run("a")) + "</w:tc><w:tc>" + paragraph(run("b")),
        "</w:tc></w:tr><w:tr><w:tc>" + paragraph(run("1")) + "</w:tc><w:tc>",
        paragraph(run("2")) + "</w:tc></w:tr></w:tbl>",
        paragraph(run("It will employ 120 people from the first day of the coming year.")),
    )
)  # fmt: skip
TEXT = """<text:p text:style-name="Title">Aurora opens a third dairy in Bergamo</text:p>
<text:p>The <text:span text:style-name="T1">third plant</text:span> makes
 H<text:span text:style-name="T2">2</text:span>O clean; see <text:a
 xmlns:xlink="http://www.w3.org/1999/xlink" xlink:href="https://aurora-dairy.example/">the
 page</text:a>.<draw:frame/><text:note><text:p>a note</text:p></text:note><text:s/>Yes.</text:p>
<text:h text:outline-level="2">What it makes</text:h>
<text:list text:style-name="L1"><text:list-item><text:p>milk</text:p><text:list><text:list-item>
<text:p>fresh</text:p></text:list-item></text:list></text:list-item></text:list>
<text:list text:style-name="L2"><text:list-item><text:p>first</text:p></text:list-item></text:list>
<text:p text:style-name="P1">A good day, said the mayor of the town.</text:p>
<table:table><table:table-row><table:table-cell><text:p>a</text:p></table:table-cell>
<table:table-cell><text:p>b</text:p></table:table-cell><table:table-cell
 table:number-columns-repeated="999999999"/></table:table-row></table:table>
<text:p>It will employ 120 people from the first day of the coming year.</text:p>"""
AUTOMATIC = """<office:automatic-styles>
<style:style style:name="T1"><style:text-properties fo:font-weight="bold"/></style:style>
<style:style style:name="T2"><style:text-properties style:text-position="sub 58%"/></style:style>
<style:style style:name="P1" style:parent-style-name="Quotations"/>
<text:list-style style:name="L1"><text:list-level-style-bullet/></text:list-style>
<text:list-style style:name="L2"><text:list-level-style-number/></text:list-style>
</office:automatic-styles>"""


def packed(files: Mapping[str, str | bytes]) -> bytes:
    """A zip of these files, the same bytes every time."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as target:
        for name, content in files.items():
            about = zipfile.ZipInfo(name, (2026, 1, 1, 0, 0, 0))
            kind = zipfile.ZIP_STORED if name == "mimetype" else zipfile.ZIP_DEFLATED
            target.writestr(about, content, kind)
    return made.getvalue()


def docx(body: str = BODY, **files: str | bytes) -> bytes:
    """A document of Word with that body."""
    return packed(
        {
            "word/document.xml": f"<w:document {_W} {_R}><w:body>{body}</w:body></w:document>",
            "word/styles.xml": STYLES,
            "word/numbering.xml": NUMBERING,
            "word/_rels/document.xml.rels": RELATIONS,
            **files,
        }
    )


def odt(text: str = TEXT, **files: str | bytes) -> bytes:
    """An OpenDocument text with that content."""
    content = (
        f"<office:document-content {_ODF}>{AUTOMATIC}<office:body><office:text>{text}"
        "</office:text></office:body></office:document-content>"
    )
    return packed(
        {"mimetype": "application/vnd.oasis.opendocument.text", "content.xml": content, **files}
    )


def bomb() -> bytes:
    """A document of Word that unpacks to 300 MB."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as target:
        with target.open("word/styles.xml", "w", force_zip64=True) as file:
            for _ in range(300):
                file.write(b" " * 1_000_000)
        target.writestr("word/document.xml", "<a/>")
    return made.getvalue()


def again(name: str, content: bytes, *, attributes: int = 0) -> bytes:
    """A document of Word with one file more."""
    made = io.BytesIO(docx())
    with zipfile.ZipFile(made, "a") as target, warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # that there are two of one name
        about = zipfile.ZipInfo(name)
        about.external_attr = attributes << 16
        target.writestr(about, content)
    return made.getvalue()


def broken() -> dict[str, tuple[bytes, str]]:
    """Broken documents by their path below ``tests/data/broken``, and the code that they get."""
    found: dict[str, tuple[bytes, str]] = {}
    for kind, whole, part in (("docx", docx, "word/document.xml"), ("odt", odt, "content.xml")):
        good = whole()
        bad: dict[str, tuple[bytes, str]] = {
            "truncated": (good[: len(good) // 2], "malformed-document"),
            "wrong-root": (whole(**{part: "<html/>"}), "malformed-document"),
            "no-text": (whole(""), "empty-input"),
            "not-utf-8": (
                whole(**{part: b'<?xml version="1.0" encoding="x-no-such"?><a/>'}),
                "wrong-charset",
            ),
            "entities": (whole(**{part: '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'}),
                         "malformed-document"),
            "way-out": (whole(**{"../../x": "x"}), "malformed-document"),
            "program": (b"MZ\x90\x00" + bytes(200), "malformed-document"),
        }  # fmt: skip
        found |= {f"{kind}/{name}.{kind}": said for name, said in bad.items()}
    return found


def main() -> None:
    """Write the samples."""
    data = ROOT / "tests" / "data"
    for name, made in (("docx/dairy.docx", docx()), ("odt/dairy.odt", odt())):
        (data / name).parent.mkdir(parents=True, exist_ok=True)
        (data / name).write_bytes(made)
    listed: dict[str, list[str]] = {}
    for path, (content, code) in broken().items():
        folder, _, name = path.partition("/")
        (data / "broken" / folder).mkdir(parents=True, exist_ok=True)
        (data / "broken" / path).write_bytes(content)
        listed.setdefault(folder, []).append(f"{name} {code}\n")
    for folder, lines in listed.items():
        (data / "broken" / folder / "EXPECTED").write_text("".join(sorted(lines)))
        (data / "broken" / folder / "ABSENT").write_text(
            "two-bodies: XML has one root, and the first body in it is read.\n"
            "missing-id: The format has no id of a text.\n"
            "impossible-date: The format's dates are not read.\n"
        )


if __name__ == "__main__":
    main()
