"""`frontdesk faq learn`, `dismiss`, `phrase`, `add`: teaching the FAQ what it misses.

A running desk answers with what it was taught within a second or two, in every process.
"""

import re
from functools import partial
from typing import Annotated, Any, TypeVar

import typer
from pydantic import BaseModel, ValidationError
from sqlmodel import Session

from core import faq, gaps
from core.cleaning import clean_text
from core.faq_file import Entry, Text, normalise
from core.gaps import Gap
from core.pack import Pack
from frontdesk.commands.faq.missing import find_gap
from frontdesk.commands.faq.opening import Since, open_faq
from frontdesk.commands.outcome import explained, fail, with_session

M = TypeVar("M", bound=BaseModel)
LONGEST = 300
"""Characters of a phrasing, as in the pack's format."""
Number = Annotated[int, typer.Argument(metavar="GROUP", help="The group's number in `faq gaps`.")]
Name = Annotated[str, typer.Argument(metavar="ENTRY", help="The entry's name.")]
Language = Annotated[
    str,
    typer.Option("--language", metavar="LANGUAGE", help="Such as de. Without: the fallback."),
]
SOON = "A running desk answers with it within a second or two."


def learn(
    group: Number,
    entry: Name,
    example: Annotated[
        list[int] | None,
        typer.Option(metavar="N", min=1, help="Only the N-th wording; may be given repeatedly."),
    ] = None,
    since: Since = "30d",
) -> None:
    """Teach ENTRY how people asked in GROUP."""
    with explained():
        settings, _ = open_faq()
        gap = find_gap(settings, group, since)
        chosen = choose(gap, example or [])
        if not chosen:
            fail(
                f"A phrasing has at most {LONGEST} characters; give a shorter one by `faq phrase`."
            )
        added = with_session(settings, partial(teach, gap=gap, entry=entry, wordings=chosen))
        typer.echo(f"{entry}: {counted(added, 'new phrasing')}. {SOON}")


def counted(count: int, what: str) -> str:
    return f"{count} {what}{'' if count == 1 else 's'}"


def choose(gap: Gap, numbers: list[int]) -> list[tuple[str, str]]:
    if any(number > len(gap.wordings) for number in numbers):
        fail(f"The group has {len(gap.wordings)} wordings; --example takes 1 to that.")
    some = [gap.wordings[number - 1] for number in numbers] or gap.wordings
    return [
        (one.language, line) for one in some if len(line := " ".join(one.text.split())) <= LONGEST
    ]


def teach(session: Session, gap: Gap, entry: str, wordings: list[tuple[str, str]]) -> int:
    added = faq.add_phrasings(session, entry, wordings)
    gaps.settle(session, gap.ids, gaps.LEARNT)
    return added


def dismiss(group: Number, since: Since = "30d") -> None:
    """Take GROUP off the list: it needs no answer."""
    with explained():
        settings, _ = open_faq()
        gap = find_gap(settings, group, since)
        with_session(settings, partial(gaps.settle, ids=gap.ids, how=gaps.DISMISSED))
        typer.echo(f"Group {group} is off the list: {counted(gap.count, 'question')}.")


def phrase(
    entry: Name,
    text: Annotated[str, typer.Argument(metavar="TEXT", help="As people write it.")],
    language: Language = "",
) -> None:
    """Add one more way in which people ask for ENTRY."""
    with explained():
        settings, pack = open_faq()
        wording = (known_language(pack, language), read_line(text))
        added = with_session(settings, partial(faq.add_phrasings, entry=entry, wordings=[wording]))
        typer.echo(f"{entry}: {'added. ' + SOON if added else 'it has that already.'}")


def known_language(pack: Pack, language: str) -> str:
    if language and language not in pack.languages:
        fail(f"The desk does not speak {language}, but {', '.join(pack.languages)}.")
    return language or pack.fallback_language


def read_line(text: str) -> str:
    line = " ".join(clean_text(text).split())
    if not line or len(line) > LONGEST:
        fail(f"A phrasing has 1 to {LONGEST} characters.")
    return line


def add(
    entry: Name,
    question: Annotated[str, typer.Option(metavar="TEXT", help="The question, as a title.")],
    answer: Annotated[str, typer.Option(metavar="TEXT", help="What people get to read.")],
    language: Language = "",
    topic: Annotated[
        str, typer.Option(metavar="TOPIC", help="One of the pack's topics. A new entry needs it.")
    ] = "",
    audience: Annotated[
        list[str] | None,
        typer.Option(metavar="SIDE", help="Whom it is for; may be given repeatedly. Without: all."),
    ] = None,
    group: Annotated[
        int | None, typer.Option(metavar="GROUP", help="With the questions of this group.")
    ] = None,
    since: Since = "30d",
) -> None:
    """Make a new entry, or give one another language."""
    with explained():
        settings, pack = open_faq()
        text = read_as(Text, question=question, phrasings=(), answer=answer)
        tag = known_language(pack, language)
        sides = known_sides(pack, audience or [])
        gap = None if group is None else find_gap(settings, group, since)

        def put_in(session: Session) -> None:
            known = {one.id: one for one in faq.export_entries(session)}
            new = translated(known[entry], tag, text) if entry in known else read_as(
                Entry, id=entry, topic=known_topic(pack, topic), audiences=sides,
                texts={tag: text},
            )  # fmt: skip
            faq.import_entries(session, [new], replace=False)
            if gap:
                session.flush()
                teach(session, gap, entry, choose(gap, []))

        with_session(settings, put_in)
        typer.echo(f"{entry} is in the FAQ. {SOON}")


def read_as(kind: type[M], **fields: Any) -> M:
    try:
        return kind(**fields)
    except ValidationError as error:
        first = error.errors()[0]
        reason = re.sub("^Value error, ", "", first["msg"])
        fail(f"{'.'.join(map(str, first['loc']))}: {reason}")


def translated(entry: Entry, language: str, text: Text) -> Entry:
    if language in entry.texts:
        fail(
            f"There is an entry {entry.id} in {language} already. `frontdesk faq phrase` gives it "
            "one more phrasing; to change it, export, edit and import."
        )
    said = normalise(text.question)  # it may have been learnt as a phrasing before
    texts = {
        tag: one.model_copy(
            update={"phrasings": tuple(each for each in one.phrasings if normalise(each) != said)}
        )
        for tag, one in entry.texts.items()
    }
    return entry.model_copy(update={"texts": {**texts, language: text}})


def known_topic(pack: Pack, topic: str) -> str:
    topics = [one.id for one in pack.topics]
    if topic not in topics:
        fail(f"--topic must be one of {', '.join(topics)}.")
    return topic


def known_sides(pack: Pack, wanted: list[str]) -> tuple[str, ...]:
    sides = [one.id for one in pack.audiences]
    if wrong := [one for one in wanted if one not in sides]:
        fail(f"--audience {wrong[0]}: must be one of {', '.join(sides)}.")
    return tuple(wanted or sides)
