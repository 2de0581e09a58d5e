"""Whatever goes wrong becomes a problem document (RFC 9457), with a sentence in Chinese, and tells nothing about the
inside.
"""

import logging
from collections.abc import Mapping, Sequence

import orjson
from pydantic import ValidationError
from pydantic_core import ErrorDetails
from starlette.responses import Response

from scim_server.scim.errors import ExpiredCursor, InvalidCount, InvalidCursor, ScimError
from scim_server.store.deadline import TooSlow
from scim_server.store.engine import Unavailable

MEDIA_TYPE = "application/problem+json"
AGAIN = "2"  # seconds, in Retry-After

TITLES: Mapping[int, str] = {
    400: "请求有误",
    401: "未经认证",
    403: "无权办理",
    404: "查无此项",
    405: "方法不符",
    408: "请求超时",
    409: "状态不符",
    413: "正文过大",
    415: "格式不符",
    431: "请求头过大",
    500: "内部错误",
    503: "暂不可用",
}
_SENTENCES: Mapping[int, str] = {
    400: "请求不是有效的 JSON，或者不合规定格式。",
    401: "需要有效的访问令牌。",
    403: "该令牌的角色只能查看，不能办理。",
    404: "没有这个地址。",
    405: "这个地址不支持该方法。",
    408: "请求没有及时发送完毕。",
    413: "请求正文超过规定大小。",
    415: "请求正文须为 application/json，且不压缩。",
    431: "请求头过多或过大。",
    503: "暂时不能处理，请稍后再试。",
}
_FAULTS: Mapping[str, str] = {
    "missing": "缺少这一项",
    "extra_forbidden": "没有这一项",
    "literal_error": "不是规定的取值",
    "string_too_short": "不能为空或过短",
    "string_too_long": "过长",
    "string_pattern_mismatch": "含有不允许的字符，或者格式不符",
    "string_type": "须为文字",
    "bool_parsing": "须为 true 或 false",
    "bool_type": "须为 true 或 false",
    "int_parsing": "须为整数",
    "int_type": "须为整数",
    "greater_than_equal": "过小",
    "less_than_equal": "过大",
    "model_type": "须为 JSON 对象",
    "model_attributes_type": "须为 JSON 对象",
    "timezone_aware": "须带时区，如 +08:00",
}
_MOST = 20  # faults that are told

log = logging.getLogger(__name__)


class Problem(Exception):
    """An answer that is no success. `errors`: of a request, [{"pointer", "detail"}] for what is wrong in it."""

    def __init__(
        self,
        status: int,
        detail: str | None = None,
        errors: Sequence[Mapping[str, str]] = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:
        self.status, self.detail, self.errors = status, detail or _SENTENCES.get(status, TITLES[status]), errors
        self.headers = dict(headers or {}) | ({"Retry-After": AGAIN} if status == 503 else {})
        super().__init__(self.detail)

    def response(self) -> Response:
        """The answer."""
        said: dict[str, object] = {"title": TITLES[self.status], "status": self.status, "detail": self.detail}
        said |= {"errors": list(self.errors)} if self.errors else {}
        return Response(orjson.dumps(said), self.status, self.headers, MEDIA_TYPE)


def translated(error: Exception) -> Problem:
    """The problem for any exception. What nobody expected is logged with its traceback, and said to be our fault."""
    match error:
        case Problem():
            return error
        case ExpiredCursor():
            return Problem(400, "游标已过期，请从第一页重新查询。")
        case InvalidCursor() | InvalidCount():
            return Problem(400, "游标与本次查询不符：每一页的条件和 count 须与第一页相同。")
        case ScimError():
            status = error.status if error.status in TITLES else 400
            return Problem(status, headers=error.headers)
        case Unavailable():
            return Problem(503, "数据库暂时不能读写，请稍后再试。")
        case TooSlow() | TimeoutError():
            return Problem(503, "查询用时过长，请缩小范围或稍后再试。")
    log.error("a request of the console failed", exc_info=error)
    return Problem(500, "服务器内部出错，原因见其日志。")


def unfit(error: ValidationError) -> Problem:
    """Of what was asked; that an answer of ours is not what it must be is no fault of whoever asks."""
    return Problem(400, "请求的内容不合规定。", [_fault(each) for each in error.errors()[:_MOST]])


def _fault(each: ErrorDetails) -> dict[str, str]:
    """Where, as a JSON pointer (RFC 6901), and what; never the value. A name that is none of ours is cut."""
    place = "".join("/" + str(part)[:64].replace("~", "~0").replace("/", "~1") for part in each["loc"])
    return {"pointer": place, "detail": _FAULTS.get(each["type"], "不合规定")}
