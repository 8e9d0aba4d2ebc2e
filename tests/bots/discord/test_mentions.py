"""Where others read along: a mention is answered in a thread, and nothing else is listened to."""

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from bots.discord.adapter import DiscordAdapter
from core.adapter import Refused, Retry
from core.messages import Address, Inbound, Kind, Outbound
from tests.bots.contract import Ears, listening
from tests.bots.discord.conftest import LANGUAGES, Knows, Waits, settings
from tests.bots.discord.screen import words
from tests.fakes.discord import DiscordFake
from tests.fakes.discord_guilds import BOT_ROLE, CREATE_PUBLIC, MENTION_EVERYONE, SEND
from tests.fakes.discord_people import Person
from tests.fakes.discord_world import Channel

MAKE = "POST /channels/{channel_id}/messages/{message_id}/threads"


@pytest.fixture
async def adapter(fake: DiscordFake, waits: Waits, knows: Knows) -> AsyncIterator[DiscordAdapter]:
    opened = DiscordAdapter(settings(fake, mentions=True), LANGUAGES, sleep=waits.sleep)
    opened.look_up(knows)
    await opened.open()
    yield opened
    await opened.close()


@pytest.fixture
async def ears(fake: DiscordFake, adapter: DiscordAdapter) -> AsyncIterator[Ears]:
    hearing = Ears()
    async with listening(adapter, hearing.receive):
        await fake.is_connected()
        yield hearing


def answer(inbound: Inbound, text: str = "the answer") -> Outbound:
    return Outbound(
        inbound.address, text, "A title", reply_to=inbound.message, nonce=f"out:{text}"[:25]
    )


async def test_a_mention_is_answered_in_a_thread_made_from_it(
    fake: DiscordFake, adapter: DiscordAdapter, ears: Ears, ada: Person, lobby: Channel
) -> None:
    await ada.says("nothing for us", channel=lobby)
    said = await ada.says(f"<@{adapter.account}>, how do I <b>do</b> it?", channel=lobby)
    (heard,) = await ears.until(1)
    assert heard.text == "how do I <b>do</b> it?"
    assert heard.address == Address("discord", adapter.account, str(lobby.id), said["id"])
    assert not heard.private
    for text in ("the answer", "and more"):
        await adapter.send(answer(heard, text))
    (thread,) = fake.guild(1).threads
    assert (str(thread.id), thread.data["name"]) == (said["id"], "A title")
    assert [words(one) for one in thread.inbox.messages] == [
        "A title\nthe answer",
        "A title\nand more",
    ]
    assert lobby.inbox.messages == []
    assert len(fake.calls_of(MAKE)) == 1


async def test_a_mention_in_the_thread_is_answered_there(
    fake: DiscordFake, adapter: DiscordAdapter, ears: Ears, ada: Person, lobby: Channel
) -> None:
    await ada.says(f"<@{adapter.account}> how?", channel=lobby)
    await adapter.send(answer((await ears.until(1))[0]))
    (thread,) = fake.guild(1).threads
    said = await ada.says(f"and then, <@!{adapter.account}>", channel=thread)
    heard = (await ears.until(2))[1]
    assert heard.address == Address("discord", adapter.account, str(lobby.id), str(thread.id))
    await adapter.send(answer(heard, "then that"))
    (_, second) = thread.inbox.messages
    assert second["referenced_message"]["id"] == said["id"]
    assert fake.guild(1).threads == [thread]


async def test_our_own_role_is_our_name_and_no_other_role_is(
    fake: DiscordFake, adapter: DiscordAdapter, ears: Ears, ada: Person, lobby: Channel
) -> None:
    guild = fake.guild(1)
    team = guild.role("team", mentionable=True)
    await ada.says(f"<@&{team}> how?", channel=lobby)
    said = await ada.says(f"<@&{guild.role(BOT_ROLE)}>, how do I do it?", channel=lobby)
    assert said["mention_roles"] == []  # she may call nobody by it, and sees no difference
    guild.join(ada.user, [guild.role("all", MENTION_EVERYONE)])
    await ada.says(f"and <@&{guild.role(BOT_ROLE)}> why?", channel=lobby)
    assert [one.text for one in await ears.until(2)] == ["how do I do it?", "and why?"]


async def test_a_role_that_a_server_gives_us_later_is_our_name_too(
    fake: DiscordFake, adapter: DiscordAdapter, ears: Ears, ada: Person, lobby: Channel
) -> None:
    guild = fake.guild(1)
    role = guild.role("Frontdesk of old", mentionable=True)
    tags = {"bot_id": adapter.account}
    told = {"guild_id": "1", "role": guild.roles["Frontdesk of old"] | {"tags": tags}}
    fake.world.publish("GUILD_ROLE_CREATE", told, 1)
    await ada.says(f"<@&{role}> how?", channel=lobby)
    (heard,) = await ears.until(1)
    assert heard.text == "how?"


async def test_an_answer_to_what_we_said_is_for_us(
    fake: DiscordFake, adapter: DiscordAdapter, ears: Ears, ada: Person, lobby: Channel
) -> None:
    await adapter.send(Outbound(Address("discord", adapter.account, str(lobby.id)), "News!"))
    await ada.says("really?", reply_to=lobby.inbox.messages[0], channel=lobby)
    assert [one.text for one in await ears.until(1)] == ["really?"]


async def test_a_changed_mention_is_heard_as_a_change(
    adapter: DiscordAdapter, ears: Ears, ada: Person, lobby: Channel
) -> None:
    said = await ada.says(f"<@{adapter.account}> hwo?", channel=lobby)
    await ada.edits(said, f"<@{adapter.account}> how?")
    first, second = await ears.until(2)
    assert (second.kind, second.text, second.address) == (Kind.EDIT, "how?", first.address)


@pytest.mark.parametrize(("language", "name"), [("de", "Hilfe"), ("", "Support")])
async def test_a_thread_without_a_title_is_named_in_the_language_of_whoever_asked(
    fake: DiscordFake,
    adapter: DiscordAdapter,
    ears: Ears,
    ada: Person,
    lobby: Channel,
    knows: Knows,
    language: str,
    name: str,
) -> None:
    await ada.says(f"<@{adapter.account}> meine Karte?", channel=lobby)
    (heard,) = await ears.until(1)
    knows.languages[heard.address] = language
    await adapter.send(replace(answer(heard), title=""))
    assert [thread.data["name"] for thread in fake.guild(1).threads] == [name]


async def test_a_desk_that_tells_no_language_keeps_nobody_from_an_answer(
    fake: DiscordFake,
    adapter: DiscordAdapter,
    ears: Ears,
    ada: Person,
    lobby: Channel,
    knows: Knows,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def fail(_: Address) -> str:
        raise OSError("the database is away")

    monkeypatch.setattr(knows, "language", fail)
    await ada.says(f"<@{adapter.account}> how?", channel=lobby)
    await adapter.send(replace(answer((await ears.until(1))[0]), title=""))
    assert [thread.data["name"] for thread in fake.guild(1).threads] == ["Support"]


async def test_where_no_thread_may_be_made_the_answer_is_a_reply_in_the_channel(
    fake: DiscordFake, adapter: DiscordAdapter, ears: Ears, ada: Person, lobby: Channel
) -> None:
    fake.guild(1).deny(lobby, CREATE_PUBLIC)
    said = await ada.says(f"<@{adapter.account}> how?", channel=lobby)
    await adapter.send(answer((await ears.until(1))[0]))
    (reply,) = lobby.inbox.messages
    assert reply["referenced_message"]["id"] == said["id"]
    assert reply["mentions"] == []


async def test_where_we_may_not_write_at_all_the_answer_is_refused(
    fake: DiscordFake, adapter: DiscordAdapter, ears: Ears, ada: Person, lobby: Channel
) -> None:
    said = await ada.says(f"<@{adapter.account}> how?", channel=lobby)
    (heard,) = await ears.until(1)
    fake.guild(1).deny(lobby, SEND | CREATE_PUBLIC)
    with pytest.raises(Refused):
        await adapter.send(answer(heard))
    assert said["id"] == heard.message


async def test_a_thread_that_somebody_else_made_meanwhile_is_used(
    fake: DiscordFake, adapter: DiscordAdapter, ears: Ears, ada: Person, lobby: Channel
) -> None:
    await ada.says(f"<@{adapter.account}> how?", channel=lobby)
    (heard,) = await ears.until(1)
    fake.faults.add(route=MAKE, kind="bad_request", code=160004)
    with pytest.raises(Refused):  # here it is not there in truth
        await adapter.send(answer(heard))
    assert lobby.inbox.messages == []


async def test_trouble_while_making_the_thread_is_tried_later(
    fake: DiscordFake, adapter: DiscordAdapter, ears: Ears, ada: Person, lobby: Channel
) -> None:
    await ada.says(f"<@{adapter.account}> how?", channel=lobby)
    (heard,) = await ears.until(1)
    fake.faults.add(route=MAKE, kind="server_error", status=503)
    with pytest.raises(Retry):
        await adapter.send(answer(heard))
    await adapter.send(answer(heard))
    assert len(fake.guild(1).threads[0].inbox.messages) == 1


async def test_a_channel_that_cannot_be_looked_at_is_answered_all_the_same(
    fake: DiscordFake, adapter: DiscordAdapter, ears: Ears, ada: Person, lobby: Channel
) -> None:
    fake.faults.add(route="GET /channels/{channel_id}", kind="forbidden", code=50001)
    await ada.says(f"<@{adapter.account}> how?", channel=lobby)
    await adapter.send(answer((await ears.until(1))[0]))
    assert len(fake.guild(1).threads) == 1


async def test_without_the_setting_nothing_is_heard_in_servers(
    fake: DiscordFake, waits: Waits, ada: Person, lobby: Channel
) -> None:
    silent = DiscordAdapter(settings(fake), LANGUAGES, sleep=waits.sleep)
    await silent.open()
    ears = Ears()
    async with listening(silent, ears.receive):
        await fake.is_connected()
        await ada.says(f"<@{silent.account}> how?", channel=lobby)
        await ada.says("in private")
        await ears.until(1)
    assert [one.text for one in ears.heard] == ["in private"]
    await silent.close()


async def test_without_the_intent_the_setting_is_refused_with_what_to_do(
    fake: DiscordFake, waits: Waits
) -> None:
    fake.world.message_content = False
    adapter = DiscordAdapter(settings(fake, mentions=True), LANGUAGES, sleep=waits.sleep)
    with pytest.raises(Refused, match="Message Content Intent"):
        await adapter.open()
    await adapter.close()
