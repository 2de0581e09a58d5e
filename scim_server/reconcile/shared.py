"""What the lanes of one system have in common."""

import os
import secrets
import socket
from collections.abc import Mapping
from dataclasses import dataclass, field
from threading import Event, Lock

from mappings.model import Window
from scim_server.clock import Clock
from scim_server.reconcile.breaker import Breaker
from scim_server.reconcile.first_passwords import FirstPasswords
from scim_server.reconcile.guard import Guard
from scim_server.reconcile.pace import Pace
from scim_server.reconcile.slip import Seal
from scim_server.reconcile.target import Target
from scim_server.store import pace
from scim_server.store.writer import Writer


@dataclass(frozen=True, slots=True)
class Shared:
    """`node`: who this process is. `slips` is None where nobody gets a first password from the hub."""

    node: str
    breaker: Breaker
    pace: Pace
    guard: Guard
    slips: FirstPasswords | None = None
    deciding: Lock = field(default_factory=Lock)
    stopping: Event = field(default_factory=Event)


def node_name() -> str:
    """A name that no other process has had: of machine, process and start."""
    return f"{socket.gethostname()}-{os.getpid()}-{secrets.token_hex(3)}"


def shared(target: Target, writer: Writer, clock: Clock, node: str) -> Shared:
    """For one system."""
    key = target.slip_key
    slips = FirstPasswords(target.name, lambda: Seal(key()), writer, clock) if key else None

    def draw(wanted: Mapping[Window, int]) -> pace.Drawn:
        drawn: pace.Drawn = writer.write(lambda held: pace.draw_in_turn(held, target.name, wanted, clock.now))
        return drawn

    return Shared(
        node, Breaker(clock.monotonic), Pace(target, draw, clock), Guard(target.name, target.limits, clock), slips
    )
