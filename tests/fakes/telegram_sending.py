"""The methods that put a message into a chat."""

from typing import Any

from tests.fakes import telegram_media as media
from tests.fakes.telegram_calls import Call, Json, Refusal, Upload, bad
from tests.fakes.telegram_content import read_caption, read_markup, read_text
from tests.fakes.telegram_world import Room, World

ALBUM_LIMIT = 10
PHOTO_LIMIT = 10 * 1024 * 1024
DRAWN = {"photo": media.photo, "document": media.document, "video": media.video}


def find_room(world: World, call: Call) -> Room:
    name = call.text("chat_id")
    if not name:
        raise bad("chat_id is empty")
    if name.startswith("@"):
        rooms = (room for room in world.rooms.values() if room.chat.get("username") == name[1:])
        room = next(rooms, None)
    else:
        room = world.rooms.get(call.number("chat_id"))
    if room is None:
        raise bad("chat not found")
    return room


def reachable(world: World, call: Call) -> Room:
    """The room a call is for, if the bot may act there."""
    room = find_room(world, call)
    if room.blocked and room.id > 0:
        raise Refusal(403, "Forbidden: bot was blocked by the user")
    if room.blocked:
        raise Refusal(403, "Forbidden: bot was kicked from the supergroup chat")
    if room.chat["type"] == "channel" and "can_post_messages" not in room.rights:
        raise bad("need administrator rights in the channel chat")
    return room


def send_message(world: World, call: Call) -> Json:
    markup, content = read_markup(call), read_text(call)
    return _post(world, call, content, markup)


def send_photo(world: World, call: Call) -> Json:
    return _send_file(world, call, "photo")


def send_document(world: World, call: Call) -> Json:
    return _send_file(world, call, "document")


def send_media_group(world: World, call: Call) -> list[Json]:
    items = call.structure("media") or []
    if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
        raise bad("expected an Array of InputMedia")
    if not items:
        raise bad("there are no messages to send")
    if len(items) > ALBUM_LIMIT:
        raise bad("too many messages to send as an album")
    kinds = {item.get("type", "") for item in items}
    if "document" in kinds and len(kinds) > 1:
        raise bad("document can't be mixed with other media types")
    album = {"media_group_id": str(world.new_id())} if len(items) > 1 else {}
    room = reachable(world, call)
    place = _place(room, call)
    contents = [_item(world, call, item) for item in items]
    method = call.method
    return [world.accept(room, {**content, **place, **album}, method) for content in contents]


def _item(world: World, call: Call, item: Json) -> Json:
    kind = item.get("type", "")
    if kind not in DRAWN:
        raise bad(f'can\'t parse InputMedia: type "{kind}" is unsupported')
    upload = _brought(world, call, item.get("media", ""), "")
    if upload is None:
        raise bad("can't parse InputMedia: media not found")
    caption = read_caption(item, item.get("caption_entities"))
    return {**_drawn(world, kind, upload), **caption}


def _send_file(world: World, call: Call, kind: str) -> Json:
    markup = read_markup(call)
    caption = read_caption(call.params, call.structure("caption_entities"))
    upload = _brought(world, call, call.text(kind), kind)
    if upload is None:
        raise bad(f"there is no {kind} in the request")
    reachable(world, call)
    return _post(world, call, {**_drawn(world, kind, upload), **caption}, markup)


def _brought(world: World, call: Call, value: str, field: str) -> Upload | None:
    """The file that came with the call, as `field` or attach://name, or that a file_id names."""
    name = value.removeprefix("attach://") if value.startswith("attach://") else field
    if name in call.files:
        return call.files[name]
    if not value or value.startswith("attach://"):
        return None
    if value.startswith(("http://", "https://")):
        raise bad("failed to get HTTP URL content")
    try:
        return world.files.find(value).upload
    except Refusal:
        raise bad("wrong file identifier/HTTP URL specified") from None


def _drawn(world: World, kind: str, upload: Upload) -> Json:
    size = len(upload.data)
    if size == 0:
        raise bad("file must be non-empty")
    if kind == "photo" and size > PHOTO_LIMIT:
        raise bad(
            f"file of size {size} bytes is too big for a photo; "
            f"the maximum size is {PHOTO_LIMIT} bytes"
        )
    if kind == "photo" and (sides := media.sides(upload.data)):
        check_sides(*sides)
    return DRAWN[kind](world.files, upload)


def check_sides(width: int, height: int) -> None:
    """https://core.telegram.org/bots/api#sendphoto."""
    if not width or not height:
        raise bad("IMAGE_PROCESS_FAILED")
    if width + height > 10_000 or max(width, height) > 20 * min(width, height):
        raise bad("PHOTO_INVALID_DIMENSIONS")


def _post(world: World, call: Call, content: Json, markup: Json | None) -> Json:
    room = reachable(world, call)
    content |= _place(room, call)
    if markup:
        content["reply_markup"] = markup
    return world.accept(room, content, call.method)


def _place(room: Room, call: Call) -> Json:
    """Which topic the message goes to and what it answers."""
    place: Json = {}
    if thread := call.number("message_thread_id"):
        if thread not in room.topics:
            raise bad("message thread not found")
        if thread in room.closed and "can_manage_topics" not in room.rights:
            raise bad("TOPIC_CLOSED")
        place = {"message_thread_id": thread, "is_topic_message": True}
    if "reply_parameters" in call.params and (original := _answered(room, call)):
        place["reply_to_message"] = original
    return place


def _answered(room: Room, call: Call) -> Json | None:
    reply: Any = call.structure("reply_parameters") or {}
    original = room.messages.get(reply.get("message_id", 0))
    if original is None and not reply.get("allow_sending_without_reply"):
        raise bad("message to be replied not found")
    return original and quoted(original)


def quoted(original: Json) -> Json:
    """A message as it appears inside the one that answers it: without what it answered itself."""
    return {name: value for name, value in original.items() if name != "reply_to_message"}
