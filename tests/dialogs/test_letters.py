"""Letters: the form in somebody's own hand, a free letter, and replies."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from pydantic import SecretStr
from sqlmodel import select

from core.messages import Attachment, Kind
from core.models import Evidence, Heard, Place, Ticket, TicketEvent
from core.settings import Settings
from tests.conftest import Clock
from tests.dialogs.talk import PACK, Talk, opened
from tests.fakes.memory import FAST

LETTERS = replace(FAST, letters=True, buttons=False, text=100_000)
FORM = """Guten Tag,

Beschreibung: Heute um 9:40 blieb es stehen,
auf der Seite „Neu“, Video Nr. 7
Bereich: Ich schaue zu
Betreff: Video bleibt stehen
Benutzername: kim_1"""
HOUR = timedelta(hours=1, seconds=1)


@pytest.fixture
async def post(database_url: str, tmp_path: Path, clock: Clock) -> AsyncIterator[Talk]:
    settings = Settings(data=tmp_path, database_url=SecretStr(database_url), pack=PACK)
    async for one in opened(settings, clock, LETTERS):
        yield one


async def newest(talk: Talk) -> Ticket:
    return await talk.row(select(Ticket).order_by(Ticket.id.desc()))  # type: ignore[union-attr]  # a column


async def test_a_letter_in_the_shape_of_the_form_is_the_form(post: Talk) -> None:
    (answer,) = await post.says(FORM, subject="Hilfe!", message="<a@b>", proven=False)
    ticket = await newest(post)
    assert (ticket.username, ticket.subject, ticket.audience) == (
        "kim_1", "Video bleibt stehen", "user",
    )  # fmt: skip
    assert ticket.description == "Heute um 9:40 blieb es stehen,\nauf der Seite „Neu“, Video Nr. 7"
    assert (answer.ticket, answer.reply_to, answer.choices) == (ticket.id, "<a@b>", ())
    assert "Bereich:" not in answer.text


@pytest.mark.parametrize(
    "letter",
    [
        "Username: kim_1\nSubject: Video stops\nRole: studio\nDescription: At nine",
        "> Description: At nine\n> Role: I run a studio\n> Subject: Video stops\n>Username: kim_1",
        "*Subject:* Video stops\n- user name : kim_1\n\nDESCRIPTION：\nAt nine\nRole: STUDIO",
        "Subject: Video stops\nRole: studio\nDescription: At nine\nUsername: kim_1\n\n"
        "> Subject:\n> Role: I watch / I create\n> Description:\n> Username:",
        "Betreff: Video stops\nRolle: Ich leite ein Studio\nBeschreibung: At nine\nName: kim_1",
    ],
)
async def test_any_order_and_language_quoted_or_not(post: Talk, letter: str) -> None:
    await post.says(letter, proven=False)
    ticket = await newest(post)
    assert (ticket.subject, ticket.audience, ticket.username) == ("Video stops", "studio", "kim_1")
    assert ticket.description == "At nine"


async def test_a_free_letter_becomes_a_ticket_and_is_asked_back_once(post: Talk) -> None:
    file = Attachment(post.room.adapter.upload(b"picture"), "document", "a.png", size=7)
    (answer,) = await post.says(
        "Ich habe mein Passwort vergessen.", subject="Passwort", attachments=(file,), proven=False
    )
    ticket = await newest(post)
    assert (ticket.subject, ticket.description) == ("Passwort", "Ich habe mein Passwort vergessen.")
    assert (await post.row(select(Evidence))).ticket_id == ticket.id
    assert "Vielleicht hilft dir" in answer.text
    assert "Betreff:\nBereich: Ich schaue zu / Ich erstelle Inhalte" in answer.text


async def test_an_answer_to_our_letter_joins_its_ticket(post: Talk) -> None:
    await post.says(FORM)
    await post.says("Jetzt geht es wieder.", reply_to=post.last_id)
    events = await post.rows(select(TicketEvent).where(TicketEvent.kind == "said"))
    assert [event.text for event in events] == ["Jetzt geht es wieder."]
    assert len(await post.rows(select(Ticket))) == 1


async def test_an_answer_with_the_form_in_it_completes_the_ticket(post: Talk, clock: Clock) -> None:
    await post.says("Mein Video steht. Was tun?", subject="Hilfe")
    clock.now += HOUR
    letter = FORM.split("\n\n")[1] + "\n\n> Betreff:\n> Bereich:\n> Benutzername:"
    (answer,) = await post.says(letter, reply_to=post.last_id)
    ticket = await newest(post)
    assert (ticket.username, ticket.subject, ticket.audience) == (
        "kim_1", "Video bleibt stehen", "user",
    )  # fmt: skip
    assert ticket.description.startswith("Heute um 9:40")
    assert answer.text == f"Zu Ticket {ticket.id} hinzugefügt."
    opened = await post.row(select(TicketEvent).where(TicketEvent.kind == "opened"))
    assert opened.text == "Mein Video steht. Was tun?"


async def test_nobody_joins_a_ticket_by_its_number_or_anothers_letter(post: Talk) -> None:
    await post.says(FORM)
    number = (await newest(post)).id
    mallory = post.another("mallory")
    await mallory.says("mine now", reply_to=post.last_id)
    await mallory.says(f"add to ticket {number}: mine now")
    await mallory.says(f"/ticket {number}")
    assert len(await post.rows(select(TicketEvent).where(TicketEvent.ticket_id == number))) == 1
    assert len(await post.rows(select(Ticket))) == 4


async def test_at_most_one_letter_of_ours_an_hour(post: Talk, clock: Clock) -> None:
    assert len(await post.says("Hallo?")) == 1
    assert await post.says("Hallo??") == []
    assert len(await post.rows(select(Ticket))) == 2
    clock.now += HOUR
    assert len(await post.says("Hallo???")) == 1


async def test_news_by_letter_only_for_whoever_reads_the_mailbox(post: Talk, clock: Clock) -> None:
    (answer,) = await post.says("subscribe", proven=False)
    assert "mit dem Wort subscribe" in answer.text
    assert not (await post.row(select(Place))).subscribed
    clock.now += HOUR
    await post.says("Subscribe\n")
    assert (await post.row(select(Place))).subscribed
    clock.now += HOUR
    await post.says("", subject="unsubscribe")
    assert not (await post.row(select(Place))).subscribed
    assert await post.rows(select(Ticket)) == []


async def test_a_letter_that_cannot_be_read_is_a_ticket_with_the_letter_in_it(post: Talk) -> None:
    file = Attachment(post.room.adapter.upload(b"raw"), "document", "letter.eml", size=3)
    (answer,) = await post.does(Kind.ODD, subject="Hm", attachments=(file,), proven=False)
    ticket = await newest(post)
    assert (ticket.subject, answer.ticket) == ("Hm", ticket.id)
    assert (await post.row(select(Evidence))).ticket_id == ticket.id


async def test_card_numbers_in_a_letters_subject_are_masked(post: Talk) -> None:
    await post.says("Bitte", subject="Karte 4111 1111 1111 1111")
    assert "1111 1111" not in (await newest(post)).subject
    assert [one.text for one in await post.rows(select(Heard))] == ["Bitte"]


async def test_several_fields_in_one_message_fill_the_form_on_any_platform(talk: Talk) -> None:
    await talk.says("Betreff: Video bleibt stehen\nBeschreibung: Heute um 9:40, Seite „Neu“")
    assert talk.labels[:3] == ["Ich schaue zu", "Ich erstelle Inhalte", "Ich leite ein Studio"]
    await talk.presses("Ich schaue zu")
    assert talk.last.title == "Stimmt das so?"
    await talk.presses("✅ Senden")
    assert (await newest(talk)).description == "Heute um 9:40, Seite „Neu“"


async def test_several_fields_at_once_fill_the_form_that_is_open(talk: Talk) -> None:
    await talk.says("/ticket")
    await talk.says("kim_1")
    await talk.says(FORM.split("\n\n")[1])
    assert talk.last.title == "Stimmt das so?"
    assert "Benutzername: kim_1" in talk.last.text


async def test_a_sentence_with_colons_is_a_question(talk: Talk) -> None:
    await talk.says("Problem: ich sehe um 9:40 nur: Fehler")
    assert (await talk.row(select(Place))).dialog == ""
