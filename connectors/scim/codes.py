"""What a SCIM service's refusals mean (RFC 7644, 3.12, tables 8 and 9), as data. What is not listed is Refused.

`detail` is never shown: services put names and addresses into it.
"""

from collections.abc import Mapping
from enum import StrEnum

from mappings.model import Conflict, Outcome, Refused, Retry

NO_FILTER = frozenset({"invalidFilter", "tooMany", "sensitive", "invalidPath", "400", "405", "413", "414"})
"""A question with a filter that the service will not answer: the whole list is read instead."""


class Sort(StrEnum):
    """What follows from a refusal, wherever a call has nothing better to say of it."""

    SOON = "soon"  # the state has changed underneath: look again
    TAKEN = "taken"  # somebody else has it
    REFUSED = "refused"


CODES: Mapping[str, tuple[str, Sort]] = {
    "uniqueness": ("已被另一账号占用", Sort.TAKEN),
    "409": ("与现有的账号或组冲突", Sort.TAKEN),
    "noTarget": ("要改的值已不在，请重新读取", Sort.SOON),
    "404": ("账号或组已不存在，请重新读取", Sort.SOON),
    "408": ("没有等到完整的请求", Sort.SOON),
    "412": ("读取之后又被别处改动，请重新读取", Sort.SOON),
    "invalidFilter": ("不接受这样的筛选条件", Sort.REFUSED),
    "tooMany": ("结果过多", Sort.REFUSED),
    "mutability": ("属性不允许修改", Sort.REFUSED),
    "invalidSyntax": ("请求的格式不被接受", Sort.REFUSED),
    "invalidPath": ("PATCH 的路径不被接受", Sort.REFUSED),
    "invalidValue": ("有一个值缺失或不被接受", Sort.REFUSED),
    "invalidVers": ("SCIM 版本不被支持", Sort.REFUSED),
    "sensitive": ("请求地址中不得含个人信息", Sort.REFUSED),
    "400": ("请求不被接受", Sort.REFUSED),
    "405": ("没有这种操作", Sort.REFUSED),
    "413": ("请求过大", Sort.REFUSED),
    "415": ("不接受这种媒体类型，可试 media_type", Sort.REFUSED),
}
UNLISTED = ("未列入对照表的错误", Sort.REFUSED)


class Declined(Exception):
    """The service said no. `code`: its scimType, else the HTTP status; `status` in any case."""

    def __init__(self, status: int, scim_type: str = "") -> None:
        super().__init__(scim_type or status)
        self.status = status
        self.code = scim_type if scim_type in CODES else str(status)
        self.told = scim_type or str(status)  # as the service spelled it

    @property
    def taken(self) -> bool:
        """Whether somebody else has what must be unique."""
        return CODES.get(self.code, UNLISTED)[1] is Sort.TAKEN

    @property
    def gone(self) -> bool:
        """Whether what it was about is not there."""
        return self.status == 404

    @property
    def sentence(self) -> str:
        """For people."""
        return f"SCIM 系统拒绝：{CODES.get(self.code, UNLISTED)[0]}（HTTP {self.status}，{self.told}）"

    def outcome(self) -> Outcome:
        """What that makes of an operation."""
        match CODES.get(self.code, UNLISTED)[1]:
            case Sort.SOON:
                return Retry(self.sentence)
            case Sort.TAKEN:
                return Conflict("", self.sentence)
            case _:
                return Refused(self.told, self.sentence)


class Ended(Exception):
    """An operation has its outcome early."""

    def __init__(self, outcome: Outcome) -> None:
        super().__init__()
        self.outcome = outcome
