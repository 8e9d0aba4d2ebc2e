"""What a platform allows: sizes, pace, what it can draw, and what it costs."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from core.messages import Outbound, StoredFile


@dataclass(frozen=True, slots=True)
class Window:
    """At most `count` sends in any span of so many seconds, counted over restarts."""

    count: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Drawn:
    """One message as whoever gets it reads it. `subject` stands above a letter."""

    text: str
    subject: str = ""


@dataclass(frozen=True, slots=True)
class Price:
    """What each send costs beyond those that are free in a second, in a currency of that name."""

    each: Decimal
    currency: str


Draws = Callable[[Outbound, str], Sequence[Drawn]]
"""What `send` would bring of a part, from a desk of that name. Pure."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What a platform allows. Sizes in bytes; `text` in characters, or UTF-16 units if `utf16`."""

    text: int
    choices: int = 100
    label: int = 64
    file_in: int = 20_000_000
    file_out: int = 0
    """0: no file can be sent."""
    caption: int = 0
    """Text that a file can carry; more is sent after it, as a message of its own."""
    utf16: bool = False
    buttons: bool = True
    edits: bool = False
    """What was said can be said otherwise: see `Edits`."""
    withdraws: bool = False
    """What was said can be taken back: see `Withdraws`."""
    per_second: float = 30.0
    """Sends a second in all."""
    price: Price | None = None
    """Where `per_second` is more than what is free."""
    per_address: float = 1.0
    """Sends a second to one address, or to one group, once `burst` sends are used up. 0: no limit.
    """
    burst: int = 3
    per_group_minute: int = 0
    """Sends in any minute to one group, however many threads it has: see `HasGroups`. 0: no limit.
    """
    forms: bool = False
    """Draws forms: see `LooksUp`."""
    discreet: bool = False
    """Where others read along, a question is answered in the open, and whoever presses a button
    there is answered so that only they see it.
    """
    windows: tuple[Window, ...] = ()
    """What may be sent is metered: each message counts."""
    patience: float = 60.0
    """Seconds that a send may take; after them it is in doubt."""
    letters: bool = False
    """What comes is a letter: complete in itself, answered once, and never again within the hour.
    """
    files_out: tuple[tuple[str, int], ...] = ()
    """The media types that can be sent, and the largest file of each, where not all can."""
    picture_out: int = 0
    """The largest picture that is shown as one; what is larger goes as a file. 0: no such border.
    """
    off: bool = False
    """Nobody speaks there from here: what is said waits."""
    commands: tuple[tuple[str, str], ...] = ()
    """Those that its app offers, each with what it does, where that is not what anybody can write.
    """
    brief: int = 0
    """Characters after which an answer from the FAQ is cut where it has a page. 0: it never is."""
    link: Callable[[StoredFile], str] | None = None
    """Where a file that is not taken can be had; empty for one that cannot."""
    draws: Draws | None = None
    """Where it is read as more than title and text, one below the other."""

    def takes(self, media_type: str, size: int) -> bool:
        """Whether such a file of ours can be sent; where not, it is named, or linked."""
        most = dict(self.files_out).get(media_type, 0) if self.files_out else self.file_out
        return size <= min(most, self.file_out)

    def hands_over(self, file: StoredFile) -> bool:
        """Whether whoever reads there gets the file, be it by a link."""
        return self.takes(file.media_type, file.size) or bool(self.link and self.link(file))
