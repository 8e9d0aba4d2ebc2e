"""The wire between us and a mail server, on which things happen."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import cast

BLOCK = 65536


@dataclass
class Wire:
    """`cut_at` are bytes of the server's at which the connection ends instead; `changed` are bytes
    of its that come otherwise.
    """

    port: int = 0
    down: bool = False
    connections: int = 0
    cut_at: list[bytes] = field(default_factory=list)
    changed: dict[bytes, bytes] = field(default_factory=dict)
    asked: list[bytes] = field(default_factory=list)
    """What was written to the server."""
    _handlers: set[asyncio.Task[None]] = field(default_factory=set)
    _open: set[asyncio.StreamWriter] = field(default_factory=set)

    @property
    def url(self) -> str:
        return f"imap://127.0.0.1:{self.port}"

    def cut(self) -> None:
        """Everything that is open now."""
        for writer in self._open:
            writer.transport.abort()

    async def carry(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        change: Callable[[bytes], bytes | None],
    ) -> None:
        with suppress(OSError):
            while block := await reader.read(BLOCK):
                passed = change(block)
                if passed is None:
                    break
                writer.write(passed)
                await writer.drain()

    def from_server(self, block: bytes) -> bytes | None:
        for old, new in self.changed.items():
            block = block.replace(old, new)
        return None if any(mark in block for mark in self.cut_at) else block

    def from_us(self, block: bytes) -> bytes:
        self.asked.append(block)
        return block


@asynccontextmanager
async def wire_to(port: int) -> AsyncIterator[Wire]:
    wire = Wire()

    async def connect(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        wire.connections += 1
        wire._handlers.add(cast("asyncio.Task[None]", asyncio.current_task()))
        if wire.down:
            writer.transport.abort()
            return
        inner_reader, inner_writer = await asyncio.open_connection("127.0.0.1", port)
        wire._open |= {writer, inner_writer}
        ways = [
            asyncio.create_task(wire.carry(reader, inner_writer, wire.from_us)),
            asyncio.create_task(wire.carry(inner_reader, writer, wire.from_server)),
        ]
        try:
            await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for way in ways:
                way.cancel()
            await asyncio.gather(*ways, return_exceptions=True)
            for end in (writer, inner_writer):
                wire._open.discard(end)
                end.transport.abort()

    server = await asyncio.start_server(connect, "127.0.0.1", 0)
    wire.port = server.sockets[0].getsockname()[1]
    try:
        yield wire
    finally:
        server.close()
        wire.cut()
        await asyncio.gather(*wire._handlers)
