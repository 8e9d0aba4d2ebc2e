"""Messages at the door, and what is the same for all of them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from core.dialogs.turn import Said
from core.faq_matcher import Found
from core.i18n import Languages
from core.limits import Limits
from core.messages import Inbound, Reply
from core.pack import Pack


@dataclass(frozen=True, slots=True)
class Reception:
    """What does not change from message to message."""

    pack: Pack
    languages: Languages
    limits: Mapping[str, Limits]
    per_minute: int
    """Messages of one address that are answered in a minute."""
    is_short: Callable[[str], bool] = lambda _: False
    """Whether little is left of what may be said on a platform."""
    rooms: frozenset[str] = frozenset()
    """Platforms on which the staff have rooms."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """A message at the door, clean, with what the FAQ makes of it."""

    inbound: Inbound
    found: Found | None = None
    ours: bool = False
    """It made our own program fail: kept for a person to look at, and its writer is told."""

    @property
    def key(self) -> tuple[str, str, str]:
        address = self.inbound.address
        return address.platform, address.account, self.inbound.event


@dataclass(frozen=True, slots=True)
class Person:
    """What is known of somebody, and helps to understand their next question."""

    language: str
    audience: str


def language_of(desk: Reception, inbound: Inbound) -> str:
    return desk.languages.nearest(inbound.sender.language)


def say(desk: Reception, inbound: Inbound, message: str) -> list[Said]:
    return [Said(Reply(desk.languages.speak(inbound.sender.language).t(message)))]
