"""Somebody goes on about their ticket as one does: without a reply to any message."""

import shutil
from dataclasses import replace
from pathlib import Path

from pydantic import SecretStr
from sqlmodel import select

from core.models import Ticket, TicketEvent
from core.settings import Settings
from tests.conftest import Clock
from tests.dialogs.staffdesk import FORM, open_ticket, sam, ticket
from tests.dialogs.talk import PACK, Talk, opened
from tests.fakes.memory import FAST

__all__ = ["sam"]

ADD = "Zu Ticket {} hinzufügen"


async def said(talk: Talk) -> list[str]:
    events = select(TicketEvent).where(TicketEvent.kind == "said")
    return [event.text for event in await talk.rows(events)]


async def test_what_was_meant_for_the_team_reaches_it_with_one_press(talk: Talk, sam: Talk) -> None:
    await sam.says("/duty on")
    number = await open_ticket(talk)
    await sam.says(f"/reply {number} Is it better?")
    for words in ("zzz qqq", "passwort vergessen"):
        await talk.says(words)
        add = talk.value(ADD.format(number))
        await talk.presses_value(add)
        assert talk.last.text == f"Zu Ticket {number} hinzugefügt."
        assert sam.last.text.endswith(f"\n{words}")
        await talk.presses_value(add)
    assert await said(talk) == ["zzz qqq", "passwort vergessen"]
    assert (await ticket(talk, number)).state == "open"


async def test_the_ticket_that_was_answered_is_offered_first(talk: Talk, sam: Talk) -> None:
    first, second = await open_ticket(talk), await open_ticket(talk)
    await sam.says(f"/reply {first} Is it better?")
    await talk.says("zzz qqq")
    assert talk.labels[:2] == [ADD.format(first), ADD.format(second)]


async def test_nobody_adds_to_what_is_not_theirs_or_not_said(talk: Talk, sam: Talk) -> None:
    number = await open_ticket(talk)
    await talk.says("zzz qqq")
    add = talk.value(ADD.format(number))
    await talk.another("bob").presses_value(add)
    await talk.presses_value(f"tickets:asked:{number}:99")
    assert talk.last.text.startswith("Schreib, was zu Ticket")
    assert await said(talk) == []


async def test_where_nobody_can_reply_a_number_goes_on_with_the_ticket(
    sqlite_file: Path, tmp_path: Path, clock: Clock
) -> None:
    copy = shutil.copy(sqlite_file, tmp_path / "desk.db")
    settings = Settings(data=tmp_path, database_url=SecretStr(f"sqlite:///{copy}"), pack=PACK)
    async for one in opened(settings, clock, replace(FAST, buttons=False)):
        await one.says(FORM)
        await one.says("1")
        row = await one.row(select(Ticket))
        await one.staff_solve(row)
        assert one.last.text.endswith("1  Zu Ticket 1 hinzufügen")
        await one.says("1")
        await one.says("Doch nicht")
        assert "wieder offen" in one.last.text
        await one.says("/ticket")
        await one.staff_answer(row, "Und jetzt?")
        assert one.last.text == "Und jetzt?"
        await one.says("1")
        assert one.last.title == "Betreff (2 von 5)"


async def test_a_ticket_is_offered_to_whoever_asks_and_has_one_that_is_not_solved(
    talk: Talk, sam: Talk
) -> None:
    number = await open_ticket(talk)
    await talk.presses_value("entry:password-reset")
    assert ADD.format(number) not in talk.labels
    await talk.says("passwort vergessen")
    assert ADD.format(number) in talk.labels
    await talk.another("bob").says("passwort vergessen")
    await sam.says(f"/solve {number}")
    await talk.says("passwort vergessen")
    assert ADD.format(number) not in talk.labels
