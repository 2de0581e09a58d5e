"""The words in which a cancellation letter may give a departure: no cause of an illness, no facts of a case."""

from scim_server.letters.clean import clean
from scim_server.letters.content import Applicant

_DEATH = ("因病", "因病去世"), ("疾病", "因病去世"), ("意外", "因意外去世"), ("事故", "因意外去世")
_WORDS = {"三(一)": "退休", "三(二)": "辞职", "三(六)": "调任", "三(七)": "其他原因"}  # where none are given


def is_death(person: Applicant) -> bool:
    return person.item == "三(三)" or "去世" in person.reason or "死亡" in person.reason


def is_sanction(person: Applicant) -> bool:
    """Whether the decision's number is printed."""
    return departure(person) in ("开除公职", "辞退")


def departure(person: Applicant) -> str:
    """What stands after 因; of a death the whole: 因病去世. Empty where neither a reason nor an item is known."""
    if is_death(person):
        return next((words for sign, words in _DEATH if sign in person.reason), "去世")
    if person.item == "三(四)" or "开除" in person.reason:
        return "开除公职"
    if person.item == "三(五)" or "辞退" in person.reason:
        return "辞退"
    return clean(person.reason).removeprefix("因").rstrip("。") or _WORDS.get(person.item, "")
