"""What a desk remembers of letters, for those who look it up."""

# ruff: noqa: ARG002  # the interface's names, of which this desk needs few

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from core.adapter import Lookup
from core.messages import Address, Choice, DrawnForm, Inbound


class Memory(Lookup):
    def __init__(self, event: str = "") -> None:
        self.event = event

    async def last_event(self, platform: str, account: str) -> str:
        assert platform == "email"
        assert "@" in account
        return self.event

    async def form(self, inbound: Inbound) -> DrawnForm | None:
        return None

    async def complete(self, text: str, language: str, limit: int) -> Sequence[Choice]:
        return ()

    async def last_heard(self, platform: str, account: str) -> Mapping[Address, str]:
        return {}

    async def language(self, address: Address) -> str:
        return ""

    async def is_speaking(self, address: Address) -> bool:
        return False

    async def said(self, address: Address, since: datetime) -> Collection[str]:
        return ()
