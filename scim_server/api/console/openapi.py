"""The description of the JSON API (OpenAPI 3.1), made from the very values that serve it."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import orjson
from pydantic import BaseModel
from pydantic.json_schema import JsonSchemaMode, models_json_schema

from scim_server.api.console.asked import Nothing
from scim_server.api.console.faults import MEDIA_TYPE, TITLES
from scim_server.api.console.models import ProblemDocument
from scim_server.api.console.operation import JSON, PATTERNS, Operation

ALWAYS = (400, 401, 403, 404, 405, 408, 431, 500, 503)
"""What any operation may refuse with: the door, the store, our own fault."""
WITH_BODY = (413, 415)
_REF = "#/components/schemas/{model}"
_ABOUT = (
    "花名册（Huaming）的 JSON 接口：每月核查、核查事项、函件、到期事项和报告。"
    "hr、admin 可查阅并办理，auditor 只能查阅公开口径；"
    "restricted=true 查阅限有权人员的内容，只限 hr、admin，查阅留痕。"
)


def document(operations: Sequence[Operation], server: str) -> dict[str, Any]:
    """The description. `server`: the address at which the API is mounted."""
    models: list[tuple[type[BaseModel], JsonSchemaMode]] = [(ProblemDocument, "serialization")]
    models += [(each.body, "validation") for each in operations if each.body]
    models += [(each.answer, "serialization") for each in operations if each.answer]
    refs, schemas = models_json_schema(list(dict.fromkeys(models)), ref_template=_REF)
    paths: dict[str, dict[str, Any]] = {}
    for each in operations:
        paths.setdefault(each.path, {})[each.method.lower()] = _operation(each, refs)
    bearer = {"type": "http", "scheme": "bearer", "description": "huaming token create 签发的令牌"}
    return {
        "openapi": "3.1.0",
        "info": {"title": "花名册（Huaming）", "version": "1", "description": _ABOUT},
        "servers": [{"url": server}],
        "security": [{"bearer": []}],
        "paths": paths,
        "components": {"schemas": schemas.get("$defs", {}), "securitySchemes": {"bearer": bearer}},
    }


def _operation(each: Operation, refs: Mapping[Any, Mapping[str, Any]]) -> dict[str, Any]:
    said: dict[str, Any] = {"operationId": each.name, "tags": [each.tag], "summary": each.summary}
    parameters = [*_places(each), *_query(each)]
    if parameters:
        said["parameters"] = parameters
    if each.body:
        said["requestBody"] = {"required": True, "content": {JSON: {"schema": refs[each.body, "validation"]}}}
    schema = refs[each.answer, "serialization"] if each.answer else {}
    success = {"description": "成功", "content": {each.media: {"schema": schema} if each.media == JSON else {}}}
    problem = {"content": {MEDIA_TYPE: {"schema": refs[ProblemDocument, "serialization"]}}}
    statuses = sorted({*ALWAYS, *(WITH_BODY if each.body else ()), *each.statuses})
    said["responses"] = {"200": success}
    said["responses"] |= {str(status): {"description": TITLES[status], **problem} for status in statuses}
    return said


def _places(each: Operation) -> Iterable[Mapping[str, Any]]:
    for name in each.places:
        pattern = PATTERNS.get(name)
        schema = {"type": "string", **({"pattern": f"^{pattern.pattern}$"} if pattern else {"maxLength": 128})}
        yield {"name": name, "in": "path", "required": True, "schema": schema}


def _query(each: Operation) -> Iterable[Mapping[str, Any]]:
    if each.query is Nothing:
        return
    described = each.query.model_json_schema(by_alias=True)
    for name, schema in described.get("properties", {}).items():
        said = {key: value for key, value in schema.items() if key not in ("title", "description")}
        about = {"description": schema["description"]} if "description" in schema else {}
        yield {"name": name, "in": "query", "required": name in described.get("required", ()), "schema": said, **about}


def written(operations: Sequence[Operation], server: str) -> bytes:
    """The same as JSON."""
    return orjson.dumps(document(operations, server), option=orjson.OPT_INDENT_2)
