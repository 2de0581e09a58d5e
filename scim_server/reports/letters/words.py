"""The Chinese of the register of letters, for the codes of the house."""

KINDS = {
    "open": "开通函",
    "change": "变更函",
    "cancel": "注销函",
    "inquiry": "核查函",
    "leaders-inquiry": "核查函（区领导）",
    "reminder": "催办函",
    "notice": "通报",
}
STATES = {
    "draft": "草稿",
    "ready": "待发",
    "sending": "发送中",
    "unknown": "送达结果不明",
    "delivered": "已送达",
    "void": "作废",
}
