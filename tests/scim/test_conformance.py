"""The public conformance testers against a running server that serves plain SCIM (`roster_extension = false`, S10).

scim2-tester 0.5.2: every check.

scim-sanity 0.7.4: every check, in its strict mode. One of its steps adds the literal `fake-member-id` to a Group and
wants 200: where plain SCIM alone is served, an unknown member is left out and the answer shows who is in (`[server]
unknown_members`); with the roster's extension it is refused.
"""

import random
from collections.abc import Iterator

import httpx
import httpx2
import pytest
from scim2_client.engines.httpx2 import SyncSCIMClient
from scim2_tester import Status, check_server
from scim_sanity.probe.runner import run_probe_api

from tests.flows.house import Served
from tests.scim.house import group, patch_op
from tests.servers.openldap import OpenLdap

FAKE = "fake-member-id"
CHECKS = 135  # of scim2-tester; fewer would mean that it gave up on the way
STEPS = 28  # of scim-sanity


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """`huaming serve` as a process of its own, without a directory behind it."""
    nowhere = OpenLdap("ldap://127.0.0.1:9", "", "", "dc=example,dc=org", "cn=nobody", "nothing", "", "")
    one = Served(tmp_path_factory.mktemp("conformance"), nowhere)
    one.write_config()
    one.config.write_text(one.config.read_text().replace("[server]\n", "[server]\nroster_extension = false\n"))
    one.start("--no-worker")
    yield one
    one.close()


@pytest.fixture
def headers(served: Served) -> dict[str, str]:
    return {"Authorization": f"Bearer {served.secret}"}


def base(served: Served) -> str:
    return f"{served.base}/scim/v2"


@pytest.mark.parametrize("seed", range(3))
def test_scim2_tester_finds_nothing(served: Served, headers: dict[str, str], seed: int) -> None:
    """Its values are random: whether it locks the user from whom it then takes every attribute, for one."""
    random.seed(seed)
    with httpx2.Client(base_url=base(served), headers=headers) as http:
        results = check_server(SyncSCIMClient(http))
    fine = (Status.SUCCESS, Status.COMPLIANT, Status.ACCEPTABLE)
    assert [f"{each.title}: {each.status.name}: {each.reason}" for each in results if each.status not in fine] == []
    assert len(results) >= CHECKS
    assert {each.resource_type for each in results} >= {"User", "Group"}


def test_scim_sanity_finds_nothing(served: Served) -> None:
    found = run_probe_api(base(served), token=served.secret, strict=True)
    steps = found["results"]
    assert [step for step in steps if step["status"] not in ("pass", "skip")] == []
    assert sum(step["status"] == "pass" for step in steps) >= STEPS
    assert found["exit_code"] == 0
    # the types that no server must have
    assert {step["phase"] for step in steps if step["status"] == "skip"} <= {
        "Phase 4 — Agent CRUD Lifecycle",
        "Phase 5 — AgenticApplication CRUD Lifecycle",
        "Phase 5a — Agent Rapid Lifecycle",
    }


def test_the_member_that_scim_sanity_makes_up_is_left_out(served: Served, headers: dict[str, str]) -> None:
    with httpx.Client(base_url=base(served), headers=headers) as scim:
        team = scim.post("/Groups", json=group("a team")).json()
        add = patch_op({"op": "add", "path": "members", "value": [{"value": FAKE}]})
        answer = scim.patch(f"/Groups/{team['id']}", json=add)
        assert (answer.status_code, answer.json()) == (200, team)
        assert scim.get(f"/Groups/{team['id']}").json() == team
