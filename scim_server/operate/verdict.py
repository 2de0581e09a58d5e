"""Why one system shows what it shows, and why not something else: from the policy's own decisions, restricted (S18)."""

from dataclasses import dataclass, replace

from mappings.model import Person, Presence
from mappings.policy import attendance, chains
from mappings.policy.decision import NEEDS, NOT_YET, WAITING, Decision
from mappings.policy.readings import NAMED, STAFF
from mappings.policy.service import Service
from mappings.policy.standing import PLAIN, Standing
from mappings.policy.states import in_service
from scim_server.operate.reading import Frame

KEPT_DOWN = "停止工作或离职暂缓期间，此前已不在用的考勤不重新开通"
NOT_ASKED = "未录使用需求，非在编人员按不需要计"
NOT_NEEDED = "使用需求为否"
NONE_NEEDED = "政务OA、政务微信、无感考勤均不需要，目录随之不设账号"
UNTOUCHED = "该项锁定未及此系统，不动"


@dataclass(frozen=True, slots=True)
class Because:
    """One reason for a state: the item, a sentence, the fact or mark it rests on, its first day, the points."""

    item: str
    text: str
    basis: str = ""
    since: str = ""
    readings: tuple[str, ...] = ()


def reasons(person: Person, day: str, found: Standing, seen: Frame) -> dict[str, list[Because]]:
    """By named system, every reason why it must be as the standing says; never none."""
    service = in_service(person, day, seen.org, seen.readings)
    return {system: list(_reasons(system, found, service)) for system in NAMED}


def _reasons(system: str, found: Standing, service: Service | None) -> list[Because]:
    if service is None:
        reason = found.reasons[system]
        return [Because(reason.article, reason.text if PLAIN in found.articles else NOT_YET.text)]
    if service.leaving is not None:
        return [_because(each) for each in found.decisions]
    if service.opened_on > service.day:
        return [Because(WAITING.article, WAITING.text, service.spell.id, service.spell.start, ("A02",))]
    if not _needed(system, service):
        return [_unneeded(system, service)]
    presence = found.systems[system]
    if presence is Presence.ACTIVE:
        opened = chains.first(chains.OPENING, service)
        kept = [_because(opened) if opened else Because("一", found.reasons[system].text)]
        return kept + [replace(_because(each), text=UNTOUCHED) for each in found.decisions]
    deciding = [_because(each) for each in found.decisions if each.effect.get(system) is presence]
    if presence is Presence.REMOVED and attendance.kept_down(service):
        deciding.append(Because("二(五)", KEPT_DOWN, readings=("A06",)))
    return deciding


def _needed(system: str, service: Service) -> bool:
    """The directory follows the other three (A01)."""
    return service.needs(system) if system != NAMED[0] else any(service.needs(each) for each in NAMED[1:])


def _unneeded(system: str, service: Service) -> Because:
    if system == NAMED[0]:
        return Because(NEEDS.article, NONE_NEEDED, "accessNeeds", readings=("A01", "A05"))
    said = getattr(service.facts.needs, system) is not None or service.facts.category in STAFF
    return Because(NEEDS.article, NOT_NEEDED if said else NOT_ASKED, "accessNeeds", readings=("A05",))


def _because(decision: Decision) -> Because:
    return Because(decision.item, decision.text, decision.basis, decision.since, decision.readings)
