"""Sending direct messages: https://docs.x.com/x-api/direct-messages/manage/integrate

X honours no key: the same words twice are two messages.
"""

from tests.fakes.x_calls import Call, Json, invalid, not_found
from tests.fakes.x_files import File
from tests.fakes.x_world import World, between

LONGEST = 10_000
"""Characters: https://docs.x.com/x-api/direct-messages/manage/introduction"""
MEDIA_LIFE = 86_400.0


class Sending:
    def __init__(self, world: World) -> None:
        self._world = world

    async def to_person(self, call: Call) -> Json:
        return self._send(call, call.parts["id"], "")

    async def to_conversation(self, call: Call) -> Json:
        """Of two, by the ids of both, or of a group that our account sits in."""
        world, conversation = self._world, call.parts["id"]
        one, _, other = conversation.partition("-")
        if other:
            person = other if one == world.me.id else one
            known = one.isdecimal() and other.isdecimal() and world.me.id in (one, other)
            if not known or between(one, other) != conversation:
                raise not_found("conversation", conversation)
            return self._send(call, person, "")
        if all(message.conversation != conversation for message in world.messages):
            raise not_found("conversation", conversation)
        return self._send(call, "", conversation)

    def _send(self, call: Call, person: str, group: str) -> Json:
        world = self._world
        text, file = self._content(call)
        if not group and (person not in world.users or person == world.me.id):
            raise not_found("user", person)
        if person in world.closed:
            raise world.closed[person]()
        message = world.add_message(world.me.id, person, text, file, group)
        world.ledger.append(message)
        return {"data": {"dm_conversation_id": message.conversation, "dm_event_id": message.id}}

    def _content(self, call: Call) -> tuple[str, File | None]:
        unknown = call.fields.keys() - {"text", "attachments"}
        if unknown:
            raise invalid(f"$.{min(unknown)}: is not defined in the schema")
        text, attachments = call.text("text"), call.fields.get("attachments") or []
        if len(text) > LONGEST:
            raise invalid(f"$.text: may be at most {LONGEST} characters long")
        if not text and not attachments:
            raise invalid("$.text: one of text and attachments is needed")
        if not isinstance(attachments, list) or len(attachments) > 1:
            raise invalid("$.attachments: at most one attachment is allowed")
        ids = [str(one.get("media_id", "")) for one in attachments if isinstance(one, dict)]
        return text, self._file(ids[0]) if ids else None

    def _file(self, id: str) -> File:
        file = self._world.files.get(id)
        fresh = file and file.at + MEDIA_LIFE > self._world.clock.now()
        if not file or not fresh or file.message:
            raise invalid("Your media IDs are invalid.", media_id=id)
        return file
