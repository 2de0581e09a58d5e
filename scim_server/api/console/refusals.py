"""What a command refuses, as a problem: a sentence in Chinese and a status."""

from collections.abc import Callable, Mapping
from typing import Any

from scim_server.api.console.faults import Problem
from scim_server.store import notices, register, replies, reply_commands, returns, reviews

_CASES: Mapping[type[Exception], tuple[int, Callable[..., str]]] = {
    register.NoSuchLetter: (404, lambda id: "没有这件函件。"),
    register.NotNow: (409, str),
    reviews.NoSuchReview: (404, lambda month: f"没有 {month} 的核查。"),
    reviews.NotOpen: (409, lambda month, state: f"{month} 的核查不在待复函状态。"),
    reviews.StillOpen: (409, lambda number: f"尚有 {number} 件未复函；确要了结，请写明 force 和 reason。"),
    reply_commands.BadReplies: (409, str),
    replies.Unusable: (409, str),
    returns.NoSuchCase: (404, lambda id: "没有这个到期事项。"),
    returns.NotNow: (409, str),
    returns.BadChoice: (400, str),
    notices.NoSuchNotice: (404, lambda id: "还没有拟出通报。"),
}


def refusal(error: Exception) -> Exception:
    """The problem of a refusal; anything else as it is."""
    found: Any = _CASES.get(type(error))
    return error if found is None else Problem(found[0], found[1](*error.args))
