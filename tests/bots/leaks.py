"""All that an adapter shows of what fails: errors with their causes, and the log."""

import traceback
from collections.abc import Awaitable, Callable, Iterable
from logging import LogRecord


async def failures_of(acts: Iterable[Callable[[], Awaitable[object]]]) -> list[BaseException]:
    """How each that fails did."""
    raised: list[BaseException] = []
    for act in acts:
        try:
            await act()
        except Exception as error:
            raised.append(error)
    return raised


def all_that_shows(raised: Iterable[BaseException], records: Iterable[LogRecord]) -> str:
    waiting = list(raised)
    shown = ["".join(traceback.format_exception(error)) for error in waiting]
    while waiting:
        error = waiting.pop()
        shown.append(repr(error) + str(error.args))
        waiting += [cause for cause in (error.__cause__, error.__context__) if cause]
    return "".join([*shown, *(f"{one.getMessage()} {one.__dict__}" for one in records)])
