"""A hundred live chats at once: how long a word takes from one side's platform to the other's.

People write on one platform and the staff in rooms of another, both in memory and without a pace of
their own; desk, database and delivery are as they come. `python -m benchmarks.chat [--chats 100]`.
"""

import argparse
import asyncio
import random
import tempfile
import time
from collections.abc import Awaitable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from statistics import median, quantiles

from core import staff
from core.messages import Address, Inbound, Kind, Outbound, Sender
from core.models import Role
from core.pack import read_pack
from core.settings import Faq, Settings
from frontdesk.app import Parts, open_desk
from tests.fakes.memory import MemoryAdapter

SAM = "sam"
WORDS = 10
"""Of each side of each chat."""
THINKING = 4.0
"""Seconds that somebody takes to write their words, at most; half of them on average."""
PATIENCE = 30.0


class Watched(MemoryAdapter):
    """Rings when the words that somebody waits for are shown."""

    def __init__(self, platform: str, rooms: str = "") -> None:
        super().__init__(platform=platform, rooms=rooms)
        self.awaited: dict[str, asyncio.Event] = {}

    async def send(self, outbound: Outbound) -> str:
        shown = await super().send(outbound)
        if event := self.awaited.pop(outbound.text, None):
            event.set()
        return shown


@dataclass
class Floor:
    """A desk, those who ask, and one who answers."""

    parts: Parts
    people: Watched
    team: Watched
    numbers: "count[int]" = field(default_factory=count)

    async def write(self, address: Address, person: str, text: str, **more: object) -> None:
        number = next(self.numbers)
        sender, at = Sender(person, person, "en"), datetime.now(UTC)
        said = {"text": text, "message": f"m{number}", **more}
        inbound = Inbound(f"e{number}", address, sender, at, **said)  # type: ignore[arg-type]
        await self.parts.desk.receive(inbound)

    def room(self, thread: str) -> Address:
        return Address("team", "desk", "staff", thread)

    async def timed(self, seen: Watched, text: str, written: Awaitable[None]) -> float:
        """Milliseconds from being written on one platform to being shown on the other."""
        event = seen.awaited[text] = asyncio.Event()
        begun = time.perf_counter()
        await written
        async with asyncio.timeout(PATIENCE):
            await event.wait()
        return (time.perf_counter() - begun) * 1000

    async def begin(self, chats: int) -> dict[int, str]:
        """The rooms of as many chats that somebody has taken."""
        code = await self.parts.store.write(
            lambda session: staff.invite(session, SAM, Role.AGENT, datetime.now(UTC))
        )
        own = self.team.address(SAM)
        await self.write(own, SAM, f"/join {code}")
        await self.write(own, SAM, "/duty on")
        for chat in range(chats):
            await self.write(self.people.address(f"p{chat}"), f"p{chat}", "/chat")
        await self.parts.settle()
        rooms = {int(title[1:].split()[0]): room for room, title in self.team.rooms.items()}
        by_person = {chat: rooms[chat + 1] for chat in range(chats)}
        for chat, room in by_person.items():
            await self.write(
                self.room(room), SAM, "", kind=Kind.PRESS, choice=f"live:accept:{chat + 1}",
                private=False, in_room=True,
            )  # fmt: skip
        await self.parts.settle()
        return by_person

    async def talk(self, chat: int, room: str) -> list[float]:
        """Each side answers the other."""
        waits = []
        choose = random.Random(chat)
        there, here = self.people.address(f"p{chat}"), self.room(room)
        for number in range(WORDS):
            await asyncio.sleep(choose.uniform(0, THINKING))
            asked, said = f"question {number} of {chat}", f"answer {number} to {chat}"
            question = self.write(there, f"p{chat}", asked)
            waits.append(await self.timed(self.team, asked, question))
            await asyncio.sleep(choose.uniform(0, THINKING))
            answer = self.write(here, SAM, said, private=False, in_room=True)
            waits.append(await self.timed(self.people, said, answer))
        return waits


async def measure(chats: int) -> list[float]:
    hours = dict.fromkeys(("mon", "tue", "wed", "thu", "fri", "sat", "sun"), "00:00-24:00")
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(
            data=Path(folder), messages_per_minute=1_000_000, faq=Faq(encoder="none")
        )
        pack = read_pack(settings.pack)
        always = pack.hours.model_validate(hours)
        people, team = Watched("people"), Watched("team", "staff")
        async with AsyncExitStack() as stack:
            desk = open_desk(settings, pack.model_copy(update={"hours": always}), [people, team])
            floor = Floor(await stack.enter_async_context(desk), people, team)
            rooms = await floor.begin(chats)
            waits = await asyncio.gather(*[floor.talk(*one) for one in rooms.items()])
    return [wait for one in waits for wait in one]


async def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--chats", type=int, default=100)
    chosen = parser.parse_args()
    waits = await measure(chosen.chats)
    p95, cpu = quantiles(waits, n=100)[94], 1000 * time.process_time() / len(waits)
    print(
        f"{chosen.chats} chats at once, {len(waits)} words: p50 {median(waits):.0f} ms, p95 "
        f"{p95:.0f} ms, most {max(waits):.0f} ms; {cpu:.1f} ms of CPU a word"
    )


if __name__ == "__main__":
    asyncio.run(main())
