"""Three who say the same things in their own way: Entra (default mode), Okta, and one who keeps to the RFC.

What is said comes in neutral words. Facts of a person: login, family, given, shown, mail, home, mobile, title, office,
number, boss (a person). A fact that is None is taken away.
"""

from abc import ABC, abstractmethod
from typing import Any

import httpx

from scim_server.scim.urns import ENTERPRISE_USER, GROUP, PATCH_OP, USER
from tests.scim.clients.wire import matching
from tests.scim.house import made

Facts = dict[str, str | None]
PATHS = {
    "login": "userName",
    "family": "name.familyName",
    "given": "name.givenName",
    "shown": "displayName",
    "mail": 'emails[type eq "work"].value',
    "home": 'emails[type eq "home"].value',
    "mobile": 'phoneNumbers[type eq "mobile"].value',
    "title": "title",
    "office": f"{ENTERPRISE_USER}:department",
    "number": f"{ENTERPRISE_USER}:employeeNumber",
    "boss": f"{ENTERPRISE_USER}:manager",
}


class Speaker(ABC):
    """Knows the server's ids of those of whom it spoke."""

    def __init__(self, scim: httpx.AsyncClient) -> None:
        self.scim = scim
        self.ids: dict[str, str] = {}
        self.facts: dict[str, Facts] = {}

    # -- what happens

    async def hire(self, who: str, **facts: str | None) -> None:
        """Somebody new."""
        self.facts[who] = facts
        body = self.person(who)
        assert await matching(self.scim, "/Users", f'userName eq "{body["userName"]}"') == []
        self.ids[who] = (await made(self.scim, "/Users", body))["id"]

    async def learn(self, who: str, **facts: str | None) -> None:
        """Something about somebody has changed."""
        before = self.facts[who]
        self.facts[who] = before | facts
        await self.tell(who, before, facts)

    @abstractmethod
    async def tell(self, who: str, before: Facts, facts: Facts) -> None:
        """Sends what has changed."""

    @abstractmethod
    async def lock(self, who: str) -> None: ...

    @abstractmethod
    async def unlock(self, who: str) -> None: ...

    async def leave(self, who: str) -> None:
        """Deleted for good."""
        assert (await self.scim.delete(f"/Users/{self.ids[who]}")).status_code == 204

    async def found(self, team: str, name: str) -> None:
        """A new group, without members."""
        body = {"schemas": self.group_schemas, "externalId": team, "displayName": name}
        self.ids[team] = (await made(self.scim, "/Groups", body))["id"]

    @abstractmethod
    async def call(self, team: str, name: str) -> None:
        """A group gets another name."""

    @abstractmethod
    async def move(self, team: str, out: tuple[str, ...], into: tuple[str, ...]) -> None:
        """Members that go, and members that come."""

    async def dissolve(self, team: str) -> None:
        assert (await self.scim.delete(f"/Groups/{self.ids[team]}")).status_code == 204

    # -- how it is said

    group_schemas = (GROUP,)

    def person(self, who: str) -> dict[str, Any]:
        """The whole of a person, as all three send it."""
        facts = {fact: value for fact, value in self.facts[who].items() if value is not None}
        name = {"familyName": facts.get("family"), "givenName": facts.get("given")}
        mails = [("work", facts.get("mail")), ("home", facts.get("home"))]
        emails = [
            {"value": value, "type": kind, **({"primary": True} if kind == "work" else {})}
            for kind, value in mails
            if value
        ]
        work = {"department": facts.get("office"), "employeeNumber": facts.get("number")}
        work |= {"manager": {"value": self.ids[facts["boss"]]}} if "boss" in facts else {}
        phones = [{"value": facts["mobile"], "type": "mobile"}] if "mobile" in facts else []
        body = {"userName": facts["login"], "externalId": who, "displayName": facts.get("shown"), "name": name,
                "title": facts.get("title"), "active": True, "emails": emails, "phoneNumbers": phones}  # fmt: skip
        return {"schemas": [USER, ENTERPRISE_USER], **body, ENTERPRISE_USER: work}

    async def patch(self, endpoint: str, who: str, operations: list[dict[str, Any]]) -> None:
        body = {"schemas": [PATCH_OP], "Operations": operations}
        answer = await self.scim.patch(f"{endpoint}/{self.ids[who]}", json=body)
        assert answer.status_code == 200, answer.text

    async def read(self, endpoint: str, who: str) -> dict[str, Any]:
        found: dict[str, Any] = (await self.scim.get(f"{endpoint}/{self.ids[who]}")).json()
        return found

    async def put(self, endpoint: str, who: str, body: dict[str, Any]) -> None:
        answer = await self.scim.put(f"{endpoint}/{self.ids[who]}", json=body)
        assert answer.status_code == 200, answer.text


class Entra(Speaker):
    """An operation for each attribute, capitalised; booleans and managers are strings; members by value arrays."""

    group_schemas = (GROUP, "http://schemas.microsoft.com/2006/11/ResourceManagement/ADSCIM/2.0/Group")

    def person(self, who: str) -> dict[str, Any]:
        return super().person(who) | {"meta": {"resourceType": "User"}, "roles": []}

    async def tell(self, who: str, before: Facts, facts: Facts) -> None:
        operations: list[dict[str, Any]] = []
        for fact, value in facts.items():
            if value is None:
                operations.append({"op": "Remove", "path": PATHS[fact]})
                continue
            said = self.ids[value] if fact == "boss" else value
            operations.append({"op": "Replace" if before.get(fact) else "Add", "path": PATHS[fact], "value": said})
            if fact == "mail" and not before.get(fact):
                operations.append({"op": "Add", "path": 'emails[type eq "work"].primary', "value": "True"})
        await self.patch("/Users", who, operations)

    async def lock(self, who: str) -> None:
        await self.patch("/Users", who, [{"op": "Replace", "path": "active", "value": "False"}])

    async def unlock(self, who: str) -> None:
        await self.patch("/Users", who, [{"op": "Replace", "path": "active", "value": "True"}])

    async def call(self, team: str, name: str) -> None:
        await self.patch("/Groups", team, [{"op": "Replace", "path": "displayName", "value": name}])

    async def move(self, team: str, out: tuple[str, ...], into: tuple[str, ...]) -> None:
        for op, people in (("Remove", out), ("Add", into)):
            value = [{"$ref": None, "value": self.ids[who]} for who in people]
            if value:
                await self.patch("/Groups", team, [{"op": op, "path": "members", "value": value}])


class Okta(Speaker):
    """PUT of what was read; activation and groups by PATCH."""

    async def tell(self, who: str, before: Facts, facts: Facts) -> None:
        read = await self.read("/Users", who)
        ours = {"id", "meta", "groups", "active"}
        kept = {name: value for name, value in read.items() if name in ours}
        await self.put("/Users", who, self.person(who) | kept | {"password": "x"})

    async def lock(self, who: str) -> None:
        await self.patch("/Users", who, [{"op": "replace", "value": {"active": False}}])

    async def unlock(self, who: str) -> None:
        await self.put("/Users", who, await self.read("/Users", who) | {"active": True})

    async def call(self, team: str, name: str) -> None:
        value = {"id": self.ids[team], "displayName": name}
        await self.patch("/Groups", team, [{"op": "replace", "value": value}])

    async def move(self, team: str, out: tuple[str, ...], into: tuple[str, ...]) -> None:
        gone = [{"op": "remove", "path": f'members[value eq "{self.ids[who]}"]'} for who in out]
        come = [{"value": self.ids[who], "display": self.facts[who]["login"]} for who in into]
        added = [{"op": "add", "path": "members", "value": come}] if come else []
        await self.patch("/Groups", team, gone + added)


class Plain(Speaker):
    """RFC 7644: whole values by their paths, what is gone by remove, a group by PUT."""

    async def tell(self, who: str, before: Facts, facts: Facts) -> None:
        person = self.person(who)
        operations: list[dict[str, Any]] = []
        for fact, value in facts.items():
            head = PATHS[fact].partition("[")[0]
            if head in ("emails", "phoneNumbers"):
                operations.append({"op": "replace", "path": head, "value": person[head]})
            elif value is None:
                operations.append({"op": "remove", "path": head})
            else:
                said: Any = {"value": self.ids[value]} if fact == "boss" else value
                operations.append({"op": "replace", "path": head, "value": said})
        await self.patch("/Users", who, operations)

    async def lock(self, who: str) -> None:
        await self.patch("/Users", who, [{"op": "replace", "path": "active", "value": False}])

    async def unlock(self, who: str) -> None:
        await self.patch("/Users", who, [{"op": "replace", "path": "active", "value": True}])

    async def call(self, team: str, name: str) -> None:
        await self.put("/Groups", team, await self.read("/Groups", team) | {"displayName": name})

    async def move(self, team: str, out: tuple[str, ...], into: tuple[str, ...]) -> None:
        group = await self.read("/Groups", team)
        gone = {self.ids[who] for who in out}
        stay = [{"value": member["value"]} for member in group.get("members", []) if member["value"] not in gone]
        come = [{"value": self.ids[who]} for who in into]
        await self.patch("/Groups", team, [{"op": "replace", "path": "members", "value": stay + come}])
