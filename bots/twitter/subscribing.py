"""Telling X where to call us, and of what: https://docs.x.com/x-api/activity/quickstart

The webhook belongs to the app, the subscription to the account. Accounts without OAuth 2.0 have
only the older Account Activity API, which X is ending.
"""

import logging
from dataclasses import dataclass
from urllib.parse import quote

from bots.twitter.calls import Calls
from bots.twitter.failures import Denied, Trouble
from bots.twitter.shape import Json, as_dict, as_list, line, number
from bots.twitter.signing import Keys
from bots.twitter.tokens import NOT_SET, Tokens, app_token
from bots.twitter.webhook import Secrets
from bots.twitter.wire import Headers

log = logging.getLogger(__name__)

EVENT = "dm.received"


@dataclass(slots=True)
class Subscribing:
    """`url` is where X reaches us."""

    calls: Calls
    keys: Keys
    tokens: Tokens
    secrets: Secrets
    url: str
    is_called: bool = False

    async def ensure(self, me: str) -> bool:
        """Whether X calls us from now on. If not, the log says what is missing."""
        step = "the app's own token"
        try:
            app = await app_token(self.calls, self.keys.introduce())
            step = f"the webhook {self.url}"
            webhook = await self._webhook(app)
            step = "the subscription to messages"
            await self._subscription(webhook, me, app)
        except Trouble as trouble:
            log.warning(
                "X does not call us: it does not give %s (%s)%s. Messages are asked for instead",
                step,
                trouble,
                hint(trouble, self.tokens),
            )
            self.is_called = False
        else:
            if not self.is_called:
                log.info("X calls us for each message", extra={"webhook": webhook})
            self.is_called = True
        return self.is_called

    async def _webhook(self, app: Headers) -> str:
        """The id of the one at our address, valid."""
        told = await self.calls.ask("GET", "/2/webhooks", app)
        ours = next((one for one in entries(told) if one.get("url") == self.url), {})
        id = number(ours.get("id"))
        if not id:
            made = await self._challenged("POST", "/2/webhooks", app, {"url": self.url})
            id = number(as_dict(made.get("data")).get("id"))
        elif ours.get("valid") is not True:
            await self._challenged("PUT", f"/2/webhooks/{id}", app)
        if not id:
            raise Trouble("no id in the answer")
        return id

    async def _challenged(
        self, method: str, path: str, app: Headers, told: Json | None = None
    ) -> Json:
        """A call at which X looks whether it is us that it will call."""
        try:
            answer = await self.calls.ask(method, path, app, told)
            if as_dict(answer.get("data")).get("valid") is not False:
                return answer
        except Denied as denied:
            if "crc" not in denied.words:
                raise
        if not self.secrets.swap():
            raise Trouble("our answer to its challenge is not right, or it cannot reach us")
        return await self.calls.ask(method, path, app, told)

    async def _subscription(self, webhook: str, me: str, app: Headers) -> None:
        if not self.tokens.are_set:
            await self._older_subscription(webhook)
            return
        told = await self.calls.ask("GET", "/2/activity/subscriptions", app)
        if any(is_ours(one, webhook, me) for one in entries(told)):
            return
        user = await self.tokens.header()
        asked = {"event_type": EVENT, "filter": {"user_id": me}, "webhook_id": webhook}
        await self.calls.ask("POST", "/2/activity/subscriptions", user, asked | {"tag": "desk"})

    async def _older_subscription(self, webhook: str) -> None:
        """https://docs.x.com/x-api/account-activity/introduction, which takes OAuth 1.0a."""
        path = f"/2/account_activity/webhooks/{quote(webhook)}/subscriptions/all"
        try:
            await self.calls.ask("POST", path, json={})
        except Denied as denied:
            if "duplicate" not in denied.words:  # it is there already
                raise


def entries(told: Json) -> list[Json]:
    return [as_dict(one) for one in as_list(told.get("data"))]


def is_ours(told: Json, webhook: str, me: str) -> bool:
    of_us = number(as_dict(told.get("filter")).get("user_id")) == me
    at_us = number(told.get("webhook_id")) == webhook
    return of_us and at_us and line(told.get("event_type")) == EVENT


def hint(trouble: Trouble, tokens: Tokens) -> str:
    if isinstance(trouble, Denied) and trouble.status == 403 and not tokens.are_set:
        return f"; perhaps because {NOT_SET}"
    return ""
