"""Fixtures of real servers, for every folder of tests."""

pytest_plugins = ["tests.servers.openldap"]
