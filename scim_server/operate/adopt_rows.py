"""The lines of the adoption list, as JSON, as a spreadsheet and as a person reads them (S13)."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from mappings.correlate import Match, Rule, Standing, Subject
from mappings.model import Kind
from scim_server.reconcile.adopt import Decisions, Survey

KINDS = {Kind.PERSON: "人员", Kind.GROUP: "部门"}
STANDINGS = {
    Standing.AMBIGUOUS: "存疑",
    Standing.PROPOSED: "建议",
    Standing.ORPHAN: "无主",
    Standing.MISSING: "缺账号",
    Standing.LINKED: "已关联",
}
RULES = {
    Rule.DECIDED: "人工指定",
    Rule.KEY: "编号一致",
    Rule.STAFF: "工号一致",
    Rule.CODE: "部门代码一致",
    Rule.LOGIN: "登录名一致",
    Rule.MOBILE: "手机号一致",
    Rule.MAIL: "邮箱一致",
    Rule.PATH: "部门全路径一致",
    Rule.PLACE: "姓名和部门一致",
    Rule.NAME: "名称一致",
}
TAKE, NOT_OURS, PUT_OFF = "采用", "非我方", "待定"
ORDER = {standing: place for place, standing in enumerate(Standing)}


@dataclass(frozen=True, slots=True)
class Row:
    """One line. `decision` is what people wrote, `candidates` keys, `thought_of` the same with names, for people."""

    kind: Kind
    external_id: str
    name: str
    department: str
    account: str
    remote_id: str
    standing: Standing
    rule: Rule | None
    score: int | None
    candidates: tuple[str, ...]
    thought_of: tuple[str, ...]
    left: bool  # all who were thought of should have no account there
    decision: str

    def shown(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "kind": self.kind.value,
            "externalId": self.external_id or None,
            "name": self.name,
            "department": self.department or None,
            "remoteId": self.remote_id or None,
            "account": self.account or None,
            "rule": self.rule.value if self.rule else None,
            "score": self.score,
            "standing": self.standing.value,
            "candidates": list(self.candidates),
            "left": self.left,
            "decision": self.decision or None,
        }


def rows(survey: Survey, matches: Iterable[tuple[Kind, Match]], decisions: Decisions) -> list[Row]:
    """What needs a person first, the doubtful before the clear; then departments before people, by place and name."""
    found = [_row(survey, kind, match, decisions) for kind, match in matches]
    found += [_closed(survey, id) for id in sorted(decisions.not_ours)]
    return sorted(found, key=_turn)


def _turn(row: Row) -> tuple[int, int, str, str, str, str]:
    clear = (row.score or 0) if row.standing is Standing.PROPOSED else 0
    return ORDER[row.standing], clear, row.kind, row.department, row.account, row.external_id


def _row(survey: Survey, kind: Kind, match: Match, decisions: Decisions) -> Row:
    state = match.account.state if match.account else None
    subject = match.subject
    return Row(
        kind,
        subject.key if subject else "",
        subject.name if subject else (survey.name_of(state) if state else ""),
        _place(survey, match),
        (state.name or "") if state else "",
        match.account.id if match.account else "",
        match.standing,
        match.rule,
        match.score,
        tuple(each.key for each in match.candidates),
        tuple(thought_of(survey, each) for each in match.candidates),
        is_left(survey, match),
        _decision(match, decisions),
    )


def is_left(survey: Survey, match: Match) -> bool:
    """Whether more than a name says that it is the account of somebody who should have none there any more."""
    known = [survey.known[each.subject] for each in match.candidates]
    return bool(known) and match.rule is not Rule.NAME and all(each.gone for each in known)


def _place(survey: Survey, match: Match) -> str:
    known = survey.known.get(match.subject.subject) if match.subject else None
    state = match.account.state if match.account else None
    return (known.place if known else "") or (survey.place_of(state) if state else "")


def _decision(match: Match, decisions: Decisions) -> str:
    if match.rule is Rule.DECIDED and match.subject:
        return match.subject.key
    return PUT_OFF if match.account and match.account.id in decisions.put_off else ""


def _closed(survey: Survey, id: str) -> Row:
    """An account that has just been said not to be ours: an orphan that nobody asks about any more."""
    state = survey.states[id]
    said = (survey.kind_of(id), "", survey.name_of(state), survey.place_of(state), state.name or "", id)
    return Row(*said, Standing.ORPHAN, None, None, (), (), False, NOT_OURS)


def thought_of(survey: Survey, subject: Subject) -> str:
    """Somebody in words: name, number, department, and why no account should be there."""
    known = survey.known[subject.subject]
    about = "，".join(each for each in (subject.key, known.place, known.why if known.gone else "") if each)
    return f"{subject.name}（{about}）"


def counts(found: Iterable[Row]) -> dict[str, int]:
    """How many of each standing, in the order of a day's work."""
    number = Counter(row.standing for row in found if row.decision != NOT_OURS)
    order = (Standing.LINKED, Standing.PROPOSED, Standing.AMBIGUOUS, Standing.ORPHAN, Standing.MISSING)
    return {standing.value: number[standing] for standing in order}


def line(row: Row) -> str:
    """One line for the terminal."""
    who = f"{row.name}（{row.external_id}）" if row.external_id else row.name
    what = f" ← {row.account}" if row.account and row.external_id else (f" {row.account}" if row.account else "")
    why = f"：{RULES[row.rule]}，{row.score} 分" if row.rule and row.standing is Standing.PROPOSED else ""
    thought = f"；候选 {'、'.join(row.thought_of)}" if row.thought_of else ""
    return f"{STANDINGS[row.standing]} {KINDS[row.kind]} {who}{what}{why}{thought}"


def words(counted: Mapping[str, int]) -> str:
    """The counts in a sentence."""
    return "，".join(f"{STANDINGS[Standing(name)]} {number}" for name, number in counted.items())
