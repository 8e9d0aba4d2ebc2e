"""The HTTP side of the imitation of Telegram, and its check against the specification."""

import asyncio
import json
import sys
from pathlib import Path

import aiohttp
import pytest
from telegram import (
    Bot,
)
from telegram.error import (
    InvalidToken,
)

from tests.fakes.telegram import TelegramFake
from tests.fakes.telegram_bots import TOKEN, talking_bot


async def test_a_wrong_token_is_unauthorized(fake: TelegramFake) -> None:
    with pytest.raises(InvalidToken):
        async with talking_bot(fake.url, "42:WRONG"):
            pass


async def test_parameters_may_come_as_form_json_query_or_multipart(fake: TelegramFake) -> None:
    fake.person(7)
    url = f"{fake.url}/bot{TOKEN}/sendmessage"
    parts = aiohttp.FormData({"chat_id": "7", "text": "multipart ä"}, default_to_multipart=True)
    async with aiohttp.ClientSession() as client:
        for arguments in (
            {"data": {"chat_id": "7", "text": "form ä"}},
            {"json": {"chat_id": 7, "text": "json ä"}},
            {"params": {"chat_id": "7", "text": "query ä"}},
            {"data": parts},
        ):
            async with client.post(url, **arguments) as response:
                assert response.status == 200
        async with client.post(url, data=b"text=%ff&chat_id=7") as response:
            assert (await response.json())["description"].endswith("must be encoded in UTF-8")
    assert [sent.text.split()[0] for sent in fake.ledger] == ["form", "json", "query", "multipart"]


async def test_a_call_that_breaks_off_is_not_accepted(
    fake: TelegramFake, bot: Bot, caplog: pytest.LogCaptureFixture
) -> None:
    fake.person(7)
    _, writer = await asyncio.open_connection("127.0.0.1", int(fake.url.rpartition(":")[2]))
    head = f"POST /bot{TOKEN}/sendMessage HTTP/1.1\r\nHost: x\r\nContent-Length: 99\r\n\r\n"
    writer.write(head.encode() + b"chat_id=7&text=hal")
    await writer.drain()
    writer.close()
    await writer.wait_closed()
    await bot.send_message(7, "whole")
    assert [sent.text for sent in fake.ledger] == ["whole"]
    assert caplog.records == []


async def test_an_unknown_method_is_not_found(tmp_path: Path) -> None:
    async with TelegramFake(TOKEN, specs=tmp_path) as fake, aiohttp.ClientSession() as client:
        async with client.post(f"{fake.url}/bot{TOKEN}/makeCoffee") as response:
            assert response.status == 404
            assert (await response.json())["error_code"] == 404
        assert fake.spec_report().startswith("specification not at hand")


def small_specification(folder: Path) -> Path:
    """One that our answers cannot satisfy, to see that disagreement is found."""
    text = {"name": "text", "types": ["String"], "required": True}
    chat = {"name": "chat_id", "types": ["Integer"], "required": True}
    answer = {"fields": [{"name": "message_id", "types": ["String"], "required": True}]}
    content = {
        "version": "Bot API 0",
        "methods": {
            "sendMessage": {"fields": [chat, text], "returns": ["Answer"]},
            "sendSticker": {"returns": ["Boolean"]},
        },
        "types": {"Answer": answer},
    }
    (folder / "telegram-bot-api.json").write_text(json.dumps(content))
    return folder


async def test_disagreement_with_the_specification_is_found(tmp_path: Path) -> None:
    specs = small_specification(tmp_path)
    async with TelegramFake(TOKEN, specs=specs) as fake, aiohttp.ClientSession() as client:
        fake.person(7)
        url = f"{fake.url}/bot{TOKEN}"
        await client.post(f"{url}/sendMessage", data={"chat_id": "@a", "colour": "red"})
        assert fake.violations == [
            "sendMessage lacks text",
            "sendMessage.chat_id: '@a' is not Integer",
            "sendMessage knows no parameter colour",
        ]
        fake.violations.clear()
        await client.post(f"{url}/sendMessage", data={"chat_id": 7, "text": "hello"})
        assert "the answer to sendMessage (Answer) knows no date" in fake.violations
        assert "the answer to sendMessage.message_id: 1 is not String" in fake.violations
        fake.violations.clear()
        await client.post(f"{url}/sendSticker")
        assert fake.violations == ["sendSticker exists, but is not imitated"]


async def test_the_specification_is_at_hand_or_its_absence_is_said(
    fake: TelegramFake, bot: Bot, capsys: pytest.CaptureFixture[str]
) -> None:
    report = fake.spec_report()
    if report.startswith("specification not at hand"):
        with capsys.disabled():
            sys.stdout.write(f"\n{report}\n")
    else:
        assert report == "2 checks against Bot API 10.1: 0 violations"
