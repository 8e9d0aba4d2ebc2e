"""The processes of the benchmarks on Discord: its imitation, the desk on it, and a bare echo."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from benchmarks.processes import Fake, controlled

TOKEN = "MTIz.benchmark.token"


@asynccontextmanager
async def fake_discord() -> AsyncIterator[Fake]:
    command = ("-m", "tests.fakes.discord", "--port", "0", "--token", TOKEN)
    async with controlled(*command) as fake:
        await fake.post("limits", {"off": True})
        yield fake


def discord_environment(url: str, data: Path, **more: str) -> dict[str, str]:
    """Without a pace of our own: the imitation's is what is measured."""
    return {
        **os.environ,
        "FRONTDESK_DATA": str(data),
        "FRONTDESK_DISCORD__TOKEN": TOKEN,
        "FRONTDESK_DISCORD__API_URL": f"{url}/api/v10",
        "FRONTDESK_DISCORD__GATEWAY_URL": f"{url.replace('http', 'ws', 1)}/gw/",
        "FRONTDESK_DISCORD__PER_SECOND": "100000",
        "FRONTDESK_DISCORD__PER_ADDRESS": "0",
        "FRONTDESK_MESSAGES_PER_MINUTE": "1000000000",
        "FRONTDESK_LOG_LEVEL": "error",
        **more,
    }


async def start_desk(url: str, data: Path, **more: str) -> asyncio.subprocess.Process:
    environment = discord_environment(url, data, **more)
    return await asyncio.create_subprocess_exec(
        sys.executable, "-m", "frontdesk", "run", env=environment
    )


async def start_echo(url: str) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        sys.executable, "-m", "benchmarks.discord_echo", url, TOKEN
    )
