"""No token, no key to an answer and no words of anybody come into a log or a failure."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import replace

import pytest
from pydantic import SecretStr

from bots.discord.adapter import DiscordAdapter
from core.messages import Address, Attachment, Choice, Enclosed, Outbound
from tests.bots.contract import Ears, listening, read
from tests.bots.discord.conftest import LANGUAGES, Knows, Waits, settings
from tests.bots.leaks import all_that_shows, failures_of
from tests.fakes.discord import DiscordFake
from tests.fakes.discord_client import pointed_at

CANARY = "MTIz.CANARY.0123456789abcdef"
WORDS = "a private matter"
PICTURE = Enclosed("private.png", "image/png", b"private bytes")
BEFORE = ["rate_limited", "unauthorized", "forbidden", "not_found", "bad_request", "blocked"]
LOST = ["cloudflare", "server_error", "lost_answer", "cut", "malformed"]


async def try_everything(adapter: DiscordAdapter) -> list[BaseException]:
    """All that can fail, and how it failed."""

    async def listen() -> None:
        async with asyncio.timeout(0.2):
            await adapter.listen(Ears().receive)

    def send(thread: str = "", token: str = "") -> Callable[[], Awaitable[object]]:
        outbound = Outbound(
            Address("discord", "42", "7", thread),
            WORDS,
            "Title",
            (Choice("Yes", "yes"),),
            answer_to=token,
        )
        return lambda: adapter.send(outbound)

    def fetch() -> Awaitable[bytes]:
        return read(adapter, Attachment("1/2/3 http://127.0.0.1:1/CANARY", "document"))

    def change(thread: str) -> list[Callable[[], Awaitable[object]]]:
        outbound = Outbound(Address("discord", "42", "7", thread), WORDS)
        return [
            lambda: adapter.edit(outbound, "1"),
            lambda: adapter.withdraw(outbound.address, "1"),
        ]

    acts: list[Callable[[], Awaitable[object]]] = [adapter.open, send(), send("8"), send("@9")]
    acts += [*change(""), *change("@9"), lambda: adapter.open_room(WORDS)]
    return await failures_of([*acts, send("@9", "CANARY-key"), fetch, listen])


@pytest.mark.parametrize("kind", [*BEFORE, *LOST])
@pytest.mark.parametrize("first", [True, False])
async def test_the_token_is_never_shown(
    caplog: pytest.LogCaptureFixture, waits: Waits, kind: str, first: bool
) -> None:
    """Whether the trouble begins at once or after a good start."""
    caplog.set_level(logging.DEBUG)
    async with DiscordFake(CANARY, check=False) as fake:
        adapter = DiscordAdapter(
            settings(fake, token=SecretStr(CANARY), staff_channel="77"),
            LANGUAGES,
            sleep=waits.sleep,
        )
        with pointed_at(fake):
            if not first:
                await adapter.open()
            fake.faults.add(kind=kind, times=None, status=503, retry_after=60.0)
            raised = await try_everything(adapter)
            shown = all_that_shows(raised, caplog.records) + repr(adapter) + str(vars(adapter))
            await adapter.close()
    assert len(raised) >= 5
    assert "CANARY" not in shown
    assert WORDS not in shown


async def test_neither_words_nor_keys_are_logged_while_all_goes_well(
    fake: DiscordFake,
    adapter: DiscordAdapter,
    knows: Knows,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    house = fake.guild(1)
    ada = fake.person(7)
    house.join(ada.user)
    ears = Ears()
    async with listening(adapter, ears.receive):
        await fake.is_connected()
        await ada.says(WORDS)
        ran = await ada.runs("ask", {"question": WORDS}, channel=house.channel("lobby"))
        await ran.answered()
        for inbound in await ears.until(2):
            outbound = Outbound(inbound.address, WORDS, answer_to=inbound.answer_to)
            message = await adapter.send(replace(outbound, file=PICTURE))
            await adapter.edit(outbound, message)
            await adapter.withdraw(inbound.address, message)
    shown = all_that_shows([], caplog.records)
    assert "has connected to Gateway" in shown
    assert not any(secret in shown for secret in (WORDS, ran.token, "private bytes"))


async def test_a_key_is_masked_where_the_library_warns_of_limits(
    fake: DiscordFake, adapter: DiscordAdapter, caplog: pytest.LogCaptureFixture
) -> None:
    fake.faults.add(route="GET /webhooks/**", kind="rate_limited", retry_after=0.01)
    address = Address("discord", adapter.account, "1", "@7")
    raised: list[BaseException] = []
    try:
        await adapter.send(Outbound(address, "hello", answer_to="a-secret-key"))
    except Exception as error:
        raised.append(error)
    assert "We are being rate limited" in caplog.text
    assert "a-secret-key" not in repr(raised)
    assert "a-secret-key" not in all_that_shows([], caplog.records)
