"""What of an announcement nobody sends any more: its account has another token now, or none."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, exists, select, update
from sqlmodel import Session

from core.announcements.fanout import cause_of
from core.announcements.figures import NEWS, Figures
from core.i18n import Speech
from core.limits import Limits
from core.models import Announcement, SendState
from core.outbox.tables import OUTBOX, PLACE
from core.store import execute

PATIENCE = timedelta(days=1)
"""As long as a desk may be away."""
AT = PLACE.c.id == OUTBOX.c.address_id
Account = tuple[str, str]
"""A platform, and which of its accounts."""
NOBODY = "no desk speaks for this account any more"


def where_off(counted: Figures, limits: Mapping[str, Limits], speech: Speech) -> str:
    """Where something waits because nobody speaks there from here."""
    names = [name for name, left in sorted(counted.sends_left.items()) if left and limits[name].off]
    if not names:
        return ""
    return speech.t("It waits where the desk is switched off: {platforms}",
                    platforms=", ".join(names))  # fmt: skip


def lost_accounts(
    session: Session, news: Announcement, ours: Mapping[str, str], now: datetime
) -> list[Account]:
    """Where something has been due for a day that is none of our accounts, and for which nothing of
    it was sent in that day: other desks may speak for it. `ours` tells our account on each
    platform, empty as long as the platform has not told it.
    """
    if news.published_at is None or news.published_at > now - PATIENCE:
        return []
    accounts = (
        select(PLACE.c.platform, PLACE.c.account).join(OUTBOX, AT).where(*stranded(news, now))
    )
    found = [(row.platform, row.account) for row in execute(session, accounts.distinct())]
    return [
        one
        for one in found
        if ours.get(one[0]) not in ("", one[1]) and not was_used(session, news, one, now)
    ]


def give_up(session: Session, news: Announcement, lost: Sequence[Account], now: datetime) -> int:
    """What waits there has failed. Returns how many rows there were."""
    failed = {"state": SendState.FAILED.value, "reason": NOBODY}
    count = 0
    for one in lost:
        theirs = select(PLACE.c.id).where(AT, *named(one)).exists()
        gone = update(OUTBOX).where(*stranded(news, now), theirs).values(failed)
        count += execute(session, gone).rowcount
    return count


def stranded(news: Announcement, now: datetime) -> tuple[ColumnElement[bool], ...]:
    return (*of(news, SendState.PENDING), OUTBOX.c.not_before <= now - PATIENCE)


def of(news: Announcement, state: SendState) -> tuple[ColumnElement[bool], ...]:
    return OUTBOX.c.cause == cause_of(news), NEWS, OUTBOX.c.state == state.value


def named(account: Account) -> tuple[ColumnElement[bool], ...]:
    return PLACE.c.platform == account[0], PLACE.c.account == account[1]


def was_used(session: Session, news: Announcement, account: Account, now: datetime) -> bool:
    sent = exists().where(
        *of(news, SendState.SENT), OUTBOX.c.sent_at > now - PATIENCE, AT, *named(account)
    )
    return bool(execute(session, select(sent)).scalar_one())
