"""The people of the desk: who they are, what they may, and what never leaves the team."""

import asyncio
import random
from datetime import timedelta
from pathlib import Path

import pytest
from sqlmodel import Session, col, select

from core import staff
from core.models import Heard, Place, Role, Staff, Ticket, TicketEvent, row_id
from core.settings import Settings
from tests.conftest import Clock
from tests.dialogs.talk import PACK, Talk, opened

FORM = "Betreff: Video bleibt stehen\nBeschreibung: Heute um neun\nBereich: Ich schaue zu"
SECRET = "only-for-the-team"


async def code_for(talk: Talk, name: str, role: Role = Role.AGENT) -> str:
    def draw(session: Session) -> str:
        return staff.invite(session, name, role, talk.clock.now, staff.by_name(session, name))

    return await talk.room.parts.store.write(draw)


async def hired(talk: Talk, name: str, role: Role = Role.AGENT) -> Talk:
    one = talk.another(f"{name}-chat", "en")
    await one.says(f"/join {await code_for(talk, name, role)}")
    assert one.last.text.startswith(f"Welcome, {name}")
    return one


async def dismissed(talk: Talk, name: str) -> None:
    def remove(session: Session) -> None:
        known = staff.by_name(session, name)
        assert known
        staff.remove(session, known, talk.clock.now)

    await talk.room.parts.store.write(remove)


@pytest.fixture
async def sam(talk: Talk) -> Talk:
    return await hired(talk, "sam")


async def open_ticket(talk: Talk) -> int:
    await talk.says(FORM)
    await talk.presses("✅ Senden")
    tickets = await talk.rows(select(Ticket).order_by(col(Ticket.id).desc()))
    return row_id(tickets[0].id)


async def ticket(talk: Talk, number: int) -> Ticket:
    return await talk.row(select(Ticket).where(Ticket.id == number))


# Who is staff


async def test_a_code_is_good_once(talk: Talk) -> None:
    code = await code_for(talk, "sam")
    await talk.another("sam", "en").says(f"/join {code.lower()}")
    assert [one.name for one in await talk.rows(select(Staff))] == ["sam"]
    await talk.says(f"/join {code}")
    assert "gilt nicht" in talk.last.text
    assert len(await talk.rows(select(Place).where(col(Place.staff_id).is_not(None)))) == 1


async def test_a_code_ends_after_ten_minutes(talk: Talk, clock: Clock) -> None:
    code = await code_for(talk, "sam")
    clock.now += timedelta(minutes=10)
    await talk.says(f"/join {code}")
    assert await talk.rows(select(Staff)) == []


async def test_five_wrong_tries_end_a_code(talk: Talk) -> None:
    code = await code_for(talk, "sam")
    for _ in range(5):
        await talk.says(f"/join {code[:5]}AAAAAAAA")
    await talk.says(f"/join {code}")
    assert await talk.rows(select(Staff)) == []


async def test_a_code_in_a_group_is_not_taken(talk: Talk) -> None:
    code = await code_for(talk, "sam")
    await talk.says(f"/join {code}", private=False)
    assert await talk.rows(select(Staff)) == []


async def test_one_person_may_write_from_several_places(talk: Talk, sam: Talk) -> None:
    other = talk.another("sam-elsewhere", "en")
    await other.says(f"/join {await code_for(talk, 'sam')}")
    assert len(await talk.rows(select(Staff))) == 1
    await other.says("/queue")
    assert other.last.text == "Nothing waits."


async def test_whoever_is_removed_is_nobody_at_their_next_message(talk: Talk, sam: Talk) -> None:
    number = await open_ticket(talk)
    await sam.says(f"/reply {number}")

    await dismissed(talk, "sam")
    before = len(talk.heard)
    await sam.says("This must not reach Kim")
    await sam.says("/queue")
    assert "I do not know that command" in sam.last.text
    assert len(talk.heard) == before


@pytest.mark.parametrize("command", ["queue", "show 1", "reply 1 hi", "solve 1", "stats", "staff"])
async def test_for_everybody_else_there_are_no_such_commands(talk: Talk, command: str) -> None:
    await open_ticket(talk)
    await talk.says(f"/{command}")
    assert "Diesen Befehl kenne ich nicht" in talk.last.text
    await talk.presses_value("staff:show:1")
    assert "nicht mehr aktuell" in talk.last.text
    assert (await ticket(talk, 1)).state == "open"


async def test_a_forwarded_command_does_nothing(talk: Talk, sam: Talk) -> None:
    number = await open_ticket(talk)
    await sam.says(f"/solve {number}", forwarded=True)
    assert (await ticket(talk, number)).state == "open"


async def wrote(talk: Talk, count: int) -> None:
    """So many messages in the minute that runs."""

    def note(session: Session) -> None:
        place = session.exec(select(Place).where(Place.chat == talk.address.chat)).one()
        place.minute, place.heard = talk.clock.now, count
        session.add(place)

    await talk.room.parts.store.write(note)


async def test_staff_may_write_five_times_as_much(talk: Talk, sam: Talk) -> None:
    await wrote(sam, 149)
    assert [one.text for one in await sam.says("/queue")] == ["Nothing waits."]
    (said,) = await sam.says("/queue")
    assert "stopped reading for a minute" in said.text
    assert await sam.says("/queue") == []
    await talk.says("/help")
    await wrote(talk, 30)
    (said,) = await talk.says("/help")
    assert "eine Minute" in said.text


# What they do


async def test_the_queue_shows_what_is_due_first_and_can_be_narrowed(
    talk: Talk, sam: Talk, clock: Clock
) -> None:
    first = await open_ticket(talk)
    clock.now += timedelta(hours=1)
    second = await open_ticket(talk)
    await sam.says("/queue")
    assert [choice.value for choice in sam.last.choices] == [
        f"staff:show:{first}", f"staff:show:{second}",
    ]  # fmt: skip
    await sam.says("/queue creator")
    assert sam.last.text == "Nothing waits."
    await sam.says("/queue user de free")
    assert len(sam.last.choices) == 2
    clock.now += timedelta(hours=23, minutes=30)
    await sam.says("/queue")
    assert "late since" in sam.last.text.splitlines()[0]


async def test_a_reply_reaches_the_person_stops_the_clock_and_takes_the_ticket(
    talk: Talk, sam: Talk
) -> None:
    number = await open_ticket(talk)
    await sam.says(f"/reply {number} Please start the app again.")
    assert talk.last.text == "Please start the app again."
    assert talk.last.title == f"Antwort auf Ticket {number} · sam"
    row = await ticket(talk, number)
    assert (row.state, row.answered_at) == ("waiting", talk.clock.now)
    await talk.says("Danke", reply_to=talk.last_id)
    assert (await ticket(talk, number)).state == "open"
    assert "Danke" in sam.last.text


async def test_buttons_ask_for_the_words(talk: Talk, sam: Talk) -> None:
    number = await open_ticket(talk)
    await sam.says(f"/show {number}")
    assert "Heute um neun" in sam.last.text
    await sam.presses("💬 Reply")
    await sam.says("One moment, please.")
    assert talk.last.text == "One moment, please."
    await sam.presses("✅ Solved")
    assert "als gelöst markiert" in talk.last.text


async def test_a_note_stays_in_the_team(talk: Talk, sam: Talk) -> None:
    number = await open_ticket(talk)
    before = len(talk.heard)
    await sam.says(f"/note {number} {SECRET} 1")
    await sam.says(f"/reply {number} // {SECRET} 2")
    await sam.presses_value(f"staff:reply:{number}")
    await sam.says(f"// {SECRET} 3")
    await sam.presses_value(f"staff:note:{number}")
    await sam.says(f"{SECRET} 4")
    assert len(talk.heard) == before
    await talk.says(f"/ticket {number}")
    assert SECRET not in talk.last.text
    await sam.says(f"/show {number}")
    assert sam.last.text.count(SECRET) == 4


async def test_the_first_to_take_it_has_it(talk: Talk, sam: Talk) -> None:
    kit = await hired(talk, "kit")
    number = await open_ticket(talk)
    await asyncio.gather(sam.says(f"/take {number}"), kit.says(f"/take {number}"))
    told = {sam.last.text, kit.last.text}
    assert f"Ticket {number} is yours." in told
    assert len(told) == 2
    taken = select(TicketEvent).where(TicketEvent.kind == "taken")
    assert len(await talk.rows(taken)) == 1


async def test_two_who_answer_one_person_learn_of_each_other(talk: Talk, sam: Talk) -> None:
    kit = await hired(talk, "kit")
    number = await open_ticket(talk)
    await sam.says(f"/take {number}")
    await kit.says(f"/reply {number} Hello")
    assert f"sam has ticket {number}." in [one.text for one in kit.heard]
    assert sam.last.text == f"kit has answered your ticket {number}."
    await kit.says(f"/give {number} @kit")
    await kit.says(f"/give {number} @nobody")
    assert "kit, sam" in kit.last.text or "sam, kit" in kit.last.text


async def test_who_is_on_duty_is_told_of_new_tickets(talk: Talk, sam: Talk) -> None:
    await sam.says("/duty on")
    number = await open_ticket(talk)
    assert sam.last.text.startswith(f"🆕 {number} · Video bleibt stehen")
    await sam.presses(f"Show ticket {number}")
    assert sam.last.title == f"Ticket {number} · Video bleibt stehen"
    await sam.says("/duty off")
    before = len(sam.heard)
    await open_ticket(talk)
    assert len(sam.heard) == before


async def test_whoever_is_shut_out_is_kept_and_not_answered(talk: Talk, sam: Talk) -> None:
    number = await open_ticket(talk)
    await sam.says(f"/block {number}")
    before = len(talk.heard)
    await talk.says("hallo?")
    assert len(talk.heard) == before
    assert (await talk.rows(select(Heard).where(Heard.text == "hallo?")))[0].state == "dropped"
    await sam.says(f"/unblock {number}")
    await talk.says("hallo?")
    assert len(talk.heard) == before + 1


async def test_the_person_behind_a_ticket_and_the_figures(
    talk: Talk, sam: Talk, clock: Clock
) -> None:
    number = await open_ticket(talk)
    clock.now += timedelta(minutes=90)
    await sam.says(f"/reply {number} Hello")
    await sam.says(f"/solve {number}")
    await sam.says(f"/user {number}")
    assert sam.last.text.startswith("Kim · de · ")
    await sam.says("/stats")
    today = sam.last.text.split("\n\n")[0]
    assert "Opened: 1" in today
    assert "Solved: 1" in today
    assert "First answer: 1:30 h" in today


@pytest.mark.parametrize(
    "command",
    ["/show", "/show x", "/reply 99999999999999999999 a", "/give 1", "/canned x", "/user -1",
     "/faq 1", "/take 0", "/note 1", "/queue ;DROP TABLE ticket", "/duty maybe"],
)  # fmt: skip
async def test_a_command_with_anything_behind_it_is_answered(
    talk: Talk, sam: Talk, command: str
) -> None:
    await open_ticket(talk)
    assert await sam.says(command)
    assert (await talk.rows(select(Heard).where(Heard.state == "failed"))) == []


# The clock


async def looks(talk: Talk, clock: Clock, hours: float) -> int:
    clock.now += timedelta(hours=hours)
    told = await talk.room.parts.reminders.look()
    await talk.room.parts.settle()
    return told


async def test_staff_are_reminded_in_time_and_an_admin_when_it_is_late(
    talk: Talk, sam: Talk, clock: Clock
) -> None:
    boss = await hired(talk, "boss", Role.ADMIN)
    number = await open_ticket(talk)
    await sam.says(f"/take {number}")
    assert await looks(talk, clock, 17.9) == 0
    assert await looks(talk, clock, 0.2) == 1
    assert sam.last.text.startswith(f"⏰ A reply to ticket {number} is due")
    assert "⏰" not in boss.last.text
    await talk.restart()
    assert await looks(talk, clock, 1) == 0
    assert await looks(talk, clock, 5) == 1
    assert sam.last.text.startswith("⏰ Late")
    assert boss.last.text.startswith("⏰ Late")
    assert await looks(talk, clock, 100) == 0


async def test_nobody_is_reminded_of_what_was_answered(talk: Talk, sam: Talk, clock: Clock) -> None:
    await sam.says("/duty on")
    number = await open_ticket(talk)
    await sam.says(f"/reply {number} Hello")
    assert await looks(talk, clock, 30) == 0


async def test_a_clock_that_is_set_back_tells_nothing_twice(
    talk: Talk, sam: Talk, clock: Clock
) -> None:
    await sam.says("/duty on")
    await open_ticket(talk)
    assert [await looks(talk, clock, hours) for hours in (19, -3, 3, 6, -6, 6)] == [
        1, 0, 0, 1, 0, 0,
    ]  # fmt: skip


# What never leaves the team


async def test_whatever_is_done_in_any_order_no_note_reaches_a_user(
    tmp_path: Path, clock: Clock
) -> None:
    """Hundreds of steps by users and staff, drawn at random, with restarts in between."""
    settings = Settings(data=tmp_path, pack=PACK, messages_per_minute=10_000)
    async for talk in opened(settings, clock):
        await play(talk, random.Random(7), 400)


async def play(talk: Talk, choose: random.Random, steps: int) -> None:
    users = [talk.another(f"user{number}") for number in range(3)]
    team = [await hired(talk, name) for name in ("sam", "kit")]
    for user in users:
        await open_ticket(user)
    for step in range(steps):
        if step % 100 == 99:
            await talk.restart()
        if choose.random() < 0.4:
            await user_does(choose.choice(users), choose)
        else:
            await staff_does(choose.choice(team), choose)
    told = {user.address for user in users}
    leaked = [one for one in talk.room.adapter.sent if one.address in told and SECRET in one.text]
    assert leaked == []
    assert len(await talk.rows(select(TicketEvent).where(TicketEvent.kind == "noted"))) > 50


async def user_does(user: Talk, choose: random.Random) -> None:
    said = choose.choice(
        ["hallo", "/tickets", "/ticket 1", "/ticket 2", "/note 1 x", "// was ist das", "Danke",
         "/queue", "add to ticket 1: mehr", "zu ticket 1 hinzufügen: mehr"]
    )  # fmt: skip
    reply = {"reply_to": user.last_id} if choose.random() < 0.3 else {}
    await user.says(said, **reply)


async def staff_does(one: Talk, choose: random.Random) -> None:
    number = choose.randint(1, 3)
    await one.says(
        choose.choice(
            [f"/note {number} {SECRET}", f"/reply {number} // {SECRET}", f"/reply {number} ok",
             f"/reply {number}", f"/note {number}", f"// {SECRET}", f"/solve {number}",
             f"/reopen {number}", f"/take {number}", f"/show {number}", "/cancel", "/duty on",
             f"/wait {number}", f"/canned save note // {SECRET}", f"/canned note {number}"]
        )
    )  # fmt: skip
