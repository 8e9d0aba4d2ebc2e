"""News for 100,000 subscribers becomes rows of the outbox: how long that one transaction takes, for
which everybody else's writing has to wait. On SQLite.

`python -m benchmarks.fanout [--subscribers 100000] [--runs 5]`. Seconds by the clock, which other
work on the machine makes longer, and of the processor.
"""

import argparse
import os
import shutil
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from statistics import median

from sqlmodel import Session

from benchmarks.broadcast import draft, fill, press_of
from core.announcements import life
from core.store import open_engine


def fan_out(data: Path, press: life.Press) -> tuple[float, float]:
    """Seconds by the clock, and of the processor, from the button to the commit."""
    engine = open_engine(f"sqlite:///{data / 'frontdesk.db'}")
    with Session(engine.execution_options(begin="IMMEDIATE"), expire_on_commit=False) as session:
        news = draft(session)
        began, used = time.perf_counter(), time.process_time()
        life.confirm(session, news, press, datetime.now(UTC))
        session.commit()
        took = time.perf_counter() - began, time.process_time() - used
    engine.dispose()
    return took


def main(count: int, runs: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        filled, used = Path(folder) / "filled", Path(folder) / "used"
        filled.mkdir()
        fill(filled, count)
        press, taken = press_of(filled), []
        for _ in range(runs):
            shutil.copytree(filled, used)
            taken.append(fan_out(used, press))
            shutil.rmtree(used)
    clock, processor = (median(column) for column in zip(*taken, strict=True))
    print(
        f"{count:,} subscribers: {clock:.2f} s by the clock, {processor:.2f} s of the processor "
        f"(medians of {runs}; load {os.getloadavg()[0]:.1f})"
    )


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--subscribers", type=int, default=100_000)
    parser.add_argument("--runs", type=int, default=5)
    options = parser.parse_args()
    main(options.subscribers, options.runs)
