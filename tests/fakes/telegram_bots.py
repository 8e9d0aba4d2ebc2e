"""The real python-telegram-bot, pointed at the imitation: a bare bot, and one that echoes."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup, Update
from telegram.ext import ApplicationBuilder, CommandHandler, ContextTypes, MessageHandler, filters
from telegram.request import HTTPXRequest

TOKEN = "42:TEST"


@asynccontextmanager
async def talking_bot(url: str, token: str = TOKEN) -> AsyncIterator[Bot]:
    bot = Bot(
        token,
        base_url=f"{url}/bot",
        base_file_url=f"{url}/file/bot",
        request=HTTPXRequest(connection_pool_size=8),
    )
    async with bot:
        yield bot


async def echo(update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
    assert update.message
    await update.message.reply_text(f"echo: {update.message.text}")


async def greet(update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
    assert update.message
    assert update.effective_user
    await update.message.reply_text(f"welcome {update.effective_user.language_code}")


@asynccontextmanager
async def polling_echo(url: str) -> AsyncIterator[None]:
    builder = ApplicationBuilder().token(TOKEN).base_url(f"{url}/bot")
    app = builder.base_file_url(f"{url}/file/bot").concurrent_updates(True).build()
    app.add_handler(CommandHandler("start", greet))
    app.add_handler(MessageHandler(filters.TEXT, echo))
    async with app:
        assert app.updater
        await app.updater.start_polling(timeout=5, allowed_updates=Update.ALL_TYPES)
        await app.start()
        yield
        await app.updater.stop()
        await app.stop()


def keyboard(*buttons: tuple[str, str]) -> InlineKeyboardMarkup:
    return InlineKeyboardMarkup(
        [[InlineKeyboardButton(text, callback_data=data)] for text, data in buttons]
    )
