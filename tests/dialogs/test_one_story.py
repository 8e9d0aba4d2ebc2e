"""One story, told once: whatever platform Kim writes from, the same happens."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from pathlib import Path

import pytest
from sqlmodel import select

from core.files import open_files
from core.models import Evidence, Ticket, TicketEvent
from frontdesk.app import Parts
from tests.dialogs.by_mail import by_mail
from tests.dialogs.in_terminal import in_terminal
from tests.dialogs.on_discord import on_discord
from tests.dialogs.on_telegram import on_telegram
from tests.dialogs.on_x import on_x
from tests.dialogs.story import Teller

Platform = Callable[[Path], AbstractAsyncContextManager[tuple[Teller, Parts]]]
PICTURE = b"\x89PNG\r\n\x1a\n the very bytes"
FILLED = {
    "username": "kim_42",
    "subject": "Neues Passwort kommt nicht an",
    "audience": "Ich schaue zu",
    "description": "Heute um neun, Seite „Anmelden“, nichts im Postfach.",
}


@pytest.mark.parametrize("platform", [on_telegram, on_discord, on_x, by_mail, in_terminal])
async def test_ask_open_a_ticket_with_a_picture_and_add_to_it(
    platform: Platform, tmp_path: Path
) -> None:
    async with platform(tmp_path) as (kim, parts):
        await kim.says("ich habe leider mein passwort vergessen")
        answer = await kim.hears()
        assert "Öffne die Anmeldeseite" in answer["text"]
        sorry = await kim.was_not_helped(answer)
        await kim.writes_to_support(sorry, FILLED, PICTURE)
        sent = await kim.hears()
        assert "Ticket 1" in sent["text"]
        await kim.says("Auch im Spam ist nichts", reply_to=sent)
        added = await kim.hears()
        assert added["text"] == "Zu Ticket 1 hinzugefügt."
        await parts.settle()
        await check(parts, tmp_path)


async def check(parts: Parts, data: Path) -> None:
    tickets = await parts.store.read(lambda session: session.exec(select(Ticket)).all())
    files = await parts.store.read(lambda session: session.exec(select(Evidence)).all())
    events = await parts.store.read(lambda session: session.exec(select(TicketEvent)).all())
    (ticket,) = tickets
    assert (ticket.username, ticket.subject) == (FILLED["username"], FILLED["subject"])
    assert (ticket.audience, ticket.description) == ("user", FILLED["description"])
    (file,) = files
    assert (file.state, file.name, file.ticket_id) == ("stored", "beweis.png", 1)
    store = open_files(str(data / "files"), data / "incoming")
    assert b"".join([block async for block in store.open(file.stored_as)]) == PICTURE
    said = [event.text for event in events if event.kind == "said"]
    assert said == ["Auch im Spam ist nichts"]
