"""B26: no token, password or card number is in a log, in the database, or in what the program
writes to its standard error, whatever goes wrong.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Iterable
from dataclasses import replace
from pathlib import Path

import pytest

from benchmarks.processes import TOKEN, Fake, fake_telegram
from core.messages import Attachment, Kind
from core.settings import Settings
from tests.conftest import Clock
from tests.dialogs.talk import PACK, Talk, opened
from tests.fakes.telegram import TelegramFake
from tests.fakes.telegram_bots import talking_bot
from tests.faults import program
from tests.faults.desks import desk_on_telegram
from tests.faults.waiting import until
from tests.frontdesk.commands import frontdesk

CANARY = "CANARY-in-a-cage-that-must-never-sing-77"
FAULTS = (
    "too_many", "blocked", "bad_request", "migrated", "server_error", "lost_answer", "cut",
    "malformed", "unauthorized",
)  # fmt: skip


def all_bytes(folder: Path) -> Iterable[tuple[str, bytes]]:
    """Of every file: the database, its log, evidence, locks."""
    for path in folder.rglob("*"):
        if path.is_file():
            yield path.name, path.read_bytes()


def check_clean(folder: Path, caplog: pytest.LogCaptureFixture, *secrets: str) -> None:
    """Not one of them is in a file, or in a log record with its facts and traces."""
    shown = logging.Formatter()
    records = [f"{shown.format(record)} {record.__dict__}" for record in caplog.records]
    for secret in secrets:
        assert [name for name, data in all_bytes(folder) if secret.encode() in data] == []
        assert [record for record in records if secret in record] == []


@pytest.fixture
async def telegram() -> AsyncIterator[TelegramFake]:
    async with TelegramFake(f"42:{CANARY}", check=False) as fake:
        yield fake


@pytest.mark.parametrize("fault", FAULTS)
async def test_the_token_is_nowhere_whatever_telegram_answers(
    telegram: TelegramFake, tmp_path: Path, clock: Clock, caplog: pytest.LogCaptureFixture,
    fault: str,
) -> None:  # fmt: skip
    caplog.set_level(logging.DEBUG)
    kim = telegram.person(7, language_code="en")
    async with desk_on_telegram(telegram, tmp_path, clock) as parts:
        await telegram.is_polled()
        for method in ("getUpdates", "sendMessage", "getFile", "file", "answerCallbackQuery"):
            telegram.faults.add(kind=fault, method=method, times=2)
        await kim.says("forgot my password")
        await kim.sends_document(b"some evidence")
        await kim.sends_document(b"more of it", name="\u202egpj.exe")
        await until(lambda: telegram.faults.struck >= 2)
        await parts.attachments.settle(5)
        check_clean(tmp_path, caplog, CANARY)  # the log of the database is still there
    check_clean(tmp_path, caplog, CANARY)
    assert caplog.records


async def test_a_plain_bot_would_be_caught_with_its_token(
    telegram: TelegramFake, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    async with talking_bot(telegram.url, telegram.token):
        with pytest.raises(AssertionError):
            check_clean(tmp_path, caplog, CANARY)


async def test_the_token_is_nowhere_when_telegram_cannot_be_reached(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    async with TelegramFake(f"42:{CANARY}") as gone:
        pass
    async with desk_on_telegram(gone, tmp_path):
        await until(lambda: any("not reached" in said for said in caplog.messages))
    check_clean(tmp_path, caplog, CANARY)


@pytest.fixture
async def fake() -> AsyncIterator[Fake]:
    async with fake_telegram() as one:
        yield one


async def test_the_program_at_its_most_talkative_writes_no_token_and_no_words(
    fake: Fake, tmp_path: Path
) -> None:
    words = "my dog is called Wolfgang"
    for kind, method in (
        ("server_error", "getMe"), ("malformed", "getUpdates"), ("cut", "getUpdates"),
        ("lost_answer", "sendMessage"), ("cut", "sendMessage"), ("bad_request", "sendMessage"),
    ):  # fmt: skip
        await fake.post("faults", {"kind": kind, "method": method, "description": words})
    await fake.post("backlog", {"messages": 5, "chats": 5, "texts": [words]})
    desk = await program.start(fake, tmp_path, FRONTDESK_LOG_LEVEL="debug")
    try:
        await until(lambda: struck(fake, 3))
        await fake.post("faults", {"kind": "unauthorized", "times": None})
        await asyncio.wait_for(desk.wait(), 20)
    finally:
        written = (await program.end(desk)).decode()
    assert desk.returncode == 1
    assert "FRONTDESK_TELEGRAM__TOKEN" in written
    assert "No platform is left" in written
    assert "Traceback" not in written
    assert TOKEN not in written
    assert TOKEN.partition(":")[2] not in written
    assert "Wolfgang" not in written
    assert [name for name, data in all_bytes(tmp_path) if TOKEN.encode() in data] == []


async def struck(fake: Fake, times: int) -> bool:
    return bool((await fake.get("stats"))["faults_struck"] >= times)


def test_a_database_that_is_not_there_is_told_without_its_password(tmp_path: Path) -> None:
    ended = frontdesk(
        tmp_path, "tickets", "list",
        FRONTDESK_DATABASE_URL=f"postgresql://desk:{CANARY}@127.0.0.1:1/desk",
        FRONTDESK_TELEGRAM__TOKEN=f"4200000000:{CANARY}",
        FRONTDESK_TELEGRAM__API_URL="http://127.0.0.1:1",
        FRONTDESK_LOG_LEVEL="debug",
    )  # fmt: skip
    assert ended.returncode == 1
    assert "database" in ended.stderr + ended.stdout
    assert CANARY not in ended.stderr + ended.stdout
    assert "Traceback" not in ended.stderr


CARD = "4111111111111111"
IBAN = "DE89370400440532013000"
SPELLINGS = [
    CARD,
    "4111 1111 1111 1111",
    "4111-1111-1111-1111",
    "4111.1111.1111.1111",
    "4111\u00a01111\u00a01111\u00a01111",
    "4111\u200b1111\u200b1111\u200b1111",
    "\uff14\uff11\uff11\uff11 \uff11\uff11\uff11\uff11 1111 1111",
    "41 11 11 11 11 11 11 11",
    IBAN,
    "DE89 3704 0044 0532 0130 00",
    "de89 3704 0044 0532 0130 00",
    "DE89-3704-0044-0532-0130-00",
]


def leaks(folder: Path, caplog: pytest.LogCaptureFixture) -> list[str]:
    """Spellings, with the middle digits alone, that stand somewhere as bytes or in a log."""
    tails = [*SPELLINGS, "11111111", "1111 1111 1", "37040044", "3704 0044", "0532"]
    shown = "".join(str(record.__dict__) for record in caplog.records)
    everything = b"".join(data for _, data in all_bytes(folder))
    return [tail for tail in tails if tail.encode() in everything or tail in shown]


@pytest.fixture
async def talk(tmp_path: Path, clock: Clock) -> AsyncIterator[Talk]:
    async for one in opened(Settings(data=tmp_path, pack=PACK), clock):
        yield one


async def test_a_number_written_anywhere_in_the_desk_is_in_no_byte_of_it(
    talk: Talk, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    for number, spelt in enumerate(SPELLINGS):
        payer = talk.another(f"Payer{number}")
        await payer.says(f"warum wurde {spelt} belastet", message=f"m{number}")
        await payer.edits(f"ich meine, {spelt} wurde belastet", message=f"m{number}")
        await payer.says("/billing")
        await payer.says(f"da steht {spelt}")
        await payer.says(f"/ticket {spelt}")
        await payer.says("/ticket")
        await payer.says(spelt)
        await payer.says(f"Abbuchung {spelt}")
        await payer.presses("Ich schaue zu")
        await payer.says(f"Zweimal, von {spelt}")
        await payer.presses("Fertig")
        await payer.presses("✅ Senden")
        assert "Ticket" in payer.last.title
        await payer.does(Kind.MESSAGE, text=spelt, private=False)
    assert leaks(tmp_path, caplog) == []


async def test_a_number_that_somebody_calls_themselves_is_in_no_byte_either(
    talk: Talk, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    for number, spelt in enumerate(SPELLINGS):
        payer = talk.another(f"Payer{number}")
        payer.sender = replace(payer.sender, name=f"Kim {spelt}")
        await payer.says("/start")
    assert leaks(tmp_path, caplog) == []


async def test_a_number_in_the_name_of_a_file_is_in_no_byte_either(
    talk: Talk, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    for number, spelt in enumerate(SPELLINGS):
        payer = talk.another(f"Payer{number}")
        handle = talk.room.adapter.upload(b"a statement")
        file = Attachment(handle, "document", f"card {spelt}.pdf", "application/pdf", 11)
        await payer.does(Kind.MESSAGE, attachments=(file,))
    assert leaks(tmp_path, caplog) == []
