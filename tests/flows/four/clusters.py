"""A district: the departments of the decision table, again and again under one root; and people who live in one lot."""

from collections.abc import Mapping
from datetime import date, timedelta
from random import Random
from typing import Any

from scim_server.scim.urns import ROSTER_GROUP, USER
from tests.policy.naive import Life
from tests.policy.people import DEPARTMENTS
from tests.policy.table import GROUPS
from tests.policy.wire.told import FIRST, LAST, Told, told

Json = dict[str, Any]
ROOT = "DT-D0"
CLONED = (*DEPARTMENTS, "DT-PTY")
FIRST_ONLY = ("DT-GOV", "DT-EDU-3")  # 13 clusters of nine, these two and the root: 120 departments
AHEAD = timedelta(days=45)  # worked out at once, where every day is asked for
HOME = "C01-GOV"  # where somebody without any department goes


def code(cluster: int, key: str) -> str:
    """The code in a cluster of what the table calls so."""
    return key if key == ROOT else key.replace("DT", f"C{cluster:02}", 1)


class District:
    """The bodies of all Groups by code, parents first, and the path of names of each, without the root's."""

    def __init__(self, clusters: int) -> None:
        self.clusters = clusters
        self.bodies: dict[str, Json] = {ROOT: GROUPS[ROOT]}
        for cluster in range(1, clusters + 1):
            for key, body in GROUPS.items():
                if key in CLONED or (cluster == 1 and key in FIRST_ONLY):
                    self.bodies[code(cluster, key)] = _cloned(cluster, body)
        self.paths = {each: self._path(each) for each in self.bodies}

    def around(self, cluster: int) -> list[Json]:
        """The Groups that somebody of a cluster may come across."""
        there = (code(cluster, key) for key in GROUPS)
        return [self.bodies[each] for each in there if each in self.bodies]

    def below_the_root(self) -> list[str]:
        return sorted(path for each, path in self.paths.items() if each != ROOT)

    def _path(self, of: str) -> str:
        body = self.bodies[of]
        parent = body[ROSTER_GROUP].get("parent")
        if parent is None:
            return ""
        return "/".join(filter(None, (self._path(parent), body["displayName"])))


def _cloned(cluster: int, body: Mapping[str, Any]) -> Json:
    """Under the root every name is one cluster's; offices are called the same everywhere."""
    facts = dict(body[ROSTER_GROUP])
    facts |= {"departmentCode": code(cluster, facts["departmentCode"]), "parent": code(cluster, facts["parent"])}
    name = body["displayName"] + (f"{cluster:02}" if facts["parent"] == ROOT else "")
    return {**body, "externalId": code(cluster, body["externalId"]), "displayName": name, ROSTER_GROUP: facts}


class Official(Told):
    """One person of a cluster. What must be said of him is worked out when somebody asks."""

    cluster: int
    groups: list[Json]
    unsettled: date | None = None

    def live(self, today: date) -> None:
        self.unsettled = min(today, self.unsettled or today)

    def today(self, day: date) -> Json:
        if self.unsettled is not None or day not in self.lived:
            self.live_until(min(day + AHEAD, LAST))
        return self.lived[day]

    def live_until(self, last: date) -> None:
        """What must be on every day until then."""
        since = min(self.unsettled or last, FIRST)
        self.lived = dict(Life(self.user, self.marks, self.groups, {}).walk(last, since))
        self.unsettled = None


def official(number: int, random: Random, district: District) -> Official:
    """The invented person of that number, in one of the clusters."""
    cluster = number % district.clusters + 1
    one = told(number, random)
    found = Official(one.key, one.user | _face_of(number, one.key), one.to_tell)
    for _, _, piece in found.to_tell:
        piece |= {name: code(cluster, piece[name]) for name in ("department", "sendingDepartment") if name in piece}
    found.cluster, found.groups = cluster, district.around(cluster)
    return found


def plain(number: int, district: District) -> Official:
    """Somebody of whom the roster knows no facts: in the directory alone, unless another system is opened to such."""
    key = f"P{number}"
    body = {"schemas": [USER], "externalId": key, "userName": key.lower()}
    one = Official(key, body | _face_of(500_000 + number, key), [])
    one.cluster = number % district.clusters + 1
    one.groups = district.around(one.cluster)
    return one


def _face_of(number: int, key: str) -> Json:
    """What everybody has: a name, a mobile, a mail."""
    return {
        "displayName": key,
        "name": {"formatted": f"王{key}", "familyName": "王"},
        "emails": [{"value": f"{key.lower()}@yazhou.example", "type": "work"}],
        "phoneNumbers": [{"value": f"1390{number:07}", "type": "mobile"}],
    }
