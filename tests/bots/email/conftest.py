"""A mailbox on a real server, and somebody who writes to it."""

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from itertools import count
from typing import Any

import pytest
from pydantic import SecretStr

from bots.email.adapter import EmailAdapter
from core.settings import Email
from tests.bots.email.letters import KEY
from tests.fakes.mail import PASSWORD, Dovecot, dovecot, find_dovecot
from tests.fakes.mail_smtp import PostOffice, post_office

NUMBERS = count(1)

Open = Callable[..., AbstractAsyncContextManager[EmailAdapter]]


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


def email_settings(box: str, imap_url: str, smtp_url: str, **changed: Any) -> Email:
    fields: dict[str, Any] = {
        "address": box,
        "password": SecretStr(PASSWORD),
        "imap_url": imap_url,
        "smtp_url": smtp_url,
        "every": 0.05,
    }
    return Email(**(fields | changed))


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
