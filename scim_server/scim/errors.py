"""One exception for each way a request can fail (RFC 7644 section 3.12).

ScimError                 status, scimType, detail; turns itself into the wire message
├── 400  InvalidFilter  TooMany  InvalidSyntax  InvalidPath  NoTarget  InvalidValue  Mutability
│        InvalidCursor  ExpiredCursor  InvalidCount
├── 401  Unauthorized      403  Forbidden        404  NotFound        405  MethodNotAllowed
├── 409  Uniqueness        409  Conflict         412  PreconditionFailed
├── 408  RequestTimeout    413  TooLarge         414  UriTooLong
├── 415  UnsupportedMediaType                    431  TooManyHeaders
└── 500  Internal          501  NotImplementedHere                    503  Busy

The detail is a sentence for the person who reads the client's log: it names the
attribute and what is wrong with it, and never quotes a password or another person.
"""

from collections.abc import Mapping
from typing import ClassVar

import orjson

from scim_server.scim.urns import ERROR


class ScimError(Exception):
    """The base of all; `headers` go out with the answer."""

    status: ClassVar[int] = 400
    scim_type: ClassVar[str | None] = None

    def __init__(self, detail: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(detail)
        self.detail = detail
        self.headers = dict(headers or {})

    def body(self) -> bytes:
        """The Error message (RFC 7644 section 3.12); the status in it is a string."""
        message: dict[str, object] = {"schemas": [ERROR], "status": str(self.status)}
        if self.scim_type:
            message["scimType"] = self.scim_type
        return orjson.dumps(message | {"detail": self.detail})


class InvalidFilter(ScimError):
    """The filter is malformed, or asks for what is not supported."""

    scim_type = "invalidFilter"


class TooMany(ScimError):
    """The filter yields more than the server is willing to answer."""

    scim_type = "tooMany"


class InvalidSyntax(ScimError):
    """The body is no JSON, or not of the shape that the request demands."""

    scim_type = "invalidSyntax"


class InvalidPath(ScimError):
    """The path of a PATCH operation is malformed or names no attribute."""

    scim_type = "invalidPath"


class NoTarget(ScimError):
    """The path of a PATCH operation yields nothing that could be operated on."""

    scim_type = "noTarget"


class InvalidValue(ScimError):
    """A required value is missing, or a value is not one that the attribute may have."""

    scim_type = "invalidValue"


class Mutability(ScimError):
    """The change is not compatible with the attribute's mutability."""

    scim_type = "mutability"


class InvalidCursor(ScimError):
    """The cursor is not one that this server gave for this query (RFC 9865 section 2.1)."""

    scim_type = "invalidCursor"


class ExpiredCursor(ScimError):
    """The cursor is older than cursorTimeout (RFC 9865 section 2.1)."""

    scim_type = "expiredCursor"


class InvalidCount(ScimError):
    """The count is no count, or another one than in the query that began the pages (RFC 9865 section 2.1)."""

    scim_type = "invalidCount"


class Unauthorized(ScimError):
    """No valid bearer token (RFC 6750 section 3)."""

    status = 401


class Forbidden(ScimError):
    """The token's role may not do this."""

    status = 403


class NotFound(ScimError):
    """There is no such resource or endpoint."""

    status = 404


class MethodNotAllowed(ScimError):
    """The endpoint does not know the method; `Allow` names those it knows."""

    status = 405


class Uniqueness(ScimError):
    """Another resource has the value."""

    status = 409
    scim_type = "uniqueness"


class Conflict(ScimError):
    """The state of other resources forbids the change."""

    status = 409


class PreconditionFailed(ScimError):
    """The resource has another version than If-Match or If-None-Match demands."""

    status = 412


class RequestTimeout(ScimError):
    """The client did not send its request to the end in time."""

    status = 408


class TooLarge(ScimError):
    """The request is larger than a stated limit."""

    status = 413


class UriTooLong(ScimError):
    """The request's address is longer than a stated limit."""

    status = 414


class UnsupportedMediaType(ScimError):
    """The body is neither application/scim+json nor application/json, or is compressed."""

    status = 415


class TooManyHeaders(ScimError):
    """The header fields are more, or larger, than a stated limit."""

    status = 431


class Internal(ScimError):
    """Our fault. The detail says nothing about the inside."""

    status = 500


class NotImplementedHere(ScimError):
    """The RFC knows the endpoint, this server does not."""

    status = 501


class Busy(ScimError):
    """Not now; Retry-After says when."""

    status = 503
