"""Files that somebody at a terminal attaches: they are read where they lie."""

import asyncio
import os
from collections.abc import AsyncIterator
from pathlib import Path

from core.adapter import FetchError, Gone, TooLarge
from core.messages import Attachment

BLOCK = 256 * 1024


async def read_file(attachment: Attachment, limit: int) -> AsyncIterator[bytes]:
    """Raises `FetchError`."""
    try:
        with await asyncio.to_thread(Path(attachment.handle).open, "rb") as file:
            if os.fstat(file.fileno()).st_size > limit:
                raise TooLarge(limit)
            while block := await asyncio.to_thread(file.read, BLOCK):
                yield block
    except FileNotFoundError as error:
        raise Gone("the file is no longer there") from error
    except OSError as error:
        raise FetchError(f"the file cannot be read: {error.strerror}") from error
