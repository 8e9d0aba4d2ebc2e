"""F25: a message that makes our own program fail is kept for us to look at and its writer is told;
their conversation and everybody else's go on.
"""

import logging
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy.exc import OperationalError
from sqlmodel import Session, col, select

from core.dialogs.routing import PRESSES
from core.messages import Address, Inbound, Sender
from core.models import Heard, InboxState
from tests.conftest import Clock
from tests.dialogs.conftest import talk
from tests.dialogs.talk import Talk
from tests.fakes.telegram import TelegramFake
from tests.faults.desks import deaf_desk, desk_on_telegram, query
from tests.faults.waiting import until

assert talk  # a fixture

POISON = "passwort vergessen, Wolfgang"
TRAPS = {
    "sqlite": [
        "CREATE TRIGGER trap BEFORE INSERT ON asked "
        "WHEN instr(NEW.text, 'Wolfgang') BEGIN SELECT RAISE(ABORT, 'on purpose'); END"
    ],
    "postgresql": [
        "CREATE FUNCTION fall() RETURNS trigger LANGUAGE plpgsql AS "
        "'BEGIN RAISE EXCEPTION ''on purpose'' USING ERRCODE = ''{code}''; END'",
        "CREATE TRIGGER trap BEFORE INSERT ON asked FOR EACH ROW "
        "WHEN (strpos(NEW.text, 'Wolfgang') > 0) EXECUTE FUNCTION fall()",
    ],
}
"""From then on the desk fails at each question that names Wolfgang."""
SORRY = "Mit dieser Nachricht ist bei uns etwas schiefgegangen"


def set_trap(session: Session, code: str = "P0001") -> None:
    """`code` is PostgreSQL's SQLSTATE of the failure."""
    connection = session.connection()
    for statement in TRAPS[connection.dialect.name]:
        connection.exec_driver_sql(statement.replace("{code}", code))


async def states(talk: Talk) -> list[str]:
    return [row.state for row in await talk.rows(select(Heard).order_by(col(Heard.id)))]


async def test_a_poisonous_message_is_kept_told_and_passed_by(talk: Talk) -> None:
    await talk.room.parts.store.write(set_trap)
    (sorry,) = await talk.says(POISON, event="poison")
    assert sorry.text.startswith(SORRY)
    (answer,) = await talk.says("passwort vergessen")
    assert "Anmeldeseite" in answer.text
    (other,) = await talk.another("Robin").says("passwort vergessen")
    assert "Anmeldeseite" in other.text
    assert await states(talk) == [InboxState.FAILED, InboxState.DONE, InboxState.DONE]
    assert (await talk.row(select(Heard))).text == POISON
    assert await talk.says(POISON, event="poison") == []


async def test_what_was_poisonous_is_logged_without_anybodys_words(
    talk: Talk, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    await talk.room.parts.store.write(set_trap)
    await talk.says(POISON)
    shown = logging.Formatter()
    logged = [f"{shown.format(record)} {record.__dict__}" for record in caplog.records]
    assert any("set aside" in record for record in logged)
    assert [record for record in logged if "Wolfgang" in record] == []


async def test_poison_amid_a_crowd_harms_nobody_else(
    telegram: TelegramFake, tmp_path: Path, clock: Clock
) -> None:
    people = [telegram.person(number, language_code="de") for number in range(10, 40)]
    async with desk_on_telegram(telegram, tmp_path, clock) as parts:
        await parts.store.write(set_trap)
        await telegram.is_polled()
        for number, person in enumerate(people):
            await person.says("passwort vergessen" if number % 3 else POISON)
        await telegram.all_confirmed(10)
        await until(lambda: all(person.inbox for person in people))
        told = [person.inbox[0]["text"].startswith(SORRY) for person in people]
        assert told == [number % 3 == 0 for number in range(30)]
        await parts.settle()
        assert [len(person.inbox) for person in people] == [1] * 30
        counts = "SELECT state, count(*) FROM inbox GROUP BY state ORDER BY state"
        assert await query(parts, counts) == [("done", 20), ("failed", 10)]


async def test_poison_that_looks_like_trouble_of_the_database_ends_after_a_few_tries(
    new_postgres_database: Callable[[], str], tmp_path: Path, clock: Clock
) -> None:
    """SQLSTATE 54000, a limit of PostgreSQL, is an OperationalError that never passes."""
    address = Address("memory", "desk", "kim")
    poison = Inbound("poison", address, Sender("kim"), clock.now, text=POISON)
    tries = 0
    async with deaf_desk(new_postgres_database(), tmp_path, clock) as parts:
        await parts.store.write(partial(set_trap, code="54000"))
        while not await query(parts, "SELECT 1 FROM inbox"):
            tries += 1
            assert tries <= 5, "it would come again for ever"
            with suppress(OperationalError):
                await parts.desk.receive(poison)
        assert await query(parts, "SELECT state FROM inbox") == [("failed",)]


async def test_forged_buttons_of_any_kind_are_answered_and_harm_nothing(talk: Talk) -> None:
    await talk.says("passwort vergessen")
    large = "9" * 18
    for who in (*PRESSES, "no"):
        talk.clock.forward(61)
        for what in ("", large, f"show:{large}", f"files:{large}", f"{large}:helped", "account:9",
                     "account:-1", "password-reset:" + "9" * 30, "١٢", "new:x"):  # fmt: skip
            assert await talk.presses_value(f"{who}:{what}"), f"{who}:{what}"
    assert set(await states(talk)) == {InboxState.DONE}
