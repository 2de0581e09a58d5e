"""The words that operators read."""

PRESENCES = {"active": "启用", "locked": "锁定", "removed": "注销（无账号）"}
ACTIONS = {
    "create": "开通",
    "update": "变更",
    "lock": "锁定",
    "unlock": "解锁",
    "remove": "注销",
    "join": "加入",
    "leave": "退出",
}
STATES = {"due": "待处理", "done": "已一致", "waiting": "等待", "parked": "搁置", "held": "待批准", "gone": "已注销"}
