"""All that the imitated X knows: people, messages, posts, files, and what our account sent."""

from collections.abc import Callable
from dataclasses import dataclass

from tests.fakes.telegram_bell import Bell
from tests.fakes.x_calls import Call, Json
from tests.fakes.x_clock import Clock
from tests.fakes.x_files import File, Files, page_of
from tests.fakes.x_words import Shown, posts_in, show

CALLS_KEPT = 10_000


@dataclass(frozen=True, slots=True)
class User:
    id: str
    name: str
    username: str


@dataclass(frozen=True, slots=True)
class Message:
    """A direct message as it was written. `recipient` is empty in a group; `at` is the imitation's
    time of acceptance.
    """

    id: str
    at: float
    sender: str
    recipient: str
    conversation: str
    text: str = ""
    file: File | None = None


@dataclass(frozen=True, slots=True)
class Post:
    """On our timeline, as it was written."""

    id: str
    at: float
    text: str
    reply_to: str = ""
    files: tuple[File, ...] = ()


class World:
    """`ledger` is what our account sent through the interface, in the order of acceptance;
    `messages` and `posts` are oldest first. `tell` is called for each new message.
    """

    def __init__(self, me: User, clock: Clock) -> None:
        self.me = me
        self.clock = clock
        self.users: dict[str, User] = {me.id: me}
        self.closed: dict[str, Callable[[], Exception]] = {}
        """Who takes no messages from us, and how that is said."""
        self.messages: list[Message] = []
        self.posts: list[Post] = []
        self.ledger: list[Message] = []
        self.files = Files()
        self.calls: list[Call] = []
        self.reads = 0
        """How often messages were looked up, with success."""
        self.bell = Bell()
        self.tell: list[Callable[[Message], None]] = []
        self.shortens_links = True
        self.escapes_html = False

    def add_message(
        self, sender: str, recipient: str, text: str, file: File | None, group: str = ""
    ) -> Message:
        id = self.clock.new_id()
        if file:
            file.message = id
            self.files.add(file)
        conversation = group or between(sender, recipient)
        message = Message(id, self.clock.now(), sender, recipient, conversation, text, file)
        self.messages.append(message)
        for tell in self.tell:
            tell(message)
        self.bell.ring()
        return message

    def shown(self, message: Message) -> Shown:
        return show(
            message.text,
            shortens=self.shortens_links,
            escapes=self.escapes_html,
            page=page_of(message.id) if message.file else "",
        )

    def keep_call(self, call: Call) -> None:
        self.calls.append(call)
        if len(self.calls) > CALLS_KEPT:
            del self.calls[: CALLS_KEPT // 2]


def between(one: str, other: str) -> str:
    """The conversation of two: https://docs.x.com/x-api/direct-messages/lookup/integrate"""
    return "-".join(sorted((one, other), key=int))


def shared_posts(message: Message) -> list[Json]:
    return [{"id": id} for id in posts_in(message.text)]
