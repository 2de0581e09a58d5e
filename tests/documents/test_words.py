"""What each kind of letter says, word for word."""

import pytest

from scim_server.letters.content import CONTENT, Content
from scim_server.letters.errors import LetterError
from scim_server.letters.plain import plain_text
from scim_server.letters.title_lines import lines
from scim_server.letters.titles import title
from scim_server.letters.wording import word
from tests.documents import samples
from tests.documents.samples import REG

TITLES: dict[str, str] = {
    "inquiry": "三亚市崖州区科学技术和工业信息化局关于核查信息化系统异常账号的函",
    "leaders": "三亚市崖州区科学技术和工业信息化局关于核查信息化系统异常账号的函",
    "notice": "三亚市崖州区科学技术和工业信息化局关于2026年7月信息化系统账号管理情况的通报",
    "open": "三亚市崖州区教育局关于申请开通金三十同志信息化系统账号的函",
    "open many": "三亚市崖州区教育局关于申请开通金三十等2名同志信息化系统账号的函",
    "change inside": "三亚市崖州区教育局关于变更金三十同志信息化系统账号信息的函",
    "change many": "三亚市崖州区教育局关于变更金三十等3名同志信息化系统账号信息的函",
    "change joint": "三亚市崖州区教育局、三亚市崖州区财政局关于变更金三十同志信息化系统账号信息的函",
    "change outside": "三亚市崖州区教育局关于锁定金三十同志信息化系统账号的函",
    "change return": "三亚市崖州区教育局关于解除金三十同志信息化系统账号锁定的函",
    "change suspension": "三亚市崖州区教育局关于锁定金三十同志信息化系统账号的函",
    "change resumption": "三亚市崖州区教育局关于解除金三十同志信息化系统账号锁定的函",
    "cancel": "三亚市崖州区教育局关于注销金三十同志信息化系统账号的函",
}

BODIES: dict[str, tuple[str, ...]] = {
    "inquiry": (
        f"按照{REG}第四条规定，我局于2026年7月1日对政务OA、政务微信、无感考勤系统进行了后台数据核查。经核查，"
        "2026年6月1日至2026年6月30日期间，你单位共有2名使用人的3个账号没有任何操作（包含电脑操作和手机操作），名单见附件。",
        "请你单位逐一核实上述账号一个月没有任何操作的原因，于收到本函后三个工作日内（即2026年7月6日前）通过OA系统函复我局。"
        "使用人已离职的，请在复函中注明离职日期和原因，我局将据此注销其账号，并根据区政府指示予以通报；使用人岗位变动、借调、挂职的，"
        "请一并按规定来函办理账号变更。",
    ),
    "leaders": (
        f"按照{REG}第四条规定，我局于2026年7月1日对政务OA、政务微信、无感考勤系统进行了后台数据核查。经核查，"
        "2026年6月1日至2026年6月30日期间，涉及区领导的3个账号没有任何操作（包含电脑操作和手机操作），名单见附件。",
        "恳请协助了解有关情况，并于收到本函后三个工作日内（即2026年7月6日前）通过OA系统函复我局。",
    ),
    "reminder": ("你单位至今未就我局崖科工信函〔2026〕12号函复，请于2026年7月8日前函复。",),
    "notice": (
        f"根据{REG}第四条规定和区政府指示，现将2026年7月信息化系统账号管理有关情况通报如下：",
        "一、基本情况。2026年7月共核查账号15000个，发现一个月内没有任何操作的账号213个，涉及31个单位；按时复函28个单位，"
        "逾期复函2个单位，未复函1个单位。",
        "二、存在问题。经有关单位复函确认，3名使用人已离职但所在单位未在三个工作日内来函注销账号，涉及区教育局、区财政局。"
        "上述账号已由我局注销。",
        f"三、工作要求。各单位要严格落实{REG}，人员新增当日、岗位变动和离职三个工作日内来函办理账号开通、变更、注销；"
        "因申请不及时产生的工作纪律问题由各单位自行负责。",
    ),
    "open": (
        f"因工作需要，金三十同志于2026年7月2日到我单位报到。根据{REG}第一条第（一）项规定，现申请为上述同志开通"
        "政务OA、政务微信、无感考勤账号（具体开通系统以申请表为准）。",
    ),
    "open many": (
        f"因工作需要，金三十等2名同志于2026年7月1日、2026年7月2日到我单位报到。根据{REG}第一条第（一）项、第（三）项规定，"
        "现申请为上述同志开通政务OA、政务微信、无感考勤账号（具体开通系统以申请表为准）。",
    ),
    "change inside": (
        f"因内部岗位调整，金三十同志自2026年7月2日起由办公室科长调整为人事科科员。根据{REG}第二条第（一）项规定，"
        "请对其账号信息作相应变更。",
    ),
    "change between": (
        f"金三十同志自2026年7月2日起由区财政局调入我单位，任科员。根据{REG}第二条第（二）项规定，请将其政务OA、政务微信、"
        "无感考勤账号由区财政局变更至我单位人事科。",
    ),
    "change joint": (
        f"经研究，区教育局金三十同志自2026年7月2日起借调到区财政局工作，期限至2027年6月30日。根据{REG}第二条第（三）项规定，"
        "请对其账号作兼任处理，保留其在区教育局的账号信息，增加区财政局部门。借调结束后，我们将及时来函调整。",
    ),
    "change outside": (
        "我单位金三十同志自2026年7月2日起挂职到海南省科学技术厅工作，期限至2027年6月30日，人事关系保留在我单位。"
        f"根据{REG}第二条第（四）项规定，请对其政务OA、政务微信账号进行锁定，对其无感考勤账号进行注销。"
        "挂职结束后，我单位将根据其实际情况来函处理。",
    ),
    "change return": (
        "金三十同志挂职期满，已于2026年7月2日返回我单位工作。请解除其政务OA、政务微信账号锁定，并重新开通其无感考勤账号。",
    ),
    "change suspension": (
        "根据工作需要，我单位金三十同志自2026年7月2日起暂时停止工作。"
        f"依据{REG}第二条第（五）项规定，请对其政务OA、政务微信账号进行锁定。后续处理由我单位另行函告。请严格控制知悉范围。",
    ),
    "change resumption": (
        "我单位金三十同志账号锁定事由已消除，现自2026年7月2日起恢复工作，请解除其政务OA、政务微信账号锁定。",
    ),
    "change other": ("因工作需要，请自2026年7月2日起对金三十同志的账号作如下变更：增加区财政局兼任。",),
    "cancel": (
        f"我单位金三十同志（人员编号YZ00301）因退休，自2026年7月2日起正式离职。根据{REG}第三条第（一）项规定，"
        "请注销其政务OA、政务微信、无感考勤账号。其公文及工作资料已办理移交。",
    ),
    "cancel death": (
        f"我单位金三十同志于2026年7月2日因病去世。根据{REG}第三条第（三）项规定，"
        "请注销其政务OA、政务微信、无感考勤账号。其公文及工作资料已办理移交。",
    ),
}


@pytest.mark.parametrize("name", sorted(TITLES))
def test_titles(name: str) -> None:
    assert title(samples.EVERY[name]) == TITLES[name]


@pytest.mark.parametrize("name", [each for each in samples.EVERY if each != "long"])
def test_a_name_is_not_broken_off_in_a_title(name: str) -> None:
    for line in lines(word(samples.EVERY[name]).title):
        assert not line.startswith(("同志", "等2", "等3"))


@pytest.mark.parametrize("name", sorted(BODIES))
def test_bodies_word_for_word(name: str) -> None:
    assert word(samples.EVERY[name]).paragraphs == BODIES[name]


@pytest.mark.parametrize(
    ("content", "closing"),
    [
        (samples.inquiry(), "专此函达。"),
        (samples.leaders(), "专此函达。"),
        (samples.opening(), "请予办理。"),
        (samples.cancellation(), "请予办理。"),
    ],
)
def test_closing_words(content: Content, closing: str) -> None:
    assert word(content).closing == (closing,)


def test_a_reminder_of_a_letter_that_was_answered_in_part_says_so() -> None:
    (said,) = word(samples.reminder(open_accounts=2)).paragraphs
    assert said == "你单位至今未就我局崖科工信函〔2026〕12号所列尚余的2个账号函复，请于2026年7月8日前函复。"


def test_both_offices_are_addressed_in_one_letter() -> None:
    assert word(samples.leaders()).addressees == "区委办、区政府办"


def test_a_sentence_for_whom_a_contractor_sends() -> None:
    hired = {"category": "外包服务人员", "item": "一(四)", "organization": "海南某某公司", "until": "2027-12-31"}
    alone = word(samples.opening(samples.person(**hired))).paragraphs
    among = word(samples.opening(samples.person(), samples.person(name="符小明", **hired))).paragraphs
    tail = "系海南某某公司派驻我单位的外包服务人员，服务期限至2027年12月31日，期满后由我单位及时来函注销账号。"
    assert alone[1:] == (f"上述人员{tail}",)
    assert among[1:] == (f"符小明同志{tail}",)


def test_somebody_from_outside_is_no_contractor_s() -> None:
    lent = samples.person(item="一(三)", category="其他非在编人员", organization="海口市某局", until="2027-12-31")
    assert len(word(samples.opening(lent)).paragraphs) == 1
    assert "期限：2027-12-31，原单位：海口市某局" in plain_text(samples.opening(lent))


def test_who_is_lent_inside_a_department_goes_from_office_to_office() -> None:
    """It said 区教育局金三十同志……借调到区教育局工作."""
    lent = samples.moved("secondment", department="区教育局", old_office="办公室", office="人事科")
    for people in ((lent,), (lent, lent)):
        said = "".join(word(samples.change("secondment", *people)).paragraphs)
        assert "保留其在区教育局办公室的账号信息，增加区教育局人事科部门" in said


def test_an_end_that_nobody_knows_is_not_printed() -> None:
    said = word(samples.change("outside", samples.moved("outside", until=None))).paragraphs[0]
    assert "期限" not in said
    assert "挂职到海南省科学技术厅工作，人事关系保留在我单位。" in said


@pytest.mark.parametrize(
    ("item", "reason", "printed"),
    [
        ("三(二)", "辞职", "因辞职，自"),
        ("三(六)", "因调任海口市", "因调任海口市，自"),
        ("三(一)", "", "因退休，自"),
        ("三(四)", "因受贿被开除公职", "因开除公职（崖监政〔2026〕5号），自"),
        ("三(五)", "连续旷工被辞退", "因辞退（崖监政〔2026〕5号），自"),
        ("三(三)", "心脏疾病去世", "2026年7月2日因病去世。"),
        ("三(三)", "交通事故", "2026年7月2日因意外去世。"),
        ("三(三)", "", "2026年7月2日去世。"),
    ],
)
def test_departures_give_no_more_than_may_be_said(item: str, reason: str, printed: str) -> None:
    text = plain_text(samples.cancellation(samples.leaver(item, reason, decision="崖监政〔2026〕5号")))
    assert printed in text
    for private in ("受贿", "旷工", "心脏", "交通"):
        assert private not in text
    assert ("崖监政" in text) == (item in ("三(四)", "三(五)"))


@pytest.mark.parametrize("sort", ["suspension", "resumption"])
def test_a_suspension_gives_no_facts_of_the_case(sort: str) -> None:
    told = samples.moved(sort, reason="涉嫌受贿立案审查", content="由区纪委监委调查", until="2026-09-30")  # type: ignore[arg-type]
    text = plain_text(samples.change(sort, told))  # type: ignore[arg-type]
    for private in ("受贿", "立案", "纪委", "2026-09-30", "2026年9月30日"):
        assert private not in text


def test_a_notice_without_departures_says_nothing_of_them() -> None:
    said = word(samples.notice(left=0, left_departments=())).paragraphs
    assert [each[:2] for each in said] == ["根据", "一、", "二、"]
    assert "离职但" not in "".join(said)


def test_plain_text_has_everything_that_the_document_has() -> None:
    text = plain_text(samples.inquiry())
    assert text.startswith("崖科工信函〔2026〕12号\n三亚市")
    assert "\n区教育局：\n　　按照《" in text
    assert text.endswith(
        "3. 姓名：严廿八，人员编号：YZ00002，科室：人事科，系统：无感考勤，最后操作时间：2026-05-29 01:03，终端：手机"
    )
    assert "严廿八" not in plain_text(samples.inquiry(), annexes=False)


def test_a_letter_goes_through_json() -> None:
    for content in samples.EVERY.values():
        assert plain_text(CONTENT.validate_json(content.model_dump_json())) == plain_text(content)


@pytest.mark.parametrize(
    ("content", "missing"),
    [
        (samples.change("other", samples.moved("other", content="")), "content"),
        (samples.change("other", samples.moved("other", reason="")), "reason"),
        (samples.change("outside", samples.moved("outside", organization="")), "organization"),
        (samples.change("between", samples.moved("between", old_department="")), "oldDept"),
        (samples.opening(samples.person(name="\x00")), "name"),
        (samples.cancellation(samples.leaver("三", "")), "reason"),
        (samples.inquiry(addressees=()), "主送机关"),
        (samples.inquiry(day="2026-7-32"), "2026-7-32"),
        (samples.opening(samples.person(item="九")), "九"),
    ],
)
def test_what_is_missing_is_an_error_at_once(content: Content, missing: str) -> None:
    with pytest.raises(LetterError, match=missing):
        plain_text(content)
