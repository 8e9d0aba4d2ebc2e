"""What was put to the FAQ, and what came of it."""

from collections.abc import Sequence
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
    told = [one for what in TOLD for one in newest(session, what)]
    told.sort(key=lambda row: (row.at, row.id), reverse=True)
    return [Outcome(row.confidence, row.outcome == "helped") for row in told[:OUTCOMES]]


def newest(session: Session, what: str) -> Sequence[Any]:
    """Each outcome for itself, as the index has them: together, all there are would be sorted."""
    answers = (
        select(Asked.id, Asked.at, Asked.confidence, Asked.outcome)
        .where(Asked.verdict == "answer", Asked.outcome == what)
        .order_by(col(Asked.at).desc(), col(Asked.id).desc())
        .limit(OUTCOMES)
    )
    return session.exec(answers).all()
