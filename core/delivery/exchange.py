"""What the couriers tell the outbox: what was sent, and what they can take."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session

from core import outbox
from core.adapter import Adapter
from core.models import Rank
from core.outbox import Claimed
from core.pace import Key

Sent = tuple[int, int, str]
"""The row, its fence, and the platform's id."""

MARGIN = 30.0
"""Seconds for which a row is ours beyond the platform's patience: nobody else takes it up while a
send still runs.
"""


@dataclass(slots=True)
class Exchange:
    """Marks what was sent and claims what there is room for, in one commit. Done again after a lost
    connection, it first looks whether the commit was made and only its answer was lost.
    """

    adapter: Adapter
    now: datetime
    sent: list[Sent]
    room: int
    waiting: Collection[Key]
    short: Collection[str]
    least: Rank
    under_way: Collection[int]
    """Rows that are ours for certain."""
    tried: bool = False

    def __call__(self, session: Session) -> list[Claimed]:
        platform, account = self.adapter.platform, self.adapter.account
        again, self.tried = self.tried, True
        outbox.mark_sent(session, self.sent, self.now)
        lease = timedelta(seconds=self.adapter.limits.patience + MARGIN)
        until = self.now + lease
        lost = outbox.claimed_until(session, platform, account, until) if again else []
        if found := [row for row in lost if row.id not in self.under_way]:
            return found
        if not self.room:
            return []
        return outbox.claim(
            session,
            platform,
            account,
            self.room,
            self.now,
            lease,
            waiting=[one for one in self.waiting if isinstance(one, int)],
            groups=[one for one in self.waiting if isinstance(one, str)],
            short=self.short,
            least=self.least,
        )
