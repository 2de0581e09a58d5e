"""Fixtures of real servers, for every folder of tests."""

from hypothesis import settings

pytest_plugins = ["tests.servers.openldap"]

# the machine that runs the tests may be busy with others
settings.register_profile("unhurried", deadline=None)
settings.load_profile("unhurried")
