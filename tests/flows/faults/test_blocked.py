"""HR cannot revive a person whom an administrator has blocked (row 42, S28): a named person of the house ends it."""

import asyncio
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from scim_server.api.drafts import draft
from scim_server.commands import COMMANDS
from scim_server.scim.schemas import load
from scim_server.scim.urns import ROSTER_USER, USER
from tests.flows import client as say
from tests.flows.days_town import HOUR, Town, event, hired

WHO = "E-x"


class Blocked(Town):
    """A town in which x is blocked: with facts, or a plain user."""

    def __init__(self, folder: Path, facts: bool) -> None:
        super().__init__(folder)
        self.facts = facts
        self.post_x()
        self.work()
        assert self.presence == "active"
        self.ruling = self.command("ruling-add", person=WHO, kind="block", by="符主任")
        self.later()
        assert self.presence == "locked"

    def post_x(self, **core: Any) -> None:
        """HR makes x, with all that HR knows of x."""
        self.ids.pop("x", None)
        if self.facts:
            post, hire = hired("2020-01-02")
            self.tell("x", [post], [hire])
        else:
            self.ids["x"] = self.person("x", **core)

    def put_x(self, **core: Any) -> None:
        """HR says the whole document again."""
        if self.facts:
            post, hire = hired("2020-01-02")
            self.put("User", self.ids["x"], person("x", [post], [hire]) | core)
        else:
            self.put("User", self.ids["x"], say.user("x", **core))

    def command(self, name: str, **arguments: Any) -> Any:
        """What an administrator types."""
        return self.writer.write(lambda connection: COMMANDS[name](connection, self.clock, self.rules, arguments))

    def later(self, hours: float = 1) -> None:
        self.time += hours * HOUR
        self.work_out()

    @property
    def presence(self) -> str | None:
        found = self.rows("SELECT remote_id FROM links JOIN subjects USING (subject) WHERE key = :of", of=WHO)
        ids = {id for (id,) in found if id is not None}
        there = [str(each.presence) for each in self.directory.accounts.values() if each.remote_id in ids]
        assert len(there) <= 1
        return there[0] if there else None


def person(name: str, posts: list[Any], events: list[Any]) -> dict[str, Any]:
    """The body of a User with facts."""
    facts = {"employmentCategory": "institutional", "assignments": posts, "statusEvents": events}
    return say.user(name) | {"schemas": [USER, ROSTER_USER], ROSTER_USER: facts}


def says_active(town: Blocked) -> None:
    town.put_x(active=False)
    town.later()
    town.put_x(active=True)


def deletes_and_posts(town: Blocked) -> None:
    town.delete("User", town.ids["x"])
    town.later()
    assert town.presence is None
    town.post_x(active=True)


def deletes_and_posts_in_one_breath(town: Blocked) -> None:
    town.delete("User", town.ids["x"])
    town.post_x(active=True)


def deletes_and_posts_twice(town: Blocked) -> None:
    deletes_and_posts(town)
    town.later()
    deletes_and_posts(town)


@pytest.fixture(params=[True, False], ids=["with facts", "plain"])
def town(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Blocked]:
    one = Blocked(tmp_path, request.param)
    yield one
    one.close()


@pytest.mark.parametrize(
    "revive", [says_active, deletes_and_posts, deletes_and_posts_in_one_breath, deletes_and_posts_twice]
)
def test_whom_an_administrator_has_blocked_stays_blocked(town: Blocked, revive: Callable[[Blocked], None]) -> None:
    """Row 42: whatever HR says, the account is locked; once the ruling is ended by name it is open."""
    revive(town)
    town.later()
    assert town.presence == "locked"
    town.on("2026-03-04")
    town.later()
    assert town.presence == "locked", "the day after too"
    town.command("ruling-end", id=town.ruling, by="邢局长")
    town.later()
    assert town.presence == "active"


@pytest.mark.parametrize("way", ["with facts", "another login", "by externalId", "together with a Group"])
def test_a_plain_user_who_comes_back_in_another_guise_stays_blocked(tmp_path: Path, way: str) -> None:
    """Row 42: the externalId is whom the ruling names, whatever else HR says of the new resource."""
    town = Blocked(tmp_path, facts=False)
    other = town.person("other")
    town.delete("User", town.ids["x"])
    town.later()
    if way == "with facts":
        post, hire = hired("2020-01-02")
        town.post("User", person("x", [post], [hire]))
    elif way == "another login":
        town.person("y", key=WHO)
    elif way == "by externalId":
        town.put("User", other, say.user("other", WHO))
    else:
        group, user = (load(roster_extension=True).group, say.plain_group("专班", "T9")), say.user("x")
        ids = town.roster.new_id(), town.roster.new_id()
        new = [(ids[0], draft(*group), [ids[1]]), (ids[1], draft(load(roster_extension=True).user, user), [])]
        asyncio.run(town.roster.create_all(new, "test"))
    town.later()
    assert town.presence == "locked"
    town.command("ruling-end", id=town.ruling, by="邢局长")
    town.later()
    assert town.presence == "active"
    town.close()


def test_a_ruling_that_was_ended_holds_nobody(tmp_path: Path) -> None:
    """Nor does one go on twice: the list shows it once, on whom bears the externalId."""
    town = Blocked(tmp_path, facts=False)
    deletes_and_posts(town)
    town.later()
    assert town.rows('SELECT subject, "end" FROM marks') == [(town.ids["x"], None)]
    town.command("ruling-end", id=town.ruling, by="邢局长")
    deletes_and_posts_in_one_breath(town)
    town.later()
    assert town.presence == "active"
    town.close()


def test_a_person_hired_again_in_another_spell_stays_blocked(tmp_path: Path) -> None:
    """Row 42: a departure and another hire make another account (S6), which is as blocked as the old one."""
    town = Blocked(tmp_path, facts=True)
    (post, hire), (again, second) = hired("2020-01-02"), hired("2026-03-10", "B", 2)
    town.tell("x", [post, again], [hire, event("e1", "resignation", "2026-03-06"), second])
    town.on("2026-03-07")
    town.later()
    assert town.presence is None
    town.on("2026-03-10")
    town.later()
    assert town.presence == "locked"
    town.close()
