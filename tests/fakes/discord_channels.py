"""The REST calls about the bot itself, its private channels, and messages in any channel."""

from typing import Any

from tests.fakes.discord_calls import Call, Json, Refusal, invalid
from tests.fakes.discord_files import attached
from tests.fakes.discord_guilds import (
    ATTACH,
    FORUM,
    MANAGE_THREADS,
    READ_HISTORY,
    SEND,
    require,
)
from tests.fakes.discord_messages import change, check, compose, place, remove
from tests.fakes.discord_world import DM, Channel, World

OPEN = {"locked": False, "archived": False}
EDITED = 1 << 2 | 1 << 15
"""The flags that an edit can change: previews of links, and whether components are all of it."""


class Channels:
    """`nonce_window` is for how many seconds a repeated nonce gives the earlier message: Discord
    says "the past few minutes"."""

    def __init__(self, world: World) -> None:
        self.nonce_window = 300.0
        self._world = world
        self._nonces: dict[str, tuple[float, Json]] = {}
        self.routes = {
            "GET /users/@me": self.me,
            "GET /oauth2/applications/@me": self.application,
            "GET /applications/@me": self.application,
            "POST /users/@me/channels": self.open_dm,
            "GET /channels/{channel_id}": self.channel,
            "GET /channels/{channel_id}/messages": self.history,
            "POST /channels/{channel_id}/messages": self.send,
            "GET /channels/{channel_id}/messages/{message_id}": self.message,
            "PATCH /channels/{channel_id}/messages/{message_id}": self.edit,
            "DELETE /channels/{channel_id}/messages/{message_id}": self.delete,
            "POST /channels/{channel_id}/typing": self.typing,
        }

    def me(self, _: Call) -> Json:
        return {**self._world.bot, "mfa_enabled": True, "locale": "en-US", "verified": True}

    def application(self, _: Call) -> Json:
        flags = self._world.application_flags
        return {
            "id": self._world.application,
            "name": "Front Desk",
            "icon": None,
            "description": "",
            "type": None,
            "verify_key": "0" * 64,
            "flags": flags,
            "flags_new": str(flags),
            "bot_public": True,
            "bot_require_code_grant": False,
            "bot": self._world.bot,
            "owner": self._world.bot,
            "team": None,
            "redirect_uris": [],
            "interactions_endpoint_url": None,
            "role_connections_verification_url": None,
            "approximate_guild_count": len(self._world.guilds),
            "approximate_user_install_count": 0,
            "approximate_user_authorization_count": 0,
            "explicit_content_filter": 0,
            "eligible_oauth2_scopes": [],
        }

    def open_dm(self, call: Call) -> Json:
        try:
            return self._world.dms[int(call.form()["recipient_id"])].data
        except (KeyError, TypeError, ValueError):
            raise Refusal(400, 50033, "Invalid Recipient(s)") from None

    def channel(self, call: Call) -> Json:
        return self._reach(call, 0).data

    def history(self, call: Call) -> list[Json]:
        """Newest first, whichever end was asked for."""
        channel = self._reach(call, READ_HISTORY)
        limit = call.number("limit", 50, 1, 100)
        ids = sorted(channel.messages)
        chosen = _slice(ids, call.query, limit)
        return [self._world.shown(channel, channel.messages[id]) for id in reversed(chosen)]

    def message(self, call: Call) -> Json:
        channel, message = self._find(call)
        return self._world.shown(channel, message)

    def send(self, call: Call) -> Json:
        channel = self._reach(call, SEND | (ATTACH if call.files else 0))
        if channel.type == FORUM:
            raise Refusal(400, 50008, "Cannot send messages in a non-text channel")
        if channel.data.get("thread_metadata", OPEN)["locked"] and not self._may_unlock(channel):
            raise Refusal(403, 160005, "Thread is locked")
        files = attached(self._world.files, call, call.form(), channel.id)
        form = {**call.form(), "attachments": files}
        check(form)
        if channel.closed:
            raise Refusal(403, 50007, "Cannot send messages to this user")
        known = self._known(form)
        if known:
            return known
        message = compose(self._world, channel, self._world.bot, form)
        place(self._world, channel, message)
        if form.get("enforce_nonce") and form.get("nonce") is not None:
            self._nonces[str(form["nonce"])] = self._world.clock.now(), message
        return message

    def _may_unlock(self, thread: Channel) -> bool:
        return not self._world.channel(thread.data["parent_id"]).denied & MANAGE_THREADS

    def _known(self, form: Json) -> Json | None:
        """https://docs.discord.com/developers/resources/message#create-message, enforce_nonce."""
        if not form.get("enforce_nonce"):
            return None
        at, message = self._nonces.get(str(form.get("nonce")), (0.0, None))
        if message is None or self._world.clock.now() - at > self.nonce_window:
            return None
        # Of one that was deleted since, nothing is made again: discord-api-docs, pull request 6647.
        return self._world.message(self._world.channel(message["channel_id"]), message["id"])

    def edit(self, call: Call) -> Json:
        channel, message = self._find(call)
        if message["author"] is not self._world.bot:
            raise Refusal(403, 50005, "Cannot edit a message authored by another user")
        check_open(channel)
        form = call.form()
        if form.get("flags") is not None:
            form = {**form, "flags": message["flags"] & ~EDITED | form["flags"] & EDITED}
        if call.files or "attachments" in form:
            kept = message["attachments"]
            files = attached(self._world.files, call, form, channel.id, kept)
            form = {**form, "attachments": files}
        change(self._world, channel, message, form)
        return message

    def delete(self, call: Call) -> None:
        channel, message = self._find(call)
        if message["author"] is not self._world.bot and channel.type == DM:
            raise Refusal(403, 50003, "Cannot execute action on a DM channel")
        check_open(channel)
        remove(self._world, channel, message)

    def typing(self, call: Call) -> None:
        self._reach(call, SEND).typed += 1

    def _reach(self, call: Call, needed: int) -> Channel:
        channel = self._world.channel(call.ids["channel_id"])
        require(self._world, channel, needed)
        return channel

    def _find(self, call: Call) -> tuple[Channel, Json]:
        channel = self._reach(call, READ_HISTORY)
        return channel, self._world.message(channel, call.ids["message_id"])


def check_open(channel: Channel) -> None:
    """In an archived thread nothing is changed: https://docs.discord.com/developers/topics/threads"""
    if channel.data.get("thread_metadata", OPEN)["archived"]:
        raise Refusal(400, 50083, "Thread is archived")


def _slice(ids: list[int], query: dict[str, Any], limit: int) -> list[int]:
    """Around, before and after exclude each other."""
    try:
        edges = {name: int(query[name]) for name in ("around", "before", "after") if name in query}
    except ValueError:
        raise invalid("before", "NUMBER_TYPE_COERCE", "Value is not snowflake.") from None
    if "around" in edges:
        older = [id for id in ids if id <= edges["around"]][-(limit // 2 + 1) :]
        return (older + [id for id in ids if id > edges["around"]])[:limit]
    if "after" in edges:
        return [id for id in ids if id > edges["after"]][:limit]
    return [id for id in ids if id < edges.get("before", 1 << 64)][-limit:]
