"""Our public timeline: one text is one post, or a thread of several.

A thread is several calls, and one of them may fail. What is there then is never taken for nothing:
the whole is in doubt, and another try first looks which posts are there and goes on after them.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from bots.twitter.attached import LAST_LINK
from bots.twitter.budget import Clock
from bots.twitter.calls import Calls
from bots.twitter.doubts import says
from bots.twitter.failures import Trouble, to_error_apart
from bots.twitter.parse import id_at
from bots.twitter.posts import to_parts
from bots.twitter.shape import Json, as_dict, as_list, line, number
from bots.twitter.ways import Way
from core.adapter import DeliveryError, Retry, Unknown

NEWEST = 100


class Timeline:
    def __init__(self, calls: Calls, clock: Clock) -> None:
        self._calls = calls
        self._clock = clock

    async def post(self, text: str, there: list[str], media: str = "") -> str:
        """Returns the first post's id. `there` are the ids of the posts it begins with already;
        otherwise the first one shows what was uploaded as `media`. Raises a `DeliveryError`;
        `Unknown` as soon as anything of it is there.
        """
        done = list(there)
        for part in to_parts(text)[len(done) :]:
            first = not done
            try:
                done.append(
                    await self._calls.post(part, "" if first else done[-1], media if first else "")
                )
            except Trouble as trouble:
                failure = self._explain(trouble, len(done))
            else:
                continue
            raise failure
        return done[0]

    def _explain(self, trouble: Trouble, done: int) -> DeliveryError:
        if done:
            return Unknown(f"{done} posts of the thread are there, then X did not go on")
        return to_error_apart(trouble, self._clock())

    async def find(
        self, me: str, ways: Collection[Way], since: datetime, known: Collection[str]
    ) -> tuple[str, list[str]]:
        """The text of one of these ways, and the posts with which it is there, as far as it is."""
        try:
            told = as_dict(await self._calls.posts(me, NEWEST))
        except Trouble as trouble:
            failure = self._explain(trouble, 0)
            later = failure if isinstance(failure, Retry) else Retry("X does not show the timeline")
        else:
            after = id_at(since)
            posts = [read_post(as_dict(one)) for one in reversed(as_list(told.get("data")))]
            fresh = [one for one in posts if one.id and int(one.id) >= after]
            unknown = [one for one in fresh if one.id not in known]
            found = [(way.text, begin(way, unknown)) for way in ways]
            return max(found, key=lambda one: len(one[1]))
        raise later


@dataclass(frozen=True, slots=True)
class Post:
    id: str
    text: str
    has_file: bool


def read_post(told: Json) -> Post:
    """X adds a link for the file to the words."""
    has_file, text = bool(told.get("attachments")), line(told.get("text"))
    return Post(number(told.get("id")), LAST_LINK.sub("", text) if has_file else text, has_file)


def begin(way: Way, posts: list[Post]) -> list[str]:
    """`posts` oldest first; a file stands in the first one of a thread."""
    parts, found = to_parts(way.text), list[str]()
    for post in posts:
        wants_file = not found and way.file is not None
        if len(found) == len(parts) or post.has_file != wants_file:
            continue
        if says(post.text, parts[len(found)]):
            found.append(post.id)
    return found
