"""A visit from a terminal to a desk that runs elsewhere on this machine."""

import asyncio
from pathlib import Path

from bots.terminal.parse import NoSuchFile, attached
from bots.terminal.render import ENGLISH, explain, printable, to_text
from bots.terminal.saving import Saved
from bots.terminal.screen import Screen
from bots.terminal.wire import LONGEST, Garbled, Message, TooLong, encode, read, words
from core.i18n import Speech, mark

ENDED = mark("The desk has ended without a word.")


class NobodyThere(Exception):
    """No desk listens at that socket."""


class Parted(Exception):
    """The desk ended the visit. Its words say why."""


async def visit(
    path: Path, name: str, language: str, screen: Screen, speech: Speech = ENGLISH
) -> None:
    """Until the input ends. Raises `NobodyThere` and `Parted`."""
    try:
        reader, writer = await asyncio.open_unix_connection(str(path), limit=LONGEST)
    except OSError:
        raise NobodyThere from None
    call = Call(reader, writer, screen, speech)
    sides = [asyncio.create_task(call.hear()), asyncio.create_task(call.talk(name, language))]
    try:
        done, _ = await asyncio.wait(sides, return_when=asyncio.FIRST_COMPLETED)
        for side in done:
            side.result()
    finally:
        for side in sides:
            side.cancel()
        await asyncio.gather(*sides, return_exceptions=True)
        writer.close()


class Call:
    def __init__(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        screen: Screen,
        speech: Speech,
    ) -> None:
        self._speech = speech
        self._reader = reader
        self._writer = writer
        self._screen = screen
        self._shown: set[str] = set()
        self._done = asyncio.Event()

    async def talk(self, name: str, language: str) -> None:
        await self._say({"is": "hello", "name": name, "language": language})
        while (line := await self._screen.ask()) is not None:
            if line.strip():
                await self._put(line)

    async def _put(self, line: str) -> None:
        try:
            paths = attached(line)
            await self._say(
                {"is": "attach", "paths": paths} if paths else {"is": "say", "text": line}
            )
        except NoSuchFile as missing:
            self._screen.show(explain(missing, self._speech))
        except TooLong:
            self._screen.show(
                self._speech.t("That line is too long. Please send it in parts, or as a file.")
            )

    async def _say(self, message: Message) -> None:
        """And wait until the desk has said all that follows from it."""
        line = encode(message)
        self._done.clear()
        self._writer.write(line)
        await self._done.wait()

    async def hear(self) -> None:
        try:
            while message := await read(self._reader):
                self._take(message)
        except Garbled:
            raise Parted(
                self._speech.t("The desk said what no desk says: do both run the same version?")
            ) from None
        raise Parted(self._speech.t(ENDED))

    def _take(self, message: Message) -> None:
        match message.get("is"):
            case "show":
                self._show(message)
            case "done":
                self._done.set()
            case "failed":
                self._screen.show(printable(words(message, "why")))
                self._done.set()
            case "sorry" | "bye":
                raise Parted(printable(words(message, "why")))
            case _:
                raise Garbled

    def _show(self, message: Message) -> None:
        """Once, however often it is sent."""
        key, file = words(message, "id"), message.get("file")
        if key not in self._shown:
            self._shown.add(key)
            saved = Saved(*file) if isinstance(file, list) else None
            title, text = words(message, "title"), words(message, "text")
            colours = self._screen.prompts
            self._screen.show(to_text(title, text, saved, colours=colours, speech=self._speech))
        self._writer.write(encode({"is": "seen", "id": key}))
