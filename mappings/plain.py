"""Users without facts (S1): what the roster says of them is what must be. Pure.

Active from creation, `active: false` is locked, DELETE is removed; the first
department Group joined is primary. The regulation does not speak of them, so the
article of every reason is `plain`.
"""

from collections.abc import Iterator
from datetime import date, timedelta

from mappings.facts import Ruling
from mappings.model import Action, Department, Org, Person, Presence, Reason

ARTICLE = "plain"
NOT_YET = "not-yet-joined"

OPENED = Reason(ARTICLE, "名册已登记，账号应当启用")
LOCKED = Reason(ARTICLE, "名册标记为停用，账号应当锁定")
REMOVED = Reason(ARTICLE, "名册已删除，账号应当注销")
KEPT = Reason(ARTICLE, "名册已删除，保留期内账号应当锁定")
UPDATED = Reason(ARTICLE, "名册资料有变更，账号应当与名册一致")
JOINED = Reason(ARTICLE, "名册已将其列入该部门或组，应当加入")
LEFT = Reason(ARTICLE, "名册未将其列入该部门或组，应当退出")
BECAUSE = {Action.UPDATE: UPDATED, Action.JOIN: JOINED, Action.LEAVE: LEFT}
GROUP = Reason(ARTICLE, "名册已登记该组")
NO_GROUP = Reason(ARTICLE, "名册已删除该组")
CLOSED = Reason(ARTICLE, "该系统不向无名册事实的用户开放")
BLOCKED = Reason(ARTICLE, "经裁定锁定账号")
REPLIED = Reason(ARTICLE, "复函称已离职，账号应当注销")
BEFORE = Reason(NOT_YET, "名册尚未登记，不应有账号")


def person_presence(
    person: Person, day: str, keep_days: int = 0, system: str = ""
) -> tuple[Presence, Reason, str | None]:
    """(presence, reason, review_on) of a plain user on one ISO day.

    `keep_days` as in S14. `system`: the named system that is asked for, as a block names it (S28).
    """
    if person.created and day < person.created:
        return Presence.REMOVED, BEFORE, person.created
    if person.removed is not None and day >= person.removed:
        return _leaving(person.removed, day, keep_days, REMOVED)
    rulings = [each for each in person.marks.rulings if each.holds(day)]
    replies = [each.start for each in rulings if each.kind == "reply-says-left"]
    if replies:
        return _leaving(min(replies), day, keep_days, REPLIED)
    later = _next_ruling(person.marks.rulings, day)
    if any(each.kind == "block" and system in each.systems for each in rulings):
        return Presence.LOCKED, BLOCKED, later
    if person.active:
        return Presence.ACTIVE, OPENED, later
    return Presence.LOCKED, LOCKED, later


def _next_ruling(rulings: tuple[Ruling, ...], day: str) -> str | None:
    """The first later day on which one begins or is over."""
    return min((each for ruling in rulings for each in _turns(ruling) if each > day), default=None)


def _turns(ruling: Ruling) -> Iterator[str]:
    yield ruling.start
    if ruling.end is not None:
        yield (date.fromisoformat(ruling.end) + timedelta(days=1)).isoformat()


def _leaving(left: str, day: str, keep_days: int, why: Reason) -> tuple[Presence, Reason, str | None]:
    ends = (date.fromisoformat(left) + timedelta(days=keep_days)).isoformat()
    if day < ends:
        return Presence.LOCKED, KEPT, ends
    return Presence.REMOVED, why, None


def group_presence(department: Department) -> tuple[Presence, Reason]:
    """A Group's entry is there, or not."""
    return (Presence.REMOVED, NO_GROUP) if department.removed else (Presence.ACTIVE, GROUP)


def primary_department(person: Person, org: Org) -> Department | None:
    """The first department Group joined; a plain Group is never primary (S1)."""
    joined = (org.departments.get(key) for key in person.groups)
    return next((department for department in joined if department and department.code), None)
