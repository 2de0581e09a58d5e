"""`[systems.oa]` of the configuration: where the OA is, and how the hub may talk to it."""

from collections.abc import Mapping
from functools import cached_property
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from connectors.http.client import check_base
from connectors.oa import positions


class OaConfig(BaseModel):
    """
    [systems.oa]
    url = "https://oa.example.cn/seeyon/rest"
    user = "huaming"                            # the REST user (REST 用户)
    password = "file:/etc/huaming/oa.secret"    # resolved before it comes here
    unit = "崖州区"                             # code, name or id of the unit that our root is
    default_post = "科员"                       # code or name; exists in the unit already
    default_level = "科员级"
    positions = "/etc/huaming/oa-positions.csv"
    unit_kinds = ["gov"]                        # Groups of these kinds are units of their own
    login_name = "huaming"                      # whose letters they are
    protected = ["admin", "E0001"]              # login names, codes or ids that are never written
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    url: str
    user: str = Field(min_length=1)
    password: str = Field(repr=False, min_length=1)
    unit: str = Field(min_length=1)
    default_post: str = Field(min_length=1)
    default_level: str = Field(min_length=1)
    positions: str | None = None
    unit_kinds: tuple[str, ...] = ()
    protected: tuple[str, ...] = ()

    login_name: str = ""  # empty: the OA brings no letters
    letter_template: str = ""  # code of a form process; empty: letters are messages
    letter_form: str = ""  # name of its main table, formmain_0124
    letter_fields: dict[str, str] = Field(default_factory=dict)  # our word -> display name of the form's field

    ca_file: str | None = None
    plain_http: bool = False  # the explicit opt-out of TLS towards another machine
    answer_timeout: float = Field(default=25, gt=0, le=300)  # seconds, for each request
    page_size: int = Field(default=200, ge=1, le=1000)

    # what the vendor's papers leave open, or what differs from build to build
    first_page: Literal["probe", 0, 1] = "probe"
    code_shows_locked: bool = False  # whether looking up by code finds people who are 停用
    second_post_name: str = ""  # how a second post names its department; empty: what is taken is found out
    token_minutes: float = Field(default=15, gt=0, le=24 * 60)  # after which a token is fetched anew unasked

    @field_validator("url")
    @classmethod
    def _path(cls, url: str) -> str:
        return url.rstrip("/")

    @field_validator("unit_kinds", "protected", mode="before")
    @classmethod
    def _listed(cls, value: object) -> object:
        """A flat table says a list as one text, with commas."""
        return tuple(each.strip() for each in value.split(",") if each.strip()) if isinstance(value, str) else value

    @model_validator(mode="after")
    def _sound(self) -> Self:
        check_base(self.url, self.plain_http)
        if self.letter_template and not (self.login_name and self.letter_form and self.letter_fields):
            raise ValueError("letter_template 需要同时设置 login_name、letter_form 和 letter_fields")
        unknown = set(self.letter_fields) - LETTER_WORDS
        if unknown:
            raise ValueError(f"letter_fields 的左边只能是 {'、'.join(sorted(LETTER_WORDS))}，不能是 {sorted(unknown)}")
        _ = self.places  # the file is read once, and a fault in it is found before anything starts
        return self

    @cached_property
    def places(self) -> Mapping[str, tuple[str, str]]:
        """The table of positions: position -> (post, level)."""
        return positions.read(self.positions) if self.positions else {}


LETTER_WORDS = frozenset({"number", "subject", "text", "to", "department"})
