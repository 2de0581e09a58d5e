"""`[systems.attendance]` of the configuration: where the platform is, as which partner, and at which doors."""

from typing import Any, Literal, NamedTuple

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from connectors.http.client import check_base


class Door(NamedTuple):
    """A door, or a device with its doors: the platform's code and the number of a channel."""

    code: str
    channel: int

    def __str__(self) -> str:
        return f"{self.code}:{self.channel}"


class AttendanceConfig(BaseModel):
    """
    [systems.attendance]
    url = "https://isc.example.cn/artemis"
    app_key = "29000001"
    app_secret = "file:/etc/huaming/artemis.secret"    # resolved before it comes here
    ca_file = "/etc/huaming/isc.crt"                   # the platform's own certificate is seldom a public one
    doors = "8e1b...:1, 77aa...:1"                     # code:channel; none: rights are not managed
    protected = ["ADMIN", "8c3f..."]                   # jobNo or personId of accounts never written (S16)
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    url: str
    app_key: str = Field(min_length=1, repr=False)
    app_secret: str = Field(min_length=1, repr=False)
    ca_file: str | None = None
    plain_http: bool = False  # the explicit opt-out of TLS towards another machine
    answer_timeout: float = Field(default=25, gt=0, le=300)  # seconds, for each request
    root_org: str = ""  # where departments go; empty: the platform's own root
    page_size: int = Field(default=500, ge=1, le=1000)
    tag_id: str = ""  # tells this application's rights from another's
    user_id: str = ""  # a HikCentral build asks for one
    doors: tuple[Door, ...] = ()
    door_type: Literal["door", "acsDevice"] = "door"  # what the codes of `doors` name
    credentials: Literal["card", "face", "both"] = "both"  # what is brought to the doors
    rights: Literal["person", "organisation"] = "person"
    """Whose rights are set: each person's, by us; or an organisation's, in the console, and we bring them down."""
    move_organisations: bool = False  # whether org/single/update takes a new parent there
    return_cards: bool = False  # whether cards are listed and returned before a person is removed
    poll_seconds: float = Field(default=10, gt=0, le=3600)  # at most, between two looks at a task under way
    calls_per_minute: int = Field(default=0, ge=0)  # the partner's quota; 0: none
    event_lag: float = Field(default=3600, ge=0)  # seconds by which devices may upload an event late
    protected: tuple[str, ...] = ()

    @field_validator("url")
    @classmethod
    def _url(cls, url: str) -> str:
        return check_base(url.rstrip("/"), plain_http=True)

    @field_validator("app_key", "tag_id", "user_id")
    @classmethod
    def _header(cls, value: str) -> str:
        """They go in headers, where nothing else can stand: neither a full-width character nor a break of the line."""
        if not (value.isascii() and (value.isprintable() and " " not in value)):
            raise ValueError("只能含半角的字母、数字和符号，不含空格")
        return value

    @field_validator("doors", mode="before")
    @classmethod
    def _doors(cls, doors: Any) -> Any:
        given = doors.split(",") if isinstance(doors, str) else doors
        return tuple(_door(each) if isinstance(each, str) else each for each in given if each != "")

    @field_validator("protected", mode="before")
    @classmethod
    def _protected(cls, protected: Any) -> Any:
        given = protected.split(",") if isinstance(protected, str) else protected
        return tuple(filter(None, (each.strip() if isinstance(each, str) else each for each in given)))

    @model_validator(mode="after")
    def _no_secret_in_the_clear(self) -> "AttendanceConfig":
        check_base(self.url, self.plain_http)
        if len({*self.doors}) != len(self.doors):
            raise ValueError("doors 中有重复的门禁点")
        return self


def _door(text: str) -> Door:
    code, colon, channel = text.strip().partition(":")
    if not code.strip() or (colon and not channel.strip().isdecimal()):
        raise ValueError(f"doors 应为「编号:通道号」，以逗号分隔：{text.strip()}")
    return Door(code.strip(), int(channel) if colon else 1)
