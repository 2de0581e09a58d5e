"""What the JSON API answers, as models: what is sent and what the description of the API says are one.

Names as in SCIM, camelCase. Stamps are ISO 8601 in UTC, days ISO civil days in Asia/Shanghai. What is null in the face
for everybody may be something in the restricted one (S18).
"""

from typing import Annotated, Generic, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

T = TypeVar("T", bound=BaseModel)

ReviewState = Literal["gathering", "open", "closed"]
CaseState = Literal["open", "answered", "closed"]
Verdict = Literal["operated", "silent", "no-data", "excluded"]
Time = Literal["on-time", "late", "missing", "open"]
LetterState = Literal["draft", "ready", "sending", "unknown", "delivered", "void"]
LetterKind = Literal["open", "change", "cancel", "inquiry", "leaders-inquiry", "reminder", "notice"]
ReturnState = Literal["open", "decided", "moot"]
AnswerCode = Literal["in-service", "leave", "seconded", "suspended", "left", "not-needed", "other"]
Choice = Literal["back", "extended", "departed"]


class Answer(BaseModel):
    """Whatever is answered. What does not fit is told in the log without its value."""

    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True, frozen=True, hide_input_in_errors=True)


class Page(Answer, Generic[T]):
    """One page of a list."""

    items: list[T]
    next: Annotated[str | None, Field(description="下一页的游标；null：没有了")]


class Department(Answer):
    """A department."""

    key: Annotated[str, Field(description="部门代码（externalId）")]
    name: str


class SystemFigures(Answer):
    """What a check found in one system."""

    system: str
    checked: Annotated[int, Field(description="有操作与无操作之和")]
    operated: int
    silent: int
    no_data: int
    excluded: int
    reasons: Annotated[dict[str, int], Field(description="不在核查之列的原因")]
    watched: Annotated[dict[str, bool], Field(description="各终端在窗口内是否全程监测")]


class CaseFigures(Answer):
    """How many cases are in each state."""

    open: int
    answered: int
    closed: int


class ReviewHead(Answer):
    """A monthly check."""

    month: str
    at: Annotated[str, Field(description="核查时刻")]
    window_start: str
    state: ReviewState
    by: str
    closed: str | None
    closed_by: str | None
    cases: CaseFigures
    letters: Annotated[int, Field(description="函件数")]


class Stranger(Answer):
    """An account without a person."""

    system: str
    remote_id: str
    at: Annotated[str | None, Field(description="最后操作")]


class Review(ReviewHead):
    """A monthly check with what it found."""

    systems: list[SystemFigures]
    strangers: Annotated[list[Stranger], Field(description="无人对应的账号，至多 100 个")]


class Account(Answer):
    """What was found of one account."""

    external_id: str
    name: str
    system: str
    verdict: Verdict
    reason: Annotated[str | None, Field(description="不在核查之列的原因；公开口径将涉及锁定的合并为 not-throughout")]
    last_at: str | None
    terminal: str | None
    department: Department | None


class CaseLetter(Answer):
    """The letter in which a case stands."""

    id: str
    number: str
    state: LetterState
    delivered: str | None
    due: str | None
    provisional: bool


class Case(Answer):
    """A silent account about which its department is asked."""

    id: str
    month: str
    external_id: str
    name: str
    system: str
    department: Department | None
    office: Department | None
    leader: Annotated[bool, Field(description="涉及区领导：限有权人员查阅")]
    addressees: list[Department]
    last_at: str | None
    terminal: str | None
    letter: CaseLetter | None
    state: CaseState
    time: Annotated[Time | None, Field(description="复函时限；null：函件尚未送达")]
    replied_on: str | None
    answered: Annotated[str | None, Field(description="登记时间")]
    by: Annotated[str | None, Field(description="登记人")]
    reply: Annotated[str | None, Field(description="复函文号；限有权人员")]
    answer: Annotated[AnswerCode | None, Field(description="答复；限有权人员")]
    reason: Annotated[str | None, Field(description="原因；限有权人员")]
    left_on: Annotated[str | None, Field(description="复函所称离职日期；限有权人员")]
    departure: Annotated[str | None, Field(description="复函所称离职类型；限有权人员")]
    ruling: Annotated[str | None, Field(description="据复函作出的裁定；限有权人员")]


class Instruction(Answer):
    """The government's instruction to publish a notice."""

    number: str
    on: str
    by: str


class Letter(Answer):
    """A letter of the register."""

    id: str
    number: Annotated[str, Field(description="文号")]
    kind: LetterKind
    sender: Department
    addressees: list[Department]
    title: str
    restricted: Annotated[bool, Field(description="限有权人员查阅")]
    day: Annotated[str, Field(description="成文日期")]
    month: Annotated[str | None, Field(description="所属核查")]
    answers: Annotated[str | None, Field(description="催办所指的函件")]
    state: LetterState
    channel: str | None
    created: str
    by: str
    instruction: Instruction | None
    attempts: int
    error: Annotated[str | None, Field(description="未能送达的原因；限有权人员")]
    delivered: str | None
    delivered_by: str | None
    due: Annotated[str | None, Field(description="复函期限")]
    provisional: bool
    people: Annotated[int, Field(description="涉及人数")]


class Named(Answer):
    """A person."""

    external_id: str
    name: str


class WholeLetter(Letter):
    """A letter with those whom it names."""

    named: Annotated[list[Named], Field(description="涉及人员，至多 100 人")]


class Return(Answer):
    """A decision that is wanted before a planned end."""

    id: str
    external_id: str
    name: str
    kind: Annotated[Literal["outbound", "inbound", "lock"], Field(description="outbound、lock 限有权人员查阅")]
    fact: Annotated[str | None, Field(description="任职或事件的编号；限有权人员")]
    planned_end: str
    department: Department | None
    opened: str
    state: ReturnState
    overdue: bool
    choice: Choice | None
    until: str | None
    departure: Annotated[str | None, Field(description="离职类型；限有权人员")]
    note: Annotated[str | None, Field(description="限有权人员")]
    decided: str | None
    by: str | None


class Evidence(Answer):
    """The latest use on record of one terminal and source."""

    terminal: str
    source: str
    strength: Literal["proof", "evidence"]
    at: str
    slack: Annotated[float, Field(description="实际最后操作至多晚于 at 的秒数")]
    recorded: str


class Watch(Answer):
    """A stretch that was watched."""

    terminal: str
    source: str
    since: str
    until: str


class SystemActivity(Answer):
    """What is known of the use of one account."""

    system: str
    evidence: list[Evidence]
    never: Annotated[str | None, Field(description="系统在该时刻称账号从未使用过")]
    watched: Annotated[list[Watch], Field(description="监测区间，新的在前，至多 50 段；没有监测即无数据")]


class Activity(Answer):
    """What is known of the use of a person's accounts."""

    external_id: str
    name: str
    systems: list[SystemActivity]


class DeadlineFigures(Answer):
    """Deadlines of one department under one article."""

    department: str
    name: str
    article: Literal["一", "二", "三", "四"]
    owed: int
    on_time: int
    late: int
    missing: int
    open: int
    provisional: Annotated[int, Field(description="未到期中期限暂定的")]


class Deadlines(Answer):
    """Deadlines kept and missed."""

    items: list[DeadlineFigures]


class Fault(BaseModel):
    """What is wrong in a request."""

    pointer: Annotated[str, Field(description="JSON 指针（RFC 6901）")]
    detail: str


class ProblemDocument(BaseModel):
    """A problem (RFC 9457)."""

    title: str
    status: int
    detail: str
    errors: list[Fault] = Field(default_factory=list)
