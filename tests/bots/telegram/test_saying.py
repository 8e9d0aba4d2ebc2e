"""Files that go out, what is said otherwise and taken back, and news."""

import time
from dataclasses import replace

import pytest

from bots.telegram.adapter import TelegramAdapter
from bots.telegram.limits import UPLOAD_LIMIT
from bots.telegram.render import PHOTO_LIMIT
from core.adapter import DeliveryError, Refused, Retry, Unknown
from core.messages import Address, Choice, Enclosed, Outbound
from tests.bots.contract import Ears, listening
from tests.bots.contract_changes import NOTES, PICTURE
from tests.bots.telegram.conftest import ADA, NEWS, settings
from tests.fakes.telegram import TelegramFake
from tests.fakes.telegram_screen import Shown

PHOTO = Enclosed("screen.png", "image/png", PICTURE)
TEXT = Enclosed("notes.txt", "text/plain", NOTES)
YES = (Choice("Yes", "yes"),)


def methods(fake: TelegramFake) -> list[str]:
    return [call.method for call in fake.calls if call.method.startswith(("send", "edit"))]


def drawn(width: int, height: int, size: int = 0) -> Enclosed:
    """A PNG's head, which tells its sides."""
    head = PICTURE[:16] + width.to_bytes(4) + height.to_bytes(4)
    return Enclosed("a.png", "image/png", head.ljust(size, b"\0"))


async def test_a_photo_carries_title_words_and_buttons_and_answers(
    fake: TelegramFake, adapter: TelegramAdapter
) -> None:
    ada = fake.person(7)
    asked = await ada.says("How?")
    said = Outbound(ADA, "So", "Title 👋", YES, str(asked["message_id"]), file=PHOTO)
    await adapter.send(said)
    assert fake.screen(7) == [Shown("Title 👋\nSo", ("Yes",), PICTURE)]
    (message,) = ada.inbox
    assert message["caption_entities"] == [{"type": "bold", "offset": 0, "length": 8}]
    assert message["reply_to_message"]["text"] == "How?"
    assert methods(fake) == ["sendPhoto"]


@pytest.mark.parametrize(
    ("name", "shown"),
    [("ü notes 👋.txt", "ü notes 👋.txt"), ('../a"b\\\r\nX: y\0.txt', "X_ y.txt")],
)
async def test_any_other_file_is_a_document_under_a_name_that_does_no_harm(
    fake: TelegramFake, adapter: TelegramAdapter, name: str, shown: str
) -> None:
    ada = fake.person(7)
    await adapter.send(Outbound(ADA, "", file=replace(TEXT, name=name)))
    (message,) = ada.inbox
    assert message["document"]["file_name"] == shown
    assert message["document"]["mime_type"] == "text/plain"
    assert fake.calls_of("sendDocument")[0].flag("disable_content_type_detection")
    assert fake.screen(7) == [Shown("", file=NOTES)]


@pytest.mark.parametrize(("width", "height"), [(9_000, 1_001), (2_100, 100), (0, 5)])
async def test_a_photo_that_telegram_cannot_show_goes_as_a_document(
    fake: TelegramFake, adapter: TelegramAdapter, width: int, height: int
) -> None:
    fake.person(7)
    file = drawn(width, height)
    await adapter.send(Outbound(ADA, "look", choices=YES, file=file))
    assert fake.screen(7) == [Shown("look", ("Yes",), file.data)]
    assert methods(fake) == ["sendPhoto", "sendDocument"]


async def test_a_large_picture_is_a_document_at_once(
    fake: TelegramFake, adapter: TelegramAdapter
) -> None:
    fake.person(7)
    await adapter.send(Outbound(ADA, "", file=drawn(4_000, 3_000, PHOTO_LIMIT + 1)))
    assert methods(fake) == ["sendDocument"]


async def test_the_largest_file_passes_and_a_larger_one_is_refused(
    fake: TelegramFake, adapter: TelegramAdapter
) -> None:
    fake.person(7)
    await adapter.send(Outbound(ADA, "", file=Enclosed("a", "video/mp4", bytes(UPLOAD_LIMIT))))
    assert len(fake.screen(7)) == 1
    with pytest.raises(Refused, match="of this size") as refused:
        await adapter.send(Outbound(ADA, "", file=Enclosed("a", "video/mp4", bytes(50_000_001))))
    assert not refused.value.gone


@pytest.mark.parametrize(
    ("kind", "failure"),
    [("too_many", Retry), ("blocked", Refused), ("lost_answer", Unknown), ("malformed", Unknown)],
)
async def test_a_file_that_did_not_arrive_says_how_it_failed(
    fake: TelegramFake, adapter: TelegramAdapter, kind: str, failure: type[DeliveryError]
) -> None:
    fake.person(7)
    fake.faults.add(kind=kind, method="sendPhoto")
    with pytest.raises(failure) as failed:
        await adapter.send(Outbound(ADA, "private words", file=PHOTO))
    assert "private words" not in repr(failed.value)
    assert methods(fake) == ["sendPhoto"]


# Said otherwise


@pytest.mark.parametrize("file", [None, PHOTO, TEXT], ids=["words", "photo", "document"])
async def test_words_and_buttons_are_changed_wherever_they_stand(
    fake: TelegramFake, adapter: TelegramAdapter, file: Enclosed | None
) -> None:
    fake.person(7)
    message = await adapter.send(Outbound(ADA, "Lok", choices=YES, file=file))
    for _ in range(2):
        await adapter.edit(Outbound(ADA, "Look", "T", (Choice("No", "no"),)), message)
    assert fake.screen(7) == [Shown("T\nLook", ("No",), file.data if file else None)]
    assert fake.person(7).inbox[0]["entities" if file is None else "caption_entities"]
    await adapter.edit(Outbound(ADA, "Look"), message)
    assert fake.screen(7) == [Shown("Look", (), file.data if file else None)]


async def test_the_words_below_a_file_can_be_taken_away_but_not_all_there_is(
    fake: TelegramFake, adapter: TelegramAdapter
) -> None:
    fake.person(7)
    pictured = await adapter.send(Outbound(ADA, "below", file=PHOTO))
    await adapter.edit(Outbound(ADA, ""), pictured)
    written = await adapter.send(Outbound(ADA, "words"))
    with pytest.raises(Refused) as refused:
        await adapter.edit(Outbound(ADA, ""), written)
    assert not refused.value.gone
    assert fake.screen(7) == [Shown("", file=PICTURE), Shown("words")]


@pytest.mark.parametrize("words", ["message can't be edited", "MESSAGE_ID_INVALID"])
async def test_what_cannot_be_changed_is_refused_and_the_person_is_there(
    fake: TelegramFake, adapter: TelegramAdapter, words: str
) -> None:
    fake.person(7)
    message = await adapter.send(Outbound(ADA, "Lok"))
    description = f"Bad Request: {words}"
    fake.faults.add(kind="bad_request", method="editMessageText", description=description)
    with pytest.raises(Refused) as refused:
        await adapter.edit(Outbound(ADA, "Look"), message)
    assert not refused.value.gone


async def test_an_id_of_another_platform_is_no_message(adapter: TelegramAdapter) -> None:
    with pytest.raises(Refused, match="no such message"):
        await adapter.edit(Outbound(ADA, "Look"), "<a@b>")
    with pytest.raises(Refused, match="no such message"):
        await adapter.withdraw(ADA, "²")


async def test_what_is_older_than_two_days_cannot_be_taken_back(
    fake: TelegramFake, adapter: TelegramAdapter
) -> None:
    ada = fake.person(7)
    message = await adapter.send(Outbound(ADA, "wrong"))
    ada.inbox[0]["date"] = int(time.time()) - 49 * 3600
    with pytest.raises(Refused, match="can't be deleted") as refused:
        await adapter.withdraw(ADA, message)
    assert not refused.value.gone
    assert fake.screen(7) == [Shown("wrong")]


@pytest.mark.parametrize(("kind", "failure"), [("too_many", Retry), ("lost_answer", Unknown)])
async def test_trouble_at_changing_says_what_it_was(
    fake: TelegramFake, adapter: TelegramAdapter, kind: str, failure: type[DeliveryError]
) -> None:
    fake.person(7)
    message = await adapter.send(Outbound(ADA, "Lok"))
    fake.faults.add(kind=kind, method="editMessageText")
    with pytest.raises(failure):
        await adapter.edit(Outbound(ADA, "Look"), message)
    fake.faults.add(kind=kind, method="deleteMessage")
    with pytest.raises(failure):
        await adapter.withdraw(ADA, message)


# News


async def test_news_is_published_changed_and_taken_back(
    fake: TelegramFake, desk: TelegramAdapter
) -> None:
    place = desk.public_place
    assert place == Address("telegram", "42", str(NEWS))
    first = await desk.send(Outbound(place, "words", "News"))
    second = await desk.send(Outbound(place, "and more", file=PHOTO))
    await desk.edit(Outbound(place, "better words", "News"), first)
    await desk.edit(Outbound(place, "less"), second)
    assert fake.screen(NEWS) == [Shown("News\nbetter words"), Shown("less", file=PICTURE)]
    await desk.withdraw(place, first)
    assert fake.screen(NEWS) == [Shown("less", file=PICTURE)]


async def test_a_channel_may_be_named(fake: TelegramFake) -> None:
    fake.channel(NEWS, "our_news")
    desk = TelegramAdapter(settings(fake.url, news_chat="@our_news"))
    await desk.open()
    assert desk.public_place
    message = await desk.send(Outbound(desk.public_place, "Lok"))
    await desk.edit(Outbound(desk.public_place, "Look"), message)
    assert fake.screen(NEWS) == [Shown("Look")]
    await desk.close()


async def test_where_we_may_not_publish_it_is_said_why(
    fake: TelegramFake, desk: TelegramAdapter
) -> None:
    fake.world.rooms[NEWS].rights.clear()
    assert desk.public_place
    with pytest.raises(Refused, match="need administrator rights") as refused:
        await desk.send(Outbound(desk.public_place, "News"))
    assert not refused.value.gone


async def test_what_comes_back_from_the_channel_is_not_answered(
    fake: TelegramFake, desk: TelegramAdapter
) -> None:
    post = await fake.person(9).posts(fake.world.rooms[NEWS], "@front_desk_bot /help")
    fake.updates.put("edited_channel_post", post | {"edit_date": post["date"]})
    ears = Ears()
    async with listening(desk, ears.receive):
        await fake.all_confirmed()
    assert ears.heard == []
