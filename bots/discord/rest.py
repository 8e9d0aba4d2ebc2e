"""The wire to Discord's REST interface: the library's own requests, with its rationing, and what
it does not offer in one call.
"""

from typing import Any

import discord
import yarl
from discord.http import MultipartParameters, Route

from core.settings import Discord

Json = dict[str, Any]

LONGEST_WAIT = 30.0
"""Seconds that the library waits by itself when Discord asks for time; longer waits are ours."""


def point_at(settings: Discord) -> None:
    """Turn the library to another Discord. It keeps its addresses in its classes."""
    if settings.api_url != Discord.model_fields["api_url"].default:
        Route.BASE = settings.api_url.rstrip("/")
    if settings.gateway_url:
        discord.gateway.DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(settings.gateway_url)


class Rest:
    """A client that never opens a gateway: sending goes on whatever becomes of listening."""

    def __init__(self, token: str) -> None:
        self._token = token
        self._client: discord.Client | None = None

    async def open(self) -> None:
        if self._client is None:
            client = discord.Client(
                intents=discord.Intents.none(), max_ratelimit_timeout=LONGEST_WAIT
            )
            try:
                await client.login(self._token)
            except BaseException:
                await client.close()
                raise
            self._client = client

    async def close(self) -> None:
        client, self._client = self._client, None
        if client:
            await client.close()

    @property
    def client(self) -> discord.Client:
        if self._client is None:
            raise discord.ClientException("not opened")
        return self._client

    @property
    def account(self) -> str:
        return str(self.client.user.id) if self.client.user else ""

    async def call(self, method: str, path: str, body: Any = None, **parts: Any) -> Any:
        """`parts` fill the path: by some of them Discord rations."""
        route = Route(method, path, **parts)
        if body is None:
            return await self.client.http.request(route)
        return await self.client.http.request(route, json=body)

    async def send(self, channel: str, body: Json) -> Json:
        parameters = MultipartParameters(payload=body, multipart=None, files=None)
        return dict(await self.client.http.send_message(channel, params=parameters))  # type: ignore[arg-type]

    async def respond(self, interaction: discord.Interaction, body: Json) -> None:
        await self.call(
            "POST",
            "/interactions/{interaction_id}/{interaction_token}/callback",
            body,
            interaction_id=interaction.id,
            interaction_token=interaction.token,
        )

    async def open_private(self, user: str) -> str:
        """The channel in which somebody is written to."""
        channel = await self.call("POST", "/users/@me/channels", {"recipient_id": user})
        return str(channel["id"])

    async def original(self, method: str, key: str, body: Json | None = None) -> Json:
        """The first answer to an interaction."""
        return dict(
            await self.call(
                method,
                "/webhooks/{webhook_id}/{webhook_token}/messages/@original",
                body,
                webhook_id=self.account_of_app,
                webhook_token=key,
            )
        )

    async def follow_up(self, key: str, body: Json) -> Json:
        path = "/webhooks/{webhook_id}/{webhook_token}?wait=true"
        app = self.account_of_app
        return dict(await self.call("POST", path, body, webhook_id=app, webhook_token=key))

    @property
    def account_of_app(self) -> int:
        return self.client.application_id or 0
