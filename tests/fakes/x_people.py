"""The people who write to our account, as a test or a benchmark speaks for them."""

from collections.abc import Callable

from tests.fakes.x_calls import Json, Refusal, forbidden, older
from tests.fakes.x_faults import NOT_TO_THIS_USER
from tests.fakes.x_files import File
from tests.fakes.x_world import Message, User, World


class XPerson:
    """Somebody on X. `inbox` is what our account sent to them, oldest first: `id`, `text` as it was
    written, and `media`, the bytes of a file or None.
    """

    def __init__(self, world: World, user: User) -> None:
        self.id = user.id
        self.name = user.name
        self.username = user.username
        self.inbox: list[Json] = []
        self._world = world
        self._heard = 0
        world.users[user.id] = user

    async def says(
        self, text: str, media: bytes | None = None, kind: str = "photo", *, group: str = ""
    ) -> Message:
        """In private, or in the group conversation with this id."""
        return self._send(text, media, kind, "", group)

    async def sends_media(
        self, data: bytes, kind: str = "photo", *, name: str = "", text: str = ""
    ) -> Message:
        """`kind` is "photo", "video" or "animated_gif". X tells neither the file's size nor the
        name it had; `name` is the last part of its address.
        """
        return self._send(text, data, kind, name)

    def _send(
        self, text: str, data: bytes | None, kind: str, name: str = "", group: str = ""
    ) -> Message:
        world, file = self._world, None
        if data is not None:
            file = File(world.clock.new_id(), kind, data, world.clock.now(), name)
        return world.add_message(self.id, "" if group else world.me.id, text, file, group)

    def take(self, message: Message) -> None:
        media = message.file.data if message.file else None
        self.inbox.append({"id": message.id, "text": message.text, "media": media})

    async def hears(self, n: int = 1, timeout: float = 5.0) -> list[Json]:
        """The next `n` of our messages that nobody heard yet, once all of them have arrived."""
        start, self._heard = self._heard, self._heard + n
        try:
            await self._world.bell.until(lambda: len(self.inbox) >= start + n, timeout)
        except TimeoutError:
            came = [message["text"] for message in self.inbox[start:]]
            raise TimeoutError(f"{self.name} waited for {n} messages and got {came}") from None
        return self.inbox[start : start + n]

    def blocks(self, detail: str = NOT_TO_THIS_USER, *, code: int = 0) -> None:
        """Takes no more messages from us: X says so in the words of version 2, or with a `code` of
        version 1.1, such as 349.
        """
        refusal: Callable[[], Refusal] = lambda: (  # noqa: E731
            older(403, code, detail) if code else forbidden(detail)
        )
        self._world.closed[self.id] = refusal

    def returns(self) -> None:
        """Takes messages again."""
        self._world.closed.pop(self.id, None)


class Crowd:
    """People by id; the first call makes them."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._people: dict[str, XPerson] = {}
        world.tell.append(self._hand_over)

    def person(self, id: int | str, name: str = "") -> XPerson:
        id = str(id)
        if id not in self._people:
            user = User(id, name or f"Person {id}", f"person_{id}")
            self._people[id] = XPerson(self._world, user)
        return self._people[id]

    def _hand_over(self, message: Message) -> None:
        if message.sender == self._world.me.id and message.recipient in self._people:
            self._people[message.recipient].take(message)
