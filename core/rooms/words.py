"""What is read in a room: the card, what happened before, and each thing as it happens."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from core.calls import CHAT
from core.cleaning import clean_line
from core.i18n import Languages, Speech, mark
from core.limits import Limits
from core.messages import Choice, Reply, StoredFile
from core.models import Evidence, EvidenceState, Staff, Ticket, TicketEvent
from core.pack import Pack

NOTE = re.compile(r"\s*(//|/note\b)\s*")
"""What begins so is a note, whatever was asked for."""
SUBJECT = 80
LINE = 1000
"""Characters of one thing that happened before."""
DONE = {
    "opened": mark("opened"),
    "said": mark("wrote"),
    "edited": mark("changed"),
    "answered": mark("answered"),
    "noted": mark("noted, for the team only"),
    "open": mark("opened it again"),
    "waiting": mark("waits for the person"),
    "solved": mark("solved it"),
    "taken": mark("took it"),
    "commented": mark("commented"),
    "rated": mark("rated it"),
    "withdrawn": mark("took it back"),
    "blocked": mark("shut out whoever wrote this"),
    "unblocked": mark("let whoever wrote this in again"),
    "left": mark("has shut us out and cannot be reached there any more"),
}
WAITING = mark("waiting")
"""A ticket's state, as staff read it."""
LATE, DUE = mark("late since {at}"), mark("due {at}")


@dataclass(frozen=True, slots=True)
class Voice:
    """How the desk speaks to its own people where all of them read."""

    pack: Pack
    languages: Languages
    limits: Mapping[str, Limits]

    @property
    def speech(self) -> Speech:
        return self.languages.speak(self.pack.fallback_language)


def is_note(text: str) -> bool:
    return NOTE.match(text) is not None


def title(ticket: Ticket) -> str:
    return f"#{ticket.id} {clean_line(ticket.subject, SUBJECT)}"


def due(speech: Speech, pack: Pack, ticket: Ticket, now: datetime) -> str:
    if not ticket.is_owed:
        return speech.t(ticket.state)
    at = speech.moment(ticket.due_at, pack.zone)
    return speech.t(LATE if ticket.due_at <= now else DUE, at=at)


def facts(speech: Speech, pack: Pack, ticket: Ticket, holder: Staff | None, now: datetime) -> str:
    named = {
        speech.t("Username"): ticket.username,
        speech.t("Side"): ticket.audience,
        speech.t("Language"): ticket.language,
        speech.t("Kind"): ticket.kind,
        speech.t("Taken by"): holder.name if holder else "",
    }
    lines = [f"{name}: {value}" for name, value in named.items() if value]
    return "\n".join([*lines, due(speech, pack, ticket, now)])


def line(speech: Speech, pack: Pack, event: TicketEvent, longest: int = LINE) -> str:
    at = speech.moment(event.at, pack.zone)
    said = clean_line(event.text, longest)
    return f"{at} · {did(speech, event)}" + (f":\n{said}" if said else "")


def did(speech: Speech, event: TicketEvent) -> str:
    who = speech.t("The person") if event.actor == "user" else event.actor
    return f"{who} {speech.t(DONE.get(event.kind, event.kind))}"


def file_line(file: Evidence) -> str:
    return f"📎 {file.name or file.kind} · {file.media_type or file.state}"


def card(
    voice: Voice,
    ticket: Ticket,
    holder: Staff | None,
    events: Sequence[TicketEvent],
    files: Sequence[Evidence],
    now: datetime,
) -> Reply:
    """Whom it is about and all that happened, in as few messages as that takes: platforms allow a
    room only a few in a minute.
    """
    speech, pack = voice.speech, voice.pack
    how = speech.t(
        "What you write here goes to the person. What begins with // or /note stays in the team."
    )
    texts = [
        facts(speech, pack, ticket, holder, now),
        "\n".join(line(speech, pack, event) for event in events),
        "\n".join(map(file_line, files)),
        how,
    ]
    return Reply(
        "\n\n".join(filter(None, texts)),
        speech.t("Ticket {number}", number=ticket.id) + f" · {clean_line(ticket.subject, SUBJECT)}",
        tuple(choices(speech, ticket)),
        2,
    )


def choices(speech: Speech, ticket: Ticket) -> list[Choice]:
    if ticket.kind == CHAT and ticket.call_until:
        return [
            Choice(speech.t("🙋 I take it"), f"live:accept:{ticket.id}"),
            Choice(speech.t("⏳ Later"), f"live:later:{ticket.id}"),
        ]
    shown = {
        "take": speech.t("🙋 Take it"),
        "wait": speech.t("⏳ Waits for the person"),
        "solve": speech.t("✅ Solved"),
        "user": speech.t("👤 The person"),
    }
    return [Choice(label, f"staff:{name}:{ticket.id}") for name, label in shown.items()]


def happened(speech: Speech, event: TicketEvent, person: str) -> Reply:
    """One thing, as it happens."""
    match event.kind:
        case "said":
            return Reply(event.text or "📎", person)
        case "edited":
            return Reply(f"✏️ {event.text}", person if event.actor == "user" else event.actor)
        case "answered":
            return Reply(event.text, did(speech, event))
        case "noted":
            return Reply(event.text, f"📌 {did(speech, event)}")
    return Reply(did(speech, event) + (f":\n{event.text}" if event.text else ""))


def as_stored(file: Evidence) -> StoredFile | None:
    """None while it is not here, or never will be."""
    if file.state != EvidenceState.STORED:
        return None
    return StoredFile(
        file.shown_as or file.stored_as,
        file.name or file.kind,
        file.media_type or file.declared_type,
        file.size or 0,
    )
