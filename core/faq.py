"""The FAQ in the database: taken in, given out, looked up.

Every change counts the FAQ's version up, so that whoever keeps a copy sees that it is old.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Executable, bindparam, delete, insert, update
from sqlmodel import Session, col, select

from core.faq_file import Entry, Text, Wording, normalise, repeated, wordings_of
from core.faq_matcher import Question
from core.models import FaqEntry, FaqPhrasing, FaqText, Note
from core.store import execute, insert_new

VERSION = "faq_version"
TEXTS = select(FaqText.entry_id, FaqText.language, FaqText.question, FaqText.answer).where(
    col(FaqText.entry_id).in_(bindparam("entries", expanding=True))
)


class NoEntry(Exception):
    """Nobody knows an entry of that name."""


class SamePhrasing(Exception):
    """Two entries would have the same phrasing. Names both; nothing was changed."""


@dataclass(frozen=True, slots=True)
class Change:
    """How many entries an import touched."""

    added: int = 0
    changed: int = 0
    removed: int = 0
    same: int = 0


@dataclass(frozen=True, slots=True)
class Shown:
    """An entry as a person sees it, in `language`."""

    entry_id: str
    language: str
    question: str
    answer: str


def version(session: Session) -> int:
    """0 before the first import; afterwards it grows with every change."""
    value = session.exec(select(Note.value).where(Note.name == VERSION)).first()
    return int(value or 0)


def seed(session: Session, entries: Iterable[Entry]) -> Change:
    """Fill an FAQ that nobody has filled before; any other is left alone."""
    if hold(session) or session.exec(select(FaqEntry.id).limit(1)).first():
        return Change()
    return import_entries(session, entries)


def import_entries(session: Session, entries: Iterable[Entry], *, replace: bool = True) -> Change:
    """Make the FAQ what `entries` say, in their order; all others go, unless `replace` is off.

    Raises `SamePhrasing`.
    """
    held = hold(session)
    known = {entry.id: entry for entry in export_entries(session)}
    given = {entry.id: entry for entry in entries}
    wanted = given if replace else known | given
    wordings = list(wordings_of(wanted.values()))
    check_phrasings(wordings)
    added = given.keys() - known.keys()
    removed = known.keys() - wanted.keys()
    changed = {id_ for id_ in given.keys() & known.keys() if given[id_] != known[id_]}
    new = added | changed
    delete_entries(session, removed | changed)
    insert_entries(session, wanted, new)
    insert_phrasings(session, [one for one in wordings if one.entry in new])
    moved = put_in_order(session, wanted)
    if new or removed or moved:
        count_up(session, held)
    same = len(given) - len(added) - len(changed)
    return Change(len(added), len(changed), len(removed), same)


def hold(session: Session) -> int:
    """The version, kept from other writers until this transaction ends."""
    session.connection().execute(insert_new(session, Note).values(name=VERSION, value="0"))
    return int(session.exec(select(Note.value).where(Note.name == VERSION).with_for_update()).one())


def count_up(session: Session, held: int) -> None:
    session.exec(update(Note).where(col(Note.name) == VERSION).values(value=str(held + 1)))


def check_phrasings(wordings: Iterable[Wording]) -> None:
    for one, other in repeated(wordings):
        if one.entry == other.entry:
            raise SamePhrasing(f"{one.entry} has “{one.text}” twice. Nothing was changed.")
        raise SamePhrasing(
            f"{other.entry} and {one.entry} both have “{one.text}”. Nothing was changed; take it "
            "out of one of them."
        )


def delete_entries(session: Session, ids: Iterable[str]) -> None:
    """Their texts and phrasings go with them."""
    gone = delete(FaqEntry).where(col(FaqEntry.id) == bindparam("gone"))
    run(session, gone, [{"gone": id_} for id_ in ids])


def insert_entries(session: Session, entries: Mapping[str, Entry], new: Collection[str]) -> None:
    """Those of `entries` that are `new`, each at its place among all."""
    placed = [(at, entry) for at, entry in enumerate(entries.values()) if entry.id in new]
    run(session, insert(FaqEntry), [
        {"id": entry.id, "topic": entry.topic, "audiences": list(entry.audiences), "position": at}
        for at, entry in placed
    ])  # fmt: skip
    run(session, insert(FaqText), [
        {"entry_id": entry.id, "language": language,
         "question": text.question, "answer": text.answer}
        for _, entry in placed for language, text in entry.texts.items()
    ])  # fmt: skip


def insert_phrasings(session: Session, wordings: Iterable[Wording]) -> None:
    run(session, insert(FaqPhrasing), [
        {"entry_id": one.entry, "language": one.language, "text": one.text, "normal": one.normal}
        for one in wordings if not one.is_question
    ])  # fmt: skip


def put_in_order(session: Session, ids: Iterable[str]) -> bool:
    """True when that moved any of them."""
    at = dict(session.exec(select(FaqEntry.id, FaqEntry.position)).all())
    moved = [
        {"entry": id_, "at": position} for position, id_ in enumerate(ids) if at[id_] != position
    ]
    there = update(FaqEntry).where(col(FaqEntry.id) == bindparam("entry"))
    run(session, there.values(position=bindparam("at")), moved)
    return bool(moved)


def run(session: Session, statement: Executable, rows: list[dict[str, Any]]) -> None:
    """All rows in one go, past the session's objects: thousands of entries a second."""
    if rows:
        session.connection().execute(statement, rows)


def export_entries(session: Session) -> list[Entry]:
    """All of the FAQ, in its order."""
    texts = read_texts(session)
    entries = session.exec(
        select(FaqEntry.id, FaqEntry.topic, FaqEntry.audiences).order_by(
            col(FaqEntry.position), col(FaqEntry.id)
        )
    )
    return [
        Entry(id=id_, topic=topic, audiences=tuple(audiences), texts=texts[id_])
        for id_, topic, audiences in entries
    ]


def read_texts(session: Session) -> dict[str, dict[str, Text]]:
    phrasings: dict[tuple[str, str], list[str]] = defaultdict(list)
    for id_, language, text in read_phrasings(session):
        phrasings[id_, language].append(text)
    texts: dict[str, dict[str, Text]] = defaultdict(dict)
    for id_, language, question, answer in session.exec(
        select(FaqText.entry_id, FaqText.language, FaqText.question, FaqText.answer).order_by(
            col(FaqText.entry_id), col(FaqText.language)
        )
    ):
        texts[id_][language] = Text(
            question=question, phrasings=tuple(phrasings[id_, language]), answer=answer
        )
    return texts


def read_phrasings(session: Session) -> Iterable[tuple[str, str, str]]:
    """Entry, language and text, in the order they were written."""
    return session.exec(
        select(FaqPhrasing.entry_id, FaqPhrasing.language, FaqPhrasing.text).order_by(
            col(FaqPhrasing.id)
        )
    )


def questions(session: Session) -> list[Question]:
    """Everything that leads to an entry: its questions and phrasings in all languages."""
    audiences = dict(session.exec(select(FaqEntry.id, FaqEntry.audiences)).all())
    asked = session.exec(
        select(FaqText.entry_id, FaqText.language, FaqText.question).order_by(
            col(FaqText.entry_id), col(FaqText.language)
        )
    )
    return [
        Question(id_, text, language, tuple(audiences[id_]))
        for rows in (asked, read_phrasings(session))
        for id_, language, text in rows
    ]


def texts_of(session: Session, entries: Collection[str]) -> dict[str, dict[str, Any]]:
    """For each of them its rows by language; none where there is no such entry."""
    texts: dict[str, dict[str, Any]] = {entry: {} for entry in entries}
    for row in execute(session, TEXTS, {"entries": list(entries)}):
        texts[row.entry_id][row.language] = row
    return texts


def shown(entry: str, texts: Mapping[str, Any], language: str, fallback: str) -> Shown | None:
    """In `language`, else in `fallback`, else in any; None without any text."""
    if not texts:
        return None
    chosen = choose(texts, language, fallback)
    return Shown(entry, chosen, texts[chosen].question, texts[chosen].answer)


def choose(languages: Collection[str], language: str, fallback: str) -> str:
    return next(
        (known for known in (language, fallback) if known in languages),
        min(languages),
    )


def topics_with_entries(session: Session, audience: str) -> set[str]:
    """Topics in which `audience` finds something; an empty `audience` is everybody."""
    rows = session.exec(select(FaqEntry.topic, FaqEntry.audiences))
    return {topic for topic, audiences in rows if concerns(audiences, audience)}


def concerns(audiences: Collection[str], audience: str) -> bool:
    return not audience or audience in audiences


def entries_of_topic(
    session: Session, topic: str, audience: str, language: str, fallback: str
) -> list[tuple[str, str]]:
    """Ids and questions in the FAQ's order, each question in the language `shown` chooses."""
    rows = session.exec(
        select(FaqEntry.id, FaqEntry.audiences, FaqText.language, FaqText.question)
        .join(FaqText, col(FaqText.entry_id) == col(FaqEntry.id))
        .where(FaqEntry.topic == topic)
        .order_by(col(FaqEntry.position), col(FaqEntry.id))
    )
    texts: dict[str, dict[str, str]] = defaultdict(dict)
    for id_, audiences, tag, question in rows:
        if concerns(audiences, audience):
            texts[id_][tag] = question
    return [(id_, held[choose(held, language, fallback)]) for id_, held in texts.items()]


def add_phrasings(session: Session, entry: str, wordings: Iterable[tuple[str, str]]) -> int:
    """Add more ways, each as language and text, in which people ask for an entry. One that it has
    already changes nothing; one in a language that it has no answer in stands with another of its
    languages. How many are new. Raises `NoEntry`, and `SamePhrasing` when another entry has it.
    """
    held = hold(session)
    languages = set(session.exec(select(FaqText.language).where(FaqText.entry_id == entry)))
    if not languages:
        raise NoEntry(f"There is no entry {entry}. `frontdesk faq list` shows them.")
    asked = session.exec(select(FaqText.entry_id, FaqText.language, FaqText.question)).all()
    taken = {normalise(text): id_ for id_, _, text in asked}
    new: dict[str, Wording] = {}
    for language, text in wordings:
        normal = normalise(text)
        owner = taken.get(normal) or owner_of(session, normal)
        if owner and owner != entry:
            raise SamePhrasing(f"{owner} has “{text}” already. Nothing was changed.")
        if normal and not owner:
            tag = choose(languages, language, min(languages))
            new.setdefault(normal, Wording(entry, tag, False, text, normal))
    insert_phrasings(session, new.values())
    if new:
        count_up(session, held)
    return len(new)


def owner_of(session: Session, normal: str) -> str | None:
    return session.exec(select(FaqPhrasing.entry_id).where(FaqPhrasing.normal == normal)).first()
