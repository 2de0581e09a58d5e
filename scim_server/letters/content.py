"""What a letter says, as data: enough to draw its document again at any time, the same bytes for the same content.

One model a kind; `register.content` holds its JSON. Days are ISO civil days; names are texts from the roster, data and
never templates. `subject` is kept so that what is personal can be erased; it is printed nowhere.
"""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter


class _Content(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    sender: str  # the name in the red head: 发文机关
    doc_number: str  # 崖科工信函〔2026〕12号
    day: str  # 成文日期
    addressees: tuple[str, ...]  # names
    contact: str = ""
    phone: str = ""
    joint: tuple[str, ...] = ()  # 联合行文: the other organs that sign, after the sender
    copies: tuple[str, ...] = ()  # 抄送


class Account(BaseModel):
    """A line of the annex of an inquiry."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    subject: str
    name: str
    number: str  # 人员编号
    office: str  # 科室, or where there is none the department
    system: str  # the title of the system: 政务OA
    last: str | None = None  # a stamp in UTC; None: none on record
    terminal: Literal["pc", "mobile", "device", "any"] | None = None


class Inquiry(_Content):
    """L4; L5 where `kind` is leaders-inquiry. `due` is known once it was delivered; printed as of the day of issue."""

    kind: Literal["inquiry", "leaders-inquiry"]
    bureau: str  # full name of the bureau, for the title
    checked: str  # day of the check
    window_start: str  # day
    window_end: str  # day
    due: str  # day
    systems: tuple[str, ...]  # titles of the systems that were checked
    accounts: tuple[Account, ...]


class Reminder(_Content):
    """A reply is overdue. `inquiry`: the number of the letter that waits for it.

    `open_accounts`: those that nothing was said of, where others of the letter were answered; 0: none was.
    """

    kind: Literal["reminder"] = "reminder"
    bureau: str
    inquiry: str
    was_due: str
    due: str
    open_accounts: int = 0


class Applicant(BaseModel):
    """A person in an application, change or cancellation letter and a row of its form (letters 4)."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    subject: str
    name: str
    number: str
    event: str  # 报到日, 变动日 or 离职日
    item: str  # 条款: 一(二)
    category: str = ""  # 人员类别, in words
    department: str = ""
    office: str = ""
    position: str = ""
    old_department: str = ""
    old_office: str = ""
    old_position: str = ""
    mobile: str = ""
    systems: tuple[str, ...] = ()  # titles, those that are ticked
    reason: str = ""  # 变更原因 or 注销原因, in words; of a suspension printed nowhere
    decision: str = ""  # 文号 of an expulsion's or a dismissal's decision
    content: str = ""  # 变更内容
    until: str | None = None  # 期限
    organization: str = ""  # outside: where to; outsourced: the contractor
    posting: Literal["借调", "挂职"] | None = None


class Application(_Content):
    """L1. `due`: the day until which it is on time, not printed."""

    kind: Literal["open"] = "open"
    people: Annotated[tuple[Applicant, ...], Field(min_length=1)]


Change = Literal[
    "inside",  # 二(一)
    "between",  # 二(二)
    "secondment",  # 二(三)
    "outside",  # 二(四)
    "return",  # 二(四), its end
    "suspension",  # 二(五), restricted
    "resumption",  # 二(五), its end, restricted
    "other",  # 二(六), concurrent roles too
]


class ChangeLetter(_Content):
    """L2: one kind of change a letter."""

    kind: Literal["change"] = "change"
    change: Change
    people: Annotated[tuple[Applicant, ...], Field(min_length=1)]


class Cancellation(_Content):
    """L3."""

    kind: Literal["cancel"] = "cancel"
    people: Annotated[tuple[Applicant, ...], Field(min_length=1)]


class PublicNotice(_Content):
    """L7, the 通报: departments and counts, no names of people."""

    kind: Literal["notice"] = "notice"
    bureau: str
    period: str  # 2026年7月
    total: int
    silent: int
    departments: int
    on_time: int
    late: int
    none: int
    left: int
    left_departments: tuple[str, ...]


Content = Annotated[
    Inquiry | Reminder | Application | ChangeLetter | Cancellation | PublicNotice, Field(discriminator="kind")
]
CONTENT: TypeAdapter[Content] = TypeAdapter(Content)
"""From and to JSON: `CONTENT.validate_json(...)`."""
