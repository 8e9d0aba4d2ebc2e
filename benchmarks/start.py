"""From the start of the program to the first answer. `python -m benchmarks.start`."""

import asyncio
import tempfile
import time
from compileall import compile_dir
from pathlib import Path
from statistics import median

from benchmarks.processes import Fake, cpu_seconds, fake_telegram, running, start_desk
from benchmarks.questions import unseen
from core.settings import ROOT

RUNS = 5


async def measure(fake: Fake, data: Path, number: int, text: str) -> tuple[float, float]:
    """A message is waiting when the program starts. Seconds by the clock and of the processor."""
    await fake.post("backlog", {"messages": 1, "chats": 1, "texts": [text]})
    began = time.perf_counter()
    async with running(await start_desk(fake.url, data)) as process:
        await fake.get(f"wait?sends={number}")
        return time.perf_counter() - began, cpu_seconds(process)


async def main() -> None:
    for package in ("bots", "core", "frontdesk", "web"):  # as an installed program is
        compile_dir(ROOT / package, quiet=1)
    with tempfile.TemporaryDirectory() as folder:
        async with fake_telegram() as fake:
            first, *others = [
                await measure(fake, Path(folder), number, text)
                for number, text in enumerate(unseen(RUNS + 1, 1), 1)
            ]
    times, work = (median(one) for one in zip(*others, strict=True))
    print(f"new folder {first[0]:.2f} s, {first[1]:.2f} s of the processor")
    print(f"then medians of {RUNS}: {times:.2f} s, {work:.2f} s of the processor")


if __name__ == "__main__":
    asyncio.run(main())
