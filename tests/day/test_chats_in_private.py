"""Chats with staff who read their private messages: several at once, and whose name is shown."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from core.messages import Kind
from core.settings import Faq, Settings
from tests.conftest import Clock
from tests.dialogs.staffdesk import code_for, hired, looks, open_ticket
from tests.dialogs.talk import PACK, Room, Talk


@pytest.fixture
def shows_names() -> bool:
    return True


@pytest.fixture
async def talk(tmp_path: Path, clock: Clock, *, shows_names: bool) -> AsyncIterator[Talk]:
    """On a Monday morning."""
    clock.now = clock.now.replace(day=23, hour=10)
    room = Room(Settings(data=tmp_path, pack=PACK, faq=Faq(encoder="none")), clock)
    room.pack = room.pack.model_copy(update={"staff_names": shows_names})
    await room.open()
    yield Talk(room, "Kim")
    await room.close()


@pytest.fixture
async def sam(talk: Talk) -> Talk:
    one = await hired(talk, "sam")
    await one.says("/duty on")
    return one


async def called(talk: Talk, *names: str) -> list[Talk]:
    """Each asks for a chat and says who they are."""
    people = [talk.another(name) for name in names]
    for one in people:
        await one.says("/chat")
        await one.says(f"Ich bin {one.name}")
    return people


async def takes(staff: Talk, person: Talk) -> None:
    """The call of that person, of all that are shown."""
    calls = [one for one in staff.heard if f"💬 {person.name} asks" in one.text]
    await staff.presses_value(calls[-1].choices[0].value)


@pytest.mark.parametrize("shows_names", [True, False])
async def test_the_person_reads_a_name_only_where_names_are_shown(
    talk: Talk, sam: Talk, *, shows_names: bool
) -> None:
    number = await open_ticket(talk)
    await sam.says(f"/reply {number} Please start it again.")
    await sam.says(f"/solve {number}")
    await talk.says("/chat")
    await takes(sam, talk)
    await sam.says("Which app is it?")
    await sam.says("/done")
    greeting = "sam ist jetzt da." if shows_names else "Test-Support ist jetzt da."
    said = {one.text: one.title for one in talk.heard}
    assert greeting in said
    assert said["Which app is it?"] == ("sam" if shows_names else "Test-Support")
    assert said["Please start it again."] == f"Antwort auf Ticket {number}" + " · sam" * shows_names
    named = [one for one in talk.heard if "sam" in f"{one.title} {one.text}"]
    assert bool(named) is shows_names


async def test_several_call_and_one_after_the_other_is_heard(talk: Talk, sam: Talk) -> None:
    ann, ben, cleo = await called(talk, "Ann", "Ben", "Cleo")
    await takes(sam, ben)
    await takes(sam, ann)
    assert sam.last.text == "You are in a chat already. /done ends it."
    await sam.says("Hello Ben")
    await ann.says("Hört mich jemand?")
    await ben.says("Ja")
    assert sam.last.text == "Ja"
    await sam.says("/done")
    await takes(sam, ann)
    assert "Ich bin Ann\n\nHört mich jemand?" in sam.last.text
    await sam.says("Hello Ann")
    await ben.says("Noch etwas")
    assert sam.last.text != "Noch etwas"
    assert [one.text for one in ben.heard].count("Hello Ann") == 0
    assert [one.text for one in ann.heard].count("Hello Ann") == 1
    heard = [one.text for one in cleo.heard]
    assert not {"Hello Ann", "Hello Ben", "sam ist jetzt da."} & set(heard)


async def test_two_places_hold_two_chats_at_once(talk: Talk, sam: Talk) -> None:
    at_home = talk.another("sam-at-home", "en")
    await at_home.says(f"/join {await code_for(talk, 'sam')}")
    ann, ben = await called(talk, "Ann", "Ben")
    await takes(sam, ann)
    await takes(at_home, ben)
    await sam.says("Hello Ann")
    await at_home.says("Hello Ben")
    await ann.says("Hier Ann")
    await ben.says("Hier Ben")
    assert (ann.heard[-1].text, ben.heard[-1].text) == ("Hello Ann", "Hello Ben")
    assert (sam.last.text, at_home.last.text) == ("Hier Ann", "Hier Ben")
    await at_home.says("/done")
    await ann.says("Noch da?")
    assert sam.last.text == "Noch da?"


async def test_staff_hear_of_the_end_in_their_own_language(talk: Talk, sam: Talk) -> None:
    await talk.says("/chat")
    await takes(sam, talk)
    await talk.says("/done")
    assert sam.last.text == "The chat is over."
    await talk.says("/chat")
    await takes(sam, talk)
    await sam.says("/done")
    assert sam.last.text == "The chat is over."
    assert talk.last.text.startswith("Der Chat ist vorbei.")


async def test_staff_hear_that_the_person_has_shut_us_out(talk: Talk, sam: Talk) -> None:
    kit = await hired(talk, "kit")
    await talk.says("/chat")
    await takes(sam, talk)
    await talk.does(Kind.BLOCKED)
    left = "The person has shut us out and cannot be reached there any more"
    assert sam.last.text == f"1 · Live-Chat\n{left}"
    before = len(talk.heard)
    await sam.says("Hello?")
    assert sam.last.text == "The person has shut us out: this cannot be brought to them."
    assert len(talk.heard) == before
    assert left not in str([one.text for one in kit.heard])


async def test_a_chat_that_is_given_to_another_goes_on_with_them(talk: Talk, sam: Talk) -> None:
    kit = await hired(talk, "kit")
    await talk.says("/chat")
    await talk.says("Mein Bild ist schwarz")
    await takes(sam, talk)
    await sam.says("/give 1 @kit")
    assert sam.last.text == "kit has ticket 1."
    await talk.says("Wo bist du?")
    assert "Wo bist du?" in kit.last.text
    assert "Wo bist du?" not in str([one.text for one in sam.heard])
    before = len(talk.heard)
    await sam.says("This is for nobody")
    assert len(talk.heard) == before
    await kit.presses("🙋 I take it")
    assert kit.last.text.startswith("Mein Bild ist schwarz\n\nWo bist du?\n\nYou are in the chat.")
    assert talk.last.text == "kit ist jetzt da."
    await kit.says("Here I am")
    await talk.says("Gut")
    assert (talk.heard[-1].text, kit.last.text) == ("Here I am", "Gut")


async def test_whoever_sits_in_a_chat_hears_that_another_has_it(talk: Talk, sam: Talk) -> None:
    kit = await hired(talk, "kit")
    await talk.says("/chat")
    await takes(sam, talk)
    await kit.says("/give 1 @kit")
    assert sam.last.text == "kit has ticket 1."
    await talk.says("Hallo?")
    assert "Hallo?" in kit.last.text
    assert sam.last.text == "kit has ticket 1."


async def test_taking_a_call_as_a_ticket_begins_the_chat(talk: Talk, sam: Talk) -> None:
    await talk.says("/chat")
    await sam.says("/take 1")
    assert sam.last.text.startswith("You are in the chat.")
    assert talk.last.text == "sam ist jetzt da."
    await talk.says("Hallo")
    assert sam.last.text == "Hallo"


async def test_a_call_that_is_answered_in_writing_is_heard_of(
    talk: Talk, sam: Talk, clock: Clock
) -> None:
    await talk.says("/chat")
    await sam.says("/reply 1 What is it about?")
    assert talk.last.text == "What is it about?"
    await talk.says("Mein Bild ist schwarz")
    assert "Mein Bild ist schwarz" in sam.last.text
    assert await looks(talk, clock, 0.1) == 0
