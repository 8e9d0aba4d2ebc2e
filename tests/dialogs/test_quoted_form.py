"""The form filled into our own letter, where an answer shows it below its words."""

from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest
from sqlmodel import select

from core.models import Ticket, TicketEvent
from core.settings import Settings
from tests.conftest import Clock
from tests.dialogs.talk import PACK, Talk, opened
from tests.dialogs.test_letters import HOUR, LETTERS

SIDES = "Ich schaue zu / Ich erstelle Inhalte / Ich leite ein Studio"
Fill = Callable[[str], str]


@pytest.fixture
async def post(tmp_path: Path, clock: Clock) -> AsyncIterator[Talk]:
    """Kim's free letter was answered with the form to fill in."""
    async for one in opened(Settings(data=tmp_path, pack=PACK), clock, LETTERS):
        await one.says("Ich habe mein Passwort vergessen.", subject="Hilfe", proven=False)
        assert f"Bereich: {SIDES}" in one.last.text
        clock.now += HOUR
        yield one


def filled(ours: str) -> str:
    return (
        ours.replace("Benutzername:", "Benutzername: kim_1")
        .replace("Betreff:", "Betreff: Video steht")
        .replace(SIDES, "ich erstelle Inhalte")
        .replace("Beschreibung:", "Beschreibung: Heute um 9:40,\nauf der Seite „Neu“")
    )


def between(ours: str) -> str:
    """Below the labels, our hint left as it is and broken anew."""
    return (
        ours.replace("Benutzername:", "Benutzername:\nkim_1")
        .replace("Betreff:", "Betreff:\nVideo steht")
        .replace(SIDES, SIDES.replace(" / Ich leite", "\n/ Ich leite") + "\nIch erstelle Inhalte")
        .replace("Beschreibung:", "Beschreibung:\nHeute um 9:40,\nauf der Seite „Neu“")
    )


@pytest.mark.parametrize("fill", [filled, between])
async def test_what_is_filled_in_below_their_words_counts(post: Talk, fill: Fill) -> None:
    quoted = fill(post.last.text)
    (answer,) = await post.says("Bitte sehr.", reply_to=post.last_id, quoted=quoted)
    ticket = await post.row(select(Ticket))
    assert (ticket.username, ticket.subject, ticket.audience) == (
        "kim_1", "Video steht", "creator",
    )  # fmt: skip
    assert ticket.description == "Heute um 9:40,\nauf der Seite „Neu“"
    assert answer.text == f"Zu Ticket {ticket.id} hinzugefügt."
    (event,) = await post.rows(select(TicketEvent).where(TicketEvent.kind == "edited"))
    assert event.text.startswith("Bitte sehr.\n\nBenutzername: kim_1\nBetreff: Video steht\n")
    assert "Bereich: Ich erstelle Inhalte\n" in event.text


async def test_what_stands_above_goes_before_it(post: Talk) -> None:
    above = "Betreff: Nur das\nBenutzername: kim_2"
    await post.says(above, reply_to=post.last_id, quoted=filled(post.last.text))
    ticket = await post.row(select(Ticket))
    assert (ticket.username, ticket.subject, ticket.audience) == ("kim_2", "Nur das", "creator")


async def test_one_field_is_enough_and_the_others_stay(post: Talk) -> None:
    card = "4111 1111 1111 1111"
    quoted = post.last.text.replace("Benutzername:", f"Benutzername: {card}")
    await post.says("Hallo", reply_to=post.last_id, quoted=quoted)
    ticket = await post.row(select(Ticket))
    assert (ticket.username, ticket.subject, ticket.audience) == ("•••• 1111", "Hilfe", "")
    assert ticket.description == "Ich habe mein Passwort vergessen."


async def test_the_form_as_it_went_out_and_our_teams_words_are_not_theirs(post: Talk) -> None:
    for quoted in (post.last.text, post.last.text.replace(" / ", "\n/ ")):
        await post.says("Danke!", reply_to=post.last_id, quoted=quoted)
    ticket = await post.row(select(Ticket))
    await post.staff_answer(ticket, "Konto: kim_9\nBetreff: geklärt\nBeschreibung: alles gut")
    await post.says("Danke!", reply_to=post.last_id, quoted=post.last.text)
    ticket = await post.row(select(Ticket))
    assert (ticket.username, ticket.subject, ticket.audience) == ("", "Hilfe", "")
    said = await post.rows(select(TicketEvent).where(TicketEvent.kind == "said"))
    assert [event.text for event in said] == ["Danke!"] * 3


async def test_without_proof_nothing_of_it_counts(post: Talk) -> None:
    quoted = filled(post.last.text)
    for lacking in ({"reply_to": "<guessed@example.org>"}, {"proven": False}):
        await post.says("Hallo", **({"reply_to": post.last_id, "quoted": quoted} | lacking))
    assert {one.username for one in await post.rows(select(Ticket))} == {""}


async def test_an_answer_that_only_shows_our_letter_says_nothing(post: Talk) -> None:
    ours, id = post.last.text, post.last_id
    broken = ours.replace(" / ", " /\n")
    (answer,) = await post.says(broken, reply_to=id, quoted=broken)
    assert "schreib es in Worten" in answer.text
    assert answer.ticket
    post.clock.now += HOUR
    typed = ours.replace("Betreff:", "Betreff: Konto\nund das hier noch")
    await post.says(typed, reply_to=id, quoted=typed)
    events = await post.rows(select(TicketEvent).where(TicketEvent.kind != "opened"))
    assert [event.text for event in events] == ["Betreff: Konto\nund das hier noch"]
