"""The platform's codes to what they mean for us, as data. A code that is not listed is Refused, never Retry.

Sources: the error tables of the artemis gateway (0x0240), the resource directory (0x0005, 0x0007, 0x14c0), the access
rights (0x1540) and face scoring (0x1f91).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from connectors.errors import ConnectorError, Denied, Unreachable, Unreadable
from connectors.http.answer import Busy
from mappings.model import Outcome, Refused, Retry, Unknown

SHOWN = 200  # characters of the platform's own sentence that are shown
LATER = 60.0  # seconds, where the quota is used up


class Sort(StrEnum):
    """What a code comes to."""

    DENIED = "denied"  # the partner is not let in: a person must act, and the whole system waits
    BUSY = "busy"  # too many calls: not done
    OUTAGE = "outage"  # a service there does not answer: not done
    LATER = "later"  # not done, for this account alone
    LOST = "lost"  # may have been done
    ABSENT = "absent"  # what was named is not there
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Meaning:
    """A sentence for people, and what to do. `silent`: the platform's own words show the key and what was signed."""

    sentence: str
    sort: Sort = Sort.REFUSED
    silent: bool = False


CODES: Mapping[str, Meaning] = {
    "0x02401000": Meaning("平台没有收到 app_key", Sort.DENIED, silent=True),
    "0x02401001": Meaning("平台没有这个合作方：请核对 app_key", Sort.DENIED, silent=True),
    "0x02401002": Meaning("平台没有收到签名", Sort.DENIED, silent=True),
    "0x02401003": Meaning("平台不认可签名：请核对 app_secret、url 的路径和两边的时钟", Sort.DENIED, silent=True),
    "0x02401004": Meaning("平台不认可令牌", Sort.DENIED, silent=True),
    "0x02401005": Meaning("平台没有收到令牌", Sort.DENIED, silent=True),
    "0x02401006": Meaning("平台的令牌异常", Sort.DENIED, silent=True),
    "0x02401007": Meaning("平台的令牌已过期", Sort.DENIED, silent=True),
    "0x02401008": Meaning("合作方未获授权调用此接口", Sort.DENIED, silent=True),
    "0x0240100b": Meaning("调用次数超过合作方的配额", Sort.BUSY, silent=True),
    "0x0240101b": Meaning("本机的 IP 不在合作方的白名单内", Sort.DENIED, silent=True),
    "0x0240101c": Meaning("本机的 MAC 不在合作方的白名单内", Sort.DENIED, silent=True),
    "0x0240101d": Meaning("本机不在合作方的白名单内", Sort.DENIED, silent=True),
    "0x02401021": Meaning("平台读不懂请求", silent=True),
    "0x02401022": Meaning("平台读不懂其服务的回答", Sort.LOST, silent=True),
    "0x02401023": Meaning("平台不认可字符集", silent=True),
    "0x02400004": Meaning("平台调用其服务失败", Sort.OUTAGE, silent=True),
    "0x00052101": Meaning("平台的服务已到性能上限", Sort.OUTAGE),
    "0x00052102": Meaning("平台的服务异常", Sort.LATER),
    "0x00052103": Meaning("平台的服务超时", Sort.LOST),
    "0x00052104": Meaning("平台的服务不可用", Sort.OUTAGE),
    "0x00052301": Meaning("平台出错，原因不明"),
    "0x00072001": Meaning("缺必填项：请在「安保基础数据」中取消该项的必填，或改由人工登记"),
    "0x00072002": Meaning("参数超出范围"),
    "0x00072003": Meaning("参数格式不对"),
    "0x00072004": Meaning("分页过大：请调小 page_size"),
    "0x00072006": Meaning("参数过长"),
    "0x00072201": Meaning("合作方无权访问该资源"),
    "0x00072202": Meaning("资源不存在", Sort.ABSENT),
    "0x00072203": Meaning("平台授权的人数已满：请扩容，或清理已离职人员"),
    "0x00072204": Meaning("平台的授权不含此功能"),
    "0x14c02303": Meaning("资源不存在", Sort.ABSENT),
    "0x14c02304": Meaning("平台的服务超时", Sort.LOST),
    "0x15400001": Meaning("权限服务异常", Sort.LATER),
    "0x15400002": Meaning("权限服务：缺必填项"),
    "0x15400003": Meaning("权限服务：参数不合规"),
    "0x15404001": Meaning("权限服务：资源不存在", Sort.ABSENT),
    "0x15405001": Meaning("权限服务：任务不存在", Sort.ABSENT),
    "0x15405002": Meaning("权限服务：任务已开始", Sort.LATER),
    "0x15405006": Meaning("权限服务：添加待下发数据失败", Sort.LATER),
    "0x15403007": Meaning("没有可下发的数据", Sort.LATER),
    "0x15403008": Meaning("权限报文下发失败", Sort.LATER),
    "0x15403009": Meaning("设备接入服务不在线", Sort.LATER),
    "0x1540300a": Meaning("设备不在线或网络不通", Sort.LATER),
    "0x1540300b": Meaning("设备正在下载", Sort.LATER),
    "0x15403010": Meaning("设备容量已满", Sort.LATER),
    "0x15403011": Meaning("人员没有开卡", Sort.LATER),
    "0x15403013": Meaning("人员没有人脸图片", Sort.LATER),
    "0x1f913016": Meaning("人脸质量不合格"),
}
UNLISTED = Meaning("平台拒绝执行")
NOTHING_TO_BRING = "0x15403007"
NO_CREDENTIAL = frozenset({"0x15403011", "0x15403013"})


class Refusal(Exception):
    """The platform answered with another code than "0". `api`: the path asked; `msg`: its own words."""

    def __init__(self, code: str, msg: str = "", api: str = "") -> None:
        self.code = code.strip().lower() or "?"
        self.meaning = CODES.get(self.code, UNLISTED)
        self.own = "" if self.meaning.silent else "".join(char for char in msg[:SHOWN] if char.isprintable())
        where = f"（{self.code} {api}".rstrip() + "）"
        super().__init__(self.meaning.sentence + where + (f"：{self.own}" if self.own else ""))

    @property
    def sort(self) -> Sort:
        """What it comes to."""
        return self.meaning.sort


def error_of(refusal: Refusal) -> ConnectorError:
    """What a read comes to that was refused."""
    match refusal.sort:
        case Sort.DENIED:
            return Denied(str(refusal))
        case Sort.BUSY:
            return Busy(str(refusal), LATER)
        case Sort.OUTAGE:
            return Unreachable(str(refusal))
    return Unreadable(str(refusal))


def outcome_of_refusal(refusal: Refusal) -> Outcome:
    """What an operation comes to whose write was refused."""
    match refusal.sort:
        case Sort.DENIED | Sort.OUTAGE:
            return Retry(str(refusal), outage=True)
        case Sort.BUSY:
            return Retry(str(refusal), after=LATER, outage=True)
        case Sort.LATER:
            return Retry(str(refusal))
        case Sort.LOST:
            return Unknown(str(refusal))
        case Sort.ABSENT:
            return Retry(f"{refusal}；请重新读取")
    return Refused(refusal.code, str(refusal))
