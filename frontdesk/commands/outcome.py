"""How a command ends: errors of the world are one line and exit 1, never a trace."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Annotated, Any, NoReturn, TypeVar

import typer
from rich.console import Console
from rich.table import Column, Table
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session

from bots.terminal.visit import Parted
from core.cases import BadQuestions
from core.encoders import NoEncoder
from core.faq import NoEntry, SamePhrasing
from core.faq_file import BadEntries
from core.migration import NewerDatabase
from core.pack import BadPack
from core.settings import Settings, Wrong
from frontdesk.app import open_database
from frontdesk.lock import Taken
from frontdesk.running import AllOff

T = TypeVar("T")
STATES = (
    AllOff, BadEntries, BadPack, BadQuestions, NewerDatabase, NoEncoder, NoEntry, Parted,
    SamePhrasing, Taken, Wrong,
)  # fmt: skip
"""Errors whose words are for whoever gave the command."""
WIDE = 160
"""Characters of a line for readers without a screen."""
Json = Annotated[bool, typer.Option("--json", help="As JSON, for programs.")]


@contextmanager
def explained() -> Iterator[None]:
    try:
        yield
    except STATES as error:
        fail(str(error))
    except DBAPIError as error:  # its words hold no password, and no statement
        fail(f"The database cannot be used: {error.orig}".splitlines()[0])
    except FileExistsError as error:
        fail(f"{error.filename} is no folder: FRONTDESK_DATA must name one.")
    except OverflowError:
        fail("There is no number that large here.")
    except OSError as error:
        fail(f"{error.strerror}: {error.filename}" if error.filename else str(error))
    except KeyboardInterrupt:
        raise typer.Exit(130) from None


@contextmanager
def progress(what: str) -> Iterator[None]:
    """Show at a terminal that something takes its time."""
    console = Console(stderr=True, markup=False)
    if console.is_terminal:
        with console.status(what):
            yield
    else:
        yield


def fail(reason: str) -> NoReturn:
    typer.echo(reason, err=True)
    raise typer.Exit(1)


def look(settings: Settings, fn: Callable[[Session], T]) -> T:
    """What `fn` reads, without holding up a desk that may be running."""
    return with_session(settings, fn, begin="DEFERRED")


def with_session(settings: Settings, fn: Callable[[Session], T], begin: str = "IMMEDIATE") -> T:
    """Run `fn` in one transaction, beside a desk that may be running."""
    engine = open_database(settings, checkpoints=False)
    try:
        with Session(engine.execution_options(begin=begin), expire_on_commit=False) as session:
            result = fn(session)
            session.commit()
            return result
    finally:
        engine.dispose()


def name_column(title: str) -> Column:
    """Of what people copy from the screen: never broken while there is room."""
    return Column(title, no_wrap=True)


def show_table(table: Table) -> None:
    """Nothing in it is taken for markup, and nothing is left out: a program that reads it along a
    pipe gets long lines.
    """
    console = Console(markup=False, emoji=False, highlight=False)
    if not console.is_terminal:
        console.width = max(console.width, WIDE)
    for column in table.columns:
        column.overflow = "fold"
    console.print(table)


def printable(text: str) -> str:
    """Somebody's words on one line, without what would steer a terminal."""
    return "".join(one if one.isprintable() else "�" for one in text)


def show_json(value: Any) -> None:
    """Moments as ISO 8601."""
    typer.echo(json.dumps(value, ensure_ascii=False, indent=2, default=datetime.isoformat))
