"""Buttons and commands of the staff."""

import pytest

from bots.discord.adapter import DiscordAdapter
from core.adapter import Refused
from core.messages import Address, Choice, Kind, Outbound
from tests.bots.contract import Ears, listening
from tests.bots.discord.conftest import LANGUAGES, Waits, settings
from tests.bots.discord.rooms.conftest import KnowsRooms, shown
from tests.fakes.discord import DiscordFake
from tests.fakes.discord_guilds import (
    MANAGE_THREADS,
)
from tests.fakes.discord_people import Person
from tests.fakes.discord_world import Channel

NOTHING_NEW, PROMISED = 6, 5
ONLY_THEM = 1 << 6


async def test_a_press_in_a_room_is_answered_to_its_presser_and_the_card_can_change(
    fake: DiscordFake, adapter: DiscordAdapter, ears: Ears, room: Address, thread: Channel,
    kim: Person,
) -> None:  # fmt: skip
    card = Outbound(room, "Ticket 12", choices=(Choice("Take", "staff:take:12"),))
    message = await adapter.send(card)
    pressed = await kim.presses("Take", thread.inbox.messages[-1])
    assert await pressed.answered() == NOTHING_NEW
    (heard,) = await ears.until(1)
    assert (heard.kind, heard.choice, heard.message) == (Kind.PRESS, "staff:take:12", message)
    assert (heard.address, heard.in_room, heard.private) == (room, True, False)
    await adapter.edit(Outbound(room, "Ticket 12, yours"), message)
    answered = await adapter.send(Outbound(room, "It is yours", answer_to=heard.answer_to))
    assert shown(fake, thread)[1:] == ["Ticket 12, yours"]
    (answer,) = kim.seen
    assert answer.content == "It is yours"
    assert kim.inbox[0]["flags"] & ONLY_THEM
    await adapter.edit(Outbound(room, "It is yours now"), answered)
    assert [one.content for one in kim.seen] == ["It is yours now"]
    await adapter.withdraw(room, answered)
    assert kim.seen == []


async def test_a_command_in_a_room_has_the_rooms_address_and_only_its_caller_is_answered(
    fake: DiscordFake, adapter: DiscordAdapter, ears: Ears, room: Address, thread: Channel,
    kim: Person,
) -> None:  # fmt: skip
    command = await kim.runs("queue", {"text": "mine"}, channel=thread)
    assert await command.answered() == PROMISED
    (heard,) = await ears.until(1)
    assert (heard.kind, heard.text, heard.address) == (Kind.MESSAGE, "/queue mine", room)
    assert heard.in_room
    assert not heard.private
    assert heard.words_after == ""
    outbound = Outbound(room, "1 ticket", reply_to=heard.message, answer_to=heard.answer_to)
    answered = await adapter.send(outbound)
    assert [one.content for one in kim.seen] == ["1 ticket"]
    assert shown(fake, thread)[1:] == []
    fake.clock.advance(901)
    with pytest.raises(Refused, match="15 minutes") as refused:
        await adapter.edit(Outbound(room, "2 tickets"), answered)
    assert not refused.value.gone
    await adapter.send(outbound)  # too late for them alone
    assert shown(fake, thread)[1:] == ["1 ticket"]


async def test_no_command_in_a_room_becomes_free_words_or_a_form(
    adapter: DiscordAdapter, ears: Ears, room: Address, thread: Channel, kim: Person,
    knows: KnowsRooms,
) -> None:  # fmt: skip
    await kim.runs("ask", {"question": "how do I pay?"}, channel=thread)
    await kim.runs("ask", {"question": "entry:pay"}, channel=thread)
    await kim.runs("ticket", channel=thread)
    heard = await ears.until(3)
    assert [one.text for one in heard] == ["/ask how do I pay?", "/ask entry:pay", "/ticket"]
    assert {(one.kind, one.address) for one in heard} == {(Kind.MESSAGE, room)}
    assert knows.asked == []


async def test_a_command_in_a_room_that_says_nothing_leaves_nothing(
    fake: DiscordFake, adapter: DiscordAdapter, ears: Ears, room: Address, thread: Channel,
    kim: Person, waits: Waits,
) -> None:  # fmt: skip
    waits.silence.set()
    command = await kim.runs("take", channel=thread)
    assert await command.answered() == PROMISED
    (heard,) = await ears.until(1)
    await fake.until(lambda: command.original is None)
    await adapter.send(Outbound(room, "late", answer_to=heard.answer_to, nonce="out:1"))
    assert [one.content for one in kim.seen] == ["late"]
    assert shown(fake, thread)[1:] == []


async def test_after_a_restart_a_press_is_answered_and_its_card_stays(
    fake: DiscordFake, adapter: DiscordAdapter, ears: Ears, room: Address, thread: Channel,
    kim: Person, staff: Channel,
) -> None:  # fmt: skip
    await adapter.send(Outbound(room, "Ticket 12", choices=(Choice("Take", "staff:take:12"),)))
    await (await kim.presses("Take", thread.inbox.messages[-1])).answered()
    (heard,) = await ears.until(1)
    restarted = DiscordAdapter(settings(fake, staff_channel=str(staff.id)), LANGUAGES)
    await restarted.open()
    await restarted.send(Outbound(room, "It is yours", answer_to=heard.answer_to))
    assert [one.content for one in kim.seen] == ["It is yours"]
    assert shown(fake, thread)[1:] == ["Ticket 12"]
    await restarted.close()


async def test_a_press_comes_after_what_was_missed_in_its_room(
    fake: DiscordFake, adapter: DiscordAdapter, room: Address, thread: Channel, kim: Person,
    knows: KnowsRooms,
) -> None:  # fmt: skip
    await adapter.send(Outbound(room, "Ticket 12", choices=(Choice("Take", "staff:take:12"),)))
    knows.rooms[room] = str(thread.id)
    await kim.says("missed", channel=thread)
    fake.faults.add(route="GET /channels/{channel_id}/messages", kind="delay", before=0.1)
    ears = Ears()
    async with listening(adapter, ears.receive):
        await fake.is_connected()
        await kim.presses("Take", thread.inbox.messages[-1])
        first, second = await ears.until(2)
    assert (first.text, second.choice) == ("missed", "staff:take:12")


async def test_the_staffs_commands_are_in_their_server_only_and_hidden_from_others(
    fake: DiscordFake, adapter: DiscordAdapter, ears: Ears, kim: Person
) -> None:
    ada = fake.person(7, "Ada")
    for number in (1, 2):
        fake.guild(number).join(ada.user)
    fake.guild(2).join(kim.user, [fake.guild(2).role("staff", MANAGE_THREADS)])
    lobbies = [fake.guild(number).channel("lobby") for number in (1, 2)]
    with pytest.raises(LookupError, match="hidden"):
        await ada.runs("queue", channel=lobbies[0])
    with pytest.raises(LookupError, match="no command"):
        await kim.runs("queue", channel=lobbies[1])
    with pytest.raises(LookupError, match="no command"):
        await kim.runs("queue")
    await ada.runs("tickets", channel=lobbies[1])
    await kim.runs("reply", {"text": "12 Hello there"}, channel=lobbies[0])
    first, second = await ears.until(2)
    assert (first.text, second.text) == ("/tickets", "/reply 12 Hello there")
    assert second.address == Address("discord", adapter.account, str(lobbies[0].id), f"@{kim.id}")
    assert not second.in_room


@pytest.mark.parametrize("guild", ["1", "5", ""])
async def test_commands_are_told_once_wherever_they_are_shown(
    fake: DiscordFake, staff: Channel, guild: str
) -> None:
    fake.guild(5)
    for _ in range(2):
        adapter = DiscordAdapter(
            settings(fake, staff_channel=str(staff.id), guild=guild), LANGUAGES
        )
        await adapter.open()
        await adapter.close()
    told = [call for call in fake.calls if call.route.startswith("PUT")]
    assert len(told) == (1 if guild == "1" else 2)
    assert sum("queue" in [one["name"] for one in call.body] for call in told) == 1
