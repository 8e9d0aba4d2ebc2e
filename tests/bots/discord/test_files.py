"""Files that came in: whole, from Discord alone, and even when their links have expired."""

import pytest

from bots.discord.adapter import DiscordAdapter
from core.adapter import FetchError, Gone, TooLarge
from core.messages import Attachment
from tests.bots.contract import Ears, listening, read
from tests.bots.discord.conftest import LANGUAGES, settings
from tests.fakes.discord import DiscordFake
from tests.fakes.discord_calls import Upload

ONE = "GET /channels/{channel_id}/messages/{message_id}"
DOWNLOAD = "GET /cdn/**"


async def sent(fake: DiscordFake, adapter: DiscordAdapter, data: bytes = b"proof") -> Attachment:
    ears = Ears()
    async with listening(adapter, ears.receive):
        await fake.is_connected()
        await fake.person(7).says("", files=[Upload(data, "a.bin")])
        return (await ears.until(1))[0].attachments[0]


async def test_an_expired_link_is_renewed_even_after_a_restart(
    fake: DiscordFake, adapter: DiscordAdapter
) -> None:
    file = await sent(fake, adapter)
    await adapter.close()
    fake.clock.advance(fake.files.link_life + 1)
    again = DiscordAdapter(settings(fake), LANGUAGES)
    await again.open()
    assert await read(again, file) == b"proof"
    assert len(fake.calls_of(ONE)) == 1
    await again.close()


async def test_a_file_whose_message_was_deleted_is_gone_with_its_link(
    fake: DiscordFake, adapter: DiscordAdapter
) -> None:
    file = await sent(fake, adapter)
    fake.clock.advance(fake.files.link_life + 1)
    fake.person(7).dm.messages.clear()
    with pytest.raises(Gone):
        await read(adapter, file)


async def test_a_file_that_was_taken_out_of_its_message_is_gone(
    fake: DiscordFake, adapter: DiscordAdapter
) -> None:
    file = await sent(fake, adapter)
    fake.clock.advance(fake.files.link_life + 1)
    next(iter(fake.person(7).dm.messages.values()))["attachments"] = []
    with pytest.raises(Gone):
        await read(adapter, file)


async def test_a_file_that_came_in_a_form_is_gone_with_its_link(
    fake: DiscordFake, adapter: DiscordAdapter
) -> None:
    link = fake.files.keep(1, Upload(b"proof"))["url"]
    fake.clock.advance(fake.files.link_life + 1)
    with pytest.raises(Gone):
        await read(adapter, Attachment(f"1//2 {link}", "document"))


@pytest.mark.parametrize("kind", ["server_error", "cut", "lost_answer", "rate_limited"])
async def test_a_file_that_cannot_be_had_now_may_be_asked_for_again(
    fake: DiscordFake, adapter: DiscordAdapter, kind: str
) -> None:
    file = await sent(fake, adapter, bytes(1_000_000))
    times = 2 if kind == "cut" else 1  # cut off before the answer, it is asked for again at once
    fake.faults.add(route=DOWNLOAD, kind=kind, status=503, times=times)
    with pytest.raises(FetchError) as failed:
        await read(adapter, file)
    assert not isinstance(failed.value, TooLarge | Gone)
    assert len(await read(adapter, file)) == 1_000_000


async def test_a_link_that_cannot_be_renewed_now_may_be_asked_for_again(
    fake: DiscordFake, adapter: DiscordAdapter
) -> None:
    file = await sent(fake, adapter)
    fake.clock.advance(fake.files.link_life + 1)
    fake.faults.add(route=ONE, kind="server_error", status=503)
    with pytest.raises(FetchError) as failed:
        await read(adapter, file)
    assert not isinstance(failed.value, TooLarge | Gone)
    assert await read(adapter, file) == b"proof"


async def test_a_file_that_is_larger_than_it_says_is_too_large(fake: DiscordFake) -> None:
    adapter = DiscordAdapter(settings(fake, file_limit=10), LANGUAGES)
    await adapter.open()
    link = fake.files.keep(1, Upload(b"more than ten bytes"))["url"]
    with pytest.raises(TooLarge) as refused:
        await read(adapter, Attachment(f"1/1/1 {link}", "document", size=5))
    assert refused.value.limit == 10
    await adapter.close()


@pytest.mark.parametrize(
    "link",
    [
        "http://127.0.0.1:1/attachments/x",
        "https://cdn.discordapp.com@127.0.0.1/x",
        "https://cdn.discordapp.com:8443/x",
        "http://cdn.discordapp.com/x",
        "https://evil.example/cdn.discordapp.com",
        "file:///etc/passwd",
        "http://[",
        "",
    ],
)
async def test_a_file_is_never_fetched_from_another_place(
    adapter: DiscordAdapter, link: str
) -> None:
    with pytest.raises(Gone):
        await read(adapter, Attachment(f"1/1/1 {link}", "document"))


async def test_a_handle_that_is_none_is_gone(adapter: DiscordAdapter) -> None:
    with pytest.raises(Gone):
        await read(adapter, Attachment("nothing like it", "document"))
