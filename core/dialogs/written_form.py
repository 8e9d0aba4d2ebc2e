"""The ticket form in somebody's own hand: `Subject: …` and so on, on any platform, in any language
of the desk.
"""

from core.cleaning import clean_line
from core.dialogs import drawn_form, ticket
from core.dialogs.turn import Turn
from core.forms import read as read_labels
from core.i18n import Speech, mark
from core.ticket_form import TICKET_FORM

NAMES = {
    "username": mark("username, user name, user, account"),
    "subject": mark("subject, title, about"),
    "audience": mark("side, role, i am, concerns"),
    "description": mark("description, message, details, what happened"),
}
"""What people call the fields, in the person's language."""
FEWEST = 2
"""So many fields make a form of a text; one alone may be anybody's way to begin a sentence."""


def read(turn: Turn) -> dict[str, str]:
    """What the turn's text fills into the form, by field; nothing when it is no form. A form in any
    language of the desk is understood.
    """
    if turn.text.count(":") + turn.text.count("：") < FEWEST:
        return {}
    found: dict[str, str] = {}
    for speech in turn.languages.speech.values():
        here = read_labels(turn.text, labels(speech))
        if len(here) > len(found):
            found = here
    if len(found) < FEWEST or not (found.get("subject") or found.get("description")):
        return {}
    return {**found, "audience": side(turn, found.get("audience", ""))}


def read_quoted(turn: Turn, ours: str) -> dict[str, str]:
    """What they filled into the form in our letter `ours`, where the answer shows it. Only what we
    had left open counts: all else that stands there is our own.
    """
    if not turn.inbound.quoted:
        return {}
    named = [labels(speech) for speech in turn.languages.speech.values()]
    known = max(named, key=lambda one: len(read_labels(ours, one)))
    asked = read_labels(ours, known, last=True)
    if len(asked) < FEWEST:
        return {}
    told = read_labels(turn.inbound.quoted, known, last=True)
    left_open = {name for name, text in asked.items() if not text} | {"audience"}
    filled = {name: beyond(told.get(name, ""), text) for name, text in asked.items()}
    found = {name: text for name, text in filled.items() if text and name in left_open}
    return found | ({"audience": side(turn, found["audience"])} if "audience" in found else {})


def beyond(text: str, ours: str) -> str:
    """What was added to our hint, however the lines were broken anew."""
    if not ours:
        return text
    return " ".join(text.split()).removeprefix(" ".join(ours.split())).strip()


def line(form: dict[str, str], name: str) -> str:
    """A field of one line, as it is kept."""
    return clean_line(form.get(name, ""), TICKET_FORM.field(name).limit)


def labels(speech: Speech) -> dict[str, str]:
    named = {name: speech.t(words).split(", ") for name, words in NAMES.items()}
    shown = {name: [speech.t(TICKET_FORM.field(name).label)] for name in NAMES}
    return {
        label.casefold(): name
        for names in (named, shown)
        for name, all_of_it in names.items()
        for label in all_of_it
    }


def side(turn: Turn, said: str) -> str:
    """The audience that somebody names in their own words; as they said it when none fits."""
    wanted = said.strip().casefold()
    fitting = [
        audience.id
        for audience in turn.pack.audiences
        if wanted
        and any(
            wanted in text.casefold()
            for text in (audience.id, *audience.label.values(), *audience.description.values())
        )
    ]
    return fitting[0] if len(fitting) == 1 or wanted in fitting else said


def take(turn: Turn, given: dict[str, str]) -> None:
    """Fill what was given into the form that is open, or a new one, and ask for what is missing."""
    kept = ticket.keep_files(turn) if turn.place.dialog == "ticket" and turn.evidence else ""
    if turn.place.dialog != "ticket":
        loose = turn.place.state.get("files", []) if turn.place.dialog == "files" else []
        files = [*loose, *turn.evidence]
        state = {"form": turn.heard, "kind": "", "at": ticket.REVIEW, "values": {}, "files": files}
        turn.enter("ticket", state)
    known = {"audience": turn.contact.audience, **turn.place.state["values"]}
    wrong = drawn_form.fill(turn, known | {name: text for name, text in given.items() if text})
    if wrong is None:
        ticket.set_state(turn, at=ticket.REVIEW)
        return ticket.ask(turn, kept)
    field, problem = wrong
    ticket.set_state(turn, at=field.name, changing=True)
    return ticket.ask(turn, f"{kept}\n{problem}".strip())
