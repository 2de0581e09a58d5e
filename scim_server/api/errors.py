"""Whatever goes wrong becomes a SCIM error, and tells nothing about the inside (RFC 7644 section 3.12)."""

import logging

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from scim_server.scim.errors import (
    Busy,
    Conflict,
    Internal,
    InvalidValue,
    MethodNotAllowed,
    Mutability,
    NotFound,
    PreconditionFailed,
    ScimError,
    Uniqueness,
)
from scim_server.store.engine import Unavailable
from scim_server.store.resources import Fixed, Misplaced, Moved, NoSuchMember, Occupied, Taken, Unfit

MEDIA_TYPE = "application/scim+json"

log = logging.getLogger(__name__)


def error_response(error: ScimError) -> Response:
    """The answer for an error."""
    return Response(error.body(), error.status, error.headers, MEDIA_TYPE)


def translated(error: Exception) -> ScimError:
    """The SCIM error for any exception. What nobody expected is logged with its traceback, and said to be our fault."""
    match error:
        case ScimError():
            return error
        case Taken():
            return Uniqueness(f"{error} is taken by another resource.")
        case NoSuchMember():
            return InvalidValue(f"members: {str(error)[:128]} is no User.")
        case Fixed():
            return Mutability(str(error))
        case Misplaced() | Unfit():
            return InvalidValue(str(error))
        case Occupied():
            return Conflict(str(error))
        case Moved():
            return PreconditionFailed("The resource has changed meanwhile.")
        case Unavailable():
            return busy("The store cannot write at the moment.")
        case TimeoutError():
            return busy("The request took too long.")
    log.error("a request failed", exc_info=error)
    return Internal("The server failed; its log says why.")


async def refusal(_: Request, error: Exception) -> Response:
    """The answer outside of the SCIM paths: there is nothing, or not by that method."""
    if not isinstance(error, HTTPException):
        return error_response(translated(error))
    if error.status_code == 405:
        return error_response(MethodNotAllowed("That method is not possible here.", error.headers))
    return error_response(NotFound("There is no such endpoint."))


def busy(detail: str) -> Busy:
    """503: worth another try."""
    return Busy(detail, {"Retry-After": "2"})
