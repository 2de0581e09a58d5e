"""Which path is which call. What is not here is answered with a page for people."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

from connectors.oa.simulator import (
    attachments,
    departments,
    job_calls,
    members,
    messages,
    posts,
    processes,
    reads,
    tokens,
    writes,
)
from connectors.oa.simulator.office import Office
from connectors.oa.simulator.posts import LEVELS, POSTS, Ranks
from connectors.oa.simulator.switches import ATTACHMENT, MESSAGE, ORGANISATION, PROCESS

PLACES = {"id": r"(-?\d{1,20})", "word": r"([^/]+)", "flag": "(true|false)"}


@dataclass(frozen=True, slots=True)
class Route:
    """One call: `module` must be granted ("": needs no token)."""

    method: str
    pattern: re.Pattern[str]
    module: str
    serve: writes.Serve


def route(method: str, path: str, module: str, serve: writes.Serve) -> Route:
    """`path` with {id}, {word} and {flag} in it."""
    return Route(method, re.compile(re.sub(r"\{(\w+)\}", lambda place: PLACES[place[1]], path)), module, serve)


def _token() -> Iterator[Route]:
    yield route("POST", "token", "", tokens.post)
    yield route("PUT", "token", "", tokens.put)
    yield route("GET", "token/{word}/{word}", "", tokens.get)


def _departments() -> Iterator[Route]:
    org = partial(route, module=ORGANISATION)
    yield org("GET", "orgAccounts", serve=reads.units)
    yield org("GET", "orgAccounts/parent/{id}", serve=reads.unit_above)
    yield org("GET", "orgDepartments/{id}", serve=partial(reads.departments_of, enabled=True))
    yield org("GET", "orgDepartments/all/{id}", serve=partial(reads.departments_of, enabled=False))
    yield org("GET", "orgDepartment/{id}", serve=reads.department)
    yield org("GET", "orgDepartment/code/{word}", serve=reads.department_by_code)
    yield org("POST", "orgDepartment", serve=writes.one(departments.create, departments.shown))
    yield org("PUT", "orgDepartment", serve=writes.one(departments.update, departments.shown))
    yield org("POST", "orgDepartment/addDepartments", serve=writes.batch(departments.create, departments.shown))
    yield org("POST", "orgDepartment/updateDepartments", serve=writes.batch(departments.update, departments.shown))
    yield org("POST", "orgDepartment/move/{id}/{id}", serve=writes.move)
    yield org(
        "PUT",
        "orgDepartment/{id}/enabled/{flag}",
        serve=writes.enabling(writes.path_id, departments.enable, departments.shown),
    )
    yield org(
        "PUT",
        "orgDepartment/code/{word}/enabled/{flag}",
        serve=writes.enabling(writes.of_department, departments.enable, departments.shown),
    )
    yield org("DELETE", "orgDepartment/{id}", serve=writes.named(writes.path_id, departments.delete, departments.shown))
    yield org(
        "DELETE",
        "orgDepartment/code/{word}",
        serve=writes.named(writes.of_department, departments.delete, departments.shown),
    )
    yield org("GET", "orgDepartments?/departmentmanagerinfo/{id}/{id}", serve=reads.managers_of)
    yield org("PUT", "orgDepartments?/departmentmanagerinfo", serve=writes.in_charge)


def _ranks(name: str, ranks: Ranks) -> Iterator[Route]:
    org, show, of_code = partial(route, module=ORGANISATION), writes.shown_rank(ranks), writes.of_rank(ranks)
    yield org("GET", f"{name}s/{{id}}", serve=partial(reads.ranks_of, ranks=ranks, enabled=True))
    yield org("GET", f"{name}s/all/{{id}}", serve=partial(reads.ranks_of, ranks=ranks, enabled=False))
    yield org("GET", f"{name}/{{id}}", serve=partial(reads.rank, ranks=ranks))
    yield org("GET", f"{name}/code/{{word}}", serve=partial(reads.rank_by_code, ranks=ranks))
    yield org("POST", name, serve=writes.one(_with(posts.create, ranks), show))
    yield org("PUT", name, serve=writes.one(_with(posts.update, ranks), show))
    yield org("DELETE", f"{name}/{{id}}", serve=writes.named(writes.path_id, _with(posts.delete, ranks), show))
    yield org("DELETE", f"{name}/code/{{word}}", serve=writes.named(of_code, _with(posts.delete, ranks), show))
    yield org("PUT", f"{name}/code/{{word}}/enabled/{{flag}}", serve=writes.enabling(of_code, _flag_with(ranks), show))
    yield org("PUT", f"{name}/{{id}}/enabled/{{flag}}", serve=writes.enabling(writes.path_id, _flag_with(ranks), show))


def _member_reads() -> Iterator[Route]:
    org = partial(route, module=ORGANISATION)
    yield org("GET", "orgMember/{id}", serve=reads.member)
    yield org("GET", "orgMember/?", serve=reads.member_by_login)
    yield org("GET", "orgMembers?/code/{word}", serve=reads.member_by_code)
    yield org("GET", "orgMember/telephone/{word}", serve=reads.member_by_telephone)
    yield org("GET", "orgMember/effective/loginName/{word}", serve=reads.login_effective)
    yield org("GET", "orgMembers/{id}", serve=partial(reads.members_of, enabled=True))
    yield org("GET", "orgMembers/all/{id}", serve=partial(reads.members_of, enabled=False))
    yield org("GET", "orgMembers/count/{id}", serve=partial(reads.count_of, enabled=True))
    yield org("GET", "orgMembers/all/count/{id}", serve=partial(reads.count_of, enabled=False))
    yield org("GET", "orgMembers/department/{id}", serve=reads.members_in)
    yield org("GET", "orgMembers/post/{id}", serve=partial(reads.members_with, ranks=POSTS))
    yield org("GET", "orgMembers/level/{id}", serve=partial(reads.members_with, ranks=LEVELS))
    yield org("GET", "orgMembers/name/{word}", serve=reads.members_named)


def _member_writes() -> Iterator[Route]:
    org, show = partial(route, module=ORGANISATION), members.shown
    yield org("POST", "orgMember", serve=writes.one(members.create, show))
    yield org("PUT", "orgMember", serve=writes.one(members.update, show))
    yield org("POST", "orgMember/addMembers", serve=writes.batch(members.create, show))
    yield org("POST", "orgMember/updateMembers", serve=writes.batch(members.update, show))
    yield org("POST", "orgMember/removeMembers", serve=writes.batch_of_ids(members.delete, show))
    yield org("PUT", "orgMembers", serve=writes.batch(members.upsert, show))
    yield org("PUT", "orgMembers/batchdelete", serve=writes.batch_of_ids(members.delete, show))
    yield org("PUT", "orgMember/{id}/enabled/{flag}", serve=writes.enabling(writes.path_id, members.enable, show))
    yield org(
        "PUT", "orgMember/code/{word}/enabled/{flag}", serve=writes.enabling(writes.of_member, members.enable, show)
    )
    yield org("POST", "orgMember/leave/{id}/{id}", serve=writes.leave)
    yield org("DELETE", "orgMember/{id}", serve=writes.named(writes.path_id, members.delete, show))
    yield org("DELETE", "orgMember/code/{word}", serve=writes.named(writes.of_member, members.delete, show))
    yield org("DELETE", "orgMember", serve=writes.named(writes.of_login, members.delete, show))
    yield org("PUT", "orgMember/{id}/password/{word}", serve=writes.password(writes.path_id))
    yield org("PUT", "orgMember/code/{word}/password/{word}", serve=writes.password(writes.of_member))


def _jobs() -> Iterator[Route]:
    org = partial(route, module=ORGANISATION)
    yield org("GET", "orgPartTimeJob/list", serve=job_calls.listed)
    yield org("GET", "orgPartTimeJob/insidelist", serve=job_calls.inside)
    yield org("GET", "orgPartTimeJob/foreignlist", serve=job_calls.foreign)
    yield org("GET", "orgPartTimeJob/{id}", serve=job_calls.one)
    yield org("POST", "orgPartTimeJob", serve=job_calls.create)
    yield org("PUT", "orgPartTimeJob", serve=job_calls.update)
    yield org("DELETE", "orgPartTimeJob/delete/{id}", serve=job_calls.delete)


def _letters() -> Iterator[Route]:
    yield route("POST", "message/loginName", MESSAGE, messages.by_logins)
    yield route("POST", "message/userId", MESSAGE, messages.by_ids)
    yield route("GET", "message/all/{id}", MESSAGE, messages.received)
    yield route("POST", "bpm/process/start", PROCESS, processes.start)
    yield route("POST", "bpm/process/repeal", PROCESS, processes.repeal)
    yield route("POST", "bpm/process/stop", PROCESS, processes.stop)
    yield route("POST", "bpm/workitem/finish", PROCESS, processes.finish)
    yield route("POST", "coll/sentAffairs", PROCESS, processes.sent)
    yield route("GET", "flow/state/{id}", PROCESS, processes.state)
    yield route("GET", "flow/data/{id}", PROCESS, processes.content)
    yield route("POST", "flow/FromTemplate/{word}", PROCESS, processes.older)
    yield route("POST", "flow/{word}", PROCESS, processes.older)
    yield route("POST", "attachment", ATTACHMENT, attachments.post)


def _with(write: Callable[[Office, Ranks, Any], Any], ranks: Ranks) -> writes.Write:
    return lambda office, subject: write(office, ranks, subject)


def _flag_with(ranks: Ranks) -> Callable[[Office, int, bool], Any]:
    return lambda office, ident, enabled: posts.enable(office, ranks, ident, enabled)


ROUTES: tuple[Route, ...] = (
    *_token(),
    *_departments(),
    *_ranks("orgPost", POSTS),
    *_ranks("orgLevel", LEVELS),
    *_member_reads(),
    *_member_writes(),
    *_jobs(),
    *_letters(),
)


def found(method: str, path: str) -> tuple[Route, tuple[str, ...]] | None:
    """The call that a path below the base is, and what stands in the places of its pattern."""
    for each in ROUTES:
        match = each.pattern.fullmatch(path) if each.method == method else None
        if match:
            return each, match.groups()
    return None
