"""One call that has passed the gateway, and what a route of the interface is."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from connectors.attendance.simulator.fields import Shape
from connectors.attendance.simulator.rights import Rights
from connectors.attendance.simulator.switches import Switches
from connectors.attendance.simulator.tasks import Tasks
from connectors.attendance.simulator.world import World


@dataclass(frozen=True, slots=True)
class Call:
    """`body`: the fields that were sent, checked; of a route with `rows` the array, not yet checked. `tag`: tagId."""

    world: World
    rights: Rights
    tasks: Tasks
    switches: Switches
    now: float
    body: Any
    tag: str
    host: str


@dataclass(frozen=True, slots=True)
class Route:
    """A path's body and what it does. `rows`: the body is an array; `empty`: it may be missing altogether."""

    act: Callable[[Call], Any]
    shape: Shape
    rows: bool = False
    empty: bool = False
    extensible: bool = False  # the site's own properties may be among the fields


Routes = dict[str, Route]
