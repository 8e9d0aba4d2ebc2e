"""Load for benchmarks: what many people have said while nobody listened."""

from dataclasses import dataclass

from tests.fakes.x_calls import Json
from tests.fakes.x_people import Crowd

FIRST_CHAT = 10_000


@dataclass(frozen=True, slots=True)
class Backlog:
    """`messages` from `chats` people, one after the other; `texts` go round, or are "unique"."""

    messages: int
    chats: int = 32
    texts: list[str] | str = "unique"
    first_chat: int = FIRST_CHAT

    async def run(self, crowd: Crowd) -> Json:
        people = [crowd.person(self.first_chat + number) for number in range(self.chats)]
        for number in range(self.messages):
            await people[number % self.chats].says(self._text(number))
        return {"messages": self.messages, "chats": self.chats}

    def _text(self, number: int) -> str:
        if isinstance(self.texts, str):
            return f"message {number}"
        return self.texts[number % len(self.texts)]
