"""What the JSON API is asked with: queries and bodies. An unknown name is refused; texts are one line and bounded."""

from datetime import date, datetime
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, model_validator
from pydantic.alias_generators import to_camel

from scim_server.api.console.models import (
    AnswerCode,
    CaseState,
    Choice,
    LetterKind,
    LetterState,
    ReturnState,
    Verdict,
)
from scim_server.api.limits import DEFAULT_PAGE, PAGE
from scim_server.scim.characters import refused

Departure = Literal["retirement", "resignation", "death", "expulsion", "dismissal", "transfer-out", "other-departure"]


FIRST, LAST = 2000, 2999  # years in which anything is on record


def _a_day(said: str) -> str:
    return date.fromisoformat(said).isoformat()


def _an_instant(said: str) -> str:
    at = datetime.fromisoformat(said)
    if at.tzinfo is None or not FIRST <= at.year <= LAST:
        raise ValueError("an instant with its offset")
    return said


def _visible(said: str) -> str:
    if refused(said) is not None:
        raise ValueError("a character that is not accepted")
    return said


def _flag(said: object) -> object:
    return {"true": True, "false": False}.get(said, said) if isinstance(said, str) else said


Month = Annotated[str, StringConstraints(pattern=r"^\d{4}-(0[1-9]|1[0-2])$")]
Day = Annotated[str, StringConstraints(pattern=r"^\d{4}-\d{2}-\d{2}$"), AfterValidator(_a_day)]
Instant = Annotated[
    str, StringConstraints(max_length=40), AfterValidator(_an_instant), Field(json_schema_extra={"format": "date-time"})
]
Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=1000), AfterValidator(_visible)]
Name = Annotated[str, StringConstraints(min_length=1, max_length=128), AfterValidator(_visible)]
Flag = Annotated[bool, BeforeValidator(_flag), Field(strict=True)]
Period = Annotated[str, StringConstraints(pattern=r"^\d{4}(-Q[1-4]|-(0[1-9]|1[0-2]))?$")]


class Asked(BaseModel):
    """Whatever is asked with."""

    model_config = ConfigDict(extra="forbid", frozen=True, alias_generator=to_camel, populate_by_name=False)


class Nothing(Asked):
    """No parameter."""


class Face(Asked):
    """Which face: the restricted one is for roles hr and admin, and the look is recorded."""

    restricted: Flag = Field(False, description="限有权人员的内容；查阅留痕")


class PageAsked(Face):
    """A page of a list."""

    count: int = Field(DEFAULT_PAGE, ge=1, le=PAGE)
    cursor: str | None = Field(None, max_length=2048)

    @property
    def wanted(self) -> dict[str, Any]:
        """What the list is narrowed down by."""
        return self.model_dump(exclude_none=True, exclude={"count", "cursor", "restricted"})


class AccountsAsked(PageAsked):
    """Accounts of a check."""

    verdict: Verdict | None = None
    system: Name | None = None
    department: Name | None = None


class CasesAsked(PageAsked):
    """Cases."""

    month: Month | None = None
    state: CaseState | None = None
    department: Name | None = None
    system: Name | None = None
    overdue: Flag | None = None


class LettersAsked(PageAsked):
    """Letters of the register."""

    state: LetterState | None = None
    kind: LetterKind | None = None
    sender: Name | None = None
    year: int | None = Field(None, ge=2000, le=9999)
    month: Month | None = None


class ReturnsAsked(PageAsked):
    """Cases before a planned end."""

    state: ReturnState | None = None
    department: Name | None = None
    by: Day | None = Field(None, description="计划结束日不晚于此日")


class DeadlinesAsked(Face):
    """Deadlines."""

    as_of: Day | None = None
    since: Day | None = None


class ReportAsked(Face):
    """A report; which of these it takes depends on the report."""

    month: Month | None = Field(None, description="zero-activity")
    part: Literal["owed", "outgoing", "deadlines"] | None = Field(None, description="letters")
    as_of: Day | None = Field(None, description="letters")
    since: Day | None = Field(None, description="letters、sync、lifecycle、drift")
    until: Day | None = Field(None, description="sync、lifecycle、drift")
    period: Period | None = Field(None, description="sync、lifecycle、drift，代替 since 和 until")
    system: Name | None = Field(None, description="sync、access、drift、orphans")
    person: Name | None = Field(None, description="sync")
    department: Name | None = Field(None, description="access")


class Body(Asked):
    """Whatever is sent: each value of its own type."""

    model_config = ConfigDict(strict=True)


class ReplyBody(Body):
    """What a department replies about one account."""

    answer: AnswerCode
    reason: Text
    letter: Annotated[Text, Field(description="复函文号")]
    on: Day | None = Field(None, description="复函之日，默认今日")
    left_on: Day | None = Field(None, description="离职日期，只用于 left")
    departure: Departure | None = Field(None, description="离职类型，只用于 left")
    correct: bool = Field(False, description="更正已登记的答复")


class DecisionBody(Body):
    """What a named person decides before a planned end."""

    choice: Choice
    until: Day | None = Field(None, description="延期的新计划结束日")
    departure: Departure | None = None
    note: Text | None = None


class DeliveredBody(Body):
    """When a letter was delivered."""

    at: Instant


class VoidBody(Body):
    """Why a letter is void."""

    reason: Text


class CloseBody(Body):
    """The end of a check."""

    force: bool = Field(False, description="尚有未复函的也了结，须写原因")
    reason: Text | None = None

    @model_validator(mode="after")
    def _both(self) -> "CloseBody":
        if self.force != (self.reason is not None):
            raise ValueError("force goes with reason")
        return self


class InstructionBody(Body):
    """The government's instruction to publish a notice (A17)."""

    number: Annotated[Text, Field(description="批示文号")]
    on: Day
    instructed_by: Annotated[Text, Field(description="批示人")]
