"""The imitation of Discord as the real discord.py meets it: words in and out."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from tests.fakes.discord import DiscordFake
from tests.fakes.discord_client import Echo, connected, discord, pointed_at
from tests.fakes.discord_people import Shown


@pytest.fixture
async def fake() -> AsyncIterator[DiscordFake]:
    async with DiscordFake() as running:
        yield running
    assert running.violations == []


@pytest.fixture
async def echo(fake: DiscordFake) -> AsyncIterator[Echo]:
    async with connected(fake, Echo()) as client:
        yield client


async def test_words_go_in_and_out(fake: DiscordFake, echo: Echo) -> None:
    anna = fake.person(7, "Anna")
    said = await anna.says("Hallo 👋")
    [answer] = await anna.hears()
    assert answer["content"] == "echo: Hallo 👋"
    assert anna.seen == [Shown("echo: Hallo 👋")]
    assert echo.heard[0].id == int(said["id"])
    assert echo.heard[0].author.id == 7
    assert [sent.text for sent in fake.ledger] == ["echo: Hallo 👋"]


async def test_a_message_is_sent_changed_and_deleted(fake: DiscordFake, echo: Echo) -> None:
    anna = fake.person(7, "Anna")
    user = await echo.fetch_dm(anna)
    message = await user.send("eins")
    await message.edit(content="zwei")
    assert anna.seen == [Shown("zwei")]
    await message.delete()
    assert anna.seen == []
    with pytest.raises(discord.NotFound) as gone:
        await user.fetch_message(message.id)
    assert gone.value.code == 10008


async def test_a_repeated_nonce_gives_the_earlier_message(fake: DiscordFake, echo: Echo) -> None:
    anna = fake.person(7, "Anna")
    dm = await echo.fetch_dm(anna)
    first = await dm.send("einmal", nonce="outbox:1")
    again = await dm.send("einmal", nonce="outbox:1")
    assert first.id == again.id
    await again.delete()
    with pytest.raises(discord.NotFound, match="Unknown Message"):
        await dm.send("einmal", nonce="outbox:1")
    fake.clock.advance(fake.channels.nonce_window + 1)
    assert (await dm.send("einmal", nonce="outbox:1")).id != first.id
    assert len(anna.inbox) == 2


@pytest.mark.parametrize(
    ("words", "status", "code"),
    [("", 400, 50006), ("x" * 2001, 400, 50035), (" \n", 400, 50006)],
)
async def test_what_is_no_message_is_refused(
    fake: DiscordFake, echo: Echo, words: str, status: int, code: int
) -> None:
    dm = await echo.fetch_dm(fake.person(7))
    with pytest.raises(discord.HTTPException) as refused:
        await dm.send(words)
    assert (refused.value.status, refused.value.code) == (status, code)
    await dm.send("👋" * 2000)


async def test_who_blocked_the_bot_cannot_be_reached(fake: DiscordFake, echo: Echo) -> None:
    anna = fake.person(7)
    dm = await echo.fetch_dm(anna)
    anna.blocks()
    with pytest.raises(discord.Forbidden) as refused:
        await dm.send("hello?")
    assert refused.value.code == 50007
    anna.unblocks()
    await dm.send("hello!")
    with pytest.raises(discord.NotFound) as unknown:
        await echo.http.send_message(1, params=discord.http.handle_message_parameters("x"))
    assert unknown.value.code == 10003


async def test_what_was_missed_is_in_the_history(fake: DiscordFake) -> None:
    anna = fake.person(7)
    said = [await anna.says(str(number)) for number in range(5)]
    async with connected(fake, Echo()) as client:
        dm = await client.fetch_dm(anna)
        after = discord.Object(int(said[1]["id"]))
        assert [m.content async for m in dm.history(after=after)] == ["2", "3", "4"]
        assert [m.content async for m in dm.history(limit=2)] == ["4", "3"]
        before = discord.Object(int(said[1]["id"]))
        assert [m.content async for m in dm.history(before=before)] == ["0"]
        around = discord.Object(int(said[2]["id"]))
        assert [m.content async for m in dm.history(limit=3, around=around)] == ["3", "2", "1"]
        assert client.heard == []


async def test_a_reply_shows_its_original(fake: DiscordFake, echo: Echo) -> None:
    anna = fake.person(7)
    await anna.says("eins")
    [answer] = await anna.hears()
    await anna.says("zwei", reply_to=answer)
    await anna.hears()
    reference = echo.heard[1].reference
    assert reference
    assert isinstance(reference.resolved, discord.Message)
    assert reference.resolved.content == "echo: eins"
    dm = await echo.fetch_dm(anna)
    await dm.send("drei", reference=echo.heard[0])
    assert anna.inbox[-1]["referenced_message"]["content"] == "eins"


async def test_people_change_what_they_said(fake: DiscordFake, echo: Echo) -> None:
    changed = asyncio.get_running_loop().create_future()

    @echo.event
    async def on_message_edit(_: discord.Message, after: discord.Message) -> None:
        changed.set_result(after.content)

    anna = fake.person(7)
    said = await anna.says("eins")
    await anna.hears()
    await anna.edits(said, "zwei")
    async with asyncio.timeout(5):
        assert await changed == "zwei"


async def test_people_take_back_what_they_said(fake: DiscordFake, echo: Echo) -> None:
    gone = asyncio.create_task(echo.wait_for("raw_message_delete", timeout=5))
    anna = fake.person(7)
    said = await anna.says("eins")
    await anna.hears()
    await anna.deletes(said)
    assert (await gone).message_id == int(said["id"])
    dm = await echo.fetch_dm(anna)
    assert [message.content async for message in dm.history()] == ["echo: eins"]


async def test_buttons_and_menus_are_shown_and_checked(fake: DiscordFake, echo: Echo) -> None:
    dm = await echo.fetch_dm(fake.person(7))
    view = discord.ui.View(timeout=None)
    view.add_item(discord.ui.Button(label="Ja", custom_id="yes"))
    menu: discord.ui.Select[discord.ui.View] = discord.ui.Select(
        placeholder="Welche?", custom_id="menu", options=[discord.SelectOption(label="A")]
    )
    view.add_item(menu)
    await dm.send("Gut?", view=view)
    assert fake.person(7).seen == [Shown("Gut?", ("Ja", "Welche?"))]
    view.add_item(discord.ui.Button(label="Nein", custom_id="yes"))
    with pytest.raises(discord.HTTPException, match="custom id cannot be duplicated"):
        await dm.send("Gut?", view=view)


async def test_a_bot_without_its_token_comes_nowhere(fake: DiscordFake) -> None:
    with pointed_at(fake):
        async with Echo() as client:
            with pytest.raises(discord.LoginFailure):
                await client.login("MTIz.wrong")
