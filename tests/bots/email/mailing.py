"""Somebody puts letters into a mailbox, and looks what became of them."""

import asyncio
import time
from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Any

from pydantic import SecretStr

from bots.email.adapter import EmailAdapter
from core.messages import Address, Inbound, Outbound
from core.settings import Email
from tests.bots.contract import PATIENCE, Ears, hear, listening
from tests.bots.email.letters import ANN, written
from tests.bots.email.memory import Memory
from tests.fakes.mail import PASSWORD, Dovecot

Open = Callable[..., AbstractAsyncContextManager[EmailAdapter]]

DAY = 86400


def letter(text: str) -> bytes:
    return bytes(written(text))


async def put(imap: Dovecot, box: str, *texts: str, flags: str = "", age: float = 0) -> None:
    when = time.time() - age if age else None
    letters = [letter(text) for text in texts]
    await asyncio.to_thread(imap.put, box, *letters, flags=flags, when=when)


async def quick(seconds: float) -> None:
    """Waiting that takes no time where only the order matters."""
    await asyncio.sleep(min(seconds, 0.02))


async def hear_again(opened: Open, event: str, count: int) -> list[Inbound]:
    """What a desk hears that was started anew and remembers this event."""
    async with opened() as adapter:
        adapter.look_up(Memory(event))
        return await hear(adapter, count)


def texts(heard: Sequence[Inbound]) -> list[str]:
    return [one.text for one in heard]


async def until_marked(imap: Dovecot, box: str, count: int, opened: Open, event: str) -> None:
    """Cut off while they are marked, a desk marks them in its next life."""
    ears = Ears()
    async with opened() as adapter:
        adapter.look_up(Memory(event))
        async with listening(adapter, ears.receive):
            await until(lambda: count_marked(imap, box) >= count)


def count_marked(imap: Dovecot, box: str, mark: str = "$Frontdesk") -> int:
    return sum(mark in one for one in imap.flags(box))


async def until(holds: Callable[[], bool]) -> None:
    """What others see in the mailbox."""
    async with asyncio.timeout(PATIENCE):
        while not await asyncio.to_thread(holds):  # noqa: ASYNC110  # no event tells of it
            await asyncio.sleep(0.01)


NONCE = "0123456789abcdef01234567"


def outbound(box: str, text: str = "Hello", to: str = ANN, **more: object) -> Outbound:
    return Outbound(Address("email", box, to), text, nonce=NONCE, **more)  # type: ignore[arg-type]


def email_settings(box: str, imap_url: str, smtp_url: str, **changed: Any) -> Email:
    fields: dict[str, Any] = {
        "address": box,
        "password": SecretStr(PASSWORD),
        "imap_url": imap_url,
        "smtp_url": smtp_url,
        "every": 0.05,
    }
    return Email(**(fields | changed))
