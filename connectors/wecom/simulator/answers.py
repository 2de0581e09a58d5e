"""How WeCom answers: HTTP 200, errcode, and an errmsg that nobody should parse."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import orjson

from connectors.simulation.vendor import Told

WARNING = "{}. Warning: wrong json format. "

# what the vendor's table of error codes says (document/path/90313), shortened
TEXTS: Mapping[int, str] = MappingProxyType(
    {
        -1: "system busy",
        40001: "invalid credential",
        40003: "invalid userid",
        40013: "invalid corpid",
        40014: "invalid access_token",
        40031: "invalid userid list",
        40032: "invalid userid list length",
        40033: "invalid request character",
        40035: "invalid parameter",
        40058: "invalid request parameter",
        40066: "invalid party list",
        40068: "invalid tagid",
        40070: "all list invalid",
        40071: "tag name existed",
        40072: "invalid tag name length",
        40073: "invalid openid",
        40126: "tags out of limit",
        41001: "access_token missing",
        41002: "corpid missing",
        41004: "corpsecret missing",
        41009: "userid missing",
        42001: "access_token expired",
        43001: "require GET method",
        43002: "require POST method",
        43004: "userid not bound to wechat",
        45009: "api freq out of limit",
        45024: "accounts out of limit",
        46004: "user not exist",
        48002: "api forbidden",
        48009: "api forbidden for contact assistant",
        60001: "department name length out of limit",
        60003: "department not found",
        60004: "parent department not found",
        60005: "department contains user",
        60006: "department contains sub-departments",
        60007: "root department cannot be deleted",
        60008: "department existed",
        60009: "department name contains invalid characters",
        60010: "department cycle",
        60102: "userid existed",
        60103: "invalid mobile",
        60104: "mobile existed",
        60105: "invalid email",
        60106: "email existed",
        60110: "user belongs to too many departments",
        60111: "userid not found",
        60112: "invalid name",
        60123: "invalid party id",
        60127: "department missing",
        60129: "missing mobile or email",
        60132: "is_leader_in_dept and department differ in length",
        60143: "invalid biz_mail",
        60145: "biz_mail existed",
        60257: "direct_leader out of limit",
        81001: "nodes under department out of limit",
        81002: "department level out of limit",
        81003: "nodes under tag out of limit",
        81011: "no permission on tag",
        81012: "missing userid, partyid and tagid",
        81013: "all of userid, partyid and tagid invalid",
        81015: "mail domain is not that of the corp",
        81017: "list length out of limit",
        301005: "creator cannot be deleted",
        301012: "invalid position",
        301013: "invalid telephone",
        301036: "userid cannot be changed",
    }
)


class Failure(Exception):
    """A call comes to nothing. `code` is the errcode."""

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


def ok(errmsg: str = "ok", **more: Any) -> dict[str, Any]:
    """The answer to a call that was done."""
    return {"errcode": 0, "errmsg": errmsg, **more}


def failed(code: int, at: float) -> Told:
    """The answer to a call that was not; errmsg carries the hint and the address as the vendor's do."""
    text = TEXTS.get(code, "error")
    hint = f"{text}, hint: [{int(at)}_206_{code:x}], from ip: 127.0.0.1, more info at"
    return told(
        {"errcode": code, "errmsg": f"{hint} https://open.work.weixin.qq.com/devtool/query?e={code}"},
    )


def told(value: dict[str, Any]) -> Told:
    """JSON on the wire."""
    return Told(200, orjson.dumps(value))
