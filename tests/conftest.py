"""Fixtures of real servers, for every folder of tests."""

import gc
import os
import sys

import pytest
from hypothesis import settings

from tests.slow import place

pytest_plugins = [
    "tests.servers.openldap",
    "tests.servers.ds389",
    "tests.servers.samba_ad",
    "tests.servers.postgresql",
    "tests.servers.stores",
]

# the command line is started hundreds of times: without its bytecode each start compiles the house anew
sys.dont_write_bytecode = False
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)

# the machine that runs the tests may be busy with others
settings.register_profile("unhurried", deadline=None)
settings.load_profile("unhurried")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files keep together, and within themselves in order."""
    items.sort(key=lambda item: place(item.path))


def pytest_collection_finish() -> None:
    """What is there by now stays: eleven thousand tests are no longer walked through at every collection of garbage."""
    gc.collect()
    gc.freeze()
