"""`huaming policy table`: the chains as a reader of the regulation expects them, told by the policy itself."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from mappings.calendar import RULES
from mappings.policy import chains, letters
from mappings.policy.decision import Decision
from mappings.policy.readings import DEFAULT, TITLES, Readings
from mappings.policy.states import in_service, standing
from scim_server.operate.specimens import DAY, EVE, ORG, SPECIMENS, Specimen
from scim_server.reports.words import citation

# in the order of the regulation; which goes before which is said in ORDER
CONTENTS: tuple[tuple[str, chains.Chain], ...] = (
    ("一、开通：先述者为准", chains.OPENING),
    ("二、变更：主岗变动", chains.MOVING),
    ("二、变更：兼任", chains.JOINING),
    ("二、变更：兼任结束", chains.ENDING),
    ("二、锁定：并存的各系统取最严", chains.LOCKING),
    ("二、恢复", chains.RESTORING),
    ("二、不改变账号状态的事项", chains.REMARKS),
    ("三、四、注销：最先生效者为准", chains.CANCELLATION),
)
ORDER = "适用次序：离职（三、四）先于一切锁定；锁定（二）先于在用；并存的锁定在各系统取最严，解除一项不动其余。"
NEEDS = "accessNeeds"  # a fact without a date: its letter is asked for apart
KINDS = {"open": "开通", "change": "变更", "cancel": "注销"}
UNTIL = dict(zip(RULES, ("当日（遇休息日顺延）", "三个工作日内", "每月第一个工作日"), strict=True))


def table(readings: Readings) -> list[dict[str, Any]]:
    """Every item in the order of the regulation.

    `[{"chain", "item", "citation", "text", "applies", "effect": {system: [eve, day]}, "letters", "readings"}]`;
    `applies` is false where the readings that are set leave the item nothing to say.
    """
    if readings.letter_gate_from is not None:  # the gate holds for what the specimens do
        readings = replace(readings, letter_gate_from=EVE)
    return [_row(title, article, readings) for title, chain in CONTENTS for article in chain]


def _row(title: str, article: chains.Article, readings: Readings) -> dict[str, Any]:
    specimen = SPECIMENS[article.__name__]
    decision = _decision(specimen, article, readings)
    told = decision or _decision(specimen, article, DEFAULT)
    assert told is not None, article.__name__
    return {
        "chain": title,
        "item": told.item,
        "citation": citation(told.item),
        "text": told.text,
        "applies": decision is not None,
        "effect": _effect(specimen, readings),
        "letters": [_letter(each) for each in _owed(specimen, told, readings)],
        "readings": list(told.readings),
    }


def _decision(specimen: Specimen, article: chains.Article, readings: Readings) -> Decision | None:
    seen = in_service(specimen.person(), DAY, ORG, readings)
    return article(seen) if seen else None


def _effect(specimen: Specimen, readings: Readings) -> dict[str, list[str]]:
    """Each system on the eve and on the day."""
    eve, day = (standing(specimen.person(), each, ORG, readings).systems for each in (EVE, DAY))
    return {system: [eve[system].value, day[system].value] for system in TITLES}


def _owed(specimen: Specimen, decision: Decision, readings: Readings) -> list[letters.Owed]:
    person = specimen.person()
    found = [each for each in letters.owed(person, DAY, ORG, readings) if each.event == DAY]
    asked = letters.needs_letter(person, DAY, ORG, readings) if decision.basis == NEEDS else None
    return found + ([asked] if asked else [])


def _letter(owed: letters.Owed) -> dict[str, Any]:
    senders = [ORG.departments[key].name for key in owed.senders]
    return {"kind": owed.kind, "rule": owed.rule, "senders": senders}


def lines(rows: list[dict[str, Any]]) -> Iterator[str]:
    """The same as a person reads it."""
    yield ORDER
    chain = None
    for row in rows:
        if row["chain"] != chain:
            chain = row["chain"]
            yield f"\n{chain}"
        yield f"  {row['item']}（{row['citation']}）{row['text']}"
        yield f"      账号：{_account(row)}"
        yield f"      来函：{'；'.join(map(_letter_line, row['letters'])) or '无须来函'}"
        if row["readings"]:
            yield f"      解释：{'、'.join(row['readings'])}"


def _account(row: dict[str, Any]) -> str:
    said = "；".join(f"{TITLES[system]}{_change(*both)}" for system, both in row["effect"].items())
    return said if row["applies"] else f"按现设的解释不适用（{said}）"


def _change(eve: str, day: str) -> str:
    if eve != day:
        return {"active": "开通" if eve == "removed" else "解锁", "locked": "锁定", "removed": "注销"}[day]
    return "无账号" if day == "removed" else "不变"


def _letter_line(letter: dict[str, Any]) -> str:
    return f"{KINDS[letter['kind']]}函，{'、'.join(letter['senders'])}，{UNTIL[letter['rule']]}"
