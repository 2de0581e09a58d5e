"""The calls of the interface: how each is made, and whose token it takes."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from connectors.wecom.simulator import activity, departments, invite, lists, tags, users
from connectors.wecom.simulator.call import Call
from connectors.wecom.simulator.state import World

PREFIX = "/cgi-bin/"
GETTOKEN = "gettoken"


class Right(StrEnum):
    """Whose token a call takes."""

    ANY = "any"  # every application
    SYNC = "sync"  # contacts sync alone
    LOG = "log"  # the application that may read the log


@dataclass(frozen=True, slots=True)
class Route:
    """One call. `verb` is that of HTTP."""

    verb: str
    right: Right
    answer: Callable[[World, Call], dict[str, Any]]


ROUTES: Mapping[str, Route] = MappingProxyType(
    {
        "user/create": Route("POST", Right.SYNC, users.create),
        "user/get": Route("GET", Right.ANY, users.get),
        "user/update": Route("POST", Right.SYNC, users.update),
        "user/delete": Route("GET", Right.SYNC, users.delete),
        "user/batchdelete": Route("POST", Right.SYNC, users.batch_delete),
        "user/simplelist": Route("GET", Right.ANY, lists.simple_list),
        "user/list": Route("GET", Right.ANY, lists.detailed_list),
        "user/list_id": Route("POST", Right.SYNC, lists.list_id),
        "user/getuserid": Route("POST", Right.ANY, users.by_mobile),
        "user/get_userid_by_email": Route("POST", Right.ANY, users.by_email),
        "user/convert_to_openid": Route("POST", Right.ANY, users.openid_of),
        "user/convert_to_userid": Route("POST", Right.ANY, users.userid_of),
        "user/get_active_stat": Route("POST", Right.ANY, activity.active_count),
        "department/create": Route("POST", Right.SYNC, departments.create),
        "department/update": Route("POST", Right.SYNC, departments.update),
        "department/delete": Route("GET", Right.SYNC, departments.delete),
        "department/list": Route("GET", Right.ANY, departments.full_list),
        "department/simplelist": Route("GET", Right.ANY, departments.simple_list),
        "department/get": Route("GET", Right.ANY, departments.get),
        "tag/create": Route("POST", Right.ANY, tags.create),
        "tag/update": Route("POST", Right.ANY, tags.update),
        "tag/delete": Route("GET", Right.ANY, tags.delete),
        "tag/get": Route("GET", Right.ANY, tags.get),
        "tag/list": Route("GET", Right.ANY, tags.full_list),
        "tag/addtagusers": Route("POST", Right.ANY, tags.add_users),
        "tag/deltagusers": Route("POST", Right.ANY, tags.del_users),
        "batch/invite": Route("POST", Right.ANY, invite.invite),
        "security/member_oper_log/list": Route("POST", Right.LOG, activity.member_log),
    }
)
