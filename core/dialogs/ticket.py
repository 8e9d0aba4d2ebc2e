"""The ticket form, asked step by step. Where it stands is kept in the address's row, so it survives
a restart.
"""

from typing import Any

from core import tickets
from core.dialogs.menu import menu_choice, support_choice
from core.dialogs.staff.notices import announce
from core.dialogs.turn import Turn
from core.forms import Checked, Field, FieldKind, Problem, check
from core.i18n import mark
from core.messages import Choice
from core.models import Evidence, EvidenceState, row_id
from core.ticket_form import FILES, TICKET_FORM
from core.tickets import Draft

REVIEW = "review"
FAULTS = {
    Problem.EMPTY: mark("I need a few words here."),
    Problem.LONG: mark(
        "That is {length} characters; {limit} is the most. Please write it shorter."
    ),
    Problem.NO_OPTION: mark("Please choose one of these."),
}
KEPT = mark(
    "Your message has reached the support team as ticket {number}. You get a reply here by {due} "
    "at the latest.\n\nTo add something, reply to this message, or use /ticket {number}."
)
KEPT_IN_WHISPERS = mark(
    "Your message has reached the support team as ticket {number}. You get a reply in a private "
    "message by {due} at the latest.\n\nTo add something, reply to that message, or use /ticket "
    "{number}."
)


def press_new(turn: Turn, argument: str) -> None:
    """`ticket:new` or `ticket:new:billing`."""
    begin(turn, kind=argument.partition(":")[2])


def begin(turn: Turn, kind: str = "", description: str = "") -> None:
    """Open a form, or come back to the one that is open. Loose files go into it."""
    if turn.place.dialog == "ticket":
        turn.say(turn.t("You have begun a message to the support team. We go on with it."))
        return ask(turn)
    files = turn.place.state.get("files", []) if turn.place.dialog == "files" else []
    values = {"description": description} if description else {}
    first = TICKET_FORM.fields[0].name
    turn.enter(
        "ticket",
        {"form": turn.heard, "kind": kind, "at": first, "values": values, "files": files},
    )
    return ask(turn)


def ask(turn: Turn, before: str = "") -> None:
    """Ask for the field that the form stands at, or show the whole for review."""
    at = turn.place.state["at"]
    if at == REVIEW:
        return show_review(turn, before)
    field = TICKET_FORM.field(at)
    kept = turn.place.state["values"].get(at, "") if field.kind is FieldKind.TEXT else ""
    question = turn.t(field.question)
    if kept:
        question += "\n\n" + turn.t("So far: “{text}”", text=kept)
    return turn.say(
        f"{before}\n\n{question}".strip(),
        [*field_choices(turn, field, kept), *form_choices(turn)],
        title=progress(turn, field),
        columns=2,
    )


def field_choices(turn: Turn, field: Field, kept: str) -> list[Choice]:
    if field.kind is FieldKind.OPTION:
        return [choice(turn, label, f"is:{value}") for value, label in sides(turn).items()]
    if field.kind is FieldKind.FILES:
        return [choice(turn, turn.t("Done"), "skip")]
    if kept:
        return [choice(turn, turn.t("Take it as it is"), "skip")]
    return [choice(turn, turn.t("Skip"), "skip")] if field.optional else []


def form_choices(turn: Turn) -> list[Choice]:
    drawn = [choice(turn, turn.t("📝 Fill in the form"), "draw")] if turn.drawn else []
    return [*drawn, choice(turn, turn.t("Cancel"), "cancel")]


def choice(turn: Turn, label: str, what: str) -> Choice:
    """A choice of this very form: pressed after the form has gone, it says so."""
    return Choice(label, f"form:{turn.place.state['form']}:{what}")


def sides(turn: Turn) -> dict[str, str]:
    return {audience.id: turn.local(audience.label) for audience in turn.pack.audiences}


def progress(turn: Turn, field: Field) -> str:
    number = TICKET_FORM.fields.index(field) + 1
    return turn.t(
        "{label} ({number} of {all})",
        label=turn.t(field.label),
        number=number,
        all=len(TICKET_FORM.fields),
    )


def answer(turn: Turn) -> None:
    """What the person sent fills the field that the form stands at; files are kept at any step."""
    kept = keep_files(turn) if turn.evidence else ""
    if turn.text:
        fill(turn, turn.text, kept)
    elif not turn.follows:
        ask(turn, kept or turn.t("I cannot read that kind of message. Please write it in words."))


def keep_files(turn: Turn) -> str:
    """Take the turn's files into the form; what is over the limit is refused and said."""
    before: list[int] = turn.place.state["files"]
    room = max(0, FILES - len(before))
    set_state(turn, files=[*before, *turn.evidence[:room]])
    refuse(turn, turn.evidence[room:])
    if len(turn.evidence) > room:
        return turn.t("A message takes {limit} files at most; the rest was not kept.", limit=FILES)
    return (
        turn.t("Your file is kept.") if not turn.inbound.group else turn.t("Your files are kept.")
    )


def refuse(turn: Turn, files: tuple[int, ...]) -> None:
    for number in files:
        row = turn.session.get_one(Evidence, number)
        row.state, row.reason = EvidenceState.REFUSED, "too many files"
        turn.session.add(row)


def fill(turn: Turn, text: str, before: str = "") -> None:
    at = turn.place.state["at"]
    if at == REVIEW:
        return show_review(turn, turn.t("Please send it, or choose what to change."))
    field = TICKET_FORM.field(at)
    checked = check(field, text, sides(turn))
    if field.kind is FieldKind.FILES:
        checked = Checked(problem=Problem.EMPTY)
    if checked.problem:
        return ask(turn, f"{before}\n{fault(turn, field, checked)}".strip())
    set_state(turn, values={**turn.place.state["values"], at: checked.value})
    return go_on(turn, f"{before}\n{turn.t(checked.hint) if checked.hint else ''}".strip())


def fault(turn: Turn, field: Field, checked: Checked) -> str:
    if field.kind is FieldKind.FILES:
        return turn.t("Here I take files only. Choose “Done” when you have no more.")
    return turn.t(FAULTS[Problem(checked.problem)], length=len(checked.value), limit=field.limit)


def go_on(turn: Turn, before: str = "") -> None:
    """To the next field; to what is still missing, or the review, when one field was changed."""
    following = TICKET_FORM.after(turn.place.state["at"])
    if following is None or turn.place.state.get("changing"):
        following = first_missing(turn)
    set_state(turn, at=following.name if following else REVIEW)
    ask(turn, before)


def set_state(turn: Turn, **changes: Any) -> None:
    turn.place.state = {**turn.place.state, **changes}


def show_review(turn: Turn, before: str = "") -> None:
    state = turn.place.state
    values = {**state["values"], "files": str(len(state["files"]))}
    values["audience"] = sides(turn).get(values["audience"], values["audience"])
    lines = [
        f"{turn.t(field.label)}: {values.get(field.name) or '–'}" for field in TICKET_FORM.fields
    ]
    turn.say(
        f"{before}\n\n".lstrip() + "\n".join(lines),
        [
            choice(turn, turn.t("✅ Send"), "send"),
            choice(turn, turn.t("✏️ Change"), "change"),
            choice(turn, turn.t("Cancel"), "cancel"),
        ],
        title=turn.t("Is this right?"),
        columns=2,
    )


def press_form(turn: Turn, argument: str) -> None:
    """`form:ID:WHAT`: only the form that is open listens."""
    form, _, what = argument.partition(":")
    if turn.place.dialog != "ticket" or form != str(turn.place.state["form"]):
        return say_finished(turn)
    return press_open_form(turn, what)


def say_finished(turn: Turn) -> None:
    turn.say(
        turn.t("That message is finished: sent or stopped. /tickets shows what was sent."),
        [support_choice(turn), menu_choice(turn)],
        columns=2,
    )


def press_open_form(turn: Turn, what: str) -> None:
    what, _, argument = what.partition(":")
    match what:
        case "is" | "skip" if turn.place.state["at"] == REVIEW:
            ask(turn)
        case "is":
            fill(turn, argument)
        case "skip":
            skip(turn)
        case "change":
            change(turn, argument)
        case "send":
            send(turn)
        case "cancel":
            turn.leave()
            turn.say(turn.t("Stopped. Nothing was sent."), [menu_choice(turn)])
        case _:
            ask(turn)


def skip(turn: Turn) -> None:
    field = TICKET_FORM.field(turn.place.state["at"])
    if field.optional or turn.place.state["values"].get(field.name):
        return go_on(turn)
    return ask(turn)


def change(turn: Turn, name: str) -> None:
    """Ask which field, or go to the one that was named."""
    fields = TICKET_FORM.fields
    if name in {field.name for field in fields} and is_filled(turn):
        set_state(turn, at=name, changing=True)
        return ask(turn)
    choices = [choice(turn, turn.t(field.label), f"change:{field.name}") for field in fields]
    return turn.say(turn.t("What do you want to change?"), choices, columns=2)


def is_filled(turn: Turn) -> bool:
    return first_missing(turn) is None


def first_missing(turn: Turn) -> Field | None:
    values = turn.place.state["values"]
    needed = (field for field in TICKET_FORM.fields if not field.optional)
    return next((field for field in needed if not values.get(field.name)), None)


def send(turn: Turn) -> None:
    if not is_filled(turn):
        return ask(turn)
    state = turn.place.state
    values = state["values"]
    ticket = tickets.open_ticket(
        turn.session,
        Draft(
            subject=values["subject"],
            audience=values["audience"],
            description=values["description"],
            username=values.get("username", ""),
            kind=state["kind"],
            files=tuple(state["files"]),
        ),
        turn.contact,
        turn.place,
        turn.pack.reply_within,
        turn.now,
    )
    turn.leave()
    announce(turn, ticket)
    return confirm(turn, row_id(ticket.id))


def confirm(turn: Turn, number: int) -> None:
    due = turn.speech.moment(turn.now + turn.pack.reply_within, turn.pack.zone)
    turn.say(
        turn.t(KEPT_IN_WHISPERS if turn.is_whispered else KEPT, number=number, due=due),
        [Choice(turn.t("Add to ticket {number}", number=number), f"tickets:add:{number}"),
         menu_choice(turn)],
        title=turn.t("Ticket {number}", number=number),
        ticket_id=number,
    )  # fmt: skip
