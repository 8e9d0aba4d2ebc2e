"""A ticket in a topic of the staff's group: the whole desk, over loopback."""

from functools import partial
from pathlib import Path

from pydantic import SecretStr

from bots.telegram.adapter import TelegramAdapter
from core.models import Role
from core.settings import Settings, Telegram
from core.staff import invite
from frontdesk.app import Parts, now
from tests.dialogs.on_telegram import OnTelegram
from tests.dialogs.story import desk
from tests.dialogs.talk import PACK
from tests.fakes.telegram import TelegramFake
from tests.fakes.telegram_people import Person

STAFF = -1001
PICTURE = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x40\0\0\0\x40\x08\x06\0\0\0 the very bytes"
FILLED = {
    "username": "kim_42",
    "subject": "Neues Passwort kommt nicht an",
    "audience": "Ich schaue zu",
    "description": "Heute um neun, Seite „Anmelden“, nichts im Postfach.",
}


async def settle(fake: TelegramFake, parts: Parts) -> None:
    await fake.all_confirmed()
    await parts.settle()


async def hire(fake: TelegramFake, parts: Parts) -> Person:
    code = await parts.store.write(partial(invite, name="sue", role=Role.AGENT, now=now()))
    sue = fake.person(9, "Sue", language_code="de")
    await sue.says(f"/join {code}")
    await settle(fake, parts)
    return sue


async def open_ticket(person: Person) -> None:
    kim = OnTelegram(person)
    await kim.says("ich habe leider mein passwort vergessen")
    sorry = await kim.was_not_helped(await kim.hears())
    await kim.writes_to_support(sorry, FILLED, PICTURE)


async def test_a_ticket_is_worked_on_in_its_topic(tmp_path: Path) -> None:
    async with TelegramFake() as fake:
        telegram = Telegram(
            token=SecretStr(fake.token), api_url=fake.url, per_second=1000, per_chat=0,
            staff_chat=str(STAFF),
        )  # fmt: skip
        group = fake.group(STAFF, forum=True)
        settings = Settings(data=tmp_path, pack=PACK, telegram=telegram)
        async with desk(settings, TelegramAdapter(telegram)) as parts:
            sue, kim = await hire(fake, parts), fake.person(7, "Kim", language_code="de")
            await open_ticket(kim)
            await settle(fake, parts)
            (topic,) = group.topics
            assert FILLED["subject"] in group.topics[topic]
            shown = fake.screen(STAFF, topic)
            assert any(FILLED["description"] in one.text for one in shown)
            assert [one.file for one in shown if one.file] == [PICTURE]
            said = await sue.says_in_group(STAFF, "Wir sehn nach", thread=topic)
            await settle(fake, parts)
            assert "Wir sehn nach" in fake.screen(7)[-1].text
            await sue.edits(said, "Wir sehen nach")
            await settle(fake, parts)
            answers = [one.text for one in fake.screen(7) if "nach" in one.text]
            assert "Wir sehen nach" in answers[-1]
            assert "Wir sehn nach" not in str(answers)
            await sue.says_in_group(STAFF, "/note@front_desk_bot unter uns", thread=topic)
            await fake.person(13, "Eve").says_in_group(STAFF, "von Fremden", thread=topic)
            await settle(fake, parts)
            assert "unter uns" not in str(fake.screen(7))
            assert "von Fremden" not in str(fake.screen(7))
            await kim.says("Danke!", reply_to=kim.inbox[-1])
            await settle(fake, parts)
            assert any("Danke!" in one.text for one in fake.screen(STAFF, topic))
            await sue.deletes_topic(STAFF, topic)
            await kim.says("Noch etwas", reply_to=kim.inbox[-1])
            await settle(fake, parts)
            assert fake.screen(STAFF) == []
            assert fake.screen(7)[-1].text == "Zu Ticket 1 hinzugefügt."
        assert fake.violations == []
