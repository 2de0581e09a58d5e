"""What the access report is asked with: today's required states, of the configuration at hand."""

from functools import partial

from sqlalchemy import Connection, select

from scim_server.operate.desk import Desk
from scim_server.operate.reading import frame
from scim_server.operate.states import state_of
from scim_server.reports.access.people import below
from scim_server.reports.access.reading import Terms
from scim_server.store.tables import links


def terms_of(desk: Desk, connection: Connection, department: str | None, system: str | None) -> Terms:
    """Today's. `department`: its externalId, with all below it. Raises LookupError where there is none."""
    seen, day = frame(desk, connection), desk.clock.today()
    wanted = below(connection, seen.org, department) if department is not None else None
    state = partial(state_of, day=day, seen=seen)
    return Terms(state, [system] if system else systems_of(desk, connection), seen.org, day, wanted)


def systems_of(desk: Desk, connection: Connection) -> list[str]:
    """Those configured, and those that were once and still have links."""
    linked = set(connection.scalars(select(links.c.system).distinct()))
    return [*desk.settings.systems, *sorted(linked - set(desk.settings.systems))]


def scope_of(terms: Terms, department: str | None, system: str | None) -> str:
    """What it covers, in words."""
    where = f"{terms.org.departments[department].name}（{department}）及所辖" if department else "全部部门"
    return f"{where}，{system or '全部系统'}"
