"""What can be asked of X, how it must be proven, and what it counts as."""

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from urllib.parse import unquote

from aiohttp import web

from tests.fakes.x_calls import Call, Json, not_found, problem
from tests.fakes.x_files import VIDEOS
from tests.fakes.x_grants import Grants
from tests.fakes.x_limits import READS, SENDS
from tests.fakes.x_lookup import Lookup
from tests.fakes.x_posts import Posts
from tests.fakes.x_proof import APP, OAUTH1, USER
from tests.fakes.x_sending import Sending
from tests.fakes.x_tls import FILE_HOSTS, TON_HOSTS
from tests.fakes.x_uploads import Uploads
from tests.fakes.x_webhooks import Webhooks
from tests.fakes.x_world import World

Result = Json | web.Response
Handle = Callable[[Call], Awaitable[Result]]
ACCOUNT = (OAUTH1, USER)


@dataclass(frozen=True, slots=True)
class Route:
    """`name` such as "GET /2/dm_events"; `proofs` empty: anybody may ask."""

    name: str
    proofs: tuple[str, ...]
    handle: Handle
    status: int = 200
    meter: str = ""
    pattern: re.Pattern[str] = field(init=False)

    def __post_init__(self) -> None:
        pattern = re.compile(re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", self.name))
        object.__setattr__(self, "pattern", pattern)


class Routes:
    """By the host that is asked: the interface, private files, public ones."""

    def __init__(
        self,
        world: World,
        grants: Grants,
        lookup: Lookup,
        uploads: Uploads,
        posts: Posts,
        webhooks: Webhooks,
    ) -> None:
        sending, downloads = Sending(world), Downloads(world)
        self._api = [
            Route("GET /2/users/me", ACCOUNT, posts.me),
            *_messages(sending, lookup),
            Route(
                "GET /2/dm_conversations/media/{message}/{id}/{name}", (USER,), downloads.private
            ),
            *_media(uploads),
            Route("POST /2/tweets", ACCOUNT, posts.create, 201),
            Route("GET /2/users/{id}/tweets", (OAUTH1, USER, APP), posts.timeline),
            Route("POST /2/oauth2/token", (), grants.renew),
            Route("POST /oauth2/token", (), grants.grant_to_app),
            *_webhooks(webhooks),
        ]
        private = "GET /1.1/ton/data/dm/{message}/{id}/{name}"
        public = [
            Route("GET /dm_video/{id}/vid/avc1/{size}/{name}", (), downloads.public),
            Route("GET /dm_gif/{id}/{name}", (), downloads.public),
        ]
        owned = [Route(private, (OAUTH1,), downloads.private)]
        self._places = dict.fromkeys(TON_HOSTS, owned) | dict.fromkeys(FILE_HOSTS, public)

    def find(self, call: Call) -> Route:
        """Fills in the call's parts. Raises `Refusal` where nothing is."""
        host = call.host.partition(":")[0]
        for route in self._places.get(host, self._api):
            if found := route.pattern.fullmatch(f"{call.method} {call.path}"):
                call.parts = {name: unquote(part) for name, part in found.groupdict().items()}
                return route
        raise problem(404, "Not Found", "Not Found")


def _messages(sending: Sending, lookup: Lookup) -> list[Route]:
    to_person = "/2/dm_conversations/with/{id}"
    to_conversation = "/2/dm_conversations/{id}"
    return [
        Route(f"POST {to_person}/messages", ACCOUNT, sending.to_person, 201, SENDS),
        Route(f"POST {to_conversation}/messages", ACCOUNT, sending.to_conversation, 201, SENDS),
        Route("GET /2/dm_events", ACCOUNT, lookup.all, meter=READS),
        Route("GET /2/dm_events/{id}", ACCOUNT, lookup.one, meter=READS),
        Route(f"GET {to_person}/dm_events", ACCOUNT, lookup.with_person, meter=READS),
        Route(f"GET {to_conversation}/dm_events", ACCOUNT, lookup.in_conversation, meter=READS),
    ]


def _media(uploads: Uploads) -> list[Route]:
    root = "/2/media/upload"
    return [
        Route(f"POST {root}", ACCOUNT, uploads.at_once),
        Route(f"GET {root}", ACCOUNT, uploads.status),
        Route(f"POST {root}/initialize", ACCOUNT, uploads.initialize),
        Route(f"POST {root}/{{id}}/append", ACCOUNT, uploads.append),
        Route(f"POST {root}/{{id}}/finalize", ACCOUNT, uploads.finalize),
    ]


def _webhooks(webhooks: Webhooks) -> list[Route]:
    """Private events are subscribed to by the account, all else is the app's:
    https://docs.x.com/x-api/activity/introduction
    """
    older = "/2/account_activity/webhooks/{id}/subscriptions/all"
    return [
        Route("POST /2/webhooks", (APP,), webhooks.create),
        Route("GET /2/webhooks", (APP,), webhooks.list),
        Route("PUT /2/webhooks/{id}", (APP,), webhooks.validate),
        Route("DELETE /2/webhooks/{id}", (APP,), webhooks.delete),
        Route("POST /2/activity/subscriptions", (USER,), webhooks.subscribe),
        Route("GET /2/activity/subscriptions", (APP,), webhooks.list_subscriptions),
        Route(f"POST {older}", ACCOUNT, webhooks.subscribe_older),
        Route(f"GET {older}", ACCOUNT, webhooks.is_subscribed_older),
    ]


class Downloads:
    """Files of messages: https://docs.x.com/x-api/direct-messages/media/introduction"""

    def __init__(self, world: World) -> None:
        self._world = world

    async def private(self, call: Call) -> web.Response:
        file = self._world.files.find(**call.parts)
        if file is None:
            raise not_found("media", call.parts["id"])
        return web.Response(body=file.data, content_type="application/octet-stream")

    async def public(self, call: Call) -> web.Response:
        file = self._world.files.get(call.parts["id"])
        places = [one["url"].partition("?")[0] for one in file.variants] if file else []
        if file is None or f"{VIDEOS}{call.path}" not in places or file.kind == "photo":
            raise not_found("media", call.parts["id"])
        return web.Response(body=file.data, content_type="video/mp4")
