"""How the regulation is read in this house, as a local operator's commands need it."""

from dataclasses import dataclass

from sqlalchemy import Connection

from mappings.model import Org
from mappings.policy.readings import Readings
from scim_server.operate.desk import Desk
from scim_server.settings import Settings
from scim_server.store.people import read_org


@dataclass(frozen=True, slots=True)
class Frame:
    """What every question about a person is asked with: the settings, the readings, the departments as they are."""

    settings: Settings
    readings: Readings
    org: Org


def frame(desk: Desk, connection: Connection) -> Frame:
    """Of the configuration at hand."""
    return Frame(desk.settings, desk.readings(), read_org(connection))
