"""`huaming status` and `huaming retry`: what is open, and trying again."""

import json

from tests.cli.line import done, inside, refused
from tests.cli.town import Town

COUNTED = {"due": 0, "parked": 1, "held": 0, "waiting": 0}


def test_the_json_counts_the_rows_of_every_system(town: Town) -> None:
    answer = json.loads(done(town.house.run("status", "--json")))
    assert answer.keys() == {"systems", "days", "cases"}
    days = answer["days"]
    assert (days["state"], days["rolled"]) == ("done", days["today"])
    assert answer["systems"].keys() == {"ldap"}
    ldap = answer["systems"]["ldap"]
    assert {key: ldap[key] for key in COUNTED} == COUNTED
    assert ldap.keys() - COUNTED.keys() == {"mode", "failing", "error"}


def test_a_person_reads_it_in_chinese(town: Town) -> None:
    said = done(inside("status", "--config", town.house.config))
    assert said.startswith("ldap：待处理 0，搁置 1，待批准 0，等待 0")
    assert said.endswith("（已更新到今日）\n")


def test_retry_prints_how_many_and_tries_them_again(town: Town) -> None:
    tried = town.house.rows("SELECT epoch FROM links WHERE state = 'parked'")
    assert done(inside("retry", "--person", "E1", "--config", town.house.config)) == "0\n"
    assert done(inside("retry", "--person", "E4", "--config", town.house.config)) == "1\n"
    town.settle()
    assert town.house.state_of("E4")[0] == "parked"
    assert town.house.rows("SELECT epoch FROM links WHERE state = 'parked'") > tried
    assert done(town.house.run("retry", "--system", "ldap")) == "1\n"
    town.settle()


def test_retry_of_a_system_that_nobody_configured_is_refused(town: Town) -> None:
    assert "oa" in refused(inside("retry", "--system", "oa", "--config", town.house.config), 2)
