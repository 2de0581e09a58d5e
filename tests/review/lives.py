"""The lives of a seeded month, and what is to be said of each account on 2026-07-01, typed by hand from A12 and S18.

The window is June and the first day of July. `out`: why an account is left out, by system, else it is asked about;
`recorded`: not the policy says so but what is on record of the account.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

Json = dict[str, Any]
SYSTEMS = ("ldap", "oa", "wecom", "attendance")
ALL = "all"


@dataclass(frozen=True)
class Life:
    """`facts`: beside the hire of 2020 and the post in the department; `gone`: the person is in no check at all.

    `links`: what differs of the links; None: there is none. `sent`: (system, action, day) of operations on record.
    """

    name: str
    out: Mapping[str, str] = field(default_factory=dict)
    facts: Json = field(default_factory=dict)
    hired: str = "2020-01-02"
    posts: tuple[Json, ...] | None = None
    events: tuple[Json, ...] = ()
    marks: Mapping[str, list[Json]] = field(default_factory=dict)
    links: Mapping[str, Json | None] = field(default_factory=dict)
    sent: tuple[tuple[str, str, str], ...] = ()
    recorded: bool = False
    gone: bool = False
    plain: bool = False
    asked: str = "own"  # own | offices | nobody | moved

    def reason(self, system: str) -> str | None:
        return self.out.get(system, self.out.get(ALL))


def event(type: str, day: str, **more: Any) -> Json:
    return {"value": f"e-{type}-{day}", "type": type, "effectiveDate": day, **more}


def post(kind: str, start: str, **more: Any) -> Json:
    return {"value": f"a-{kind}-{start}", "kind": kind, "scope": "internal", "startDate": start, **more}


def outbound(start: str, end: str | None = None) -> Json:
    ends = {"endDate": end} if end else {}
    place = {"scope": "outbound", "externalOrganization": "省教育厅", "sendingDepartment": "HOME"}
    return post("secondment", start, **place, **ends)


HOME = post("primary", "2020-01-02", department="HOME")
LOCKS = {"ldap": "locked", "oa": "locked", "wecom": "locked"}
UNLOCKS = {"ldap": "unlocked", "oa": "unlocked", "wecom": "unlocked"}
NO_LINK = dict.fromkeys(SYSTEMS)
GONE = {system: {"state": "gone", "remote_id": None, "presence": None} for system in SYSTEMS}

ORDINARY = (
    Life("in service for years"),
    Life("hired on the eve of the window", hired="2026-05-31"),
    Life("hired on its first day", hired="2026-06-01"),
    Life("in an office of the department", posts=(post("primary", "2020-01-02", department="OFFICE"),)),
    Life(
        "lent within the district",
        posts=(HOME, post("secondment", "2026-06-08", department="KGX", sendingDepartment="HOME")),
    ),
    Life(
        "moved to another department",
        posts=(HOME | {"endDate": "2026-06-14"}, post("primary", "2026-06-15", department="KGX")),
        asked="moved",
    ),
    Life("lock that was over on the eve", events=(event("other-lock", "2026-05-04", endDate="2026-05-31"),)),
    Life("investigated and at work", events=(event("investigation", "2026-06-03", workSuspended=False),)),
    Life("lock to come", events=(event("other-lock", "2026-07-02"),)),
)
LEADERS = (
    Life("party leader", facts={"leaderLevel": "district-party"}, asked="offices"),
    Life("government leader", facts={"leaderLevel": "district-government"}, asked="offices"),
    Life("leader of both", facts={"leaderLevel": "district-both"}, asked="offices"),
    Life(
        "leader of the congress", facts={"leaderLevel": "none"}, posts=(post("primary", "2020-01-02", department="RD"),)
    ),
)
LEFT_OUT = (
    Life("hired inside", {ALL: "new"}, hired="2026-06-02"),
    Life("hired today", {ALL: "new"}, hired="2026-07-01"),
    Life(
        "hired anew inside",
        {ALL: "new"},
        events=(event("resignation", "2026-06-05"), event("hire", "2026-06-20", entryRoute="recruited")),
        posts=(HOME | {"endDate": "2026-06-04"}, post("primary", "2026-06-20", department="HOME")),
    ),
    Life("retired inside", {ALL: "removed"}, events=(event("retirement", "2026-06-20"),), links=GONE),
    Life("retired today", {ALL: "removed"}, events=(event("retirement", "2026-07-01"),)),
    Life(
        "retired, and the account stands",
        {ALL: "removed"},
        events=(event("retirement", "2026-01-20"),),
        links=NO_LINK | {"oa": {"state": "parked"}},
    ),
    Life(
        "a reply says left",
        {ALL: "removed"},
        marks={"rulings": [{"kind": "reply-says-left", "start": "2026-06-20", "by": "符主任"}]},
        links=GONE,
    ),
    Life("posted outside", LOCKS | {"attendance": "locked"}, posts=(HOME, outbound("2026-01-05"))),
    Life("posted outside since today", LOCKS | {"attendance": "locked"}, posts=(HOME, outbound("2026-07-01"))),
    Life(
        "back from outside inside",
        UNLOCKS | {"attendance": "unlocked"},
        posts=(HOME, outbound("2026-01-05", "2026-06-01")),
    ),
    Life("suspended from work", LOCKS, events=(event("investigation", "2026-06-12", workSuspended=True),)),
    Life(
        "back at work inside",
        UNLOCKS,
        events=(event("investigation", "2026-05-12", workSuspended=True, endDate="2026-06-12", outcome="cleared"),),
    ),
    Life(
        "held exit",
        LOCKS,
        facts={"employmentCategory": "administrative"},
        events=(event("investigation", "2026-05-12", workSuspended=False), event("resignation", "2026-06-12")),
    ),
    Life("locked for a day", UNLOCKS, events=(event("other-lock", "2026-06-10", endDate="2026-06-10"),)),
    Life("locked on the first day", UNLOCKS, events=(event("other-lock", "2026-05-10", endDate="2026-06-01"),)),
    Life("bare lock", LOCKS, marks={"bareLocks": [{"start": "2026-06-10"}]}),
    Life("bare lock that was lifted", UNLOCKS, marks={"bareLocks": [{"start": "2026-06-10", "end": "2026-06-19"}]}),
    Life(
        "blocked in the OA",
        {"oa": "locked"},
        marks={"rulings": [{"kind": "block", "start": "2026-06-10", "by": "符主任", "systems": ["oa"]}]},
    ),
    Life(
        "no attendance wanted",
        {"attendance": "not-needed"},
        facts={"employmentCategory": "outsourced", "accessNeeds": {"oa": True, "wecom": True, "attendance": False}},
        links={"attendance": None},
    ),
    Life(
        "WeCom given up inside",
        {"wecom": "needs-changed"},
        facts={"accessNeeds": {"wecom": False}},
        links={"wecom": {"state": "gone", "remote_id": None, "presence": None}},
        sent=(("wecom", "remove", "2026-06-18"),),
    ),
    Life(
        "without facts",
        dict.fromkeys(("oa", "wecom", "attendance"), "not-needed"),
        links=NO_LINK | {"ldap": {}},
        plain=True,
    ),
    Life("parked", {"oa": "parked"}, links={"oa": {"state": "parked"}}, recorded=True),
    Life("held", {"oa": "held"}, links={"oa": {"state": "held"}}, recorded=True),
    Life(
        "never made there",
        {"oa": "absent", "wecom": "absent"},
        links={"oa": None, "wecom": {"state": "due", "remote_id": None, "presence": None}},
        recorded=True,
    ),
    Life("locked by hand", {"oa": "not-active"}, links={"oa": {"presence": "locked"}}, recorded=True),
    Life("not read yet", {"oa": "not-active"}, links={"oa": {"presence": None}}, recorded=True),
    Life("made late", {"oa": "new"}, sent=(("oa", "create", "2026-06-11"),), recorded=True),
    Life("made before the window", sent=(("oa", "create", "2026-05-31"),)),
    Life("unlocked late", {"oa": "unlocked"}, sent=(("oa", "unlock", "2026-06-11"),), recorded=True),
    Life("protected in the OA", {"oa": "protected"}, links={"oa": {"name": "Admin-Life"}}, recorded=True),
    Life("looked at anew in an outage", links={"oa": {"state": "due", "presence": None, "read_back": "{}"}}),
    Life(
        "locked by hand, and looked at anew in an outage",
        {"oa": "not-active"},
        links={"oa": {"state": "due", "presence": None, "read_back": "{}", "finding": "locked-by-hand"}},
        recorded=True,
    ),
    Life("under way there", links={"oa": {"state": "due"}, "attendance": {"state": "waiting"}}),
    Life("in the district itself", posts=(post("primary", "2020-01-02", department="D0"),), asked="nobody"),
    Life("left long ago", events=(event("resignation", "2025-01-06"),), links=GONE, gone=True),
    Life("to come", hired="2026-08-03", links=NO_LINK, gone=True),
)
LIVES = (*ORDINARY, *LEADERS, *LEFT_OUT)
