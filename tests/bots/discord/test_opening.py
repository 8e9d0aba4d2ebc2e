"""Saying hello: who we are, what is left of the day's starts, and which commands are shown."""

import pytest
from pydantic import SecretStr

from bots.discord.adapter import DiscordAdapter
from bots.discord.limits import discord_limits
from core.adapter import LooksUp, Refused, Retry
from core.settings import Discord, Wrong
from tests.bots.contract import Ears
from tests.bots.discord.conftest import LANGUAGES, settings
from tests.fakes.discord import DiscordFake

SHOW = "PUT /applications/{application_id}/commands"
SHOW_IN_ONE = "PUT /applications/{application_id}/guilds/{guild_id}/commands"


def new(fake: DiscordFake, **more: object) -> DiscordAdapter:
    return DiscordAdapter(settings(fake, **more), LANGUAGES)


async def test_opening_tells_who_we_are(fake: DiscordFake, adapter: DiscordAdapter) -> None:
    assert adapter.account == fake.world.bot["id"]
    assert isinstance(adapter, LooksUp)


async def test_it_can_be_opened_again(fake: DiscordFake, adapter: DiscordAdapter) -> None:
    await adapter.open()
    assert adapter.account == fake.world.bot["id"]


async def test_a_bad_token_is_refused_with_what_to_do(fake: DiscordFake) -> None:
    adapter = new(fake, token=SecretStr("MTIz.wrong"))
    with pytest.raises(Refused, match="FRONTDESK_DISCORD__TOKEN"):
        await adapter.open()
    await adapter.close()


@pytest.mark.parametrize(
    "fault",
    [
        {"kind": "server_error", "status": 503},
        {"kind": "lost_answer"},
        {"kind": "cut"},
        {"kind": "malformed"},
        {"kind": "cloudflare"},
        {"kind": "rate_limited", "retry_after": 60.0},
    ],
)
@pytest.mark.parametrize("route", ["GET /users/@me", "GET /applications/@me", "GET /gateway/bot"])
async def test_trouble_while_opening_is_tried_later(
    fake: DiscordFake, fault: dict[str, object], route: str
) -> None:
    adapter = new(fake)
    times = 2 if fault["kind"] in ("cut", "lost_answer") else 1  # a GET is asked again at once
    fake.faults.add(route=route, times=times, **fault)
    with pytest.raises(Retry):
        await adapter.open()
    fake.faults.clear()
    await adapter.close()
    await adapter.open()
    assert adapter.account
    await adapter.close()


def test_no_token_is_a_wrong_setting() -> None:
    with pytest.raises(Wrong, match="FRONTDESK_DISCORD__TOKEN"):
        DiscordAdapter(Discord(), LANGUAGES)


def test_limits_are_discords_and_the_pace_is_the_operators() -> None:
    limits = discord_limits(Discord(per_second=5, per_address=0.5, file_limit=9))
    assert (limits.text, limits.utf16, limits.choices, limits.label) == (2000, False, 25, 80)
    assert (limits.file_in, limits.per_second, limits.per_address) == (9, 5, 0.5)
    assert limits.forms
    assert limits.discreet


@pytest.mark.parametrize(("left", "warned"), [(500, False), (499, True), (100, True)])
async def test_few_session_starts_are_warned_of(
    fake: DiscordFake, caplog: pytest.LogCaptureFixture, left: int, warned: bool
) -> None:
    fake.gateway.identifies = 1000 - left
    adapter = new(fake)
    await adapter.open()
    assert ("session starts at Discord" in caplog.text) is warned
    await adapter.close()


async def test_too_few_session_starts_keep_us_away_until_there_are_more(fake: DiscordFake) -> None:
    fake.gateway.identifies = 901
    adapter = new(fake)
    with pytest.raises(Retry, match="only 99 of a day's session starts are left") as later:
        await adapter.open()
    assert later.value.after > 3600
    await adapter.close()


async def test_a_session_that_breaks_again_and_again_stops_before_the_token_is_lost(
    fake: DiscordFake, adapter: DiscordAdapter
) -> None:
    fake.gateway.identifies = 890
    fake.gateway.identify_gap = 1e9  # every start is answered with an invalid session
    with pytest.raises(Retry, match="session starts are left"):
        await adapter.listen(Ears().receive)
    assert fake.gateway.identifies == 901


# Commands


async def test_commands_are_shown_once_and_again_only_when_they_changed(fake: DiscordFake) -> None:
    for _ in range(3):
        adapter = new(fake)
        await adapter.open()
        await adapter.close()
    assert len(fake.calls_of(SHOW)) == 1


async def test_commands_can_be_shown_in_one_server_alone(fake: DiscordFake) -> None:
    fake.guild(5)
    for _ in range(2):
        adapter = new(fake, guild="5")
        await adapter.open()
        await adapter.close()
    assert len(fake.calls_of(SHOW_IN_ONE)) == 1
    assert not fake.calls_of(SHOW)


async def test_commands_that_are_shown_in_one_server_are_no_longer_shown_everywhere(
    fake: DiscordFake,
) -> None:
    fake.guild(5)
    for guild in ("", "5", "5"):
        adapter = new(fake, guild=guild)
        await adapter.open()
        await adapter.close()
    everywhere = [call.body for call in fake.calls_of(SHOW)]
    assert everywhere[0]
    assert everywhere[1:] == [[]]


@pytest.mark.parametrize(("before", "after"), [("5", ""), ("5", "6"), ("", "5")])
async def test_commands_that_move_are_shown_in_one_place_only(
    fake: DiscordFake, before: str, after: str
) -> None:
    for server in (5, 6, 7):
        fake.guild(server)
    for guild in (before, after, after):
        adapter = new(fake, guild=guild)
        await adapter.open()
        await adapter.close()
    places = ["", "5", "6", "7"]
    assert [where for where in places if shown_in(fake, where)] == [after]
    assert len(fake.calls_of("GET /users/@me/guilds")) <= 2  # when they came, and when they moved


async def test_the_staffs_commands_leave_the_server_that_is_no_longer_theirs(
    fake: DiscordFake,
) -> None:
    for server in (5, 6, 6):
        adapter = new(fake, staff_channel=str(fake.guild(server).channel("team").id))
        await adapter.open()
        await adapter.close()
    assert not shown_in(fake, "5")
    assert "queue" in shown_in(fake, "6")
    assert "done" not in shown_in(fake, "6")  # which everybody sees everywhere
    assert "done" in shown_in(fake, "")
    assert len(fake.calls_of("GET /users/@me/guilds")) == 2


async def test_a_server_that_does_not_tell_its_commands_keeps_no_other_from_its_own(
    fake: DiscordFake, caplog: pytest.LogCaptureFixture
) -> None:
    fake.guild(5)
    fake.faults.add(
        route="GET /applications/{application_id}/guilds/{guild_id}/commands",
        kind="forbidden", code=50001, times=None,
    )  # fmt: skip
    adapter = new(fake)
    await adapter.open()
    await adapter.close()
    assert "ask" in shown_in(fake, "")


def shown_in(fake: DiscordFake, where: str) -> set[str]:
    """The names of the commands in a server, or everywhere."""
    known = fake.commands.shown(int(where) if where else None)
    return {command["name"] for command in known}


@pytest.mark.parametrize("route", [SHOW, SHOW.replace("PUT", "GET")])
async def test_a_desk_whose_commands_are_refused_still_opens(
    fake: DiscordFake, caplog: pytest.LogCaptureFixture, route: str
) -> None:
    fake.faults.add(route=route, kind="bad_request", code=30034, times=None)
    adapter = new(fake)
    await adapter.open()
    assert adapter.account
    assert "the commands are not shown" in caplog.text
    await adapter.close()
