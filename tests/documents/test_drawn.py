"""What LibreOffice draws: pages, lines, places in millimetres.

Skipped where it is not installed; `make test` installs it.
"""

import re
import shutil
import subprocess
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path

import pytest

from scim_server.letters.drawing import draw
from scim_server.letters.preview import to_pdf, to_pdfs
from tests.documents import samples
from tests.documents.reading import cells, lines, read

MISSING = [each for each in ("soffice", "pdftotext", "pdftoppm", "pdfinfo", "pdffonts") if shutil.which(each) is None]
pytestmark = [
    pytest.mark.skipif(bool(MISSING), reason=f"not installed: {MISSING} (packages libreoffice-writer, poppler-utils)"),
    pytest.mark.timeout(900),
]

Boxes = list[tuple[str, float, float, float, float]]  # text, left, top, right, bottom; mm
NAMES = (
    "inquiry",
    "inquiry of hundreds",
    "notice",
    "reminder",
    "open",
    "long",
    "change joint",
    "change outside",
    "cancel",
)
LETTERS = {name: samples.EVERY[name] for name in NAMES}


@pytest.fixture(scope="module")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Every letter as PDF, at one start of the program."""
    folder = tmp_path_factory.mktemp("pdf")
    documents = [draw(each) for each in LETTERS.values()]
    found = {}
    for number, (name, pdf) in enumerate(zip(LETTERS, to_pdfs(documents, timeout=600), strict=True)):
        found[name] = folder / f"{number}.pdf"
        found[name].write_bytes(pdf)
    return found


def said(*command: str) -> str:
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def pages(file: Path) -> int:
    return int(re.findall(r"Pages:\s+(\d+)", said("pdfinfo", str(file)))[0])


def boxes(file: Path, page: int) -> Boxes:
    text = said("pdftotext", "-bbox", "-f", str(page), "-l", str(page), str(file), "-")
    pattern = r'<word xMin="([\d.]+)" yMin="([\d.]+)" xMax="([\d.]+)" yMax="([\d.]+)">(.*?)</word>'
    found = re.findall(pattern, text)
    return [(word, *(float(each) / 72 * 25.4 for each in place)) for *place, word in found]  # type: ignore[misc]


def scan(file: Path, dpi: int = 150) -> tuple[Callable[[int, int], bytes], int, int, float]:
    """Page 1 as (pixel(x, y), width, height, mm a pixel)."""
    command = ["pdftoppm", "-r", str(dpi), "-f", "1", "-l", "1", str(file)]
    image = subprocess.run(command, check=True, capture_output=True).stdout
    kind, size, _depth, pixels = image.split(b"\n", 3)
    assert kind == b"P6"
    width, height = map(int, size.split())
    return (lambda x, y: pixels[3 * (y * width + x) : 3 * (y * width + x) + 3]), width, height, 25.4 / dpi


@cache
def red_stripes(file: Path) -> list[tuple[float, float, float, float]]:
    """What is red, from above: (top, bottom, left, right) in mm."""
    pixel, width, height, mm = scan(file)
    spans: dict[int, list[int]] = {}
    for y in range(height):
        red = [x for x in range(width) if (p := pixel(x, y))[0] > 150 and p[1] < 120 and p[2] < 120]
        if red:
            spans[y] = red
    stripes: list[list[int]] = []
    for y in spans:
        if stripes and y == stripes[-1][1] + 1:
            stripes[-1][1] = y
        else:
            stripes.append([y, y])
    return [
        (a * mm, (b + 1) * mm, min(min(spans[y]) for y in range(a, b + 1)) * mm,
         (max(max(spans[y]) for y in range(a, b + 1)) + 1) * mm)
        for a, b in stripes
    ]  # fmt: skip


@pytest.mark.parametrize("name", ["inquiry", "open"])
def test_the_red_head_and_foot_stand_where_the_standard_says(drawn: dict[str, Path], name: str) -> None:
    head, thick, thin, lower_thin, lower_thick = red_stripes(drawn[name])
    assert head[0] == pytest.approx(30, abs=1)
    assert (head[2] + head[3]) / 2 == pytest.approx(28 + 156 / 2, abs=1)
    assert thick[0] - head[1] == pytest.approx(4, abs=0.6)
    for line in (thick, thin, lower_thin, lower_thick):
        assert (line[2], line[3]) == (pytest.approx(21, abs=0.4), pytest.approx(191, abs=0.4))
    assert thick[1] - thick[0] > thin[1] - thin[0]
    assert lower_thick[1] - lower_thick[0] > lower_thin[1] - lower_thin[0]
    assert lower_thick[1] == pytest.approx(277, abs=0.6)


@pytest.mark.parametrize("name", ["inquiry", "open"])
def test_the_number_stands_right_below_the_lines(drawn: dict[str, Path], name: str) -> None:
    lines_end = red_stripes(drawn[name])[2][1]
    number = next(each for each in boxes(drawn[name], 1) if each[0].startswith("崖"))
    last = max(each[3] for each in boxes(drawn[name], 1) if abs(each[4] - number[4]) < 2)
    assert last == pytest.approx(184, abs=0.7)
    middle = (number[2] + number[4]) / 2
    assert middle - lines_end == pytest.approx(14 / 72 * 25.4 + 2.6, abs=1.5)  # 7/8 of a character, and half of one


def test_pages(drawn: dict[str, Path]) -> None:
    found = {name: pages(file) for name, file in drawn.items()}
    assert found["reminder"] == 1
    assert (found["open"], found["cancel"], found["notice"]) == (2, 2, 2)
    assert (found["inquiry"], found["long"]) == (3, 3)
    assert 9 <= found["inquiry of hundreds"] <= 20


def test_page_numbers_change_sides_and_the_first_page_has_none(drawn: dict[str, Path]) -> None:
    file = drawn["inquiry"]
    foot = {page: [each for each in boxes(file, page) if each[2] > 262] for page in (1, 2, 3)}
    assert foot[1] == []
    for page, side in ((2, "left"), (3, "right")):
        assert "".join(each[0] for each in foot[page]).replace(" ", "") == f"—{page}—"
        number = next(each for each in foot[page] if str(page) in each[0])
        assert (number[2] + number[4]) / 2 == pytest.approx(269, abs=1.5)
        edge = min(each[1] for each in foot[page]) - 28 if side == "left" else 184 - max(each[3] for each in foot[page])
        assert edge == pytest.approx(14 / 72 * 25.4, abs=1)  # 空一字


def test_twenty_eight_characters_a_line_and_nothing_outside_the_body(drawn: dict[str, Path]) -> None:
    flat = [each.replace(" ", "") for each in said("pdftotext", "-layout", str(drawn["inquiry"]), "-").splitlines()]
    full = [each for each in flat if each.startswith(("统函复我局", "我局将据此"))]
    assert [len(each.rstrip("，")) for each in full] == [28, 28]
    for page in (1, 2, 3):
        for word, left, top, right, bottom in boxes(drawn["inquiry"], page):
            assert left >= 27.5
            assert right <= (190 if word.endswith(("，", "。", "、")) else 184.7)  # a comma may hang over the end
            assert page == 1 or top >= 36 or bottom > 262


@pytest.mark.parametrize("name", sorted(LETTERS))
def test_nothing_is_lost_between_document_and_page(drawn: dict[str, Path], name: str) -> None:
    """Every character that the document has is on the pages, as often as it is there."""
    paper = read(draw(LETTERS[name]))
    wanted = "".join(lines(paper)) + "".join("".join(each) for row in cells_of(paper) for each in row)
    shown = said("pdftotext", "-raw", str(drawn[name]), "-")
    lost = {each: wanted.count(each) - shown.count(each) for each in set(wanted) - set(" \n\t　")}
    assert {each: count for each, count in lost.items() if count > 0} == {}


def cells_of(paper: object) -> list[list[str]]:
    return cells(paper) if paper.tables else []  # type: ignore[attr-defined,arg-type]


def test_every_glyph_comes_from_a_font_that_is_embedded(drawn: dict[str, Path]) -> None:
    for file in drawn.values():
        rows = said("pdffonts", str(file)).splitlines()[2:]
        assert rows
        assert all(row.split()[-5] == "yes" for row in rows)


def test_two_at_the_same_time() -> None:
    document = draw(samples.reminder())
    with ThreadPoolExecutor(2) as pool:
        found = list(pool.map(lambda _each: to_pdf(document, timeout=600), range(2)))
    assert [each[:5] for each in found] == [b"%PDF-", b"%PDF-"]
