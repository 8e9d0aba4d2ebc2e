"""What a person sees of what the bot said: words, labels and files of all that is still there."""

from dataclasses import dataclass

from tests.fakes.telegram_calls import Json
from tests.fakes.telegram_people import labels
from tests.fakes.telegram_world import Room, World


@dataclass(frozen=True, slots=True)
class Shown:
    text: str
    labels: tuple[str, ...] = ()
    file: bytes | None = None


def look_at(world: World, room: Room, thread: int | None = None) -> list[Shown]:
    """`thread` is a topic, 0 where nothing is in one; all of them without it."""
    return [
        Shown(
            message.get("text") or message.get("caption", ""),
            tuple(labels(message)),
            _file(world, message),
        )
        for message in room.inbox
        if message["message_id"] in room.messages
        and thread in (None, message.get("message_thread_id", 0))
    ]


def _file(world: World, message: Json) -> bytes | None:
    if "photo" in message:
        return world.files.find(message["photo"][-1]["file_id"]).upload.data
    if "document" in message:
        return world.files.find(message["document"]["file_id"]).upload.data
    return None
