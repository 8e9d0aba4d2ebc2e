"""What of an announcement nobody sends any more: its account has another token now, or none."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, exists, select, update
from sqlmodel import Session

from core.adapter import Limits
from core.announcements.fanout import cause_of
from core.announcements.figures import NEWS, Figures
from core.i18n import Speech
from core.models import Announcement, SendState
from core.outbox.tables import OUTBOX, PLACE
from core.store import execute

PATIENCE = timedelta(days=1)
"""As long as a desk may be away."""
NOBODY = "no desk speaks for this account any more"


def where_off(counted: Figures, limits: Mapping[str, Limits], speech: Speech) -> str:
    """Where something waits because nobody speaks there from here."""
    names = [name for name, left in sorted(counted.sends_left.items()) if left and limits[name].off]
    if not names:
        return ""
    return speech.t("It waits where the desk is switched off: {platforms}",
                    platforms=", ".join(names))  # fmt: skip


def give_up(session: Session, news: Announcement, ours: Mapping[str, str], now: datetime) -> int:
    """Fails what has been due for a day at an account that is none of ours, and for which nothing
    of it was sent in that day: other desks may speak for it. `ours` tells our account on each
    platform, empty as long as the platform has not told it. Returns how many rows there were.
    """
    since = now - PATIENCE
    if news.published_at is None or news.published_at > since:
        return 0
    stranded = (*of(news, SendState.PENDING), OUTBOX.c.not_before <= since)
    at = PLACE.c.id == OUTBOX.c.address_id
    accounts = select(PLACE.c.platform, PLACE.c.account).join(OUTBOX, at).where(*stranded)
    count = 0
    for row in execute(session, accounts.distinct()).all():
        platform, account = row.platform, row.account
        is_served = ours.get(platform) in ("", account)
        if is_served or was_used(session, news, platform, account, since):
            continue
        theirs = select(PLACE.c.id).where(at, *named(platform, account)).exists()
        failed = {"state": SendState.FAILED.value, "reason": NOBODY}
        gone = update(OUTBOX).where(*stranded, theirs).values(failed)
        count += execute(session, gone).rowcount
    return count


def of(news: Announcement, state: SendState) -> tuple[ColumnElement[bool], ...]:
    return OUTBOX.c.cause == cause_of(news), NEWS, OUTBOX.c.state == state.value


def named(platform: str, account: str) -> tuple[ColumnElement[bool], ...]:
    return PLACE.c.platform == platform, PLACE.c.account == account


def was_used(
    session: Session, news: Announcement, platform: str, account: str, since: datetime
) -> Any:
    sent = exists().where(
        *of(news, SendState.SENT), OUTBOX.c.sent_at > since,
        PLACE.c.id == OUTBOX.c.address_id, *named(platform, account),
    )  # fmt: skip
    return execute(session, select(sent)).scalar_one()
