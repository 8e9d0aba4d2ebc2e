"""Whether something that may have arrived did: X honours no key, but shows what was said.

https://docs.x.com/x-api/direct-messages/lookup/introduction
"""

import re
from collections.abc import Collection
from datetime import datetime, timedelta
from html import unescape
from unicodedata import normalize

from bots.twitter.budget import Budget, Clock
from bots.twitter.calls import Calls
from bots.twitter.failures import Denied, NotConnected, Trouble, to_delivery_error
from bots.twitter.parse import Message, Page, id_at, read_page
from bots.twitter.ways import Way
from core.adapter import DeliveryError, Retry, Unknown

PAGE = 100
CLOCKS_APART = timedelta(seconds=60)
"""By which X's clock may be behind ours."""
SHORT = re.compile(r"https://t\.co/\w+")
BLANKS = re.compile(r"(\s+)")


class Doubts:
    """Looks into conversations, as often as the budget allows: X counts these reads apart."""

    def __init__(self, calls: Calls, budget: Budget, clock: Clock) -> None:
        self._calls = calls
        self._budget = budget
        self._clock = clock

    async def find(
        self, me: str, person: str, ways: Collection[Way], since: datetime, known: Collection[str]
    ) -> str:
        """The id of a message that we sent since, in one of these ways, and of which we do not know
        yet; empty when there is none. Raises a `DeliveryError` when it cannot be told now.
        """
        after = id_at(since)
        token, found = "", ""
        while True:
            page = await self._read(me, person, token)
            for message in page.messages:  # the newest first: the oldest is the one we ask for
                if is_it(message, me, ways, after) and message.id not in known:
                    found = message.id
            token = page.next
            if not token or page.oldest is None or page.oldest < after:
                return found

    async def _read(self, me: str, person: str, token: str) -> Page:
        if wait := self._budget.wait:
            raise Retry("whether it arrived cannot be looked up yet", wait)
        self._budget.take()
        try:
            return read_page(await self._calls.events(PAGE, token, person), me)
        except Trouble as trouble:
            failure = self._explain(trouble)
        if failure is None:
            return Page()
        raise failure

    def _explain(self, trouble: Trouble) -> DeliveryError | None:
        """None where there is no conversation: then nothing arrived."""
        if isinstance(trouble, Denied) and trouble.status == 404:
            return None
        if isinstance(trouble, Denied) and trouble.status == 429:
            self._budget.shut(trouble.reset or self._clock() + self._budget.span)
            return Retry("whether it arrived cannot be looked up yet", self._budget.wait)
        failure = to_delivery_error(trouble, self._clock())
        if isinstance(failure, Unknown) or isinstance(trouble, NotConnected):
            return Retry(f"whether it arrived cannot be looked up ({trouble})")
        return failure


def is_it(message: Message, me: str, ways: Collection[Way], after: int) -> bool:
    ours = message.sender in (me, "") and int(message.id) >= after
    return ours and any(
        (says(message.text, way.text) or says(message.shown, way.text))
        and bool(message.attachments) == bool(way.file)
        for way in ways
    )


def says(theirs: str, ours: str) -> bool:
    """Whether X shows our words so: it puts short links in the place of ours, even of what only
    looks like one, and may write `&` as HTML does.
    """
    wanted = {plain(ours), plain(unescape(ours))}  # what is looked up has been read already
    shown = {plain(theirs), plain(unescape(theirs))}
    return any(matches(one, other) for one in shown for other in wanted)


def matches(shown: str, wanted: str) -> bool:
    """Word by word: no link has a blank in it."""
    ours, theirs = BLANKS.split(wanted), BLANKS.split(shown)
    return len(ours) == len(theirs) and all(map(is_word, theirs, ours))


def is_word(shown: str, wanted: str) -> bool:
    """Whether something stands in `wanted` wherever a link stands in `shown`. In linear time."""
    first, *middle = SHORT.split(shown)
    if not middle:
        return shown == wanted
    *middle, last = middle
    if not (wanted.startswith(first) and wanted.endswith(last)):
        return False
    at, end = len(first), len(wanted) - len(last)
    for part in middle:
        found = wanted.find(part, at + 1, end)
        if found < 0:
            return False
        at = found + len(part)
    return at < end


def plain(text: str) -> str:
    return normalize("NFC", text).strip()
