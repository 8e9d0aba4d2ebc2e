"""Waiting for a fact instead of sleeping: a condition is looked at again after everything that
happens.
"""

import asyncio
from collections.abc import Callable

Condition = Callable[[], bool]


class Bell:
    """Rung after each event; wakes those whose condition has come true."""

    def __init__(self) -> None:
        self._waiting: list[tuple[Condition, asyncio.Future[None]]] = []

    def ring(self) -> None:
        for condition, future in self._waiting:
            if not future.done() and condition():
                future.set_result(None)

    async def until(self, condition: Condition, timeout: float = 5.0) -> None:
        """Returns once `condition()` is true. Raises `TimeoutError` after `timeout` seconds."""
        if condition():
            return
        entry = (condition, asyncio.get_running_loop().create_future())
        self._waiting.append(entry)
        try:
            async with asyncio.timeout(timeout):
                await entry[1]
        finally:
            self._waiting.remove(entry)
