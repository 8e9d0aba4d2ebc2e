"""What a desk knows, for those who look it up."""

# ruff: noqa: ARG002  # the interface's names, of which this desk needs few

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from core.adapter import Lookup
from core.messages import Address, Choice, DrawnForm, Inbound


class Desk(Lookup):
    def __init__(
        self, heard: Mapping[Address, str] | None = None, said: Collection[str] = ()
    ) -> None:
        self.heard = dict(heard or {})
        self.arrived = set(said)
        self.asked: list[tuple[Address, datetime]] = []

    async def form(self, inbound: Inbound) -> DrawnForm | None:
        return None

    async def complete(self, text: str, language: str, limit: int) -> Sequence[Choice]:
        return ()

    async def last_heard(self, platform: str, account: str) -> Mapping[Address, str]:
        return self.heard

    async def last_event(self, platform: str, account: str) -> str:
        return max(self.heard.values(), key=int, default="")

    async def language(self, address: Address) -> str:
        return ""

    async def is_speaking(self, address: Address) -> bool:
        return False

    async def said(self, address: Address, since: datetime) -> Collection[str]:
        self.asked.append((address, since))
        return frozenset(self.arrived)
