"""E-mail as a platform: a mailbox of our own over IMAP, and SMTP."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import aclosing
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from secrets import token_hex

from aiohttp import web

from bots.email import ending, files
from bots.email.access import Access
from bots.email.failures import SETTINGS_WAIT, BadLogin, Trouble
from bots.email.hearing import Progress, begin
from bots.email.limits import email_limits
from bots.email.line import Line
from bots.email.listening import Listening, Sleep
from bots.email.mailbox import Mailbox
from bots.email.mailboxes import normal
from bots.email.parse import PLATFORM, Me
from bots.email.post import END_TIMEOUT, Post
from bots.email.render import to_letter
from bots.email.server import Server, read_server
from bots.email.tokens import Tokens
from core.adapter import Adapter, LooksUp, Lookup, Receive, Refused, Retry
from core.i18n import Languages
from core.messages import Address, Attachment, Inbound, Kind, Outbound, Sender
from core.settings import Email, Wrong

END = "news:off"
"""The choice of whoever wants no more news."""


class EmailAdapter(Adapter, LooksUp):
    """`name` is what the desk is called, `key` what proves that a letter answers ours, `data` where
    an OAuth 2.0 token is kept, `public_url` where we are found on the web. Raises `Wrong` for
    settings with which it cannot start.
    """

    platform = PLATFORM

    def __init__(
        self,
        settings: Email,
        name: str,
        key: bytes,
        *,
        data: Path = Path("data"),
        public_url: str = "",
        languages: Languages | None = None,
        sleep: Sleep = asyncio.sleep,
        end_timeout: float = END_TIMEOUT,
    ) -> None:
        self.account = normal(settings.address)
        if not self.account:
            raise Wrong("FRONTDESK_EMAIL__ADDRESS: it should be like help@example.com")
        self.limits = email_limits(settings)
        self._name = name
        self._every = settings.every
        self._sleep = sleep
        self._desk: Lookup | None = None
        self._was_let_in = False
        self._public_url = public_url if languages else ""
        self._languages = languages
        self._tokens = Tokens(key, self.account.rpartition("@")[2])
        self._progress = Progress()
        context = ssl.create_default_context()
        imap, smtp = read_servers(settings)
        access = Access(settings, data, context) if settings.client_id else None
        connect = partial(Mailbox, imap, context, access)
        self._listening, self._fetching = Line(connect, "letters"), Line(connect, "files")
        self._post = Post(smtp, self.account, context, end_timeout, access)

    def look_up(self, desk: Lookup) -> None:
        self._desk = desk

    async def open(self) -> None:
        """Whoever was let in once and is no longer tries again: providers in trouble say that a
        password is wrong, too.
        """
        try:
            await self._listening.call(lambda mailbox: mailbox.validity)
            await self._post.open()
        except (BadLogin, Refused) as bad:
            if self._was_let_in:
                raise Retry(str(bad), SETTINGS_WAIT) from None
            raise Refused(str(bad)) from None
        except Trouble as trouble:
            raise Retry(str(trouble)) from None
        self._was_let_in = True

    async def close(self) -> None:
        await self._post.close()
        await self._listening.close()
        await self._fetching.close()

    async def listen(self, receive: Receive) -> None:
        """Raises `Retry` when the password is no longer accepted: then `open` tells more."""
        me = Me(self.account, self._tokens)
        hearing = await begin(receive, me, self._progress, self._desk)
        await Listening(self._listening, hearing, self._every, self._sleep).run()

    def routes(self, receive: Receive) -> list[web.RouteDef]:
        """Where our news can be ended; none without an https:// address of ours."""
        if self._languages is None or not self._public_url.startswith("https://"):
            return []

        async def end(person: str) -> None:
            address = Address(PLATFORM, self.account, person)
            event, at = f"u:{token_hex(12)}", datetime.now(UTC)
            pressed = Inbound(event, address, Sender(person), at, Kind.PRESS, choice=END)
            await receive(pressed)

        return ending.routes(self._tokens, self._languages, end)

    async def send(self, outbound: Outbound) -> str:
        """The letter's Message-ID."""
        recipient = outbound.address.chat
        if not recipient or normal(recipient) != recipient:
            raise Refused("this is no address")
        if not outbound.file and not (outbound.text + outbound.title).strip():
            raise Refused("there is nothing to say", gone=False)
        message_id = self._tokens.make(outbound.nonce or token_hex(12), recipient)
        date = outbound.written or datetime.now(UTC)
        page = ending.to_link(self._public_url, recipient, message_id)
        letter = to_letter(outbound, self._name, self.account, message_id, date, page)
        await self._post.deliver(recipient, letter)
        return message_id

    async def fetch(self, attachment: Attachment) -> AsyncIterator[bytes]:
        blocks = files.fetch(self._fetching, attachment, self.limits.file_in)
        async with aclosing(blocks) as opened:
            async for block in opened:
                yield block


def read_servers(settings: Email) -> tuple[Server, Server]:
    """Raises `Wrong`."""
    password = settings.password.get_secret_value() if settings.password else ""
    imap = ("FRONTDESK_EMAIL__IMAP_URL", settings.imap_url)
    smtp = ("FRONTDESK_EMAIL__SMTP_URL", settings.smtp_url)
    first, second = (
        read_server(setting, url, settings.address, password) for setting, url in (imap, smtp)
    )
    return first, second
