"""A ticket as the staff see it: who, what, when, and all that happened, notes included."""

from core import tickets
from core.cleaning import clean_line
from core.dialogs.staff.queue import clock, find
from core.dialogs.turn import Turn
from core.i18n import mark
from core.messages import Choice
from core.models import Evidence, Staff, Ticket, TicketEvent, row_id

LATEST = 12
LINE = 400
DONE = {
    "opened": mark("opened"),
    "said": mark("wrote"),
    "edited": mark("changed"),
    "answered": mark("answered"),
    "noted": mark("noted, for the team only"),
    "open": mark("opened it again"),
    "waiting": mark("waits for the person"),
    "solved": mark("solved"),
    "taken": mark("took it"),
}


def show(turn: Turn, _caller: Staff, argument: str) -> None:
    found = find(turn, argument)
    if found:
        tell(turn, found[0])


def tell(turn: Turn, ticket: Ticket) -> None:
    events = tickets.history(turn.session, row_id(ticket.id))
    files = tickets.evidence_of(turn.session, row_id(ticket.id))
    texts = [
        facts(turn, ticket),
        "\n".join(line(turn, event) for event in events[-LATEST:]),
        "\n".join(file_line(file) for file in files),
    ]
    turn.say(
        "\n\n".join(filter(None, texts)),
        choices(turn, ticket),
        title=turn.t("Ticket {number}", number=ticket.id) + f" · {ticket.subject}",
        columns=2,
    )


def facts(turn: Turn, ticket: Ticket) -> str:
    holder = turn.session.get(Staff, ticket.staff_id) if ticket.staff_id else None
    named = {
        turn.t("Username"): ticket.username,
        turn.t("Side"): ticket.audience,
        turn.t("Language"): ticket.language,
        turn.t("Kind"): ticket.kind,
        turn.t("Taken by"): holder.name if holder else "",
    }
    lines = [f"{name}: {value}" for name, value in named.items() if value]
    return "\n".join([*lines, clock(turn, ticket)])


def line(turn: Turn, event: TicketEvent) -> str:
    at = turn.speech.moment(event.at, turn.pack.zone)
    who = turn.t("The person") if event.actor == "user" else event.actor
    said = clean_line(event.text, LINE)
    did = turn.t(DONE.get(event.kind, event.kind))
    return f"{at} · {who} {did}" + (f":\n{said}" if said else "")


def file_line(file: Evidence) -> str:
    return f"📎 {file.name or file.kind} · {file.media_type or file.state}"


def choices(turn: Turn, ticket: Ticket) -> list[Choice]:
    shown = {
        "reply": turn.t("💬 Reply"),
        "note": turn.t("📌 Note"),
        "take": turn.t("🙋 Take it"),
        "wait": turn.t("⏳ Waits for the person"),
        "solve": turn.t("✅ Solved"),
        "user": turn.t("👤 The person"),
    }
    return [Choice(label, f"staff:{name}:{ticket.id}") for name, label in shown.items()]
