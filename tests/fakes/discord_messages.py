"""Messages: what one is made of, what is refused, and how it enters its channel."""

from tests.fakes.discord_calls import Json, Refusal, invalid
from tests.fakes.discord_components import check_message, in_message
from tests.fakes.discord_guilds import VIEW
from tests.fakes.discord_mentions import ALL, check_allowed, pings
from tests.fakes.discord_world import DM, Channel, World

TEXT_LIMIT = 2000
NONCE_LIMIT = 25
PLAIN, REPLY = 0, 19
EPHEMERAL, LOADING, V2 = 1 << 6, 1 << 7, 1 << 15
"""https://docs.discord.com/developers/resources/message#message-object-message-flags"""


EMBED_LIMITS = {"title": 256, "description": 4096}


def check(form: Json) -> None:
    """Raises what Discord says of words too long, or of none at all."""
    content = form.get("content") or ""
    _check_length("content", content, TEXT_LIMIT)
    _check_length("nonce", str(form.get("nonce") or ""), NONCE_LIMIT)
    layout = bool((form.get("flags") or 0) & V2)
    if layout and (content or form.get("embeds")):
        code = "MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2"
        raise invalid("content", code, "The field cannot be used with these components")
    check_allowed(form.get("allowed_mentions"))
    check_message(form.get("components") or [], layout)
    _check_embeds(form.get("embeds") or [])
    others = ("embeds", "components", "attachments", "sticker_ids", "poll")
    if not content.strip() and not any(form.get(name) for name in others):
        raise Refusal(400, 50006, "Cannot send an empty message")


def _check_length(path: str, text: str, limit: int) -> None:
    if len(text) > limit:
        raise invalid(path, "BASE_TYPE_MAX_LENGTH", f"Must be {limit} or fewer in length.")


def _check_embeds(embeds: list[Json]) -> None:
    """https://docs.discord.com/developers/resources/message#embed-object-embed-limits"""
    if len(embeds) > 10:
        raise invalid("embeds", "BASE_TYPE_MAX_LENGTH", "Must be 10 or fewer in length.")
    total = 0
    for number, embed in enumerate(embeds):
        for name, limit in EMBED_LIMITS.items():
            _check_length(f"embeds.{number}.{name}", embed.get(name) or "", limit)
            total += len(embed.get(name) or "")
        total += len((embed.get("footer") or {}).get("text", ""))
        for field in embed.get("fields") or ():
            total += len(field["name"]) + len(field["value"])
    if total > 6000:
        raise invalid("embeds", "MAX_EMBED_SIZE_EXCEEDED", "Embed size exceeds maximum of 6000")


def compose(world: World, channel: Channel, author: Json, form: Json, pinging: Json = ALL) -> Json:
    """A message of `author` that is nowhere yet. Where the form does not say whom it may ping,
    `pinging` does.
    """
    message: Json = {
        "id": str(world.new_id()),
        "channel_id": str(channel.id),
        "author": author,
        "content": (form.get("content") or "").strip(),
        "timestamp": world.clock.stamp(),
        "edited_timestamp": None,
        "tts": bool(form.get("tts")),
        "attachments": form.get("attachments") or [],
        "embeds": form.get("embeds") or [],
        "components": in_message(form.get("components") or []),
        "pinned": False,
        "type": PLAIN,
        "flags": form.get("flags") or 0,
    }
    if form.get("nonce") is not None:
        message["nonce"] = form["nonce"]
    if form.get("message_reference"):
        message |= _reply(world, channel, form["message_reference"])
    allowed = form.get("allowed_mentions")
    return message | pings(world, channel, message, pinging if allowed is None else allowed)


def _reply(world: World, channel: Channel, reference: Json) -> Json:
    """Of a message that is gone nothing is told but its id, unless it must exist."""
    original = channel.messages.get(int(reference["message_id"]))
    if original is None and reference.get("fail_if_not_exists", True):
        raise invalid("message_reference", "REPLIES_UNKNOWN_MESSAGE", "Unknown message")
    pointer = {"type": 0, "channel_id": str(channel.id), "message_id": str(reference["message_id"])}
    if channel.guild:
        pointer["guild_id"] = str(channel.guild)
    told = {k: v for k, v in (original or {}).items() if k != "referenced_message"}
    return {"type": REPLY, "message_reference": pointer, "referenced_message": told or None}


def place(world: World, channel: Channel, message: Json) -> None:
    """The message enters its channel, the inbox if it is the bot's, and the bot's gateway."""
    channel.messages[int(message["id"])] = message
    channel.data["last_message_id"] = message["id"]
    if "thread_metadata" in channel.data:
        _grow(world, channel)
    if message["author"] is world.bot:
        world.record(channel, message)
        channel.inbox.put(message)
    if not is_hidden(world, channel):
        world.publish("MESSAGE_CREATE", event(world, channel, message), channel.guild)


def is_hidden(world: World, channel: Channel) -> bool:
    """From the bot, which has lost the permission to see it."""
    parent = world.channels.get(int(channel.data.get("parent_id") or 0))
    return bool((channel.denied | (parent.denied if parent else 0)) & VIEW)


def _grow(world: World, thread: Channel) -> None:
    """Words wake an archived thread."""
    thread.data["message_count"] += 1
    thread.data["total_message_sent"] += 1
    settings = thread.data["thread_metadata"]
    if settings["archived"] and not settings["locked"]:
        settings |= {"archived": False, "archive_timestamp": world.clock.stamp()}
        world.publish("THREAD_UPDATE", thread.data, thread.guild)


def event(world: World, channel: Channel, message: Json) -> Json:
    """The message as a gateway tells it."""
    if channel.guild is None:
        return {**message, "channel_type": DM}
    member = world.guilds[channel.guild].members.get(int(message["author"]["id"]))
    told = {**message, "channel_type": channel.type, "guild_id": str(channel.guild)}
    if member:
        told["member"] = {name: value for name, value in member.items() if name != "user"}
    return told


def change(world: World, channel: Channel, message: Json, form: Json, silent: bool = False) -> None:
    """An edit: what the form names is replaced, null empties it. The gateway is told, unless
    `silent`."""
    fields = ("content", "embeds", "components", "attachments", "flags")
    changed = {name: form[name] or type(message[name])() for name in fields if name in form}
    if "content" in changed:
        changed["content"] = changed["content"].strip()
    check({**message, **changed})
    if "components" in changed:
        changed["components"] = in_message(changed["components"])
    message |= {**changed, "edited_timestamp": world.clock.stamp()}
    allowed = form.get("allowed_mentions")
    message |= pings(world, channel, message, ALL if allowed is None else allowed)
    if not silent:
        world.publish("MESSAGE_UPDATE", event(world, channel, message), channel.guild)


def remove(world: World, channel: Channel, message: Json) -> None:
    del channel.messages[int(message["id"])]
    channel.inbox.gone.add(message["id"])
    gone = {"id": message["id"], "channel_id": str(channel.id)}
    if channel.guild:
        gone["guild_id"] = str(channel.guild)
    world.publish("MESSAGE_DELETE", gone, channel.guild)
