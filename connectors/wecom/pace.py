"""How often each call may be made, and which calls an operation takes: data for the worker (S25, doc 90454)."""

from collections.abc import Mapping

from connectors.wecom.config import WecomConfig
from mappings.model import Window

MONTH = 31 * 86400.0
LOG = "security/member_oper_log/list"
LOG_PER_MINUTE = 600  # doc 100178
ACTIVITY = "activity"  # the step of reading a page of that log
CREATIONS_PER_SEAT = 3  # in a month, create and delete in a loop included

COSTS: Mapping[str, Mapping[str, int]] = {
    "observe": {"user/get": 2, "department/get": 1},
    "create": {"user/create": 1, "user/get": 1, "department/create": 1, "department/list": 1},
    "update": {"user/get": 3, "user/update": 1, "department/get": 1, "department/update": 1, "department/list": 1},
    "lock": {"user/get": 2, "user/update": 1},
    "unlock": {"user/get": 2, "user/update": 1},
    "remove": {"user/get": 2, "user/delete": 1, "department/get": 1, "department/delete": 1, "user/simplelist": 1},
    "join": {"user/get": 2, "user/update": 1},
    "leave": {"user/get": 2, "user/update": 1},
    ACTIVITY: {LOG: 1},
}


def windows(config: WecomConfig) -> tuple[Window, ...]:
    """Each call by the minute and by the hour, and creations by the month where the seats are known."""
    verbs = sorted({verb for cost in COSTS.values() for verb in cost})
    told = [
        window
        for verb in verbs
        for window in (Window(verb, _a_minute(verb, config), 60.0), Window(verb, config.calls_per_hour, 3600.0))
    ]
    month = [] if config.seats is None else [Window("user/create", config.seats * CREATIONS_PER_SEAT, MONTH)]
    return (*told, *month)


def _a_minute(verb: str, config: WecomConfig) -> int:
    return min(config.calls_per_minute, LOG_PER_MINUTE) if verb == LOG else config.calls_per_minute
