"""Sections of `huaming.toml` about article four and the letters; `scim_server.settings` has the others."""

import re
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

Checked = Literal["ldap", "oa", "wecom", "attendance"]


class Section(BaseModel):
    """A table of the file: an unknown key is an error."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Review(Section):
    """`[review]`: the monthly check of 四, and the cases before the end of a posting, a stay or a lock."""

    at: str = Field("09:00", pattern=r"^(([01]\d|2[0-3]):[0-5]\d|off)$")  # on its day, Asia/Shanghai; off: by hand
    systems: tuple[Checked, ...] = ("oa", "wecom", "attendance")  # by what they follow; 四 names these three
    leader_routing: Literal["both", "own"] = "both"  # A15
    leader_offices: dict[Literal["party", "government"], str] = Field(default_factory=dict)  # keys of Groups
    remind: bool = False  # a reminder letter once a reply is overdue by a working day
    return_days: int = Field(10, ge=1, le=90)  # calendar days before a planned end on which its case is opened

    @property
    def seconds(self) -> float | None:
        """After 00:00; None: never by itself."""
        if self.at == "off":
            return None
        hours, minutes = self.at.split(":")
        return int(hours) * 3600.0 + int(minutes) * 60.0


class LetterSettings(Section):
    """`[letters]`: who writes, in whose series, and how a letter is brought to its readers."""

    bureau: str | None = (
        None  # key of the Group that runs this house; None: the check is opened by hand, without letters
    )
    name: str | None = None  # in the red head and the titles; None: the display name of the bureau's Group
    contact: str = ""
    phone: str = ""
    codes: dict[str, str] = Field(default_factory=dict)  # 机关代字 by key of a top department: "崖科工信函"
    channel: str | None = None  # NAME of a configured system that can bring letters; None: delivered by hand
    folder: str | None = None  # where documents to be delivered by hand are saved
    texts: str | None = None  # folder of the bureau's own wordings, before those of the house
    repeat_after: str = Field("10m", pattern=r"^\d{1,4}[smh]$")  # after a lost answer, before it is sent once more

    @property
    def wordings(self) -> Path | None:
        """The folder `texts`."""
        return Path(self.texts) if self.texts else None

    @property
    def patience(self) -> float:
        """Seconds between a lost answer and the next look."""
        return int(self.repeat_after[:-1]) * {"s": 1.0, "m": 60.0, "h": 3600.0}[self.repeat_after[-1]]

    @model_validator(mode="after")
    def _some_way(self) -> "LetterSettings":
        if self.bureau is not None and self.channel is None and self.folder is None:
            raise ValueError("give channel or folder: a letter must reach somebody")
        return self

    @field_validator("codes")
    @classmethod
    def _told_apart(cls, codes: dict[str, str]) -> dict[str, str]:
        """A 文号 names one letter: in the OA it is looked up by that before anything is sent again."""
        for key, code in codes.items():
            if not re.fullmatch(r"[\u3400-\u9fff]{2,20}", code):
                raise ValueError(f"{key}: {code!r} is no 机关代字: 2 to 20 Chinese characters")
        if len(set(codes.values())) < len(codes):
            raise ValueError("two departments have the same 机关代字")
        return codes
