"""SCIM services as they are: what is written how, and in which spelling it comes back."""

from collections.abc import Iterator

import pytest

from mappings.model import Action, AlreadySo, Conflict, Done, Pending, Presence, Refused, Retry
from tests.contract.odd_link import Linked, do, group, links, person, wanted, wanted_group
from tests.servers.odd_scim import OddScim


@pytest.fixture
def linked() -> Iterator[Linked]:
    with links() as link:
        yield link


# -- PATCH, PUT, and what comes back


@pytest.mark.parametrize("patch", [True, False])
def test_what_is_changed_is_changed_and_what_others_wrote_stays(linked: Linked, patch: bool) -> None:
    service = OddScim(patch=patch, etag=True)
    mails = [{"value": "home@x.cn", "type": "home"}, {"value": "old@x.cn", "type": "work"}]
    id = service.put(userName="u1", externalId="E1", nickName="小王", emails=mails, name={"middleName": "M"})
    connector = linked(service)
    after = wanted(1, **{"emails": "new@x.cn", "title": "", "name.familyName": "王"})
    assert do(connector, Action.UPDATE, person(1, id), after) == Done()
    assert do(connector, Action.UPDATE, person(1, id), after) == AlreadySo()
    kept = service.users[id]
    assert (kept["nickName"], kept["name"], "title" in kept) == ("小王", {"middleName": "M", "familyName": "王"}, False)
    assert [each["value"] for each in kept["emails"]] == ["new@x.cn", "home@x.cn"]
    writes = [each for each in service.asked if each.method in ("PUT", "PATCH")]
    assert [each.method for each in writes] == ["PATCH" if patch else "PUT"]
    assert ("if-match" in writes[0].headers) is not patch


def test_a_put_over_what_somebody_else_has_just_changed_is_tried_again(linked: Linked) -> None:
    service = OddScim(patch=False, etag=True, meddled=True)
    id = service.put(userName="u1", externalId="E1", title="科员")
    connector = linked(service)
    outcome = do(connector, Action.UPDATE, person(1, id), wanted(1, title="科长"))
    assert isinstance(outcome, Retry)
    assert service.users[id]["title"] == "科员"


def test_numbers_for_ids_shouted_names_and_booleans_in_words_are_read(linked: Linked) -> None:
    service = OddScim(numbers=True, shouts=True, spelled="text", untyped_mail=True)
    connector = linked(service)
    assert do(connector, Action.CREATE, person(1), wanted(1, Presence.LOCKED, emails="a@x.cn")) == Done()
    found = connector.observe(person(1))
    assert found is not None
    assert (found.presence, found.attributes["emails"], found.remote_id) == (Presence.LOCKED, ("a@x.cn",), "1")
    assert do(connector, Action.LOCK, person(1, "1")) == AlreadySo()
    assert do(connector, Action.UNLOCK, person(1, "1")) == Done()
    assert service.users["1"]["active"] is True


def test_attributes_that_the_service_does_not_have_are_neither_sent_nor_compared(linked: Linked) -> None:
    names = {"userName": "readWrite", "displayName": "readOnly", "active": "readWrite", "name": "readWrite"}
    attributes = [{"name": name, "mutability": each} for name, each in names.items()]
    attributes[-1]["subAttributes"] = [{"name": "familyName"}]  # type: ignore[assignment]
    service = OddScim(schemas=[{"id": "urn:ietf:params:scim:schemas:core:2.0:User", "attributes": attributes}])
    connector = linked(service)
    texts = {"name.familyName": "王", "name.formatted": "王芳", "displayName": "芳", "department": "办公室"}
    assert do(connector, Action.CREATE, person(1), wanted(1, **texts)) == Done()
    found = connector.observe(person(1))
    assert found is not None
    assert set(found.attributes) == {"userName", "externalId", "name.familyName"}
    assert set(service.users["1"]) - {"schemas", "id", "meta"} == {"userName", "externalId", "name", "active"}
    assert service.users["1"]["name"] == {"familyName": "王"}


def test_a_service_without_discovery_is_taken_for_an_ordinary_one(linked: Linked) -> None:
    service = OddScim(discovery=False)
    connector = linked(service)
    assert do(connector, Action.CREATE, person(1), wanted(1, department="办公室")) == Done()
    assert service.users["1"]["schemas"] == ["urn:ietf:params:scim:schemas:core:2.0:User"]
    assert do(connector, Action.LOCK, person(1)) == Done()
    assert service.users["1"]["active"] is False


def test_a_service_that_takes_over_whoever_has_the_name_gets_no_stranger_taken_over(linked: Linked) -> None:
    service = OddScim(upserts=True)
    id = service.put(userName="u1", title="外单位")
    assert isinstance(do(linked(service), Action.CREATE, person(1), wanted(1)), Conflict)
    assert (service.users[id].get("externalId"), service.users[id]["title"]) == (None, "外单位")


def test_somebody_who_is_removed_is_left_in_no_group(linked: Linked) -> None:
    service = OddScim()
    id, other = service.put(userName="u1", externalId="E1"), service.put(userName="u2")
    held = [service.group(id, other, displayName="一"), service.group(id, displayName="二")]
    assert do(linked(service), Action.REMOVE, person(1, id)) == Done()
    assert [[each["value"] for each in service.groups[one]["members"]] for one in held] == [[other], []]


def test_a_delete_that_only_deactivates_is_never_called_done(linked: Linked) -> None:
    service = OddScim(deletes="deactivates")
    id = service.put(userName="u1", externalId="E1")
    outcome = do(linked(service), Action.REMOVE, person(1, id))
    assert isinstance(outcome, Pending)
    assert "停用" in outcome.state


# -- groups without a key of ours


def test_groups_that_keep_no_key_are_found_by_what_was_asked_for(linked: Linked) -> None:
    service = OddScim(keeps_group_key=False)
    connector = linked(service, group_key="displayName")
    assert connector.observe(group(1)) is None
    assert do(connector, Action.CREATE, group(1), wanted_group(1)) == Done()
    found = connector.observe(group(1, sought=wanted_group(1)))
    assert found is not None
    assert (found.key, set(found.attributes)) == ("D1", {"displayName"})
    assert do(connector, Action.CREATE, group(1, sought=wanted_group(1)), wanted_group(1)) == AlreadySo()
    assert isinstance(do(connector, Action.CREATE, group(1), wanted_group(1)), Conflict)
    assert isinstance(do(connector, Action.LOCK, group(1, found.remote_id)), Refused)


def test_a_group_whose_name_another_has_names_it(linked: Linked) -> None:
    service = OddScim()
    service.group(displayName="科1", externalId="X")
    outcome = do(linked(service), Action.CREATE, group(1), wanted_group(1))
    assert isinstance(outcome, Conflict)
    assert outcome.holder == "科1"
    assert len(service.groups) == 1
