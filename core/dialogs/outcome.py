"""What came of an answer: it helped, it did not, or the support team takes over."""

from core.asked import set_outcome
from core.dialogs import ticket
from core.dialogs.menu import menu_choice, support_choice
from core.dialogs.turn import Turn, to_id
from core.models import Asked


def press_asked(turn: Turn, argument: str) -> None:
    """`asked:ID:helped`, `asked:ID:not_helped` or `asked:ID:ticket`."""
    number, _, outcome = argument.partition(":")
    asked = own_question(turn, number)
    if asked and outcome in ("helped", "not_helped", "ticket"):
        set_outcome(turn.session, int(number), outcome)
    match outcome:
        case "helped":
            turn.say(turn.t("I am glad. Is there anything else?"), [menu_choice(turn)])
        case "ticket":
            ticket.begin(turn, description=asked.text if asked else "")
        case _:
            support = support_choice(turn, f"asked:{asked.id}:ticket" if asked else "ticket:new")
            turn.say(
                turn.t("I am sorry. Ask in other words, or let our support team look at it."),
                [support, menu_choice(turn)],
                columns=2,
            )


def own_question(turn: Turn, number: str) -> Asked | None:
    """The question behind the button, if it was asked at this address."""
    asked = turn.session.get(Asked, to_id(number))
    return asked if asked and asked.address_id == turn.place.id else None
