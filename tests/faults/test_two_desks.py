"""Two desks with different shards of one large bot share a PostgreSQL: whatever is said is heard by
one of them and answered once, and one may end while the other works.
"""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from pydantic import SecretStr

from bots.discord.adapter import DiscordAdapter
from core.pack import read_pack
from core.settings import Discord, Settings
from frontdesk.app import Parts, languages_of, open_desk
from frontdesk.running import keep
from tests.dialogs.talk import PACK
from tests.fakes.discord import DiscordFake
from tests.fakes.discord_client import pointed_at
from tests.fakes.discord_people import Person, words
from tests.faults.desks import query
from tests.faults.waiting import until

SHARDS, QUESTIONS = 4, 6
ANSWER = "Öffne die Anmeldeseite"


@pytest.fixture
async def fake() -> AsyncIterator[DiscordFake]:
    async with DiscordFake() as fake:
        with pointed_at(fake):
            yield fake


@asynccontextmanager
async def desk(
    fake: DiscordFake, data: Path, url: str, shards: tuple[int, ...]
) -> AsyncIterator[Parts]:
    discord = Discord(
        token=SecretStr(fake.token),
        api_url=fake.url,
        gateway_url=fake.gateway_url,
        mentions=True,
        shard_count=SHARDS,
        shard_ids=shards,
        per_second=1000,
        per_address=0,
    )
    settings = Settings(data=data, database_url=SecretStr(url), pack=PACK, discord=discord)
    pack = read_pack(PACK)
    adapter = DiscordAdapter(discord, languages_of(pack))
    async with open_desk(settings, pack, [adapter]) as parts:
        listening = asyncio.create_task(keep(adapter, parts.desk.receive))
        try:
            yield parts
        finally:
            listening.cancel()
            await asyncio.wait([listening])


async def test_all_that_is_said_to_two_desks_is_answered_once(
    fake: DiscordFake, new_postgres_database: Callable[[], str], tmp_path: Path
) -> None:
    url = new_postgres_database()
    houses = [fake.guild(shard << 22) for shard in range(1, SHARDS)]
    people = [fake.person(number, f"P{number}", "de") for number in range(7, 13)]
    for house in houses:
        for person in people:
            house.join(person.user)
    async with desk(fake, tmp_path / "left", url, (0, 1)) as left:
        async with desk(fake, tmp_path / "right", url, (2, 3)) as right:
            await fake.until(lambda: len(fake.gateway.sessions) == SHARDS, timeout=20)
            await asyncio.gather(*(ask(person, "passwort vergessen") for person in people))
            for house in houses:
                await people[0].mentions_bot("passwort vergessen", house.channel("lobby"))
            said = len(people) * QUESTIONS + len(houses)
            await until(lambda: has_sent(left, said))
            await asyncio.gather(left.settle(), right.settle())
        await people[0].says("noch einmal: passwort vergessen")
        await people[0].hears(QUESTIONS + 1)
        await left.settle()
    assert answers(people) == {person.id: QUESTIONS for person in people} | {
        people[0].id: QUESTIONS + 1
    }


async def ask(person: Person, text: str) -> None:
    for number in range(QUESTIONS):
        await person.says(f"{text} {number}")


async def has_sent(parts: Parts, count: int) -> bool:
    """Whoever of the two sent it."""
    return await query(parts, "SELECT count(*) FROM outbox WHERE state = 'sent'") == [(count,)]


def answers(people: list[Person]) -> Counter[int]:
    """How often each was told the answer."""
    return Counter(
        person.id for person in people for message in person.inbox if ANSWER in words(message)
    )
