"""The ticket form on a platform that draws it whole, and questions where others read along."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr
from sqlmodel import select

from core.messages import Attachment, DrawnForm, Inbound, Kind, Outbound
from core.models import Asked, Contact, Evidence, Heard, Place, Sending, Ticket
from core.settings import Settings
from tests.conftest import Clock
from tests.dialogs.talk import PACK, Talk, opened
from tests.fakes.memory import FAST

FILLED = {
    "username": "kim_42",
    "subject": "Video stops after ten seconds",
    "audience": "user",
    "description": "Today at 9 on the start page, film “Sea”.",
}


@pytest.fixture
async def talk(database_url: str, tmp_path: Path, clock: Clock) -> AsyncIterator[Talk]:
    settings = Settings(data=tmp_path, database_url=SecretStr(database_url), pack=PACK)
    async for one in opened(settings, clock, replace(FAST, forms=True, discreet=True)):
        yield one


async def drawn(talk: Talk, value: str, text: str = "") -> DrawnForm | None:
    assert talk.room.adapter.desk
    return await talk.room.adapter.desk.form(
        Inbound("x", talk.address, talk.sender, talk.clock.now, Kind.PRESS, text, value)
    )


async def fills_in(talk: Talk, choice: str, message: str = "f:1", **more: Any) -> list[Outbound]:
    changed = {name: more.pop(name) for name in FILLED if name in more}
    values = tuple((FILLED | changed).items())
    return await talk.does(Kind.FORM, choice=choice, values=values, message=message, **more)


async def test_the_form_is_drawn_in_the_persons_language_with_what_is_known(talk: Talk) -> None:
    await talk.says("/start")
    await talk.presses("Ich erstelle Inhalte")
    form = await drawn(talk, "ticket:new", "Quoted words")
    assert form
    assert form.choice == "ticket:new"
    assert form.title == "Dem Support-Team schreiben"
    assert [field.name for field in form.fields] == [*FILLED, "files"]
    values = {field.name: field.value for field in form.fields}
    assert values["audience"] == "creator"
    assert values["description"] == "Quoted words"
    subject = form.fields[1]
    assert (subject.label, subject.hint) == ("Betreff", "Fünf bis sieben Wörter sind am besten.")
    assert ("Ich schaue zu", "user") in form.fields[2].options


async def test_drawing_changes_nothing_even_for_somebody_new(talk: Talk) -> None:
    assert await drawn(talk, "ticket:new")
    assert await talk.rows(select(Place)) == []
    assert await talk.rows(select(Contact)) == []


@pytest.mark.parametrize("value", ["menu:home", "form:7:draw", "form:7:send", "tickets:add:1", ""])
async def test_other_presses_draw_nothing(talk: Talk, value: str) -> None:
    assert await drawn(talk, value) is None


async def test_a_filled_form_is_a_ticket_at_once_with_its_files(talk: Talk) -> None:
    handle = talk.room.adapter.upload(b"\x89PNG proof")
    file = Attachment(handle, "document", "proof.png", size=10)
    (sent,) = await fills_in(talk, "ticket:new:billing", attachments=(file,))
    assert "Ticket 1" in sent.title
    ticket = await talk.row(select(Ticket))
    assert (ticket.subject, ticket.kind) == (FILLED["subject"], "billing")
    assert (ticket.username, ticket.audience) == ("kim_42", "user")
    assert ticket.description == FILLED["description"]
    evidence = await talk.row(select(Evidence))
    assert (evidence.state, evidence.ticket_id) == ("stored", 1)


async def test_the_same_form_sent_twice_is_one_ticket_and_says_so(talk: Talk) -> None:
    await fills_in(talk, "ticket:new")
    (again,) = await fills_in(talk, "ticket:new")
    assert "abgeschlossen" in again.text or "/tickets" in again.text
    assert len(await talk.rows(select(Ticket))) == 1


async def test_what_cannot_be_taken_is_asked_for_and_the_rest_is_kept(talk: Talk) -> None:
    (asked,) = await fills_in(talk, "ticket:new", audience="", subject="  ")
    assert asked.title == "Betreff (2 von 5)"
    (asked,) = await talk.says("Video stops")
    assert asked.title == "Bereich (3 von 5)"
    await talk.presses("Ich schaue zu")
    assert "Stimmt das so?" in talk.last.title
    assert await talk.rows(select(Ticket)) == []


async def test_a_form_begun_step_by_step_is_drawn_as_it_stands_and_sent_whole(talk: Talk) -> None:
    await talk.says("/ticket")
    assert "📝 Formular ausfüllen" in talk.labels
    await talk.presses("Überspringen")
    await talk.says("Half way")
    value = talk.value("📝 Formular ausfüllen")
    form = await drawn(talk, value)
    assert form
    assert form.choice == value.removesuffix(":draw")
    assert form.fields[1].value == "Half way"
    await fills_in(talk, form.choice)
    assert len(await talk.rows(select(Ticket))) == 1
    assert (await talk.row(select(Place))).dialog == ""
    (late,) = await fills_in(talk, form.choice, message="f:2")
    assert "/tickets" in late.text
    assert len(await talk.rows(select(Ticket))) == 1


async def test_a_question_becomes_the_description_and_its_outcome_is_kept(talk: Talk) -> None:
    await talk.says("qwrtz plmpf zzz")
    value = talk.value("✉️ Dem Support-Team schreiben")
    form = await drawn(talk, value)
    assert form
    assert form.fields[3].value == "qwrtz plmpf zzz"
    await fills_in(talk, value)
    assert (await talk.row(select(Asked))).outcome == "ticket"


async def test_card_numbers_in_a_form_are_masked_before_they_are_stored(talk: Talk) -> None:
    await fills_in(talk, "ticket:new", description="card 4111 1111 1111 1111 was charged")
    ticket = await talk.row(select(Ticket))
    heard = await talk.row(select(Heard))
    assert "1111 1111 1111" not in ticket.description + heard.text
    assert "1111" in heard.text


async def test_the_key_for_an_answer_goes_with_every_part_of_it(talk: Talk) -> None:
    await talk.says("/help", answer_to="key-1")
    assert {row.answer_to for row in await talk.rows(select(Sending))} == {"key-1"}
    assert talk.last.answer_to == "key-1"


async def test_the_newest_message_of_each_address_is_known(talk: Talk) -> None:
    await talk.says("/start", message="70")
    await talk.says("/help", message="71")
    await talk.presses_value("menu:home")
    desk = talk.room.adapter.desk
    assert desk
    assert await desk.last_heard("memory", "desk") == {talk.address: "71"}


async def test_what_is_typed_is_completed_to_questions_of_the_faq(talk: Talk) -> None:
    desk = talk.room.adapter.desk
    assert desk
    (first, *_) = await desk.complete("passwort vergessen", "de-AT", 5)
    assert first.label == "Wie setze ich ein neues Passwort?"
    assert first.value == "entry:password-reset"
    assert await desk.complete("  ", "de", 5) == []


async def test_a_question_in_the_open_is_answered_there_without_anybodys_matter(
    talk: Talk,
) -> None:
    (answer,) = await talk.says("passwort vergessen", private=False, message="9")
    assert "Anmeldeseite" in answer.text
    assert [choice.value for choice in answer.choices] == ["ticket:new"]
    assert answer.reply_to == "9"
    assert await talk.rows(select(Contact)) == []


async def test_what_nobody_knows_in_the_open_is_said_honestly(talk: Talk) -> None:
    (answer,) = await talk.says("qwrtz plmpf zzz", private=False)
    assert "weiß ich" in answer.text
    assert [choice.value for choice in answer.choices] == ["ticket:new"]
    assert (await talk.row(select(Asked))).verdict == "none"


async def test_a_command_in_the_open_points_to_a_private_chat(talk: Talk) -> None:
    (answer,) = await talk.says("/tickets", private=False)
    assert "privat" in answer.text.lower()
