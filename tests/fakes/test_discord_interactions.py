"""Buttons, menus and modals at the imitation of Discord, answered by the real discord.py."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest

from tests.fakes.discord import DiscordFake
from tests.fakes.discord_calls import Upload
from tests.fakes.discord_client import Echo, connected, discord
from tests.fakes.discord_people import Person, Shown

Act = Callable[[Any], Awaitable[Any]]
Field = discord.ui.Label[discord.ui.View]


class Desk(Echo):
    """Does with each interaction what the test says, and tells how it went."""

    def __init__(self) -> None:
        super().__init__()
        self.acts: asyncio.Queue[Act] = asyncio.Queue()
        self.outcomes: asyncio.Queue[Any] = asyncio.Queue()
        self.interactions: list[Any] = []

    async def on_interaction(self, interaction: discord.Interaction) -> None:
        self.interactions.append(interaction)
        act = await self.acts.get()
        try:
            self.outcomes.put_nowait(await act(interaction))
        except discord.HTTPException as error:
            self.outcomes.put_nowait(error)

    def will(self, act: Act) -> None:
        self.acts.put_nowait(act)

    async def outcome(self) -> Any:
        async with asyncio.timeout(5):
            return await self.outcomes.get()


def buttons(*labels: str) -> discord.ui.View:
    view = discord.ui.View(timeout=None)
    for label in labels:
        view.add_item(discord.ui.Button(label=label, custom_id=f"x:{label}"))
    return view


@pytest.fixture
async def fake() -> AsyncIterator[DiscordFake]:
    async with DiscordFake() as running:
        yield running
    assert running.violations == []


@pytest.fixture
async def desk(fake: DiscordFake) -> AsyncIterator[Desk]:
    async with connected(fake, Desk()) as client:
        yield client


@pytest.fixture
async def anna(fake: DiscordFake, desk: Desk) -> Person:
    """With a message of the bot that has two buttons."""
    anna = fake.person(7, "Anna", locale="de")
    await (await desk.fetch_dm(anna)).send("Geholfen?", view=buttons("Ja", "Nein"))
    await anna.hears()
    return anna


async def test_a_press_is_answered_with_a_message(desk: Desk, anna: Person) -> None:
    desk.will(lambda i: i.response.send_message("Schön!"))
    pressed = await anna.presses("Ja")
    assert await pressed.answered() == 4
    [answer] = await anna.hears()
    assert answer["content"] == "Schön!"
    [seen] = desk.interactions
    assert seen.data["custom_id"] == "x:Ja"
    assert seen.locale is discord.Locale.german
    assert seen.user.id == 7
    assert seen.message.content == "Geholfen?"
    assert seen.context.dm_channel
    response = await desk.outcome()
    assert response.message_id == int(answer["id"])


async def test_the_message_with_the_button_changes(desk: Desk, anna: Person) -> None:
    desk.will(lambda i: i.response.edit_message(content="Danke!", view=None))
    assert await (await anna.presses("x:Nein")).answered() == 7
    assert anna.seen == [Shown("Danke!")]
    with pytest.raises(LookupError, match="no button"):
        await anna.presses("Ja")


async def test_a_deferred_answer_is_said_by_the_first_follow_up(
    fake: DiscordFake, desk: Desk, anna: Person
) -> None:
    thinks = asyncio.Event()

    async def act(interaction: Any) -> Any:
        await interaction.response.defer(thinking=True)
        await thinks.wait()
        first = await interaction.followup.send("eins", wait=True)
        second = await interaction.followup.send("zwei", wait=True)
        original = await interaction.original_response()
        return first.id, second.id, original.id, original.content

    desk.will(act)
    assert await (await anna.presses("Ja")).answered() == 5
    assert anna.seen == [Shown("Geholfen?", ("Ja", "Nein"))]
    thinks.set()
    assert [m["content"] for m in await anna.hears(2)] == ["eins", "zwei"]
    first, second, original, content = await desk.outcome()
    assert (first, content) == (original, "eins")
    assert second != first
    assert [sent.text for sent in fake.ledger] == ["Geholfen?", "eins", "zwei"]


async def test_the_original_is_changed_and_deleted(desk: Desk, anna: Person) -> None:
    async def act(interaction: Any) -> Any:
        await interaction.response.send_message("eins", ephemeral=True)
        await interaction.edit_original_response(content="zwei")
        seen = list(anna.seen)
        await interaction.delete_original_response()
        with pytest.raises(discord.NotFound) as gone:
            await interaction.original_response()
        return seen, gone.value.code

    desk.will(act)
    await anna.presses("Ja")
    seen, code = await desk.outcome()
    assert [one.content for one in seen] == ["Geholfen?", "zwei"]
    assert [one.content for one in anna.seen] == ["Geholfen?"]
    assert code == 10008


async def test_only_who_pressed_sees_an_ephemeral_answer(
    fake: DiscordFake, desk: Desk, anna: Person
) -> None:
    guild = fake.guild(100)
    guild.join(anna.user)
    place = guild.channel("support")
    channel = await desk.fetch_channel(place.id)
    assert isinstance(channel, discord.TextChannel)
    await channel.send("Hier", view=buttons("Mehr"))
    [message] = await place.hears()
    desk.will(lambda i: i.response.send_message("nur für dich", ephemeral=True))
    await (await anna.presses("Mehr", message)).answered()
    [answer] = await anna.hears()
    assert answer["content"] == "nur für dich"
    assert [one["content"] for one in place.inbox.messages] == ["Hier"]
    [interaction] = desk.interactions
    assert interaction.guild.id == 100
    assert interaction.guild_locale is discord.Locale.german
    assert interaction.permissions.send_messages
    assert interaction.app_permissions.manage_threads


async def test_an_answer_must_come_once_and_in_time(
    fake: DiscordFake, desk: Desk, anna: Person
) -> None:
    async def twice(interaction: Any) -> Any:
        await interaction.response.defer()
        interaction.response._response_type = None  # the library would not let us
        await interaction.response.send_message("again")

    desk.will(twice)
    await anna.presses("Ja")
    assert (await desk.outcome()).code == 40060

    async def late(interaction: Any) -> Any:
        fake.clock.advance(3.1)
        await interaction.response.send_message("late")

    desk.will(late)
    await anna.presses("Ja")
    assert (await desk.outcome()).code == 10062

    async def very_late(interaction: Any) -> Any:
        await interaction.response.defer()
        fake.clock.advance(901)
        await interaction.followup.send("late")

    desk.will(very_late)
    await anna.presses("Ja")
    assert (await desk.outcome()).code == 50027
    assert len(anna.seen) == 1


class Ticket(discord.ui.Modal, title="Ihr Anliegen"):
    subject: Field = discord.ui.Label(
        text="Betreff", component=discord.ui.TextInput(custom_id="subject", max_length=100)
    )
    kind: Field = discord.ui.Label(
        text="Art",
        component=discord.ui.Select(
            custom_id="kind",
            options=[
                discord.SelectOption(label="Rechnung", value="bill"),
                discord.SelectOption(label="Anderes", value="other"),
            ],
        ),
    )
    proof: Field = discord.ui.Label(
        text="Beleg", component=discord.ui.FileUpload(custom_id="proof", required=False)
    )

    async def on_submit(self, interaction: discord.Interaction) -> None:
        """The desk sees the interaction as well, and answers."""


async def test_a_modal_is_opened_and_submitted(desk: Desk, anna: Person) -> None:
    desk.will(lambda i: i.response.send_modal(Ticket(custom_id="ticket")))
    pressed = await anna.presses("Ja")
    assert await pressed.answered() == 9
    [modal] = anna.modals
    assert modal.title == "Ihr Anliegen"
    with pytest.raises(ValueError, match="required"):
        await anna.submits(modal, {"Betreff": "Hilfe"})
    desk.will(lambda i: i.response.send_message("Danke"))
    values = {"Betreff": "Hilfe", "Art": "Rechnung"}
    submitted = await anna.submits(modal, values, {"proof": [Upload(b"ja", "proof.txt")]})
    await submitted.answered()
    interaction = desk.interactions[-1]
    assert interaction.type is discord.InteractionType.modal_submit
    subject, kind, proof = (row["component"] for row in interaction.data["components"])
    assert subject["value"] == "Hilfe"
    assert kind["values"] == ["bill"]
    file = interaction.data["resolved"]["attachments"][proof["values"][0]]
    assert (file["filename"], file["size"]) == ("proof.txt", 2)
    assert [one.content for one in anna.seen] == ["Geholfen?", "Danke"]


async def test_a_menu_is_used(desk: Desk, anna: Person) -> None:
    view = discord.ui.View(timeout=None)
    options = [discord.SelectOption(label=label, value=label[0]) for label in ("Eins", "Zwei")]
    view.add_item(discord.ui.Select(custom_id="menu", options=options))
    await (await desk.fetch_dm(anna)).send("Welche?", view=view)
    desk.will(lambda i: i.response.defer())
    assert await (await anna.chooses("Zwei")).answered() == 6
    assert desk.interactions[0].data["values"] == ["Z"]
    with pytest.raises(ValueError, match="takes 1 to 1"):
        await anna.chooses("Eins", "Zwei")


class Closing(
    discord.ui.DynamicItem[discord.ui.Button[discord.ui.View]], template=r"close:(?P<id>\d+)"
):
    """A button that lives on in a bot which has been restarted."""

    def __init__(self, id: int) -> None:
        button: discord.ui.Button[discord.ui.View]
        button = discord.ui.Button(label="Schließen", custom_id=f"close:{id}")
        super().__init__(button)
        self.ticket = id

    @classmethod
    async def from_custom_id(cls, _: Any, __: Any, match: Any, /) -> "Closing":
        return cls(int(match["id"]))

    async def callback(self, interaction: discord.Interaction) -> None:
        await interaction.response.send_message(f"{self.ticket} ist zu")


async def test_an_old_button_works_in_a_new_bot(fake: DiscordFake) -> None:
    anna = fake.person(7)
    async with connected(fake, Echo()) as first:
        view = discord.ui.View(timeout=None)
        view.add_item(Closing(12))
        await (await first.fetch_dm(anna)).send("Offen", view=view)
    pressed = await anna.presses("Schließen")
    with pytest.raises(TimeoutError):
        await pressed.answered(timeout=0.05)
    async with connected(fake, Echo()) as second:
        second.add_dynamic_items(Closing)
        await (await anna.presses("Schließen")).answered()
    assert [one.content for one in anna.seen] == ["Offen", "12 ist zu"]


async def test_a_layout_carries_words_and_buttons(desk: Desk, anna: Person) -> None:
    layout = discord.ui.LayoutView(timeout=None)
    box: discord.ui.Container[discord.ui.LayoutView] = discord.ui.Container()
    box.add_item(discord.ui.TextDisplay("# Ticket 12"))
    row: discord.ui.ActionRow[discord.ui.LayoutView] = discord.ui.ActionRow()
    row.add_item(discord.ui.Button(label="Zu", custom_id="close:12"))
    box.add_item(row)
    layout.add_item(box)
    dm = await desk.fetch_dm(anna)
    message = await dm.send(view=layout)
    assert anna.seen[-1] == Shown("# Ticket 12", ("Zu",))
    desk.will(lambda i: i.response.defer())
    await (await anna.presses("Zu")).answered()
    with pytest.raises(discord.HTTPException, match="cannot be used"):
        await message.edit(content="alt", view=layout)
