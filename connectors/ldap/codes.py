"""Result codes (RFC 4511 appendix A) to outcomes, as data. A code that is not listed is Refused, never Retry."""

from collections.abc import Mapping
from dataclasses import dataclass

from connectors.errors import ConnectorError, Denied, Unreachable, Unreadable
from connectors.ldap.messages import Reply
from mappings.model import Outcome, Refused, Retry

TEXT_LIMIT = 200  # characters of a server's own sentence that are shown


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a code says about a write: `retry` None is Refused; `outage` counts for the whole system."""

    name: str
    sentence: str
    retry: bool = False
    outage: bool = False
    after: float | None = None


CODES: Mapping[int, Meaning] = {
    1: Meaning("operationsError", "目录无法执行此操作"),
    2: Meaning("protocolError", "目录不接受此请求"),
    3: Meaning("timeLimitExceeded", "目录处理超时", retry=True),
    8: Meaning("strongerAuthRequired", "目录要求更强的认证"),
    10: Meaning("referral", "目录是只读副本，指向了别的服务器；请把 url 改为可写的主服务器", retry=True, after=300),
    11: Meaning("adminLimitExceeded", "超出目录的管理限额", retry=True),
    13: Meaning("confidentialityRequired", "目录要求加密连接；请改用 ldaps:// 或 start_tls"),
    16: Meaning("noSuchAttribute", "要删除的属性值不存在"),
    17: Meaning("undefinedAttributeType", "目录不认识此属性"),
    18: Meaning("inappropriateMatching", "目录不支持此匹配"),
    19: Meaning("constraintViolation", "违反目录的约束（唯一性、长度或密码策略）"),
    20: Meaning("attributeOrValueExists", "属性值已存在"),
    21: Meaning("invalidAttributeSyntax", "属性值不合语法"),
    32: Meaning("noSuchObject", "条目或其上级不存在", retry=True),
    34: Meaning("invalidDNSyntax", "DN 不合语法"),
    48: Meaning("inappropriateAuthentication", "目录不接受这种认证方式"),
    49: Meaning("invalidCredentials", "服务账号的 DN 或密码不对，或已被锁定"),
    50: Meaning("insufficientAccessRights", "服务账号权限不足；所需权限见 huaming doctor"),
    51: Meaning("busy", "目录繁忙", retry=True, outage=True),
    52: Meaning("unavailable", "目录暂不可用", retry=True, outage=True),
    53: Meaning("unwillingToPerform", "目录拒绝执行（策略、只读或配置）"),
    54: Meaning("loopDetect", "目录发现循环"),
    64: Meaning("namingViolation", "条目名称不合规则"),
    65: Meaning("objectClassViolation", "违反对象类规则（缺必需属性或有多余属性）"),
    66: Meaning("notAllowedOnNonLeaf", "条目下还有子条目"),
    67: Meaning("notAllowedOnRDN", "不能这样修改名称属性"),
    68: Meaning("entryAlreadyExists", "同名条目已存在"),
    69: Meaning("objectClassModsProhibited", "不能修改对象类"),
    71: Meaning("affectsMultipleDSAs", "操作跨越多个服务器"),
    80: Meaning("other", "目录内部错误（例如数据库已满）", retry=True),
}
UNLISTED = Meaning("", "目录拒绝执行")

READ_ERRORS: Mapping[int, type[ConnectorError]] = {
    **dict.fromkeys((8, 13, 48, 49, 50, 53), Denied),
    **dict.fromkeys((51, 52), Unreachable),
}  # any other code than 0 is Unreadable: partial, elsewhere, or the container itself is gone


def sentence(reply: Reply) -> str:
    """A result for people: the code, its name, what it means, and the server's own words, cut."""
    meaning = CODES.get(reply.code, UNLISTED)
    own = "".join(char for char in reply.text[:TEXT_LIMIT] if char.isprintable())
    return f"{meaning.sentence}（{reply.code} {meaning.name}".rstrip() + "）" + (f"：{own}" if own else "")


def outcome(reply: Reply) -> Outcome:
    """What a write that did not succeed means."""
    meaning = CODES.get(reply.code, UNLISTED)
    if meaning.retry:
        return Retry(sentence(reply), after=meaning.after, outage=meaning.outage)
    return Refused(str(reply.code), sentence(reply))


def checked(reply: Reply, base: str) -> Reply:
    """The reply of a search, if it is whole; else raises the ConnectorError that it means (S17)."""
    if reply.code == 0:
        return reply
    raise READ_ERRORS.get(reply.code, Unreadable)(f"读取 {base} 失败：{sentence(reply)}")


def bind_error(code: int, text: str) -> ConnectorError:
    """What a bind that did not succeed means."""
    kind = Unreachable if code in (3, 51, 52, 80) else Denied
    return kind(f"目录不接受服务账号：{sentence(Reply(code, text))}")
