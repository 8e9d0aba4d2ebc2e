"""The commands of the staff stand in the menus of their own chats, and in no others."""

import json
from pathlib import Path
from typing import Any

from core import staff
from core.menus import Menus
from core.models import Role
from core.pack import read_pack
from frontdesk.app import Parts, languages_of, now
from tests.dialogs.on_telegram import OnTelegram
from tests.dialogs.talk import PACK
from tests.fakes.telegram import TelegramFake
from tests.faults.desks import desk_on_telegram


async def hired(parts: Parts, fake: TelegramFake, number: int, role: Role, language: str) -> None:
    code = await parts.store.write(lambda session: staff.invite(session, f"n{number}", role, now()))
    one = OnTelegram(fake.person(number, f"N{number}", language_code=language))
    await one.says(f"/join {code}")
    await one.hears()


def menu(fake: TelegramFake, whose: str) -> dict[str, str]:
    told: Any = fake.profile.get(("setMyCommands", whose), {"commands": "[]"})["commands"]
    commands = json.loads(told) if isinstance(told, str) else told
    return {one["command"]: one["description"] for one in commands}


async def test_each_sees_what_they_may_do_until_they_are_removed(tmp_path: Path) -> None:
    async with TelegramFake() as fake, desk_on_telegram(fake, tmp_path) as parts:
        await fake.is_polled()
        await hired(parts, fake, 7, Role.PUBLISHER, "de")
        await hired(parts, fake, 8, Role.AGENT, "en")
        await OnTelegram(fake.person(9, "Kim", language_code="en")).says("/start")
        await parts.menus.look()
        publisher, agent = menu(fake, "7"), menu(fake, "8")
        assert publisher["announce"] == "Eine Neuigkeit veröffentlichen (publisher und admin)"
        assert {"announcements", "queue", "quiet", "help"} <= publisher.keys()
        assert {"queue", "help"} <= agent.keys()
        assert not {"announce", "announcements", "join"} & agent.keys()
        assert menu(fake, "9") == {}
        assert not {"announce", "queue"} & menu(fake, "").keys()

        def leave(session: Any) -> None:
            known = staff.by_name(session, "n7")
            assert known
            staff.remove(session, known, now())

        await parts.store.write(leave)
        again = Menus(parts.store, parts.adapters.values(), languages_of(read_pack(PACK)))
        await again.look()  # as after a restart
        assert menu(fake, "7") == {}
        assert menu(fake, "8") == agent


async def test_what_telegram_does_not_take_now_is_shown_later(tmp_path: Path) -> None:
    async with TelegramFake() as fake, desk_on_telegram(fake, tmp_path) as parts:
        await fake.is_polled()
        await hired(parts, fake, 7, Role.ADMIN, "en")
        fake.faults.add(kind="server_error", method="setMyCommands", times=1)
        for _ in range(2):
            await parts.menus.look()
        assert "announce" in menu(fake, "7")
