"""A file is brought to Telegram once: everybody after the first gets it by its id."""

from dataclasses import replace

import pytest

from bots.telegram.adapter import TelegramAdapter
from bots.telegram.kept_files import REMEMBERED, KeptFiles
from core.adapter import Retry
from core.messages import Address, Enclosed, Outbound
from tests.bots.contract_changes import NOTES, PICTURE
from tests.bots.telegram.conftest import ADA
from tests.fakes.telegram import TelegramFake
from tests.fakes.telegram_screen import Shown

PHOTO = Enclosed("screen.png", "image/png", PICTURE, stored_as="ab/photo")
TEXT = Enclosed("notes.txt", "text/plain", NOTES, stored_as="ab/notes")
LONG = PICTURE[:16] + (9_000).to_bytes(4) + (1_001).to_bytes(4)
"""The head of a PNG that Telegram takes for no photo."""
PANORAMA = Enclosed("long.png", "image/png", LONG, stored_as="ab/long")
BEN = Address("telegram", ADA.account, "8")


def without_bytes(file: Enclosed) -> Enclosed:
    return replace(file, data=b"")


@pytest.mark.parametrize("file", [PHOTO, TEXT, PANORAMA])
async def test_the_second_gets_it_without_its_bytes(
    fake: TelegramFake, adapter: TelegramAdapter, file: Enclosed
) -> None:
    fake.person(7)
    fake.person(8)
    assert not adapter.has_file(file.stored_as)
    await adapter.send(Outbound(ADA, "look", file=file))
    assert adapter.has_file(file.stored_as)
    fake.calls.clear()
    await adapter.send(Outbound(BEN, "and you", "Title", file=without_bytes(file)))
    assert fake.screen(8) == [Shown("Title\nand you", file=file.data)]
    (call,) = fake.calls
    assert not call.files


async def test_a_file_that_telegram_lost_is_brought_again(
    fake: TelegramFake, adapter: TelegramAdapter
) -> None:
    fake.person(7)
    await adapter.send(Outbound(ADA, "look", file=PHOTO))
    fake.world.files = type(fake.world.files)()
    with pytest.raises(Retry) as again:
        await adapter.send(Outbound(ADA, "again", file=without_bytes(PHOTO)))
    assert not again.value.asked
    assert not adapter.has_file(PHOTO.stored_as)
    await adapter.send(Outbound(ADA, "again", file=PHOTO))
    assert fake.screen(7)[-1] == Shown("again", file=PICTURE)


async def test_a_file_forgotten_on_the_way_is_asked_for_and_never_sent_empty(
    fake: TelegramFake, adapter: TelegramAdapter
) -> None:
    fake.person(7)
    with pytest.raises(Retry):
        await adapter.send(Outbound(ADA, "look", file=without_bytes(TEXT)))
    assert not fake.calls_of("sendDocument")


def test_only_the_newest_are_remembered() -> None:
    kept = KeptFiles()
    for number in range(REMEMBERED + 1):
        kept.note(f"file {number}", {"document": {"file_id": str(number)}})
        kept.find("file 0")
    assert kept.find("file 0")
    assert kept.find("file 1") is None
    assert kept.find("file 2")


@pytest.mark.parametrize("message", [{}, {"photo": []}, {"photo": "x"}, {"document": {}}])
def test_an_answer_without_a_file_is_nothing_to_remember(message: dict[str, object]) -> None:
    kept = KeptFiles()
    kept.note("a", message)
    kept.note("", {"document": {"file_id": "1"}})
    assert kept.find("a") is kept.find("") is None
