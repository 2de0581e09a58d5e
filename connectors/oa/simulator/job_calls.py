"""The calls of orgPartTimeJob: no envelope; the bare word Success, or an empty JSON that says nothing."""

from collections.abc import Callable
from typing import Any

from connectors.oa.simulator import jobs
from connectors.oa.simulator.answers import Refusal, absent, plain
from connectors.oa.simulator.call import Call, page_of
from connectors.oa.simulator.ids import is_id
from connectors.oa.simulator.office import Office
from connectors.oa.simulator.shapes import Entity
from connectors.simulation.vendor import Told


def listed(office: Office, call: Call) -> Told:
    """GET orgPartTimeJob/list."""
    return _page(office, call, jobs.rows(office))


def inside(office: Office, call: Call) -> Told:
    """GET orgPartTimeJob/insidelist: people of other units who work in this one."""
    return _page(office, call, jobs.rows(office, into=_unit(office, call)))


def foreign(office: Office, call: Call) -> Told:
    """GET orgPartTimeJob/foreignlist: people of this unit who work in others."""
    return _page(office, call, jobs.rows(office, of=_unit(office, call)))


def one(office: Office, call: Call) -> Told:
    """GET orgPartTimeJob/{id}."""
    row = office.jobs.get(call.ident())
    return plain(jobs.shown(office, row)) if row else absent(office.switches)


def create(office: Office, call: Call) -> Told:
    """POST orgPartTimeJob."""
    return _written(office, lambda: jobs.create(office, call.body()))


def update(office: Office, call: Call) -> Told:
    """PUT orgPartTimeJob."""
    return _written(office, lambda: jobs.update(office, call.body()))


def delete(office: Office, call: Call) -> Told:
    """DELETE orgPartTimeJob/delete/{id}."""
    return _written(office, lambda: jobs.delete(office, call.ident()))


def _written(office: Office, write: Callable[[], Any]) -> Told:
    try:
        write()
    except (jobs.Failed, Refusal):
        return Told(body=office.switches.job_failure.encode())
    return Told(body=b"Success")


def _unit(office: Office, call: Call) -> int:
    """The unit of the lists: `accountId` of the query, else the one that was there from the start."""
    named = call.asked.query.get("accountId", "")
    return int(named) if is_id(named) else int(office.home()["id"])


def _page(office: Office, call: Call, rows: list[Entity]) -> Told:
    return plain([jobs.shown(office, each) for each in page_of(office.switches, call.asked, rows)])
