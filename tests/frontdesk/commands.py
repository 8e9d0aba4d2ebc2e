"""The real program, run as a person runs it, and its commands without a process of their own."""

import os
import subprocess
import sys
from contextlib import chdir
from pathlib import Path
from tempfile import gettempdir

from typer.testing import CliRunner, Result

from core.settings import ROOT
from frontdesk.cli import cli

UNPACKED = Path(gettempdir()) / f"frontdesk-tests-{os.getuid()}"
"""The encoder as a desk keeps it: 82 MB and some seconds, once for all tests and runs."""

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


def command(data: Path, *arguments: str, **more: str) -> Result:
    """One command in this process: quick, for those that neither log nor run a desk."""
    with chdir(data):
        ended = CliRunner().invoke(cli, arguments, env=surroundings(data, **more))
    assert ended.exception is None or isinstance(ended.exception, SystemExit)
    return ended


def surroundings(data: Path, **more: str) -> dict[str, str]:
    """The environment of a desk in this folder, set up as `more` says and no otherwise."""
    share_encoder(data)
    kept = {name: value for name, value in os.environ.items() if not name.startswith("FRONTDESK_")}
    return {**kept, "FRONTDESK_DATA": str(data), "PYTHONPATH": str(ROOT), **more}


def share_encoder(data: Path) -> None:
    if data.is_dir() and not os.path.lexists(data / "encoder"):
        UNPACKED.mkdir(mode=0o700, exist_ok=True)
        (data / "encoder").symlink_to(UNPACKED)
