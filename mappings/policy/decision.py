"""What one item of the regulation says of a person on a day, with both faces of its reason (S18, A29). Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from mappings.model import Presence, Reason

LOCKED = Reason("二", "按来函锁定账号")
RESTORED = Reason("二", "按来函恢复账号")
LEFT = Reason("三", "离职，注销账号")
IN_SERVICE = Reason("一", "在职，账号正常使用")
WAITING = Reason("一", "申请来函尚未登记，暂不开通账号")
NOT_YET = Reason("not-yet-joined", "尚未报到，不应有账号")
NEEDS = Reason("二(六)", "使用需求变化，按需求开通或注销账号")
UPDATED = Reason("二(一)", "本部门内部岗位变动，变更账号信息")

STRICTER = {Presence.ACTIVE: 0, Presence.LOCKED: 1, Presence.REMOVED: 2}


@dataclass(frozen=True, slots=True)
class Decision:
    """One item that applies.

    `item` and `text` are the restricted face, `public` the public one. `article` is the item that answers
    list, where it is not the item itself. `effect`: the presence that the item demands in each system that
    it names; the others are unchanged. `basis`: the value of the fact, or the name of the mark. `since`:
    the first day. `readings`: the ambiguous points that took part (`readings.POINTS`). `urgent`: what it takes away
    must not wait for an approval (S23); it says so without saying why.
    """

    item: str
    text: str
    public: Reason
    basis: str
    since: str
    effect: Mapping[str, Presence] = field(default_factory=dict)
    readings: tuple[str, ...] = ()
    article: str = ""
    urgent: bool = False

    @property
    def listed(self) -> str:
        """The article in the restricted list of an answer."""
        return self.article or self.item

    @property
    def restricted(self) -> Reason:
        """The exact item and sentence, for the roles hr and admin."""
        return Reason(self.item, self.text)


def public_article(item: str) -> str:
    """The public face of an article in a list: every lock is 二, every departure 三."""
    return item[0] if item[0] in "二三" else item
