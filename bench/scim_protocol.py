"""What the SCIM protocol itself costs: microseconds of CPU a request, without HTTP and without the store."""

import timeit
from collections.abc import Callable
from typing import Any

import orjson

from scim_server.api.body import parse
from scim_server.api.drafts import draft
from scim_server.scim import answer, filter, path
from scim_server.scim.dialects import normal_body, normal_operations
from scim_server.scim.operations import read_operations
from scim_server.scim.patch import patch
from scim_server.scim.schemas import load
from scim_server.scim.urns import ENTERPRISE_USER, USER
from scim_server.scim.validate import validate
from scim_server.store.resources import Shown

TYPE = load(True).user
PERSON: dict[str, Any] = {
    "schemas": [USER, ENTERPRISE_USER],
    "externalId": "YZ0001",
    "userName": "zhangsan@example.gov.cn",
    "name": {"formatted": "张三丰", "familyName": "张", "givenName": "三丰"},
    "displayName": "张三丰",
    "title": "科员",
    "preferredLanguage": "zh-CN",
    "locale": "zh-CN",
    "timezone": "Asia/Shanghai",
    "active": True,
    "emails": [
        {"value": "zhangsan@example.gov.cn", "type": "work", "primary": True},
        {"value": "zs@home.example", "type": "home"},
    ],
    "phoneNumbers": [{"value": "13800000000", "type": "mobile"}],
    "addresses": [{"streetAddress": "某路 1 号", "locality": "上海", "postalCode": "200000", "country": "CN"}],
    ENTERPRISE_USER: {"employeeNumber": "701984", "organization": "崖州区", "manager": {"value": "26118915-6090"}},
}
RAW = orjson.dumps(PERSON)
STORED = orjson.dumps(validate(TYPE, PERSON))
ADDRESS = answer.address("https://hub.example/scim/v2", "/Users")
ID, STAMP = "01a2133c-57ec-740b-9f3c-8581b741f616", "2026-11-25T15:04:11.500Z"


def post() -> object:
    return draft(TYPE, validate(TYPE, parse(RAW)))


def put() -> object:
    return draft(TYPE, validate(TYPE, normal_body(TYPE, parse(RAW)), orjson.loads(STORED)))


def patching(**operation: Any) -> Callable[[], object]:
    raw = orjson.dumps({"Operations": [operation]})
    return lambda: draft(TYPE, patch(TYPE, STORED, normal_operations(TYPE, read_operations(parse(raw)))).document)


def get() -> object:
    inside = answer.groups("https://hub.example/scim/v2", [(ID, "教育局")])
    return answer.resource("User", ADDRESS, Shown(ID, "User", 3, STORED, STAMP, STAMP, joined=True), inside)


def new_filter() -> object:
    filter._parse_once.cache_clear()
    return filter.parse(TYPE, 'userName eq "zhangsan@example.gov.cn"')


def new_path() -> object:
    path._parse_once.cache_clear()
    return path.parse_path(TYPE, 'emails[type eq "work"].value')


CASES: dict[str, Callable[[], object]] = {
    f"POST of {len(RAW)} bytes": post,
    "PUT": put,
    "PATCH active": patching(op="replace", path="active", value=False),
    "PATCH with a value path seen before": patching(op="replace", path='emails[type eq "work"].value', value="n@x"),
    "PATCH without a path": patching(op="replace", value={"displayName": "x", "name.givenName": "y"}),
    "GET: the answer": get,
    "a filter not seen before": new_filter,
    "a value path not seen before": new_path,
}

if __name__ == "__main__":
    for name, case in CASES.items():
        print(f"{name:40} {min(timeit.repeat(case, number=400, repeat=5)) / 400 * 1e6:6.1f} us")
