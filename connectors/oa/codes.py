"""What the OA's codes mean (致远 REST: errorMsgs), as data. A code that is not listed is Refused, and shown."""

from collections.abc import Mapping

from mappings.model import Outcome, Refused

LOGIN_TAKEN = "PRINCIPAL_REPEAT_NAME"
CODE_TAKEN = frozenset({"MEMBER_REPEAT_CODE", "DEPARTMENT_REPEAT_CODE"})
NAME_TAKEN = "DEPARTMENT_REPEAT_NAME"
OCCUPIED = frozenset({"DEPARTMENT_EXIST_MEMBER", "DEPARTMENT_EXIST_DEPARTMENT_ENABLE", "DEPARTMENT_EXIST_TEAM_ENABLE"})
STALE_TOKEN = "1010"  # noqa: S105

SENTENCES: Mapping[str, str] = {
    LOGIN_TAKEN: "登录名已被占用",
    "PRINCIPAL_NOT_EXIST": "登录名不存在",
    "MEMBER_REPEAT_CODE": "人员编码已被占用",
    "MEMBER_REPEAT_POST": "副岗重复",
    "MEMBER_DEPARTMENT_DISABLED": "所属部门已停用",
    "MEMBER_POST_DISABLED": "岗位已停用",
    "MEMBER_LEVEL_DISABLED": "职务级别已停用",
    "MEMBER_CANNOT_DELETE": "此人员不能删除",
    "DEPARTMENT_REPEAT_CODE": "部门编码已被占用",
    NAME_TAKEN: "上级部门下已有同名部门",
    "DEPARTMENT_PARENTDEPT_DISABLED": "上级部门已停用",
    "DEPARTMENT_EXIST_MEMBER": "部门内还有人员",
    "DEPARTMENT_EXIST_DEPARTMENT_ENABLE": "部门下还有启用的子部门",
    "DEPARTMENT_EXIST_TEAM_ENABLE": "部门下还有启用的组",
    "POST_REPEAT_NAME": "岗位重名",
    "http-404": "OA没有这个接口，或其模块已停用",
}


class Declined(Exception):
    """The OA answered a write: no. `code` is its own word; `http-404` and the like where it had none."""

    def __init__(self, code: str, message: str = "") -> None:
        super().__init__(code)
        self.code = code
        self.message = message

    def outcome(self) -> Refused:
        """What that makes of the operation."""
        sentence = SENTENCES.get(self.code, "OA拒绝执行")
        return Refused(self.code, f"{sentence}（{self.code}{'：' if self.message else ''}{self.message}）")


class Ended(Exception):
    """An operation has its outcome early."""

    def __init__(self, outcome: Outcome) -> None:
        super().__init__()
        self.outcome = outcome
