"""What happens to messages inside their transaction: remembered once, understood, answered."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import update
from sqlmodel import Session, col

from core import attachments, contacts, outbox, rooms, tickets
from core.among_others import in_room, in_the_open
from core.arrivals import Arrival, Person, Reception, language_of, say
from core.asked import keep
from core.dialogs.routing import is_later_part, understand
from core.dialogs.turn import Said, Turn
from core.i18n import mark
from core.messages import Address, Inbound, Kind
from core.models import Contact, Heard, InboxState, Place, row_id
from core.notices import Notice, tell_left
from core.questions import Questions
from core.restraint import allowance, floods, is_enough, is_told, say_farewell
from core.store import execute, insert_new


def take_all(
    desk: Reception, arrivals: Sequence[Arrival], now: datetime, session: Session
) -> dict[Address, Person]:
    """Many messages in as few statements as one, those of one address in their order. What came
    before changes nothing. Tells who they are.
    """
    first: dict[tuple[str, str, str], Arrival] = {}
    for one in arrivals:
        first.setdefault(one.key, one)
    arrivals = list(first.values())
    known = contacts.find_places(session, [one.inbound.address for one in arrivals])
    met = {}
    for one in arrivals:
        address, language = one.inbound.address, language_of(desk, one.inbound)
        known[address] = contacts.meet(session, one.inbound, known, language, now)
        met[one.key] = known[address]
    heard = write_down(session, arrivals, {key: place for key, (place, _) in met.items()}, now)
    before = rooms.newest(session) if desk.rooms else 0
    rows: list[outbox.Row] = []
    questions = Questions()
    asking = [one for one in arrivals if one.found and one.key in heard]
    askers = {who.id for one in asking if (who := met[one.key][1]) and who.id}
    questions.read(session, [one.found for one in asking if one.found], askers)
    spoken: set[Address] = set()
    for one in arrivals:
        if one.key in heard:
            if one.inbound.address in spoken:
                session.flush()  # what the message before it changed is read by this one
            spoken.add(one.inbound.address)
            answers = take(session, desk, one, heard[one.key], *met[one.key], now, questions)
            limits = desk.limits[one.inbound.address.platform]
            if limits.letters or limits.windows:
                outbox.put(session, answers)  # what is said to the next one depends on it
            else:
                rows += answers
    outbox.put(session, rows)
    keep(session, questions.rows)
    if desk.rooms:
        session.flush()
        rooms.follow(session, before, rooms.Voice(desk.pack, desk.languages, desk.limits), now)
    return {
        address: Person(contact.language, contact.audience)
        for address, (_, contact) in known.items()
        if contact
    }


def write_down(
    session: Session,
    arrivals: Sequence[Arrival],
    places: Mapping[tuple[str, str, str], Place],
    now: datetime,
) -> dict[tuple[str, str, str], int]:
    """The inbox rows' ids, of those that were not there already."""
    rows = [
        {
            "platform": one.inbound.address.platform,
            "account": one.inbound.address.account,
            "event": one.inbound.event,
            "address_id": places[one.key].id,
            "kind": one.inbound.kind,
            "text": one.inbound.text or as_text(one.inbound.values),
            "choice": one.inbound.choice,
            "message": one.inbound.message,
            "reply_to": one.inbound.reply_to,
            "album": one.inbound.group,
            "at": one.inbound.at,
            "received_at": now,
            "state": InboxState.FAILED if one.ours else InboxState.DONE,
            "reason": "",
        }
        for one in arrivals
    ]
    new = insert_new(session, Heard).returning(
        col(Heard.platform), col(Heard.account), col(Heard.event), col(Heard.id)
    )
    return {(row.platform, row.account, row.event): row.id for row in execute(session, new, rows)}


def as_text(values: Sequence[tuple[str, str]]) -> str:
    """A form as it is remembered."""
    return "\n".join(f"{name}: {value}" for name, value in values)


def take(
    session: Session,
    desk: Reception,
    arrival: Arrival,
    heard: int,
    place: Place,
    contact: Contact | None,
    now: datetime,
    questions: Questions,
) -> list[outbox.Row]:
    """What we say to one message, as rows for the outbox; what it asks goes to `questions`."""
    inbound = arrival.inbound
    most = allowance(session, place, desk.per_minute)
    place.reachable, place.last_at = inbound.kind is not Kind.BLOCKED, now
    if inbound.kind in (Kind.MESSAGE, Kind.ODD):
        place.last_message = inbound.message
    if arrival.ours:
        said = apologise(desk, inbound)
    elif inbound.kind in (Kind.BLOCKED, Kind.RETURNED):
        said = come_or_go(session, desk, inbound, heard, place, contact, now)
    elif not inbound.in_room and floods(place, now, most):
        said = hold_back(session, desk, inbound, heard, place, most)
    elif contact and contact.blocked:
        said = []
        drop(session, heard)
    elif inbound.in_room:
        said = in_room(session, desk, inbound, heard, place, now)
    elif contact is None:
        said = in_the_open(session, desk, arrival, heard, place, now, questions)
    else:
        said = converse(session, desk, arrival, heard, place, contact, now, questions)
        questions.forget(contact)
    said = restrain(session, desk, place, contact, said, now) if said and not inbound.hush else []
    return to_rows(desk, inbound, heard, place, said, now)


def come_or_go(
    session: Session,
    desk: Reception,
    inbound: Inbound,
    heard: int,
    place: Place,
    contact: Contact | None,
    now: datetime,
) -> list[Said]:
    """They have shut us out, or let us in again."""
    place.subscribed = place.subscribed and inbound.kind is Kind.RETURNED
    if contact and inbound.kind is Kind.BLOCKED:
        notice = Notice(session, desk.languages, desk.limits, now, f"in:{heard}/left")
        for ticket in tickets.write_down_left(session, contact, now):
            tell_left(notice, ticket, desk.rooms)
    return []


def restrain(
    session: Session,
    desk: Reception,
    place: Place,
    contact: Contact | None,
    said: list[Said],
    now: datetime,
) -> list[Said]:
    """Where less may be said than could be."""
    if desk.limits[place.platform].letters and is_enough(session, place, now):
        return []
    if desk.is_short(place.platform):
        told = is_told(session, place, now)
        return [] if told else [say_farewell(desk.pack, desk.languages, contact, said)]
    return said


def hold_back(
    session: Session, desk: Reception, inbound: Inbound, heard: int, place: Place, most: int
) -> list[Said]:
    """Keep it unanswered, and say so once."""
    drop(session, heard)
    if place.heard > most + 1:
        return []
    return say(desk, inbound, mark(
        "That was a lot at once, and I have stopped reading for a minute. Please send the rest "
        "again after that."
    ))  # fmt: skip


def drop(session: Session, heard: int) -> None:
    session.exec(update(Heard).where(col(Heard.id) == heard).values(state=InboxState.DROPPED))


def apologise(desk: Reception, inbound: Inbound) -> list[Said]:
    return say(desk, inbound, mark(
        "Something went wrong on our side with this message. It is kept, and our team sees it. "
        "Please go on, or write /ticket to reach the support team."
    ))  # fmt: skip


def converse(
    session: Session,
    desk: Reception,
    arrival: Arrival,
    heard: int,
    place: Place,
    contact: Contact,
    now: datetime,
    questions: Questions,
) -> list[Said]:
    inbound = arrival.inbound
    turn = Turn(
        session,
        desk.pack,
        desk.languages,
        now,
        inbound,
        heard,
        place,
        contact,
        arrival.found,
        tuple(attachments.remember(session, heard, place, inbound.attachments, now)),
        numbered=not desk.limits[place.platform].buttons,
        drawn=desk.limits[place.platform].forms,
        limits=desk.limits,
        letters=desk.limits[place.platform].letters,
        rooms=desk.rooms,
        questions=questions,
    )
    turn.follows = is_later_part(turn)
    understand(turn)
    if turn.said:
        place.offers = [[one.label, one.value] for one in turn.said[-1].reply.choices]
    return turn.said


def to_rows(
    desk: Reception, inbound: Inbound, heard: int, place: Place, said: list[Said], now: datetime
) -> list[outbox.Row]:
    """Where others read along, and in letters, an answer shows to what it is said. Letters have
    nothing to press.
    """
    limits = desk.limits[place.platform]
    return [
        row
        for number, one in enumerate(said)
        for row in outbox.to_rows(
            row_id(place.id),
            place.platform,
            f"in:{heard}/{one.name or number}",
            replace(one.reply, choices=()) if limits.letters else one.reply,
            limits,
            now,
            ticket_id=one.ticket_id,
            reply_to=inbound.message if limits.letters or not inbound.private else "",
            answer_to=inbound.answer_to,
        )
    ]
