"""What we ask of X's interface: through tweepy what it knows, by ourselves what it lacks.

Four faults of tweepy 4.17's `AsyncClient` end here (asynchronous/client.py, `request`):
- its host, https://api.twitter.com, stands in the code: the operator's takes its place, and since
  a signature holds for one host alone, calls are signed here. tweepy itself has only stand-ins for
  the keys, so that what it logs and quotes is worth nothing;
- without a session it opens one for each call: it is given this one;
- with `wait_on_rate_limit` it calls itself after the wait without the parameters, and fails: it is
  off, and whoever asks decides about waiting;
- answers that are not JSON: see `bots.twitter.wire.judge`.
"""

import json as codec
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import urlencode

import aiohttp
from tweepy.asynchronous import AsyncClient

from bots.twitter.failures import Denied, Lost, NotConnected
from bots.twitter.shape import Json, as_dict, number
from bots.twitter.signing import Keys
from bots.twitter.wire import Answer, Headers, Wire

ITS_HOST = "https://api.twitter.com"
STAND_IN = "stand-in"
JSON = {"Content-Type": "application/json"}
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
NEWER_FIELDS = ("attachments", "created_at", "dm_conversation_id", "event_type", "text")
OLDER_FIELDS = (*NEWER_FIELDS, "sender_id", "referenced_tweets")
"""X renames fields; what it no longer knows it refuses. The writer comes by the expansion, too."""
LINKS = "entities"
"""Where people's links lead, which X shortens."""
Names = tuple[str, ...]
FIELDS: tuple[Names, ...] = ((*OLDER_FIELDS, LINKS), (*NEWER_FIELDS, LINKS), NEWER_FIELDS)
"""In the order in which they are tried, until X takes one; what is refused with each of them was
refused for something else.
"""
EXPANSIONS = ["sender_id", "attachments.media_keys"]
MEDIA_FIELDS = ["media_key", "type", "url", "variants"]
USER_FIELDS = ["name", "username"]


class Calls:
    """Raises `Trouble` from every call. `root` is X's interface, without a slash at the end."""

    def __init__(self, root: str, keys: Keys, wire: Wire) -> None:
        self.root = root
        self._keys = keys
        self._wire = wire
        self._fields = FIELDS
        self._tweepy = AsyncClient(
            consumer_key=STAND_IN,
            consumer_secret=STAND_IN,
            access_token=STAND_IN,
            access_token_secret=STAND_IN,
            return_type=dict,
            wait_on_rate_limit=False,
        )
        self._tweepy.session = Session(self)

    async def me(self) -> str:
        """The id of our account."""
        told = as_dict(await self._tweepy.get_me(user_auth=True))
        return found(as_dict(told.get("data")).get("id"))

    async def events(self, count: int, token: str = "", person: str = "") -> Any:
        """A page of messages, newest first: all of ours, or those with one person."""
        names = self._fields
        for at, fields in enumerate(names):
            try:
                told = await self._events(fields, count, token, person)
            except Denied as denied:
                if denied.status != 400 or fields is names[-1]:
                    raise
            else:
                self._fields = names[at:]
                return told
        raise AssertionError("some names are always tried")

    async def _events(self, fields: Names, count: int, token: str, person: str) -> Any:
        return await self._tweepy.get_direct_message_events(
            participant_id=person or None,
            dm_event_fields=list(fields),
            event_types="MessageCreate",
            expansions=EXPANSIONS,
            max_results=count,
            media_fields=MEDIA_FIELDS,
            pagination_token=token or None,
            user_fields=USER_FIELDS,
            user_auth=True,
        )

    async def say(self, person: str, text: str, media: str = "") -> str:
        """A direct message, with what was uploaded as `media`. Returns its id."""
        told = await self._tweepy.create_direct_message(
            participant_id=person, text=text or None, media_id=media or None
        )
        return found(as_dict(as_dict(told).get("data")).get("dm_event_id"))

    async def post(self, text: str, answers: str = "", media: str = "") -> str:
        """On our timeline, in answer to another post if there is one. Returns its id."""
        told = await self._tweepy.create_tweet(
            text=text or None,
            in_reply_to_tweet_id=answers or None,
            media_ids=[media] if media else None,
        )
        return found(as_dict(as_dict(told).get("data")).get("id"))

    async def posts(self, me: str, count: int) -> Any:
        """Our newest posts."""
        return await self._tweepy.get_users_tweets(
            me,
            max_results=count,
            tweet_fields=["attachments", "created_at", "entities"],
            user_auth=True,
        )

    async def ask(
        self, method: str, path: str, headers: Headers | None = None, json: Json | None = None
    ) -> Json:
        """What tweepy has no name for. Signed as our account without `headers` that authorise."""
        body = None if json is None else codec.dumps(json).encode()
        answer = await self.send(method, self.root + path, headers, body)
        return as_dict(answer.told)

    async def fill(self, path: str, headers: Headers, fields: dict[str, str]) -> Json:
        """A form, as those who give tokens take it."""
        body = urlencode(fields).encode()
        answer = await self._wire.call("POST", self.root + path, {**headers, **FORM}, body=body)
        return as_dict(answer.told)

    async def send(
        self,
        method: str,
        url: str,
        headers: Headers | None = None,
        body: bytes | aiohttp.FormData | None = None,
    ) -> Answer:
        typed = JSON if isinstance(body, bytes) else {}
        proven = self._prove(method, url) if headers is None else headers
        return await self._wire.call(method, url, {**typed, **proven}, body=body)

    def _prove(self, method: str, url: str) -> Headers:
        try:
            return self._keys.sign(method, url)
        except ValueError:
            raise NotConnected("the address cannot be signed") from None


class Session:
    """In the place of an `aiohttp.ClientSession`, with the one method that tweepy asks of it."""

    def __init__(self, calls: Calls) -> None:
        self._calls = calls

    @asynccontextmanager
    async def request(
        self,
        method: str,
        url: object,
        *,
        json: Json | None = None,
        params: object = None,  # noqa: ARG002  # they stand in the URL already
        headers: object = None,  # noqa: ARG002  # signed with the stand-ins
    ) -> AsyncIterator["Response"]:
        place = self._calls.root + str(url).removeprefix(ITS_HOST)
        body = None if json is None else codec.dumps(json).encode()
        yield Response(await self._calls.send(method, place, None, body))


class Response:
    """What tweepy reads of an answer; it is a success, and JSON."""

    reason = ""

    def __init__(self, answer: Answer) -> None:
        self.status = answer.status
        self.headers: Headers = {}
        self._told = answer.told

    async def read(self) -> None:
        """It is."""

    async def json(self) -> Any:
        return self._told


def found(id: object) -> str:
    told = number(id)
    if not told:
        raise Lost("no id in the answer")
    return told
