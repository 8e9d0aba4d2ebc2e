"""The only way out: what we say is a row before it is a request.

A lane is an address. Its rows go one at a time, the most urgent rank first, and in order within a
rank. Whoever claimed a row holds its fence; a mark with an older one changes nothing.
"""

from core.outbox.changes import revise, withdraw
from core.outbox.claims import Claimed, claim, claimed_until, is_busy
from core.outbox.lanes import hurry, is_speaking
from core.outbox.marks import (
    DAY,
    NO_ANSWER,
    TOO_LATE,
    UNWANTED,
    mark_failed,
    mark_gone,
    mark_moved,
    mark_retry,
    mark_sent,
    mark_unknown,
    next_wait,
)
from core.outbox.parts import Row, enqueue, put, to_rows
from core.outbox.upkeep import (
    Listed,
    answered_since,
    arrived,
    fail_unreachable,
    is_untidy,
    list_rows,
    resolve_doubt,
    retry,
    sent_lately,
    sent_since,
    take_over,
)

__all__ = [
    "DAY",
    "NO_ANSWER",
    "TOO_LATE",
    "UNWANTED",
    "Claimed",
    "Listed",
    "Row",
    "answered_since",
    "arrived",
    "claim",
    "claimed_until",
    "enqueue",
    "fail_unreachable",
    "hurry",
    "is_busy",
    "is_speaking",
    "is_untidy",
    "list_rows",
    "mark_failed",
    "mark_gone",
    "mark_moved",
    "mark_retry",
    "mark_sent",
    "mark_unknown",
    "next_wait",
    "put",
    "resolve_doubt",
    "retry",
    "revise",
    "sent_lately",
    "sent_since",
    "take_over",
    "to_rows",
    "withdraw",
]
