"""Answers a second: the whole durable path against a bare echo, on the same imitation in one run.

32 chats, each waiting for its answer before it writes again. `python -m benchmarks.throughput`.
"""

import asyncio
import tempfile
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.processes import (
    Fake,
    cpu_seconds,
    fake_telegram,
    peak_mib,
    running,
    start_desk,
    start_echo,
)
from benchmarks.questions import repeated, unseen

CHATS = 32
MESSAGES = 3000
WARM_UP = 200
RUNS = 3


@dataclass(frozen=True, slots=True)
class Figure:
    per_second: float
    cpu_ms: float
    peak: float
    p50: float
    p99: float


async def drive(fake: Fake, process: Any, texts: list[str]) -> Figure:
    await converse(fake, texts[:WARM_UP])
    before = cpu_seconds(process)
    result = await converse(fake, texts[WARM_UP:])
    if result["unanswered"]:
        raise RuntimeError(f"{result['unanswered']} messages went unanswered")
    cpu = (cpu_seconds(process) - before) * 1000 / MESSAGES
    return Figure(
        result["answers_per_second"], cpu, peak_mib(process), result["p50_ms"], result["p99_ms"]
    )


async def converse(fake: Fake, texts: list[str]) -> Any:
    return await fake.post("drive", {"chats": CHATS, "messages": len(texts), "texts": texts})


async def measure_echo(run: int) -> Figure:
    async with fake_telegram() as fake, running(await start_echo(fake.url)) as process:
        return await drive(fake, process, unseen(WARM_UP + MESSAGES, run))


async def measure_desk(texts: list[str]) -> Figure:
    """On any day but the first: the very first start also reads the pack and learns it."""
    with tempfile.TemporaryDirectory() as folder:
        async with fake_telegram() as fake:
            async with running(await start_desk(fake.url, Path(folder))) as first:
                await converse(fake, ["hello"])
                print(f"  peak of the very first start: {peak_mib(first):.0f} MiB")
            async with running(await start_desk(fake.url, Path(folder))) as process:
                return await drive(fake, process, texts)


async def main() -> None:
    total = WARM_UP + MESSAGES
    rows: dict[str, list[Figure]] = {"bare echo": [], "desk, unseen": [], "desk, repeated": []}
    for run in range(RUNS):
        rows["bare echo"].append(await measure_echo(run))
        rows["desk, unseen"].append(await measure_desk(unseen(total, run)))
        rows["desk, repeated"].append(await measure_desk(repeated(total, run)))
    report(rows)


def report(rows: dict[str, list[Figure]]) -> None:
    base = median(one.per_second for one in rows["bare echo"])
    print(" " * 16 + " answers/s  ratio  CPU ms  peak MiB  p50 ms  p99 ms")
    for name, figures in rows.items():
        speed = median(one.per_second for one in figures)
        cells = [median(getattr(one, cell) for one in figures) for cell in ("cpu_ms", "peak")]
        waits = [median(getattr(one, cell) for one in figures) for cell in ("p50", "p99")]
        print(
            f"{name:16}{speed:10.0f}{speed / base:7.2f}{cells[0]:8.2f}{cells[1]:10.0f}"
            f"{waits[0]:8.1f}{waits[1]:8.1f}"
        )


if __name__ == "__main__":
    asyncio.run(main())
