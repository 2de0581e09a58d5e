"""The dossier of somebody with facts as a person reads it, in Chinese: facts, items, states, readings, letters."""

from collections.abc import Iterator
from typing import Any

from mappings.model import Presence
from mappings.policy.readings import TITLES
from scim_server.operate.fact_words import ANOMALIES, CATEGORIES, EVENTS, LETTER_KINDS, OUTCOMES, POSTS, RULINGS, SCOPES
from scim_server.reports.letters.rows import STATES
from scim_server.reports.words import ARTICLES, PRESENCES

Told = dict[str, Any]


def dossier_lines(answer: Told) -> Iterator[str]:
    """`answer`: the dossier beside the line of `states`."""
    yield from _facts(answer)
    for each in answer["decisions"]:
        yield f"条款：{each['item']}（{each['citation']}）{each['text']}{_grounds(each)}"
    for system, state in answer["systems"].items():
        yield from _state(system, state, answer["because"].get(system, []))
    yield f"部门：主岗 {answer['primary'] or '无'}；兼任 {'、'.join(answer['concurrent']) or '无'}"
    yield from (f"解释：{each}" for each in answer["readings"])
    yield from (f"待核：{ANOMALIES.get(each, each)}（{each}）" for each in answer["anomalies"])
    yield from (_letter(each) for each in answer["letters"])
    yield f"下次自行变化：{answer['reviewOn'] or '无'}"


def _facts(answer: Told) -> Iterator[str]:
    roster = answer["roster"]
    needs = "，".join(f"{TITLES[system]} {'要' if said else '不要'}" for system, said in roster["needs"].items())
    yield f"事实：{CATEGORIES.get(roster['category'], roster['category'])}{f'；使用需求：{needs}' if needs else ''}"
    yield from (f"事实：{_post(each)}" for each in roster["assignments"])
    yield from (f"事实：{_event(each)}" for each in roster["events"])
    yield from (f"标记：{_mark(each)}" for each in answer["marks"])


def _post(post: Told) -> str:
    where = " ".join(filter(None, (post["department"] or post["externalOrganization"], post["position"])))
    moved = "，人事关系转出" if post["relationTransferred"] else ""
    planned = f"，计划至 {post['plannedEnd']}" if post["plannedEnd"] and not post["end"] else ""
    kind = f"{POSTS[post['kind']]}{SCOPES[post['scope']]}"
    return f"{_days(post)} {kind} {where}{planned}{moved}（{post['value']}）"


def _event(event: Told) -> str:
    suspended = "，暂时停止工作" if event["workSuspended"] else ""
    outcome = f"，结果 {OUTCOMES[event['outcome']]}" if event["outcome"] else ""
    days = _days({"start": event["effective"], "end": event["end"]}) if event["end"] else event["effective"]
    return f"{days} {EVENTS[event['type']]}{suspended}{outcome}（{event['value']}）"


def _mark(mark: Told) -> str:
    kinds = {"bare-lock": "停用（裸锁）", "deleted": "由系统删除", "added-member": "由系统加入部门"}
    what = kinds.get(mark["kind"]) or RULINGS[mark["kind"]]
    where = f" {mark['department']}" if mark.get("department") else ""
    who = f"，{mark['by']}作出" if mark.get("by") else ""
    never = "，当日撤回" if mark["end"] and mark["end"] < mark["start"] else ""
    return f"{_days(mark)} {what}{where}{who}{never}"


def _days(span: Told) -> str:
    return f"{span['start']} 至 {span['end']}" if span["end"] else f"{span['start']} 起"


def _grounds(each: Told) -> str:
    """Which fact or mark, from when, under which readings."""
    said = [f"自 {each['since']}"] if each["since"] else []
    said += [f"依据 {each['basis']}"] if each["basis"] else []
    said += [f"解释 {'、'.join(each['readings'])}"] if each["readings"] else []
    return f"（{'，'.join(said)}）" if said else ""


def _state(system: str, state: str, because: list[Told]) -> Iterator[str]:
    why = "；".join(f"{ARTICLES.get(each['item'], each['item'])} {each['text']}{_grounds(each)}" for each in because)
    word = "不应有账号" if state == "removed" else PRESENCES[Presence(state)]
    yield f"应有状态：{TITLES.get(system, system)} {word}{f'：{why}' if why else ''}"


def _letter(each: Told) -> str:
    due = f"{each['due']}{'（暂定）' if each['provisional'] else ''}"
    came = f"，{each['sent']} 送达 {each['number']}" if each["sent"] else ""
    kind = f"{LETTER_KINDS[each['kind']]}{'（结束）' if each['phase'] == 'end' else ''}"
    asked = f"来函：{each['article']} {kind}，{each['sender_name']}，事由日 {each['event']}"
    return f"{asked}，期限 {due}{came}：{STATES[each['state']]}"
