"""What the platform answers when it refuses, and the envelope of every answer.

Codes and their meaning are the vendor's (iSecure Center, appendix of error codes). HTTP 200 always; success is the
string "0". Where the vendor names no code for a refusal of ours, the nearest one of its list is used.
"""

import json
from typing import Any

from connectors.simulation.vendor import Told

KEY_EMPTY = "0x02401000"
KEY_UNKNOWN = "0x02401001"
SIGNATURE_EMPTY = "0x02401002"
SIGNATURE_WRONG = "0x02401003"
BEARER_WRONG = "0x02401004"
BEARER_EMPTY = "0x02401005"
BEARER_MALFORMED = "0x02401006"
BEARER_EXPIRED = "0x02401007"
NOT_GRANTED = "0x02401008"
OVER_QUOTA = "0x0240100b"
IP_REFUSED = "0x0240101b"
MAC_REFUSED = "0x0240101c"
BOTH_REFUSED = "0x0240101d"
NOT_JSON = "0x02401021"
CHARSET = "0x02401023"
AT_CAPACITY = "0x00052101"
MISSING = "0x00072001"
OUT_OF_RANGE = "0x00072002"
MALFORMED = "0x00072003"
TOO_LONG = "0x00072006"
ABSENT = "0x00072202"
LICENCE = "0x00072203"
BAD_PICTURE = "0x1f913016"
NO_TASK = "0x15405001"
TASK_STARTED = "0x15405002"
NOTHING_TO_DOWNLOAD = "0x15403007"
DEVICE_OFFLINE = "0x1540300a"
NO_CARD = "0x15403011"
NO_FACE = "0x15403013"

MEANINGS = {
    KEY_EMPTY: "APPKey为空",
    KEY_UNKNOWN: "APPKey对应的合作方不存在",
    SIGNATURE_EMPTY: "签名为空",
    SIGNATURE_WRONG: "签名不正确",
    BEARER_WRONG: "API令牌的身份验证失败",
    BEARER_EMPTY: "API令牌为空",
    BEARER_MALFORMED: "API令牌异常",
    BEARER_EXPIRED: "API令牌过期",
    NOT_GRANTED: "API接口未授权",
    OVER_QUOTA: "API接口调用次数受限",
    IP_REFUSED: "合作方IP受限",
    MAC_REFUSED: "合作方MAC受限",
    BOTH_REFUSED: "合作方IP、MAC受限",
    NOT_JSON: "解析请求JSON数据异常",
    "0x02401022": "解析返回JSON数据异常",
    CHARSET: "不支持的请求编码字符集",
    "0x02400004": "服务调用异常",
    AT_CAPACITY: "服务性能已达上限",
    "0x00052102": "服务出错",
    "0x00052103": "服务响应超时",
    "0x00052104": "服务不可用",
    MISSING: "必填参数为空",
    OUT_OF_RANGE: "参数范围不正确",
    MALFORMED: "参数格式不正确",
    TOO_LONG: "参数内容过长",
    ABSENT: "资源不存在",
    LICENCE: "license数量受限",
    "0x00072204": "license未提供该功能",
    BAD_PICTURE: "评分失败",
    NO_TASK: "任务操作错误：任务不存在",
    TASK_STARTED: "任务操作错误：任务已开始下载",
}


class Refusal(Exception):
    """The platform says no. `detail` is appended to the code's meaning; `data` is the envelope's data."""

    def __init__(self, code: str, detail: str = "", data: Any = None) -> None:
        super().__init__(code)
        self.code = code
        self.data = data
        meaning = MEANINGS.get(code, "其他未知的错误")
        self.msg = f"{meaning}: {detail}" if detail else meaning

    def row(self) -> dict[str, str]:
        """Code and text inside a list of failures."""
        return {"code": self.code, "msg": self.msg}


def answer(data: Any, code: str = "0", msg: str = "success") -> Told:
    """The envelope of every answer, as UTF-8 without escapes."""
    return Told(body=json.dumps({"code": code, "msg": msg, "data": data}, ensure_ascii=False).encode())
