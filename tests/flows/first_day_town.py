"""The district of `first_day` before four systems at once: with mobiles, moves, locks and strangers.

What is true is kept here: whose each account is, where its owner belongs, and who must have none. It is the same for
all systems; they differ in what they can show of an account.
"""

from collections import Counter
from dataclasses import dataclass, field, replace

from scim_server.scim.urns import ROSTER_USER
from tests.flows.first_day import Json, Old, OldDepartment, Population, population

MISSING = "G00-2"  # the department that no system has
CLUB = OldDepartment("X00", "老干部活动中心", None, ("老干部活动中心",))  # one that the roster does not know
EVERY = 15  # one in so many sits in the wrong department, is locked by hand, or is locked by the roster
PROTECTED = 5


@dataclass
class Town:
    """`shut`: logins of accounts that somebody has locked by hand. `barred`: externalIds that the roster locks."""

    people: dict[str, Json]
    groups: list[Json]
    departments: list[OldDepartment]
    accounts: list[Old]
    shut: set[str] = field(default_factory=set)
    barred: set[str] = field(default_factory=set)

    @property
    def owned(self) -> dict[str, Old]:
        """The account of everybody in service who has one."""
        return {account.owner: account for account in self.accounts if account.owner is not None}

    @property
    def serving(self) -> set[str]:
        """Who is in service."""
        return {key for key, body in self.people.items() if not _left(body)}

    @property
    def without(self) -> set[str]:
        """Who is in service and has no account yet: the only ones for whom one may be made."""
        return self.serving - self.owned.keys()

    def home(self, key: str) -> str:
        """The code of the department that somebody belongs to."""
        return str(self.people[key][ROSTER_USER]["assignments"][0]["department"])

    def name(self, key: str) -> str:
        return str(self.people[key]["name"]["formatted"])

    def login(self, key: str) -> str:
        return str(self.people[key]["userName"])

    def mail(self, key: str) -> str:
        return str(self.people[key]["emails"][0]["value"])

    def mobile(self, key: str) -> str:
        return str(self.people[key]["phoneNumbers"][0]["value"])

    def path(self, code: str) -> str:
        """The names of a department from the bureau down, with strokes between."""
        names = {body["externalId"]: body["displayName"] for body in self.groups} | {CLUB.code: CLUB.name}
        above = code.partition("-")[0]
        return names[code] if above == code else f"{names[above]}/{names[code]}"


def town(number: int, seed: int = 1) -> Town:
    """`number` people in service with all their stories, five protected accounts, and some that are none of ours."""
    base = population(number, seed, PROTECTED - 1)
    made = Town({each["externalId"]: each for each in base.people}, base.groups, [*base.departments, CLUB], [])
    accounts = [_with_mobile(made, each) for each in base.accounts]
    plain = [each for each in accounts if each.story in ("login", "mail")]
    moved = {each.login for each in plain[::EVERY]}
    made.shut = {each.login for each in plain[3::EVERY]}
    first, last = _unheard_of(made, base)
    made.barred = {str(each.owner) for each in plain[6::EVERY]} | {last}
    for key in made.barred:
        made.people[key]["active"] = False
    made.accounts = [_misplaced(each) if each.login in moved else each for each in accounts]
    made.accounts += _strangers(made, first)
    return made


def _with_mobile(made: Town, account: Old) -> Old:
    """Who is told by more than a name is told by the mobile too, where that is to be read."""
    unknown = account.owner is None or account.story in ("place", "namesake")
    return account if unknown else replace(account, mobile=made.mobile(str(account.owner)))


def _misplaced(account: Old) -> Old:
    """In the same office of another bureau."""
    bureau, _, office = str(account.department).partition("-")
    return replace(account, department=f"G{(int(bureau[1:]) + 1) % 8:02}-{office}")


def _unheard_of(made: Town, base: Population) -> tuple[str, str]:
    """Two of those without an account whose name nobody else bears."""
    borne = Counter(made.name(key) for key in made.people) + Counter(each.name for each in base.accounts)
    mails = {each.mail for each in base.accounts}
    free = [key for key in sorted(base.without) if borne[made.name(key)] == 1]
    alone = [key for key in free if made.mail(key) not in mails]
    return alone[0], alone[-1]


def _strangers(made: Town, key: str) -> list[Old]:
    """A protected account with the name of somebody who has none of their own, and the members of a club."""
    twin = Old("protected", "svc9", made.name(key), None, department=made.home(key), protected=True)
    club = [Old("stranger", f"club{n}", f"老同志{n}", None, department=CLUB.code) for n in range(3)]
    return [twin, *club]


def _left(body: Json) -> bool:
    return any(each["type"] == "retirement" for each in body[ROSTER_USER]["statusEvents"])
