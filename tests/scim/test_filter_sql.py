"""A filter in SQL finds whom it finds in Python, among Users and Groups as answers show them."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import given, settings
from sqlalchemy import Connection, bindparam, select
from sqlalchemy.dialects import postgresql

from scim_server.scim.errors import InvalidFilter
from scim_server.scim.expression import satisfies
from scim_server.scim.filter import parse
from scim_server.scim.schemas import ResourceType, load
from scim_server.scim.urns import ENTERPRISE_USER, GROUP, ROSTER_GROUP, ROSTER_USER, USER
from scim_server.store.comparisons import after
from scim_server.store.filters import where
from scim_server.store.tables import resources
from tests.scim.house import BASE, House, Served
from tests.scim.population import DAYS, populate
from tests.scim.question import WORDS, filters
from tests.servers.stores import only_sqlite

TYPES = load(True)
STEADY = settings(derandomize=True, database=None, deadline=None)


@dataclass
class Town:
    """A filled store, and what its answers show."""

    connection: Connection
    shown: dict[str, list[dict[str, Any]]]
    found: list[float] = field(default_factory=list)  # which share of all each filter found

    def known(self, resource_type: ResourceType) -> list[str]:
        """Words, ids and addresses that are there, whole and in part, and some that are not."""
        some = [each for kind in self.shown.values() for each in kind[:40:10]]
        own = self.shown[resource_type.name]
        return [
            *(*WORDS, "", "\U0010ffff", "a\U0010ffff"),
            *(each["id"] for each in some),
            *(each["meta"]["location"] for each in some),
            *(own[3]["id"][:20], own[3]["id"][20:], BASE, f"{BASE}/Users/", 'W/"1"', 'W/"2"', "User", "direct"),
            *(USER, GROUP, ENTERPRISE_USER, ROSTER_GROUP, "G0", "部门 G3", "gov"),
            *(ROSTER_USER, "hire", "investigation", "a0", "locked", "removed", "administrative", *DAYS),
        ]

    def ask(self, resource_type: ResourceType, text: str) -> list[str]:
        """The ids that SQL finds, having made sure that Python finds the same."""
        node, shown = parse(resource_type, text), self.shown[resource_type.name]
        asked = (resources.c.type == resource_type.name) & where(node, resource_type, BASE)
        found = list(self.connection.scalars(select(resources.c.id).where(asked).order_by(resources.c.id)))
        assert found == [each["id"] for each in shown if satisfies(node, each)]
        self.found.append(len(found) / len(shown))
        return found

    def plan(self, resource_type: ResourceType, text: str) -> str:
        """How the database means to answer."""
        asked = (resources.c.type == bindparam("type")) & where(parse(resource_type, text), resource_type, BASE)
        statement = select(resources.c.id).where(asked).compile(self.connection.engine)
        values = tuple(statement.construct_params({"type": resource_type.name})[name] for name in statement.positiontup)
        return str(self.connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values).all())


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    house = House(tmp_path_factory.mktemp("town"), Served())
    shown = populate(house, [*WORDS, ""])
    assert len(shown["User"]) >= 60
    assert len(shown["Group"]) >= 15
    with house.engine.connect() as connection:
        yield Town(connection, shown)
    house.close()


@pytest.mark.parametrize("resource_type", TYPES.resource_types, ids=lambda each: each.name)
def test_sql_and_python_agree(town: Town, resource_type: ResourceType) -> None:
    town.found.clear()

    @settings(STEADY, max_examples=400)
    @given(filters(resource_type, town.known(resource_type)))
    def agree(text: str) -> None:
        town.ask(resource_type, text)

    agree()
    assert sum(0 < share < 1 for share in town.found) > len(town.found) / 4, "the filters tell nobody apart"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        # a membership is looked up from its other end, and a resource that is named is looked at alone
        ('members[value eq "{0}"]', {"members USING INDEX members_user (user_id=?)"}),
        ('members eq "{0}" and displayName pr', {"members USING INDEX members_user (user_id=?)"}),
        ('id eq "{1}" and members eq "{0}"', {"members USING COVERING INDEX", "(group_id=? AND user_id=?)", "(id=?)"}),
        ('members.$ref eq "{2}/Users/{0}"', {"members USING INDEX members_user (user_id=?)"}),
        ("not (members pr)", {"members USING COVERING INDEX", "(group_id=?)"}),
    ],
)
@only_sqlite
def test_members_are_found_by_their_index(town: Town, text: str, found: set[str]) -> None:
    asked = text.format(town.shown["User"][0]["id"], town.shown["Group"][0]["id"], BASE)
    plan = town.plan(TYPES.group, asked)
    assert {words for words in found if words in plan} == found, plan
    assert "SCAN members" not in plan


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ('groups.value eq "{0}"', "members USING COVERING INDEX sqlite_autoindex_members_1 (group_id=?)"),
        ('groups[value eq "{0}" and type eq "direct"]', "(group_id=?)"),
        ('id eq "{1}" and groups eq "{0}"', "(group_id=? AND user_id=?)"),
        ('userName eq "x" and groups eq "{0}"', "(group_id=? AND user_id=?)"),
        ('groups[display co "x"]', "members USING INDEX members_user (user_id=?)"),
        ('userName eq "x"', "resources_name (type=? AND name=?)"),
        ('userName eq "x" and active eq true', "resources_name (type=? AND name=?)"),
        ('userName sw "x"', "resources_name (type=? AND name>? AND name<?)"),
        ('userName gt "x"', "resources_name (type=? AND name>?)"),
        ('externalId eq "x"', "resources_external_id (type=? AND external_id=?)"),
        ('externalId sw "x"', "resources_external_id (type=? AND external_id>? AND external_id<?)"),
        ('id eq "x"', "sqlite_autoindex_resources_1 (id=?)"),
        ('meta.location eq "{2}/Users/x"', "sqlite_autoindex_resources_1 (id=?)"),
        ('id eq "x" or id eq "y"', "resources_type (type=? AND id=?)"),
        ('userName eq "x" or userName eq "y"', "resources_name (type=? AND name=?)"),
        (f'{ENTERPRISE_USER}:manager.value eq "{{1}}"', "resources_manager (manager=?)"),
    ],
)
@only_sqlite
def test_users_are_found_by_an_index(town: Town, text: str, found: str) -> None:
    asked = text.format(town.shown["Group"][0]["id"], town.shown["User"][0]["id"], BASE)
    assert found in town.plan(TYPES.user, asked)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('title eq "x"', "convert_from(resources.folded, 'UTF8')::jsonb #>> '{\"title\"}') = "),
        ("emails[primary eq true]", "jsonb_array_elements(convert_from(resources.document, 'UTF8')::jsonb #>"),
        ('emails[type eq "x" and primary eq true]', "-> (anon_1.key)::int) #>> '{\"type\"}'"),
        (f'schemas eq "{USER}"', "(anon_1.value #>> '{}') = "),
        ('title co "x"', "strpos("),
        ('title ew "x"', "right("),
        ('title sw "x"', "substr("),
        ('userName gt "x"', 'resources.name COLLATE "C" > '),
        ('userName sw "x"', 'resources.name COLLATE "C" < '),
        ('not (title eq "x")', "NOT coalesce("),
        ("active ne true", "resources.active IS true, false)"),
        ('meta.version eq "x"', "|| CAST(resources.version AS TEXT) ||"),
        ('groups.value eq "x"', "IN (SELECT members.user_id"),
    ],
)
def test_every_filter_has_a_spelling_for_postgresql(text: str, words: str) -> None:
    statement = select(resources.c.id).where(where(parse(TYPES.user, text), TYPES.user, BASE))
    assert words in str(statement.compile(dialect=postgresql.dialect()))  # type: ignore[no-untyped-call]


def test_numbers_are_numbers_in_postgresql() -> None:
    node = parse(TYPES.group, f"{ROSTER_GROUP}:level ge 2")
    words = str(where(node, TYPES.group).compile(dialect=postgresql.dialect()))  # type: ignore[no-untyped-call]
    assert '"level"}\')::numeric >= ' in words


@pytest.mark.parametrize("text", ['meta.location eq "x"', "groups[$ref pr]"])
def test_an_address_needs_to_be_known(text: str) -> None:
    with pytest.raises(InvalidFilter, match=r"cannot be filtered by\.$"):
        where(parse(TYPES.user, text), TYPES.user)


@pytest.mark.parametrize(
    ("prefix", "end"),
    [
        ("a", "b"),
        ("az", "a{"),
        ("a\U0010ffff", "b"),
        ("\ud7ff", "\ue000"),
        ("\uffff", "\U00010000"),
        ("\U0010ffff\U0010ffff", None),
    ],
)
def test_where_a_prefix_ends(prefix: str, end: str | None) -> None:
    assert after(prefix) == end
