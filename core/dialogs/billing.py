"""The name in the payment history leads to the billing centre, or to whoever else it belongs to."""

from core.billing import BillingCentre, BillingFound
from core.dialogs.ask import ask
from core.dialogs.menu import menu_choice, support_choice
from core.dialogs.turn import Turn
from core.messages import Choice

SENTENCE = 4
"""Words."""


def ask_name(turn: Turn, argument: str = "") -> None:
    """`/billing NAME` looks at once."""
    if argument.strip():
        return look(turn, argument)
    turn.enter("billing", {})
    return turn.say(
        turn.t(
            "Which name stands in your payment history or bank statement? Write it as it stands "
            "there. Never send a whole card number: I do not need it."
        ),
        [Choice(turn.t("I do not know"), "billing:list"), Choice(turn.t("Cancel"), "menu:cancel")],
        columns=2,
    )


def answer(turn: Turn) -> None:
    if turn.text.strip():
        look(turn, turn.text)
    else:
        ask_name(turn)


def look(turn: Turn, name: str) -> None:
    found = turn.pack.billing.find(name)
    if found.sure and found.centres:
        turn.leave()
        show(turn, found.centres[0])
    elif found.not_ours:
        turn.leave()
        show_owner(turn, found)
    elif found.centres:
        offer(turn, found.centres, turn.t("I am not sure which one. Is it one of these?"))
    elif is_question(turn):
        turn.leave()
        ask(turn)
    else:
        show_list(turn, turn.t("I know no billing centre by that name."))


def is_question(turn: Turn) -> bool:
    """More words than a name has, and the FAQ answers them."""
    known = turn.found is not None and turn.found.verdict == "answer"
    return known and len(turn.text.split()) >= SENTENCE


def show(turn: Turn, centre: BillingCentre) -> None:
    hours = turn.local(centre.hours)
    lines = [
        turn.local(centre.handles),
        "",
        f"✉️ {centre.email}",
        f"☎️ {centre.phone}" + (f" ({hours})" if hours else ""),
        f"🔗 {centre.page}",
    ]
    turn.say("\n".join(lines), closing(turn), title=centre.name, columns=2)


def show_owner(turn: Turn, found: BillingFound) -> None:
    assert found.not_ours
    turn.say(
        turn.local(found.not_ours.advice),
        closing(turn),
        title=turn.t("This belongs to: {owner}", owner=turn.local(found.not_ours.owner)),
        columns=2,
    )


def show_list(turn: Turn, before: str) -> None:
    offer(
        turn,
        turn.pack.billing.centres,
        before + "\n" + turn.t("These are all of ours. None of them? The support team looks."),
    )


def offer(turn: Turn, centres: tuple[BillingCentre, ...], text: str) -> None:
    choices = [Choice(centre.name, f"billing:show:{centre.id}") for centre in centres]
    turn.say(text, [*choices, *closing(turn)])


def closing(turn: Turn) -> list[Choice]:
    return [support_choice(turn, "ticket:new:billing"), menu_choice(turn)]


def press_billing(turn: Turn, argument: str) -> None:
    what, _, name = argument.partition(":")
    centre = next((one for one in turn.pack.billing.centres if one.id == name), None)
    if what == "show" and centre:
        turn.leave()
        show(turn, centre)
    elif what == "list":
        turn.leave()
        show_list(turn, turn.t("The name stands beside the amount, often in capitals."))
    else:
        ask_name(turn)
