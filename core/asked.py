"""What was put to the FAQ, and what came of it."""

from typing import Any

from sqlalchemy import insert, update
from sqlmodel import Session, col, select

from core.faq_matcher import Outcome
from core.models import Asked
from core.store import execute

KEEP = insert(Asked)
OUTCOMES = 500
"""So many of the newest answers speak for how sure we may be."""
TOLD = ("helped", "not_helped", "ticket")
"""Outcomes that somebody told us with a button."""
Row = dict[str, Any]


def keep(session: Session, asked: list[Row]) -> None:
    """Keep questions, their texts masked by now: rows of `Asked`. Their ids are for telling their
    outcomes later.
    """
    if asked:
        execute(session, KEEP, asked)


def set_outcome(session: Session, asked_id: int, outcome: str) -> None:
    """What came of it: `helped`, `not_helped` or `ticket`. The last word counts."""
    session.exec(update(Asked).where(col(Asked.id) == asked_id).values(outcome=outcome))


def outcomes(session: Session) -> list[Outcome]:
    """What came of the newest answers: whether they helped, and how sure of them we were."""
    newest = (
        select(Asked.confidence, Asked.outcome)
        .where(Asked.verdict == "answer", col(Asked.outcome).in_(TOLD))
        .order_by(col(Asked.at).desc(), col(Asked.id).desc())
        .limit(OUTCOMES)
    )
    return [Outcome(confidence, what == "helped") for confidence, what in session.exec(newest)]
