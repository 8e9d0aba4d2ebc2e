"""Somebody at a terminal, as the desk knows them while they are there."""

import asyncio
from datetime import datetime
from pathlib import Path
from uuid import uuid4

from bots.terminal.parse import NoSuchFile, to_attachment
from bots.terminal.render import explain
from bots.terminal.saving import Saved
from bots.terminal.wire import Garbled, Message, encode, words
from core.cleaning import clean_line
from core.i18n import Speech
from core.messages import Address, Inbound, Sender

NAME, TAG = 64, 35
"""Longest name, and longest tag of a language, in characters."""


class Visitor:
    """What is shown counts once their terminal says that it was."""

    def __init__(
        self, address: Address, language: str, writer: asyncio.StreamWriter, speech: Speech
    ) -> None:
        self.address = address
        self.speech = speech
        self._sender = Sender(address.chat, address.chat, language)
        self._writer = writer
        self._unseen: dict[str, asyncio.Future[None]] = {}
        self._gone = False

    def tell(self, message: Message) -> None:
        if not self._writer.is_closing():
            self._writer.write(encode(message))

    async def show(self, key: str, title: str, text: str, saved: Saved | None) -> None:
        """Raises `ConnectionError` when they have gone."""
        if self._gone:
            raise ConnectionResetError
        seen = self._unseen[key] = asyncio.get_running_loop().create_future()
        file = list(saved) if saved else None
        try:
            self.tell({"is": "show", "id": key, "title": title, "text": text, "file": file})
            await self._writer.drain()
            await seen
        finally:
            self._unseen.pop(key, None)

    def confirm(self, message: Message) -> None:
        seen = self._unseen.get(words(message, "id"))
        if seen and not seen.done():
            seen.set_result(None)

    def leave(self) -> None:
        self._gone = True
        for seen in self._unseen.values():
            if not seen.done():
                seen.set_exception(ConnectionResetError())

    def understand(self, message: Message, at: datetime) -> tuple[Inbound | None, str]:
        """What they did, or why that is nothing. Raises `Garbled`."""
        event, kind = uuid4().hex, message.get("is")
        if kind == "say":
            text = words(message, "text")
            return Inbound(event, self.address, self._sender, at, text=text, message=event), ""
        paths = message.get("paths")
        if kind != "attach" or not isinstance(paths, list):
            raise Garbled
        try:
            files = tuple(to_attachment(path) for path in map(absolute, paths))
        except NoSuchFile as missing:
            return None, explain(missing, self.speech)
        return Inbound(event, self.address, self._sender, at, attachments=files, message=event), ""


def named(hello: Message) -> tuple[str, str]:
    """Name and language. Raises `Garbled`."""
    name = clean_line(words(hello, "name"), NAME)
    if hello.get("is") != "hello" or not name:
        raise Garbled
    return name, clean_line(words(hello, "language"), TAG)


def absolute(path: object) -> str:
    """Only they know in which folder they stand."""
    if not isinstance(path, str) or not Path(path).is_absolute():
        raise Garbled
    return path
