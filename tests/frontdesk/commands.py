"""The real program, run as a person runs it."""

import os
import subprocess
import sys
from pathlib import Path

Ended = subprocess.CompletedProcess[str]


def frontdesk(data: Path, *arguments: str, said: str = "", **more: str) -> Ended:
    """One command on the data folder, with `said` typed into it."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("FRONTDESK_")}
    return subprocess.run(
        [sys.executable, "-m", "frontdesk", *arguments],
        input=said,
        capture_output=True,
        text=True,
        timeout=50,
        check=False,
        cwd=data,
        env={**kept, "FRONTDESK_DATA": str(data), "PYTHONPATH": str(Path.cwd()), **more},
    )
