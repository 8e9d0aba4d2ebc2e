"""How a command ends: errors of the world are one line and exit 1, never a trace."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

import typer
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session

from core.faq import SamePhrasing
from core.faq_file import BadEntries
from core.migration import NewerDatabase
from core.pack import BadPack
from core.settings import Settings, Wrong
from frontdesk.app import open_database
from frontdesk.lock import Taken
from frontdesk.running import AllOff

T = TypeVar("T")


@contextmanager
def explained() -> Iterator[None]:
    try:
        yield
    except (AllOff, BadEntries, BadPack, NewerDatabase, SamePhrasing, Taken, Wrong) as error:
        fail(str(error))
    except DBAPIError as error:  # its words hold no password, and no statement
        fail(f"The database cannot be used: {error.orig}".splitlines()[0])
    except OSError as error:
        fail(f"{error.strerror}: {error.filename}" if error.filename else str(error))
    except KeyboardInterrupt:
        raise typer.Exit(130) from None


def fail(reason: str) -> None:
    typer.echo(reason, err=True)
    raise typer.Exit(1)


def with_session(settings: Settings, fn: Callable[[Session], T]) -> T:
    """Run `fn` in one transaction, beside a desk that may be running."""
    engine = open_database(settings, checkpoints=False)
    try:
        with Session(
            engine.execution_options(begin="IMMEDIATE"), expire_on_commit=False
        ) as session:
            result = fn(session)
            session.commit()
            return result
    finally:
        engine.dispose()


def show_json(value: Any) -> None:
    typer.echo(json.dumps(value, ensure_ascii=False, indent=2, default=str))
