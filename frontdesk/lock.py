"""One desk for one data folder: two processes that both send would say everything twice."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path


class Taken(Exception):
    """Another desk runs on this folder."""


@contextmanager
def hold(folder: Path) -> Iterator[None]:
    """Hold the folder until the block ends, however it ends. Raises `Taken`."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "desk.lock").open("a+") as file:
        try:
            take(file.fileno())
        except OSError:
            file.seek(0)
            raise Taken(
                f"A desk already runs on {folder} (process {file.read().strip() or 'unknown'}). "
                "Stop it first, or set FRONTDESK_DATA to another folder."
            ) from None
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        yield
        with suppress(OSError):
            file.truncate(0)


if sys.platform == "win32":
    import msvcrt

    def take(descriptor: int) -> None:
        msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
else:
    import fcntl

    def take(descriptor: int) -> None:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
