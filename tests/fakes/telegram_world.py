"""All that the imitated platform knows: chats, messages, updates, files, and what the bot sent."""

import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from itertools import count

from tests.fakes.telegram_bell import Bell
from tests.fakes.telegram_calls import Call, Json
from tests.fakes.telegram_faults import Faults, Pace
from tests.fakes.telegram_files import Files
from tests.fakes.telegram_updates import Updates
from tests.fakes.telegram_webhook import Webhook

CALLS_KEPT = 10_000


@dataclass(frozen=True, slots=True)
class Sent:
    """An accepted send. `at` is `time.monotonic()` of acceptance; `text` may be a caption."""

    number: int
    chat: int
    text: str
    at: float
    message: int
    method: str


class Room:
    """A chat. `inbox` is what the bot said, in order; edits change it in place, deletes do not."""

    def __init__(self, chat: Json) -> None:
        self.id: int = chat["id"]
        self.chat = chat
        self.messages: dict[int, Json] = {}
        self.inbox: list[Json] = []
        self.topics: dict[int, str] = {}
        self.closed: set[int] = set()
        """Topics in which only who manages them may write."""
        self.blocked = False
        self.rights = {"can_manage_topics", "can_post_messages", "can_edit_messages"}
        """Of the bot as an administrator; without any it is a plain member."""
        self.bell = Bell()
        self._heard = 0

    async def hears(self, n: int = 1, timeout: float = 5.0) -> list[Json]:
        """The next `n` messages of the bot that nobody heard yet, once all of them have arrived."""
        start, self._heard = self._heard, self._heard + n
        try:
            await self.bell.until(lambda: len(self.inbox) >= start + n, timeout)
        except TimeoutError:
            came = [message.get("text", "(no text)") for message in self.inbox[start:]]
            raise TimeoutError(f"chat {self.id} waited for {n} messages and got {came}") from None
        return self.inbox[start : start + n]


class World:
    """One bot's platform. Rooms are found by id; message ids come from one growing counter."""

    def __init__(self, bot_id: int, inspect: Callable[[Json], None]) -> None:
        self.bot: Json = {
            "id": bot_id,
            "is_bot": True,
            "first_name": "Front Desk",
            "username": "front_desk_bot",
        }
        self.reads_all = True
        """Whether the bot's privacy mode is off."""
        self.bell = Bell()
        self.updates = Updates(self.bell, inspect)
        self.webhook = Webhook(self.updates, self.bell)
        self.files = Files()
        self.faults = Faults()
        self.pace = Pace()
        self.rooms: dict[int, Room] = {}
        self.ledger: list[Sent] = []
        self.calls: deque[Call] = deque(maxlen=CALLS_KEPT)
        self.press_answers: dict[str, Call | None] = {}
        """By callback query id: how the bot answered, None while it did not."""
        self.profile: dict[tuple[str, str], Json] = {}
        """What the bot set about itself: the parameters, by (method, language code)."""
        self._ids = count(1)

    def new_id(self) -> int:
        return next(self._ids)

    def add_room(self, chat: Json) -> Room:
        room = self.rooms[chat["id"]] = Room(chat)
        return room

    def accept(self, room: Room, content: Json, method: str) -> Json:
        """The bot's message enters the room and the ledger."""
        in_channel = room.chat["type"] == "channel"
        message = {
            "message_id": self.new_id(),
            **({"sender_chat": room.chat} if in_channel else {"from": self.bot}),
            "date": int(time.time()),
            "chat": room.chat,
            **content,
        }
        number: int = message["message_id"]
        text = content.get("text") or content.get("caption", "")
        self.ledger.append(Sent(len(self.ledger), room.id, text, time.monotonic(), number, method))
        room.messages[number] = message
        room.inbox.append(message)
        room.bell.ring()
        return message
