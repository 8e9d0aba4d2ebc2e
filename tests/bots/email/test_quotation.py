"""Our letter within an answer, as programs for mail show it."""

import pytest

from bots.email.history import MARK
from bots.email.quotation import find_quotation
from tests.bots.email.letters import ANN, DESK, TOKENS, heard, written
from tests.bots.email.test_history import quoted

FILLED = "Username: ann\nSubject: Payout\nSide: I create\nDescription: on Monday at ten"
OURS = f"{MARK}\n\nYour ticket is 7: answer with\n\n{FILLED}"
BELOW = f"\nYour ticket is 7: answer with\n\n{FILLED}"


@pytest.mark.parametrize(
    "answer",
    [
        f"Here you are.\n\nOn 25 Nov 2026 at 10:00, Desk <{DESK}> wrote:\n\n{quoted(OURS)}",
        f"Hier, bitte.\n\nAm 25.11.26 um 10:00 schrieb Desk:\n{quoted(OURS, '>')}\n\nGruß, Ann",
        f"Here.\n\n{quoted(OURS, '| ')}\n\nAnn",
        f"Here.\n\n{quoted(OURS, ' : ')}",
        f"Here.\n\n{quoted(OURS, 'D> ')}",
        f"Here.\n\n{quoted(OURS, '> > ')}\n{quoted(OURS, '> > > ')}",
        f"Here.\n\n-----Original Message-----\nFrom: Desk\nSubject: [Desk] Ticket 7\n\n{OURS}",
        f"So.\n\nVon: Desk <{DESK}>\nGesendet: Mittwoch\nAn: Ann\nBetreff: [Desk] 7\n\n{OURS}",
        f"Here.\n\nVon meinem iPhone gesendet\n\n> Am 25.11.26 schrieb Desk:\n> \n{quoted(OURS)}",
        quoted(OURS),
    ],
)
def test_it_is_found_without_signs_and_heads(answer: str) -> None:
    inbound = heard(written(answer, In_Reply_To=TOKENS.make("0" * 24, ANN)))
    assert inbound.quoted.rstrip() == BELOW
    assert "Subject" not in inbound.text or not inbound.text.startswith(("Here", "So", "Hier"))
    assert "Ticket 7" not in inbound.text


def test_html_is_quoted_as_it_is_in_blocks() -> None:
    lines = "".join(f"<div>{line or '<br>'}</div>" for line in OURS.split("\n"))
    answer = written("", In_Reply_To=TOKENS.make("0" * 24, ANN))
    answer.set_content(f"<p>Here.</p><blockquote>{lines}</blockquote>", subtype="html")
    inbound = heard(answer)
    assert inbound.text == "Here."
    assert inbound.quoted.endswith(FILLED)


def test_what_is_written_between_our_lines_is_in_it_and_what_is_below_is_not() -> None:
    answer = f"> {MARK}\n> Username:\nann\n> Subject:\nPayout\n> Side:\n\nThanks, Ann"
    assert find_quotation(answer, DESK) == "Username:\nann\nSubject:\nPayout\nSide:"


def test_where_our_mark_was_taken_away_only_quoted_lines_count() -> None:
    assert find_quotation("Here.\n\n> Username: ann\n> Subject: x", DESK) == (
        "Username: ann\nSubject: x"
    )
    head = f"Here.\n\nFrom: Desk <{DESK}>\nSent: today\nTo: Ann\nSubject: Payout\n\nUsername: x"
    assert find_quotation(head, DESK) == ""


def test_a_letter_that_answers_none_of_ours_quotes_nothing() -> None:
    assert heard(written(f"Hello\n\n{quoted(OURS)}")).quoted == ""
    assert find_quotation("Username: ann\nSubject: x", DESK) == ""


def test_a_table_in_somebodys_own_words_is_no_quotation() -> None:
    answer = written(f"| a | b |\n\n{quoted(OURS)}", In_Reply_To=TOKENS.make("0" * 24, ANN))
    assert heard(answer).text == "| a | b |"
