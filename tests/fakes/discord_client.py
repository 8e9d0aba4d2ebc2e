"""The real discord.py, turned to the imitation."""

import asyncio
import warnings
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any, TypeVar

import yarl

from bots.discord.gateway import hang_up
from tests.fakes.discord import DiscordFake
from tests.fakes.discord_people import Person

with warnings.catch_warnings():
    # The library imports audioop, which Python 3.13 has no more; warnings are errors in tests.
    warnings.simplefilter("ignore", DeprecationWarning)
    import discord as discord
    import discord.app_commands
    import discord.gateway
    import discord.http

C = TypeVar("C", bound=discord.Client)


@contextmanager
def pointed_at(fake: DiscordFake) -> Iterator[None]:
    """The three attributes belong to the classes: all clients of the process go there meanwhile."""
    route, socket, asset = discord.http.Route, discord.gateway.DiscordWebSocket, discord.Asset
    before = route.BASE, socket.DEFAULT_GATEWAY, asset.BASE
    route.BASE = fake.url
    socket.DEFAULT_GATEWAY = yarl.URL(fake.gateway_url)
    asset.BASE = f"{fake.root}/cdn"
    try:
        yield
    finally:
        route.BASE, socket.DEFAULT_GATEWAY, asset.BASE = before


@asynccontextmanager
async def connected(fake: DiscordFake, client: C) -> AsyncIterator[C]:
    """The client, ready; closed at the end."""
    with pointed_at(fake):
        async with client:
            running = asyncio.create_task(client.start(fake.token))
            ready = asyncio.create_task(client.wait_until_ready())
            try:
                async with asyncio.timeout(10):
                    await asyncio.wait({running, ready}, return_when=asyncio.FIRST_COMPLETED)
                if running.done():
                    running.result()
                yield client
            finally:
                await end(client, ready, running)


async def end(client: discord.Client, *tasks: asyncio.Task[None]) -> None:
    """First what listens, and what waits to say that all is ready: the library gives an event that
    comes after its end to a loop that it has let go.
    """
    waiting = client._connection._ready_task
    for task in (*tasks, *([waiting] if waiting else [])):
        task.cancel()
    await asyncio.wait(tasks)
    await client.close()
    await hang_up(client)


class Echo(discord.Client):
    """Says everything again, and keeps what it heard."""

    def __init__(self, **options: Any) -> None:
        intents = discord.Intents(guilds=True, messages=True, message_content=True)
        super().__init__(intents=intents, guild_ready_timeout=0.05, **options)
        self.heard: list[discord.Message] = []

    async def on_message(self, message: discord.Message) -> None:
        if message.author == self.user:
            return
        self.heard.append(message)
        await message.channel.send(f"echo: {message.content}")

    async def fetch_dm(self, person: Person) -> discord.DMChannel:
        return await self.create_dm(discord.Object(person.id))
