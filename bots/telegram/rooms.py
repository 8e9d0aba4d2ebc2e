"""The staff's group, in which each ticket gets a topic of its own: a room."""

import logging
from typing import Any

from telegram.error import TelegramError

from bots.telegram.failures import NOBODY, TOPIC, Denied, Lost, to_delivery_error
from bots.telegram.parse import PLATFORM, Json, Me, number
from bots.telegram.transport import WireBot
from core.adapter import DeliveryError, Refused
from core.cleaning import clean_line
from core.messages import Address

log = logging.getLogger(__name__)

NAME = 128
"""Characters: https://core.telegram.org/bots/api#createforumtopic."""
LOOK_TIMEOUT = 5.0
SETTING = "FRONTDESK_TELEGRAM__STAFF_CHAT"
NO_GROUP = (
    f"Telegram shows us no group with the id in {SETTING}. Check the id, and add the bot to that "
    "group as an administrator"
)
NO_TOPICS = (
    f"the group in {SETTING} has no topics: no room can be opened. Switch on “Topics” in the "
    "group's settings"
)
NO_RIGHT = (
    f"the bot may not open topics in the group in {SETTING}. Make it an administrator there with "
    "the right “Manage topics”: only then it also hears all that is written there"
)
MOVED = "the staff's group has a new id: set {setting} to {chat} and start the desk again"
ANONYMOUS = (
    "somebody writes anonymously in the staff's group and cannot be recognised: switch off “Remain "
    "anonymous” for the administrators who answer there"
)
NO_TOPIC = "the topic was deleted or closed"


class Rooms:
    def __init__(self, bot: WireBot, chat: str) -> None:
        self._bot = bot
        self._chat = chat

    async def look(self, me: Me) -> None:
        """Tell in the log what is missing, if a group is set; without it the desk works as well."""
        if not self._chat:
            return
        try:
            lack = await self._find_lack(me)
        except Denied as denied:
            lack = self._explain(denied)
        except (TelegramError, TypeError, KeyError) as error:
            log.warning("the staff's group was not seen", extra={"error": type(error).__name__})
            return
        if lack:
            log.error("%s", lack)

    async def _find_lack(self, me: Me) -> str:
        """An administrator hears all, whatever the bot's privacy mode."""
        group = await self._ask("getChat")
        if not group.get("is_forum"):
            return NO_TOPICS
        ours = await self._ask("getChatMember", user_id=me.id)
        if ours["status"] in ("left", "kicked"):
            return NO_GROUP
        may = ours["status"] == "administrator" and ours.get("can_manage_topics")
        return "" if may else NO_RIGHT

    async def _ask(self, method: str, **fields: str) -> Json:
        told: Any = await self._bot.call(method, {"chat_id": self._chat} | fields, LOOK_TIMEOUT)
        if not isinstance(told, dict):
            raise TypeError("an object expected")
        return told

    async def open(self, title: str, me: Me) -> Address:
        """Raises a `DeliveryError`."""
        name = clean_line(title, NAME) or "…"
        try:
            made = await self._ask("createForumTopic", name=name)
            thread = number(made.get("message_thread_id"))
        except TelegramError as error:
            raise self.explain(error) from None
        except TypeError:
            raise to_delivery_error(Lost("the answer is no topic")) from None
        return Address(PLATFORM, me.id, self._chat, thread)

    def holds(self, address: Address) -> bool:
        return bool(self._chat) and address.chat == self._chat

    def explain(self, error: TelegramError) -> DeliveryError:
        """What a failed call in the group means."""
        failure = to_delivery_error(error)
        if not isinstance(error, Denied) or not isinstance(failure, Refused):
            return failure
        if error.says(TOPIC):
            return Refused(NO_TOPIC)
        words = self._explain(error)
        if failure.moved_to:
            log.error("%s", words)
        return Refused(words, failure.moved_to, gone=failure.gone) if words else failure

    def _explain(self, denied: Denied) -> str:
        """Empty when it is nothing that an operator could set right."""
        if denied.moved_to:
            return MOVED.format(setting=SETTING, chat=denied.moved_to)
        if denied.status == 403 or denied.says(NOBODY):
            return NO_GROUP
        if denied.says(("not a forum",)):
            return NO_TOPICS
        return NO_RIGHT if denied.says(("create a topic", "chat_admin_required")) else ""

    def note(self, raw: Json) -> None:
        """What an update tells about the group itself."""
        message = raw.get("message")
        if not isinstance(message, dict) or not self._chat:
            return
        chat, moved = message.get("chat"), message.get("migrate_to_chat_id")
        if not isinstance(chat, dict) or str(chat.get("id")) != self._chat:
            return
        if type(moved) is int:
            log.error("%s", MOVED.format(setting=SETTING, chat=moved))
        by = message.get("sender_chat")
        if isinstance(by, dict) and by.get("id") == chat["id"]:
            log.warning("%s", ANONYMOUS)
