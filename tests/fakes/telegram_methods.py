"""The methods of the Bot API that a desk uses, each a plain function of the world and one call.

They refuse in the platform's own words where those are known. getUpdates waits; it lives with the
queue.
"""

import re
import time
from collections.abc import Callable
from typing import Any

from tests.fakes.telegram_calls import Call, Json, bad
from tests.fakes.telegram_content import (
    PRESS_ANSWER_LIMIT,
    read_caption,
    read_markup,
    read_text,
    units,
)
from tests.fakes.telegram_sending import (
    find_room,
    reachable,
    send_document,
    send_media_group,
    send_message,
    send_photo,
)
from tests.fakes.telegram_topics import create_forum_topic, get_chat_member
from tests.fakes.telegram_world import World

Method = Callable[[World, Call], Any]
ACTIONS = frozenset((
    "typing", "upload_photo", "record_video", "upload_video", "record_voice",
    "upload_voice", "upload_document", "choose_sticker", "find_location",
    "record_video_note", "upload_video_note",
))  # fmt: skip
COMMAND = re.compile(r"[a-z0-9_]{1,32}")
DELETABLE_SECONDS = 48 * 3600
"""https://core.telegram.org/bots/api#deletemessage."""
PROFILE_LIMITS = {"description": 512, "short_description": 120}


def get_me(world: World, call: Call) -> Json:
    return {
        **world.bot,
        "can_join_groups": True,
        "can_read_all_group_messages": world.reads_all,
        "supports_inline_queries": False,
    }


def get_chat(world: World, call: Call) -> Json:
    gifts = "unlimited_gifts limited_gifts unique_gifts premium_subscription gifts_from_channels"
    return {
        **find_room(world, call).chat,
        "accent_color_id": 0,
        "max_reaction_count": 11,
        "accepted_gift_types": dict.fromkeys(gifts.split(), False),
    }


def edit_message_text(world: World, call: Call) -> Json:
    message = _own_message(world, call)
    if "text" not in message:
        raise bad("there is no text in the message to edit")
    return _edit(message, read_text(call) | _markup(call), ("text", "entities", "reply_markup"))


def edit_message_caption(world: World, call: Call) -> Json:
    message = _own_message(world, call)
    if "text" in message:
        raise bad("there is no caption in the message to edit")
    caption = read_caption(call.params, call.structure("caption_entities"))
    return _edit(message, caption | _markup(call), ("caption", "caption_entities", "reply_markup"))


def edit_message_reply_markup(world: World, call: Call) -> Json:
    return _edit(_own_message(world, call), _markup(call), ("reply_markup",))


def _markup(call: Call) -> Json:
    markup = read_markup(call)
    return {"reply_markup": markup} if markup else {}


def _own_message(world: World, call: Call) -> Json:
    room = reachable(world, call)
    message = room.messages.get(call.number("message_id"))
    if message is None:
        raise bad("message to edit not found")
    posted = room.chat["type"] == "channel" and "can_edit_messages" in room.rights
    if not posted and message.get("from") is not world.bot and message not in room.inbox:
        raise bad("message can't be edited")
    return message


def _edit(message: Json, content: Json, names: tuple[str, ...]) -> Json:
    """Replaces the named fields: a keyboard that is not sent along is taken away."""
    if all(message.get(name) == content.get(name) for name in names):
        raise bad(
            "message is not modified: specified new message content and reply markup are exactly "
            "the same as a current content and reply markup of the message"
        )
    for name in names:
        message.pop(name, None)
    message.update(content, edit_date=int(time.time()))
    return message


def delete_message(world: World, call: Call) -> bool:
    messages, number = reachable(world, call).messages, call.number("message_id")
    if number not in messages:
        raise bad("message to delete not found")
    if time.time() - messages[number]["date"] > DELETABLE_SECONDS:
        raise bad("message can't be deleted for everyone")
    del messages[number]
    return True


def answer_callback_query(world: World, call: Call) -> bool:
    query = call.text("callback_query_id")
    if query not in world.press_answers:
        raise bad("query is too old and response timeout expired or query ID is invalid")
    if units(call.text("text")) > PRESS_ANSWER_LIMIT:
        raise bad("MESSAGE_TOO_LONG")
    world.press_answers[query] = call
    return True


def send_chat_action(world: World, call: Call) -> bool:
    if call.text("action") not in ACTIONS:
        raise bad("wrong parameter action in request")
    reachable(world, call)
    return True


def set_my_commands(world: World, call: Call) -> bool:
    for command in call.structure("commands") or []:
        if not COMMAND.fullmatch(command.get("command", "")):
            raise bad("BOT_COMMAND_INVALID")
        if not 1 <= len(command.get("description", "")) <= 256:
            raise bad("BOT_COMMAND_DESCRIPTION_INVALID")
    return _remember(world, call)


def delete_my_commands(world: World, call: Call) -> bool:
    world.profile.pop(("setMyCommands", _whose(call)), None)
    return True


def set_profile_text(world: World, call: Call) -> bool:
    for name, limit in PROFILE_LIMITS.items():
        if len(call.text(name)) > limit:
            raise bad(f"{name} is too long")
    return _remember(world, call)


def _remember(world: World, call: Call) -> bool:
    world.profile[call.method, _whose(call)] = call.params
    return True


def _whose(call: Call) -> str:
    """A language, or the one chat that is meant."""
    scope = call.structure("scope") or {}
    return str(scope.get("chat_id", "")) or call.text("language_code")


def get_file(world: World, call: Call) -> Json:
    return world.files.describe(call.text("file_id"))


def set_webhook(world: World, call: Call) -> bool:
    world.updates.allow(call.structure("allowed_updates"))
    _drop_pending(world, call)
    world.webhook.set(call)
    return True


def delete_webhook(world: World, call: Call) -> bool:
    world.webhook.remove()
    _drop_pending(world, call)
    return True


def _drop_pending(world: World, call: Call) -> None:
    if call.flag("drop_pending_updates"):
        world.updates.forget_all()


def get_webhook_info(world: World, call: Call) -> Json:
    return world.webhook.describe()


def get_my_star_balance(world: World, _: Call) -> Json:
    return {"amount": int(world.pace.stars)}


METHODS: dict[str, Method] = {
    "getMe": get_me,
    "getChat": get_chat,
    "getChatMember": get_chat_member,
    "sendMessage": send_message,
    "sendPhoto": send_photo,
    "sendDocument": send_document,
    "sendMediaGroup": send_media_group,
    "sendChatAction": send_chat_action,
    "editMessageText": edit_message_text,
    "editMessageCaption": edit_message_caption,
    "editMessageReplyMarkup": edit_message_reply_markup,
    "deleteMessage": delete_message,
    "answerCallbackQuery": answer_callback_query,
    "createForumTopic": create_forum_topic,
    "deleteMyCommands": delete_my_commands,
    "setMyCommands": set_my_commands,
    "setMyDescription": set_profile_text,
    "setMyShortDescription": set_profile_text,
    "getFile": get_file,
    "getMyStarBalance": get_my_star_balance,
    "setWebhook": set_webhook,
    "deleteWebhook": delete_webhook,
    "getWebhookInfo": get_webhook_info,
}
PACED = frozenset(METHODS) & {
    "sendMessage",
    "sendPhoto",
    "sendDocument",
    "sendMediaGroup",
    "editMessageText",
    "editMessageCaption",
    "editMessageReplyMarkup",
}
"""What counts against the sending limits."""
