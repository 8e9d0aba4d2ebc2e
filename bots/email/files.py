"""A file of a letter, read piece by piece: what is held does not grow with it."""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass
from functools import partial

from bots.email.failures import Trouble
from bots.email.line import Line
from bots.email.mailbox import Denied, Mailbox
from bots.email.unpacking import Unpacker
from core.adapter import FetchError, Gone, TooLarge
from core.messages import Attachment

PIECE = 250_000
"""Bytes asked for at once."""
LEAST = {"base64": 0.7, "quoted-printable": 0.3}
"""So much of what is sent is the file, at the least."""


@dataclass(frozen=True, slots=True)
class Place:
    validity: int
    uid: int
    section: str
    encoding: str
    octets: int


def read_handle(handle: str) -> Place:
    """Raises `Gone` for what is no handle of ours."""
    try:
        validity, uid, section, encoding, octets = handle.split("/")
        return Place(int(validity), int(uid), section, encoding, int(octets))
    except ValueError:
        raise Gone("there is no such file") from None


async def fetch(line: Line, attachment: Attachment, limit: int) -> AsyncGenerator[bytes, None]:
    """Raises `TooLarge`, `Gone` or `FetchError`. What is too large by far is not asked for."""
    place = read_handle(attachment.handle)
    least = place.octets * LEAST.get(place.encoding, 1.0)
    if max(attachment.size or 0, least) > limit:
        raise TooLarge(limit)
    unpacker, count = Unpacker(place.encoding), 0
    async with aclosing(pieces(line, place)) as sent:
        async for piece in sent:
            block = unpacker.feed(piece) if piece else unpacker.end()
            count += len(block)
            if count > limit:
                raise TooLarge(limit)
            if block:
                yield block


async def pieces(line: Line, place: Place) -> AsyncGenerator[bytes, None]:
    """As they were sent; an empty one at the end."""
    at = 0
    while True:
        try:
            piece = await line.call(partial(read_piece, place=place, at=at))
        except Trouble as trouble:
            raise FetchError(str(trouble)) from None
        if piece is None:
            raise Gone("the letter is no longer in the mailbox")
        if piece:
            yield piece
        if len(piece) < PIECE:
            break
        at += len(piece)
    yield b""


def read_piece(mailbox: Mailbox, place: Place, at: int) -> bytes | None:
    """None when the letter is gone. A connection that is kept may not have seen it yet."""
    if mailbox.validity != place.validity:
        return None
    found = ask(mailbox, place, at)
    if found is None:
        mailbox.refresh()
        found = ask(mailbox, place, at)
    return found


def ask(mailbox: Mailbox, place: Place, at: int) -> bytes | None:
    try:
        told = list(mailbox.fetch([place.uid], f"BODY.PEEK[{place.section}]<{at}.{PIECE}>"))
    except Denied:
        return None
    found = [answer.get(f"BODY[{place.section}]<{at}>") for answer in told]
    return next((one for one in found if isinstance(one, bytes)), None)
