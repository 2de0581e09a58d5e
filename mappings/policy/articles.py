"""The regulation (崖州府办〔2021〕142号) item by item: each function says whether its item applies to a Service.

A docstring opens with the item and the rows of the decision table. None: the item says nothing. Which
items are asked, and in which order, is in `chains`.
"""

from mappings.facts import Span, mark_name
from mappings.model import Presence, Reason
from mappings.policy import memberships, posts
from mappings.policy.decision import IN_SERVICE, LEFT, LOCKED, RESTORED, Decision
from mappings.policy.departments import same_top
from mappings.policy.departures import DELETED, EVENT, EVENTS, GONE_HOME, POSTED_AWAY, REPLY
from mappings.policy.readings import NAMED, STAFF
from mappings.policy.service import Service, holding, lifted

_ACCOUNTS = dict.fromkeys(("ldap", "oa", "wecom"), Presence.LOCKED)
_AWAY = {**_ACCOUNTS, "attendance": Presence.REMOVED}
_GONE = dict.fromkeys(NAMED, Presence.REMOVED)


# 一 opening


def article_1_rehired(service: Service) -> Decision | None:
    """一 (R108): whoever left and is hired anew gets new accounts."""
    return _opening(service, "一", "离职后再次入职，注册新账号") if service.spell.out_since else None


def article_1_1_recruited_staff(service: Service) -> Decision | None:
    """一(一) (R101): a newly recruited member of the established staff."""
    established = service.facts.category in ("administrative", "institutional")
    return _opening(service, "一(一)", "新录用在编人员报到，开通账号") if established else None


def article_1_2_recruited_employee(service: Service) -> Decision | None:
    """一(二) (R102): a newly recruited government employee."""
    employed = service.facts.category == "gov-employee"
    return _opening(service, "一(二)", "新录用政府雇员报到，开通账号") if employed else None


def article_1_2_contractor(service: Service) -> Decision | None:
    """一(二), 一(四) (R103, R104): contractors and others off the establishment, by their needs."""
    if service.facts.category in STAFF:
        return None
    if all(service.needs(each) for each in ("oa", "wecom", "attendance")):
        return _opening(service, "一(二)", "外包服务人员到岗，按需求开通账号")
    return _opening(service, "一(二)+一(四)", "外包服务人员到岗，只开通所需系统账号", ("A05",))


def article_1_3_from_outside(service: Service) -> Decision | None:
    """一(三) (R105, R106): transferred, seconded or attached from outside the district."""
    if service.spell.inbound:
        return _opening(service, "一(三)", "从区外挂职、借调到本区工作，开通账号")
    transferred = service.spell.hire.entry_route == "transfer-in"
    return _opening(service, "一(三)", "从区外调任、转任到本区工作，开通账号") if transferred else None


def article_1_4_other_need(service: Service) -> Decision | None:
    """一(四) (R107): anybody who needs an account for another reason."""
    other = service.spell.hire.entry_route == "other"
    return _opening(service, "一(四)", "因其他原因需要，按需求开通账号", ("A05",)) if other else None


# 二 change


def article_2_1_moved_inside(service: Service) -> Decision | None:
    """二(一) (R201): another post in the same department."""
    move = next(reversed(memberships.moves(service)), None)
    if move is None or not same_top(service.org, move.before.department, move.post.department):
        return None
    return _change("二(一)", "本部门内部岗位变动，变更账号信息", move.post.value, move.post.start, ("A25",))


def article_2_2_moved_between(service: Service) -> Decision | None:
    """二(二) (R202): a post in another department of the district."""
    move = next(reversed(memberships.moves(service)), None)
    if move is None or same_top(service.org, move.before.department, move.post.department):
        return None
    return _change("二(二)", "区内部门之间变动，变更账号信息", move.post.value, move.post.start, ("A25",))


def article_2_3_seconded_inside(service: Service) -> Decision | None:
    """二(三) (R203): seconded or attached to another department of the district, a concurrent role there."""
    found = posts.latest(each for each in memberships.roles(service) if each.kind in ("secondment", "attachment"))
    return (
        _change("二(三)", "区内借调、挂职，账号作兼任处理", found.value, found.start, ("A03", "A08")) if found else None
    )


def article_2_3_back_from_host(service: Service) -> Decision | None:
    """二(三) (R203): the secondment or attachment has ended, the role at the host with it."""
    found = memberships.role_over(service)
    if found is None or found.kind not in ("secondment", "attachment"):
        return None
    return _change("二(三)", "区内借调、挂职结束，退出兼任部门", found.ref, found.out_since, ("A08",))


def article_2_4_posted_outside(service: Service) -> Decision | None:
    """二(四) (R204): seconded or attached to outside the district, the relation stays."""
    lock = holding(service.absences, service.day)
    text = "借调、挂职到区外，锁定政务OA、政务微信账号，注销无感考勤账号"
    return Decision("二(四)", text, LOCKED, lock.ref, lock.start, _AWAY, ("A01", "A04", "A08")) if lock else None


def article_2_4_returned(service: Service) -> Decision | None:
    """二(四) (R204e): back from outside, the end on record."""
    lock = lifted(service, service.absences)
    text = "借调、挂职到区外结束返回，解除锁定，重新开通无感考勤账号"
    return Decision("二(四)", text, RESTORED, lock.ref, lock.free_on, readings=("A08",)) if lock else None


def article_2_5_suspended(service: Service) -> Decision | None:
    """二(五) (R205, R205x): investigated and suspended from work, until an outcome that keeps the post."""
    lock = holding(service.suspensions, service.day)
    if lock is None:
        return None
    case = next(each for each in service.cases if each.value == lock.ref)
    text = "立案审查调查并暂时停止工作，锁定政务OA、政务微信账号"
    if case.end is not None and case.outcome is None and case.end < service.day:
        text = "审查调查已结束但未录结果，账号保持锁定"
    return Decision("二(五)", text, LOCKED, lock.ref, lock.start, _ACCOUNTS, ("A01", "A06", "A07"), urgent=True)


def article_2_5_exit_held(service: Service) -> Decision | None:
    """二(五) (C06): an exit that the law bars during a case is held, the account locked."""
    found = [each for each in service.ways_out if each.held.holds(service.day)]
    held = min(found, key=lambda each: (each.recorded, each.ref), default=None)
    text = "立案审查调查期间依法不得办理离职手续，账号锁定"
    return Decision("二(五)", text, LOCKED, held.ref, held.recorded, _ACCOUNTS, ("A01", "A26")) if held else None


def article_2_5_reinstated(service: Service) -> Decision | None:
    """二(五) (R205e): the case has ended, the person keeps a post."""
    lock = lifted(service, service.suspensions)
    return Decision("二(五)", "审查调查结束，恢复工作，解除锁定", RESTORED, lock.ref, lock.free_on) if lock else None


def article_2_5_at_work(service: Service) -> Decision | None:
    """二(五) (R205n): investigated but not suspended: no lock."""
    at_work = [each for each in service.cases if not each.work_suspended]
    going_on = [each for each in at_work if Span(each.effective, each.end).holds(service.day)]
    found = min(going_on, key=lambda each: (each.effective, each.value), default=None)
    if found is None:
        return None
    text = "立案审查调查但未停止工作，不锁定账号"
    return Decision("二(五)", text, IN_SERVICE, found.value, found.effective, readings=("A07",))


def article_2_6_concurrent(service: Service) -> Decision | None:
    """二(六) (R203b): a standing concurrent role in another department."""
    found = posts.latest(each for each in memberships.roles(service) if each.kind == "concurrent")
    return _change("二(六)", "兼任其他部门工作，账号作兼任处理", found.value, found.start) if found else None


def article_2_6_added_member(service: Service) -> Decision | None:
    """二(六) (R203c): a concurrent role that SCIM added, its letter to follow."""
    found = max(service.added_members, key=lambda each: (each.start, each.department), default=None)
    text = "由系统加入部门，账号作兼任处理，来函待补"
    return (
        _change("二(六)", text, mark_name(f"member of {found.department}", found.start), found.start, ("A27",))
        if found
        else None
    )


def article_2_6_role_over(service: Service) -> Decision | None:
    """二(六) (R203b, R203c): a concurrent role has ended."""
    found = memberships.role_over(service)
    if found is None or found.kind not in ("concurrent", "member"):
        return None
    return _change("二(六)", "兼任结束，退出兼任部门", found.ref, found.out_since)


def article_2_6_needs_changed(service: Service) -> Decision | None:
    """二(六) (R206): some system is not needed: no account there. Needs have no date."""
    if all(service.needs(each) for each in ("oa", "wecom", "attendance")):
        return None
    return _change("二(六)", "使用需求变化，按需求开通或注销账号", "accessNeeds", service.spell.start, ("A05",))


def article_2_6_other_lock(service: Service) -> Decision | None:
    """二(六) (R206b): a lock for another reason, until its end."""
    found = min(service.other_locks, key=lambda each: (each.effective, each.value), default=None)
    text = "因其他原因临时锁定账号"
    return Decision("二(六)", text, LOCKED, found.value, found.effective, _ACCOUNTS, ("A01",)) if found else None


def article_2_6_bare_lock(service: Service) -> Decision | None:
    """二(六) (R207): `active: false` with no event behind it."""
    found = min(service.bare_locks, key=lambda each: each.start, default=None)
    text = "名册停用而无状态事件（裸锁），锁定账号"
    return (
        Decision("二(六)", text, LOCKED, mark_name("bare-lock", found.start), found.start, _ACCOUNTS, ("A01", "A23"))
        if found
        else None
    )


def article_2_6_block(service: Service) -> Decision | None:
    """二(六) (R208): blocked by a person of the bureau, in the systems that the ruling names."""
    found = [each for each in service.marks.rulings if each.kind == "block" and each.holds(service.day)]
    if not found:
        return None
    named = {system for each in found for system in each.systems}
    effect = {system: presence for system, presence in _AWAY.items() if system in named}
    start = min(each.start for each in found)
    return Decision("二(六)", "管理员裁定锁定账号", LOCKED, mark_name("block", start), start, effect)


# 三 cancellation: of several departures the one that took effect first


def article_3_1_retirement(service: Service) -> Decision | None:
    """三(一) (R301)."""
    return _leaving(service, "retirement", "三(一)", "退休，注销账号")


def article_3_2_resignation(service: Service) -> Decision | None:
    """三(二) (R302)."""
    return _leaving(service, "resignation", "三(二)", "辞职，注销账号")


def article_3_3_death(service: Service) -> Decision | None:
    """三(三) (R303)."""
    return _leaving(service, "death", "三(三)", "去世，注销账号")


def article_3_4_expulsion(service: Service) -> Decision | None:
    """三(四) (R304)."""
    return _leaving(service, "expulsion", "三(四)", "开除公职，注销账号")


def article_3_5_dismissal(service: Service) -> Decision | None:
    """三(五) (R305)."""
    return _leaving(service, "dismissal", "三(五)", "辞退，注销账号")


def article_3_6_transferred_out(service: Service) -> Decision | None:
    """三(六) (R306): transferred or selected to outside the district."""
    return _leaving(service, "transfer-out", "三(六)", "调任、转任、遴选到区外，注销账号")


def article_3_6_posted_away(service: Service) -> Decision | None:
    """三(六) (R306b): posted to outside, the personnel relation transferred."""
    text = "借调、挂职到区外且人事关系转出，注销账号"
    return _leaving(service, "transfer-out", "三(六)", text, POSTED_AWAY, ("A04",))


def article_3_6_gone_home(service: Service) -> Decision | None:
    """三(六) (R306c): an inbound person has gone back."""
    text = "外来挂职、借调人员返回原单位，注销账号"
    return _leaving(service, "transfer-out", "三(六)", text, GONE_HOME, ("A04",))


def article_3_7_other(service: Service) -> Decision | None:
    """三(七) (R307): another reason, as the end of a contract."""
    return _leaving(service, "other-departure", "三(七)", "因其他原因离职，注销账号")


def article_3_7_deleted(service: Service) -> Decision | None:
    """三(七) (R307d): deleted by SCIM."""
    text = "名册删除人员而无离职事件，注销账号"
    return _leaving(service, "other-departure", "三(七)", text, DELETED, ("A23",))


# 四 check and reply


def article_4_reply_says_left(service: Service) -> Decision | None:
    """四 (R404, R404s): cancelled on the reply of the department; listed as the departure that it tells of."""
    departure = service.leaving
    if departure is None or departure.source != REPLY:
        return None
    text = "复函称已离职，注销账号" + ("" if service.shows_departure else "，名册待补录")
    article = ITEM_OF[departure.type]
    return Decision("四", text, LEFT, departure.ref, departure.effective or "", _GONE, ("A14",), article)


ITEM_OF = dict(zip(EVENTS, (f"三({each})" for each in "一二三四五六七"), strict=True))


def _opening(service: Service, item: str, text: str, readings: tuple[str, ...] = ()) -> Decision:
    spell = service.spell
    return Decision(item, text, Reason(item, text), spell.id, spell.start, readings=readings, article="一")


def _change(item: str, text: str, basis: str, since: str, readings: tuple[str, ...] = ()) -> Decision:
    return Decision(item, text, Reason(item, text), basis, since, readings=readings)


def _leaving(
    service: Service, type: str, item: str, text: str, source: str = EVENT, readings: tuple[str, ...] = ()
) -> Decision | None:
    departure = service.leaving
    if departure is None or departure.type != type or departure.source != source:
        return None
    held = ("A26",) if departure.barred else ()
    return Decision(item, text, LEFT, departure.ref, departure.effective or "", _GONE, ("A19", *readings, *held))
