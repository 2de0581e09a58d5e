"""What an operator writes: `huaming.toml`, validated (design: The outside, config).

Any string may be `env:NAME` or `file:PATH`: it is resolved when it is used, so a
rotated secret is read again. A key that is unknown is an error with its name.
"""

import os
import tomllib
from datetime import date
from pathlib import Path
from typing import Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, PrivateAttr, ValidationError, field_validator, model_validator
from pydantic_core import ErrorDetails

from mappings.guard import Limits
from mappings.policy.readings import Readings
from scim_server.sections import LetterSettings, Review, Section

INHERITED = ("PATH", "LANG", "LC_ALL", "TZ", "HOME")


class BadSettings(Exception):
    """The configuration cannot be used. The message names the key and says what is wrong."""


class Server(Section):
    """`[server]`: where SCIM is served, and under which address the world sees it."""

    host: str = "127.0.0.1"
    port: int = Field(8080, ge=0, le=65535)
    base_url: str | None = None  # default: http://HOST:PORT/scim/v2; never taken from a Host header
    roster_extension: bool = True
    slip_key: str | None = None  # the key that seals first passwords (S15); None: no system may give them
    unknown_members: Literal["refuse", "ignore"] | None = None  # None: refuse where the roster's extension is served
    event_key: str | None = None  # the Ed25519 key that signs events (RFC 8417); None: they are not signed


class StoreSettings(Section):
    """`[store]`: `sqlite:////abs/path.db` or `postgresql://user:pw@host:port/db`; a secret is resolved by the store."""

    url: str = Field("sqlite:///huaming.db", repr=False)


class Guard(Section):
    """`[guard]`: how many people an hour may be locked, removed, taken out of a group or renamed unasked (S23)."""

    floor: int = Field(20, ge=0)
    share: float = Field(0.03, ge=0, le=1)
    department_floor: int = Field(5, ge=0)
    department_share: float = Field(0.30, ge=0, le=1)

    @property
    def limits(self) -> Limits:
        """The same as the guard takes them."""
        return Limits(**self.model_dump())


class Log(Section):
    """`[log]`: how the log on stderr is written. At `debug` each step of an operation has its line."""

    format: Literal["text", "json"] = "text"
    level: Literal["debug", "info", "warning", "error"] = "info"


class Telemetry(Section):
    """`[telemetry]`: where OpenTelemetry spans go, `http://collector:4318`; None: there are none, at no cost."""

    otlp_endpoint: str | None = Field(None, pattern=r"^https?://[^\s/]+(/\S*)?$")


class Audit(Section):
    """`[audit]`: what protects the trace, and how long it is kept (S26)."""

    key: str | None = None  # 32 characters or more, outside the database; None: a key of the store's own
    former_keys: tuple[str, ...] = ()  # they open what they have sealed, and seal nothing any more
    retention_days: int = Field(1095, ge=183)
    head_minutes: int = Field(10, ge=1, le=1440)  # between two lines in the log that tell the head

    @property
    def secrets(self) -> tuple[str | None, tuple[str, ...]]:
        """Both, resolved now. Raises BadSettings."""
        former = tuple(_resolved("[audit] former_keys", each) for each in self.former_keys)
        return _resolved("[audit] key", self.key), former


class Alerts(Section):
    """`[alerts]` (S29): one way at most out of the house. The address is a secret: it may be `env:` or `file:`."""

    webhook: str | None = None
    command: tuple[str, ...] = ()  # gets the alert as JSON on stdin; no shell is between
    breaker_minutes: float = Field(15, gt=0)

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if self.webhook is not None and self.command:
            raise ValueError("give webhook or command, not both")
        return self


class Sweep(Section):
    """`[sweep]`: when every system is compared with the roster as a whole (S17)."""

    at: str = Field("02:30", pattern=r"^(([01]\d|2[0-3]):[0-5]\d|off)$")  # time of day in Asia/Shanghai; off: never

    @property
    def seconds(self) -> float | None:
        """After 00:00; None: never."""
        if self.at == "off":
            return None
        hours, minutes = self.at.split(":")
        return int(hours) * 3600.0 + int(minutes) * 60.0


Category = Literal["administrative", "institutional", "gov-employee", "outsourced", "other"]


class Policy(Section):
    """`[policy]`: how the regulation's open points are read (`mappings.policy.readings`, which has the words for each).

    A28 is no key here: it follows from `[systems.NAME] plain`.
    """

    letter_gate: Literal["none", "open", "all"] = "none"  # A02
    letter_gate_from: str | None = None  # A02; None: the day on which a server first started with the gate set
    internal_secondment_senders: Literal["both", "home"] = "both"  # A03
    count_start_day: bool = False  # A09
    closing_time: str = Field("24:00", pattern=r"^(([01]\d|2[0-3]):[0-5]\d|24:00)$")  # A11
    barred_departure: Literal["hold", "remove"] = "hold"  # C06
    barred_categories: frozenset[Category] = frozenset({"administrative", "institutional"})  # A26
    calendar: str | None = None  # a folder with the plan of each year, as 2027.toml

    @field_validator("letter_gate_from", mode="before")
    @classmethod
    def _a_day(cls, given: Any) -> Any:
        """TOML writes a day with quotation marks or without."""
        if isinstance(given, str):
            return date.fromisoformat(given).isoformat()
        return given.isoformat() if type(given) is date else given

    def readings(self, gate_set: str, plain: frozenset[str]) -> Readings:
        """`gate_set`: the ISO day from which a gate without a day of its own holds. `plain`: A28."""
        said = self.model_dump(exclude={"letter_gate_from", "calendar"})
        since = self.letter_gate_from or (None if self.letter_gate == "none" else gate_set)
        return Readings(**said, letter_gate_from=since, plain=plain)


class SystemSettings(BaseModel):
    """`[systems.NAME]`: what is common to all; the rest belongs to the connector of its kind."""

    model_config = ConfigDict(extra="allow", frozen=True)

    kind: str
    mode: Literal["observe", "enforce"] | None = None  # S13; None: decided by the first complete read
    follows: Literal["ldap", "oa", "wecom", "attendance"] | None = None  # 六: whose state counts; None: the kind's
    plain: bool | None = None  # S1; None: the kind's default
    default_department: str | None = None
    remove: str = Field("delete", pattern=r"^(delete|disable:[1-9]\d{0,3})$")  # S14
    protected: tuple[str, ...] = ()
    heal: tuple[str, ...] = ()  # attributes of adopted accounts that are brought to what the roster says (S13)
    drift: dict[str, Literal["heal", "report"]] = Field(default_factory=dict)  # what is changed by hand there (S17)
    drift_grace: str = Field("0m", pattern=r"^\d{1,4}[smhd]$")  # how long it is left before it is healed
    initial_password: Literal["none", "slip"] = "none"  # S15  # noqa: S105 - the name of a way
    lanes: int = Field(2, ge=1, le=16)  # threads with a connection each

    @property
    def connector(self) -> dict[str, Any]:
        """The connector's own settings, secrets resolved now. `protected` is known to both sides."""
        own = {key: _resolved(key, value) for key, value in (self.model_extra or {}).items()}
        return own | ({"protected": self.protected} if self.protected else {})

    @property
    def gives_slips(self) -> bool:
        """Whether new accounts get a first password on a slip (S15)."""
        return self.initial_password == "slip"  # noqa: S105 - the name of a way

    @property
    def grace(self) -> float:
        """Seconds for which a change by hand is left."""
        return int(self.drift_grace[:-1]) * {"s": 1.0, "m": 60.0, "h": 3600.0, "d": 86_400.0}[self.drift_grace[-1]]

    @property
    def keep_days(self) -> int:
        """Days for which an account that is to be removed stays, locked (S14)."""
        return int(self.remove.partition(":")[2] or 0)


class Settings(Section):
    """The whole file."""

    server: Server = Server()
    store: StoreSettings = StoreSettings()
    policy: Policy = Policy()
    guard: Guard = Guard()
    sweep: Sweep = Sweep()
    _source: Path | None = PrivateAttr(default=None)
    log: Log = Log()
    telemetry: Telemetry = Telemetry()
    alerts: Alerts = Alerts()
    audit: Audit = Audit()
    review: Review = Review()
    letters: LetterSettings = LetterSettings()
    systems: dict[str, SystemSettings] = Field(default_factory=dict)

    @field_validator("systems", mode="before")
    @classmethod
    def _kind_is_the_name(cls, systems: Any) -> Any:
        if not isinstance(systems, dict):
            return systems
        return {name: {"kind": name, **table} if isinstance(table, dict) else table for name, table in systems.items()}

    @model_validator(mode="after")
    def _letters_have_a_way(self) -> Self:
        if self.letters.channel not in (None, *self.systems):
            raise ValueError(f"letters.channel: no system named {self.letters.channel} is configured")
        return self

    @property
    def source(self) -> Path | None:
        """The file that they were read from; None: made otherwise."""
        return self._source

    @property
    def base_url(self) -> str:
        """The address in `meta.location`, without a slash at the end."""
        return (self.server.base_url or f"http://{self.server.host}:{self.server.port}/scim/v2").rstrip("/")

    @property
    def roster_extension(self) -> bool:
        """Whether the roster's own schemas are served (S10)."""
        return self.server.roster_extension

    @property
    def ignores_unknown_members(self) -> bool:
        """Whether a member whom nobody knows is left out of a Group instead of refusing the request."""
        return (self.server.unknown_members or ("refuse" if self.roster_extension else "ignore")) == "ignore"

    @property
    def event_key(self) -> str | None:
        """The PEM of the key that signs events, resolved now. Raises BadSettings."""
        found: str | None = _resolved("[server] event_key", self.server.event_key)
        return found

    @property
    def webhook(self) -> str | None:
        """Where alerts go, resolved now. Raises BadSettings."""
        found: str | None = _resolved("[alerts] webhook", self.alerts.webhook)
        return found

    @property
    def slip_key(self) -> str | None:
        """What seals first passwords, resolved now. Raises BadSettings."""
        found: str | None = _resolved("[server] slip_key", self.server.slip_key)
        return found


def _resolved(key: str, value: Any) -> Any:
    try:
        return resolve(value)
    except BadSettings as error:
        raise BadSettings(f"{key}: {error}") from error


def resolve(value: Any) -> Any:
    """The value behind `env:NAME` or `file:PATH`; anything else as it is. Raises BadSettings."""
    if not isinstance(value, str):
        return value
    source, _, rest = value.partition(":")
    if source == "env":
        if rest not in os.environ:
            raise BadSettings(f"the environment variable {rest} is not set")
        return os.environ[rest]
    if source == "file":
        try:
            return Path(rest).read_text(encoding="utf-8").rstrip("\r\n")
        except (OSError, UnicodeDecodeError) as error:
            raise BadSettings(f"the secret file {rest} cannot be read: {error}") from error
    return value


def bare_environment() -> dict[str, str]:
    """For programs that are not ours: what they need of our environment, which has secrets under names of anybody's."""
    return {name: os.environ[name] for name in INHERITED if name in os.environ}


def load(path: str | Path) -> Settings:
    """Reads a TOML file. Raises BadSettings with a sentence a line for each fault."""
    try:
        content = tomllib.loads(Path(path).read_text(encoding="utf-8"))
        settings = Settings.model_validate(content)
        settings._source = Path(path).absolute()
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise BadSettings(f"{path}: {error}") from error
    except ValidationError as error:
        raise BadSettings(f"{path}: " + "; ".join(map(_fault, error.errors()))) from error
    return settings


def _fault(each: ErrorDetails) -> str:
    return f"{'.'.join(map(str, each['loc']))}: {each['msg']}"
