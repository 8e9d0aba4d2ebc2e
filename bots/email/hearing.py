"""Letters on their way to the desk: each is received at least once, in the order of their UIDs.

Where we were is told by the event that was received last, and, for what was still on its way then,
by the mark that a letter gets once it was received. After the server numbered its letters anew
(UIDVALIDITY) only the mark tells; what bears it, or was read or answered by somebody, is left.
"""

import asyncio
import logging
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from bots.email.mailbox import Mailbox
from bots.email.parse import PLATFORM, Ignored, Letter, Me, read_head, to_inbound, to_wreck
from bots.email.reading import read_letters
from core.adapter import Lookup, Receive
from core.messages import Inbound

log = logging.getLogger(__name__)

BATCH = 50
"""Letters on their way at once; so many are read once more at a start."""
FIRST_LOOK = timedelta(days=30)
"""How far back a mailbox is read of which nothing is known."""
MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
PATIENCE = 5
"""Tries before a letter that alone is not received is handed over as a file, and so many again
before it is left.
"""


@dataclass(slots=True)
class Progress:
    """What lasts from one listening to the next."""

    validity: int = 0
    known: int = 0
    """The highest UID that was ever listed."""
    waiting: list[int] = field(default_factory=list)
    """Listed, and not yet received."""
    done: list[int] = field(default_factory=list)
    """Received, and not yet marked."""
    tries: dict[int, int] = field(default_factory=dict)
    """How often each failed while others were received."""
    failed_at: dict[int, int] = field(default_factory=dict)
    received: int = 0
    """Letters, in all."""
    unread: int = 0
    """How often in a row the first letters could not even be read."""


@dataclass(frozen=True, slots=True)
class Hearing:
    receive: Receive
    me: Me
    progress: Progress
    last_event: str
    """Of an earlier life; empty when there was none."""

    def look(self, mailbox: Mailbox) -> None:
        """List what is new. It blocks."""
        progress = self.progress
        if mailbox.validity != progress.validity:
            self._begin(mailbox)
        new = mailbox.search(f"UNDELETED UID {progress.known + 1}:*")
        fresh = [uid for uid in new if uid > progress.known]  # the last one is always told
        progress.waiting += fresh
        progress.known = max([progress.known, *fresh])

    def _begin(self, mailbox: Mailbox) -> None:
        validity, _, uid = self.last_event.partition("/")
        listed = mailbox.search("UNDELETED")
        found = set(mailbox.search(unmarked(mailbox, datetime.now(UTC))))
        if validity == str(mailbox.validity) and uid.isdecimal():
            last = int(uid)
            found.update([one for one in listed if one <= last][-BATCH:])
            found.update(one for one in listed if one > last)
        progress = self.progress
        progress.validity, progress.known = mailbox.validity, max(listed, default=0)
        # What came between the two searches is new, and listed by the search after them.
        progress.waiting = sorted(uid for uid in found if uid <= progress.known)
        progress.done = []
        progress.tries, progress.failed_at = {}, {}

    def read(self, mailbox: Mailbox) -> list[Letter]:
        """The next letters. It blocks. What is no longer there does not wait any more."""
        progress = self.progress
        if mailbox.validity != progress.validity:
            return []
        batch = progress.waiting[: 1 if progress.unread >= PATIENCE else BATCH]
        progress.unread += 1
        letters = read_letters(mailbox, batch)
        progress.unread = 0
        there = {letter.uid for letter in letters}
        for uid in batch:
            if uid not in there:
                progress.waiting.remove(uid)
        return letters

    def pass_by(self) -> bool:
        """Leave a letter that breaks each connection in which it is read, so that the others are
        not stopped by it.
        """
        progress = self.progress
        if progress.unread < 2 * PATIENCE or not progress.waiting:
            return False
        uid = progress.waiting.pop(0)
        progress.unread = 0
        log.error("a letter could not be read and is left in the mailbox", extra={"uid": uid})
        return True

    async def take_all(self, letters: list[Letter]) -> bool:
        """False when one could not be received: it waits. They are read in a thread: one alone may
        take a second, in which nobody else would be answered.
        """
        found = await asyncio.to_thread(lambda: [*map(self._understand, letters)])
        return all(await asyncio.gather(*map(self._take, letters, found)))

    async def _take(self, letter: Letter, found: Inbound | Ignored) -> bool:
        progress, uid = self.progress, letter.uid
        if isinstance(found, Inbound):
            try:
                await self.receive(found)
            except Exception as error:
                return self._put_off(uid, error)
            progress.received += 1
        else:
            log.info("a letter is not answered: %s", found.reason, extra={"uid": uid})
        self._finish(uid)
        progress.done.append(uid)
        return True

    def _understand(self, letter: Letter) -> Inbound | Ignored:
        found = to_inbound(letter, self.me)
        whole = self.progress.tries.get(letter.uid, 0) >= PATIENCE
        if whole and isinstance(found, Inbound):
            return to_wreck(letter, read_head(letter, self.me), self.me)
        return found

    def _put_off(self, uid: int, error: Exception) -> bool:
        """It counts only when others were received since: else it is not the letter's fault."""
        progress = self.progress
        facts = {"uid": uid, "error": type(error).__name__}
        if progress.received > progress.failed_at.get(uid, progress.received):
            progress.tries[uid] = progress.tries.get(uid, 0) + 1
        progress.failed_at[uid] = progress.received
        if progress.tries.get(uid, 0) < 2 * PATIENCE:
            log.warning("not received; it is taken again", extra=facts)
            return False
        log.error("a letter could not be received and is left in the mailbox", extra=facts)
        self._finish(uid)
        return True

    def _finish(self, uid: int) -> None:
        self.progress.waiting.remove(uid)
        self.progress.tries.pop(uid, None)
        self.progress.failed_at.pop(uid, None)

    def mark(self, mailbox: Mailbox) -> None:
        """It blocks. Not being allowed to is no failure."""
        progress = self.progress
        done, progress.done = progress.done, []
        if done and mailbox.validity == progress.validity:
            mailbox.add_mark(done)


async def begin(receive: Receive, me: Me, progress: Progress, desk: Lookup | None) -> Hearing:
    last = await desk.last_event(PLATFORM, me.address) if desk else ""
    return Hearing(receive, me, progress, last)


def unmarked(mailbox: Mailbox, now: datetime) -> str:
    """What nobody has dealt with, in this mailbox or the one it was made from."""
    day = now - FIRST_LOOK
    since = f"{day.day}-{MONTHS[day.month - 1]}-{day.year}"
    kept = f"UNKEYWORD {mailbox.mark} " if not mailbox.mark.startswith("\\") else ""
    return f"UNDELETED UNSEEN UNANSWERED {kept}SINCE {since}"
