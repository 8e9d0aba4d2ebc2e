"""The interface of a platform, and the four ways a send can fail.

    DeliveryError
    ├── Retry        later: the platform asked for time, or could not be reached
    │   └── Absent   when they come: nobody is there to read it
    ├── Refused      never for this address: blocked, gone, no permission
    ├── Unsupported  never on this platform
    └── Unknown      the bytes left and no answer came

Adapters subclass `Adapter` explicitly, so that a type checker holds them to it.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Mapping, Sequence
from datetime import datetime
from typing import Protocol, runtime_checkable

from core.limits import Limits
from core.messages import Address, Attachment, Choice, DrawnForm, Inbound, Outbound

Receive = Callable[[Inbound], Awaitable[None]]


class DeliveryError(Exception):
    """A send that did not end in an id. Its words are for staff: no secret, no text of anybody."""


class Retry(DeliveryError):
    """Not now. Give `after`, in seconds, only when the platform asked for that time: then this was
    no failed try. `everyone` when it slows us down as a whole.
    """

    def __init__(self, reason: str, after: float | None = None, *, everyone: bool = False) -> None:
        super().__init__(reason)
        self.after = 1.0 if after is None else after
        self.asked = after is not None
        self.everyone = everyone


class Absent(Retry):
    """Nobody is there to read it. It waits without counting, and is due at once when they come: see
    `core.outbox.hurry`.
    """


class Refused(DeliveryError):
    """Never for this address. `moved_to` is the chat that replaced it, where there is one."""

    def __init__(self, reason: str, moved_to: str = "", *, gone: bool = True) -> None:
        super().__init__(reason)
        self.moved_to = moved_to
        self.gone = gone
        """False when only this message was refused and the person can still be reached."""


class Unsupported(DeliveryError):
    """Never on this platform."""


class Unknown(DeliveryError):
    """The platform may have accepted it. Only the outbox decides whether to say it again."""


class FetchError(Exception):
    """A file could not be had now; asking again may help."""


class TooLarge(FetchError):
    """The platform or we do not take a file of this size. `limit` is in bytes."""

    def __init__(self, limit: int) -> None:
        super().__init__(f"larger than {limit} bytes")
        self.limit = limit


class Gone(FetchError):
    """The platform no longer has the file; asking again is useless."""


class Adapter(Protocol):
    """A platform: a folder that knows how to listen and how to send."""

    platform: str
    account: str
    """Which of our accounts this is: event ids are unique only within it. Known once `open` ended.
    """
    limits: Limits

    async def open(self) -> None:
        """Say hello to the platform. Raises `Retry` when it cannot be reached, `Refused` on a bad
        token.
        """

    async def close(self) -> None: ...

    async def listen(self, receive: Receive) -> None:
        """Await `receive` for each thing a person did, at least once, until cancelled.

        Acknowledges to the platform only after `receive` returned. Messages of one address are
        handed over in order, without waiting for each other; those behind one that was not received
        are not received either, and all of them are handed over again.
        """

    async def send(self, outbound: Outbound) -> str:
        """Deliver one part and return the platform's id of it, or raise a `DeliveryError`."""
        ...

    def fetch(self, attachment: Attachment) -> AsyncIterator[bytes]:
        """Stream the bytes of a file that came in. Raises `FetchError` on the way."""
        ...


class Lookup(Protocol):
    """What a platform may ask the desk. Nothing is changed or remembered by it."""

    async def form(self, inbound: Inbound) -> DrawnForm | None:
        """The form that this press or command opens, as its sender sees it, with what is known
        already filled in; None when it opens none. Text that comes with it is its description.
        """
        ...

    async def complete(self, text: str, language: str, limit: int) -> Sequence[Choice]:
        """Questions of the FAQ that begin like this; a press on one shows its answer."""
        ...

    async def last_heard(self, platform: str, account: str) -> Mapping[Address, str]:
        """For each address we know, the id of the newest message that was received from there."""
        ...

    async def last_event(self, platform: str, account: str) -> str:
        """The event that was received last from this account; empty when none ever was."""
        ...

    async def language(self, address: Address) -> str:
        """The one that whoever reads there speaks with us, or asked in last; empty when nobody is
        known there.
        """
        ...

    async def is_speaking(self, address: Address) -> bool:
        """Whether something is on its way to this address, or could be, whoever sends it."""
        ...

    async def said(self, address: Address, since: datetime) -> Collection[str]:
        """The platform's ids of the parts that are known to have arrived there since."""
        ...


@runtime_checkable
class Edits(Protocol):
    """A platform on which what was said can be said otherwise."""

    async def edit(self, outbound: Outbound, message: str) -> None:
        """Title, text and choices of our `message` become those of `outbound`; a file stays as it
        was. Done twice, it is as done once. Raises a `DeliveryError`: `Refused` when the message is
        gone or too old, with `gone=False` while the person can be reached.
        """


@runtime_checkable
class Withdraws(Protocol):
    """A platform on which what was said can be taken back."""

    async def withdraw(self, address: Address, message: str) -> None:
        """Our `message` is gone afterwards, also when it was before. Raises as `edit` does."""


@runtime_checkable
class OpensRooms(Protocol):
    """A platform on which the staff have a place, where each ticket can get a room of its own."""

    @property
    def has_rooms(self) -> bool:
        """Whether a place for the staff is set."""
        ...

    async def open_room(self, title: str) -> Address:
        """A new room named `title`, which is shortened where the platform wants that. What is
        written there comes as `Inbound.in_room`. Raises a `DeliveryError`: `Refused` when the
        staff's place is not there, or we may not open rooms in it.
        """
        ...


Commands = tuple[tuple[str, str], ...]
"""Each with what it does, in the order in which they are shown."""


@runtime_checkable
class ShowsCommands(Protocol):
    """A platform on which each private chat can have a menu of commands of its own."""

    async def show_commands(self, address: Address, commands: Commands) -> None:
        """In this chat these, and no others; without any, those that everybody sees. Raises a
        `DeliveryError`: `Refused` when the chat is gone.
        """


@runtime_checkable
class Publishes(Protocol):
    """A platform with a public place for news, where everybody reads and nobody is asked."""

    @property
    def public_place(self) -> Address | None:
        """Sent to like any other; None when none is set."""
        ...


@runtime_checkable
class HasGroups(Protocol):
    """A platform on which a chat can be a group: all addresses in it are sent to at one pace."""

    def is_group(self, address: Address) -> bool:
        """Whether `address.chat` is a group."""
        ...


@runtime_checkable
class KeepsFiles(Protocol):
    """A platform to which a file needs to be brought only once, for however many people."""

    def has_file(self, stored_as: str) -> bool:
        """Whether it would now be sent without its bytes."""
        ...


@runtime_checkable
class LooksUp(Protocol):
    """A platform that asks the desk before it listens: it draws forms, completes what is typed, or
    reads for itself what it missed.
    """

    def look_up(self, desk: Lookup) -> None:
        """Called once, before `listen`."""
