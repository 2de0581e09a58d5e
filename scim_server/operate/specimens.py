"""One imagined person for each item of the regulation: the items themselves tell what comes of the facts.

Nothing of the regulation is said here, only facts that meet an item; what the item says, does and demands is
asked of `mappings.policy`, under the readings that are set.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from mappings.facts import (
    NO_MARKS,
    NOT_SAID,
    AccessNeeds,
    AddedMember,
    Assignment,
    Facts,
    Marks,
    Ruling,
    Span,
    StatusEvent,
)
from mappings.model import Department, Org, Person

EVE = "2026-03-15"  # what was, before the fact
DAY = "2026-03-16"  # the first day of the fact, a Monday
LONG_AGO = "2020-01-02"

ORG = Org(
    {
        key: Department(key, key, name, key, kind, parent)
        for key, name, kind, parent in (
            ("root", "本区", "root", None),
            ("home", "所在部门", "gov", "root"),
            ("office", "科室", "office", "home"),
            ("annex", "另一科室", "office", "home"),
            ("other", "另一部门（接收、借入）", "gov", "root"),
        )
    }
)

HIRED = StatusEvent("hire", "hire", LONG_AGO, entry_route="recruited")
TODAY = replace(HIRED, effective=DAY)
POST = Assignment("post", "primary", "internal", LONG_AGO, department="office")
NEW_POST = replace(POST, start=DAY)
ABROAD = Assignment("loan", "secondment", "outbound", DAY, sending_department="home", external_organization="区外单位")
LENT = Assignment("loan", "secondment", "internal", DAY, department="other", sending_department="home")
INBOUND = Assignment("loan", "secondment", "inbound", DAY, department="office", external_organization="区外单位")
CONCURRENT = Assignment("role", "concurrent", "internal", DAY, department="other")
CASE = StatusEvent("case", "investigation", DAY, work_suspended=True)


@dataclass(frozen=True, slots=True)
class Specimen:
    """The facts and marks of one imagined person, whom the item meets on DAY."""

    posts: tuple[Assignment, ...] = (POST,)
    events: tuple[StatusEvent, ...] = (HIRED,)
    marks: Marks = NO_MARKS
    category: str = "administrative"
    needs: AccessNeeds = NOT_SAID

    def person(self) -> Person:
        """As the policy sees it."""
        facts = Facts(self.category, "none", self.needs, self.posts, self.events)
        return Person("specimen", "specimen", "specimen", facts=facts, marks=self.marks, created=LONG_AGO)


def _came(route: str, category: str = "administrative", needs: AccessNeeds = NOT_SAID) -> Specimen:
    return Specimen((NEW_POST,), (replace(TODAY, entry_route=route),), category=category, needs=needs)


def _left(type: str) -> Specimen:
    return Specimen(events=(HIRED, StatusEvent("out", type, DAY)))


def _moved(department: str) -> Specimen:
    return Specimen((replace(POST, end=EVE), replace(NEW_POST, value="next", department=department)))


def _over(post: Assignment) -> Specimen:
    return Specimen((POST, replace(post, start=LONG_AGO, end=EVE)))


SPECIMENS: Mapping[str, Specimen] = {
    "article_1_rehired": Specimen(
        (NEW_POST,),
        (HIRED, StatusEvent("out", "resignation", "2025-03-03"), replace(TODAY, value="again")),
    ),
    "article_1_1_recruited_staff": _came("recruited"),
    "article_1_2_recruited_employee": _came("recruited", "gov-employee"),
    "article_1_2_contractor": _came("contract", "outsourced", needs=AccessNeeds(oa=True, wecom=True)),
    "article_1_3_from_outside": Specimen((INBOUND,), (replace(TODAY, entry_route="secondment-in"),)),
    "article_1_4_other_need": _came("other"),
    "article_2_1_moved_inside": _moved("annex"),
    "article_2_2_moved_between": _moved("other"),
    "article_2_3_seconded_inside": Specimen((POST, LENT)),
    "article_2_3_back_from_host": _over(LENT),
    "article_2_4_posted_outside": Specimen((POST, ABROAD)),
    "article_2_4_returned": _over(ABROAD),
    "article_2_5_suspended": Specimen(events=(HIRED, CASE)),
    "article_2_5_exit_held": Specimen(
        events=(HIRED, replace(CASE, work_suspended=False, effective=EVE), StatusEvent("out", "resignation", DAY))
    ),
    "article_2_5_reinstated": Specimen(
        events=(HIRED, replace(CASE, effective="2026-01-05", end=EVE, outcome="cleared"))
    ),
    "article_2_5_at_work": Specimen(events=(HIRED, replace(CASE, work_suspended=False))),
    "article_2_6_concurrent": Specimen((POST, CONCURRENT)),
    "article_2_6_added_member": Specimen(marks=Marks(added_members=(AddedMember(DAY, None, "other"),))),
    "article_2_6_role_over": _over(CONCURRENT),
    "article_2_6_needs_changed": Specimen(needs=AccessNeeds(attendance=False)),
    "article_2_6_other_lock": Specimen(events=(HIRED, StatusEvent("lock", "other-lock", DAY))),
    "article_2_6_bare_lock": Specimen(marks=Marks(bare_locks=(Span(DAY),))),
    "article_2_6_block": Specimen(marks=Marks(rulings=(Ruling(DAY, by="bureau"),))),
    "article_3_1_retirement": _left("retirement"),
    "article_3_2_resignation": _left("resignation"),
    "article_3_3_death": _left("death"),
    "article_3_4_expulsion": _left("expulsion"),
    "article_3_5_dismissal": _left("dismissal"),
    "article_3_6_transferred_out": _left("transfer-out"),
    "article_3_6_posted_away": Specimen((POST, replace(ABROAD, relation_transferred=True))),
    "article_3_6_gone_home": Specimen(
        (replace(INBOUND, start=LONG_AGO, end=EVE),), (replace(HIRED, entry_route="secondment-in"),)
    ),
    "article_3_7_other": _left("other-departure"),
    "article_3_7_deleted": Specimen(marks=Marks(deleted=(Span(DAY),))),
    "article_4_reply_says_left": Specimen(
        marks=Marks(rulings=(Ruling(DAY, None, "reply-says-left", "bureau", departure="resignation"),))
    ),
}
