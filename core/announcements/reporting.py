"""What became of an announcement, with reasons."""

from dataclasses import replace

from sqlmodel import Session

from core.announcements.figures import Figures, in_public, reasons
from core.announcements.showing import progress
from core.i18n import Speech, mark
from core.messages import Reply
from core.models import Announcement, SendState

MOST = 6
"""Reasons that are shown."""
OUTCOMES = {
    SendState.PENDING: mark("on its way"),
    SendState.SENDING: mark("on its way"),
    SendState.HELD: mark("on its way"),
    SendState.SENT: mark("published"),
    SendState.FAILED: mark("failed"),
    SendState.UNKNOWN: mark("unknown"),
    SendState.ENDED: mark("not sent"),
}


def report(session: Session, news: Announcement, now: Figures, speech: Speech) -> Reply:
    """The figures, where in public, and why it did not arrive."""
    shown = progress(news, now, 0.0, speech)
    public = [
        f"📢 {platform}: {speech.t(OUTCOMES[SendState(state)])}"
        for platform, state in in_public(session, news).items()
    ]
    known = list(reasons(session, news).items())[:MOST]
    why = [f"{speech.number(count)} · {reason}" for reason, count in known]
    return replace(shown, text="\n\n".join(filter(None, (
        shown.text, "\n".join(public), "\n".join(why),
    ))))  # fmt: skip
