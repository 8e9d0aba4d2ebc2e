"""From the start of the program to the first answer. `python -m benchmarks.start`."""

import asyncio
import tempfile
import time
from pathlib import Path
from statistics import median

from benchmarks.processes import fake_telegram, running, start_desk
from benchmarks.questions import unseen

RUNS = 5


async def measure(data: Path, text: str) -> float:
    """A message is waiting when the program starts."""
    async with fake_telegram() as fake:
        await fake.post("backlog", {"messages": 1, "chats": 1, "texts": [text]})
        began = time.perf_counter()
        async with running(await start_desk(fake.url, data)):
            await fake.get("wait?sends=1")
            return time.perf_counter() - began


async def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        first = await measure(Path(folder), "password forgotten")
        times = [await measure(Path(folder), text) for text in unseen(RUNS, 1)]
    print(f"new folder {first:.2f} s; then median {median(times):.2f} s of {RUNS}")


if __name__ == "__main__":
    asyncio.run(main())
