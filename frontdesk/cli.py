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
from bots.terminal.door import SOCKET
from bots.terminal.screen import HINT, Screen
from bots.terminal.visit import NobodyThere, visit
from core.i18n import Speech
from core.pack import Pack, read_pack
from core.settings import Settings, read_settings
from frontdesk import running
from frontdesk.app import languages_of, now
from frontdesk.commands import announce, announcements, doctor, faq, outbox, staff, tickets
from frontdesk.commands.outcome import explained, fail
from frontdesk.lock import Taken
from frontdesk.logs import set_up
from frontdesk.platforms import platforms, switched_off, terminal_account, terminal_door

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
cli.add_typer(announcements.cli, name="announcements")
cli.command("announce")(announce.announce)
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

    `frontdesk chat` reaches it from other terminals of the same user. At a terminal with no
    platform set, the conversation is right here.
    """
    with explained():
        settings = read_settings()
        pack = read_pack(settings.pack)
        set_up(settings.log_level)
        adapters = platforms(settings, pack, languages_of(pack))
        for name, setting in switched_off(settings).items():
            typer.echo(f"{name} is off: {setting} is not set", err=True)
        if adapters or settings.terminal:
            door = terminal_door(settings, now, languages_of(pack))
            run_loop(running.run(settings, pack, adapters, door))
        elif sys.stdin.isatty():
            typer.echo("No platform is set, so the conversation is here.\n")
            talk(settings, pack, own_language(), own_name())
        else:
            fail(
                "No platform is set: set FRONTDESK_TELEGRAM__TOKEN or what another line above "
                "names, FRONTDESK_TERMINAL=1 for terminals alone, or use `frontdesk chat`."
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

    A desk that runs on the same data folder is visited; without one, a desk of your own answers.
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
    speech = languages_of(pack).speak(language)
    if sys.stdin.isatty():
        typer.echo(f"{speech.t(HINT)}\n")
    for stream in (sys.stdin, sys.stdout):
        if isinstance(stream, TextIOWrapper):  # whatever is piped in, and whatever can be shown
            stream.reconfigure(errors="replace")
    account = terminal_account(settings)
    terminal = TerminalAdapter(
        name, language, now, settings.data / "terminal", account=account, speech=speech
    )
    try:
        asyncio.run(running.converse(settings, pack, terminal))
    except Taken as taken:
        come_in(settings, language, name, speech, taken)


def come_in(settings: Settings, language: str, name: str, speech: Speech, taken: Taken) -> None:
    screen = Screen(sys.stdin, sys.stdout)
    try:
        asyncio.run(visit(settings.data / SOCKET, name, language, screen, speech))
    except NobodyThere:  # whoever has the folder is a conversation of its own
        raise taken from None


def own_language() -> str:
    return os.environ.get("LANG", "").partition(".")[0]


def own_name() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a container's user may have no name
        return "you"
