"""The gateway: websockets on which the bot is told what happens."""

import asyncio
import json
import time
from collections import deque
from contextlib import suppress
from typing import Any

from aiohttp import WSMsgType, web

from tests.fakes.discord_calls import Json
from tests.fakes.discord_sessions import (
    ALL_INTENTS,
    MEMBERS,
    MESSAGE_CONTENT,
    PRESENCES,
    Link,
    Session,
)
from tests.fakes.discord_switchboard import INVALID, Switchboard
from tests.fakes.discord_world import World

HEARTBEAT, IDENTIFY, PRESENCE, VOICE, RESUME, MEMBERS_WANTED = 1, 2, 3, 4, 6, 8
HELLO, ACK = 10, 11
FRAMES_A_MINUTE = 120


class Closed(Exception):
    """The gateway ends a connection.

    https://docs.discord.com/developers/topics/opcodes-and-status-codes#gateway-gateway-close-event-codes
    """

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason


class Gateway(Switchboard):
    """`heartbeat_interval` is in milliseconds: who is silent for twice as long is left.
    `identify_gap` in seconds is the least time between two identifies, 0 is off;
    `identify_limit` how many a day may have: after it the token is no longer good. `shards` is how
    many it advises.
    """

    def __init__(self, world: World, token: str) -> None:
        super().__init__(world)
        self.url = ""
        self.heartbeat_interval = 41_250
        self.identify_gap = 0.0
        self.identify_limit = 1000
        self.shards = 1
        self.identifies = 0
        self.resumes = 0
        self.heartbeats = 0
        self.closings: deque[int] = deque()
        """Close codes for the next identifies or resumes."""
        self._token = token
        self._identified_at = 0.0

    def limits(self) -> Json:
        """The answer to GET /gateway/bot."""
        start = {
            "total": self.identify_limit,
            "remaining": max(self.identify_limit - self.identifies, 0),
            "reset_after": 86_400_000,
            "max_concurrency": 1,
        }
        return {"url": self.url, "shards": self.shards, "session_start_limit": start}

    async def connect(self, request: web.BaseRequest) -> web.StreamResponse:
        if self.down:
            return web.Response(status=503, text="upstream connect error")
        socket = web.WebSocketResponse(max_msg_size=0, compress=False)
        await socket.prepare(request)
        link = Link(socket, request)
        self.links.append(link)
        link.put(HELLO, {"heartbeat_interval": self.heartbeat_interval})
        writer = asyncio.create_task(link.write())
        try:
            await self._listen(link)
        except Closed as closed:
            await socket.close(code=closed.code, message=closed.reason.encode())
            if link.session:
                self.sessions.pop(link.session.id, None)
        finally:
            writer.cancel()
            with suppress(asyncio.CancelledError, ConnectionError):
                await writer
            self.leave(link)
        return socket

    async def _listen(self, link: Link) -> None:
        patience = 2 * self.heartbeat_interval / 1000
        while True:
            try:
                frame = await link.socket.receive(patience)
            except TimeoutError:
                raise Closed(4009, "Session timed out.") from None
            if frame.type in (WSMsgType.CLOSE, WSMsgType.CLOSING, WSMsgType.CLOSED):
                return
            if frame.type is not WSMsgType.TEXT:
                raise Closed(4002, "Error while decoding payload.")
            _count(link)
            try:
                order = json.loads(frame.data)
                op, data = order["op"], order.get("d")
            except (ValueError, TypeError, KeyError):
                raise Closed(4002, "Error while decoding payload.") from None
            self._obey(link, op, data)
            self._world.bell.ring()

    def _obey(self, link: Link, op: int, data: Any) -> None:
        if op == HEARTBEAT:
            self.heartbeats += 1
            link.put(ACK)
        elif op == IDENTIFY:
            self._identify(link, data)
        elif op == RESUME:
            self._resume(link, data)
        elif op not in (PRESENCE, VOICE, MEMBERS_WANTED):
            raise Closed(4001, "Unknown opcode.")
        elif link.session is None:
            raise Closed(4003, "Not authenticated.")
        elif op == MEMBERS_WANTED:
            self._tell_members(link.session, data)

    def _authenticate(self, link: Link, token: str) -> None:
        if link.session:
            raise Closed(4005, "Already authenticated.")
        if self.closings:
            raise Closed(self.closings.popleft(), "On order.")
        if token.removeprefix("Bot ") != self._token or self.identifies > self.identify_limit:
            raise Closed(4004, "Authentication failed.")

    def _identify(self, link: Link, data: Json) -> None:
        self.identifies += 1
        self._authenticate(link, data["token"])
        shard = tuple(data.get("shard", (0, 1)))
        if len(shard) != 2 or not 0 <= shard[0] < shard[1]:
            raise Closed(4010, "Invalid shard.")
        self._check_intents(data.get("intents"))
        if self._hurries():
            link.put(INVALID, False)
            return
        session = Session(self._world, data["intents"], (shard[0], shard[1]))
        self.sessions[session.id] = session
        session.link, link.session = link, session
        self._welcome(session)

    def _check_intents(self, intents: Any) -> None:
        if not isinstance(intents, int) or not 0 <= intents <= ALL_INTENTS:
            raise Closed(4013, "Invalid intent(s).")
        denied = 0 if self._world.message_content else MESSAGE_CONTENT
        denied |= 0 if self._world.members_intent else MEMBERS
        if intents & (denied | PRESENCES):
            raise Closed(4014, "Disallowed intent(s).")

    def _hurries(self) -> bool:
        """https://docs.discord.com/developers/events/gateway#identifying, one every 5 seconds."""
        now = time.monotonic()
        early = now - self._identified_at < self.identify_gap
        self._identified_at = now
        return early

    def _welcome(self, session: Session) -> None:
        everywhere = self._world.guilds.items()
        guilds = [guild.snapshot() for id, guild in everywhere if session.serves(id)]
        ready = {
            "v": 10,
            "user": {**self._world.bot, "mfa_enabled": True, "verified": True},
            "guilds": [{"id": guild["id"], "unavailable": True} for guild in guilds],
            "session_id": session.id,
            "resume_gateway_url": self.url,
            "shard": list(session.shard),
            "application": {
                "id": self._world.application,
                "flags": self._world.application_flags,
            },
        }
        session.tell("READY", ready, None)
        for guild in guilds:
            session.tell("GUILD_CREATE", guild, int(guild["id"]))

    def _resume(self, link: Link, data: Json) -> None:
        self._authenticate(link, data["token"])
        session = self.sessions.get(data["session_id"] or "")
        missed = session.missed(data["seq"] or 0) if session else None
        if session is None or missed is None or self.is_over(session):
            self.sessions.pop(data["session_id"] or "", None)
            link.put(INVALID, False)
            return
        self.resumes += 1
        session.link, link.session, session.left_at = link, session, None
        for frame in missed:
            link.put_text(frame)
        session.tell("RESUMED", {}, None)

    def _tell_members(self, session: Session, wanted: Json) -> None:
        """https://docs.discord.com/developers/events/gateway-events#request-guild-members"""
        guild = int(wanted["guild_id"])
        members = self._world.guilds[guild].members
        ids = wanted.get("user_ids")
        if ids is None:
            found = [m for m in members.values() if _is_called(m, wanted.get("query", ""))]
        else:
            listed = ids if isinstance(ids, list) else [ids]
            found = [members[int(id)] for id in listed if int(id) in members]
        chunk: Json = {"guild_id": str(guild), "members": found, "chunk_index": 0, "chunk_count": 1}
        chunk["not_found"] = []
        if "nonce" in wanted:
            chunk["nonce"] = wanted["nonce"]
        session.tell("GUILD_MEMBERS_CHUNK", chunk, guild)


def _is_called(member: Json, beginning: str) -> bool:
    return str(member["user"]["username"]).startswith(beginning.lower())


def _count(link: Link) -> None:
    now = time.monotonic()
    link.came.append(now)
    while link.came[0] < now - 60:
        link.came.popleft()
    if len(link.came) > FRAMES_A_MINUTE:
        raise Closed(4008, "You are being rate limited.")
