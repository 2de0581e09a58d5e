"""How often the platform may be asked, as data (S25): one quota for a partner, whatever it calls."""

from collections.abc import Mapping

from connectors.attendance.config import AttendanceConfig
from mappings.model import Action, Window

VERB = "artemis"
ACTIVITY = "activity"  # the step of reading a page of events
LOOK = 4  # the root, once in a while; by personId; by jobNo; once more alone before somebody known is called gone


def windows(config: AttendanceConfig) -> tuple[Window, ...]:
    """The partner's quota, where one is configured: the vendor publishes none."""
    return (Window(VERB, config.calls_per_minute, 60.0),) if config.calls_per_minute else ()


def costs(config: AttendanceConfig) -> Mapping[str, Mapping[str, int]]:
    """How many calls each takes at most, alone: a removal with one face and one card, records of one page.

    Who comes in company takes less: what is not called is given back.
    """
    doors = len(config.doors)
    items = doors // config.page_size + 1 if doors else 0  # pages of one person's list
    rights = 3 + 2 * items + doors if doors else 0  # a look, the list, the record of each door, and the order again
    taken = {
        "observe": LOOK + items,
        ACTIVITY: 1,
        Action.CREATE.value: LOOK + 4,
        Action.UPDATE.value: LOOK + 4 + rights,
        Action.REMOVE.value: LOOK + rights + 6,
    }
    return {action: {VERB: calls} for action, calls in taken.items()}
