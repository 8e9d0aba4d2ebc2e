"""`frontdesk faq gaps`, `learn`, `dismiss`, `phrase`, `add`: what the FAQ misses, and teaching it.

A running desk answers with what it was taught within a second, in every process.
"""

import re
from datetime import timedelta
from functools import partial
from typing import Annotated, Any

import typer
from pydantic import ValidationError
from rich.table import Table
from sqlmodel import Session

from core import faq, gaps
from core.faq_file import Entry, Text
from core.faq_matcher import FaqMatcher, Match
from core.gaps import Gap
from core.pack import Pack, read_pack
from core.settings import Settings, read_settings
from frontdesk.app import now
from frontdesk.commands.faq.matching import build_matcher, encoder_of
from frontdesk.commands.outcome import (
    Json,
    explained,
    fail,
    look,
    printable,
    progress,
    show_json,
    show_table,
    with_session,
)

LONGEST = 300
"""Characters of a phrasing, as in the pack's format."""
EXAMPLES = 3
Days = Annotated[int, typer.Option("--days", metavar="N", min=1, help="Asked in so many days.")]
Number = Annotated[int, typer.Argument(metavar="GROUP", help="The group's number in `faq gaps`.")]
Entry_ = Annotated[str, typer.Argument(metavar="ENTRY", help="The entry's name.")]
SOON = "A running desk answers with it within a second."


def gaps_(
    days: Days = 30,
    limit: Annotated[int, typer.Option(metavar="N", min=1, help="At most so many.")] = 20,
    json: Json = False,
) -> None:
    """Show what people asked and got no answer to, grouped by meaning, the biggest groups first."""
    with explained():
        settings = read_settings()
        found = read_gaps(settings, days)
        shown = found[:limit]
        nearest = near(settings, shown)
        if json:
            show_json([as_data(gap, match) for gap, match in zip(shown, nearest, strict=True)])
        elif shown:
            show_gaps(shown, nearest, len(found))
        else:
            typer.echo(f"Nothing was left unanswered in the last {days} days.")


def read_gaps(settings: Settings, days: int) -> list[Gap]:
    since = now() - timedelta(days=days)
    asked = look(settings, partial(gaps.unanswered, since=since))
    if not asked:
        return []
    with progress("Comparing questions"):
        return gaps.group(asked, encoder_of())


def near(settings: Settings, shown: list[Gap]) -> list[Match | None]:
    """The entry that is nearest to each group."""
    if not shown:
        return []
    matcher: FaqMatcher = build_matcher(settings, look(settings, faq.questions))
    asked = [(gap.wordings[0].text, gap.wordings[0].language, None) for gap in shown]
    return [next(iter(found.matches), None) for found in matcher.match_many(asked)]


def show_gaps(shown: list[Gap], nearest: list[Match | None], count: int) -> None:
    table = Table("Group", "Times", "Languages", "Asked", "Nearest entry", box=None)
    for gap, match in zip(shown, nearest, strict=True):
        examples = [printable(one.text)[:80] for one in gap.wordings[:EXAMPLES]]
        entry = f"{match.entry} ({match.confidence:.0%})" if match else ""
        cells = (str(gap.number), str(gap.count), " ".join(gap.languages))
        table.add_row(*cells, "\n".join(examples), entry)
    show_table(table)
    if count > len(shown):
        typer.echo(f"… and {count - len(shown)} more groups; --limit shows more.")
    typer.echo(
        "\n`frontdesk faq learn GROUP ENTRY` teaches an entry these questions, `frontdesk faq add` "
        "makes a new one,\n`frontdesk faq dismiss GROUP` takes what needs no answer off this list."
    )


def as_data(gap: Gap, match: Match | None) -> dict[str, Any]:
    wordings = [
        {"text": one.text, "language": one.language, "count": one.count} for one in gap.wordings
    ]
    return {
        "group": gap.number,
        "count": gap.count,
        "wordings": wordings,
        "nearest": match and match.entry,
        "confidence": match and round(match.confidence, 3),
    }


def find(settings: Settings, number: int, days: int) -> Gap:
    found = next((gap for gap in read_gaps(settings, days) if number in gap.ids), None)
    if found:
        return found
    return fail(
        f"There is no group {number} in the last {days} days. `frontdesk faq gaps` shows them."
    )


def learn(
    group: Number,
    entry: Entry_,
    example: Annotated[
        list[int] | None,
        typer.Option(metavar="N", min=1, help="Only the N-th wording; may be given repeatedly."),
    ] = None,
    days: Days = 30,
) -> None:
    """Teach ENTRY how people asked in GROUP."""
    with explained():
        settings = read_settings()
        gap = find(settings, group, days)
        chosen = choose(gap, example or [])
        added = with_session(settings, partial(teach, gap=gap, entry=entry, wordings=chosen))
        typer.echo(f"{entry}: {added} new phrasings. {SOON}")


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


def dismiss(group: Number, days: Days = 30) -> None:
    """Take GROUP off the list: it needs no answer."""
    with explained():
        settings = read_settings()
        gap = find(settings, group, days)
        with_session(settings, partial(gaps.settle, ids=gap.ids, how=gaps.DISMISSED))
        typer.echo(f"Group {group} is off the list: {gap.count} questions.")


def phrase(
    entry: Entry_,
    text: Annotated[str, typer.Argument(metavar="TEXT", help="As people write it.")],
    language: Annotated[
        str, typer.Option(metavar="LANGUAGE", help="Such as de. Without it: the pack's first.")
    ] = "",
) -> None:
    """Add one more way in which people ask for ENTRY."""
    with explained():
        settings = read_settings()
        pack = read_pack(settings.pack)
        wording = (known_language(pack, language), read_line(text))
        added = with_session(settings, partial(faq.add_phrasings, entry=entry, wordings=[wording]))
        typer.echo(f"{entry}: {'added. ' + SOON if added else 'it has that already.'}")


def known_language(pack: Pack, language: str) -> str:
    if language and language not in pack.languages:
        fail(f"The desk does not speak {language}, but {', '.join(pack.languages)}.")
    return language or pack.fallback_language


def read_line(text: str) -> str:
    line = " ".join(text.split())
    if not line or len(line) > LONGEST:
        fail(f"A phrasing has 1 to {LONGEST} characters.")
    return line


def add(
    entry: Entry_,
    topic: Annotated[str, typer.Option(metavar="TOPIC", help="One of the pack's topics.")],
    question: Annotated[str, typer.Option(metavar="TEXT", help="The question, as a title.")],
    answer: Annotated[str, typer.Option(metavar="TEXT", help="What people get to read.")],
    language: Annotated[
        str, typer.Option(metavar="LANGUAGE", help="Of both. Without it: the pack's first.")
    ] = "",
    audience: Annotated[
        list[str] | None,
        typer.Option(metavar="SIDE", help="Whom it is for; may be given repeatedly. Without: all."),
    ] = None,
    group: Annotated[
        int, typer.Option("--group", metavar="GROUP", help="With the questions of this gap.")
    ] = 0,
    days: Days = 30,
) -> None:
    """Make a new entry, in one language; `faq export` and `import` add the others."""
    with explained():
        settings = read_settings()
        pack = read_pack(settings.pack)
        tag = known_language(pack, language)
        new = draft(pack, entry, topic, {tag: (question, answer)}, audience or [])
        gap = find(settings, group, days) if group else None
        with_session(settings, partial(put_in, new=new, gap=gap))
        typer.echo(f"{entry} is in the FAQ. {SOON}")


def draft(
    pack: Pack, entry: str, topic: str, texts: dict[str, tuple[str, str]], audience: list[str]
) -> Entry:
    sides, topics = [one.id for one in pack.audiences], [one.id for one in pack.topics]
    if topic not in topics:
        fail(f"--topic must be one of {', '.join(topics)}.")
    if wrong := [one for one in audience if one not in sides]:
        fail(f"--audience {wrong[0]}: must be one of {', '.join(sides)}.")
    try:
        read = {
            tag: Text(question=question, phrasings=(), answer=answer)
            for tag, (question, answer) in texts.items()
        }
        return Entry(id=entry, topic=topic, audiences=tuple(audience or sides), texts=read)
    except ValidationError as error:
        first = error.errors()[0]
        field = str(first["loc"][0]) if first["loc"] else "entry"
        fail(f"{field}: {re.sub('^Value error, ', '', first['msg'])}")


def put_in(session: Session, new: Entry, gap: Gap | None) -> None:
    if any(one.id == new.id for one in faq.export_entries(session)):
        fail(f"There is an entry {new.id} already; `frontdesk faq phrase` adds to it.")
    faq.import_entries(session, [new], replace=False)
    if gap:
        session.flush()
        teach(session, gap, new.id, choose(gap, []))
