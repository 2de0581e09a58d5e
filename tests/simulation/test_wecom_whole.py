"""Whatever is asked of the simulated WeCom in whatever order, its corp stays of one piece."""

from contextlib import suppress
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.simulation.vendor import Asked
from connectors.wecom.simulator.answers import Failure
from connectors.wecom.simulator.call import Call
from connectors.wecom.simulator.corp import Corp
from connectors.wecom.simulator.routes import ROUTES
from connectors.wecom.simulator.state import UNIQUE, Department, Tag, World, unique
from connectors.wecom.simulator.vendor import WecomVendor

USERIDS = st.sampled_from(["E1", "e1", "E2", "E3", "E4"])
NUMBERS = st.integers(1, 6)
NAMES = st.sampled_from(["一", "二", "三"])
PHONES = st.sampled_from(["", "13800000001", "+86 13800000001", "138-0000-0002", "13800000003"])
MAILS = st.sampled_from(["", "a.b@example.org", "A.B@example.org", "c.d@example.org"])
PLACES = st.lists(NUMBERS, max_size=3)

MEMBER = st.fixed_dictionaries(
    {"userid": USERIDS, "name": NAMES},
    optional={"department": PLACES, "main_department": NUMBERS, "mobile": PHONES, "email": MAILS}
    | {"enable": st.integers(0, 1), "order": st.lists(NUMBERS, max_size=3)},
)
DEPARTMENT = st.fixed_dictionaries({"name": NAMES, "parentid": NUMBERS}, optional={"id": NUMBERS})
CALLS = st.one_of(
    st.tuples(st.just("user/create"), MEMBER),
    st.tuples(st.just("user/update"), MEMBER),
    st.tuples(st.just("user/delete"), st.fixed_dictionaries({"userid": USERIDS})),
    st.tuples(st.just("user/batchdelete"), st.fixed_dictionaries({"useridlist": st.lists(USERIDS, max_size=3)})),
    st.tuples(st.just("department/create"), DEPARTMENT),
    st.tuples(st.just("department/update"), st.fixed_dictionaries({"id": NUMBERS}, optional={"parentid": NUMBERS})),
    st.tuples(st.just("department/update"), st.fixed_dictionaries({"id": NUMBERS, "name": NAMES, "parentid": NUMBERS})),
    st.tuples(st.just("department/delete"), st.fixed_dictionaries({"id": NUMBERS})),
)


def of_one_piece(world: World) -> None:
    """Every index says what the members and departments say."""
    for key, member in world.members.items():
        assert key == member.userid.casefold()
        assert member.main in member.department
        assert len(member.order) == len(member.leader) == len(member.department) > 0
        assert member.fields.get("mobile") or member.fields.get("email")
    assert {number: set(keys) for number, keys in world.within.items()} == {
        number: {key for key, member in world.members.items() if number in member.department}
        for number in world.departments
    }
    for kind in UNIQUE:
        held = [(unique(kind, m.fields[kind]), key) for key, m in world.members.items() if kind in m.fields]
        assert len(held) == len(dict(held))
        assert all(world.holder(kind, value) == key for value, key in held)
    assert {number: {(each.name, each.id) for each in below.values()} for number, below in world.children.items()} == {
        number: {(each.name, each.id) for each in world.departments.values() if each.parent == number}
        for number in world.departments
    }
    assert len(list(world.downward(world.corp.root_id))) == len(world.departments)


@settings(max_examples=200)
@given(calls=st.lists(CALLS, max_size=30))
def test_the_corp_stays_of_one_piece(calls: list[tuple[str, dict[str, Any]]]) -> None:

    corp = Corp()
    world = World(corp)
    for name, body in calls:
        query = {key: str(value) for key, value in body.items()}
        with suppress(Failure):
            ROUTES[name].answer(world, Call(query, body, corp.secret, 0.0))
        of_one_piece(world)


@settings(max_examples=100)
@given(body=st.binary(max_size=60) | st.text(max_size=30).map(str.encode), path=st.sampled_from(["create", "update"]))
def test_no_body_is_too_strange_for_an_answer(body: bytes, path: str) -> None:
    vendor = WecomVendor()
    query = {"corpid": vendor.corp.corp_id, "corpsecret": vendor.corp.secret}
    told = vendor.answer(Asked("GET", "/cgi-bin/gettoken", query, {}, b"", 0.0))
    token = told.body.split(b'"access_token":"')[1].split(b'"')[0].decode()
    answer = vendor.answer(Asked("POST", f"/cgi-bin/user/{path}", {"access_token": token}, {}, body, 0.0))
    assert answer.status == 200
    assert b'"errcode":0' not in answer.body


JSONS = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**40), 2**40) | st.floats(allow_nan=False) | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=5,
)
KEYS = ["userid", "name", "department", "order", "mobile", "enable", "extattr", "direct_leader", "main_department"]
KEYS += ["id", "parentid", "limit", "cursor", "tagid", "tagname", "userlist", "partylist", "user", "party", "tag"]
KEYS += ["useridlist", "email", "email_type", "start_time", "end_time", "oper_type", "date", "is_leader_in_dept"]
KEYS += ["alias", "position", "gender", "biz_mail", "telephone", "address", "to_invite", "new_userid", "openid"]
SOUND: dict[str, Any] = {"userid": "E1", "name": "王一", "department": [1, 2], "mobile": "13800000001", "parentid": 1}
SOUND |= {"id": 2, "tagid": 1, "tagname": "科级", "userlist": ["E1"], "user": ["E1"], "useridlist": ["E1"]}
SOUND |= {"email": "a.b@example.org", "start_time": 0, "end_time": 60, "date": "2026-03-01"}
ATTRS = st.fixed_dictionaries({"attrs": st.lists(st.dictionaries(st.sampled_from(["type", "name", "text"]), JSONS))})


@settings(max_examples=500)
@given(
    strange=st.dictionaries(st.sampled_from(KEYS), JSONS, max_size=3) | st.fixed_dictionaries({"extattr": ATTRS}),
    sound=st.booleans(),
    name=st.sampled_from(sorted(ROUTES)),
)
def test_no_value_is_too_strange_for_an_answer(strange: dict[str, Any], sound: bool, name: str) -> None:
    """A failure of the call, never of the simulator: anything but Failure fails this test."""

    corp = Corp()
    world = World(corp)
    world.add_department(Department(2, "办公室", 1))
    world.new_member("E1", "王一", [2])
    world.tags[1] = Tag(1, "处级", corp.secret)
    body = (SOUND if sound else {}) | strange
    query = {key: str(value) for key, value in body.items()}
    try:
        answer = ROUTES[name].answer(world, Call(query, body, corp.secret, 0.0))
    except Failure:
        return
    assert answer["errcode"] == 0
