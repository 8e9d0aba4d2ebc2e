"""What a broadcast is compared with: python-telegram-bot alone, in two usual ways."""

import asyncio
import sys
from typing import Any

from telegram.error import RetryAfter
from telegram.ext import Application, ExtBot
from telegram.request import HTTPXRequest

AT_ONCE = 32
TRIES = 20


async def send_again(bot: ExtBot[Any], chats: range) -> None:
    """Some at once, each trying again after the time that the platform names."""
    waiting = iter(chats)

    async def work() -> None:
        for chat in waiting:
            while True:
                try:
                    await bot.send_message(chat, "It starts faster.")
                    break
                except RetryAfter as later:
                    await asyncio.sleep(float(later.retry_after))  # type: ignore[arg-type]  # seconds, as set

    await asyncio.gather(*(work() for _ in range(AT_ONCE)))


async def send_limited(bot: ExtBot[Any], chats: range) -> None:
    await asyncio.gather(*(bot.send_message(chat, "It starts faster.") for chat in chats))


async def main(url: str, token: str, mode: str, first: int, count: int, per_second: int) -> None:
    builder: Any = Application.builder().token(token).base_url(f"{url}/bot")
    builder = builder.request(HTTPXRequest(connection_pool_size=256, pool_timeout=300))
    if mode == "limiter":
        from telegram.ext import AIORateLimiter

        builder = builder.rate_limiter(
            AIORateLimiter(overall_max_rate=per_second, overall_time_period=1, max_retries=TRIES)
        )
    application = builder.build()
    async with application.bot as bot:
        send = send_limited if mode == "limiter" else send_again
        await send(bot, range(first + 1, first + count + 1))


if __name__ == "__main__":
    url, token, mode, *numbers = sys.argv[1:]
    asyncio.run(main(url, token, mode, *map(int, numbers)))
