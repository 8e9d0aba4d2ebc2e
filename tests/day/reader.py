"""Whoever reads what the desk says reads all of it, in its order."""

from abc import ABC, abstractmethod

from tests.faults.waiting import until

PATIENCE = 20.0
"""Seconds, also where Discord has three: a machine that does much else may be slower."""


class Reader(ABC):
    """What comes is read one by one; `unread` is what nobody in the script has read."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.read: list[str] = []

    @property
    @abstractmethod
    def screen(self) -> list[str]:
        """All that stands there now, oldest first; a file is 📎."""

    @property
    def unread(self) -> list[str]:
        return self.screen[len(self.read) :]

    async def reads(self, *parts: str) -> str:
        """The next message for each part of a text, which is in it. The last one, whole."""
        for part in parts:
            await self._read_next(part)
        return self.read[-1]

    async def sees_changed(self, old: str, new: str) -> None:
        """Where `old` stood."""
        await until(lambda: new in str(self.screen), PATIENCE)
        assert old not in str(self.screen)

    async def _read_next(self, part: str) -> None:
        try:
            await until(lambda: bool(self.unread), PATIENCE)
        except TimeoutError:
            raise AssertionError(
                f"{self.name} waited for {part!r}; before it came {self.read[-2:]}"
            ) from None
        text = self.unread[0]
        assert part in text, f"{self.name} should read {part!r} and reads {text!r}"
        self.read.append(text)
