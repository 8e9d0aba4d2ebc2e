"""Forums: topics, which a bot with the right opens, and what the bot may do in a chat."""

from typing import Any

from tests.fakes.telegram_calls import Call, Json, bad
from tests.fakes.telegram_sending import find_room, reachable
from tests.fakes.telegram_world import World

TOPIC_COLOUR = 0x6FB9F0
DUTIES = (
    "manage_chat", "delete_messages", "manage_video_chats", "restrict_members", "promote_members",
    "change_info", "invite_users", "post_stories", "edit_stories", "delete_stories",
)  # fmt: skip


def create_forum_topic(world: World, call: Call) -> Json:
    room = reachable(world, call)
    if not room.chat.get("is_forum"):
        raise bad("the chat is not a forum")
    if "can_manage_topics" not in room.rights:
        raise bad("not enough rights to create a topic")
    name = call.text("name").strip()[:128]
    if not name:
        raise bad("title must be non-empty")
    topic = world.new_id()
    room.topics[topic] = name
    colour = call.number("icon_color", TOPIC_COLOUR)
    return {"message_thread_id": topic, "name": name, "icon_color": colour}


def get_chat_member(world: World, call: Call) -> Json:
    """Only of the bot itself."""
    room = find_room(world, call)
    if call.number("user_id") != world.bot["id"]:
        raise bad("user not found")
    member: Json = {"user": world.bot}
    if room.blocked:
        return member | {"status": "kicked", "until_date": 0}
    if not room.rights:
        return member | {"status": "member"}
    duties: dict[str, Any] = {f"can_{duty}": False for duty in DUTIES}
    duties |= {"can_be_edited": False, "is_anonymous": False, "can_manage_topics": False}
    return member | {"status": "administrator"} | duties | dict.fromkeys(room.rights, True)
