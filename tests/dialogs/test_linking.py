"""One person at two addresses: known as one once they have said so at both."""

import re
from datetime import timedelta

import pytest
from sqlmodel import select

from core.models import Place, Ticket
from tests.conftest import Clock
from tests.dialogs.staffdesk import hired, open_ticket
from tests.dialogs.talk import Talk


@pytest.fixture
def elsewhere(talk: Talk) -> Talk:
    return talk.another("Kim on the train")


async def code_of(talk: Talk) -> str:
    await talk.says("/link")
    found = re.search(r"/link (\S+)", talk.last.text)
    assert found
    return found[1]


async def write(elsewhere: Talk, code: str) -> None:
    await elsewhere.says(f"/link {code}")
    await elsewhere.presses("Ja, das bin ich")


async def join(talk: Talk, elsewhere: Talk) -> None:
    await write(elsewhere, await code_of(talk))
    await talk.presses("Ja, das bin ich")


async def contacts(talk: Talk) -> set[int | None]:
    return {place.contact_id for place in await talk.rows(select(Place))}


async def test_tickets_follow_the_person(talk: Talk, elsewhere: Talk) -> None:
    number = await open_ticket(talk)
    await elsewhere.says("/tickets")
    assert "keine Tickets" in elsewhere.last.text
    await join(talk, elsewhere)
    assert elsewhere.last.text.startswith("Fertig")
    assert talk.last.text.startswith("Fertig")
    assert len(await contacts(talk)) == 1
    await elsewhere.says(f"/ticket {number}")
    assert elsewhere.last.title.startswith(f"Ticket {number}")


async def test_a_reply_goes_where_they_wrote_last(
    talk: Talk, elsewhere: Talk, clock: Clock
) -> None:
    sam = await hired(talk, "sam")
    number = await open_ticket(talk)
    await join(talk, elsewhere)
    clock.now += timedelta(minutes=1)
    await elsewhere.says("/help")
    before = len(talk.heard)
    await sam.says(f"/reply {number} Hello there")
    assert elsewhere.last.text == "Hello there"
    assert len(talk.heard) == before
    await elsewhere.says("Danke", reply_to=elsewhere.last_id)
    assert (await talk.row(select(Ticket))).state == "open"


async def test_nothing_is_joined_before_both_have_said_yes(talk: Talk, elsewhere: Talk) -> None:
    await write(elsewhere, await code_of(talk))
    assert "Kim on the train" in talk.last.text
    assert len(await contacts(talk)) == 2
    value = talk.value("Ja, das bin ich")
    await elsewhere.presses_value(value)
    assert len(await contacts(talk)) == 2
    await talk.presses("Nein")
    await talk.presses_value(value)
    assert "vorbei" in talk.last.text
    assert len(await contacts(talk)) == 2


async def test_a_code_ends_by_time_by_wrong_tries_and_by_a_newer_one(
    talk: Talk, elsewhere: Talk, clock: Clock
) -> None:
    old, code = await code_of(talk), await code_of(talk)
    await elsewhere.says(f"/link {old}")
    assert "gilt nicht" in elsewhere.last.text
    for _ in range(5):
        await elsewhere.says(f"/link {code[:5]}AAAAAAAA")
    await elsewhere.says(f"/link {code}")
    assert "gilt nicht" in elsewhere.last.text
    late = await code_of(talk)
    clock.now += timedelta(minutes=10)
    await elsewhere.says(f"/link {late}")
    assert "gilt nicht" in elsewhere.last.text


async def test_a_code_taken_by_one_is_taken_for_all_and_ones_own_is_none(
    talk: Talk, elsewhere: Talk
) -> None:
    code = await code_of(talk)
    await talk.says(f"/link {code}")
    assert "gilt nicht" in talk.last.text
    await write(elsewhere, code)
    await talk.another("mallory").says(f"/link {code}")
    await talk.presses("Ja, das bin ich")
    assert len(await contacts(talk)) == 2


async def test_whoever_is_talked_into_writing_a_code_hears_what_it_does(
    talk: Talk, elsewhere: Talk
) -> None:
    number = await open_ticket(talk)
    mallory = talk.another("mallory")
    before = len(mallory.heard)
    await talk.says(f"/link {await code_of(mallory)}")
    assert "von jemandem namens mallory" in talk.last.text
    assert len(mallory.heard) == before + 1
    await talk.presses("Nein")
    assert talk.last.text == "Gut. Nichts wurde verbunden."
    await mallory.says(f"/ticket {number}")
    assert "kein Ticket mit dieser Nummer" in mallory.last.text


async def test_what_is_known_of_one_of_them_is_kept(talk: Talk, elsewhere: Talk) -> None:
    await elsewhere.presses_value("side:creator")
    await join(talk, elsewhere)
    await talk.says("/start")
    assert "Wer bist du hier?" not in talk.last.text
