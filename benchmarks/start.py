"""From the start of the program to the first answer. `python -m benchmarks.start`."""

import asyncio
import tempfile
import time
from pathlib import Path
from statistics import median

from benchmarks.processes import Fake, fake_telegram, running, start_desk
from benchmarks.questions import unseen

RUNS = 5


async def measure(fake: Fake, data: Path, number: int, text: str) -> float:
    """A message is waiting when the program starts."""
    await fake.post("backlog", {"messages": 1, "chats": 1, "texts": [text]})
    began = time.perf_counter()
    async with running(await start_desk(fake.url, data)):
        await fake.get(f"wait?sends={number}")
        return time.perf_counter() - began


async def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        async with fake_telegram() as fake:
            first, *times = [
                await measure(fake, Path(folder), number, text)
                for number, text in enumerate(unseen(RUNS + 1, 1), 1)
            ]
    print(f"new folder {first:.2f} s; then median {median(times):.2f} s of {RUNS}")


if __name__ == "__main__":
    asyncio.run(main())
