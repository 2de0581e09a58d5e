"""The file as a file: the same bytes each time, a valid order of elements, values that are hostile, loading late."""

import hashlib
import subprocess
import sys
import unicodedata
from io import BytesIO
from zipfile import ZipFile

import pytest
from docx.oxml.ns import qn
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

from scim_server.letters.clean import clean
from scim_server.letters.drawing import draw
from tests.documents import samples
from tests.documents.reading import cells, lines, parts, read

# The order that the schema demands (ECMA-376 part 1, 17.3.1.26 and 17.3.2.28), as far as letters go.
PARAGRAPH = ("keepNext", "pageBreakBefore", "framePr", "widowControl", "pBdr", "tabs", "autoSpaceDE", "autoSpaceDN",
             "adjustRightInd", "snapToGrid", "spacing", "ind", "jc", "rPr")  # fmt: skip
RUN = ("rFonts", "color", "spacing", "sz", "szCs", "lang")


def test_the_same_content_gives_the_same_bytes_in_another_process() -> None:
    code = (
        "import hashlib; from tests.documents import samples; from scim_server.letters.drawing import draw;"
        "print(*(hashlib.sha256(draw(each)).hexdigest() for each in list(samples.EVERY.values())[2:12]))"
    )
    run = [sys.executable, "-c", code]
    there = subprocess.run(run, check=True, capture_output=True, text=True, env={"TZ": "America/Lima"}).stdout
    here = [hashlib.sha256(draw(each)).hexdigest() for each in list(samples.EVERY.values())[2:12]]
    assert there.split() == here
    assert len(set(here)) == 10


def test_times_in_the_file_are_fixed() -> None:
    with ZipFile(BytesIO(draw(samples.inquiry()))) as packed:
        assert {each.date_time for each in packed.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert packed.testzip() is None


def test_nothing_of_the_library_s_template_is_left() -> None:
    names = set(parts(draw(samples.inquiry())))
    assert not {each for each in names if "thumbnail" in each or "Effects" in each or "custom" in each}
    assert b"python-docx" not in b"".join(parts(draw(samples.inquiry())).values())


@pytest.mark.parametrize("name", sorted(samples.EVERY))
def test_elements_stand_in_the_order_of_the_schema(name: str) -> None:
    """Word repairs, or refuses, what stands in another."""
    for part, content in parts(draw(samples.EVERY[name])).items():
        if not part.startswith("word/") or not part.endswith(".xml"):
            continue
        for properties, order in (("pPr", PARAGRAPH), ("rPr", RUN)):
            for found in etree.fromstring(content).iter(qn(f"w:{properties}")):
                places = [order.index(etree.QName(each).localname) for each in found]
                assert places == sorted(set(places))


HOSTILE = [
    ("张\x00三\x1b\x7f", "张三"),
    ("李\u202e四\u200b", "李四"),
    ("王\r\n五\u2028", "王五"),
    ("赵\ud800六", "赵〓六"),
    ("吴\ufffe\uffff七", "吴七"),
    ("阿卜杜拉·买买提", "阿卜杜拉·买买提"),
    ("𬱖𬭎䶮昇堃喆㛃龑淼甯", "𬱖𬭎䶮昇堃喆㛃龑淼甯"),
    ("葛\U000e0100城", "葛\U000e0100城"),  # the variant of a character
    ("<w:p>&amp;]]>", "<w:p>&amp;]]>"),
    ("{{sender}}", "{{sender}}"),
    ("=HYPERLINK(1)", "=HYPERLINK(1)"),
]


@pytest.mark.parametrize(("name", "printed"), HOSTILE)
def test_hostile_names(name: str, printed: str) -> None:
    listed = samples.inquiry().model_copy(update={"accounts": samples.accounts(1, "x")})
    listed = listed.model_copy(update={"accounts": (listed.accounts[0].model_copy(update={"name": name}),)})
    assert cells(read(draw(listed)))[1][1] == printed
    who = samples.person().model_copy(update={"name": name})
    letter = samples.opening().model_copy(update={"people": (who,)})
    assert any(f"，{printed}同志于" in each for each in lines(read(draw(letter))))


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.text(min_size=1, max_size=30))
def test_any_name_of_one_to_thirty_characters(name: str) -> None:
    listed = samples.inquiry().model_copy(update={"accounts": samples.accounts(2)})
    hurt = tuple(each.model_copy(update={"name": name, "office": name}) for each in listed.accounts)
    found = cells(read(draw(listed.model_copy(update={"accounts": hurt}))))
    assert found[2][1] == found[2][3] == clean(name)
    assert not {unicodedata.category(each) for each in found[2][1]} & {"Cc", "Cf", "Cs", "Zl", "Zp"}


def test_the_library_loads_when_a_letter_is_drawn_and_not_before() -> None:
    code = (
        "import sys; import scim_server.letters.drawing as d, scim_server.letters.titles as t;"
        "import scim_server.letters.plain, scim_server.letters.preview;"
        "from tests.documents.samples import inquiry; t.title(inquiry());"
        "assert 'docx' not in sys.modules and 'lxml' not in sys.modules;"
        "d.draw(inquiry()); assert 'docx' in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_a_title_longer_than_a_property_may_be_is_drawn() -> None:
    """python-docx refused it with a ValueError of its own, which ended a whole round of deliveries."""
    long = "局" * 300
    said = samples.inquiry().model_copy(update={"sender": long, "bureau": long})
    assert long in "".join(lines(read(draw(said)))).replace("\n", "")
