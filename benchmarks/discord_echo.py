"""What is compared with: a bare discord.py echo."""

import sys

import discord
import yarl


class Echo(discord.Client):
    async def on_message(self, message: discord.Message) -> None:
        if message.author != self.user:
            await message.channel.send(message.content)


def main() -> None:
    url, token = sys.argv[1:]
    discord.http.Route.BASE = f"{url}/api/v10"
    socket = f"{url.replace('http', 'ws', 1)}/gw/"
    discord.gateway.DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(socket)
    Echo(intents=discord.Intents(dm_messages=True)).run(token, log_handler=None)


if __name__ == "__main__":
    main()
