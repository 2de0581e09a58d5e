"""The sheet and its edges (GB/T 9704-2012, 10.1), read back from the file."""

from typing import Any

import pytest
from docx.oxml.ns import qn
from docx.shared import Mm

from scim_server.letters.drawing import draw
from tests.documents import samples
from tests.documents.reading import font, fonts_of, parts, read

PAPER = read(draw(samples.inquiry()))
SECTION = PAPER.sections[0]
NEAR = Mm(0.05)


def near(found: Any, millimetres: float) -> bool:
    return abs(found - Mm(millimetres)) <= NEAR


def test_paper_and_margins() -> None:
    assert near(SECTION.page_width, 210)
    assert near(SECTION.page_height, 297)
    margins = (SECTION.top_margin, SECTION.right_margin, SECTION.bottom_margin, SECTION.left_margin)
    assert all(near(found, wanted) for found, wanted in zip(margins, (37, 26, 35, 28), strict=True))
    body = SECTION.page_width - SECTION.left_margin - SECTION.right_margin
    assert near(body, 156)
    assert near(SECTION.page_height - SECTION.top_margin - SECTION.bottom_margin, 225)


def test_twenty_two_exact_lines_of_the_grid() -> None:
    grid = SECTION._sectPr.find(qn("w:docGrid"))
    assert (grid.get(qn("w:type")), grid.get(qn("w:linePitch"))) == ("lines", "579")
    assert 22 * 28.95 <= 225 / 25.4 * 72 < 22 * 28.95 + 1
    # the first makes up for what the head has left of the grid, the last is there because a file may end with no table
    for each in PAPER.paragraphs[1:-1]:
        spacing = each._p.pPr.find(qn("w:spacing"))
        found = tuple(spacing.get(qn(f"w:{name}")) for name in ("lineRule", "line", "before", "after"))
        assert found == ("exact", "579", "0", "0")


def test_normal_is_what_the_text_is_set_in() -> None:
    normal = PAPER.styles["Normal"].element
    assert font(normal) == {
        "eastAsia": "仿宋_GB2312",
        "ascii": "Times New Roman",
        "hAnsi": "Times New Roman",
        "hint": "eastAsia",
        "size": "16.0",
    }
    switches = {name: normal.pPr.find(qn(f"w:{name}")).get(qn("w:val")) for name in ("widowControl", "autoSpaceDE")}
    assert switches == {"widowControl": "0", "autoSpaceDE": "0"}


@pytest.mark.parametrize(("name", "size"), [("inquiry", 26.0), ("open", 36.0), ("long", 14.5)])
def test_the_red_name_is_as_large_as_its_line_allows(name: str, size: float) -> None:
    content = samples.EVERY[name]
    head = read(draw(content)).sections[0].first_page_header
    text, face, found = fonts_of(head.paragraphs[0])[0]
    assert (text, face, float(found)) == (content.sender, "方正小标宋简体", size)
    assert size * len(content.sender) <= 156 / 25.4 * 72
    assert head.paragraphs[0].runs[0].font.color.rgb == (255, 0, 0)
    assert "文件" not in text


def rules(edge: Any, side: str) -> list[tuple[str, str, str]]:
    """(kind, eighths of a point, color) of each line of a head or foot, from above."""
    found = [each for border in edge._element.iter(qn("w:pBdr")) for each in border.findall(qn(f"w:{side}"))]
    return [(each.get(qn("w:val")), each.get(qn("w:sz")), each.get(qn("w:color"))) for each in found]


def test_red_double_lines_of_two_single_ones_on_the_first_page_alone() -> None:
    assert rules(SECTION.first_page_header, "top") == [("single", "24", "FF0000"), ("single", "6", "FF0000")]
    assert rules(SECTION.first_page_footer, "bottom") == [("single", "6", "FF0000"), ("single", "24", "FF0000")]
    assert SECTION.different_first_page_header_footer
    for edge in (SECTION.footer, SECTION.even_page_footer):
        assert list(edge._element.iter(qn("w:pBdr"))) == []
    assert SECTION.header.is_linked_to_previous
    assert SECTION.even_page_header.is_linked_to_previous


def test_red_lines_are_170_mm_long() -> None:
    for edge in (SECTION.first_page_header, SECTION.first_page_footer):
        ruled = [each for each in edge.paragraphs if each._p.pPr.find(qn("w:pBdr")) is not None]
        assert len(ruled) == 2
        for each in ruled:
            assert near(156 * 36000 - each.paragraph_format.left_indent - each.paragraph_format.right_indent, 170)


def test_page_numbers_odd_right_even_left_none_on_the_first() -> None:
    assert PAPER.settings.odd_and_even_pages_header_footer
    for edge, side, indent in ((SECTION.footer, "right", "right"), (SECTION.even_page_footer, "left", "left")):
        number = next(each for each in edge.paragraphs if each.text)
        assert number.text == "—  —"  # the field between two 一字线 shows nothing before a program counts
        assert number._p.pPr.find(qn("w:jc")).get(qn("w:val")) == side
        assert number._p.pPr.find(qn("w:ind")).get(qn(f"w:{indent}")) == "280"  # 空一字 of 14 pt
        kinds = [each.get(qn("w:fldCharType")) for each in number._p.iter(qn("w:fldChar"))]
        assert kinds == ["begin", "end"]
        assert [each.text for each in number._p.iter(qn("w:instrText"))] == ["PAGE"]
        assert {(font(each._r)["eastAsia"], font(each._r)["ascii"], font(each._r)["size"]) for each in number.runs} == {
            ("宋体", "宋体", "14.0")
        }
    assert "PAGE" not in SECTION.first_page_footer._element.xml


def test_words_settings() -> None:
    settings = parts(draw(samples.inquiry()))["word/settings.xml"].decode()
    assert 'w:name="compatibilityMode" w:uri="http://schemas.microsoft.com/office/word" w:val="15"' in settings
    assert '<w:characterSpacingControl w:val="doNotCompress"/>' in settings
