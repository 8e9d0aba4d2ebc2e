"""A ticket as the staff see it: who, what, when, and all that happened, notes included."""

from core import tickets
from core.dialogs.staff.queue import find
from core.dialogs.turn import Turn
from core.messages import Choice
from core.models import Staff, Ticket, row_id
from core.rooms import words

LATEST = 12
LINE = 400


def show(turn: Turn, _caller: Staff, argument: str) -> None:
    found = find(turn, argument)
    if found:
        tell(turn, found[0])


def tell(turn: Turn, ticket: Ticket) -> None:
    events = tickets.history(turn.session, row_id(ticket.id))
    files = tickets.evidence_of(turn.session, row_id(ticket.id))
    holder = turn.session.get(Staff, ticket.staff_id) if ticket.staff_id else None
    speech, pack = turn.speech, turn.pack
    texts = [
        words.facts(speech, pack, ticket, holder, turn.now),
        "\n".join(words.line(speech, pack, event, LINE) for event in events[-LATEST:]),
        "\n".join(words.file_line(file) for file in files),
    ]
    turn.say(
        "\n\n".join(filter(None, texts)),
        choices(turn, ticket),
        title=turn.t("Ticket {number}", number=ticket.id) + f" · {ticket.subject}",
        columns=2,
    )


def choices(turn: Turn, ticket: Ticket) -> list[Choice]:
    shown = {
        "reply": turn.t("💬 Reply"),
        "canned": turn.t("📄 Saved replies"),
        "note": turn.t("📌 Note"),
        "take": turn.t("🙋 Take it"),
        "wait": turn.t("⏳ Waits for the person"),
        "solve": turn.t("✅ Solved"),
        "user": turn.t("👤 The person"),
    }
    return [Choice(label, f"staff:{name}:{ticket.id}") for name, label in shown.items()]
