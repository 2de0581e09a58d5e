"""The simulated corp: its secrets, its limits, and switches for what installations do one way or the other."""

from dataclasses import dataclass

SYNC = "contacts-sync-of-a-simulated-corp"
APP = "application-of-a-simulated-corp"
LOG = "log-reader-of-a-simulated-corp"


@dataclass(frozen=True, slots=True)
class Corp:
    """A corp as its administrator has set it up. The defaults are those of a public WeCom of today.

    `secret` is that of contacts sync, the only one that writes; `app_secret` that of an application, which
    reads; `activity_secret` that of an application which may read the members' log as well.

    Switches: `readable` shows what is private in reads; `denied` are calls refused to contacts sync with 48009
    (user/get and its like, for addresses listed after August 2022); `absent` are calls, and `absent_fields` fields
    of a member, that a private release does not have yet; `settling`: seconds until a new department may get members.
    """

    corp_id: str = "ww0000000000000001"
    secret: str = SYNC
    app_secret: str = APP
    activity_secret: str = LOG
    root_id: int = 1
    root_name: str = "示范区"
    token_lifetime: int = 7200
    per_minute: int = 10_000
    per_hour: int = 150_000
    seats: int | None = None
    creator: str | None = None
    mail_domain: str = "example.gov.cn"
    extattrs: frozenset[str] = frozenset({"兼任"})
    readable: bool = False
    denied: frozenset[str] = frozenset()
    absent: frozenset[str] = frozenset()
    absent_fields: frozenset[str] = frozenset()
    settling: float = 0.0
