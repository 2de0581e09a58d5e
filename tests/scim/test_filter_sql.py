"""A filter in SQL finds whom it finds in Python."""

import json
from typing import Any

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import create_engine, insert, select
from sqlalchemy.dialects import postgresql

from scim_server.api.drafts import draft
from scim_server.scim.expression import satisfies
from scim_server.scim.filter import parse
from scim_server.scim.schemas import load
from scim_server.scim.urns import ENTERPRISE_USER, USER
from scim_server.scim.validate import validate
from scim_server.store.filters import where
from scim_server.store.tables import metadata, resources

TYPE = load(True).user
WORDS = st.sampled_from(["a", "A", "ａ", "b", "张", '"', "'", "\\", "%", "_"])
MAILS = st.lists(
    st.fixed_dictionaries({}, optional={"value": WORDS, "type": WORDS, "primary": st.just(False)}), max_size=3
)
DOCUMENTS = st.fixed_dictionaries(
    {"userName": st.sampled_from(["a", "b", "c"])},
    optional={
        "externalId": WORDS,
        "title": WORDS,
        "active": st.booleans(),
        "profileUrl": WORDS,
        "name": st.fixed_dictionaries({}, optional={"familyName": WORDS, "givenName": WORDS}),
        "emails": MAILS,
        ENTERPRISE_USER: st.fixed_dictionaries({}, optional={"division": WORDS, "employeeNumber": WORDS}),
    },
)
STRINGS = st.sampled_from(
    [
        *("userName", "externalId", "title", "profileUrl", "name.familyName", "emails", "emails.type"),
        *(f"{USER}:title", f"{ENTERPRISE_USER}:division"),
    ]
)
LITERALS = st.builds(json.dumps, WORDS)
SIMPLE = st.one_of(
    st.builds("{} eq {}".format, STRINGS, LITERALS),
    st.sampled_from(["active eq true", "active eq false", "title eq null", "name.familyName eq null"]),
)
INSIDE = st.one_of(
    st.builds("{} eq {}".format, st.sampled_from(["type", "value"]), LITERALS), st.just("primary eq false")
)
FILTERS = st.recursive(
    st.one_of(SIMPLE, st.builds("emails[{}]".format, st.lists(INSIDE, min_size=1, max_size=2).map(" and ".join))),
    lambda inner: st.builds("({} and {})".format, inner, inner),
    max_leaves=3,
)


@settings(max_examples=150, deadline=None)
@given(st.lists(DOCUMENTS, min_size=1, max_size=4, unique_by=lambda each: each["userName"]), FILTERS)
def test_sql_and_python_agree(bodies: list[dict[str, Any]], text: str) -> None:
    engine = create_engine("sqlite://")
    metadata.create_all(engine)
    node = parse(TYPE, text)
    expected = []
    with engine.connect() as connection:
        for place, body in enumerate(bodies):
            document = validate(TYPE, {"schemas": [USER], **body, "externalId": f"{place}{body.get('externalId', '')}"})
            connection.execute(insert(resources), row(str(place), document))
            expected += [str(place)] if satisfies(node, document) else []
        found = connection.scalars(select(resources.c.id).where(where(node, TYPE)).order_by(resources.c.id))
        assert list(found) == expected
    engine.dispose()


def row(id: str, document: dict[str, Any]) -> dict[str, Any]:
    made = draft(TYPE, document)
    columns = {name: getattr(made, name) for name in ("type", "name", "external_id", "active", "document", "folded")}
    return columns | {"id": id, "subject": id, "version": 1, "created": "", "modified": ""}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('title eq "x"', "convert_from(resources.folded, 'UTF8')::jsonb #>> '{\"title\"}'"),
        ('emails[type eq "work" and primary eq true]', "jsonb_array_elements(convert_from(resources.document, 'UTF8')"),
        (f'schemas eq "{USER}"', "WITH ORDINALITY"),
        ('userName eq "x" and active eq true', "resources.name ="),
    ],
)
def test_every_filter_has_a_spelling_for_postgresql(text: str, words: str) -> None:
    statement = select(resources.c.id).where(where(parse(TYPE, text), TYPE))
    assert words in str(statement.compile(dialect=postgresql.dialect()))  # type: ignore[no-untyped-call]


@pytest.mark.anyio
async def test_the_look_ups_before_a_write_use_an_index(scim: httpx.AsyncClient, house: Any) -> None:
    assert (await scim.get("/Users", params={"filter": 'userName eq "x" and active eq true'})).status_code == 200
    with house.engine.connect() as connection:
        for text in ('userName eq "x" and active eq true', 'externalId eq "x" and active eq true'):
            asked = (resources.c.type == "User") & where(parse(TYPE, text), TYPE)
            sql = str(
                select(resources.c.id).where(asked).compile(connection.engine, compile_kwargs={"literal_binds": True})
            )
            plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}").all()
            assert "USING INDEX resources_" in str(plan), plan
