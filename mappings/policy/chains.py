"""The items in order of precedence. Reads like the contents of the regulation; decides nothing itself."""

from collections.abc import Callable, Iterator
from functools import partial

from mappings.policy import articles
from mappings.policy.decision import Decision
from mappings.policy.service import Service

Article = Callable[[Service], Decision | None]
Chain = tuple[Article, ...]

# 三, 四: who has left has no account; beats every lock. One applies: that of the departure that took effect first
CANCELLATION: Chain = (
    articles.article_3_1_retirement,
    articles.article_3_2_resignation,
    articles.article_3_3_death,
    articles.article_3_4_expulsion,
    articles.article_3_5_dismissal,
    articles.article_3_6_transferred_out,
    articles.article_3_6_posted_away,
    articles.article_3_6_gone_home,
    articles.article_3_7_other,
    articles.article_3_7_deleted,
    articles.article_4_reply_says_left,
)

# 二: every lock in force counts, the strictest in each system; rulings last
LOCKING: Chain = (
    articles.article_2_4_posted_outside,
    articles.article_2_5_suspended,
    articles.article_2_5_exit_held,
    articles.article_2_6_other_lock,
    articles.article_2_6_bare_lock,
    articles.article_2_6_block,
)

# 一: why the account was opened; the first that applies
OPENING: Chain = (
    articles.article_1_rehired,
    articles.article_1_3_from_outside,
    articles.article_1_4_other_need,
    articles.article_1_1_recruited_staff,
    articles.article_1_2_recruited_employee,
    articles.article_1_2_contractor,
)

# 二: what changes the primary department; the latest speaks
MOVING: Chain = (
    articles.article_2_1_moved_inside,
    articles.article_2_2_moved_between,
)

# 二: what gives a concurrent role; the latest speaks
JOINING: Chain = (
    articles.article_2_3_seconded_inside,
    articles.article_2_6_concurrent,
    articles.article_2_6_added_member,
)

# 二: what has ended a concurrent role; the latest speaks
ENDING: Chain = (
    articles.article_2_3_back_from_host,
    articles.article_2_6_role_over,
)

# 二: what has given back what a lock took; the latest speaks
RESTORING: Chain = (
    articles.article_2_4_returned,
    articles.article_2_5_reinstated,
)

# what bears on the person and takes nothing: told to those who may know why not
REMARKS: Chain = (
    articles.article_2_5_at_work,
    articles.article_2_6_needs_changed,
)


def applying(chain: Chain, service: Service) -> Iterator[Decision]:
    """Every item of the chain that applies, in its order."""
    for article in chain:
        decision = article(service)
        if decision is not None:
            yield decision


def first(chain: Chain, service: Service) -> Decision | None:
    """The first item of the chain that applies."""
    return next(applying(chain, service), None)


def first_of(chain: Chain) -> Article:
    """The chain as one item: the first of it that applies."""
    return partial(first, chain)


def latest(chain: Chain, service: Service) -> Decision | None:
    """The item of the chain whose fact came last; of several on a day the last of the chain."""
    found: Decision | None = None
    for decision in applying(chain, service):
        if found is None or decision.since >= found.since:
            found = decision
    return found
