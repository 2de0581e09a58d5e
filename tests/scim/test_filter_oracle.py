"""Our filters beside those of scim2-models, on the same generated Users: both find the same ones.

Where the two differ by right, nothing is generated: they compare in NFC and lower case, we
in NFKC folded by case (S10), so the words here have no compatibility forms; a URN alone is
no attribute to them; a list in which one element lacks a value equals null to them, to us
one in which every element lacks it; a complex value of nothing but empty strings is not
present to them; their e-mail addresses, URLs and certificates are checked, so each is
compared with its own kind only, the last two not at all.
"""

import re
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scim2_models import EnterpriseUser, InvalidFilterException, ScimFilter, User

from scim_server.scim.errors import InvalidFilter
from scim_server.scim.expression import satisfies
from scim_server.scim.filter import parse
from scim_server.scim.schemas import load
from scim_server.scim.urns import ROSTER_USER
from tests.scim.house import House, Served
from tests.scim.population import populate
from tests.scim.question import filters

TYPE = load(True).user
NAMES = {each.name for each in TYPE.attributes.values()}
Model = User[EnterpriseUser]
WORDS = (
    *("a", "A", "ab", "aB", "b", "k", "张", "張", "张三", "𠮷", "𠮷野"),
    *("%", "_", "a%", "a_b", "'", '"', "\\", "\\u0061", "{}", "true", "0"),
)
MAILS = ("a@x.example", "A@X.example", "b@x.example", "ab@y.example")
QUESTIONS = st.one_of(
    filters(TYPE, WORDS, without={"emails", "photos", "x509Certificates", ROSTER_USER}, null_of_many=False),
    filters(TYPE, MAILS, without=NAMES - {"emails"}, null_of_many=False),
)


@pytest.fixture(scope="module")
def people(tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, Any]]:
    house = House(tmp_path_factory.mktemp("people"), Served())
    shown = populate(house, WORDS)["User"]
    house.close()
    for place, mail in enumerate(mail for person in shown for mail in person.get("emails", ()) if "value" in mail):
        mail["value"] = MAILS[place % len(MAILS)]
    return shown[:30]


def test_both_find_the_same_users(people: list[dict[str, Any]]) -> None:
    models = [Model.model_validate(person) for person in people]
    told_apart = []

    @settings(max_examples=300, derandomize=True, database=None, deadline=None)
    @given(st.lists(QUESTIONS, min_size=1, max_size=2).map(" and ".join))
    def agree(text: str) -> None:
        assume(not re.search(r"2\.0:user pr", text.lower()))
        node, theirs = parse(TYPE, text), ScimFilter[Model](text)
        found = [satisfies(node, person) for person in people]
        assert found == [theirs.match(model) for model in models]
        told_apart.append(len(set(found)) == 2)

    agree()
    assert sum(told_apart) > len(told_apart) / 4, "the filters tell nobody apart"


@pytest.mark.parametrize("text", ["emails[emails[a pr]]", "userName pr and", 'name[x eq "y"]', "userName eq null null"])
def test_both_refuse(text: str) -> None:
    with pytest.raises(InvalidFilter):
        parse(TYPE, text)
    with pytest.raises(InvalidFilterException):
        ScimFilter[Model](text)
