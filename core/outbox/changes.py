"""What was said is said otherwise, or taken back."""

from dataclasses import replace
from datetime import datetime
from itertools import zip_longest
from typing import Any

from sqlalchemy import select, update
from sqlmodel import Session

from core.limits import Limits
from core.messages import Reply
from core.models import Act, Rank, SendState
from core.outbox.parts import Row, enqueue, put, to_rows
from core.outbox.tables import OUTBOX
from core.store import execute

WITHDRAWN = "taken back before it was sent"
ANEW = "✏️ "


def revise(
    session: Session,
    place_id: int,
    cause: str,
    reply: Reply,
    limits: Limits,
    now: datetime,
    *,
    again: str,
    rank: Rank = Rank.ANSWER,
) -> bool:
    """What `cause` said at this address becomes `reply`, once for each cause `again`; a file stays
    as it was. Where the platform cannot change what it showed, the new words are said as well.
    False when nothing was ever said.
    """
    said = find(session, place_id, cause)
    if not said:
        return False
    if not limits.edits and not all(map(is_untouched, said)):
        anew = replace(reply, text=f"{ANEW}{reply.text}", file=None)
        ticket = said[0].ticket_id
        enqueue(session, place_id, again, anew, limits, now, rank=rank, ticket_id=ticket)
        return True
    words = [row for row in said if row.text or row.title or not row.file]
    if words and words[0].file:  # what a file carries is all that its words may become
        limits = replace(limits, text=limits.caption)
    new = to_rows(
        place_id, said[0].platform, again, replace(reply, file=None), limits, now,
        rank=rank, ticket_id=said[0].ticket_id,
    )  # fmt: skip
    change(session, words, new, nothing_said(said[0], again, limits, now, rank))
    return True


def withdraw(
    session: Session,
    place_id: int,
    cause: str,
    limits: Limits,
    now: datetime,
    *,
    again: str,
    rank: Rank = Rank.ANSWER,
) -> bool:
    """What `cause` said at this address is taken back, file and all. False when nothing was said,
    or something of it is shown already on a platform that cannot take it back.
    """
    said = find(session, place_id, cause)
    if not said or (not limits.withdraws and not all(map(is_untouched, said))):
        return False
    change(session, said, [], nothing_said(said[0], again, limits, now, rank))
    return True


def find(session: Session, place_id: int, cause: str) -> list[Any]:
    """The rows that said it, locked: what nobody has claimed stays so until the commit."""
    query = (
        select(OUTBOX)
        .where(OUTBOX.c.address_id == place_id, OUTBOX.c.cause == cause)
        .where(OUTBOX.c.act == Act.SAY.value)
        .order_by(OUTBOX.c.part)
        .with_for_update()
    )
    return list(execute(session, query))


def is_untouched(row: Any) -> bool:
    """Nobody has seen it, for certain."""
    return bool(row.state == SendState.PENDING and row.attempts == 0)


def nothing_said(old: Any, again: str, limits: Limits, now: datetime, rank: Rank) -> Row:
    """A row without words, for what is taken back."""
    (row,) = to_rows(
        old.address_id, old.platform, again, Reply(""), limits, now,
        rank=rank, ticket_id=old.ticket_id,
    )  # fmt: skip
    return row


def change(session: Session, said: list[Any], new: list[Row], nothing: Row) -> None:
    later: list[Row] = []
    for part, (old, row) in enumerate(zip_longest(said, new)):
        if old is None:
            later.append(row)
        elif is_untouched(old):
            values = (
                {name: row[name] for name in ("title", "text", "choices", "columns")}
                if row
                else {"state": SendState.FAILED.value, "reason": WITHDRAWN}
            )
            execute(session, update(OUTBOX).where(OUTBOX.c.id == old.id).values(values))
        else:
            act = Act.EDIT if row else Act.WITHDRAW
            changed = row or nothing | {"part": part}
            later.append(changed | {"act": act.value, "about_id": old.id})
    put(session, later)
