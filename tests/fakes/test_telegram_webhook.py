"""Webhooks of the imitation of Telegram."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from aiohttp import web
from telegram import (
    Bot,
    Update,
)
from telegram.error import (
    BadRequest,
    Conflict,
)

from tests.fakes.telegram import TelegramFake


@asynccontextmanager
async def webhook_server(secrets: list[str]) -> AsyncIterator[tuple[str, asyncio.Queue[str]]]:
    """Accepts what carries the last of `secrets`; the list may grow meanwhile."""
    texts: asyncio.Queue[str] = asyncio.Queue()

    async def take(request: web.BaseRequest) -> web.Response:
        if request.headers.get("X-Telegram-Bot-Api-Secret-Token") != secrets[-1]:
            return web.Response(status=401)
        update = Update.de_json(await request.json())
        assert update.message
        await texts.put(update.message.text or "")
        return web.Response()

    runner = web.ServerRunner(web.Server(take))
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}/hook", texts
    finally:
        await runner.cleanup()


async def test_a_webhook_gets_every_update_in_order_with_its_secret(
    fake: TelegramFake, bot: Bot
) -> None:
    anna = fake.person(7)
    await anna.says("waited")
    async with webhook_server(["right"]) as (url, texts):
        await bot.set_webhook(url, secret_token="right")
        with pytest.raises(Conflict, match="while webhook is active"):
            await bot.get_updates()
        await anna.says("pushed")
        assert [await texts.get(), await texts.get()] == ["waited", "pushed"]
        await fake.all_confirmed()
        await bot.delete_webhook()
    await anna.says("polled")
    assert len(await bot.get_updates()) == 1


async def test_a_webhook_that_refuses_is_asked_again(fake: TelegramFake, bot: Bot) -> None:
    secrets = ["another"]
    async with webhook_server(secrets) as (url, texts):
        await bot.set_webhook(url, secret_token="right")
        await fake.person(7).says("patience")
        await fake.until(lambda: fake.world.webhook.tries >= 2)
        info = await bot.get_webhook_info()
        assert info.pending_update_count == 1
        assert info.last_error_message == "Wrong response from the webhook: 401"
        secrets.append("right")
        assert await texts.get() == "patience"
        await fake.all_confirmed()


async def test_a_webhook_secret_has_only_plain_characters(fake: TelegramFake, bot: Bot) -> None:
    with pytest.raises(BadRequest, match="Secret token contains unallowed characters"):
        await bot.set_webhook("http://127.0.0.1:1/hook", secret_token="nö")
    with pytest.raises(BadRequest, match="loopback only"):
        await bot.set_webhook("https://example.org/hook")
