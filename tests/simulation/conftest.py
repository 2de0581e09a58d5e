"""Simulators for tests: any vendor, running on loopback under a clock that only a test moves."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import httpx
import pytest

from connectors.simulation.running import Running
from connectors.simulation.vendor import Vendor
from connectors.wecom.simulator.corp import Corp
from connectors.wecom.simulator.vendor import WecomVendor
from tests.servers.plain import PLAIN
from tests.simulation.clock import Clock
from tests.simulation.wecom import Api, Room


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def run(clock: Clock) -> Iterator[Callable[[Vendor], Running]]:
    """Starts a vendor's simulator; all that were started end with the test."""
    with ExitStack() as stack:
        yield lambda vendor: stack.enter_context(Running(vendor, clock))


@pytest.fixture
def http() -> Iterator[httpx.Client]:
    """A client that knows nothing of any vendor."""
    with httpx.Client(trust_env=False, timeout=20, verify=PLAIN) as client:
        yield client


@pytest.fixture
def wecom(run: Callable[[Vendor], Running], http: httpx.Client, clock: Clock) -> Callable[..., Any]:
    """Starts a simulated WeCom; its arguments are those of the corp (tests/simulation/wecom.py: Room)."""

    def furnish(**switches: Any) -> Room:
        vendor = WecomVendor(Corp(**switches))
        running = run(vendor)
        corp = vendor.corp
        each = (corp.secret, corp.app_secret, corp.activity_secret)
        return Room(vendor, running, clock, *(Api(http, running.url, corp, secret) for secret in each))

    return furnish
