"""An answer that does not arrive is told to the staff, be the ticket solved meanwhile or not."""

from sqlmodel import select

from core.adapter import Refused
from core.models import Ticket
from tests.dialogs.roomdesk import room, sam, talk
from tests.dialogs.staffdesk import open_ticket
from tests.dialogs.talk import Talk

__all__ = ["sam", "talk"]

LOST = "⚠️ This did not reach the person: they take no messages\nDone, have a look."


async def test_of_a_solved_ticket_its_room_tells(talk: Talk, sam: Talk) -> None:
    number = await open_ticket(talk)
    talk.room.adapter.faults_at["Kim"] = Refused("they take no messages", gone=False)
    await room(talk).writes("Done, have a look.", sam)
    await room(talk).writes("/solve", sam)
    assert (await talk.row(select(Ticket).where(Ticket.id == number))).state == "solved"
    for _ in range(2):
        await talk.room.parts.rooms.look()
        talk.room.parts.delivery.wake()
        await talk.room.parts.settle()
    told = [one.text for one in room(talk).heard if "did not reach" in one.text]
    assert told == [LOST]  # and nothing of the word that it is solved
