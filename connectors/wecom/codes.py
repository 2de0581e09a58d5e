"""Error codes of the interface (errcode) to what they mean, as data. A code that is not listed is Refused.

Sources: the vendor's table of error codes, doc 90313, and the pages of the calls. Never decided by HTTP status
or by errmsg, which carries hints and addresses; errmsg is not shown either: it may name a phone.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from connectors.errors import ConnectorError, Denied, Unreadable
from connectors.http.answer import Busy
from mappings.model import Outcome, Refused, Retry

OK = 0
BAD_TOKEN = frozenset({40001, 40014, 42001})
NOT_ALLOWED = 48002
NO_DETAILS = 48009  # contacts sync, from an address that was listed after August 2022: ids alone
CLOSED = frozenset({NOT_ALLOWED, NO_DETAILS})
USER_EXISTS, NO_USER = 60102, 60111
MOBILE_TAKEN, EMAIL_TAKEN = 60104, 60106
NAME_TAKEN = 60008
HAS_MEMBERS, HAS_CHILDREN = 60005, 60006
NO_DEPARTMENT = frozenset({60003, 60123})
CREATOR = 301005


class Sort(StrEnum):
    """What follows from a code, wherever a call has nothing better to say of it."""

    BUSY = "busy"  # not done; the whole system is to be left alone for a while
    SOON = "soon"  # not done; this one may be tried again soon
    DENIED = "denied"  # a person must mend the configuration; nothing will work until then
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Meaning:
    """A code in a sentence for people. `after`: seconds until it may be tried again."""

    sentence: str
    sort: Sort = Sort.REFUSED
    after: float | None = None


CODES: Mapping[int, Meaning] = {
    -1: Meaning("系统繁忙", Sort.BUSY),
    45009: Meaning("调用过于频繁，接口被暂时封锁", Sort.BUSY, 60.0),
    45033: Meaning("并发调用过多", Sort.BUSY, 5.0),
    40001: Meaning("Secret 不对，或凭证不被接受", Sort.DENIED),
    40013: Meaning("corp_id 不对", Sort.DENIED),
    40014: Meaning("access_token 不被接受，刚换过的也一样", Sort.DENIED),
    42001: Meaning("access_token 已过期，刚换过的也一样", Sort.DENIED),
    40091: Meaning("Secret 不属于这个 corp_id", Sort.DENIED),
    41001: Meaning("调用缺少 access_token", Sort.DENIED),
    41002: Meaning("缺少 corp_id", Sort.DENIED),
    41004: Meaning("缺少 Secret", Sort.DENIED),
    48002: Meaning("这个 Secret 没有调用此接口的权限", Sort.DENIED),
    48009: Meaning("通讯录同步的 Secret 不得从本机地址读取通讯录详情，须另设 reading_secret", Sort.DENIED),
    50003: Meaning("这个 Secret 的应用已停用", Sort.DENIED),
    60020: Meaning("本机地址不在企业可信 IP 之中", Sort.DENIED),
    301002: Meaning("这个 Secret 的应用无权操作通讯录", Sort.DENIED),
    60003: Meaning("部门不存在，或刚刚创建尚未生效", Sort.SOON, 5.0),
    60123: Meaning("部门不存在，或刚刚创建尚未生效", Sort.SOON, 5.0),
    60004: Meaning("上级部门不存在，或刚刚创建尚未生效", Sort.SOON, 5.0),
    60124: Meaning("上级部门不存在，或刚刚创建尚未生效", Sort.SOON, 5.0),
    60111: Meaning("成员（或其直属上级）不存在，请重新读取", Sort.SOON),
    60001: Meaning('部门名称不合规则（1 至 64 个字，不含 \\ : * ? " < > |）'),
    60005: Meaning("部门内还有成员"),
    60006: Meaning("部门下还有下级部门"),
    60007: Meaning("根部门不能删除"),
    60008: Meaning("同一上级下已有同名部门"),
    60009: Meaning("部门名称含有不允许的字符"),
    60010: Meaning("部门的上级形成循环"),
    60011: Meaning("这个 Secret 无权管理该成员或部门"),
    60102: Meaning("userid 已存在"),
    60103: Meaning("手机号不合规则"),
    60104: Meaning("手机号已被另一名成员占用"),
    60105: Meaning("邮箱不合规则"),
    60106: Meaning("邮箱已被另一名成员占用"),
    60110: Meaning("所在部门过多"),
    60112: Meaning("姓名不合规则（1 至 64 个字）"),
    60125: Meaning("部门名称不合规则"),
    60127: Meaning("没有给出部门"),
    60129: Meaning("手机号和邮箱不能都为空"),
    60132: Meaning("部门负责人的列表与部门列表长短不一"),
    40003: Meaning("userid 不合规则，或不存在"),
    40031: Meaning("userid 列表不合规则"),
    40032: Meaning("userid 列表过长或为空"),
    40033: Meaning("请求中有不允许的字符"),
    40035: Meaning("参数不合规则"),
    40058: Meaning("参数不合规则"),
    40066: Meaning("部门列表不合规则"),
    45024: Meaning("成员数已满，须增购席位或清理成员"),
    50002: Meaning("成员不在这个 Secret 的可见范围内"),
    301005: Meaning("企业的创建者，不能删除"),
    301012: Meaning("职务不合规则（至多 128 个字）"),
    301013: Meaning("座机不合规则"),
    301014: Meaning("别名不合规则"),
    301015: Meaning("地址不合规则"),
}
UNLISTED = Meaning("未列入对照表的错误，含义见 https://open.work.weixin.qq.com/devtool/query")


class Rights(Denied):
    """The vendor refuses our secret, or the call. `code` says how: 404 where the call is not there at all."""

    def __init__(self, text: str, code: int) -> None:
        super().__init__(text)
        self.code = code


class NotAllowed(Rights):
    """This secret may not make this call, or this release does not have it: another call may serve."""


def sentence(code: int) -> str:
    """A code for people."""
    return f"{CODES.get(code, UNLISTED).sentence}（{code}）"


def concerns_all(code: int) -> ConnectorError | None:
    """The error of a code that says nothing of the member or department at hand, but of us or of the system."""
    meaning, text = CODES.get(code, UNLISTED), f"政务微信：{sentence(code)}"
    match meaning.sort:
        case Sort.BUSY:
            return Busy(text, meaning.after)
        case Sort.DENIED:
            return (NotAllowed if code in CLOSED else Rights)(text, code)
        case _:
            return None


def error(code: int) -> ConnectorError:
    """What a reading comes to that was answered with a code."""
    return concerns_all(code) or Unreadable(f"政务微信：{sentence(code)}")


def outcome(code: int) -> Outcome:
    """What a write comes to that was answered with a code which concerns that write."""
    meaning = CODES.get(code, UNLISTED)
    if meaning.sort is Sort.SOON:
        return Retry(sentence(code), after=meaning.after)
    return Refused("protected" if code == CREATOR else str(code), sentence(code))
