"""A check as people read it."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from mappings.policy.readings import TITLES
from scim_server.operate.review import Opened
from scim_server.reports.period import local
from scim_server.reports.zero_activity.words import ANSWERS, CASES, REVIEWS, TERMINALS, VERDICTS, reason

Shown = Mapping[str, Any]


def head(said: Shown) -> str:
    """A line of the list."""
    cases = "，".join(f"{word} {said['cases'][state]}" for state, word in CASES.items())
    closed = f"，{said['closedBy']} 于 {local(said['closed'])} 了结" if said["closed"] else ""
    window = f"{local(said['windowStart'])} 至 {local(said['at'])}"
    return (
        f"{said['month']} {REVIEWS[said['state']]}：{window}；函 {said['letters']} 件；{cases}（{said['by']}）{closed}"
    )


def opened(done: Opened, said: Shown) -> Iterator[str]:
    """What `open` prints."""
    word = "已开始并完成" if done.begun else ("接续未完的核查，已完成" if done.went_on else "此前已完成")
    yield f"{done.review.month} 的核查{word}：窗口 {local(said['windowStart'])} 至 {local(said['at'])}"
    yield from _systems(said)
    yield f"无操作账号 {sum(said['cases'].values())} 个，本次拟函 {done.letters} 件" + (
        f"（{done.unsaid}）" if done.unsaid else ""
    )
    yield from done.told


def lines(said: Shown) -> Iterator[str]:
    """What `show` prints."""
    yield head(said)
    yield from _systems(said)
    yield from map(_case, said["list"])
    hidden = said["leaders"] - sum(bool(each.get("leader")) for each in said["list"])
    if hidden:
        yield f"另有涉及区领导的账号 {hidden} 个，用 --restricted 查看（留痕）"
    if said["strangers"]:
        yield f"另列无人对应的账号 {len(said['strangers'])} 个，不发函："
        yield from (f"  {each['system']} {each['remoteId']} {_last(each['at'])}" for each in said["strangers"])


def _systems(said: Shown) -> Iterator[str]:
    for name, counts in said["systems"].items():
        told = "，".join(f"{word} {counts[verdict]}" for verdict, word in VERDICTS.items())
        why = "，".join(f"{reason(each)} {number}" for each, number in counts["reasons"].items())
        yield f"{TITLES.get(name, name)}：{told}" + (f"（{why}）" if why else "")
    for name, terminals in said["noData"].items():
        where = "、".join(TERMINALS.get(each, each) for each in terminals)
        yield f"{TITLES.get(name, name)}：{where}在窗口内未全程监测，无操作者记为无数据，不发函"


def _case(each: Shown) -> str:
    who = f"{each['name']}（{each['externalId']}）{TITLES.get(each['system'], each['system'])}"
    to = "、".join(each["addressees"]) or "无处可问"
    said = f"{each['case']} {who} {_last(each['lastAt'])}；{to}"
    return f"{said}；{_letter(each)}；{CASES[each['state']]}" + (_answer(each) if each.get("answer") else "")


def _answer(each: Shown) -> str:
    return f"：{ANSWERS[each['answer']]}，{each['reason']}（{each['reply']}）"


def _letter(each: Shown) -> str:
    if each["letter"] is None:
        return "未拟函"
    if each["due"] is None:
        return f"{each['letter']} 未送达"
    late = "，已逾期" if each["overdue"] else ""
    return f"{each['letter']} 应于 {each['due']} 前复函{'（暂定）' if each['provisional'] else ''}{late}"


def _last(at: str | None) -> str:
    return f"最后操作 {local(at)}" if at else "无操作记录"


def refusal(name: str, argument: Any) -> str:
    """Why a check cannot be closed, in a sentence."""
    sentences: Sequence[tuple[str, str]] = (
        ("NoSuchReview", "没有 {} 的核查"),
        ("StillOpen", "尚有 {} 件未复函；确要了结，请加 --force --reason 原因"),
        ("NotOpen", "该月核查尚未完成，或已了结"),
    )
    return dict(sentences)[name].format(argument)
