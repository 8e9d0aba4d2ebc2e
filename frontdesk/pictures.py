"""Files that are drawn when they are sent, among those that are kept."""

import asyncio
from collections.abc import AsyncIterator

from core.delivery.attempt import OpenFile
from core.stats_picture import SCHEME, draw, from_name


def with_pictures(open_kept: OpenFile) -> OpenFile:
    """Opens both kinds."""

    async def open_file(name: str) -> AsyncIterator[bytes]:
        if name.startswith(SCHEME):
            yield await asyncio.to_thread(draw, from_name(name))
        else:
            async for block in open_kept(name):
                yield block

    return open_file
