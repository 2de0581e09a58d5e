"""A district as it is before the first day: people with facts, and the accounts that a system has had for years.

`population(number, seed)` invents both, and keeps what is true besides: whose each account really is. A system is
furnished by a hook that puts one department or one account there; the same population serves any number of systems.
"""

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from scim_server.scim.urns import ROSTER_USER, USER
from tests.flows import client as say

Json = dict[str, Any]

ROOT = "D00"
BUREAUS = ("区教育局", "区卫健委", "区民政局", "区水务局", "区住建局", "区财政局", "区审计局", "区司法局")
OFFICES = ("办公室", "人事科", "财务科")  # the same in each bureau
FAMILIES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗"
GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超霞平刚红梅建文玉兰春生海云"
SHARES = {  # of the people in service: how the old account, if there is one, can be recognised
    "login": 0.55,
    "staff": 0.10,  # another login, the number in full-width characters
    "mail": 0.13,  # another login
    "place": 0.04,  # nothing but the name, in full width, and the department
    "namesake": 0.03,
    "duplicate": 0.01,
    "crossed": 0.01,  # the login is theirs, the mail somebody else's
    "none": 0.13,
}
LEFT = 0.05  # on top: people who left, half of whom the roster has never heard of


@dataclass(frozen=True)
class OldDepartment:
    """A department as the system has it. `code`: what the roster calls it."""

    code: str
    name: str
    parent: str | None  # a code
    path: tuple[str, ...]


@dataclass(frozen=True)
class Old:
    """An account that was there before us. `owner`: whose it really is, an externalId; None: nobody's in service."""

    story: str
    login: str
    name: str
    owner: str | None
    mail: str = ""
    mobile: str = ""
    staff: str = ""
    department: str | None = None  # a code
    protected: bool = False


@dataclass
class Population:
    """`people` and `groups` as HR pushes them, the groups parents first."""

    groups: list[Json] = field(default_factory=list)
    people: list[Json] = field(default_factory=list)
    departments: list[OldDepartment] = field(default_factory=list)
    accounts: list[Old] = field(default_factory=list)

    def furnish(self, put: Callable[[OldDepartment | Old], None]) -> None:
        """Puts everything into one system, departments first."""
        for department in self.departments:
            put(department)
        for account in self.accounts:
            put(account)

    @property
    def without(self) -> set[str]:
        """Who is in service and has no account yet: the only ones for whom one may be made."""
        have = {account.owner for account in self.accounts}
        return {each["externalId"] for each in self.people if not _left(each)} - {str(owner) for owner in have}

    def decision(self, account: Old) -> str:
        """What a clerk who knows everybody writes about it."""
        return account.owner or "非我方"


def population(number: int, seed: int = 1, protected: int = 5) -> Population:
    """`number` people in service, some more who have left."""
    return _Maker(random.Random(seed), number).made(protected)


class _Maker:
    def __init__(self, chance: random.Random, number: int) -> None:
        self.chance = chance
        self.number = number
        self.made_of = Population()
        self.homes: list[str] = []
        self.names: set[tuple[str, str]] = set()
        self.serial = 0

    def made(self, protected: int) -> Population:
        self._departments()
        stories = [story for story, share in SHARES.items() for _ in range(max(2, round(share * self.number)))]
        self.chance.shuffle(stories)
        for story in stories[: self.number]:
            getattr(self, f"_{story}")()
        for place in range(max(2, round(LEFT * self.number))):
            self._left_long_ago(known=place % 2 == 0)
        for place in range(protected):
            login = f"svc{place}"
            self._account(Old("protected", login, f"服务账号{place}", None, mail=f"{login}@x.cn", protected=True))
        self._impostor()
        return self.made_of

    def _departments(self) -> None:
        made = self.made_of
        made.groups.append(say.department("崖州区", ROOT, None, "root"))
        for place, bureau in enumerate(BUREAUS):
            code = f"G{place:02}"
            made.groups.append(say.department(bureau, code, ROOT, "gov"))
            made.departments.append(OldDepartment(code, bureau, None, (bureau,)))
            for number, office in enumerate(OFFICES):
                made.groups.append(say.department(office, f"{code}-{number}", code))
                self.homes.append(f"{code}-{number}")
                if (place, number) != (0, 2):  # one that the system does not have
                    made.departments.append(OldDepartment(f"{code}-{number}", office, code, (bureau, office)))

    # -- people

    def _person(self, name: str | None = None, home: str | None = None, *events: Json) -> Json:
        self.serial += 1
        home = home or self.chance.choice(self.homes)
        while name is None or (name, home) in self.names:
            name = self.chance.choice(FAMILIES) + "".join(self.chance.choices(GIVEN, k=2))
        self.names.add((name, home))
        key, login = f"E{self.serial:06}", f"user{self.serial}"
        body = say.user(login, key) | {
            "schemas": [USER, ROSTER_USER],
            "name": {"formatted": name, "familyName": name[0], "givenName": name[1:]},
            "emails": [{"value": f"{login}@yazhou.gov.cn", "type": "work"}],
            "phoneNumbers": [{"value": f"139{self.serial:08}", "type": "mobile"}],
            ROSTER_USER: {
                "employmentCategory": "administrative",
                "assignments": [_post(home)],
                "statusEvents": [_event("h1", "hire", "2020-01-02", entryRoute="recruited"), *events],
            },
        }
        self.made_of.people.append(body)
        return body

    def _account(self, account: Old) -> None:
        self.made_of.accounts.append(account)

    def _of(self, person: Json, story: str, **changes: Any) -> Old:
        """The account of a person under another login, in the right department, with nothing else of theirs."""
        usual = {"login": f"old{self.serial}", "name": person["name"]["formatted"], "department": _home(person)}
        return Old(story, owner=person["externalId"], **(usual | changes))

    # -- how an account can be recognised

    def _login(self) -> None:
        person = self._person()
        self._account(self._of(person, "login", login=person["userName"].upper(), mail=_mail(person)))

    def _staff(self) -> None:
        person = self._person()
        name = _wide(person["name"]["formatted"])
        self._account(self._of(person, "staff", staff=_wide(person["externalId"]), name=name))

    def _mail(self) -> None:
        person = self._person()
        self._account(self._of(person, "mail", mail=_mail(person).upper()))

    def _place(self) -> None:
        person = self._person()
        self._account(self._of(person, "place", name=" " + "　".join(person["name"]["formatted"])))

    def _none(self) -> None:
        self._person()

    def _namesake(self) -> None:
        """Two of one name in one department, and one account of that name: it is the second one's."""
        first = self._person()
        home = _home(first)
        self.names.discard((first["name"]["formatted"], home))
        second = self._person(first["name"]["formatted"], home)
        self._account(self._of(second, "namesake"))

    def _duplicate(self) -> None:
        """Two accounts of one person, both with the mail; the second is an old one that nobody uses."""
        person = self._person()
        self._account(self._of(person, "duplicate", mail=_mail(person)))
        name, again = person["name"]["formatted"], f"older{self.serial}"
        self._account(Old("duplicate", again, name, None, _mail(person), department=_home(person)))

    def _crossed(self) -> None:
        """Somebody's account carries the mail of a colleague who has none."""
        person, colleague = self._person(), self._person()
        self._account(self._of(person, "crossed", login=person["userName"], mail=_mail(colleague)))

    # -- who is not there any more, and who never was

    def _left_long_ago(self, known: bool) -> None:
        if known:
            person = self._person(None, None, _event("x1", "retirement", "2023-05-06"))
            said = {"login": person["userName"], "mail": _mail(person), "staff": person["externalId"]}
            name = person["name"]["formatted"]
            self._account(Old("left", owner=None, name=name, department=_home(person), **said))
        else:
            self.serial += 1
            login = f"gone{self.serial}"
            self._account(Old("left", login, f"离任{self.serial}", None, f"{login}@yazhou.gov.cn"))

    def _impostor(self) -> None:
        """A stranger bears the name of somebody without an account, in the same department."""
        person = self._person()
        self._account(Old("impostor", "impostor", person["name"]["formatted"], None, department=_home(person)))


def _post(home: str) -> Json:
    return {"value": "a1", "kind": "primary", "scope": "internal", "department": home, "startDate": "2020-01-02"}


def _event(value: str, type: str, day: str, **more: Any) -> Json:
    return {"value": value, "type": type, "effectiveDate": day} | more


def _left(person: Json) -> bool:
    return any(each["type"] == "retirement" for each in person[ROSTER_USER]["statusEvents"])


def _home(person: Json) -> str:
    return str(person[ROSTER_USER]["assignments"][0]["department"])


def _mail(person: Json) -> str:
    return str(person["emails"][0]["value"])


def _wide(text: str) -> str:
    """The same in full-width characters."""
    return "".join(chr(ord(each) + 0xFEE0) if "!" <= each <= "~" else each for each in text)
