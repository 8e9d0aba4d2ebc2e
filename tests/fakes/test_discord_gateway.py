"""The gateway of the imitation of Discord and its troubles, as the real library lives with them."""

import json
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest

from tests.fakes.discord import DiscordFake
from tests.fakes.discord_client import Echo, connected, discord


class Told(Echo):
    """Keeps what the library says of its connection."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.told: list[str] = []
        self.pressed: list[discord.Interaction] = []

    async def on_interaction(self, interaction: discord.Interaction) -> None:
        self.pressed.append(interaction)
        await interaction.response.defer()

    async def before_identify_hook(self, shard_id: int | None, *, initial: bool = False) -> None:
        """The library waits five seconds before it identifies again; we do not."""

    async def on_ready(self) -> None:
        self.told.append("ready")

    async def on_resumed(self) -> None:
        self.told.append("resumed")


@pytest.fixture
async def fake() -> AsyncIterator[DiscordFake]:
    async with DiscordFake() as running:
        yield running
        assert running.violations == []


@pytest.fixture
async def client(fake: DiscordFake) -> AsyncIterator[Told]:
    async with connected(fake, Told()) as ready:
        yield ready


async def test_asked_to_reconnect_the_bot_resumes(fake: DiscordFake, client: Told) -> None:
    fake.gateway.reconnect()
    await fake.until(lambda: fake.gateway.resumes == 1)
    anna = fake.person(7)
    await anna.says("still there?")
    await anna.hears()
    assert client.told == ["ready", "resumed"]
    assert fake.gateway.identifies == 1


async def test_what_came_while_the_connection_was_cut_is_told_again_once(
    fake: DiscordFake, client: Told
) -> None:
    anna = fake.person(7)
    await anna.says("before")
    await anna.hears()
    fake.gateway.drop()
    await anna.says("meanwhile")
    await fake.until(lambda: fake.gateway.resumes == 1)
    await anna.says("after")
    await anna.hears(2)
    assert [message.content for message in client.heard] == ["before", "meanwhile", "after"]
    assert client.told == ["ready", "resumed"]


async def test_an_event_may_be_lost_or_come_twice(fake: DiscordFake, client: Told) -> None:
    anna = fake.person(7)
    fake.gateway.losing = fake.gateway.stuttering = 1
    for text in ("lost", "twice", "once"):
        await anna.says(text)
    await anna.hears(3)
    assert [message.content for message in client.heard] == ["twice", "twice", "once"]
    assert [message["content"] for message in anna.dm.messages.values()][:2] == ["lost", "twice"]


async def test_what_was_missed_beyond_the_window_is_only_in_the_history(
    fake: DiscordFake, client: Told
) -> None:
    anna = fake.person(7)
    await anna.says("before")
    await anna.hears()
    fake.gateway.drop(forget=True)
    await anna.says("meanwhile")
    await fake.until(lambda: fake.gateway.identifies == 2)
    await fake.is_connected()
    await anna.says("after")
    await anna.hears()
    assert [message.content for message in client.heard] == ["before", "after"]
    channel = await client.fetch_channel(anna.dm.id)
    assert isinstance(channel, discord.DMChannel)
    after = [m.content async for m in channel.history(after=client.heard[0], oldest_first=True)]
    assert after == ["echo: before", "meanwhile", "after", "echo: after"]


async def test_a_session_ends_when_nobody_resumes_it_in_time(
    fake: DiscordFake, client: Told
) -> None:
    fake.gateway.resume_window = -1.0
    fake.gateway.drop()
    await fake.until(lambda: fake.gateway.identifies == 2)
    assert fake.gateway.resumes == 0


@pytest.mark.parametrize(("resumable", "identifies", "resumes"), [(False, 2, 0), (True, 1, 1)])
async def test_an_invalid_session_is_begun_anew_or_resumed(
    fake: DiscordFake, client: Told, resumable: bool, identifies: int, resumes: int
) -> None:
    fake.gateway.invalidate(resumable)
    await fake.until(
        lambda: (fake.gateway.identifies, fake.gateway.resumes) == (identifies, resumes)
    )
    anna = fake.person(7)
    await fake.is_connected()
    await anna.says("hello again")
    await anna.hears()


@pytest.mark.parametrize(("code", "identifies", "resumes"), [(4000, 1, 1), (4009, 2, 0)])
async def test_a_closed_connection_is_resumed_if_its_code_allows(
    fake: DiscordFake, client: Told, code: int, identifies: int, resumes: int
) -> None:
    await fake.gateway.close(code)
    await fake.until(
        lambda: (fake.gateway.identifies, fake.gateway.resumes) == (identifies, resumes)
    )


async def test_a_zombie_is_noticed_by_its_missing_heartbeats(fake: DiscordFake) -> None:
    fake.gateway.heartbeat_interval = 50
    async with connected(fake, Told(heartbeat_timeout=0.3)) as client:
        anna = fake.person(7)
        fake.gateway.freeze()
        await anna.says("anybody?")
        assert fake.gateway.ready
        await fake.until(lambda: fake.gateway.resumes == 1)
        [answer] = await anna.hears()
        assert answer["content"] == "echo: anybody?"
        assert client.told == ["ready", "resumed"]
        assert fake.gateway.heartbeats > 1


async def test_who_is_silent_for_too_long_is_left(fake: DiscordFake) -> None:
    fake.gateway.heartbeat_interval = 50
    async with aiohttp.ClientSession() as bare, bare.ws_connect(fake.gateway_url) as socket:
        await socket.receive_json()
        closing = await socket.receive()
        assert closing.data == 4009


async def test_nobody_connects_while_it_is_down(fake: DiscordFake) -> None:
    fake.gateway.down = True
    with pytest.raises(aiohttp.WSServerHandshakeError):
        async with aiohttp.ClientSession() as bare, bare.ws_connect(fake.gateway_url):
            pass


async def test_what_is_pressed_while_nobody_is_connected_fails_at_once_and_for_good(
    fake: DiscordFake, client: Told
) -> None:
    anna = fake.person(7)
    channel = await client.fetch_channel(anna.dm.id)
    assert isinstance(channel, discord.DMChannel)
    view = discord.ui.View(timeout=None)
    view.add_item(discord.ui.Button(label="Yes", custom_id="yes"))
    await channel.send("Well?", view=view)
    fake.gateway.drop()
    await fake.until(lambda: not fake.gateway.ready)
    press = await anna.presses("Yes")
    assert press.failed
    with pytest.raises(TimeoutError):
        await press.answered()
    await fake.until(lambda: fake.gateway.resumes == 1)
    await anna.says("now?")
    await anna.hears(2)
    assert not (await anna.presses("Yes")).failed
    await fake.until(lambda: len(client.pressed) == 1)


async def test_a_privileged_intent_that_was_not_granted_ends_the_connection(
    fake: DiscordFake,
) -> None:
    fake.world.message_content = False
    with pytest.raises(discord.PrivilegedIntentsRequired):
        async with connected(fake, Echo()):
            pass


async def test_after_too_many_identifies_the_token_is_no_longer_good(fake: DiscordFake) -> None:
    fake.gateway.identify_limit = 2
    for left in (2, 1):
        assert fake.gateway.limits()["session_start_limit"]["remaining"] == left
        async with connected(fake, Echo()):
            pass
    with pytest.raises(discord.ConnectionClosed) as closed:
        async with connected(fake, Echo()):
            pass
    assert closed.value.code == 4004


async def test_who_hurries_with_identifies_is_told_to_wait(fake: DiscordFake) -> None:
    fake.gateway.identify_gap = 0.2
    async with (
        connected(fake, Echo()),
        aiohttp.ClientSession() as bare,
        bare.ws_connect(fake.gateway_url) as socket,
    ):
        assert (await socket.receive_json())["op"] == 10
        await identify(fake, socket)
        assert await socket.receive_json() == {"op": 9, "d": False, "s": None, "t": None}


@pytest.mark.parametrize(
    ("frame", "code"),
    [
        ("no json", 4002),
        (json.dumps({"op": 77, "d": None}), 4001),
        (json.dumps({"op": 3, "d": {}}), 4003),
        (json.dumps({"op": 2, "d": {"token": "wrong", "intents": 0}}), 4004),
        (json.dumps({"op": 2, "d": {"token": "MTIz.fake.token", "intents": -1}}), 4013),
        (
            json.dumps({"op": 2, "d": {"token": "MTIz.fake.token", "intents": 1, "shard": [2, 2]}}),
            4010,
        ),
    ],
)
async def test_what_makes_no_sense_closes_the_connection(
    fake: DiscordFake, frame: str, code: int
) -> None:
    async with aiohttp.ClientSession() as bare, bare.ws_connect(fake.gateway_url) as socket:
        await socket.receive_json()
        await socket.send_str(frame)
        closing = await socket.receive()
        assert closing.type is aiohttp.WSMsgType.CLOSE
        assert closing.data == code


async def test_too_many_frames_close_the_connection(fake: DiscordFake) -> None:
    async with aiohttp.ClientSession() as bare, bare.ws_connect(fake.gateway_url) as socket:
        await socket.receive_json()
        for _ in range(121):
            await socket.send_json({"op": 1, "d": None})
        received = [message.type async for message in socket]
        assert len(received) <= 120
        assert socket.close_code == 4008


async def test_words_in_a_guild_are_hidden_from_who_did_not_ask_for_them(
    fake: DiscordFake,
) -> None:
    guild = fake.guild(1 << 22)
    anna = fake.person(7)
    general = guild.channel("general")
    async with aiohttp.ClientSession() as bare, bare.ws_connect(fake.gateway_url) as socket:
        await socket.receive_json()
        await identify(fake, socket, intents=(1 << 9) | (1 << 12))
        assert (await socket.receive_json())["t"] == "READY"
        await anna.says("among us", channel=general)
        await anna.says(f"<@{fake.world.bot['id']}> listen", channel=general)
        await anna.says("in private")
        told = [(await socket.receive_json())["d"]["content"] for _ in range(3)]
    assert told == ["", f"<@{fake.world.bot['id']}> listen", "in private"]


async def identify(fake: DiscordFake, socket: aiohttp.ClientWebSocketResponse, **more: Any) -> None:
    data = {"token": fake.token, "intents": 1 | 1 << 9 | 1 << 12 | 1 << 15, **more}
    data["properties"] = {"os": "linux", "browser": "bare", "device": "bare"}
    await socket.send_json({"op": 2, "d": data})
