"""What is written in a room goes to its own person, or to nobody."""

from core.models import Role
from tests.dialogs.roomdesk import general, room, talk
from tests.dialogs.staffdesk import hired, open_ticket
from tests.dialogs.talk import Talk

__all__ = ["talk"]


async def test_a_number_that_only_begins_like_the_rooms_is_how_the_words_begin(talk: Talk) -> None:
    sam = await hired(talk, "sam")
    await open_ticket(talk)
    others = [talk.another(f"Lee {number}") for number in range(2, 13)]
    for one in others:
        await open_ticket(one)
    before = len(others[-1].heard)
    await room(talk, 0).writes("/reply 12 months is the term.", sam)
    assert talk.last.text == "12 months is the term."
    await room(talk, 0).writes("/note 12 months?", sam)
    assert len(others[-1].heard) == before


async def test_news_is_written_in_private(talk: Talk) -> None:
    pia = await hired(talk, "pia", Role.PUBLISHER)
    await open_ticket(talk)
    before = len(talk.heard)
    for place in (room(talk), general(talk)):
        for command in ("/announce", "/announce # Hello"):
            await place.writes(command, pia)
            assert place.last.text.startswith("Others write here, too.")
    assert len(talk.heard) == before
    await pia.says("/announce")
    assert pia.last.text.startswith("Write the news")
