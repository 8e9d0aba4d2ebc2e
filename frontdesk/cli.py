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
from core.pack import read_pack
from core.settings import read_settings
from frontdesk import running
from frontdesk.app import languages_of, now, platforms
from frontdesk.commands import doctor, faq, outbox, tickets
from frontdesk.commands.outcome import explained
from frontdesk.logs import set_up

cli = typer.Typer(
    help="One support desk behind Telegram, Discord, X, e-mail and the web.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
cli.add_typer(faq.cli, name="faq")
cli.add_typer(tickets.cli, name="tickets")
cli.add_typer(outbox.cli, name="outbox")
cli.command("doctor")(doctor.doctor)


def show_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"frontdesk {version('frontdesk')}")
        raise typer.Exit


@cli.callback()
def root(
    _version: Annotated[
        bool, typer.Option("--version", callback=show_version, is_eager=True, help="Show it.")
    ] = False,
) -> None:
    """One support desk behind Telegram, Discord, X, e-mail and the web."""


@cli.command()
def run() -> None:
    """Start the desk: every platform whose token is set; at a terminal with none, a talk here."""
    with explained():
        settings = read_settings()
        pack = read_pack(settings.pack)
        set_up(settings.log_level)
        adapters = platforms(settings, languages_of(pack))
        for line in switched_off(settings):
            typer.echo(line, err=True)
        if adapters:
            asyncio.run(running.run(settings, pack, adapters))
        elif sys.stdin.isatty():
            typer.echo(
                "No platform is set, so the conversation is here. Write a question; /help shows "
                "more; /quit ends.\n"
            )
            talk(None, None)
        else:
            typer.echo(
                "No platform is set: set FRONTDESK_TELEGRAM__TOKEN, or use `frontdesk chat`.",
                err=True,
            )
            raise typer.Exit(1)


def switched_off(settings: object) -> list[str]:
    telegram = getattr(settings, "telegram")  # noqa: B009
    return [] if telegram.token else ["telegram is off: FRONTDESK_TELEGRAM__TOKEN is not set"]


@cli.command()
def chat(
    language: Annotated[
        str | None, typer.Option(help="A language of the desk, such as de.")
    ] = None,
    name: Annotated[str | None, typer.Option(help="Who you are to the desk.")] = None,
) -> None:
    """Talk to the desk here. /attach PATH sends a file; numbers choose; /quit ends.

    With input that is not a terminal, each line is answered in full before the next is taken.
    """
    with explained():
        talk(language, name)


def talk(language: str | None, name: str | None) -> None:
    settings = read_settings()
    pack = read_pack(settings.pack)
    set_up("error")
    for stream in (sys.stdin, sys.stdout):
        if isinstance(stream, TextIOWrapper):  # whatever is piped in, and whatever can be shown
            stream.reconfigure(errors="replace")
    spoken = language or os.environ.get("LANG", "").partition(".")[0]
    terminal = TerminalAdapter(name or getpass.getuser(), spoken, now)
    asyncio.run(running.converse(settings, pack, terminal))


def main() -> None:
    cli()
