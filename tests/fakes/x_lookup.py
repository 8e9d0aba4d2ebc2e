"""Looking up direct messages: https://docs.x.com/x-api/direct-messages/lookup/integrate

Newest first, thirty days back, what our account sent as well. Two generations of names are known:
the newer one says "post" for "tweet", and no longer takes `sender_id` among the fields.
"""

from base64 import b32decode, b32encode
from collections.abc import Callable, Iterator
from itertools import islice

from tests.fakes.x_calls import Call, Json, invalid, not_found
from tests.fakes.x_clock import stamp
from tests.fakes.x_world import Message, User, World, between, shared_posts

DAYS = 30 * 86_400.0
MOST, USUAL = 100, 100
EVENTS = ("MessageCreate", "ParticipantsJoin", "ParticipantsLeave")
USUAL_FIELDS = {"id", "event_type", "text"}
NAMES: dict[str, dict[str, set[str]]] = {
    generation: {
        "dm_event.fields": {
            *("attachments", "created_at", "dm_conversation_id", "entities", "event_type"),
            *("id", "participant_ids", "text", f"referenced_{word}s"),
            *senders,
        },
        "expansions": {
            *("attachments.media_keys", "participant_ids", "sender_id"),
            f"referenced_{word}s.id",
        },
        f"{word}.fields": set(),
    }
    for generation, word, senders in (("tweet", "tweet", ["sender_id"]), ("post", "post", []))
}
"""Empty: any value is taken."""
OTHERS: dict[str, set[str]] = {
    "event_types": set(EVENTS),
    "media.fields": set(),
    "user.fields": set(),
    "max_results": set(),
    "pagination_token": set(),
}


class Lookup:
    """`naming` is "tweet" or "post". Names of the other generation are refused if `strict`, and
    pass without effect if not.
    """

    def __init__(self, world: World) -> None:
        self._world = world
        self.naming = "tweet"
        self.strict = True

    async def one(self, call: Call) -> Json:
        asked = self._read(call)
        self._world.reads += 1
        found = list(self._newest(None, lambda message: message.id == call.parts["id"]))
        if not found:
            raise not_found("event", call.parts["id"])
        includes = self._includes(found, asked)
        told: Json = {"data": self._event(found[0], asked)}
        return told | ({"includes": includes} if includes else {})

    async def all(self, call: Call) -> Json:
        return self._page(call, lambda _: True)

    async def with_person(self, call: Call) -> Json:
        person = call.parts["id"]
        if person not in self._world.users:
            raise not_found("user", person)
        conversation = between(self._world.me.id, person)
        return self._page(call, lambda message: message.conversation == conversation)

    async def in_conversation(self, call: Call) -> Json:
        conversation = call.parts["id"]
        return self._page(call, lambda message: message.conversation == conversation)

    def _page(self, call: Call, fits: Callable[[Message], bool]) -> Json:
        asked = self._read(call)
        size, before = _size(call), _older_than(call)
        self._world.reads += 1
        if "event_types" in asked and "MessageCreate" not in asked["event_types"]:
            return {"meta": {"result_count": 0}}
        found = list(islice(self._newest(before, fits), size + 1))
        page, more = found[:size], len(found) > size
        meta: Json = {"result_count": len(page)}
        if more:
            meta["next_token"] = to_token(page[-1].id)
        told: Json = {"data": [self._event(one, asked) for one in page]} if page else {}
        includes = self._includes(page, asked)
        return told | ({"includes": includes} if includes else {}) | {"meta": meta}

    def _newest(self, before: int | None, fits: Callable[[Message], bool]) -> Iterator[Message]:
        oldest = self._world.clock.now() - DAYS
        for message in reversed(self._world.messages):
            if message.at < oldest:
                return
            if (before is None or int(message.id) < before) and fits(message):
                yield message

    def _read(self, call: Call) -> dict[str, set[str]]:
        """What is asked for, by the parameter's name."""
        known = OTHERS | NAMES[self.naming]
        asked = {}
        for name, value in call.query.items():
            if name not in known and self.strict:
                raise invalid(f"The query parameter [{name}] is not one of {sorted(known)}")
            given = set(value.split(","))
            wrong = given - known[name] if known.get(name) else set()
            if wrong and self.strict:
                message = f"The `{name}` query parameter value [{min(wrong)}] is not one of "
                raise invalid(f"{message}{sorted(known[name])}", **{name: value})
            asked[name] = given - wrong
        return asked

    def _event(self, message: Message, asked: dict[str, set[str]]) -> Json:
        fields = USUAL_FIELDS | asked.get("dm_event.fields", set())
        fields |= {one.partition(".")[0] for one in asked.get("expansions", ())}
        told = self._facts(message)
        return {name: value for name, value in told.items() if name in fields and value}

    def _facts(self, message: Message) -> Json:
        shown = self._world.shown(message)
        keys = [message.file.key] if message.file else []
        posts = shared_posts(message)
        return {
            "id": message.id,
            "event_type": "MessageCreate",
            "text": shown.text,
            "dm_conversation_id": message.conversation,
            "created_at": stamp(message.at),
            "sender_id": message.sender,
            "attachments": {"media_keys": keys} if keys else None,
            "entities": {"urls": shown.urls} if shown.urls else None,
            f"referenced_{self.naming}s": posts,
        }

    def _includes(self, page: list[Message], asked: dict[str, set[str]]) -> Json:
        expansions = asked.get("expansions", set())
        includes: Json = {}
        if "sender_id" in expansions and page:
            senders = dict.fromkeys(message.sender for message in page)
            includes["users"] = [to_user(self._world.users[id]) for id in senders]
        files = [message.file for message in page if message.file]
        if "attachments.media_keys" in expansions and files:
            fields = asked.get("media.fields", set())
            includes["media"] = [file.looked_up(fields) for file in files]
        return includes


def to_user(user: User) -> Json:
    return {"id": user.id, "name": user.name, "username": user.username}


def _size(call: Call) -> int:
    given = call.query.get("max_results", str(USUAL))
    if not given.isdecimal() or not 1 <= int(given) <= MOST:
        message = f"The `max_results` query parameter value [{given}] is not between 1 and {MOST}"
        raise invalid(message, max_results=given)
    return int(given)


def to_token(id: str) -> str:
    return b32encode(id.encode()).decode().rstrip("=")


def _older_than(call: Call) -> int | None:
    token = call.query.get("pagination_token")
    if token is None:
        return None
    try:
        return int(b32decode(token + "=" * (-len(token) % 8)))
    except ValueError:
        message = f"The `pagination_token` query parameter value [{token}] is not valid"
        raise invalid(message, pagination_token=token) from None
