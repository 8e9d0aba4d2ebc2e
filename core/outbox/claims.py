"""Whose turn it is: taking rows to send, at most one of each lane."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import blake2b
from typing import Any

from sqlalchemy import bindparam, exists, literal_column, not_, or_, select, tuple_, update
from sqlmodel import Session

from core.messages import Address, Choice, Outbound, StoredFile
from core.models import Act, Rank, SendState
from core.outbox.marks import NO_ANSWER
from core.outbox.tables import HISTORY, ON_ITS_WAY, OUTBOX, PENDING, PLACE, TO_SEND
from core.store import execute

AHEAD = OUTBOX.alias("ahead")
BEHIND = exists().where(
    AHEAD.c.address_id == OUTBOX.c.address_id,
    literal_column(TO_SEND.format("ahead")),
    AHEAD.c.rank > literal_column("''"),  # always true: it leads SQLite to the index of lanes
    or_(
        tuple_(AHEAD.c.rank, AHEAD.c.id) < tuple_(OUTBOX.c.rank, OUTBOX.c.id),
        literal_column("ahead.state = 'sending'"),
    ),
)
SAID = OUTBOX.alias("said")
TARGET = select(SAID.c.platform_id).where(SAID.c.id == OUTBOX.c.about_id).scalar_subquery()
SHOWN = ("id", "address_id", "part", "rank", "title", "text", "choices", "columns", "reply_to",
         "answer_to", "ticket_id", "file", "act", "reason", "attempts", "fence", "created_at",
         "platform")  # fmt: skip
ROWS = (
    select(
        *(OUTBOX.c[name] for name in SHOWN),
        *(PLACE.c[name] for name in ("account", "chat", "thread")),
        TARGET.label("target"),
    )
    .join(PLACE, PLACE.c.id == OUTBOX.c.address_id)
    .where(OUTBOX.c.platform == bindparam("platform"), PLACE.c.account == bindparam("account"))
)
CAN_WAIT = OUTBOX.c.cause.like(HISTORY)
DUE = (
    ROWS.where(
        PENDING,
        OUTBOX.c.not_before <= bindparam("now"),
        OUTBOX.c.rank <= bindparam("least"),
        OUTBOX.c.address_id.not_in(bindparam("waiting", expanding=True)),
        PLACE.c.chat.not_in(bindparam("groups", expanding=True)),
        or_(PLACE.c.chat.not_in(bindparam("short", expanding=True)), not_(CAN_WAIT)),
        PLACE.c.reachable,
        not_(BEHIND),
    )
    .order_by(OUTBOX.c.rank, OUTBOX.c.id)
    .limit(bindparam("count"))
)
UNDER_WAY = ROWS.where(ON_ITS_WAY).limit(1)
OURS = ROWS.where(ON_ITS_WAY, OUTBOX.c.lease_until == bindparam("until"))
TAKE = DUE.with_for_update(of=OUTBOX, skip_locked=True)
CLAIM = (
    update(OUTBOX)
    .where(OUTBOX.c.id.in_(bindparam("rows", expanding=True)))
    .values(
        state=SendState.SENDING.value,
        fence=OUTBOX.c.fence + 1,
        attempts=OUTBOX.c.attempts + 1,
        lease_until=bindparam("until"),
    )
)


@dataclass(frozen=True, slots=True)
class Claimed:
    """A row that is ours to send until its lease ends."""

    id: int
    fence: int
    rank: Rank
    attempts: int
    """This one included."""
    place_id: int
    part: int
    created_at: datetime
    doubted: bool
    """The last try got no answer."""
    outbound: Outbound
    act: Act = Act.SAY
    target: str = ""
    """The platform's id of the message to change."""
    file: StoredFile | None = None
    """To be read and enclosed."""


def claim(
    session: Session,
    platform: str,
    account: str,
    count: int,
    now: datetime,
    lease: timedelta,
    *,
    waiting: Collection[int] = (),
    groups: Collection[str] = (),
    short: Collection[str] = (),
    least: Rank = Rank.ANNOUNCEMENT,
) -> list[Claimed]:
    """The first row of up to `count` lanes, the most urgent first, none less urgent than `least`;
    none of the lanes in `waiting` or in the chats `groups`, of those with a row on its way, and of
    those whose first row has to wait; in the chats `short` no histories.
    """
    asked = due(platform, account, count, now, waiting, groups, short, least)
    rows = execute(session, TAKE, asked).all()
    if rows:
        execute(session, CLAIM, {"rows": [row.id for row in rows], "until": now + lease})
    return [to_claimed(row, row.fence + 1, row.attempts + 1) for row in rows]


def claimed_until(session: Session, platform: str, account: str, until: datetime) -> list[Claimed]:
    """What a claim with a lease to this very moment got, when its answer was lost on the way."""
    asked = {"platform": platform, "account": account, "until": until}
    return [to_claimed(row, row.fence, row.attempts) for row in execute(session, OURS, asked)]


def is_busy(session: Session, platform: str, account: str, now: datetime) -> bool:
    """Whether anything is on its way, or could be."""
    asked = due(platform, account, 1, now)
    return any(execute(session, some, asked).first() for some in (DUE, UNDER_WAY))


def due(
    platform: str,
    account: str,
    count: int,
    now: datetime,
    waiting: Collection[int] = (),
    groups: Collection[str] = (),
    short: Collection[str] = (),
    least: Rank = Rank.ANNOUNCEMENT,
) -> dict[str, Any]:
    return {
        "least": least.value,
        "platform": platform,
        "account": account,
        "count": count,
        "now": now,
        "waiting": list(waiting),
        "groups": list(groups),
        "short": list(short),
    }


def to_claimed(row: Any, fence: int, attempts: int) -> Claimed:
    return Claimed(
        id=row.id,
        fence=fence,
        rank=Rank(row.rank),
        attempts=attempts,
        place_id=row.address_id,
        part=row.part,
        created_at=row.created_at,
        doubted=row.reason == NO_ANSWER,
        outbound=Outbound(
            Address(row.platform, row.account, row.chat, row.thread),
            row.text,
            row.title,
            tuple(Choice(label, value) for label, value in row.choices),
            row.reply_to,
            nonce(row.id, row.created_at),
            row.columns,
            row.answer_to,
            row.ticket_id,
            row.created_at,
            news=row.rank == Rank.ANNOUNCEMENT.value,
            doubted=attempts > 1,
        ),
        act=Act(row.act),
        target=row.target or "",
        file=StoredFile(**row.file) if row.file else None,
    )


def nonce(row: int, created_at: datetime) -> str:
    """24 characters, the same at each try. The moment tells a new database's rows from an old
    one's.
    """
    return blake2b(f"{row} {created_at.isoformat()}".encode(), digest_size=12).hexdigest()
