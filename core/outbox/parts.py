"""From a reply to the rows that say it: text that fits, and choices that can be drawn."""

from dataclasses import asdict, replace
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, select
from sqlmodel import Session

from core.cleaning import clean_line, split_text
from core.limits import Limits
from core.messages import Reply
from core.models import Act, Rank, Sending
from core.outbox.tables import PLACE
from core.store import execute, insert_new

PLATFORM = select(PLACE.c.platform).where(PLACE.c.id == bindparam("place"))
Row = dict[str, Any]


def enqueue(
    session: Session,
    place_id: int,
    cause: str,
    reply: Reply,
    limits: Limits,
    now: datetime,
    *,
    rank: Rank = Rank.ANSWER,
    ticket_id: int | None = None,
    reply_to: str = "",
) -> None:
    """Put a reply on its way, in as many parts as the platform needs. What the same `cause` said
    at this address before is not said again.
    """
    platform = execute(session, PLATFORM, {"place": place_id}).scalar_one()
    put(session, to_rows(
        place_id, platform, cause, reply, limits, now,
        rank=rank, ticket_id=ticket_id, reply_to=reply_to,
    ))  # fmt: skip


def put(session: Session, rows: list[Row]) -> None:
    if rows:
        execute(session, insert_new(session, Sending), rows)


def to_rows(
    place_id: int,
    platform: str,
    cause: str,
    reply: Reply,
    limits: Limits,
    now: datetime,
    *,
    rank: Rank = Rank.ANSWER,
    ticket_id: int | None = None,
    reply_to: str = "",
    answer_to: str = "",
) -> list[Row]:
    """What `put` puts on its way; many replies can go in one statement."""
    reply = with_file_named(reply, limits)
    title, texts, buttons = to_parts(reply, limits)
    alone = reply.file is not None and not is_caption(title, texts, limits)
    if alone:
        texts = ["", *texts]
    titled = int(alone)
    return [
        {
            "cause": cause,
            "address_id": place_id,
            "platform": platform,
            "part": part,
            "rank": rank.value,
            "title": title if part == titled else "",
            "text": text,
            "choices": buttons if part == len(texts) - 1 else [],
            "columns": reply.columns,
            "file": asdict(reply.file) if reply.file and not part else {},
            "act": Act.SAY.value,
            "about_id": None,
            "reply_to": "" if part else reply_to,
            "answer_to": answer_to,
            "ticket_id": ticket_id,
            "not_before": now,
            "created_at": now,
        }
        for part, text in enumerate(texts)
    ]


def to_parts(reply: Reply, limits: Limits) -> tuple[str, list[str], list[list[str]]]:
    """Title, texts that fit, and buttons as [label, value]. Choices that cannot be buttons are
    numbered lines below the text; the number is the place among all choices.
    """
    drawn = limits.choices if limits.buttons else 0
    title, text = reply.title, with_list(reply, drawn)
    heading = size(title, limits) + 2 if title else 0  # and the line breaks that set it off
    if heading > limits.text // 2:
        title, text, heading = "", f"{title}\n\n{text}", 0
    room = limits.text - heading
    fits = size(text, limits) <= room
    texts = [text] if fits else split_text(text, room, limits.utf16) or [""]
    return (
        title,
        texts,
        [[shorten(one.label, limits.label), one.value] for one in reply.choices[:drawn]],
    )


def with_file_named(reply: Reply, limits: Limits) -> Reply:
    """A file that the platform does not take is named, and linked where that is possible."""
    file = reply.file
    if file is None or limits.takes(file.media_type, file.size):
        return reply
    line = f"📎 {file.name} ({file.size / 1_000_000:.1f} MB)"
    link = limits.link(file) if limits.link else ""
    named = "\n".join(filter(None, (line, link)))
    return replace(reply, file=None, text="\n\n".join(filter(None, (reply.text, named))))


def is_caption(title: str, texts: list[str], limits: Limits) -> bool:
    """Whether all the words fit below a file; without any, it stands alone anyway."""
    heading = size(title, limits) + 2 if title else 0
    return len(texts) == 1 and heading + size(texts[0], limits) <= limits.caption


def with_list(reply: Reply, drawn: int) -> str:
    lines = [f"{n}  {one.label}" for n, one in enumerate(reply.choices, 1) if n > drawn]
    return "\n\n".join(filter(None, (reply.text, "\n".join(lines))))


def size(text: str, limits: Limits) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2 if limits.utf16 else len(text)


def shorten(label: str, limit: int) -> str:
    return label if len(label) <= limit else clean_line(label, limit - 1) + "…"
