"""The whole story on Telegram: the real library, over loopback, against the Bot API's imitation."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr
from sqlmodel import select

from bots.telegram.adapter import TelegramAdapter
from core.models import Evidence, Place, Sending, Ticket
from core.pack import read_pack
from core.settings import Settings, Telegram
from frontdesk.app import Parts, open_desk
from tests.dialogs.talk import PACK
from tests.fakes.telegram import TelegramFake
from tests.fakes.telegram_people import Person, labels


@pytest.fixture
async def fake() -> AsyncIterator[TelegramFake]:
    async with TelegramFake() as one:
        yield one
        assert one.violations == []


@asynccontextmanager
async def desk(fake: TelegramFake, data: Path, **more: Any) -> AsyncIterator[Parts]:
    telegram = Telegram(token=SecretStr(fake.token), api_url=fake.url, per_second=1000, per_chat=0)
    settings = Settings(data=data, pack=PACK, telegram=telegram)
    adapter = TelegramAdapter(telegram)
    async with open_desk(settings, read_pack(PACK), [adapter]) as parts:
        await adapter.open()
        listening = asyncio.create_task(adapter.listen(parts.desk.receive))
        yield parts
        listening.cancel()
        await asyncio.wait([listening])


async def hears(person: Person) -> dict[str, Any]:
    return (await person.hears())[0]


async def test_ask_get_an_answer_open_a_ticket_with_an_album_and_append(
    fake: TelegramFake, tmp_path: Path
) -> None:
    kim = fake.person(7, "Kim", language_code="de")
    async with desk(fake, tmp_path) as parts:
        await kim.says("passwort vergessen")
        answer = await hears(kim)
        assert "Öffne die Anmeldeseite" in answer["text"]
        assert answer["entities"][0]["type"] == "bold"
        await kim.presses(answer, "👎 Nein")
        sorry = await hears(kim)
        await kim.presses(sorry, "✉️ Dem Support-Team schreiben")
        await kim.presses(await hears(kim), "Überspringen")
        await hears(kim)
        await kim.says("Neues Passwort kommt nicht an")
        await kim.presses(await hears(kim), "Ich schaue zu")
        await kim.presses(await hears(kim), "So übernehmen")
        await hears(kim)
        await kim.sends_album([b"\x89PNG first", b"\x89PNG second"])
        await kim.presses(await hears(kim), "Fertig")
        review = await hears(kim)
        assert "Dateien: 2" in review["text"]
        await kim.presses(review, "✅ Senden")
        sent = await hears(kim)
        assert "Ticket 1" in sent["text"]
        await kim.says("Auch im Spam ist nichts", reply_to=sent)
        added = await hears(kim)
        assert added["text"] == "Zu Ticket 1 hinzugefügt."
        await parts.settle()
        files = await parts.store.read(lambda session: session.exec(select(Evidence)).all())
        assert [file.state for file in files] == ["stored", "stored"]
        assert [file.ticket_id for file in files] == [1, 1]


async def test_what_was_written_while_the_desk_was_down_is_answered_once(
    fake: TelegramFake, tmp_path: Path
) -> None:
    people = [fake.person(number, f"P{number}", language_code="en") for number in range(10, 20)]
    for person in people:
        await person.says("forgot my password")
    for _ in range(2):
        async with desk(fake, tmp_path) as parts:
            await fake.all_confirmed()
            await parts.settle()
    assert [len(person.inbox) for person in people] == [1] * 10


async def test_who_blocks_the_bot_keeps_their_ticket_and_nothing_else_stops(
    fake: TelegramFake, tmp_path: Path
) -> None:
    kim = fake.person(7, "Kim", language_code="en")
    robin = fake.person(8, "Robin", language_code="en")
    async with desk(fake, tmp_path) as parts:
        await kim.says("/subscribe")
        await hears(kim)
        await kim.says("forgot my password")
        await kim.blocks()
        await robin.says("forgot my password")
        assert "sign-in page" in (await hears(robin))["text"]
        await fake.all_confirmed()
        await parts.settle()
        place = await parts.store.read(
            lambda session: session.exec(select(Place).where(Place.chat == "7")).one()
        )
        assert (place.reachable, place.subscribed) == (False, False)
        states = await parts.store.read(lambda session: session.exec(select(Sending.state)).all())
        assert "sending" not in states


async def test_buttons_are_real_and_an_old_one_still_answers(
    fake: TelegramFake, tmp_path: Path
) -> None:
    kim = fake.person(7, "Kim", language_code="en")
    async with desk(fake, tmp_path):
        await kim.says("/start")
        greeting = await hears(kim)
        assert labels(greeting) == ["I watch", "I create", "I run a studio"]
        for _ in range(2):
            await kim.presses(greeting, "I create")
            assert "Payouts" in labels(await hears(kim))


async def test_an_answer_lost_on_the_way_back_is_said_again_and_nothing_hangs(
    fake: TelegramFake, tmp_path: Path
) -> None:
    kim = fake.person(7, "Kim", language_code="en")
    fake.faults.add(kind="too_many", method="sendMessage", retry_after=1)
    fake.faults.add(kind="server_error", method="sendMessage", status=502, html=True)
    async with desk(fake, tmp_path) as parts:
        await kim.says("forgot my password")
        assert "sign-in page" in (await hears(kim))["text"]
        await parts.settle()
        rows = await parts.store.read(lambda session: session.exec(select(Sending)).all())
        assert [row.state for row in rows] == ["sent"]
        assert await parts.store.read(lambda session: session.exec(select(Ticket)).all()) == []
