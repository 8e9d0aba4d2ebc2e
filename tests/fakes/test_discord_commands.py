"""Commands at the imitation of Discord: registered by the real discord.py, run by people."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from tests.fakes.discord import DiscordFake
from tests.fakes.discord_calls import Upload
from tests.fakes.discord_client import Echo, connected, discord
from tests.fakes.discord_guilds import MANAGE_THREADS

app_commands = discord.app_commands
Plain = app_commands.Command[Any, Any, Any]


class Desk(Echo):
    """With a tree of commands; `got` is what they were run with."""

    def __init__(self) -> None:
        super().__init__()
        self.got: list[Any] = []
        self.tree = app_commands.CommandTree(self)
        self.tree.add_command(app_commands.Command(name="ticket", description="t", callback=ticket))
        faq = app_commands.Group(name="faq", description="Fragen")
        find: Plain = app_commands.Command(name="find", description="Suchen", callback=find_answer)
        faq.add_command(find)
        self.tree.add_command(faq)
        self.tree.add_command(app_commands.ContextMenu(name="Melden", callback=report))
        self.tree.add_command(app_commands.ContextMenu(name="Begrüßen", callback=greet))


@app_commands.describe(text="Worum es geht")
async def ticket(
    interaction: discord.Interaction[Desk],
    text: app_commands.Range[str, 1, 20],
    proof: discord.Attachment | None = None,
    who: discord.User | None = None,
    number: int = 0,
) -> None:
    data = await proof.read() if proof else None
    interaction.client.got.append((text, data, who and who.id, number))
    await interaction.response.send_message("angelegt", ephemeral=True)


async def complete(_: discord.Interaction[Desk], current: str) -> list[app_commands.Choice[str]]:
    return [app_commands.Choice(name=f"{current} und mehr", value="more")]


@app_commands.autocomplete(question=complete)
async def find_answer(interaction: discord.Interaction[Desk], question: str) -> None:
    interaction.client.got.append((question, interaction.guild and interaction.guild.id))
    await interaction.response.send_message(f"Antwort auf {question}")


async def report(interaction: discord.Interaction[Desk], message: discord.Message) -> None:
    interaction.client.got.append(message.content)
    await interaction.response.send_message("gemeldet")


async def greet(interaction: discord.Interaction[Desk], user: discord.Member) -> None:
    interaction.client.got.append(user.id)
    await interaction.response.send_message("gegrüßt")


@pytest.fixture
async def fake() -> AsyncIterator[DiscordFake]:
    async with DiscordFake() as running:
        yield running
    assert running.violations == []


@pytest.fixture
async def desk(fake: DiscordFake) -> AsyncIterator[Desk]:
    async with connected(fake, Desk()) as client:
        await client.tree.sync()
        yield client


async def test_a_command_is_run_with_options(fake: DiscordFake, desk: Desk) -> None:
    anna = fake.person(7)
    fake.person(8, "Ben")
    options = {"text": "Hilfe", "proof": Upload(b"data", "p.txt"), "who": 8, "number": 3}
    ran = await anna.runs("ticket", options)
    assert await ran.answered() == 4
    assert desk.got == [("Hilfe", b"data", 8, 3)]
    assert anna.seen[0].content == "angelegt"


async def test_a_screen_checks_what_is_typed(fake: DiscordFake, desk: Desk) -> None:
    anna = fake.person(7)
    with pytest.raises(ValueError, match="required"):
        await anna.runs("ticket")
    with pytest.raises(ValueError, match="too long"):
        await anna.runs("ticket", {"text": "x" * 21})
    with pytest.raises(ValueError, match="is no"):
        await anna.runs("ticket", {"text": "x", "number": "three"})
    with pytest.raises(LookupError, match="no option"):
        await anna.runs("ticket", {"text": "x", "colour": "red"})
    with pytest.raises(LookupError, match="no command"):
        await anna.runs("tickets")
    with pytest.raises(LookupError, match="needs one of"):
        await anna.runs("faq")


async def test_a_subcommand_completes_what_is_typed(fake: DiscordFake, desk: Desk) -> None:
    anna = fake.person(7)
    guild = fake.guild(100)
    guild.join(anna.user)
    place = guild.channel("support")
    choices = await anna.completes("faq find", "question", "wo", place)
    assert choices == [{"name": "wo und mehr", "value": "more"}]
    await (await anna.runs("faq find", {"question": "more"}, place)).answered()
    assert desk.got == [("more", 100)]
    [answer] = await place.hears()
    assert answer["content"] == "Antwort auf more"


async def test_menus_of_messages_and_people(fake: DiscordFake, desk: Desk) -> None:
    anna, ben = fake.person(7), fake.person(8, "Ben")
    guild = fake.guild(100)
    for one in (anna, ben):
        guild.join(one.user)
    place = guild.channel("support")
    said = await ben.says("unfreundlich", channel=place)
    await place.hears()
    await (await anna.picks("Melden", said)).answered()
    await (await anna.picks_user("Begrüßen", 8, place)).answered()
    assert desk.got == ["unfreundlich", 8]


async def test_commands_of_one_server_are_only_there(fake: DiscordFake, desk: Desk) -> None:
    anna = fake.person(7)
    guild = fake.guild(100)
    guild.join(anna.user)
    here = discord.Object(100)
    command: Plain = app_commands.Command(name="intern", description="i", callback=greet_nobody)
    desk.tree.add_command(command, guild=here)
    [synced] = await desk.tree.sync(guild=here)
    assert [one.id for one in await desk.tree.fetch_commands(guild=here)] == [synced.id]
    await (await anna.runs("intern", channel=guild.channel("support"))).answered()
    with pytest.raises(LookupError):
        await anna.runs("intern")


async def test_a_command_is_hidden_from_those_who_lack_its_permissions(fake: DiscordFake) -> None:
    guild = fake.guild(100)
    guild.channel("support")
    people = fake.person(7), fake.person(8, "Ben")
    guild.join(people[0].user)
    guild.join(people[1].user, [guild.role("team", MANAGE_THREADS)])
    async with connected(fake, Desk()) as desk:
        hidden: Plain = app_commands.Command(
            name="queue", description="Tickets", callback=greet_nobody
        )
        hidden.default_permissions = discord.Permissions(manage_threads=True)
        desk.tree.add_command(hidden, guild=discord.Object(100))
        await desk.tree.sync(guild=discord.Object(100))
        with pytest.raises(LookupError, match="hidden"):
            await people[0].runs("queue", channel=guild.channel("support"))
        await (await people[1].runs("queue", channel=guild.channel("support"))).answered()


async def greet_nobody(interaction: discord.Interaction[Desk]) -> None:
    await interaction.response.send_message("hm")


async def test_syncing_again_keeps_the_ids(desk: Desk) -> None:
    before = {one.name: one.id for one in await desk.tree.fetch_commands()}
    assert before == {one.name: one.id for one in await desk.tree.sync()}
    assert before.keys() == {"ticket", "faq", "Melden", "Begrüßen"}


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"name": "Gross"}, "name is invalid"),
        ({"name": "x" * 33}, "name is invalid"),
        ({"description": ""}, "between 1 and 100"),
        ({"description": "x" * 101}, "between 1 and 100"),
        ({"description_localizations": {"de": "x" * 101}}, "between 1 and 100"),
        ({"name_localizations": {"klingon": "x"}}, "not a valid enum value"),
        ({"type": 2}, "cannot have description"),
    ],
)
async def test_wrong_commands_are_refused(
    fake: DiscordFake, desk: Desk, change: dict[str, Any], words: str
) -> None:
    payload = {"name": "x", "description": "x", "type": 1, **change}
    assert desk.application_id
    with pytest.raises(discord.HTTPException, match=words):
        await desk.http.bulk_upsert_global_commands(desk.application_id, [payload])
    assert len(await desk.tree.fetch_commands()) == 4
    fake.violations.clear()  # the document knows the same lengths


async def test_names_in_other_languages_are_told_to_those_who_ask_for_them(desk: Desk) -> None:
    option = {"type": 3, "name": "o", "description": "o", "name_localizations": {"de": "ö"}}
    payload = {
        "name": "x",
        "description": "x",
        "name_localizations": {"de": "y"},
        "options": [option],
    }
    assert desk.application_id
    await desk.http.bulk_upsert_global_commands(desk.application_id, [payload])
    route = discord.http.Route("GET", f"/applications/{desk.application_id}/commands")
    (bare,) = await desk.http.request(route)
    (told,) = await desk.http.request(route, params={"with_localizations": "true"})
    assert (told["name_localizations"], "name_localizations" in bare) == ({"de": "y"}, False)
    assert "name_localizations" not in bare["options"][0]
