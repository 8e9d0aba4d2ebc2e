"""The processes of a benchmark: the Bot API's imitation, the desk, and what it is held against."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import psutil

TOKEN = "4200000000:benchmark-benchmark-benchmark-1234"


class Fake:
    """The imitation's control door."""

    def __init__(self, url: str, session: aiohttp.ClientSession) -> None:
        self.url = url
        self._session = session

    async def post(self, path: str, body: dict[str, Any]) -> Any:
        async with self._session.post(f"{self.url}/control/{path}", json=body) as answer:
            answer.raise_for_status()
            return await answer.json()

    async def get(self, path: str) -> Any:
        async with self._session.get(f"{self.url}/control/{path}") as answer:
            answer.raise_for_status()
            return await answer.json()


@asynccontextmanager
async def controlled(*command: str) -> AsyncIterator[Fake]:
    """An imitation in a process of its own, which tells its URL first."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, *command, stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout
    url = (await process.stdout.readline()).decode().strip()
    timeout = aiohttp.ClientTimeout(total=600)
    try:
        async with aiohttp.ClientSession(timeout=timeout) as session:
            yield Fake(url, session)
    finally:
        process.kill()
        await process.wait()


@asynccontextmanager
async def fake_telegram() -> AsyncIterator[Fake]:
    command = ("-m", "tests.fakes.telegram", "--port", "0", "--token", TOKEN)
    async with controlled(*command) as fake:
        yield fake


def desk_environment(url: str, data: Path, **more: str) -> dict[str, str]:
    """Without a pace of our own: the imitation's is what is measured."""
    return {
        **os.environ,
        "PYTHONDONTWRITEBYTECODE": "",  # an installed program is compiled once, not at each start
        "FRONTDESK_DATA": str(data),
        "FRONTDESK_TELEGRAM__TOKEN": TOKEN,
        "FRONTDESK_TELEGRAM__API_URL": url,
        "FRONTDESK_TELEGRAM__PER_SECOND": "100000",
        "FRONTDESK_TELEGRAM__PER_CHAT": "0",
        "FRONTDESK_MESSAGES_PER_MINUTE": "1000000000",
        "FRONTDESK_LOG_LEVEL": "error",
        **more,
    }


async def start_desk(url: str, data: Path, **more: str) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        sys.executable, "-m", "frontdesk", "run", env=desk_environment(url, data, **more)
    )


async def start_echo(url: str) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(sys.executable, "-m", "benchmarks.echo", url, TOKEN)


@asynccontextmanager
async def running(process: asyncio.subprocess.Process) -> AsyncIterator[psutil.Process]:
    try:
        yield psutil.Process(process.pid)
    finally:
        if process.returncode is None:
            process.terminate()
            await asyncio.wait_for(process.wait(), 20)


def cpu_seconds(process: psutil.Process) -> float:
    times = process.cpu_times()
    return float(times.user + times.system)


def peak_mib(process: psutil.Process) -> float:
    """The largest resident size so far, from the kernel's own account."""
    for line in Path(f"/proc/{process.pid}/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) / 1024
    return float("nan")
