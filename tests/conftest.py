"""Fixtures of real servers, for every folder of tests."""

from hypothesis import settings

pytest_plugins = [
    "tests.servers.openldap",
    "tests.servers.ds389",
    "tests.servers.samba_ad",
    "tests.servers.postgresql",
    "tests.servers.stores",
]

# the machine that runs the tests may be busy with others
settings.register_profile("unhurried", deadline=None)
settings.load_profile("unhurried")
