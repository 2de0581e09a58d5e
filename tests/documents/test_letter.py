"""What stands on the page: number, title, addressees, text, attachments, signature, annexes."""

from datetime import UTC, datetime

import pytest
from docx.oxml.ns import qn

from scim_server.letters.drawing import draw
from scim_server.letters.errors import LetterError
from scim_server.letters.plain import plain_text
from tests.documents import samples
from tests.documents.reading import cells, fonts_of, lines, read, runs

FANGSONG, XIAOBIAOSONG, HEITI = "仿宋_GB2312", "方正小标宋简体", "黑体"
PAPERS = {name: read(draw(content)) for name, content in samples.EVERY.items()}


@pytest.mark.parametrize("name", sorted(samples.EVERY))
def test_every_run_names_its_fonts(name: str) -> None:
    from tests.documents.reading import font

    found = [font(each) for each in runs(PAPERS[name])]
    assert {each["hint"] for each in found} == {"eastAsia"}
    assert {each["eastAsia"] for each in found} <= {FANGSONG, XIAOBIAOSONG, HEITI, "宋体", "楷体_GB2312"}
    assert {each["ascii"] for each in found} <= {"Times New Roman", "宋体", FANGSONG}
    assert all(each["ascii"] == each["hAnsi"] for each in found)


def test_the_order_of_an_inquiry() -> None:
    said = lines(PAPERS["inquiry"])
    assert said[:7] == [
        "崖科工信函〔2026〕12号",
        "",
        "",
        f"{samples.BUREAU}\n关于核查信息化系统异常账号的函",
        "",
        "区教育局：",
        said[6],
    ]
    assert said[6].startswith("按照《")
    assert said[8:] == [
        "专此函达。",
        "",
        "附件：一个月内无操作账号名单",
        "",
        "",
        samples.BUREAU,
        "2026年7月1日",
        "附件",
        "",
        "一个月内无操作账号名单",
        "",
        "",
    ]


def test_sizes_and_fonts_of_an_inquiry() -> None:
    paragraphs = PAPERS["inquiry"].paragraphs
    assert fonts_of(paragraphs[0]) == [("崖科工信函〔2026〕12号", FANGSONG, "16.0")]
    assert {each[1:] for each in fonts_of(paragraphs[3])} == {(XIAOBIAOSONG, "22.0")}
    assert {each[1:] for each in fonts_of(paragraphs[6])} == {(FANGSONG, "16.0")}
    assert fonts_of(paragraphs[15]) == [("附件", HEITI, "16.0")]
    assert fonts_of(paragraphs[17]) == [("一个月内无操作账号名单", XIAOBIAOSONG, "22.0")]
    sides = [paragraphs[each]._p.pPr.find(qn("w:jc")).get(qn("w:val")) for each in (0, 3, 5, 6, 15, 17)]
    assert sides == ["right", "center", "left", "both", "left", "center"]
    assert paragraphs[15].paragraph_format.page_break_before


def test_text_is_set_for_28_characters_and_indented_by_two() -> None:
    paragraph = PAPERS["inquiry"].paragraphs[6]
    assert {each.get(qn("w:val")) for each in paragraph._p.iter(qn("w:spacing")) if each.get(qn("w:val"))} == {"-5"}
    line = 156 / 25.4 * 72 - paragraph.paragraph_format.right_indent.pt
    assert 28 * 15.75 <= line < 28 * 15.75 + 0.5
    assert paragraph.paragraph_format.first_line_indent.pt == 2 * 15.75


def test_levels_of_a_notice() -> None:
    found = fonts_of(next(each for each in PAPERS["notice"].paragraphs if each.text.startswith("一、")))
    assert [each[:2] for each in found] == [("一、基本情况。", HEITI), (found[1][0], FANGSONG)]
    assert found[1][0].startswith("2026年7月共核查")


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("（一）时间安排。于八月完成。", [("（一）时间安排。", "楷体_GB2312"), ("于八月完成。", FANGSONG)]),
        ("二、总的要求", [("二、总的要求", HEITI)]),
        ("一、张三同志因休假，期间未使用账号。", [("一、张三同志因休假，期间未使用账号。", FANGSONG)]),
        ("1.一般事项。", [("1.一般事项。", FANGSONG)]),
    ],
)
def test_only_a_heading_is_set_as_one(text: str, pieces: list[tuple[str, str]]) -> None:
    from scim_server.letters.documents.body import levels

    assert [(piece, style.font) for piece, style in levels(text)] == pieces


def axis(paper: object, text: str) -> float:
    """From the left edge of the body to the middle of a centred line, in points."""
    found = [each for each in paper.paragraphs if each.text == text]  # type: ignore[attr-defined]
    layout = found[-1].paragraph_format
    left, right = (each.pt if each is not None else 0.0 for each in (layout.left_indent, layout.right_indent))
    return (left + 156 / 25.4 * 72 - right) / 2


@pytest.mark.parametrize("name", ["inquiry", "open", "change inside", "reminder"])
def test_the_organ_stands_above_the_date_and_on_its_axis(name: str) -> None:
    paper = PAPERS[name]
    said = lines(paper)
    day = next(each for each in said if each.endswith("日") and each.startswith("2026年"))
    organ = samples.EVERY[name].sender
    assert said[said.index(day) - 1] == organ
    assert abs(axis(paper, day) - axis(paper, organ)) < 0.1
    edge = 156 / 25.4 * 72
    assert axis(paper, organ) + len(organ) * 15.75 / 2 <= edge - 1.9 * 15.75
    if len(organ) < 10:
        wide = 15.75 * sum(0.5 if each.isascii() else 1 for each in day)
        assert abs(edge - axis(paper, day) - wide / 2 - 4 * 15.75) < 0.5  # 右空四字


def test_two_organs_sign_a_joint_letter_and_the_first_stands_in_the_head() -> None:
    paper = PAPERS["change joint"]
    assert "\t三亚市崖州区教育局\t三亚市崖州区财政局" in lines(paper)
    assert [each.text for each in paper.sections[0].first_page_header.paragraphs if each.text] == ["三亚市崖州区教育局"]


def test_long_names_of_organs_sign_below_each_other() -> None:
    said = lines(read(draw(samples.change("secondment", sender=samples.BUREAU, joint=("三亚市崖州区财政局",)))))
    first = said.index(samples.BUREAU)
    assert said[first : first + 6] == [samples.BUREAU, "", "", "", "三亚市崖州区财政局", "2026年7月2日"]


def test_contact_and_attachments() -> None:
    said = lines(PAPERS["change outside"])
    assert "（联系人：林小梅，电话：0898-88888888）" in said
    first = said.index("附件：1.信息化系统账号申请表（变更）")
    assert said[first + 1] == "2.海南省科学技术厅挂职函"
    assert "附件1" in said


def test_copies_are_the_last_thing() -> None:
    for content in (samples.reminder(copies=("区委办",)), samples.inquiry(copies=("区委办",))):
        paper = read(draw(content))
        last = paper.element.body[-2]
        assert "".join(each.text for each in last.iter(qn("w:t"))) == "抄送：区委办。"
        assert fonts_of(paper.paragraphs[-1]) == [("抄送：区委办。", FANGSONG, "14.0")]


def test_the_list_of_hundreds() -> None:
    paper = PAPERS["inquiry of hundreds"]
    found = cells(paper)
    assert found[0] == ["序号", "姓名", "人员编号", "科室", "系统", "最后操作时间", "终端"]
    assert len(found) == 301
    assert found[1] == ["1", "严廿八", "YZ00000", "人事科", "政务OA", "2026-05-29 01:03", "手机"]
    assert found[2][5:] == ["无记录", "—"]
    rows = paper.tables[0]._tbl.tr_lst
    assert [row.trPr.find(qn("w:tblHeader")) is not None for row in rows[:3]] == [True, False, False]
    assert all(row.trPr.find(qn("w:cantSplit")) is not None for row in rows)
    assert sum(int(each.get(qn("w:w"))) for each in paper.tables[0]._tbl.tblGrid) == pytest.approx(8844, abs=7)


def filled(name: str) -> dict[str, str]:
    """The form, as label -> value."""
    return {label: value for row in cells(PAPERS[name]) for label, value in zip(row[::2], row[1::2], strict=True)}


ROOM = {"申请单位意见", "区科工信局办理情况", "办理人", "办理时间"}
SHARED = {"申请单位", "文号", "日期", "姓名", "人员编号", "条款", "系统"}


def test_the_form_for_opening() -> None:
    form = filled("open")
    assert set(form) == SHARED | ROOM | {"人员类别", "部门", "科室", "职务", "手机号码", "报到日"}
    assert {form[each] for each in ROOM} == {""}
    assert (form["系统"], form["条款"], form["报到日"]) == (
        "■政务OA　■政务微信　■无感考勤",
        "第一条第（一）项",
        "2026-07-02",
    )
    assert (form["申请单位"], form["文号"]) == ("三亚市崖州区教育局", "崖教函〔2026〕3号")


def test_the_form_for_a_change() -> None:
    form = filled("change secondment")
    posts = {"原部门", "原科室", "原职务", "现部门", "现科室", "现职务"}
    assert set(form) == SHARED | ROOM | posts | {"变动日", "变更原因", "变更内容", "期限", "手机号码"}
    assert (form["变更原因"], form["期限"]) == ("借调", "2027-06-30")
    assert form["变更内容"] == "保留区教育局账号信息，增加区财政局部门兼任"


def test_the_form_for_a_cancellation() -> None:
    form = filled("cancel")
    assert set(form) == SHARED | ROOM | {"部门", "科室", "职务", "离职日", "注销原因"}
    assert form["注销原因"] == "退休"
    assert filled("cancel death")["去世日期"] == "2026-07-02"


def test_a_form_of_several_has_a_block_each_and_only_what_is_needed_is_ticked() -> None:
    letter = samples.opening(samples.person(systems=("政务OA", "一卡通")), samples.person(name="符小明", systems=()))
    found = cells(read(draw(letter)))
    assert [row[1] for row in found if row[0] == "序号"] == ["1", "2"]
    assert [row[3] for row in found if row[2:3] == ["系统"]] == [
        "■政务OA　□政务微信　□无感考勤　■一卡通",
        "□政务OA　□政务微信　□无感考勤",
    ]
    paper = read(draw(letter))
    heading = [row.trPr.find(qn("w:tblHeader")) is not None for row in paper.tables[0]._tbl.tr_lst]
    assert heading[:3] == [True, True, False]


def test_the_document_and_the_plain_text_say_the_same() -> None:
    for content, paper in zip(samples.EVERY.values(), PAPERS.values(), strict=True):
        text = plain_text(content).replace("\n", "").replace("　", "")
        for line in lines(paper):
            for piece in line.replace("\n", "").replace("　", "").split("\t"):
                assert piece.removesuffix("1") in text


NUMBERS = (
    "",
    "〔2026〕1号",
    "崖科工信函〔2026〕012号",
    "崖科工信函〔2026〕第12号",
    "崖科工信函[2026]12号",
    "崖科工信函〔26〕12号",
)


@pytest.mark.parametrize("number", NUMBERS)
def test_a_number_of_another_form_is_refused(number: str) -> None:
    with pytest.raises(LetterError, match="发文字号"):
        draw(samples.inquiry(doc_number=number))


def test_the_files_own_properties_are_the_letters() -> None:
    core = PAPERS["inquiry"].core_properties
    assert (core.author, core.last_modified_by) == (samples.BUREAU, samples.BUREAU)
    assert core.created == core.modified == datetime(2026, 7, 1, tzinfo=UTC)
    assert core.title == f"{samples.BUREAU}关于核查信息化系统异常账号的函"
