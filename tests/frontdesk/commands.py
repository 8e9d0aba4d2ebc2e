"""The real program, run as a person runs it."""

import os
import subprocess
import sys
from pathlib import Path

from core.settings import ROOT

Ended = subprocess.CompletedProcess[str]


def frontdesk(data: Path, *arguments: str, said: str = "", **more: str) -> Ended:
    """One command on the data folder, with `said` typed into it. A half character is a byte."""
    return subprocess.run(
        [sys.executable, "-m", "frontdesk", *arguments],
        input=said,
        capture_output=True,
        encoding="utf-8",
        errors="surrogateescape",
        timeout=50,
        check=False,
        cwd=data,
        env=surroundings(data, **more),
    )


def surroundings(data: Path, **more: str) -> dict[str, str]:
    """The environment of a desk in this folder, set up as `more` says and no otherwise."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("FRONTDESK_")}
    return {**kept, "FRONTDESK_DATA": str(data), "PYTHONPATH": str(ROOT), **more}
