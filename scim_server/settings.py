"""What an operator writes: `huaming.toml`, validated (design: The outside, config).

Any string may be `env:NAME` or `file:PATH`: it is resolved when it is used, so a
rotated secret is read again. A key that is unknown is an error with its name.
"""

import os
import tomllib
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator


class BadSettings(Exception):
    """The configuration cannot be used. The message names the key and says what is wrong."""


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Server(_Section):
    """`[server]`: where SCIM is served, and under which address the world sees it."""

    host: str = "127.0.0.1"
    port: int = Field(8080, ge=0, le=65535)
    base_url: str | None = None  # default: http://HOST:PORT/scim/v2; never taken from a Host header
    roster_extension: bool = True


class StoreSettings(_Section):
    """`[store]`: `sqlite:////abs/path.db`; `postgresql://` comes with a later version."""

    url: str = "sqlite:///huaming.db"


class Guard(_Section):
    """`[guard]`: how many dangerous operations an hour may pass by themselves (S23). Accepted, not in force yet."""

    floor: int = Field(20, ge=0)
    share: float = Field(0.03, ge=0, le=1)
    department_floor: int = Field(5, ge=0)
    department_share: float = Field(0.30, ge=0, le=1)


class Policy(BaseModel):
    """`[policy]`: readings of the regulation. Accepted, not in force yet."""

    model_config = ConfigDict(extra="allow", frozen=True)


class SystemSettings(BaseModel):
    """`[systems.NAME]`: what is common to all; the rest belongs to the connector of its kind."""

    model_config = ConfigDict(extra="allow", frozen=True)

    kind: str
    mode: Literal["observe", "enforce"] | None = None  # S13; None: decided by the first complete read
    plain: bool | None = None  # S1; None: the kind's default
    default_department: str | None = None
    remove: str = Field("delete", pattern=r"^(delete|disable:[1-9]\d{0,3})$")  # S14
    protected: tuple[str, ...] = ()
    lanes: int = Field(2, ge=1, le=16)  # threads with a connection each

    @property
    def connector(self) -> dict[str, Any]:
        """The connector's own settings, secrets resolved now. `protected` is known to both sides."""
        own = {key: _resolved(key, value) for key, value in (self.model_extra or {}).items()}
        return own | ({"protected": self.protected} if self.protected else {})

    @property
    def keep_days(self) -> int:
        """Days for which an account that is to be removed stays, locked (S14)."""
        return int(self.remove.partition(":")[2] or 0)


class Settings(_Section):
    """The whole file."""

    server: Server = Server()
    store: StoreSettings = StoreSettings()
    policy: Policy = Policy()
    guard: Guard = Guard()
    systems: dict[str, SystemSettings] = Field(default_factory=dict)

    @field_validator("systems", mode="before")
    @classmethod
    def _kind_is_the_name(cls, systems: Any) -> Any:
        if not isinstance(systems, dict):
            return systems
        return {name: {"kind": name, **table} if isinstance(table, dict) else table for name, table in systems.items()}

    @property
    def base_url(self) -> str:
        """The address in `meta.location`, without a slash at the end."""
        return (self.server.base_url or f"http://{self.server.host}:{self.server.port}/scim/v2").rstrip("/")

    @property
    def roster_extension(self) -> bool:
        """Whether the roster's own schemas are served (S10)."""
        return self.server.roster_extension


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


def load(path: str | Path) -> Settings:
    """Reads a TOML file. Raises BadSettings with a sentence a line for each fault."""
    try:
        content = tomllib.loads(Path(path).read_text(encoding="utf-8"))
        settings = Settings.model_validate(content)
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise BadSettings(f"{path}: {error}") from error
    except ValidationError as error:
        faults = (f"{'.'.join(map(str, each['loc']))}: {each['msg']}" for each in error.errors())
        raise BadSettings(f"{path}: " + "; ".join(faults)) from error
    return settings
