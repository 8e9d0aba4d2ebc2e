"""Waiting for a fact that rings no bell: it is looked for again and again, up to a bound."""

import asyncio
import inspect
from collections.abc import Awaitable, Callable

PATIENCE = 30.0
"""Seconds until something that must happen is given up."""
LOOK = 0.01
"""Seconds between two looks."""


async def until(so: Callable[[], bool | Awaitable[bool]], seconds: float = PATIENCE) -> None:
    """Return once it is so. Raises `TimeoutError`."""
    async with asyncio.timeout(seconds):
        while not await is_so(so()):  # noqa: ASYNC110  # nobody sets an event for it
            await asyncio.sleep(LOOK)


async def is_so(answer: bool | Awaitable[bool]) -> bool:
    return await answer if inspect.isawaitable(answer) else bool(answer)
