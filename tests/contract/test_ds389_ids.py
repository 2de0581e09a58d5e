"""The stable id in 389 Directory Server: entryUUID where every entry has one, else nsUniqueId."""

import re
from typing import Any

from mappings.model import Action, Conflict, Done, Kind, Ref
from tests.contract.systems.ds389 import Ds389Target
from tests.contract.target import Hand, operation
from tests.servers.ds389 import Ds389

UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
NS = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{8}){3}")


def remote_id(target: Ds389Target, **changes: str) -> str:
    hand = Hand(target, target.ldap(**changes))
    state = hand.connector.observe(Ref("s1", Kind.PERSON, "E1")) or hand.create(1)
    assert hand.connector.observe(Ref("s1", Kind.PERSON, "E1", state.remote_id)) == state
    hand.connector.close()
    return str(state.remote_id)


def test_with_the_plug_in_it_is_the_entry_uuid(ds389: Ds389) -> None:
    assert UUID.fullmatch(remote_id(Ds389Target(ds389)))


def test_without_the_plug_in_it_is_the_unique_id_and_outlives_a_rename(bare_ds389: Ds389) -> None:
    target = Ds389Target(bare_ds389)
    found = remote_id(target)
    assert NS.fullmatch(found)
    hand = Hand(target, target.connector())
    assert hand.change(hand.see(1), 1, uid=("renamed",)) == Done()
    assert hand.see(1).remote_id == found
    hand.connector.close()


def test_a_plug_in_that_was_switched_on_later_leaves_older_entries_without_one(private_ds389: Any) -> None:
    server: Ds389 = private_ds389(PLUGINS="none")
    target = Ds389Target(server)
    first = remote_id(target)
    server.stop()
    assert server.folder
    config = server.folder / "conf" / "dse.ldif"
    head, plugin, tail = config.read_text(encoding="utf-8").partition("dn: cn=entryuuid,cn=plugins,cn=config")
    config.write_text(head + plugin + tail.replace("Enabled: off", "Enabled: on", 1), encoding="utf-8")
    server.start()
    hand = Hand(target, target.connector())
    second = hand.create(2)
    assert (server.read(str(second.name), "entryUUID") or {})["entryUUID"]  # the plug-in runs
    assert NS.fullmatch(str(second.remote_id))
    assert hand.see(1).remote_id == first  # nobody has become somebody else
    hand.connector.close()


def test_the_choice_can_be_pinned(ds389: Ds389) -> None:
    target = Ds389Target(ds389)
    unique, uuid = remote_id(target, unique_id="nsUniqueId"), remote_id(target, unique_id="entryUUID")
    assert NS.fullmatch(unique)
    assert UUID.fullmatch(uuid)
    hand = Hand(target, target.ldap(unique_id="entryUUID"))
    stale = Ref("s1", Kind.PERSON, "E1", unique)
    assert isinstance(hand.connector.apply(operation(Action.LOCK, stale)), Conflict)  # never a guess
    hand.connector.close()
