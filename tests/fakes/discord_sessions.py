"""A gateway session: what the bot asked to be told, and what it was told, kept for a while."""

import json
import secrets
import zlib
from asyncio import Queue
from collections import deque

from aiohttp import web

from tests.fakes.discord_calls import Json
from tests.fakes.discord_world import HIDDEN, World

EVENTS_KEPT = 20_000
GUILDS, MEMBERS, PRESENCES = 1 << 0, 1 << 1, 1 << 8
GUILD_MESSAGES, DIRECT_MESSAGES, MESSAGE_CONTENT = 1 << 9, 1 << 12, 1 << 15
"""https://docs.discord.com/developers/events/gateway#gateway-intents"""
ALL_INTENTS = (1 << 26) - 1
FREE = ("INTERACTION_CREATE", "READY", "RESUMED", "USER_UPDATE", "GUILD_MEMBERS_CHUNK")
"""Events that need no intent."""


class Link:
    """One websocket. Frames leave in the order in which they were put."""

    def __init__(self, socket: web.WebSocketResponse, request: web.BaseRequest) -> None:
        self.socket = socket
        self.frozen = False
        """Nothing leaves any more."""
        self.is_ended_here = False
        """Not by the bot."""
        self.session: Session | None = None
        self.came: deque[float] = deque()
        """When frames of the bot came, for as long as they count against its limit."""
        self._frames: Queue[str] = Queue()
        self._request = request
        compressed = request.query.get("compress") == "zlib-stream"
        self._zlib = zlib.compressobj() if compressed else None

    def put(self, op: int, data: object = None) -> None:
        self._frames.put_nowait(json.dumps({"op": op, "d": data, "s": None, "t": None}))

    def put_text(self, frame: str) -> None:
        self._frames.put_nowait(frame)

    def abort(self) -> None:
        """Cuts the connection without a word."""
        if self._request.transport:
            self._request.transport.abort()

    async def write(self) -> None:
        """Until cancelled. https://docs.discord.com/developers/events/gateway#zlibstream"""
        while True:
            frame = await self._frames.get()
            if self.frozen:
                continue
            if self._zlib is None:
                await self.socket.send_str(frame)
                continue
            data = self._zlib.compress(frame.encode()) + self._zlib.flush(zlib.Z_SYNC_FLUSH)
            await self.socket.send_bytes(data)


class Session:
    """Begun by identify, for one shard. Events are numbered from 1, and kept to be told again."""

    def __init__(self, world: World, intents: int, shard: tuple[int, int]) -> None:
        self.id = secrets.token_hex(16)
        self.intents = intents
        self.shard = shard
        self.link: Link | None = None
        self.left_at: float | None = None
        """When its connection broke; None while there is one."""
        self.sequence = 0
        self._world = world
        self._kept: deque[tuple[int, str]] = deque(maxlen=EVENTS_KEPT)

    def serves(self, guild: int | None) -> bool:
        """https://docs.discord.com/developers/events/gateway#sharding"""
        number, count = self.shard
        return number == (0 if guild is None else (guild >> 22) % count)

    def tell(self, event: str, data: Json, guild: int | None) -> None:
        """Numbers, keeps and sends the event, if the bot asked for its kind."""
        if not self._wants(event, guild) or (event == "INTERACTION_CREATE" and not self.link):
            return  # an interaction is told now or never
        if event in ("MESSAGE_CREATE", "MESSAGE_UPDATE") and self._is_hidden(data, guild):
            data = data | HIDDEN
        self.sequence += 1
        frame = json.dumps({"op": 0, "t": event, "s": self.sequence, "d": data})
        self._kept.append((self.sequence, frame))
        if self.link:
            self.link.put_text(frame)

    def _wants(self, event: str, guild: int | None) -> bool:
        if event in FREE:
            return True
        if event.startswith("MESSAGE_"):
            return bool(self.intents & (DIRECT_MESSAGES if guild is None else GUILD_MESSAGES))
        if event in ("GUILD_MEMBER_ADD", "GUILD_MEMBER_UPDATE", "GUILD_MEMBER_REMOVE"):
            return bool(self.intents & MEMBERS)
        return bool(self.intents & GUILDS)

    def _is_hidden(self, message: Json, guild: int | None) -> bool:
        if guild is None or self.intents & MESSAGE_CONTENT:
            return False
        bot = self._world.bot["id"]
        return message["author"]["id"] != bot and all(
            user["id"] != bot for user in message["mentions"]
        )

    def missed(self, after: int) -> list[str] | None:
        """The events after that number; None when some of them are no longer kept."""
        if after > self.sequence:
            return None
        if after < self.sequence and (not self._kept or self._kept[0][0] > after + 1):
            return None
        return [frame for number, frame in self._kept if number > after]
