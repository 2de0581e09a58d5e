"""Fixtures of real servers, for every folder of tests."""

import os
import sys

from hypothesis import settings

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
