"""Pure: what X tells of direct messages -> Inbound.

X tells of one and the same message in three shapes, which share its id:
- looked up: https://docs.x.com/x-api/direct-messages/lookup/integrate
- called, wrapped by the X Activity API: https://docs.x.com/x-api/activity/event-payloads
- called by the older Account Activity API: https://docs.x.com/x-api/account-activity/introduction

Nothing is taken on trust: what is not understood is left out, and nothing here raises.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from bots.twitter import attached
from bots.twitter.shape import Json, as_dict, as_list, line, number
from core.messages import Address, Attachment, Inbound, Kind, Sender

PLATFORM = "x"
EPOCH = 1_288_834_974_657
"""Milliseconds since 1970 from which ids count: https://docs.x.com/fundamentals/x-ids"""
RECEIVED = ("dm.received", "dm.sent")
UNKNOWN, POST = "unknown", "post"


@dataclass(frozen=True, slots=True)
class Message:
    """A direct message between us and one other person, whoever wrote it."""

    id: str
    sender: str
    """Empty where X does not tell."""
    person: str
    at: datetime
    text: str = ""
    name: str = ""
    attachments: tuple[Attachment, ...] = ()
    shown: str = ""
    """The text with X's own links in it: what it says they stand for may be more than was written,
    such as `http://example.com` for `example.com`. Only of what was looked up.
    """
    shared: bool = False
    """A post of somebody's stands in it."""


@dataclass(frozen=True, slots=True)
class Page:
    """`messages` newest first, as X gives them; `oldest` of all events, those left out too."""

    messages: tuple[Message, ...] = ()
    oldest: int | None = None
    newest: int | None = None
    next: str = ""


def read_page(raw: object, me: str) -> Page:
    """An answer of the look-up."""
    told = as_dict(raw)
    events = [as_dict(one) for one in as_list(told.get("data"))]
    ids = [int(id) for id in (number(one.get("id")) for one in events) if id]
    found = (looked_up(one, as_dict(told.get("includes")), me) for one in events)
    return Page(
        tuple(one for one in found if one),
        min(ids, default=None),
        max(ids, default=None),
        line(as_dict(told.get("meta")).get("next_token")),
    )


def read_call(raw: object, me: str) -> list[Message]:
    """What X calls us with, oldest first as it stands there."""
    told = as_dict(raw)
    data = as_dict(told.get("data"))
    if "data" not in told:
        return list(older_shape(told, told.get("for_user_id"), me))
    if data.get("event_type") not in RECEIVED:
        return []
    payload = as_dict(data.get("payload"))
    whose = as_dict(data.get("filter")).get("user_id")
    if "direct_message_events" in payload:
        return list(older_shape(payload, whose, me))
    found = looked_up(payload, as_dict(payload.get("includes") or data.get("includes")), me)
    return [found] if found and number(whose) == me else []


def older_shape(told: Json, whose: object, me: str) -> Iterator[Message]:
    """An app may be told of several accounts; the others are not ours to answer."""
    if number(whose) != me:
        return
    users = as_dict(told.get("users"))
    for event in as_list(told.get("direct_message_events")):
        found = called(as_dict(event), users, me)
        if found:
            yield found


def to_inbound(message: Message, me: str) -> Inbound | None:
    """None for what we said ourselves. Where X does not tell who wrote, it was the other: who is
    sure that it was not first asks whether we did.
    """
    if message.sender not in ("", message.person):
        return None
    odd = not message.text and not message.attachments
    return Inbound(
        message.id,
        Address(PLATFORM, me, message.person),
        Sender(message.person, message.name),
        message.at,
        Kind.ODD if odd else Kind.MESSAGE,
        (POST if message.shared else UNKNOWN) if odd else message.text,
        attachments=message.attachments,
        message=message.id,
    )


def looked_up(event: Json, includes: Json, me: str) -> Message | None:
    """None for groups and for events that are no message."""
    id, kind = number(event.get("id")), event.get("event_type", "MessageCreate")
    person = partner(event.get("dm_conversation_id"), event.get("sender_id"), me)
    several = len(as_list(event.get("participant_ids"))) > 2
    if not id or not person or several or kind != "MessageCreate":
        return None
    users = {number(one.get("id")): one for one in map(as_dict, as_list(includes.get("users")))}
    files = attached.looked_up(id, event, includes)
    return Message(
        id,
        number(event.get("sender_id")) or only_writer(users.keys() & {me, person}),
        person,
        moment(event.get("created_at"), id),
        attached.without_links(event.get("text"), event.get("entities"), bool(files)),
        name_of(users.get(person)),
        files,
        attached.as_shown(event.get("text"), bool(files)),
        bool(event.get("referenced_tweets") or event.get("referenced_posts")),
    )


def partner(conversation: object, sender: object, me: str) -> str:
    """The other of the two in `{smaller}-{larger}`. A payload may leave the conversation out; a
    group's has no such form.
    """
    if not conversation:
        other = number(sender)
        return other if other != me else ""
    two = re.fullmatch(r"([0-9]{1,19})-([0-9]{1,19})", line(conversation))
    if two is None or me not in two.groups() or two[1] == two[2]:
        return ""
    return two[2] if two[1] == me else two[1]


def only_writer(told: set[str]) -> str:
    """The newer generation names the writers of a page only in its expansion."""
    return next(iter(told)) if len(told) == 1 else ""


def called(event: Json, users: Json, me: str) -> Message | None:
    create = as_dict(event.get("message_create"))
    id, sender = number(event.get("id")), number(create.get("sender_id"))
    recipient = number(as_dict(create.get("target")).get("recipient_id"))
    person = recipient if sender == me else sender
    if not id or not person or me not in (sender, recipient) or sender == recipient:
        return None
    data = as_dict(create.get("message_data"))
    files = attached.called(id, data)
    told = as_dict(users.get(person))
    return Message(
        id,
        sender,
        person,
        milliseconds(event.get("created_timestamp"), id),
        attached.without_links(data.get("text"), data.get("entities"), bool(files)),
        name_of(as_dict(told.get("data")) or told),
        files,
    )


def name_of(user: Json | None) -> str:
    told = as_dict(user)
    return line(told.get("name")) or line(told.get("username")) or line(told.get("screen_name"))


def moment(told: object, id: str) -> datetime:
    try:
        at = datetime.fromisoformat(line(told))
    except ValueError:
        return moment_of(id)
    return at.astimezone(UTC) if at.tzinfo and 1 < at.year < 9999 else moment_of(id)


def milliseconds(told: object, id: str) -> datetime:
    stamp = number(told)
    return datetime.fromtimestamp(int(stamp) / 1000, UTC) if 0 < len(stamp) < 15 else moment_of(id)


def moment_of(id: str) -> datetime:
    """An id tells when it was given."""
    return datetime.fromtimestamp(((int(id) >> 22) + EPOCH) / 1000, UTC)


def id_at(moment: datetime) -> int:
    """The first id that could have been given then; 0 before there were any."""
    return max(int(moment.timestamp() * 1000) - EPOCH, 0) << 22
