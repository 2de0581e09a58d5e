"""Real directories for the tests of what holds in every one that knows inetOrgPerson and groupOfNames."""

import pytest

from tests.contract.systems.ds389 import Ds389Target
from tests.contract.systems.ldap import LdapTarget

# the server, and whether it is spoken to by our own encoding or by ldap3's
EVERY = {
    f"{server}-{'fast' if fast else 'plain'}": (server, fast)
    for server, fast in (
        ("openldap", True),
        ("openldap", False),
        ("lean_openldap", True),
        ("lean_openldap", False),
        ("ds389", True),
        ("bare_ds389", False),
    )
}


def directory(request: pytest.FixtureRequest) -> LdapTarget:
    """The one of EVERY that the fixture's parameter names, with nobody in it."""
    server, fast = EVERY[request.param]
    kind = Ds389Target if "ds389" in server else LdapTarget
    return kind(request.getfixturevalue(server), fast=fast)
