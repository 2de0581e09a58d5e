"""What departments answer (letters L6), as somebody wrote it, and what is owed besides the answer (R403)."""

from collections.abc import Mapping

from scim_server.reports.zero_activity.words import ANSWERS

OWED: Mapping[str, str] = {
    "seconded": (
        "借调、挂职的变更函仍应补发（第二条第（三）项区内，由借出、借入部门发函；第（四）项区外，由选派部门发函），"
        "自变动之日起三个工作日为限，逾期列入报告；账号随名册中的任职变动，不因复函变动"
    ),
    "suspended": (
        "立案审查调查并停止工作的变更函仍应由所在部门补发（第二条第（五）项），自停止工作之日起三个工作日为限；"
        "账号随名册中的事件锁定，不因复函自动锁定"
    ),
    "left": (
        "注销函仍应由所在部门补发（第三条），自正式离职之日起三个工作日为限，逾期列入报告和通报；"
        "名册应补录离职事件，补录前账号保持注销"
    ),
    "not-needed": (
        "变更函仍应由所在部门发出（第二条第（六）项），自变动之日起三个工作日为限；"
        "名册改录使用需求（accessNeeds）后，不再需要的账号随之注销"
    ),
}
"""By answer, which letter of 二 or 三 is owed, late, and what the roster has to show; the others owe nothing."""


def answer_of(said: str) -> str | None:
    """The code of an answer as somebody wrote it: the code itself, or its Chinese; None: nobody knows it."""
    word = said.strip()
    if word in ANSWERS:
        return word
    plain = word.replace("、", "").replace("/", "").replace("／", "")
    return next((code for code, chinese in ANSWERS.items() if plain == chinese.replace("、", "")), None)
