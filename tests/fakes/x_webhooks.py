"""Where X is to call an app, and of what: https://docs.x.com/x-api/webhooks/introduction,
https://docs.x.com/x-api/activity/quickstart, https://docs.x.com/x-api/account-activity/introduction
"""

from dataclasses import dataclass
from urllib.parse import urlsplit

from tests.fakes.x_calling import Calling, Telling
from tests.fakes.x_calls import Call, Json, Refusal, invalid, not_found
from tests.fakes.x_clock import stamp
from tests.fakes.x_shapes import Shapes
from tests.fakes.x_world import Message, World

MOST = 1
"""Webhooks of an app: pay per use has one."""
TYPES = ("dm.received", "dm.sent", "dm.read", "dm.indicate_typing", "chat.received")


@dataclass(slots=True)
class Webhook:
    id: str
    url: str
    created: float
    valid: bool = True

    def told(self) -> Json:
        return {
            "id": self.id,
            "url": self.url,
            "valid": self.valid,
            "created_at": stamp(self.created),
        }


class Webhooks:
    """`hooks` by id; `subscriptions` as X lists them; `older` are the ids of webhooks to which the
    Account Activity API tells everything.
    """

    def __init__(self, world: World, calling: Calling, telling: Telling, shapes: Shapes) -> None:
        self._world = world
        self._calling = calling
        self._telling = telling
        self._shapes = shapes
        world.tell.append(self._tell)
        self.most = MOST
        self.hooks: dict[str, Webhook] = {}
        self.subscriptions: list[Json] = []
        self.older: list[str] = []

    def _tell(self, message: Message) -> None:
        """Whoever subscribed. Of groups nothing is told."""
        if not message.recipient:
            return
        hooks = {id: hook for id, hook in self.hooks.items() if hook.valid}
        for one in self.subscriptions:
            event = self._shapes.activity(message, tag=one.get("tag", ""))
            if one["event_type"] == event["data"]["event_type"] and one.get("webhook_id") in hooks:
                self._telling.put(hooks[one["webhook_id"]].url, event)
        for id in self.older:
            if id in hooks:
                self._telling.put(hooks[id].url, self._shapes.account_activity(message))

    async def create(self, call: Call) -> Json:
        url = call.text("url")
        if not _is_fit(url):
            raise failed("UrlValidationFailed", "The callback URL does not meet the requirements.")
        if any(hook.url == url for hook in self.hooks.values()):
            raise failed("DuplicateUrlFailed", "A webhook is registered for this URL already.")
        if len(self.hooks) >= self.most:
            raise failed("WebhookLimitExceeded", "There are as many webhooks as are allowed.")
        if not await self._calling.challenge(url):
            raise failed("CrcValidationFailed", "The callback URL did not answer as it should.")
        clock = self._world.clock
        hook = Webhook(clock.new_id(), url, clock.now())
        self.hooks[hook.id] = hook
        return {"data": hook.told()}

    async def list(self, _: Call) -> Json:
        data = [hook.told() for hook in self.hooks.values()]
        return {"data": data, "meta": {"result_count": len(data)}}

    async def validate(self, call: Call) -> Json:
        hook = self._find(call.parts["id"])
        hook.valid = await self._calling.challenge(hook.url)
        if not hook.valid:
            raise failed("CrcValidationFailed", "The callback URL did not answer as it should.")
        return {"data": {"valid": True}}

    async def delete(self, call: Call) -> Json:
        hook = self._find(call.parts["id"])
        del self.hooks[hook.id]
        return {"data": {"deleted": True}}

    def _find(self, id: str) -> Webhook:
        if id not in self.hooks:
            raise failed("WebhookIdInvalid", "The webhook was not found.")
        return self.hooks[id]

    async def subscribe(self, call: Call) -> Json:
        kind, filter = call.text("event_type"), call.fields.get("filter")
        user = filter.get("user_id") if isinstance(filter, dict) else None
        if kind not in TYPES or user is None:
            raise invalid(f"$.event_type: is one of {sorted(TYPES)}, with $.filter.user_id")
        if user != self._world.me.id:
            raise not_found("user", str(user))
        hook = self._find(call.text("webhook_id")) if call.text("webhook_id") else None
        now = stamp(self._world.clock.now())
        told: Json = {"subscription_id": self._world.clock.new_id(), "event_type": kind}
        told |= {"filter": {"user_id": user}, "created_at": now, "updated_at": now}
        told |= {"webhook_id": hook.id} if hook else {}
        told |= {"tag": call.text("tag")} if call.text("tag") else {}
        if any(_is_same(one, told) for one in self.subscriptions):
            raise failed("DuplicateSubscriptionFailed", "The subscription exists already.")
        self.subscriptions.append(told)
        return {"data": told, "meta": {"total_subscriptions": len(self.subscriptions)}}

    async def list_subscriptions(self, _: Call) -> Json:
        total = len(self.subscriptions)
        return {"data": self.subscriptions, "meta": {"total_subscriptions": total}}

    async def subscribe_older(self, call: Call) -> Json:
        hook = self._find(call.parts["id"])
        if hook.id in self.older:
            raise failed("DuplicateSubscriptionFailed", "The user is subscribed already.")
        self.older.append(hook.id)
        return {"data": {"subscribed": True}}

    async def is_subscribed_older(self, call: Call) -> Json:
        return {"data": {"subscribed": self._find(call.parts["id"]).id in self.older}}


def failed(reason: str, detail: str) -> Refusal:
    refusal = invalid(f"{reason}: {detail}")
    refusal.body["detail"] = f"{reason}: {detail}"
    return refusal


def _is_fit(url: str) -> bool:
    """https, and no port: https://docs.x.com/x-api/webhooks/quickstart"""
    try:
        parts = urlsplit(url)
        return parts.scheme == "https" and bool(parts.hostname) and parts.port is None
    except ValueError:
        return False


def _is_same(one: Json, other: Json) -> bool:
    names = ("event_type", "filter", "webhook_id")
    return [one.get(name) for name in names] == [other.get(name) for name in names]
