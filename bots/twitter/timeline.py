"""Our public timeline: one text is one post, or a thread of several.

A thread is several calls, and one of them may fail. What is there then is never taken for nothing:
the whole is in doubt, and another try first looks which posts are there and goes on after them.
"""

from collections.abc import Collection
from datetime import datetime

from bots.twitter.budget import Clock
from bots.twitter.calls import Calls
from bots.twitter.doubts import says
from bots.twitter.failures import Trouble, to_delivery_error
from bots.twitter.parse import id_at
from bots.twitter.posts import to_posts
from bots.twitter.shape import as_dict, as_list, line, number
from core.adapter import DeliveryError, Retry, Unknown

CHAT = "timeline"
NEWEST = 100


class Timeline:
    def __init__(self, calls: Calls, clock: Clock) -> None:
        self._calls = calls
        self._clock = clock

    async def post(self, text: str, there: list[str]) -> str:
        """Returns the first post's id. `there` are the ids of the posts it begins with already.
        Raises a `DeliveryError`; `Unknown` as soon as anything of it is there.
        """
        done = list(there)
        for part in to_posts(text)[len(done) :]:
            try:
                done.append(await self._calls.post(part, done[-1] if done else ""))
            except Trouble as trouble:
                failure = self._explain(trouble, len(done))
            else:
                continue
            raise failure
        return done[0]

    def _explain(self, trouble: Trouble, done: int) -> DeliveryError:
        if done:
            return Unknown(f"{done} posts of the thread are there, then X did not go on")
        return to_delivery_error(trouble, self._clock())

    async def find(self, me: str, text: str, since: datetime, known: Collection[str]) -> list[str]:
        """The posts with which this text begins, as far as they are there."""
        try:
            told = as_dict(await self._calls.posts(me, NEWEST))
        except Trouble as trouble:
            failure = self._explain(trouble, 0)
            later = failure if isinstance(failure, Retry) else Retry("X does not show the timeline")
        else:
            shown = [as_dict(one) for one in as_list(told.get("data"))]
            posts = [(number(one.get("id")), line(one.get("text"))) for one in shown]
            return begin(to_posts(text), posts, id_at(since), known)
        raise later


def begin(
    parts: list[str], posts: list[tuple[str, str]], after: int, known: Collection[str]
) -> list[str]:
    """`posts` newest first."""
    found: list[str] = []
    for id, text in reversed(posts):
        fresh = id and int(id) >= after and id not in known
        if fresh and len(found) < len(parts) and says(text, parts[len(found)]):
            found.append(id)
    return found
