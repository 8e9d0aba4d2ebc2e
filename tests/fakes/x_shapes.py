"""What X tells a webhook: https://docs.x.com/x-api/activity/event-payloads and
https://docs.x.com/x-api/account-activity/introduction
"""

from tests.fakes.x_calls import Json
from tests.fakes.x_words import Shown
from tests.fakes.x_world import Message, User, World


class Shapes:
    """One and the same message in each of its shapes; its id is the same in all of them, and in
    the look-up.
    """

    def __init__(self, world: World) -> None:
        self._world = world

    def activity(self, message: Message, *, whose: str = "", tag: str = "") -> Json:
        """Of the X Activity API: `dm.received` or, of what our account sent, `dm.sent`. `whose` is
        the account that is told of; ours without it. The delivery has an id of its own.
        """
        whose = whose or self._world.me.id
        kind = "dm.sent" if message.sender == whose else "dm.received"
        data: Json = {
            "event_uuid": self._world.clock.new_id(),
            "filter": {"user_id": whose},
            "event_type": kind,
        }
        if tag:
            data["tag"] = tag
        users = {user.id: {"data": user_of(user)} for user in self._both(message)}
        payload = {"direct_message_events": [self._event(message)], "users": users}
        return {"data": data | {"payload": payload}}

    def account_activity(self, message: Message, *, whose: str = "") -> Json:
        """Of the older Account Activity API."""
        users = {user.id: older_user_of(user, message.at) for user in self._both(message)}
        return {
            "for_user_id": whose or self._world.me.id,
            "direct_message_events": [self._event(message)],
            "users": users,
        }

    def _both(self, message: Message) -> list[User]:
        known = self._world.users
        return [known[id] for id in (message.sender, message.recipient) if id in known]

    def _event(self, message: Message) -> Json:
        shown = self._world.shown(message)
        data: Json = {"text": shown.text, "entities": entities(shown)}
        if message.file:
            data["attachment"] = message.file.called(shown.urls[-1]["url"] if shown.urls else "")
        return {
            "type": "message_create",
            "id": message.id,
            "created_timestamp": str(int(message.at * 1000)),
            "message_create": {
                "target": {"recipient_id": message.recipient},
                "sender_id": message.sender,
                "message_data": data,
            },
        }


def entities(shown: Shown) -> Json:
    urls = []
    for one in shown.urls:
        names = ("url", "expanded_url", "display_url")
        urls.append({name: one[name] for name in names} | {"indices": [one["start"], one["end"]]})
    return {"hashtags": [], "symbols": [], "user_mentions": [], "urls": urls}


def user_of(user: User) -> Json:
    return {"id": user.id, "name": user.name, "username": user.username, "protected": False}


def older_user_of(user: User, at: float) -> Json:
    return {
        "id": user.id,
        "created_timestamp": str(int(at * 1000)),
        "name": user.name,
        "screen_name": user.username,
        "protected": False,
        "verified": False,
    }
