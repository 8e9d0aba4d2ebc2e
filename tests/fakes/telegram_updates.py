"""The queue of updates: kept until the bot confirms them, by offset or by answering the webhook."""

import asyncio
from collections import OrderedDict
from collections.abc import Callable
from itertools import islice
from typing import Any

from tests.fakes.telegram_bell import Bell
from tests.fakes.telegram_calls import Call, Json, Refusal

KINDS = frozenset((
    "message", "edited_message", "channel_post", "edited_channel_post",
    "business_connection", "business_message", "edited_business_message",
    "deleted_business_messages", "guest_message", "message_reaction",
    "message_reaction_count", "inline_query", "chosen_inline_result", "callback_query",
    "shipping_query", "pre_checkout_query", "purchased_paid_media", "poll", "poll_answer",
    "my_chat_member", "chat_member", "chat_join_request", "chat_boost",
    "removed_chat_boost", "managed_bot",
))  # fmt: skip
BY_DEFAULT = KINDS - {"chat_member", "message_reaction", "message_reaction_count"}
LONGEST_POLL = 50


class Updates:
    """Ids ascend within what is pending. `allowed` decides at creation which kinds are kept."""

    def __init__(self, bell: Bell, inspect: Callable[[Json], None]) -> None:
        self.pending: OrderedDict[int, Json] = OrderedDict()
        self.allowed = BY_DEFAULT
        self.polls = 0
        """How often the bot asked."""
        self.confirmed = 0
        """The highest update id confirmed last."""
        self.push: Callable[[Json], None] | None = None
        """Takes each new update while a webhook is set; polling is refused then."""
        self._bell = bell
        self._inspect = inspect
        self._next = 1_000
        self._poller: asyncio.Future[None] | None = None

    @property
    def next_id(self) -> int:
        return self._next

    @next_id.setter
    def next_id(self, value: int) -> None:
        """Numbers jump forward at any time; backward only when all is confirmed, as on the
        platform.
        """
        if value < self._next and self.pending:
            raise ValueError("numbers go back only once the bot has confirmed every update")
        self._next = value

    def put(self, kind: str, content: Json) -> None:
        if kind not in self.allowed:
            return
        update = {"update_id": self._next, kind: content}
        self._inspect(update)
        self.pending[self._next] = update
        self._next += 1
        if self.push:
            self.push(update)
        elif self._poller and not self._poller.done():
            self._poller.set_result(None)

    def allow(self, kinds: Any) -> None:
        """None keeps what was set before; an empty list means the default."""
        if kinds is not None:
            self.allowed = KINDS.intersection(kinds) or BY_DEFAULT

    async def answer_poll(self, call: Call) -> list[Json]:
        if self.push:
            raise Refusal(
                409,
                "Conflict: can't use getUpdates method while webhook is active; "
                "use deleteWebhook to delete the webhook first",
            )
        self.polls += 1
        self.allow(call.structure("allowed_updates"))
        limit = min(max(call.number("limit", 100), 1), 100)
        timeout = min(call.number("timeout"), LONGEST_POLL)
        self._confirm_below(call.number("offset"))
        if not self.pending and timeout > 0:
            await self._wait(timeout)
        return list(islice(self.pending.values(), limit))

    async def _wait(self, timeout: float) -> None:
        self.end_poll(
            "Conflict: terminated by other getUpdates request; "
            "make sure that only one bot instance is running"
        )
        mine = self._poller = asyncio.get_running_loop().create_future()
        self._bell.ring()
        await asyncio.wait([mine], timeout=timeout)
        if self._poller is mine:
            self._poller = None
        if mine.done():
            mine.result()

    @property
    def polled(self) -> bool:
        """Is a bot waiting right now?"""
        return self._poller is not None and not self._poller.done()

    def end_poll(self, conflict: str) -> None:
        """The older poll loses, as on the platform."""
        if self._poller and not self._poller.done():
            self._poller.set_exception(Refusal(409, conflict))

    def _confirm_below(self, offset: int) -> None:
        if offset < 0:
            offset += self._next
        if offset > self._next + 10:
            return  # an offset from the future counts as none, or a renumbered queue would be lost
        while self.pending and next(iter(self.pending)) < offset:
            self.confirmed, _ = self.pending.popitem(last=False)
        self._bell.ring()

    def confirm(self, update_id: int) -> None:
        if self.pending.pop(update_id, None):
            self.confirmed = update_id
            self._bell.ring()

    def forget_all(self) -> None:
        self.pending.clear()
