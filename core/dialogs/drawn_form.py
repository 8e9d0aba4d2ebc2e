"""The ticket form drawn whole: as one person sees it, and as it comes back."""

from sqlmodel import col, select

from core.asked import set_outcome
from core.dialogs import ticket
from core.dialogs.outcome import own_question
from core.dialogs.turn import Turn
from core.forms import Field, FieldKind, Problem, check
from core.messages import DrawnField, DrawnForm, Kind
from core.models import Heard
from core.ticket_form import TICKET_FORM


def draw(turn: Turn) -> DrawnForm | None:
    """The form that the turn's press or command opens, with what is known filled in; None when it
    opens none.
    """
    opened = opens(turn)
    if not opened:
        return None
    values = known(turn, opened)
    fields = tuple(draw_field(turn, field, values) for field in TICKET_FORM.fields)
    return DrawnForm(opened, turn.t(TICKET_FORM.title), fields)


def opens(turn: Turn) -> str:
    """The choice that the form comes back with: the open form's own, if one is open."""
    pressed = turn.inbound.kind is Kind.PRESS
    value = turn.inbound.choice if pressed else {"/ticket": "ticket:new"}.get(turn.text.strip(), "")
    who, _, what = value.partition(":")
    is_open = turn.place.dialog == "ticket"
    own = f"form:{turn.place.state['form']}" if is_open else ""
    wanted = (
        (who == "ticket" and what.split(":")[0] == "new")
        or (who == "asked" and what.endswith(":ticket"))
        or (own != "" and value == f"{own}:draw")
    )
    return (own or value) if wanted else ""


def known(turn: Turn, opened: str) -> dict[str, str]:
    values = {"audience": turn.contact.audience}
    if opened.startswith("asked:"):
        asked = own_question(turn, opened.split(":")[1])
        values["description"] = asked.text if asked else ""
    if turn.place.dialog == "ticket":
        values |= turn.place.state["values"]
    if turn.inbound.kind is Kind.PRESS and turn.text:
        values["description"] = turn.text
    return values


def draw_field(turn: Turn, field: Field, values: dict[str, str]) -> DrawnField:
    options = ticket.sides(turn) if field.kind is FieldKind.OPTION else {}
    return DrawnField(
        field.name,
        field.kind,
        turn.t(field.label),
        turn.t(field.note) if field.note else "",
        values.get(field.name, ""),
        field.limit,
        field.optional,
        tuple((label, value) for value, label in options.items()),
    )


def receive(turn: Turn) -> None:
    """A whole form: a ticket at once, or a question about the first thing that is missing."""
    if came_before(turn) or not begin(turn):
        return ticket.say_finished(turn)
    said = ticket.keep_files(turn) if turn.evidence else ""
    wrong = fill(turn, dict(turn.inbound.values))
    if wrong is None:
        ticket.set_state(turn, at=ticket.REVIEW)
        return ticket.send(turn)
    field, problem = wrong
    ticket.set_state(turn, at=field.name, changing=True)
    return ticket.ask(turn, f"{said}\n{problem}".strip())


def came_before(turn: Turn) -> bool:
    """Whether this very form was sent already."""
    earlier = select(Heard.id).where(
        Heard.address_id == turn.place.id,
        Heard.message == turn.inbound.message,
        Heard.kind == Kind.FORM,
        col(Heard.id) < turn.heard,
    )
    return turn.session.exec(earlier.limit(1)).first() is not None


def begin(turn: Turn) -> bool:
    """Stand in the form that was sent. False when that one is finished."""
    who, _, what = turn.inbound.choice.partition(":")
    is_open = turn.place.dialog == "ticket"
    if who == "form":
        return is_open and what == str(turn.place.state["form"])
    if who == "asked" and own_question(turn, what.split(":")[0]):
        set_outcome(turn.session, int(what.split(":")[0]), "ticket")
    files = turn.place.state.get("files", []) if turn.place.dialog in ("ticket", "files") else []
    kind = what.partition(":")[2] if who == "ticket" else ""
    turn.enter("ticket", {"form": turn.heard, "kind": kind, "at": "", "values": {}, "files": files})
    return True


def fill(turn: Turn, given: dict[str, str]) -> tuple[Field, str] | None:
    """Take what was filled in. The first field that cannot be taken, and why."""
    wrong = None
    for field in TICKET_FORM.fields:
        if field.kind is FieldKind.FILES:
            continue
        checked = check(field, given.get(field.name, ""), ticket.sides(turn))
        if checked.problem:
            wrong = wrong or (field, explain(turn, field, checked.problem, len(checked.value)))
        else:
            values = {**turn.place.state["values"], field.name: checked.value}
            ticket.set_state(turn, values=values)
    return wrong


def explain(turn: Turn, field: Field, problem: str, length: int) -> str:
    return turn.t(ticket.FAULTS[Problem(problem)], length=length, limit=field.limit)
