"""The desk's figures, read by the library of the program that watches it."""

import asyncio
import re
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import aiohttp
from prometheus_client.parser import text_string_to_metric_families

from core.adapter import Receive, Refused
from core.limits import Window
from core.pack import read_pack
from core.settings import Faq, Settings
from frontdesk.app import Parts, open_desk
from frontdesk.running import keep_all, watched
from tests.dialogs.talk import PACK
from tests.fakes.memory import FAST, MemoryAdapter
from tests.faults.trouble import BadDisk
from tests.faults.waiting import until
from tests.frontdesk.commands import surroundings
from web.server import build, serving

METERED = replace(FAST, windows=(Window(15, 900), Window(1440, 86_400)))
Read = dict[tuple[str, ...], float]


class Unwelcome(MemoryAdapter):
    async def listen(self, receive: Receive) -> None:  # noqa: ARG002  # as every platform's
        raise Refused("the token is not accepted")


def read(text: str) -> Read:
    return {
        (sample.name.removeprefix("frontdesk_"), *sample.labels.values()): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


async def ask(url: str) -> tuple[int, str]:
    async with aiohttp.ClientSession() as session, session.get(f"{url}/metrics") as answer:
        return answer.status, await answer.text()


@asynccontextmanager
async def watched_desk(
    data: Path, *adapters: MemoryAdapter
) -> AsyncIterator[tuple[Parts, set[str], str]]:
    settings = Settings(data=data, pack=PACK, faq=Faq(encoder="none"))
    on = {one.platform for one in adapters}
    async with (
        open_desk(settings, read_pack(PACK), adapters) as parts,
        serving(build([watched(parts, on)], parts.is_well), "127.0.0.1", 0) as url,
    ):
        yield parts, on, url


async def test_what_is_said_and_what_is_left_is_told_without_a_word_of_it(tmp_path: Path) -> None:
    adapter = MemoryAdapter(METERED)
    async with watched_desk(tmp_path, adapter) as (parts, _, url):
        listening = asyncio.create_task(adapter.listen(parts.desk.receive))
        adapter.say("my secret question")
        await adapter.all_heard()
        await parts.settle()
        status, text = await ask(url)
        listening.cancel()
    found = read(text)
    assert status == 200
    assert found["sends_left", "memory", "900"] == 14
    assert found["sends_left", "memory", "86400"] == 1439
    assert found["platform_on", "memory"] == 1
    assert found["outbox_waiting", "memory", "relay"] == 0
    assert found["outbox_stuck", "memory", "unknown"] == 0
    assert (found["tickets", "open"], found["tickets_late",]) == (0, 0)
    assert found["last_heard_timestamp_seconds", "memory"] > 1_700_000_000
    assert found["last_sent_timestamp_seconds", "memory"] > 1_700_000_000
    assert found["process_resident_memory_bytes",] > 10_000_000
    assert "secret" not in text


async def test_a_platform_that_refuses_us_is_off_and_the_others_are_on(tmp_path: Path) -> None:
    adapters = [Unwelcome(platform="one"), MemoryAdapter(platform="two")]
    async with watched_desk(tmp_path, *adapters) as (parts, on, url):
        listening = asyncio.create_task(keep_all(list(adapters), parts.desk.receive, on))
        await until(lambda: "one" not in on)
        found = read((await ask(url))[1])
        listening.cancel()
    assert (found["platform_on", "one"], found["platform_on", "two"]) == (0, 1)


async def test_without_a_database_nothing_is_told(tmp_path: Path) -> None:
    async with watched_desk(tmp_path, MemoryAdapter()) as (parts, _, url):
        disk = BadDisk(parts.store.engine)
        disk.strike(1, count=1000)
        assert await ask(url) == (503, "the database does not answer\n")
        disk.heal()
        assert (await ask(url))[0] == 200


async def test_the_program_serves_them_by_a_setting(tmp_path: Path) -> None:
    chosen = {
        "FRONTDESK_PACK": str(PACK),
        "FRONTDESK_TELEGRAM__TOKEN": "42:TEST",
        "FRONTDESK_TELEGRAM__API_URL": "http://127.0.0.1:1",
        "FRONTDESK_FAQ__ENCODER": "none",
        "FRONTDESK_WEB__METRICS": "1",
        "FRONTDESK_WEB__PORT": "0",
    }
    desk = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "frontdesk", "run",
        cwd=tmp_path, env=surroundings(tmp_path, **chosen), stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    try:
        async with asyncio.timeout(60):
            url = await find_url(desk)
            async with aiohttp.ClientSession() as session, session.get(f"{url}/health") as answer:
                assert answer.status == 200
            found = read((await ask(url))[1])
    finally:
        desk.kill()
        await desk.communicate()
    assert (found["platform_on", "telegram"], found["platform_on", "terminal"]) == (1, 1)


async def find_url(desk: asyncio.subprocess.Process) -> str:
    assert desk.stderr
    async for line in desk.stderr:
        if found := re.search(rb"serving /health /metrics \(url='(http://127\.0\.0\.1:\d+)'", line):
            return found[1].decode()
    raise AssertionError("it ended without serving")
