"""Telegram as a platform: the Bot API, by polling or by webhook."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import aclosing, suppress
from datetime import UTC, datetime
from functools import partial
from typing import Any, TypeVar

from aiohttp import web
from telegram import BotCommandScopeChat
from telegram.error import TelegramError

from bots.telegram.failures import Denied, to_delivery_error, to_start_error
from bots.telegram.kept_files import KeptFiles
from bots.telegram.limits import FILE_LIMIT, telegram_limits
from bots.telegram.parse import KINDS, PLATFORM, Me, Unreadable, to_inbound
from bots.telegram.polling import Polling, Sleep
from bots.telegram.purse import Purse
from bots.telegram.rooms import Rooms
from bots.telegram.saying import change, say, take_back
from bots.telegram.transport import WireBot
from bots.telegram.webhook import PATH, webhook_route
from core.adapter import (
    Adapter,
    Commands,
    DeliveryError,
    Edits,
    FetchError,
    Gone,
    HasGroups,
    KeepsFiles,
    OpensRooms,
    Publishes,
    Receive,
    Refused,
    ShowsCommands,
    TooLarge,
    Withdraws,
)
from core.messages import Address, Attachment, Outbound
from core.settings import Telegram, Wrong

log = logging.getLogger(__name__)

T = TypeVar("T")
Offered = Mapping[str, Sequence[tuple[str, str]]]
"""For each language the commands with what they do. The first is shown to all other languages."""

POLL_SECONDS = 30
POLL_GRACE = 10.0
COMMANDS_TIMEOUT = 5.0


class TelegramAdapter(
    Adapter, Edits, Withdraws, OpensRooms, Publishes, ShowsCommands, HasGroups, KeepsFiles
):
    """Polls, or, with a webhook secret set, is called at `routes`. Raises `Wrong` for settings
    with which it cannot start.
    """

    platform = PLATFORM
    account = ""

    def __init__(
        self,
        settings: Telegram,
        public_url: str = "",
        commands: Offered | None = None,
        *,
        sleep: Sleep = asyncio.sleep,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        if settings.token is None:
            raise Wrong("FRONTDESK_TELEGRAM__TOKEN: it is not set")
        secret = settings.webhook_secret
        if secret and not public_url.startswith("https://"):
            raise Wrong(
                "FRONTDESK_WEB__PUBLIC_URL: a webhook needs the https:// address at which "
                "Telegram reaches this desk; without FRONTDESK_TELEGRAM__WEBHOOK_SECRET the desk "
                "polls and needs no address"
            )
        self.limits = telegram_limits(settings)
        self._bot = WireBot(settings.api_url.rstrip("/"), settings.token.get_secret_value())
        self._secret = secret.get_secret_value() if secret else ""
        self._webhook_url = public_url.rstrip("/") + PATH
        self._commands = commands or {}
        self._sleep = sleep
        self._clock = clock
        self._me = Me("", "")
        self._staff_chat = settings.staff_chat
        self._news_chat = settings.news_chat
        self._rooms = Rooms(self._bot, settings.staff_chat)
        self._purse = Purse(clock) if self.limits.price else None
        self._files = KeptFiles()
        self._answering: set[asyncio.Task[None]] = set()

    async def open(self) -> None:
        me = await ask(self._bot.get_me())
        self.account = str(me.id)
        self._me = Me(self.account, me.username or "", self._staff_chat)
        if self._secret:
            await ask(
                self._bot.set_webhook(
                    self._webhook_url, secret_token=self._secret, allowed_updates=KINDS
                )
            )
        await self._show_commands()
        await self._rooms.look(self._me)
        if self.limits.price:
            await self._tell_balance()

    async def _show_commands(self) -> None:
        """A menu of commands is a nicety: without it the desk works all the same."""
        default = next(iter(self._commands.values()), None)
        shown = [(tag.partition("-")[0], named) for tag, named in self._commands.items()]
        for code, named in [("", default), *shown] if default else []:
            try:
                await self._bot.set_my_commands(
                    named, language_code=code or None, read_timeout=COMMANDS_TIMEOUT
                )
            except TelegramError as error:
                log.warning("the commands are not shown", extra={"error": str(error)})
                return

    async def _tell_balance(self) -> None:
        try:
            stars = await self._bot.get_my_star_balance()
        except TelegramError as error:
            log.warning("the bot's Stars are not known", extra={"error": str(error)})
            return
        say_it = log.info if stars.amount > 0 else log.warning
        say_it("messages beyond the usual pace are paid for", extra={"stars": stars.amount})

    async def close(self) -> None:
        for task in self._answering:
            task.cancel()
        await asyncio.gather(*self._answering, return_exceptions=True)
        await self._bot.hang_up()

    async def listen(self, receive: Receive) -> None:
        """Raises `Refused` when the token is no longer accepted, `Retry` when it cannot begin.
        With a webhook it only waits: what comes arrives through `routes`.
        """
        if self._secret:
            await asyncio.Event().wait()
        await ask(self._bot.delete_webhook())
        await Polling(self._poll, partial(self._take, receive), self._sleep).run()

    async def _poll(self, offset: int, limit: int) -> Any:
        asked = {"limit": limit, "timeout": POLL_SECONDS, "allowed_updates": KINDS}
        if offset:
            asked["offset"] = offset
        return await self._bot.call("getUpdates", asked, POLL_SECONDS + POLL_GRACE)

    def routes(self, receive: Receive) -> list[web.RouteDef]:
        """Where Telegram calls us; none without a webhook secret. Before `open` ended it is told
        to come again.
        """
        take = partial(self._take, receive)
        return [webhook_route(self._secret, take)] if self._secret else []

    async def _take(self, receive: Receive, raw: dict[str, Any]) -> None:
        if not self.account:
            raise ConnectionError("Telegram has not told who we are")
        try:
            inbound = to_inbound(raw, self._me, self._clock())
        except Unreadable:
            log.warning("an update was not understood", extra={"update": raw["update_id"]})
            return
        self._rooms.note(raw)
        if inbound:
            await receive(inbound)
        self._end_press(raw.get("callback_query"))

    def _end_press(self, query: object) -> None:
        """Stop the button's spinning. Old presses can no longer be answered: no matter."""
        if isinstance(query, dict) and isinstance(query.get("id"), str):
            task = asyncio.create_task(quietly(self._bot.answer_callback_query(query["id"])))
            self._answering.add(task)
            task.add_done_callback(self._answering.discard)

    async def send(self, outbound: Outbound) -> str:
        if outbound.file is None and not (outbound.text + outbound.title).strip():
            raise Refused("there is nothing to say", gone=False)
        in_room = self._rooms.holds(outbound.address)
        purse = self._purse if outbound.address.chat.isdecimal() else None
        try:
            return await say(self._bot, outbound, self._files, only_in_topic=in_room, purse=purse)
        except TelegramError as error:
            raise self._explain(error, outbound.address) from None

    def has_file(self, stored_as: str) -> bool:
        return self._files.find(stored_as) is not None

    async def edit(self, outbound: Outbound, message: str) -> None:
        try:
            await change(self._bot, outbound, message_number(message))
        except TelegramError as error:
            raise self._explain(error, outbound.address) from None

    async def withdraw(self, address: Address, message: str) -> None:
        try:
            await take_back(self._bot, address.chat, message_number(message))
        except TelegramError as error:
            raise self._explain(error, address) from None

    def _explain(self, error: TelegramError, address: Address) -> DeliveryError:
        in_room = self._rooms.holds(address)
        return self._rooms.explain(error) if in_room else to_delivery_error(error)

    @property
    def has_rooms(self) -> bool:
        return bool(self._staff_chat)

    async def open_room(self, title: str) -> Address:
        return await self._rooms.open(title, self._me)

    async def show_commands(self, address: Address, commands: Commands) -> None:
        """https://core.telegram.org/bots/api#botcommandscope"""
        scope = BotCommandScopeChat(address.chat)
        try:
            if commands:
                await self._bot.set_my_commands(commands, scope=scope)
            else:
                await self._bot.delete_my_commands(scope=scope)
        except TelegramError as error:
            raise to_delivery_error(error) from None

    def is_group(self, address: Address) -> bool:
        """Channels are paced as groups: https://core.telegram.org/bots/faq, on limits."""
        return address.chat.startswith(("-", "@"))

    @property
    def public_place(self) -> Address | None:
        place = self._news_chat
        return Address(PLATFORM, self.account, place) if place else None

    async def fetch(self, attachment: Attachment) -> AsyncIterator[bytes]:
        try:
            async with aclosing(self._bot.file(attachment.handle)) as blocks:
                async for block in blocks:
                    yield block
        except TelegramError as error:
            raise to_fetch_error(error) from None


def message_number(message: str) -> int:
    """Raises `Refused` for what is no message of Telegram's."""
    if not message.isdecimal():
        raise Refused("Telegram has no such message", gone=False)
    return int(message)


async def ask(call: Awaitable[T]) -> T:
    """A call without which nothing works. Raises `Retry` or `Refused`."""
    try:
        return await call
    except TelegramError as error:
        raise to_start_error(error) from None


async def quietly(call: Awaitable[object]) -> None:
    with suppress(TelegramError):
        await call


def to_fetch_error(error: TelegramError) -> FetchError:
    if isinstance(error, Denied):
        if error.says(("file is too big",)):
            return TooLarge(FILE_LIMIT)
        unknown = error.status == 404 and not error.words  # at the file's own address
        if unknown or error.says(("invalid file_id",)):
            return Gone("Telegram no longer has the file")
    return FetchError(f"Telegram did not give the file ({error})")
