"""`[systems.NAME] kind = "scim"`: where a SCIM 2.0 service is, how one speaks to it, and its ways."""

from base64 import b64encode
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from connectors.http.client import check_base
from connectors.scim.attributes import GROUP, PERSON


class ScimConfig(BaseModel):
    """
    [systems.mail]
    kind = "scim"
    url = "https://mail.example.cn/scim/v2"     # the base of /Users and /Groups
    token = "file:/etc/huaming/mail.token"      # bearer; resolved before it comes here
    user = "huaming"                            # instead of a token: HTTP Basic, with password
    password = "env:MAIL_PASSWORD"
    unmanaged = ["name.formatted"]              # attributes that this service computes or spells its own way
    protected = ["admin", "E0001"]              # userNames, externalIds or ids that are never written
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    url: str
    token: str | None = Field(default=None, repr=False, min_length=1)
    user: str | None = Field(default=None, min_length=1)
    password: str | None = Field(default=None, repr=False, min_length=1)
    lock: Literal["active"] = "active"  # how a lock is spelled: active = false
    unmanaged: tuple[str, ...] = ()
    protected: tuple[str, ...] = ()

    ca_file: str | None = None
    plain_http: bool = False  # the explicit opt-out of TLS towards another machine
    answer_timeout: float = Field(default=25, gt=0, le=300)  # seconds, for each request
    page_size: int = Field(default=200, ge=1, le=1000)
    calls_per_minute: int | None = Field(default=None, ge=1)  # None: the service names no limit
    trial: bool = True  # whether `doctor` makes an account of its own for a moment

    # what services do each in its own way; "auto" is what the service says of itself, or what its own data prove
    writes: Literal["auto", "patch", "put"] = "auto"
    members: Literal["auto", "patch", "put"] = "auto"
    memberships: Literal["auto", "user", "filter", "groups"] = "auto"  # where a person's groups are read
    filters: bool = True  # false: never asks with a filter, though the service says that it knows them
    group_key: Literal["externalId", "displayName"] = "externalId"  # displayName: groups keep no externalId there
    group_names: Literal["name", "path"] = "name"  # path: 区教育局/办公室, where no two groups may have one name
    media_type: Literal["application/scim+json", "application/json"] = "application/scim+json"

    @field_validator("url")
    @classmethod
    def _path(cls, url: str) -> str:
        return url.rstrip("/")

    @field_validator("unmanaged", "protected", mode="before")
    @classmethod
    def _listed(cls, value: object) -> object:
        """A flat table says a list as one text, with commas."""
        return tuple(each.strip() for each in value.split(",") if each.strip()) if isinstance(value, str) else value

    @model_validator(mode="after")
    def _sound(self) -> Self:
        check_base(self.url, self.plain_http)
        if (self.token is None) == (self.user is None) or (self.user is None) != (self.password is None):
            raise ValueError("须设 token，或同时设 user 和 password，二者择一")
        if not (self.token or "").isascii():
            raise ValueError("token 只能含 ASCII 字符")
        unknown = sorted(set(self.unmanaged) - PERSON.keys() - GROUP.keys())
        if unknown:
            raise ValueError(f"unmanaged 中没有 {'、'.join(unknown)}；可写的是 {'、'.join({**PERSON, **GROUP})}")
        if not {"userName", "externalId"}.isdisjoint(self.unmanaged):
            raise ValueError("unmanaged 不能含 userName 和 externalId：账号凭它们登录和对应")
        return self

    @property
    def authorization(self) -> str:
        """The header's value (RFC 6750, RFC 7617). A secret."""
        if self.token is not None:
            return f"Bearer {self.token}"
        return "Basic " + b64encode(f"{self.user}:{self.password}".encode()).decode("ascii")

    def protects(self, *names: str | None) -> bool:
        """Whether one of these is never written."""
        closed = {each.casefold() for each in self.protected}
        return any(each is not None and each.casefold() in closed for each in names)
