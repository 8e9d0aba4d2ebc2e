"""A platform in memory that works: people write, press and send files; what they see is kept.

The real desk, outbox and delivery run above it: it keeps the promises of `core.adapter`.
"""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable
from copy import copy
from dataclasses import replace
from datetime import UTC, datetime
from itertools import count

from core.adapter import (
    Adapter,
    FetchError,
    Gone,
    Lookup,
    Receive,
    Refused,
    TooLarge,
    Unknown,
)
from core.limits import Limits
from core.messages import Address, Attachment, Inbound, Kind, Outbound, Sender

ANN, BEN = "1001", "1002"
FAST = Limits(
    text=4096,
    file_in=1_000_000,
    file_out=1_000_000,
    caption=1024,
    edits=True,
    withdraws=True,
    per_second=100_000,
    per_address=0,
    burst=1,
)
WITHOUT_BUTTONS = replace(FAST, buttons=False)
BLOCK = 64 * 1024
AGAIN = 0.01
"""Seconds before what could not be received comes again."""


class MemoryAdapter(Adapter):
    """People are named by a platform id, and their private chat has the same one."""

    def __init__(
        self,
        limits: Limits = FAST,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        *,
        platform: str = "memory",
        account: str = "desk",
        honours_keys: bool = False,
        rooms: str = "",
        public: str = "",
    ) -> None:
        """`rooms` is the staff's place, `public` the one for news."""
        self.platform = platform
        self.account = account
        self.limits = limits
        self.sent: list[Outbound] = []
        """What people see, in order."""
        self.tried: list[Outbound] = []
        """Every call, whatever became of it."""
        self.faults: deque[Exception | None] = deque()
        """What the next sends raise, in order; None lets one pass. `Unknown` shows it first."""
        self.faults_at: dict[str, Exception] = {}
        """What every send to a chat raises, until it is taken out."""
        self.files: dict[str, bytes] = {}
        """By handle. Take one out, and it is gone."""
        self.not_yet: set[str] = set()
        """Handles of files that cannot be had for now."""
        self.languages: dict[str, str] = {}
        """What a person's app is set to; unnamed ones to English."""
        self.door = asyncio.Event()
        """Sends wait before it while it is closed, as on a slow wire."""
        self.door.set()
        self.desk: Lookup | None = None
        self.rooms: dict[str, str] = {}
        """Titles of the rooms that were opened, by thread."""
        self._staff_place = rooms
        self._public_place = public
        self._clock = clock
        self._honours_keys = honours_keys
        self._ids: list[str] = []
        self._by_key: dict[str, str] = {}
        self._numbers = count(1)
        self._waiting: asyncio.Queue[Inbound] = asyncio.Queue()
        self._unread: Inbound | None = None
        self._changed = asyncio.Event()

    def copy(self) -> "MemoryAdapter":
        """A platform on which the same was said and opened."""
        other = MemoryAdapter(
            self.limits, self._clock, platform=self.platform, account=self.account,
            honours_keys=self._honours_keys, rooms=self._staff_place, public=self._public_place,
        )  # fmt: skip
        other.sent, other.tried, other._ids = list(self.sent), list(self.tried), list(self._ids)
        other.files, other.rooms = dict(self.files), dict(self.rooms)
        other._by_key, other._numbers = dict(self._by_key), copy(self._numbers)
        return other

    def look_up(self, desk: Lookup) -> None:
        self.desk = desk

    def say(self, text: str, person: str = ANN, **more: object) -> Inbound:
        return self._put(person, text=text, **more)

    def press(self, value: str, person: str = ANN, message: str = "") -> Inbound:
        """On a button with this value, wherever it stands."""
        return self._put(person, kind=Kind.PRESS, choice=value, message=message or "0")

    def send_file(
        self,
        data: bytes,
        name: str = "picture.png",
        person: str = ANN,
        *,
        kind: str = "document",
        media_type: str = "",
        size: int | None = None,
        **more: object,
    ) -> Inbound:
        """`size` is what the platform declares, where it is not that of `data`."""
        declared = len(data) if size is None else size
        file = Attachment(self.upload(data), kind, name, media_type, declared)
        return self._put(person, attachments=(file,), **more)

    def upload(self, data: bytes) -> str:
        """A handle under which the desk can fetch it."""
        handle = f"file{next(self._numbers)}"
        self.files[handle] = data
        return handle

    def block(self, person: str = ANN) -> Inbound:
        """They shut us out."""
        self.faults_at[person] = Refused("the person blocked us")
        return self._put(person, kind=Kind.BLOCKED)

    def unblock(self, person: str = ANN) -> Inbound:
        self.faults_at.pop(person, None)
        return self._put(person, kind=Kind.RETURNED)

    def write_in_room(self, text: str, room: Address, person: str = ANN, **more: object) -> Inbound:
        """In one of the staff's own rooms."""
        return self._put(person, text=text, address=room, private=False, in_room=True, **more)

    def close_room(self, room: Address) -> None:
        """Somebody deletes it."""
        self.rooms.pop(room.thread)

    def put(self, inbound: Inbound) -> None:
        """Deliver something as it is: a repeat, or an odd one."""
        self._waiting.put_nowait(inbound)

    def _put(self, person: str, **fields: object) -> Inbound:
        number = next(self._numbers)
        sender = Sender(person, f"Person {person}", self.languages.get(person, "en"))
        plain = Inbound(
            f"event{number}", self.address(person), sender, self._clock(), message=f"in{number}"
        )
        inbound = replace(plain, **fields)  # type: ignore[arg-type]  # fields of Inbound, by name
        self.put(inbound)
        return inbound

    def address(self, person: str = ANN) -> Address:
        return Address(self.platform, self.account, person)

    def seen(self, person: str = ANN) -> list[Outbound]:
        return [one for one in self.sent if one.address.chat == person]

    def id_of(self, shown: Outbound) -> str:
        """The platform's id of something that people see."""
        return next(i for one, i in zip(self.sent, self._ids, strict=True) if one is shown)

    async def all_heard(self) -> None:
        """Everything that people did has been received."""
        await self._waiting.join()

    async def until_sent(self, number: int) -> list[Outbound]:
        return await self._until(self.sent, number)

    async def until_tried(self, number: int) -> list[Outbound]:
        return await self._until(self.tried, number)

    async def _until(self, calls: list[Outbound], number: int) -> list[Outbound]:
        async with asyncio.timeout(20):
            while len(calls) < number:
                self._changed.clear()
                await self._changed.wait()
        return calls

    async def open(self) -> None:
        """Nothing to greet."""

    async def close(self) -> None:
        """Nothing to let go."""

    async def listen(self, receive: Receive) -> None:
        while True:
            self._unread = self._unread or await self._waiting.get()
            try:
                await receive(self._unread)
            except Exception:  # whatever it was: it is not acknowledged, so it comes again
                await asyncio.sleep(AGAIN)
            else:
                self._unread = None
                self._waiting.task_done()

    async def send(self, outbound: Outbound) -> str:
        self.tried.append(outbound)
        self._changed.set()
        await self.door.wait()
        self._check(outbound)
        if outbound.address.thread and outbound.address.thread not in self.rooms:
            raise Refused("the room was deleted")
        fault = self.faults_at.get(outbound.address.chat)
        fault = fault or (self.faults.popleft() if self.faults else None)
        if fault and not isinstance(fault, Unknown):
            raise fault
        shown = self._show(outbound)
        if fault:
            raise fault
        return shown

    def _check(self, outbound: Outbound) -> None:
        """As platforms do, refuse what breaks the limits that we told."""
        limits = self.limits
        text = f"{outbound.title}\n{outbound.text}" if outbound.title else outbound.text
        length = len(text.encode("utf-16-le")) // 2 if limits.utf16 else len(text)
        choices = outbound.choices
        if length > limits.text or len(choices) > (limits.choices if limits.buttons else 0):
            raise Refused("more than this platform takes", gone=False)
        if outbound.file and len(outbound.file.data) > limits.file_out:
            raise Refused("a file is too large", gone=False)
        if outbound.file and length > limits.caption:
            raise Refused("more than a file can carry", gone=False)
        if any(len(one.label) > limits.label for one in choices):
            raise Refused("a label is too long", gone=False)

    def _show(self, outbound: Outbound) -> str:
        if self._honours_keys and outbound.nonce in self._by_key:
            return self._by_key[outbound.nonce]
        self.sent.append(outbound)
        self._changed.set()
        shown = f"out{next(self._numbers)}"
        self._ids.append(shown)
        self._by_key[outbound.nonce] = shown
        return shown

    async def edit(self, outbound: Outbound, message: str) -> None:
        self.tried.append(outbound)
        self._changed.set()
        await self.door.wait()
        self._check(outbound)
        self._fail(outbound.address)
        place = self._find(message)
        self.sent[place] = replace(outbound, file=self.sent[place].file)
        self._changed.set()

    async def withdraw(self, address: Address, message: str) -> None:
        await self.door.wait()
        self._fail(address)
        if message in self._ids:
            place = self._ids.index(message)
            del self.sent[place], self._ids[place]
            self._changed.set()

    def _find(self, message: str) -> int:
        if message not in self._ids:
            raise Refused("the message is not there", gone=False)
        return self._ids.index(message)

    def _fail(self, address: Address) -> None:
        fault = self.faults_at.get(address.chat)
        if fault := fault or (self.faults.popleft() if self.faults else None):
            raise fault

    @property
    def has_rooms(self) -> bool:
        return bool(self._staff_place)

    async def open_room(self, title: str) -> Address:
        self._fail(Address(self.platform, self.account, self._staff_place))
        thread = f"room{next(self._numbers)}"
        self.rooms[thread] = title
        return Address(self.platform, self.account, self._staff_place, thread)

    @property
    def public_place(self) -> Address | None:
        place = self._public_place
        return Address(self.platform, self.account, place) if place else None

    async def fetch(self, attachment: Attachment) -> AsyncIterator[bytes]:
        limit = self.limits.file_in
        if (attachment.size or 0) > limit:
            raise TooLarge(limit)
        if attachment.handle in self.not_yet:
            raise FetchError("later")
        if attachment.handle not in self.files:
            raise Gone("the file is no longer there")
        data = self.files[attachment.handle]
        if len(data) > limit:
            raise TooLarge(limit)
        for start in range(0, len(data), BLOCK):
            yield data[start : start + BLOCK]
