"""Answers in a server that nobody but their reader sees; and, when it is too late for those, the
way to them in private.
"""

import logging
from contextlib import suppress
from datetime import UTC, datetime, timedelta

from bots.discord.acknowledging import ORIGINAL, Acknowledging
from bots.discord.failures import (
    OVER,
    SHUT,
    UNKNOWN_MESSAGE,
    UNKNOWN_WEBHOOK,
    Denied,
    Lost,
    NotConnected,
    Trouble,
    Uncertain,
)
from bots.discord.markdown import plain
from bots.discord.parse import Json
from bots.discord.recent import Recent
from bots.discord.render import EPHEMERAL, LOADING, SILENCE, SUPPRESS_EMBEDS, to_body, to_words
from bots.discord.repeats import MESSAGES, Repeats
from bots.discord.rest import Rest
from bots.discord.threads import SpeechAt
from core.adapter import Refused, Retry
from core.i18n import mark
from core.messages import Enclosed, Outbound

log = logging.getLogger(__name__)

FOLLOW_UP = "/webhooks/{webhook_id}/{webhook_token}"
REMEMBERED = 10_000
MAY_COME, A_WHILE = timedelta(seconds=4), 0.5
"""How long another desk may take to acknowledge what it heard, for which Discord gives it three
seconds; and the seconds between two looks whether it did.
"""
SHUT_OUT = mark(
    "I could not send you a private message. Allow messages from members of this server in your "
    "privacy settings, or write to me first; then I can answer you."
)


class Whispers:
    def __init__(
        self,
        rest: Rest,
        acknowledging: Acknowledging,
        repeats: Repeats,
        speech_at: SpeechAt,
    ) -> None:
        self.application = ""
        self._rest = rest
        self._acknowledging = acknowledging
        self._repeats = repeats
        self._speech_at = speech_at
        self._filled: Recent[str, str] = Recent(REMEMBERED)
        """By the token, what was said first: it filled the message that had been promised."""
        self._tokens: Recent[str, str] = Recent(REMEMBERED)
        """By the message, the token under which it was said: only by it can it be changed."""
        self._private: Recent[str, str] = Recent(REMEMBERED)
        """By the user, our private channel with them."""
        self._told: Recent[tuple[str, str], bool] = Recent(REMEMBERED)

    async def send(self, outbound: Outbound) -> str:
        """Raises `Trouble`, or `Refused` when they let nobody write to them."""
        said = await self.answer(outbound)
        return said or await self._write_to(outbound.address.thread.removeprefix("@"), outbound)

    async def answer(self, outbound: Outbound) -> str:
        """Empty when nothing can be answered, or no longer. Raises `Trouble`, or `Retry` when that
        may change in a moment.
        """
        if not outbound.answer_to:
            return ""
        try:
            said = await self._answer(outbound)
        except Denied as denied:
            if denied.code not in OVER:
                raise
            too_early = denied.code == UNKNOWN_WEBHOOK and await self._may_come(outbound)
        else:
            self._tokens.put(said, outbound.answer_to)
            return said
        if too_early:
            raise Retry("who heard it has not acknowledged it so far", A_WHILE)
        return ""

    async def _may_come(self, outbound: Outbound) -> bool:
        """Whether another desk heard it only now."""
        is_elsewhere = await self._acknowledging.outcome(outbound.answer_to) is None
        written = outbound.written
        return bool(is_elsewhere and written and datetime.now(UTC) - written < MAY_COME)

    async def change(self, verb: str, message: str, body: Json | None) -> bool:
        """False when it was not said under a token, or none that we remember. Raises `Trouble`."""
        token = self._tokens.get(message)
        if token is None:
            return False
        await self._rest.call(
            verb,
            f"{FOLLOW_UP}/messages/{{message_id}}",
            body,
            webhook_id=self.application,
            webhook_token=token,
            message_id=message,
        )
        return True

    async def _answer(self, outbound: Outbound) -> str:
        token = outbound.answer_to
        fresh = await self._acknowledging.outcome(token)
        body, file = to_words(outbound), outbound.file
        if fresh and not self._acknowledging.has_promised(token):
            return await self._follow_up(token, body, file)
        first = self._filled.get(token)
        if first is None and fresh is not True:
            return await self._answer_blindly(outbound, body)
        if first is None or (outbound.nonce and first == outbound.nonce):
            return await self._fill(outbound, body)
        return await self._follow_up(token, body, file)

    async def _answer_blindly(self, outbound: Outbound, body: Json) -> str:
        """After a restart, or where another desk heard it. What was promised and is still open is
        filled; what is filled with these very words was filled by us, and the answer to that was
        lost.
        """
        try:
            original = await self._call("GET", ORIGINAL, outbound.answer_to)
            if (original.get("flags") or 0) & LOADING:
                return await self._fill(outbound, body)
        except Denied as denied:  # whoever promised it may take it away between the two
            if denied.code != UNKNOWN_MESSAGE:
                raise
            return await self._follow_up(outbound.answer_to, body, outbound.file)
        self._filled.put(outbound.answer_to, "")
        if body.get("content") and original.get("content") == body["content"]:
            return str(original["id"])
        return await self._follow_up(outbound.answer_to, body, outbound.file)

    async def _fill(self, outbound: Outbound, body: Json) -> str:
        """Can be done again: the same words take the place of themselves."""
        self._filled.put(outbound.answer_to, outbound.nonce)
        self._acknowledging.keep(outbound.answer_to)
        return id_of(await self._call("PATCH", ORIGINAL, outbound.answer_to, body, outbound.file))

    async def _follow_up(self, token: str, body: Json, file: Enclosed | None) -> str:
        """Here Discord knows no nonce, so that a lost answer leaves the outcome open."""
        try:
            flags = body["flags"] | EPHEMERAL
            return id_of(await self._call("POST", FOLLOW_UP, token, body | {"flags": flags}, file))
        except NotConnected:
            raise
        except Lost as lost:
            raise Uncertain(str(lost)) from None

    async def _call(
        self,
        verb: str,
        path: str,
        token: str,
        body: object = None,
        file: Enclosed | None = None,
    ) -> Json:
        answer = await self._rest.call(
            verb, path, body, file=file, webhook_id=self.application, webhook_token=token
        )
        if not isinstance(answer, dict):
            raise Lost("the answer is no message")
        return answer

    async def _write_to(self, user: str, outbound: Outbound) -> str:
        body = to_body(outbound)
        try:
            channel = await self.private_with(user)
            return await self._repeats.find(channel, outbound, body) or await self._rest.create(
                MESSAGES, body, channel_id=channel, file=outbound.file
            )
        except Denied as denied:
            if denied.code not in SHUT:
                raise
        if not outbound.news:
            await self._tell_in_the_open(user, outbound)
        raise Refused("this person takes no messages from us", gone=False)

    async def private_with(self, user: str) -> str:
        known = self._private.get(user)
        if known is None:
            known = await self._rest.create("/users/@me/channels", {"recipient_id": user})
            self._private.put(user, known)
        return known

    async def _tell_in_the_open(self, user: str, outbound: Outbound) -> None:
        """Once, and with nothing of the matter."""
        channel = outbound.address.chat
        if (channel, user) in self._told:
            return
        said = (await self._speech_at(outbound.address)).t(SHUT_OUT)
        body: Json = {
            "content": f"<@{user}> {plain(said)}",
            "flags": SUPPRESS_EMBEDS,
            "allowed_mentions": SILENCE | {"users": [user]},
        }
        if outbound.nonce:
            body |= {"nonce": f"{outbound.nonce[:24]}!", "enforce_nonce": True}
        with suppress(Trouble):
            await self._rest.create(MESSAGES, body, channel_id=channel)
            self._told.put((channel, user), True)


def id_of(message: Json) -> str:
    if not isinstance(message.get("id"), str):
        raise Lost("the answer has no id")
    return str(message["id"])
