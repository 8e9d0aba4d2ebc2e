"""What is left of an answer without the letter that it answers."""

import pytest

from bots.email.history import MARK, cut_history
from bots.email.quotation import divide_answer

DESK = "help@desk.example"
OURS = f"{MARK}\n\nYour ticket: 7\n\nTo add something, answer."


def quoted(text: str, sign: str = "> ") -> str:
    return "\n".join(f"{sign}{line}".rstrip() for line in text.split("\n"))


@pytest.mark.parametrize(
    "introduction",
    [
        f"On Wed, 25 Nov 2026 at 10:00, Desk <{DESK}> wrote:",
        "Am 25.11.26 um 10:00 schrieb Desk:\n",
        f"Le mer. 25 nov. 2026 à 10:00, Desk <{DESK}> a écrit :",
        f"El mié, 25 nov 2026 a las 10:00, Desk (<{DESK}>) escribió:\n",
        f"Il giorno mer 25 nov 2026 alle ore 10:00 Desk <\n{DESK}> ha scritto:",
        "25.11.2026 10:00, Desk пишет:",
        "2026年11月25日(水) 10:00 Desk：",
        "",
    ],
)
@pytest.mark.parametrize("sign", ["> ", ">", ""])
def test_our_letter_is_cut_off_in_any_language(introduction: str, sign: str) -> None:
    answer = f"Thanks: it works.\n\nAnn\n\n{introduction}\n{quoted(OURS, sign)}"
    assert cut_history(answer, DESK) == "Thanks: it works.\n\nAnn"


@pytest.mark.parametrize(
    "head",
    [
        f"-----Original Message-----\nFrom: Desk <{DESK}>\nSent: today\nSubject: x",
        "-----Ursprüngliche Nachricht-----\nVon: Desk\nGesendet: heute",
        "________________________________\nFrom: Desk\nSent: today\nTo: Ann",
        f"Von: Desk <{DESK}>\nGesendet: Mittwoch\nAn: Ann\nBetreff: Ticket 7",
        f"*From:* Desk <{DESK}>\n*Sent:* today\n*To:* Ann",
        "##- ? -##",
    ],
)
def test_so_it_is_where_no_signs_stand_before_its_lines(head: str) -> None:
    assert cut_history(f"Thanks.\n\n{head}\n\nYour ticket: 7", DESK) == "Thanks."


def test_what_stands_below_or_between_our_lines_stays() -> None:
    answer = f"Hello,\n{quoted('One?')}\nYes.\n{quoted('Two?')}\nNo."
    assert cut_history(answer, DESK) == "Hello,\nYes.\nNo."
    below = f"On 1 May 2026 Desk wrote:\n{quoted(OURS)}\n\nYes."
    assert cut_history(below, DESK) == "Yes."


def test_where_nothing_else_is_there_everything_stays() -> None:
    filled = quoted(f"{MARK}\nUsername: ann\nSubject: Payout")
    assert divide_answer(filled, DESK)[0] == "Username: ann\nSubject: Payout"
    assert divide_answer("> yes?\n> no", DESK)[0] == "yes?\nno"
    assert cut_history(filled, DESK) == ""


def test_a_form_that_was_filled_in_is_no_head_of_a_letter() -> None:
    form = "Username: ann\nSubject: Payout\nSide: creator\nDescription: since 1 May\nAnn: me"
    assert cut_history(f"{form}\n\n{quoted(OURS)}", DESK) == form


def test_a_signature_goes_and_two_hyphens_alone_do_not() -> None:
    assert cut_history("Yes\n--\nno\n-- \nAnn\n+49 30 1", DESK) == "Yes\n--\nno"
    assert cut_history("Prices: 5 > 3\n----\nx", DESK) == "Prices: 5 > 3\n----\nx"
