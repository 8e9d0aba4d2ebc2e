"""A letter: complete in itself, and answered by one. It goes into the ticket that it answers, is
the ticket form, or becomes a ticket as it stands.
"""

import re

from core import ticket_messages, tickets
from core.cleaning import clean_line
from core.dialogs import answered_letter, written_form
from core.dialogs.ask import follow_language, remember, wanted
from core.dialogs.news import subscribe, unsubscribe
from core.dialogs.staff.notices import announce
from core.dialogs.ticket import refuse, sides
from core.dialogs.turn import Turn
from core.faq_matcher import Found
from core.i18n import mark
from core.models import row_id
from core.ticket_form import FILES, TICKET_FORM
from core.tickets import Draft

LIKELY = 3
"""Most entries in one letter."""
WORDS = {
    "subscribe": mark("subscribe, get news"),
    "unsubscribe": mark("unsubscribe, no more news"),
}
"""What people write for them, in any language of the desk."""
PUNCTUATION = " \t./!*\"'„“”"
GREETING = 3
"""Most words of a line that is taken for a greeting or a name."""
ADDED = re.compile(
    r"\b(?:iphone|ipad|android|galaxy|samsung|outlook|gmail|yahoo|gmx|web\.de|proton|(?:e-?)?mail)\b",
    re.IGNORECASE,
)
"""Stands in the lines that programs add."""
WISHES = {"subscribe": subscribe, "unsubscribe": unsubscribe}


def answer(turn: Turn) -> None:
    wish = read_wish(turn)
    if wish:
        return obey(turn, wish)
    if turn.inbound.reply_to:
        number = ticket_messages.replied_to(turn.session, turn.place, turn.inbound.reply_to)
        if number:
            return answered_letter.take(turn, number)
    found = turn.found or Found("none", (), 0.0)
    follow_language(turn, found.language)
    return open_ticket(turn, found, written_form.read(turn))


def read_wish(turn: Turn) -> str:
    """What the single word on the first line asks for; below it may stand a name, or what a
    telephone adds.
    """
    first, _, rest = (turn.text.strip() or turn.inbound.subject).strip().partition("\n")
    said = first.strip(PUNCTUATION).casefold()
    if not said or not all(map(is_greeting, rest.split("\n"))):
        return ""
    spoken = turn.languages.speech.values()
    known = {
        word: wish
        for wish, words in WORDS.items()
        for word in (wish, *(word for speech in spoken for word in speech.t(words).split(", ")))
    }
    return known.get(said, "")


def is_greeting(line: str) -> bool:
    return len(line.split()) <= GREETING or (len(line) < 100 and ADDED.search(line) is not None)


def obey(turn: Turn, wish: str) -> None:
    """Only for whoever reads this mailbox: anybody can write in anybody's name."""
    if turn.inbound.proven:
        return WISHES[wish](turn)
    return turn.say(
        turn.t("To be sure that it is you who asks: answer this letter with the word {word}.",
               word=wish)
    )  # fmt: skip


def open_ticket(turn: Turn, found: Found, form: dict[str, str]) -> None:
    refuse(turn, turn.evidence[FILES:])
    ticket = tickets.open_ticket(
        turn.session,
        draft(turn, form),
        turn.contact,
        turn.place,
        turn.pack.reply_within,
        turn.now,
    )
    announce(turn, ticket)
    number = row_id(ticket.id)
    due = turn.speech.moment(turn.now + turn.pack.reply_within, turn.pack.zone)
    parts = [
        turn.t(
            "Your letter has reached the support team as ticket {number}. You get a reply by {due} "
            "at the latest. To add something, answer this letter.",
            number=number,
            due=due,
        ),
        wordless(turn),
        left_out(turn),
        "\n\n".join(likely(turn, found)),
        "" if form else empty_form(turn),
    ]
    turn.say("\n\n".join(filter(None, parts)), ticket_id=number)


def draft(turn: Turn, form: dict[str, str]) -> Draft:
    """What is not in the form is in the letter."""
    text = turn.text.strip() or turn.t("The letter could not be read as text.")
    first = clean_line(turn.inbound.subject or text, TICKET_FORM.field("subject").limit)
    given = form.get("audience", "")
    return Draft(
        subject=written_form.line(form, "subject") or first,
        audience=given if given in sides(turn) else turn.contact.audience,
        description=form.get("description") or text,
        username=written_form.line(form, "username"),
        files=turn.evidence[:FILES],
    )


def wordless(turn: Turn) -> str:
    """Only files came: pictures, or words in something locked that the sender takes for read."""
    if turn.text.strip() or not turn.evidence:
        return ""
    return turn.t(
        "We found no words in it, only files. If you wrote some, please send them again as plain "
        "text, not encrypted."
    )


def left_out(turn: Turn) -> str:
    if len(turn.evidence) <= FILES:
        return ""
    return turn.t("A message takes {limit} files at most; the rest was not kept.", limit=FILES)


def likely(turn: Turn, found: Found) -> list[str]:
    """The FAQ's best answers, with words before them."""
    count = {"answer": 1, "suggest": LIKELY}.get(found.verdict, 0)
    shown = [
        text
        for match in found.matches[:count]
        if (text := turn.questions.text(turn.session, match.entry, *wanted(turn)))
    ]
    best = found.matches[0] if found.matches else None
    verdict = found.verdict if shown else "none"
    remember(turn, verdict, best.entry if best else "", best.unshifted if best else 0.0, "letter")
    if not shown:
        return []
    return [
        turn.t("Perhaps this helps you meanwhile:"),
        *(f"{text.question}\n{text.answer}" for text in shown),
    ]


def empty_form(turn: Turn) -> str:
    fields = [field for field in TICKET_FORM.fields if field.name in written_form.NAMES]
    lines = [f"{turn.t(field.label)}: {hint(turn, field.name)}".rstrip() for field in fields]
    asked = turn.t("Our team is quicker when it knows this. If you like, answer with it filled in:")
    return asked + "\n\n" + "\n".join(lines)


def hint(turn: Turn, name: str) -> str:
    return " / ".join(sides(turn).values()) if name == "audience" else ""
