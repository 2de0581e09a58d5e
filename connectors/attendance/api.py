"""The paths of the platform that are called, all by POST with JSON; the groups of grants they belong to."""

from collections.abc import Mapping
from typing import Final

ROOT_ORG: Final = "/api/resource/v1/org/rootOrg"
ORG_INFO: Final = "/api/resource/v1/org/orgIndexCodes/orgInfo"
ORG_LIST: Final = "/api/resource/v1/org/orgList"
SUB_ORGS: Final = "/api/resource/v1/org/parentOrgIndexCode/subOrgList"
ORG_ADD: Final = "/api/resource/v1/org/batch/add"
ORG_UPDATE: Final = "/api/resource/v1/org/single/update"
ORG_DELETE: Final = "/api/resource/v1/org/batch/delete"

PERSON_INFO: Final = "/api/resource/v1/person/condition/personInfo"
PERSON_LIST: Final = "/api/resource/v2/person/personList"
ORG_PERSONS: Final = "/api/resource/v2/person/orgIndexCode/personList"
PERSON_ADD: Final = "/api/resource/v2/person/single/add"
PERSON_UPDATE: Final = "/api/resource/v1/person/single/update"
PERSON_DELETE: Final = "/api/resource/v1/person/batch/delete"

FACE_DELETE: Final = "/api/resource/v1/face/single/delete"
CARD_LIST: Final = "/api/irds/v1/card/advance/cardList"
CARD_DELETE: Final = "/api/cis/v1/card/deletion"

RIGHTS_ADD: Final = "/api/acps/v1/auth_config/add"
RIGHTS_DELETE: Final = "/api/acps/v1/auth_config/delete"
RIGHTS_RATE: Final = "/api/acps/v1/auth_config/rate/search"
RIGHTS_ITEMS: Final = "/api/acps/v1/auth_item/list/search"
DOWNLOAD: Final = "/api/acps/v1/authDownload/configuration/shortcut"
WITHDRAW: Final = "/api/acps/v1/authDownload/task/simpleDownload"
PROGRESS: Final = "/api/acps/v1/authDownload/task/progress"
RECORD: Final = "/api/acps/v2/download_record/person/detail/search"

DOOR_EVENTS: Final = "/api/acs/v2/door/events"

TITLES: Mapping[str, str] = {
    "resource/v1/org": "组织信息接口",
    "resource/v1/person": "人员信息接口",
    "resource/v2/person": "人员信息接口（v2）",
    "resource/v1/face": "人脸接口",
    "irds/v1/card": "卡片查询接口",
    "cis/v1/card": "卡片接口",
    "acps/v1/auth_config": "出入控制权限配置接口",
    "acps/v1/auth_item": "出入控制权限条目接口",
    "acps/v1/authDownload": "出入控制权限下载接口",
    "acps/v2/download_record": "出入控制下载记录接口",
    "acs/v2/door": "门禁事件接口",
}


def title(path: str) -> str:
    """What the gateway's console calls the group of a path."""
    return TITLES["/".join(path.split("/")[2:5])]
