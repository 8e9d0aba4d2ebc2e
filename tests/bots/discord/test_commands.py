"""Pure: the commands, in all languages, as Discord takes them."""

import pytest

from bots.discord.commands import definitions, sorted_by_name, staff_definitions, wanted_in
from bots.discord.limits import discord_limits
from core.dialogs.menu import COMMANDS as DESK
from core.dialogs.staff import COMMANDS
from core.i18n import Languages
from core.settings import Discord
from tests.bots.discord.conftest import LANGUAGES
from tests.fakes.discord_commands import check_command


def test_discord_takes_them_and_they_are_named_in_german() -> None:
    told = definitions(LANGUAGES, everywhere=True)
    for command in told:
        check_command(command, "0")
    names = {command["name"]: command["name_localizations"].get("de") for command in told}
    assert names == {
        "ask": "frage",
        "ticket": None,
        "tickets": None,
        "billing": "abrechnung",
        "news": "neues",
        "chat": None,
        "done": None,
        "subscribe": None,
        "unsubscribe": None,
        "quiet": None,
        "language": "sprache",
        "link": None,
        "cancel": None,
        "help": "hilfe",
        "Open a ticket about this": "Ticket dazu öffnen",
    }
    assert told[0]["options"][0]["autocomplete"]
    assert all(command["contexts"] == [0, 1] for command in told)


def test_those_of_the_staff_are_all_there_are_and_hidden() -> None:
    told = staff_definitions(LANGUAGES)
    for command in told:
        check_command(command, "0")
        assert command["default_member_permissions"] == 1 << 34
        assert command["description_localizations"]["de"]
        assert not any(option["required"] for option in command.get("options", ()))
    assert {command["name"] for command in told} >= {*COMMANDS, "join", "done"}


@pytest.mark.parametrize(("guild", "staff_guild"), [("", "5"), ("5", "5"), ("6", "5")])
def test_wherever_they_are_shown_none_is_shown_twice(guild: str, staff_guild: str) -> None:
    wanted = wanted_in(LANGUAGES, guild, staff_guild)
    there = [one["name"] for one in (*wanted[""], *wanted[staff_guild])]
    assert {*COMMANDS, "join", "done"} <= {*there}
    assert len({*there}) == len(there)


def test_help_tells_of_all_that_there_are_as_they_are_called() -> None:
    told = definitions(LANGUAGES, everywhere=True)
    slash = [command["name"] for command in told if command["type"] == 1]
    offered = discord_limits(Discord()).commands
    assert [name for name, _ in offered] == [f"/{name}" for name in slash]
    assert {name for name in DESK if f"/{name}" not in dict(offered)} == {"start"}


def test_in_one_server_nothing_is_said_of_places() -> None:
    told = definitions(LANGUAGES, everywhere=False)
    assert not any("contexts" in command or "integration_types" in command for command in told)


def test_a_language_that_discord_does_not_know_is_left_out() -> None:
    told = definitions(Languages(["en", "de", "eo", "pt"], "en"), everywhere=True)
    locales = {locale for command in told for locale in command["name_localizations"]}
    assert locales == {"de"}


def test_what_discord_adds_makes_no_difference_and_what_we_change_does() -> None:
    told = definitions(LANGUAGES, everywhere=True)
    known = [
        {**one, "id": "1", "version": "2", "nsfw": False, "description": one.get("description", "")}
        for one in reversed(told)
    ]
    assert sorted_by_name(known) == sorted_by_name(told)
    known[3]["description"] = "changed"
    assert sorted_by_name(known) != sorted_by_name(told)
    assert sorted_by_name(None) == []
