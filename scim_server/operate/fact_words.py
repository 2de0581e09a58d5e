"""Chinese for the codes of the roster's facts and for what is listed of a person."""

CATEGORIES = {
    "administrative": "行政编制",
    "institutional": "事业编制",
    "gov-employee": "政府雇员",
    "outsourced": "外包服务人员",
    "other": "其他非在编人员",
}

POSTS = {"primary": "主岗", "concurrent": "兼任", "secondment": "借调", "attachment": "挂职"}
SCOPES = {"internal": "", "outbound": "（到区外）", "inbound": "（从区外来）"}

EVENTS = {
    "hire": "入职",
    "investigation": "立案审查调查",
    "other-lock": "其他锁定",
    "retirement": "退休",
    "resignation": "辞职",
    "death": "死亡",
    "expulsion": "开除公职",
    "dismissal": "辞退",
    "transfer-out": "调任、转任、遴选至区外",
    "other-departure": "其他离职",
}

OUTCOMES = {
    "cleared": "未予处理",
    "disciplined-in-post": "处分后留任原岗",
    "demoted": "降级",
    "removed-from-post": "撤职",
    "expulsion": "开除公职",
    "dismissal": "辞退",
    "judicial-referral": "移送司法机关",
}

RULINGS = {"block": "裁定锁定", "reply-says-left": "复函称已离职"}

ANOMALIES = {
    "hire-without-departure": "再次入职而无此前离职",
    "exit-barred-during-investigation": "立案期间离职，依法暂缓",
    "no-reason": "已删除而无离职事件",
    "reply-says-left": "复函称已离职，名册未录",
    "several-primary": "主岗不止一个",
    "no-primary": "没有主岗",
    "secondment-overdue": "借调、挂职超过计划结束日",
    "secondment-orphaned": "借出部门已非所在部门",
    "bare-lock": "停用而无状态事件（裸锁）",
    "investigation-ended-without-outcome": "审查调查已结束而未录结果",
    "change-waits-for-letter": "变更待来函登记",
    "opening-waits-for-letter": "开通待来函登记",
    "needs-missing": "未录使用需求",
    "concurrent-without-letter": "无函兼任",
}

LETTER_KINDS = {"open": "开通函", "change": "变更函", "cancel": "注销函"}
