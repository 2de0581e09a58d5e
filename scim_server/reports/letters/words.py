"""The Chinese of the register of letters, for the codes of the house."""

from scim_server.store.register import WORDS

KINDS = {
    "open": "开通函",
    "change": "变更函",
    "cancel": "注销函",
    "inquiry": "核查函",
    "leaders-inquiry": "核查函（区领导）",
    "reminder": "催办函",
    "notice": "通报",
}
STATES = WORDS
