"""Files at the imitation of Discord, in and out."""

import io
from collections.abc import AsyncIterator

import aiohttp
import pytest

from tests.fakes.discord import DiscordFake
from tests.fakes.discord_calls import Upload
from tests.fakes.discord_client import Echo, connected, discord
from tests.fakes.discord_files import UPLOAD_LIMIT, plain


@pytest.fixture
async def fake() -> AsyncIterator[DiscordFake]:
    async with DiscordFake() as running:
        yield running
    assert running.violations == []


@pytest.fixture
async def echo(fake: DiscordFake) -> AsyncIterator[Echo]:
    async with connected(fake, Echo()) as client:
        yield client


async def test_a_file_comes_in_with_a_link_that_expires(fake: DiscordFake, echo: Echo) -> None:
    anna = fake.person(7)
    said = await anna.says("hier", files=[Upload(b"\0\1" * 500, "proof ü.bin")])
    await anna.hears()
    [file] = echo.heard[0].attachments
    assert (file.filename, file.title, file.size) == ("proof_u.bin", "proof ü", 1000)
    assert await file.read() == b"\0\1" * 500
    fake.clock.advance(fake.files.link_life + 1)
    with pytest.raises(discord.NotFound):
        await file.read()
    fresh = await (await echo.fetch_dm(anna)).fetch_message(int(said["id"]))
    assert await fresh.attachments[0].read() == b"\0\1" * 500


async def test_a_download_can_go_wrong(fake: DiscordFake) -> None:
    said = await fake.person(7).says("here", files=[Upload(b"0123456789", "a.txt")])
    link = said["attachments"][0]["url"]
    async with aiohttp.ClientSession() as bare:
        for fields, status in (
            ({"kind": "not_found"}, 404),
            ({"kind": "server_error", "status": 503}, 503),
            ({"kind": "delay", "before": 0.01}, 200),
        ):
            fake.faults.add(route="GET /cdn/**", **fields)
            async with bare.get(link) as response:
                assert response.status == status
        fake.faults.add(kind="cut", route="GET /cdn/**", times=2)  # aiohttp asks again by itself
        with pytest.raises(aiohttp.ServerDisconnectedError):
            await bare.get(link)
        fake.faults.add(kind="lost_answer", route="GET /cdn/**")
        with pytest.raises(aiohttp.ClientPayloadError):
            async with bare.get(link) as response:
                await response.read()
        async with bare.get(link) as response:
            assert await response.read() == b"0123456789"
        async with bare.get(link.replace("hm=", "hm=0")) as response:
            assert response.status == 404


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("hello (world).png", "hello_world.png"),
        ("_bug1.png", "bug1.png"),
        ("画像.png", "unknown.png"),
        ("film.tar.gz", "film.tar.gz"),
        ("..", "unknown"),
    ],
)
def test_a_name_keeps_its_plain_letters(given: str, kept: str) -> None:
    assert plain(given) == kept


async def test_files_go_out_and_stay_when_words_change(fake: DiscordFake, echo: Echo) -> None:
    anna = fake.person(7)
    dm = await echo.fetch_dm(anna)
    files = [discord.File(io.BytesIO(b"eins"), "a.txt"), discord.File(io.BytesIO(b"zwei"), "b.png")]
    message = await dm.send("zwei Dateien", files=files)
    [told] = anna.inbox
    assert [a["filename"] for a in told["attachments"]] == ["a.txt", "b.png"]
    assert fake.files.data(told["attachments"][1]) == b"zwei"
    assert told["attachments"][1]["content_type"] == "image/png"
    edited = await message.edit(content="eine Datei", attachments=[message.attachments[1]])
    assert [a.filename for a in edited.attachments] == ["b.png"]
    assert await edited.attachments[0].read() == b"zwei"


async def test_a_screen_shows_files_byte_for_byte(fake: DiscordFake, echo: Echo) -> None:
    anna = fake.person(7)
    await (await echo.fetch_dm(anna)).send("Hier", file=discord.File(io.BytesIO(b"bytes"), "a.txt"))
    assert [(one.content, one.files) for one in anna.seen] == [("Hier", (b"bytes",))]


async def test_a_file_over_the_limit_is_refused(fake: DiscordFake, echo: Echo) -> None:
    dm = await echo.fetch_dm(fake.person(7))
    await dm.send(file=discord.File(io.BytesIO(bytes(UPLOAD_LIMIT)), "a"))
    with pytest.raises(discord.HTTPException) as refused:
        await dm.send(file=discord.File(io.BytesIO(bytes(UPLOAD_LIMIT + 1)), "a"))
    assert (refused.value.status, refused.value.code) == (413, 40005)


async def test_an_answer_to_an_interaction_brings_a_file(fake: DiscordFake) -> None:
    class Sender(discord.Client):
        async def on_interaction(self, interaction: discord.Interaction) -> None:
            await interaction.response.defer(ephemeral=True, thinking=True)
            await interaction.followup.send(file=discord.File(io.BytesIO(b"pdf"), "bill.pdf"))

    async with connected(
        fake, Sender(intents=discord.Intents.none(), guild_ready_timeout=0.05)
    ) as client:
        anna = fake.person(7)
        view = discord.ui.View(timeout=None)
        view.add_item(discord.ui.Button(label="Rechnung", custom_id="bill"))
        await (await client.create_dm(discord.Object(7))).send("Was?", view=view)
        await anna.presses("Rechnung")
        [_, answer] = await anna.hears(2)
    assert fake.files.data(answer["attachments"][0]) == b"pdf"
    assert answer["attachments"][0]["content_type"] == "application/pdf"
