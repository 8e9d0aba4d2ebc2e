"""The library's requests over our wire, against an imitation of the Bot API."""

import io
from collections.abc import AsyncIterator

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from telegram import InputMediaDocument

from bots.telegram.failures import Denied, Lost
from bots.telegram.transport import WireBot
from tests.fakes.telegram import TelegramFake

DATA = bytes(range(256)) * 40


@pytest.fixture
async def fake() -> AsyncIterator[TelegramFake]:
    async with TelegramFake() as running:
        running.person(7)
        yield running
        assert running.violations == []


@pytest.fixture
async def bot(fake: TelegramFake) -> AsyncIterator[WireBot]:
    made = WireBot(fake.url, "42:TEST")
    yield made
    await made.hang_up()


async def test_words_of_every_script_pass_the_form(fake: TelegramFake, bot: WireBot) -> None:
    words = "ü & = % + \n 漢字 👩‍👩‍👧 \u202e"
    message = await bot.send_message("7", words)
    assert message.text == words
    assert fake.person(7).inbox[0]["text"] == words


async def test_half_a_character_does_not_stop_a_message(fake: TelegramFake, bot: WireBot) -> None:
    await bot.send_message("7", "a\ud83d")
    assert fake.person(7).inbox[0]["text"] == "a?"


@pytest.mark.parametrize("name", ["notes.pdf", "Prüfung 漢字.pdf", 'a"b.pdf'])
async def test_a_file_passes_byte_for_byte_with_its_name(
    fake: TelegramFake, bot: WireBot, name: str
) -> None:
    await bot.send_document("7", DATA, caption="see ü", filename=name)
    (call,) = fake.calls_of("sendDocument")
    assert call.files["document"].data == DATA
    assert call.files["document"].name == name
    assert call.files["document"].media_type == "application/pdf"
    assert call.text("caption") == "see ü"


async def test_an_open_file_can_be_sent(fake: TelegramFake, bot: WireBot) -> None:
    await bot.send_document("7", io.BytesIO(DATA), filename="a.bin")
    assert fake.calls_of("sendDocument")[0].files["document"].data == DATA


async def test_several_files_travel_together(fake: TelegramFake, bot: WireBot) -> None:
    media = [InputMediaDocument(DATA + bytes([number])) for number in range(3)]
    assert len(await bot.send_media_group("7", media)) == 3
    sent = fake.calls_of("sendMediaGroup")[0].files.values()
    assert {upload.data for upload in sent} == {DATA + bytes([number]) for number in range(3)}


async def test_a_connection_is_used_again() -> None:
    peers = []

    async def answer(request: web.Request) -> web.Response:
        peers.append(request.transport and request.transport.get_extra_info("peername"))
        return web.json_response({"ok": True, "result": True})

    app = web.Application()
    app.router.add_post("/{path:.*}", answer)
    async with TestServer(app, host="127.0.0.1") as server:
        bot = WireBot(str(server.make_url("")).rstrip("/"), "42:TEST")
        for _ in range(5):
            assert await bot.delete_webhook()
        await bot.hang_up()
    assert len(peers) == 5
    assert len(set(peers)) == 1


async def test_after_hanging_up_the_next_call_connects_anew(
    fake: TelegramFake, bot: WireBot
) -> None:
    await bot.get_me()
    await bot.hang_up()
    assert (await bot.get_me()).username == "front_desk_bot"


async def test_a_page_instead_of_an_answer_tells_only_its_status(
    fake: TelegramFake, bot: WireBot
) -> None:
    fake.faults.add(kind="server_error", status=504)
    with pytest.raises(Denied) as denied:
        await bot.get_me()
    assert (denied.value.status, denied.value.words, str(denied.value)) == (504, "", "HTTP 504")


async def test_an_answer_that_is_cut_off_is_lost(fake: TelegramFake, bot: WireBot) -> None:
    fake.faults.add(kind="lost_answer")
    with pytest.raises(Lost):
        await bot.get_me()


async def test_the_library_never_learns_the_token(bot: WireBot) -> None:
    assert "42:TEST" not in f"{bot!r} {bot.token} {bot.base_url} {bot.base_file_url}"
