"""What must be true of the game at any moment, and at its end."""

import re
from collections.abc import Sequence

from sqlmodel import Session, col, select

from core.messages import Address, Outbound
from core.models import (
    Evidence,
    EvidenceState,
    Heard,
    InboxState,
    Place,
    Seat,
    Sending,
    SendState,
    TicketEvent,
)
from tests.dialogs.game import STAFF, Game
from tests.dialogs.game_moves import TEAM, Moves
from tests.dialogs.staffdesk import SECRET
from tests.fakes.memory import MemoryAdapter

Said = tuple[TicketEvent, Heard | None]
STORED = EvidenceState.STORED
WAITING = (SendState.PENDING, SendState.SENDING)
WORD = re.compile(r"word\d+\.")


class Checks:
    """Of everything that was tried to be sent."""

    def __init__(self, game: Game, moves: Moves) -> None:
        self._game = game
        self._moves = moves
        self._seen = [0 for _ in game.adapters]

    def check_leaks(self) -> None:
        """Of what was tried since the last time."""
        for number, adapter in enumerate(self._game.adapters):
            new = adapter.tried[self._seen[number] :]
            self._seen[number] = len(adapter.tried)
            assert [one for one in new if is_outside(one.address) and is_secret(one)] == []

    async def check_end(self) -> None:
        """Once all trouble is over."""
        try:
            await self._game.calm_down()
            self.check_leaks()
            await self._game.parts.store.read(self._check_rows)
            await self._game.parts.store.read(self._check_words)
        finally:
            await self._game.kill()

    def _check_rows(self, session: Session) -> None:
        """Also what was never tried."""
        found = select(Sending, Place).join(Place, col(Place.id) == col(Sending.address_id))
        for row, place in session.exec(found):
            address = Address(place.platform, place.account, place.chat, place.thread)
            assert not (is_outside(address) and SECRET in repr(row))
            assert not place.reachable or row.state not in WAITING, row

    def _check_words(self, session: Session) -> None:
        """What belongs into a ticket is in one, and in all its rooms."""
        events = said_by_people(session)
        told = " ".join(event.text for event, _ in events)
        dropped = session.exec(select(Heard.text).where(Heard.state != InboxState.DONE)).all()
        for word in self._moves.promised:
            assert word in told or any(word in text for text in dropped), word
        for number in {event.ticket_id for event, _ in events}:
            theirs = [(event, heard) for event, heard in events if event.ticket_id == number]
            for room in rooms_of(session, number):
                check_room(session, self._game, room, number, theirs)


def is_outside(address: Address) -> bool:
    return not address.thread and address.chat not in (*TEAM, STAFF)


def is_secret(outbound: Outbound) -> bool:
    data = outbound.file.data if outbound.file else b""
    return SECRET in repr(outbound) or SECRET.encode() in data


def said_by_people(session: Session) -> Sequence[Said]:
    return session.exec(
        select(TicketEvent, Heard)
        .outerjoin(Heard, col(Heard.id) == col(TicketEvent.inbox_id))
        .where(TicketEvent.actor == "user", col(TicketEvent.kind).in_(("said", "edited", "opened")))
        .order_by(col(TicketEvent.id))
    ).all()


def check_room(
    session: Session, game: Game, room: Place, number: int, events: Sequence[Said]
) -> None:
    """Each word once or more, and in order; of what was changed the newest. Each file."""
    adapter = named(game, room.platform)
    address = Address(room.platform, room.account, room.chat, room.thread)
    shown = [one for one in adapter.sent if one.address == address]
    read = "\n".join(one.text for one in shown)
    versions: dict[object, list[str]] = {}
    for event, heard in events:
        key = (heard.address_id, heard.message) if heard else event.id
        versions.setdefault(key, []).append(event.text)
    places = []
    for texts in versions.values():
        for word in WORD.findall(texts[-1]):
            assert word in read, (word, read)
            if len(texts) == 1:
                places.append(read.index(word))
    assert places == sorted(places)
    files = {one.file.data for one in shown if one.file}
    stored = select(Evidence).where(Evidence.ticket_id == number, Evidence.state == STORED)
    for file in session.exec(stored):
        if file.address_id != room.id and adapter.limits.file_out:
            assert named(game, file.platform).files[file.handle] in files


def named(game: Game, platform: str) -> MemoryAdapter:
    return next(one for one in game.adapters if one.platform == platform)


def rooms_of(session: Session, number: int) -> Sequence[Place]:
    return session.exec(
        select(Place)
        .join(Seat, col(Seat.address_id) == col(Place.id))
        .where(Seat.ticket_id == number, Seat.role == "staff")
        .where(col(Place.contact_id).is_(None), col(Place.reachable))
    ).all()
