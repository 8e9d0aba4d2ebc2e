"""Neither the password nor what people write is shown, whatever happens."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from logging import LogRecord

import pytest

from bots.email.adapter import EmailAdapter
from core.adapter import DeliveryError, FetchError
from core.messages import Address, Attachment, Outbound
from tests.bots.contract import Ears, hear, read
from tests.bots.email.letters import ANN, written
from tests.bots.email.mailing import email_settings
from tests.bots.leaks import all_that_shows, failures_of
from tests.fakes.mail import Dovecot
from tests.fakes.mail_smtp import PostOffice
from tests.fakes.mail_wire import wire_to

KEY = b"CANARY-key-CANARY-key-CANARY-key"
PRIVATE = "CANARY-words"


async def try_everything(adapter: EmailAdapter) -> list[BaseException]:
    """All that can fail, and how it failed."""
    file = Attachment("1/1/1//5", "document")
    said = Outbound(Address("email", adapter.account, ANN), PRIVATE, PRIVATE)

    async def listen() -> None:
        async with asyncio.timeout(0.2):
            await adapter.listen(Ears().receive)

    acts: list[Callable[[], Awaitable[object]]] = [
        adapter.open,
        lambda: adapter.send(said),
        lambda: read(adapter, file),
        listen,
    ]
    return await failures_of(acts)


def ours(caplog: pytest.LogCaptureFixture) -> list[LogRecord]:
    """The mail server that we imitate tells everything."""
    return [one for one in caplog.records if not one.name.startswith("mail.")]


def without_source(shown: str) -> str:
    """A traceback quotes our own lines, in which names of what is secret may stand."""
    return "\n".join(line for line in shown.splitlines() if not line.startswith("    "))


REFUSED = b"NO CANARY-words ann@example.org"


@pytest.mark.parametrize("trouble", ["down", "password", "refused", "cut"])
async def test_nothing_secret_is_shown_whatever_fails(
    imap: Dovecot, post: PostOffice, box: str, caplog: pytest.LogCaptureFixture, trouble: str
) -> None:
    caplog.set_level(logging.DEBUG)
    letter = bytes(written(PRIVATE, PRIVATE))
    await asyncio.to_thread(imap.put, box, letter)
    async with wire_to(imap.port) as wire:
        password = {"password": "CANARY-wrong"} if trouble == "password" else {}
        adapter = EmailAdapter(email_settings(box, wire.url, post.url, **password), "D", KEY)
        wire.down = trouble == "down"
        if trouble == "refused":
            for word in (b"OK Fetch completed", b"OK Search completed", b"OK Store completed"):
                wire.changed[word] = REFUSED
        if trouble == "cut":
            wire.cut_at.append(b"BODYSTRUCTURE")
        post.fail("RCPT", f"550 5.1.1 {ANN}: {PRIVATE} is unknown")
        raised = await try_everything(adapter)
        await adapter.close()
        shown = all_that_shows(raised, ours(caplog)) + repr(adapter) + repr(vars(adapter))
    assert len(raised) >= 3
    assert all(isinstance(one, DeliveryError | FetchError | TimeoutError) for one in raised)
    assert "CANARY" not in without_source(shown)
    assert ANN not in without_source(shown)


async def test_nothing_secret_is_shown_when_all_is_well(
    imap: Dovecot, post: PostOffice, box: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    adapter = EmailAdapter(email_settings(box, imap.url(), post.url), "D", KEY)
    await adapter.open()
    away = bytes(written(PRIVATE, PRIVATE, Auto_Submitted="auto-replied"))
    await asyncio.to_thread(imap.put, box, away, bytes(written(PRIVATE, PRIVATE)))
    await hear(adapter)
    await adapter.send(Outbound(Address("email", box, ANN), PRIVATE, PRIVATE))
    await adapter.close()
    shown = all_that_shows([], ours(caplog))
    assert "is not answered" in shown
    assert "CANARY" not in shown + repr(adapter) + repr(vars(adapter))
    assert ANN not in shown
