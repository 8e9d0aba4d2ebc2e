"""`/done` where no chat is going on, and where something else is."""

import pytest
from sqlmodel import select

from core.models import Place, Ticket
from tests.conftest import Clock
from tests.dialogs.staffdesk import hired, looks
from tests.dialogs.talk import Talk

NONE = "Hier ist kein Chat offen."


@pytest.fixture
async def sam(talk: Talk, clock: Clock) -> Talk:
    clock.now = clock.now.replace(day=23, hour=10)  # a Monday
    one = await hired(talk, "sam")
    await one.says("/duty on")
    return one


async def test_after_a_call_in_vain_no_chat_is_open(talk: Talk, sam: Talk, clock: Clock) -> None:
    await talk.says("/chat")
    await looks(talk, clock, 0.1)
    assert "niemand frei" in talk.last.text
    (said,) = await talk.says("/done")
    assert said.text == NONE
    assert talk.labels == ["🏠 Menü", "✉️ Dem Support-Team schreiben"]
    assert [one.text for one in await sam.says("/done")] == ["No chat is open here."]


async def test_what_is_begun_goes_on(talk: Talk) -> None:
    await talk.says("/ticket")
    await talk.says("/done")
    assert talk.last.text == NONE
    assert (await talk.row(select(Place))).dialog == "ticket"


async def test_a_chat_that_was_left_for_a_form_ends_and_the_form_goes_on(
    talk: Talk, sam: Talk
) -> None:
    await talk.says("/chat")
    await sam.presses("🙋 I take it")
    await talk.says("/ticket")
    await talk.says("/done")
    assert (talk.last.text[:22], len(talk.labels)) == ("Der Chat ist vorbei. W", 5)
    assert sam.last.text == "The chat is over."
    assert (await talk.row(select(Ticket))).state == "solved"
    assert (await talk.row(select(Place).where(Place.chat == "Kim"))).dialog == "ticket"
