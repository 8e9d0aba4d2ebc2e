"""Discord's REST interface through the library, which keeps the rate limits.

Failures are raised without the ones that caused them: those quote URLs and headers, and in these
are tokens.
"""

import asyncio
import json
from io import BytesIO
from typing import Any

import aiohttp
import discord
import yarl
from discord.gateway import DiscordWebSocket
from discord.http import Route

from bots.discord.buckets import Client
from bots.discord.budget import InvalidRequests
from bots.discord.failures import Denied, Lost, NotConnected, Trouble, read_denial
from core.messages import Enclosed

Json = dict[str, Any]

PATIENCE = 50.0
"""Seconds for a call with all that the library waits and asks again in it."""
LONGEST_WAIT = 30.0
"""Seconds that the library may hold a call back; longer ones are ours to wait."""
UNKNOWN = "application/octet-stream"
NOT_SENT = (
    aiohttp.ClientConnectorError,
    aiohttp.ConnectionTimeoutError,
    aiohttp.ServerFingerprintMismatch,
    aiohttp.InvalidURL,
)


class Rest:
    def __init__(self, token: str, invalid: InvalidRequests) -> None:
        self._token = token
        self._invalid = invalid
        self._http: Client | None = None

    async def log_in(self) -> Json:
        """Our own user. Can be done again."""
        if self._http is None:
            http = Client(
                asyncio.get_running_loop(),
                http_trace=self._invalid.trace(),
                max_ratelimit_timeout=LONGEST_WAIT,
            )
            me = await self._try(http.static_login(self._token))
            if isinstance(me, Trouble):
                await http.close()
                raise me
            self._http = http
            return dict(me)
        return dict(await self.call("GET", "/users/@me"))

    async def close(self) -> None:
        http, self._http = self._http, None
        if http:
            await http.close()

    async def call(
        self,
        verb: str,
        path: str,
        body: object = None,
        query: Json | None = None,
        file: Enclosed | None = None,
        **ids: str,
    ) -> Any:
        """The answer as it came, without the objects that the library would make of it. Raises
        `Trouble`.
        """
        if self._http is None:
            raise NotConnected("not logged in")
        if pause := self._invalid.pause:
            raise Denied(429, after=pause, everyone=True)
        more: Json = {} if body is None else {"json": body}
        if file:
            more = as_form(body, file)
        if query:
            more["params"] = query
        route = Route(verb, path, **ids)
        answer = await self._try(self._http.request(route, **more))
        if isinstance(answer, Trouble):
            raise answer
        return answer

    async def create(
        self, path: str, body: Json, channel_id: str = "", file: Enclosed | None = None
    ) -> str:
        """The id of what was made."""
        made = await self.call("POST", path, body, file=file, channel_id=channel_id)
        if not isinstance(made, dict) or not isinstance(made.get("id"), str):
            raise Lost("the answer has no id")
        return str(made["id"])

    async def _try(self, call: Any) -> Any:
        """The answer, or the `Trouble` instead of it."""
        try:
            async with asyncio.timeout(PATIENCE):
                return await call
        except discord.LoginFailure:
            return Denied(401)
        except discord.RateLimited as later:
            return Denied(429, after=later.retry_after)
        except discord.HTTPException as error:
            return read_denial(error.status, error.code, error.response.headers)
        except NOT_SENT as error:
            return NotConnected(type(error).__name__)
        except Exception as error:  # a cut connection, an answer that is no JSON
            return Lost(type(error).__name__)


def as_form(body: object, file: Enclosed) -> Json:
    """The body and the file in one: https://docs.discord.com/developers/reference#uploading-files.
    The body tells the file's name; the library begins it anew at each of its tries.
    """
    data = discord.File(BytesIO(file.data), "file")
    about: Json = {"filename": "file", "content_type": file.media_type or UNKNOWN}
    form = [
        {"name": "payload_json", "value": json.dumps(body), "content_type": "application/json"},
        {"name": "files[0]", "value": data.fp, **about},
    ]
    return {"files": [data], "form": form}


def redirect(api_url: str, gateway_url: str) -> None:
    """The library has its addresses in its classes: all of a process goes to the same place."""
    Route.BASE = api_url
    if gateway_url:
        DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(gateway_url)
