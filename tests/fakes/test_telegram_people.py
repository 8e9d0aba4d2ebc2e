"""What people and bots send each other through the imitation of Telegram."""

import pytest
from telegram import (
    Bot,
    InputMediaDocument,
    InputMediaPhoto,
)
from telegram.error import (
    BadRequest,
    NetworkError,
)

from tests.fakes.telegram import TelegramFake
from tests.fakes.telegram_calls import Upload


async def test_every_kind_of_message_is_understood_by_the_library(
    fake: TelegramFake, bot: Bot
) -> None:
    anna = fake.person(7, "Anna")
    await anna.sends_photo(b"p" * 100, "look")
    await anna.sends_video(b"v")
    await anna.sends_voice(b"o")
    await anna.sends_sticker()
    await anna.sends_location(52.5, 13.4)
    await anna.sends_contact("+4930", "Berta")
    await anna.sends_dice(6)
    await anna.sends_poll("Which?", ["this", "that"])
    await anna.forwards("they said", fake.person(8, "Carl"))
    await anna.forwards("someone said", "Hidden Hugo")
    await anna.edits(await anna.says("helo"), "hello")
    updates = await bot.get_updates()
    messages = [update.message for update in updates if update.message]
    kinds = ["photo", "video", "voice", "sticker", "location", "contact", "dice", "poll"]
    assert [
        kind for kind, message in zip(kinds, messages, strict=False) if getattr(message, kind)
    ] == kinds
    assert messages[0].photo[-1].file_size == 100
    origins = [message.forward_origin and message.forward_origin.type for message in messages[8:10]]
    assert origins == ["user", "hidden_user"]
    assert updates[-1].edited_message
    assert (messages[-1].text, updates[-1].edited_message.text) == ("helo", "hello")


async def test_an_album_is_one_update_for_each_part(fake: TelegramFake, bot: Bot) -> None:
    anna = fake.person(7)
    await anna.sends_album(
        [b"one", b"two", Upload(b"three", "three.pdf", "application/pdf")], "all"
    )
    messages = [update.message for update in await bot.get_updates() if update.message]
    assert len({message.media_group_id for message in messages}) == 1
    assert [message.caption for message in messages] == ["all", None, None]
    assert messages[2].document
    assert messages[2].document.file_name == "three.pdf"


async def test_the_bot_sends_files_and_albums(fake: TelegramFake, bot: Bot) -> None:
    anna = fake.person(7)
    await bot.send_photo(7, b"picture", caption="one")
    sent = await bot.send_document(7, b"%PDF", filename="a.pdf", caption="two")
    assert sent.document
    await bot.send_document(7, sent.document.file_id)
    await bot.send_media_group(7, [InputMediaPhoto(b"x", "three"), InputMediaPhoto(b"y")])
    inbox = await anna.hears(5)
    assert [sent.text for sent in fake.ledger] == ["one", "two", "", "three", ""]
    assert [inbox[n]["document"]["file_name"] for n in (1, 2)] == ["a.pdf", "a.pdf"]
    assert inbox[3]["media_group_id"] == inbox[4]["media_group_id"]
    file = await bot.get_file(inbox[3]["photo"][-1]["file_id"])
    assert await file.download_as_bytearray() == b"x"
    with pytest.raises(BadRequest, match="Document can't be mixed with other media types"):
        await bot.send_media_group(7, [InputMediaPhoto(b"x"), InputMediaDocument(b"y")])


async def test_a_file_is_downloaded_byte_for_byte(fake: TelegramFake, bot: Bot) -> None:
    content = bytes(range(256)) * 400
    await fake.person(7).sends_document(content, "täter.png", "image/png")
    [update] = await bot.get_updates()
    assert update.message
    assert update.message.document
    file = await update.message.document.get_file()
    assert await file.download_as_bytearray() == content


async def test_files_that_are_too_big_unknown_or_gone_are_refused(
    fake: TelegramFake, bot: Bot
) -> None:
    anna = fake.person(7)
    big = await anna.sends_document(b"x", size=20_000_001)
    gone = await anna.sends_document(b"x", size=20_000_000)
    assert (await bot.get_file(gone["document"]["file_id"])).file_size == 20_000_000
    fake.files.lose(gone["document"]["file_id"])
    for file_id, description in (
        (big["document"]["file_id"], "File is too big"),
        (gone["document"]["file_id"], "temporarily unavailable"),
        ("nonsense", "Invalid file_id"),
    ):
        with pytest.raises(BadRequest, match=description):
            await bot.get_file(file_id)


async def test_a_download_can_be_cut_half_way(fake: TelegramFake, bot: Bot) -> None:
    sent = await fake.person(7).sends_document(b"0123456789" * 1000)
    file = await bot.get_file(sent["document"]["file_id"])
    fake.faults.add(kind="lost_answer", method="file")
    with pytest.raises(NetworkError):
        await file.download_as_bytearray()
    assert len(await file.download_as_bytearray()) == 10_000


async def test_uploads_larger_than_a_bot_may_send_are_refused(fake: TelegramFake, bot: Bot) -> None:
    fake.person(7)
    with pytest.raises(BadRequest, match="too big for a photo"):
        await bot.send_photo(7, bytes(10 * 1024 * 1024 + 1))
    assert fake.ledger == []
