"""A mailbox on a real server, and somebody who writes to it."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from itertools import count
from typing import Any

import pytest

from bots.email.adapter import EmailAdapter
from tests.bots.email.letters import KEY
from tests.bots.email.mailing import Open, email_settings, quick
from tests.fakes.mail import Dovecot, dovecot, find_dovecot
from tests.fakes.mail_smtp import PostOffice, post_office
from tests.fakes.mail_wire import Wire, wire_to

NUMBERS = count(1)


@pytest.fixture(scope="session")
def imap() -> Iterator[Dovecot]:
    if find_dovecot() is None:
        pytest.skip("no Dovecot is installed on this machine: its program was not found")
    with dovecot() as server:
        yield server


@pytest.fixture
def post() -> Iterator[PostOffice]:
    with post_office() as office:
        yield office


@pytest.fixture
def box() -> str:
    """An address of which nobody else knows."""
    return f"desk{next(NUMBERS)}@desk.example"


@pytest.fixture
def opened(imap: Dovecot, post: PostOffice, box: str) -> Open:
    """Makes opened adapters at this mailbox."""

    @asynccontextmanager
    async def open_adapter(*, key: bytes = KEY, **changed: Any) -> AsyncIterator[EmailAdapter]:
        settings = email_settings(box, imap.url(), post.url)
        adapter = EmailAdapter(settings, "Creator Desk", key, **changed)
        try:
            await adapter.open()
            yield adapter
        finally:
            await adapter.close()

    return open_adapter


@pytest.fixture
async def adapter(opened: Open) -> AsyncIterator[EmailAdapter]:
    async with opened() as adapter:
        yield adapter


@pytest.fixture
async def wire(imap: Dovecot) -> AsyncIterator[Wire]:
    async with wire_to(imap.port) as wire:
        yield wire


@pytest.fixture
async def wired(wire: Wire, post: PostOffice, box: str) -> AsyncIterator[EmailAdapter]:
    settings = email_settings(box, wire.url, post.url)
    adapter = EmailAdapter(settings, "Desk", KEY, sleep=quick)
    await adapter.open()
    yield adapter
    await adapter.close()
