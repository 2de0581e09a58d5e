"""The orphan report's Chinese."""

# What the roster thinks of an account, the most urgent first. Of the last two nobody need decide anything.
THOUGHTS = {
    "left": "按名册不应有的账号，仍可使用",
    "left-locked": "按名册不应有的账号，已锁定",
    "candidate": "可能属于名册中的人员或部门",
    "nobody": "名册中查无此人",
    "disowned": "已声明非我方",
    "protected": "受保护，不作改动",
}
SETTLED = ("disowned", "protected")
KINDS = {"person": "人员", "group": "部门"}
PRESENCES = {"active": "在用", "locked": "锁定"}

# Why it is none of ours.
NO_LINK = "没有关联，也没有编号"
STRANGE_KEY = "没有关联，编号不在名册中"
OTHER_ACCOUNT = "编号在名册中，但其账号是另一个：{name}"
UNLINKED = "编号在名册中，尚无关联，须由人确认"
DEPARTED = "编号在名册中，但其不应有账号（{why}），账号仍在"
DISOWNED = "{at} 由{by}声明非我方"
PROTECTED = "受保护：由系统或配置指明"

NEVER_SWEPT = "从未完整巡检过"
UNREAD = "未能完整读取，对其账号不作任何结论：{error}"
