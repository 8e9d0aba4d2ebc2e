"""The command `frontdesk`. Errors are one line and a non-zero exit."""

import asyncio
import getpass
import os
import sys
from importlib.metadata import version
from io import TextIOWrapper
from typing import Annotated

import typer

from bots.terminal.adapter import TerminalAdapter
from core.pack import Pack, read_pack
from core.settings import Settings, read_settings
from frontdesk import running
from frontdesk.app import languages_of, now
from frontdesk.commands import doctor, faq, outbox, staff, tickets
from frontdesk.commands.outcome import explained, fail
from frontdesk.logs import set_up
from frontdesk.platforms import platforms, switched_off

if sys.platform == "win32":
    from asyncio import run as run_loop
else:
    from uvloop import run as run_loop  # a fifth less work for each message

cli = typer.Typer(
    help="One support desk behind Telegram, Discord, X, e-mail and the web.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
cli.add_typer(faq.cli, name="faq")
cli.add_typer(tickets.cli, name="tickets")
cli.add_typer(staff.cli, name="staff")
cli.add_typer(outbox.cli, name="outbox")
cli.command("doctor")(doctor.doctor)


def show_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"frontdesk {version('frontdesk')}")
        raise typer.Exit


@cli.callback()
def root(
    _version: Annotated[
        bool,
        typer.Option(
            "--version", callback=show_version, is_eager=True, help="Show the version and exit."
        ),
    ] = False,
) -> None:
    """One support desk behind Telegram, Discord, X, e-mail and the web."""


@cli.command()
def run() -> None:
    """Start every platform that is switched on, until stopped.

    At a terminal with no platform set, the conversation is right here.
    """
    with explained():
        settings = read_settings()
        pack = read_pack(settings.pack)
        set_up(settings.log_level)
        adapters = platforms(settings, pack, languages_of(pack))
        for name, setting in switched_off(settings).items():
            typer.echo(f"{name} is off: {setting} is not set", err=True)
        if adapters:
            run_loop(running.run(settings, pack, adapters))
        elif sys.stdin.isatty():
            typer.echo(
                "No platform is set, so the conversation is here. Write a question; /help shows "
                "more; /quit ends.\n"
            )
            talk(settings, pack, own_language(), own_name())
        else:
            fail(
                "No platform is set: set FRONTDESK_TELEGRAM__TOKEN or what another line above "
                "names, or use `frontdesk chat`."
            )


@cli.command()
def chat(
    language: Annotated[
        str, typer.Option(metavar="LANGUAGE", help="Yours, such as de. Without it: the system's.")
    ] = "",
    name: Annotated[
        str, typer.Option(metavar="NAME", help="Who you are to the desk. Without it: your login.")
    ] = "",
) -> None:
    """Talk to the desk here. /attach PATH sends a file; numbers choose; /quit ends.

    With input that is not a terminal, each line is answered in full before the next is taken.
    """
    with explained():
        settings = read_settings()
        pack = read_pack(settings.pack)
        if language and not languages_of(pack).knows(language):
            fail(f"The desk does not speak {language}, but {', '.join(pack.languages)}.")
        set_up("error")
        talk(settings, pack, language or own_language(), name or own_name())


def talk(settings: Settings, pack: Pack, language: str, name: str) -> None:
    for stream in (sys.stdin, sys.stdout):
        if isinstance(stream, TextIOWrapper):  # whatever is piped in, and whatever can be shown
            stream.reconfigure(errors="replace")
    terminal = TerminalAdapter(name, language, now)
    asyncio.run(running.converse(settings, pack, terminal))


def own_language() -> str:
    return os.environ.get("LANG", "").partition(".")[0]


def own_name() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a container's user may have no name
        return "you"


def main() -> None:
    cli(prog_name="frontdesk")
