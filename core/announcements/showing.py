"""What the publisher sees while an announcement runs: one message, which is changed."""

from datetime import datetime
from math import inf
from typing import Any

from sqlalchemy import select, update
from sqlmodel import Session

from core import outbox
from core.announcements.figures import Figures
from core.i18n import Speech, mark
from core.limits import Limits
from core.messages import Choice, Reply
from core.models import Act, Announcement, NewsState, Place, Rank, Sending, SendState
from core.outbox.tables import OUTBOX
from core.store import execute, insert_new

BAR = 12
"""Characters of the bar."""
STEPS = ((90, 1), (600, 10), (5400, 60), (36_000, 600), (864_000, 3600), (inf, 86_400))
"""Below so many seconds, a span is told in steps of so many."""
UNITS = (
    (86_400, 172_800, mark("{count} days")),
    (3600, 5400, mark("{count} h")),
    (60, 90, mark("{count} min")),
    (1, 1, mark("{count} s")),
)
"""Each with its seconds, and from how many on it comes first."""
STATES = {
    NewsState.DRAFT: mark("draft"),
    NewsState.WAITING: mark("waits for a second person"),
    NewsState.SCHEDULED: mark("scheduled"),
    NewsState.RUNNING: mark("running"),
    NewsState.PAUSED: mark("paused"),
    NewsState.DONE: mark("done"),
    NewsState.CANCELLED: mark("cancelled"),
    NewsState.WITHDRAWN: mark("withdrawn"),
}


def progress(news: Announcement, now: Figures, seconds: float, speech: Speech) -> Reply:
    """`seconds` is the time to go."""
    done = now.all - now.left
    share = done / now.all if now.all else 1.0
    filled = int(share * BAR)
    lines = [f"{'▓' * filled}{'░' * (BAR - filled)} {int(share * 100)} %", counts(now, speech)]
    if now.left and news.state == NewsState.RUNNING:
        lines.append(speech.t("Time to go: about {time}", time=span(seconds, speech)))
    return Reply("\n".join(lines), title(news, speech), tuple(steps(news, speech)), 2)


def title(news: Announcement, speech: Speech) -> str:
    state = speech.t(STATES[NewsState(news.state)])
    return speech.t("News {number}: {state}", number=news.id, state=state)


def counts(now: Figures, speech: Speech) -> str:
    names = ("sent", "blocked", "failed", "unknown", "left")
    said = speech.t(
        "Sent {sent} · blocked {blocked} · failed {failed} · unknown {unknown} · left {left}",
        **{name: speech.number(getattr(now, name)) for name in names},
    )
    if not now.ended:
        return said
    not_sent = speech.t("not sent {count}", count=speech.number(now.ended))
    return f"{said} · {not_sent}"


def span(seconds: float, speech: Speech) -> str:
    """As somebody would say it; rounded by no more than a sixteenth."""
    step = next(step for below, step in STEPS if seconds < below)
    rest = max(1, round(seconds / step)) * step
    said: list[str] = []
    for length, least, words in UNITS:
        if rest >= (length if said else least):
            count, rest = divmod(rest, length)
            said.append(speech.t(words, count=count))
    return " ".join(said)


def steps(news: Announcement, speech: Speech) -> list[Choice]:
    """What can be done with it now."""
    shown = {
        NewsState.DRAFT: [("open", speech.t("✏️ Go on writing")), ("drop", speech.t("🗑 Discard"))],
        NewsState.WAITING: [("approve", speech.t("✅ Agree")), ("cancel", speech.t("✖️ Cancel it"))],
        NewsState.SCHEDULED: [("cancel", speech.t("✖️ Cancel it"))],
        NewsState.RUNNING: [("pause", speech.t("⏸ Pause")), ("cancel", speech.t("✖️ Cancel it"))],
        NewsState.PAUSED: [("resume", speech.t("▶️ Go on")), ("cancel", speech.t("✖️ Cancel it"))],
        NewsState.DONE: [("correct", speech.t("✏️ Correct")), ("back", speech.t("↩️ Take back"))],
    }
    if news.state == NewsState.CANCELLED and news.published_at and news.ended_at:
        known = shown[NewsState.DONE]
    else:
        known = shown.get(NewsState(news.state), [])
    return [Choice(label, f"staff:announce:{news.id}:{what}") for what, label in known]


def show(
    session: Session, news: Announcement, place: Place, reply: Reply, limits: Limits, now: datetime
) -> None:
    """Where it can be, the message that was shown first is changed, by one and the same row each
    time; elsewhere only the end is told.
    """
    first = find(session, place, news.told_cause)
    if first is None:
        return
    [row, *_] = outbox.to_rows(
        first.address_id, first.platform, f"news:{news.id}/progress", reply, limits, now,
        rank=Rank.ANSWER,
    )  # fmt: skip
    words = {name: row[name] for name in ("title", "text", "choices")}
    if first.state == SendState.PENDING and not first.attempts:
        change(session, first.id, words)
    elif limits.edits:
        edit = find(session, place, row["cause"])
        if edit is None:
            row |= {"act": Act.EDIT.value, "about_id": first.id}
            execute(session, insert_new(session, Sending), [row])
        elif any(getattr(edit, name) != value for name, value in words.items()):
            change(session, edit.id, words | {
                "state": SendState.PENDING.value, "attempts": 0, "not_before": now, "reason": "",
            })  # fmt: skip
    elif news.ended_at:
        report = f"news:{news.id}/report"
        outbox.enqueue(session, first.address_id, report, reply, limits, now)


def find(session: Session, place: Place, cause: str) -> Any:
    query = select(OUTBOX).where(OUTBOX.c.address_id == place.id, OUTBOX.c.cause == cause)
    return execute(session, query.order_by(OUTBOX.c.part).limit(1)).first()


def change(session: Session, row: int, values: dict[str, object]) -> None:
    """One that is just being sent is left alone: the next look changes it."""
    idle = OUTBOX.c.state != SendState.SENDING.value
    execute(session, update(OUTBOX).where(OUTBOX.c.id == row, idle).values(values))
