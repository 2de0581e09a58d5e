"""`[systems.wecom]` of the configuration: where 政务微信 is, who the hub is there, and what that release can do."""

from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from connectors.http.client import check_base

PUBLIC = "https://qyapi.weixin.qq.com"


class WecomConfig(BaseModel):
    """
    [systems.wecom]
    url = "https://wecom.example.gov.cn"              # scheme, host and prefix; /cgi-bin is appended
    corp_id = "ww0123456789abcdef"
    secret = "file:/etc/huaming/wecom.secret"         # of 通讯录同步; resolved before it comes here
    reading_secret = "file:/etc/huaming/wecom-app.secret"    # of an application that everybody is visible to
    root_id = 1                                       # the department that is the district
    seats = 5000                                      # creations a month are limited to three times as many
    activity_secret = "file:/etc/huaming/wecom-log.secret"
    extattr = {"工号" = "key"}
    protected = ["admin"]
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    url: str = PUBLIC
    corp_id: str = Field(min_length=1)
    secret: str = Field(repr=False, min_length=1)
    reading_secret: str | None = Field(default=None, repr=False, min_length=1)  # where contacts sync may only write
    root_id: int = Field(default=1, ge=1)
    to_invite: bool = False  # whether the vendor sends an invitation to whom it does not know yet
    seats: int | None = Field(default=None, ge=1)
    activity_secret: str | None = Field(default=None, repr=False, min_length=1)  # of an application for the logs
    readable: bool = False  # whether mobile and email come back in reads (not to addresses registered since 2022)
    direct_leader: bool = True  # whether that release knows a member's 直属上级
    main_department: bool = True  # whether it knows main_department; else the first one of the list is
    listing: Literal["auto", "list", "list_id", "simplelist"] = "auto"  # how everybody is read
    extattr: dict[str, Literal["key", "user_name", "title"]] = Field(default_factory=dict)
    calls_per_minute: int = Field(default=10_000, ge=1)  # of one call of the interface (doc 90454)
    calls_per_hour: int = Field(default=150_000, ge=1)
    page_size: int = Field(default=500, ge=1, le=10_000)
    protected: tuple[str, ...] = ()  # userids, and numbers of departments (S16)
    ca_file: str | None = None
    plain_http: bool = False  # the explicit opt-out of TLS towards another machine
    answer_timeout: float = Field(default=25, gt=0, le=300)  # seconds, for each call

    @field_validator("extattr")
    @classmethod
    def _names(cls, extattr: dict[str, str]) -> dict[str, str]:
        if any("=" in name or not name.strip() for name in extattr):
            raise ValueError("extattr 的属性名不能为空，也不能含有 =")
        return extattr

    @model_validator(mode="after")
    def _address(self) -> Self:
        check_base(self.url, self.plain_http)
        return self

    def protects(self, *ids: str | None) -> bool:
        """Whether one of these is never written. userids are the same whatever their letter case."""
        closed = {each.casefold() for each in self.protected}
        return any(each is not None and each.casefold() in closed for each in ids)
