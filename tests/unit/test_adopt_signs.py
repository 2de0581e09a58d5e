"""By what people, departments and accounts are recognised: values as they are compared."""

import pytest

from mappings.correlate import Identity, Rule
from mappings.model import AccountState, Department, Memberships, Org, Person, Presence
from scim_server.reconcile.adopt_signs import (
    mail,
    mobile,
    of_account,
    of_department,
    of_groups,
    of_person,
    paths,
    tight,
)

WHO = Identity(staff="no", login="uid", mail="mail", mobile="tel", name="cn", code="code", title="ou", parent="up")


def state(id: str, key: str = "", memberships: Memberships | None = None, **values: str) -> AccountState:
    given = {name: (value,) if value else () for name, value in values.items()}
    return AccountState(key, Presence.ACTIVE, given, memberships, id, f"name-{id}")


@pytest.mark.parametrize(
    ("said", "compared"),
    [
        ("13912345678", "13912345678"),
        ("+86 139-1234-5678", "13912345678"),
        ("0086 13912345678", "13912345678"),
        ("8613912345678", "13912345678"),
        ("１３９１２３４５６７８", "13912345678"),
        ("0898-88271234", "089888271234"),
        ("139****5678", ""),
        ("无", ""),
        ("", ""),
        (" ", ""),
        ("110", ""),
    ],
)
def test_a_number_is_compared_by_its_digits_and_a_masked_one_is_none(said: str, compared: str) -> None:
    assert mobile(said) == compared


@pytest.mark.parametrize(
    ("said", "compared"),
    [("Wang@X.cn ", "wang@x.cn"), ("ｗａｎｇ＠x.cn", "wang@x.cn"), ("w***@x.cn", ""), ("@", ""), ("", "")],
)
def test_an_address_is_compared_folded(said: str, compared: str) -> None:
    assert mail(said) == compared


@pytest.mark.parametrize("said", ["阿依古丽·买买提", "阿依古丽・买买提", "阿依古丽•买买提", "阿依 古丽．买买提"])
def test_names_are_compared_without_blanks_and_with_one_dot(said: str) -> None:
    assert tight(said) == "阿依古丽·买买提"


def test_blank_values_say_nothing() -> None:
    person = of_person(Person("s", "E1", "wang"), (), wanted=True, linked=None)
    assert set(person.said) == {Rule.KEY, Rule.STAFF, Rule.LOGIN}
    assert of_account(state("x", uid="", mail=" ", tel="", cn="　", no=""), WHO, {}).said == {}


def test_what_was_not_read_says_nothing() -> None:
    assert of_account(state("x"), WHO, {}).said == {}


def test_a_person_and_an_account_meet_in_what_they_say() -> None:
    one = Person("s", "E1", "Wang", formatted="王 芳", mail="w@x.cn", mobile="+8613912345678")
    there = state(
        "x",
        "E1",
        Memberships("d1", frozenset({"d2", "foreign"})),
        no="Ｅ１",
        uid="WANG",
        mail="W@x.cn",
        tel="13912345678",
        cn="王芳",
    )
    person = of_person(one, ["D1"], wanted=True, linked=None)
    account = of_account(there, WHO, {"d1": "D1", "d2": "D2"})
    met = {rule for rule in person.said if person.said[rule] & account.said.get(rule, frozenset())}
    assert met == {Rule.KEY, Rule.STAFF, Rule.LOGIN, Rule.MAIL, Rule.MOBILE, Rule.PLACE, Rule.NAME}


ORG = Org(
    {
        each.key: each
        for each in (
            Department("r", "D0", "崖州区", "D0", "root"),
            Department("a", "A", "区教育局", "A", "gov", "D0"),
            Department("b", "B", "区卫健委", "B", "gov", "D0"),
            Department("a1", "A1", "办公室", "A1", "office", "A"),
            Department("b1", "B1", "办公室", "B1", "office", "B"),
        )
    }
)


@pytest.mark.parametrize("with_root", [True, False])
def test_departments_of_one_name_are_told_apart_by_their_path(with_root: bool) -> None:
    top = {"up": "r"} if with_root else {}
    there = [
        *([state("r", ou="崖州区")] if with_root else []),
        state("a", ou="区 教育局", **top),
        state("b", ou="区卫健委", **top),
        state("a1", ou="办公室", up="name-a"),
        state("b1", ou="办公室", up="b"),
    ]
    accounts = {each.id: each.said[Rule.PATH] for each in of_groups(there, WHO, "崖州区")}
    for department in ORG.departments.values():
        subject = of_department(department, ORG, wanted=True, linked=None)
        matching = {id for id, path in accounts.items() if path & subject.said[Rule.PATH]}
        assert matching == ({department.subject} & accounts.keys())


def test_departments_that_go_in_a_circle_end() -> None:
    there = [state("a", ou="甲", up="b"), state("b", ou="乙", up="a"), state("c", ou="丙", up="c")]
    assert list(paths(there, WHO)) == [("乙", "甲"), ("甲", "乙"), ("丙",)]
