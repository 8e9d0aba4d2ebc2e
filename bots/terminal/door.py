"""A running desk's door: terminals of the same user come in through a socket in the data folder."""

import asyncio
import logging
import os
import socket
import struct
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Protocol
from uuid import uuid4

from bots.terminal.adapter import LIMITS
from bots.terminal.attached import read_file
from bots.terminal.render import ENGLISH
from bots.terminal.saving import save
from bots.terminal.visitor import Visitor, named
from bots.terminal.wire import LONGEST, Garbled, read
from core.adapter import Absent, Adapter, Receive, Refused
from core.i18n import Speech, mark
from core.messages import Address, Attachment, Outbound

log = logging.getLogger(__name__)

SOCKET = "terminal.sock"
PATH = 103
"""Longest path of a socket, in bytes, that every system takes (sun_path in sys/un.h)."""
WAITING = 16
STRANGER = mark("This desk belongs to another user of this machine.")


class Host(Protocol):
    """The desk behind the door."""

    async def welcome(self, address: Address) -> None:
        """Say what waited for whoever sits at `address`; it is said when this returns."""

    async def settle(self, address: Address) -> None:
        """Return when nothing more is to be said there now."""


class TerminalDoor(Adapter):
    """Many terminals at once, one for each name. Where nobody sits, nothing is sent."""

    platform = "terminal"
    limits = LIMITS

    def __init__(
        self,
        data: Path,
        account: str,
        clock: Callable[[], datetime],
        speak: Callable[[str], Speech] = lambda _: ENGLISH,
    ) -> None:
        """`speak` gives a language its words."""
        self._speak = speak
        self.account = account
        self._path = data / SOCKET
        self._folder = data / "terminal"
        self._clock = clock
        self._host: Host | None = None
        self._socket: socket.socket | None = None
        self._visitors: dict[str, Visitor] = {}
        self._calls: set[asyncio.Task[None]] = set()

    def join(self, host: Host) -> None:
        self._host = host

    async def open(self) -> None:
        """From now on terminals wait at the door. Only one desk may hold the data folder: whatever
        socket lies there is left from an earlier one.
        """
        if self._socket is None:
            self._socket = bind(self._path)

    async def close(self) -> None:
        if self._socket is not None:
            self._socket.close()
            self._socket = None
        self._path.unlink(missing_ok=True)

    async def listen(self, receive: Receive) -> None:
        await self.open()
        answer = partial(self._answer, receive)
        server = await asyncio.start_unix_server(answer, sock=self._socket, limit=LONGEST)
        try:
            await asyncio.Event().wait()
        finally:
            self._socket = None
            server.close()
            for visitor in self._visitors.values():
                visitor.tell({"is": "bye", "why": visitor.speech.t("The desk has stopped.")})
            await self._hang_up()

    async def _hang_up(self) -> None:
        for call in self._calls:
            call.cancel()
        await asyncio.gather(*self._calls, return_exceptions=True)

    async def send(self, outbound: Outbound) -> str:
        visitor = self._visitors.get(outbound.address.chat)
        if visitor is None:
            raise Absent("nobody sits at that terminal")
        key, file = outbound.nonce or uuid4().hex, outbound.file
        saved = await asyncio.to_thread(save, file, self._folder, key[:8]) if file else None
        try:
            await visitor.show(key, outbound.title, outbound.text, saved)
        except ConnectionError:
            raise Absent("whoever sat at that terminal has gone") from None
        return key

    def fetch(self, attachment: Attachment) -> AsyncIterator[bytes]:
        return read_file(attachment, self.limits.file_in)

    async def _answer(
        self, receive: Receive, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        call = asyncio.current_task()
        assert call is not None
        self._calls.add(call)
        try:
            await self._let_in(receive, reader, writer)
        except asyncio.CancelledError:  # by us, as the door closes: nobody waits for this task
            pass
        except Garbled:
            log.warning("a terminal said what no terminal says, and was hung up on")
        finally:
            self._calls.discard(call)
            writer.close()
            with suppress(ConnectionError):
                await writer.wait_closed()

    async def _let_in(
        self, receive: Receive, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        hello = await read(reader)
        if hello is None:
            return
        name, language = named(hello)
        address = Address(self.platform, self.account, name)
        visitor = Visitor(address, language, writer, self._speak(language))
        if not is_ours(writer):
            visitor.tell({"is": "sorry", "why": visitor.speech.t(STRANGER)})
        elif name in self._visitors:
            why = visitor.speech.t(
                "{name} is here already, in another terminal. Choose another --name.", name=name
            )
            visitor.tell({"is": "sorry", "why": why})
        else:
            self._visitors[name] = visitor
            await self._serve(visitor, receive, reader)

    async def _serve(
        self, visitor: Visitor, receive: Receive, reader: asyncio.StreamReader
    ) -> None:
        """What they have said is kept, also when they are gone before it is answered."""
        work = asyncio.create_task(self._welcome(visitor))
        try:
            while message := await read(reader):
                if message.get("is") == "seen":
                    visitor.confirm(message)
                elif work.done():
                    work = asyncio.create_task(self._take(visitor, receive, message))
                else:
                    raise Garbled
        except BaseException:
            work.cancel()
            raise
        finally:
            del self._visitors[visitor.address.chat]
            visitor.leave()
            await asyncio.wait([work])
            if not work.cancelled() and (error := work.exception()):
                log.error("a terminal was left: %s", type(error).__name__)

    async def _welcome(self, visitor: Visitor) -> None:
        if self._host is not None:
            await self._host.welcome(visitor.address)
        visitor.tell({"is": "done"})

    async def _take(self, visitor: Visitor, receive: Receive, message: dict[str, object]) -> None:
        inbound, why = visitor.understand(message, self._clock())
        try:
            if inbound is not None:
                await receive(inbound)
                if self._host is not None:
                    await self._host.settle(visitor.address)
        except Exception as error:  # its words may hold what they wrote
            log.error("a line was not taken: %s", type(error).__name__)
            why = visitor.speech.t("The desk could not take that. Please send it once more.")
        visitor.tell({"is": "failed", "why": why} if why else {"is": "done"})


def bind(path: Path) -> socket.socket:
    """It listens only once nobody else may come in. Raises `Refused`."""
    if len(os.fsencode(path)) > PATH:
        raise Refused(
            f"{path} is too long for a socket, which may have {PATH} bytes. Set FRONTDESK_DATA to "
            "a folder with a shorter path."
        )
    path.unlink(missing_ok=True)
    made = socket.socket(socket.AF_UNIX)
    try:
        made.bind(str(path))
        path.chmod(0o600)
        made.listen(WAITING)
        made.setblocking(False)
    except OSError as error:
        made.close()
        raise Refused(f"no socket can be made at {path}: {error.strerror}") from None
    return made


def is_ours(writer: asyncio.StreamWriter) -> bool:
    """Whether the same user runs both ends. Where the system does not tell, the socket's mode has
    to do.
    """
    if not hasattr(socket, "SO_PEERCRED"):
        return True
    asked = writer.get_extra_info("socket")
    told = asked.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, struct.calcsize("3i"))
    _, user, _ = struct.unpack("3i", told)
    return bool(user == os.geteuid())
