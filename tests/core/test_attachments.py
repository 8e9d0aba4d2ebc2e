"""Evidence from the row to the stored bytes: what is fetched when, for whom, and how often."""

import asyncio
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event
from sqlmodel import Session, select

from core.adapter import FetchError, Gone
from core.attachments import Attachments, fetching
from core.attachments.rows import next_due
from core.i18n import Languages
from core.messages import Attachment
from core.models import Contact, Evidence, EvidenceState, Place
from core.rooms.words import as_stored
from core.store import Store
from tests.conftest import Clock
from tests.core.evidence import CONTENT, World, at_work, document, fetch_all
from tests.core.photos import PLACE, photo

GIF = b"GIF89a\x03\x00\x02\x00\0\0\0;"


@pytest.fixture
def world(store: Store, clock: Clock, languages: Languages, tmp_path: Path) -> World:
    return World(store, clock, languages, tmp_path / "files")


async def test_a_file_is_stored_byte_for_byte_with_all_that_is_known_of_it(world: World) -> None:
    world.shelf.held["pic"] = [GIF[:4], GIF[4:]]
    first, second = await world.send(
        document(size=len(CONTENT)), Attachment("pic", "photo", "", "image/gif", len(GIF))
    )
    await fetch_all(world.attachments())
    row, picture = await world.row(first), await world.row(second)
    assert (row.state, row.reason, row.attempts) == (EvidenceState.STORED, "", 0)
    assert (row.size, row.sha256) == (len(CONTENT), sha256(CONTENT).hexdigest())
    assert (row.name, row.media_type, row.width) == ("proof.bin", "application/octet-stream", None)
    assert (picture.name, picture.media_type) == ("photo", "image/gif")
    assert (picture.width, picture.height) == (3, 2)
    assert (world.folder / row.stored_as).read_bytes() == CONTENT
    assert world.lying() == {row.stored_as, picture.stored_as}
    assert await world.said() == []


async def test_others_get_a_photo_without_where_it_was_taken(world: World) -> None:
    content = photo("JPEG")
    world.shelf.held["pic"] = [content]
    (number,) = await world.send(Attachment("pic", "document", "cat.jpg"))
    await fetch_all(world.attachments())
    row = await world.row(number)
    assert (world.folder / row.stored_as).read_bytes() == content
    stored = as_stored(row)
    assert stored
    shown = (world.folder / stored.stored_as).read_bytes()
    assert PLACE not in shown
    assert (len(shown), stored.size) == (len(content), len(content))
    await world.sweep_later()
    assert world.lying() == {row.stored_as, row.shown_as}


async def test_what_cannot_be_had_is_tried_for_a_day_and_then_given_up(world: World) -> None:
    world.shelf.held["h1"] = [b"part", FetchError("the platform is away")]
    (number,) = await world.send(document())
    begin, waits = world.clock.now, []
    while (row := await world.row(number)).state == EvidenceState.PENDING:
        waits.append(row.not_before - world.clock.now)
        world.clock.now = row.not_before
        await fetch_all(world.attachments())
    assert waits == sorted(waits)
    assert timedelta(hours=20) < world.clock.now - begin < timedelta(hours=30)
    assert len(world.shelf.asked) == len(waits) == 9
    assert (row.state, row.reason) == (EvidenceState.FAILED, "the platform is away")
    (told,) = await world.said()
    assert "send the file again" in told.text
    assert world.lying() == set()


async def test_a_file_that_comes_at_a_later_try_is_stored(world: World) -> None:
    world.shelf.held["h1"] = [RuntimeError("a secret token")]
    (number,) = await world.send(document())
    await fetch_all(world.attachments())
    row = await world.row(number)
    assert (row.state, row.reason, row.attempts) == (EvidenceState.PENDING, "RuntimeError", 1)
    del world.shelf.held["h1"]
    await fetch_all(world.attachments())
    assert (await world.row(number)).state == EvidenceState.PENDING  # not due yet
    world.clock.forward(10)
    await fetch_all(world.attachments())
    row = await world.row(number)
    assert (row.state, row.reason) == (EvidenceState.STORED, "")
    assert await world.said() == []


async def test_a_file_that_is_gone_is_given_up_at_once(world: World) -> None:
    world.shelf.held["h1"] = [Gone("expired")]
    (number,) = await world.send(Attachment("h1", "photo"))
    await fetch_all(world.attachments())
    assert (await world.row(number)).state == EvidenceState.FAILED
    (told,) = await world.said()
    assert told.text.startswith("Your file did not reach us")


async def test_a_platform_that_stalls_is_tried_again(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fetching, "PATIENCE", 0.01)
    world.shelf.gate.clear()
    (number,) = await world.send(document())
    await fetch_all(world.attachments())
    row = await world.row(number)
    assert (row.state, row.attempts) == (EvidenceState.PENDING, 1)
    assert world.shelf.open_now == []


async def test_one_file_of_each_of_four_people_is_fetched_at_a_time(world: World) -> None:
    for person in range(6):
        await world.send(
            *(document(f"{person}/{number}") for number in range(2)), chat=f"person {person}"
        )
    world.shelf.gate.clear()
    attachments = world.attachments()
    async with at_work(attachments):
        for _ in range(4):
            await world.shelf.begun.get()
        assert not await attachments.settle(0.05)
        assert world.shelf.open_now == ["0/0", "1/0", "2/0", "3/0"]
        world.shelf.gate.set()
        assert await attachments.settle(20)
    assert world.shelf.most_at_once == 4
    assert len(world.shelf.asked) == 12


async def test_many_files_of_one_person_do_not_delay_another(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fetching, "AT_ONCE", 1)
    await world.send(*(document(f"flood {number}") for number in range(30)), chat="flood")
    await world.send(document("mine"), chat="me")
    await fetch_all(world.attachments())
    assert world.shelf.asked.index("mine") <= 1
    assert len(world.shelf.asked) == 31


async def test_one_bad_file_does_not_stop_the_others(world: World) -> None:
    world.shelf.held["bad"] = [ValueError("a bug")]
    bad, good = await world.send(document("bad"), document("good"))
    await fetch_all(world.attachments())
    assert (await world.row(bad)).state == EvidenceState.PENDING
    assert (await world.row(good)).state == EvidenceState.STORED


async def test_nobody_waits_for_the_next_look_around(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fetching, "LOOK", 1_000)
    attachments = world.attachments()
    async with at_work(attachments):
        for _ in range(2):
            assert await attachments.settle(20)
        (number,) = await world.send(document())
        attachments.wake()
        await asyncio.wait_for(world.shelf.begun.get(), 10)
        assert await attachments.settle(20)
    assert (await world.row(number)).state == EvidenceState.STORED


async def test_files_of_a_platform_that_is_off_wait_for_it(world: World) -> None:
    (number,) = await world.send(document())
    off = Attachments(world.store, {}, world.files, world.languages, world.clock)
    await fetch_all(off)
    assert (await world.row(number)).state == EvidenceState.PENDING
    await fetch_all(world.attachments())
    assert (await world.row(number)).state == EvidenceState.STORED


async def test_what_is_stopped_half_way_is_taken_up_at_the_next_start(world: World) -> None:
    (number,) = await world.send(document())
    world.shelf.gate.clear()
    attachments = world.attachments()
    async with at_work(attachments):
        await world.shelf.begun.get()
        await attachments.stop()
        assert world.shelf.open_now == []
    row = await world.row(number)
    assert (row.state, row.attempts) == (EvidenceState.PENDING, 0)
    world.shelf.gate.set()
    await fetch_all(world.attachments())
    assert (await world.row(number)).state == EvidenceState.STORED


async def test_a_cancelled_run_lets_go_of_what_it_fetches(world: World) -> None:
    await world.send(document())
    world.shelf.gate.clear()
    running = asyncio.create_task(world.attachments().run())
    await world.shelf.begun.get()
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert world.shelf.open_now == []


async def test_a_row_that_was_settled_meanwhile_stays_as_it_is(world: World) -> None:
    (number,) = await world.send(document())

    def refuse(session: Session) -> None:
        session.get_one(Evidence, number).state = EvidenceState.REFUSED

    world.shelf.gate.clear()
    attachments = world.attachments()
    async with at_work(attachments):
        await world.shelf.begun.get()
        await world.store.write(refuse)
        world.shelf.gate.set()
        assert await attachments.settle(20)
    row = await world.row(number)
    assert (row.state, row.stored_as) == (EvidenceState.REFUSED, "")
    await world.sweep_later()
    assert world.lying() == set()


async def test_the_hook_runs_in_the_transaction_that_settles_a_file(world: World) -> None:
    seen: list[tuple[int | None, str]] = []
    world.shelf.held["empty"] = []
    numbers = await world.send(document(), document("empty"))

    def note(session: Session, row: Evidence) -> None:
        seen.append((row.id, row.state))
        session.get_one(Contact, session.get_one(Place, row.address_id).contact_id).name = "hook"

    await fetch_all(world.attachments(on_settled=note))
    assert seen == [(numbers[0], "stored"), (numbers[1], "refused")]
    contact = await world.store.read(lambda session: session.exec(select(Contact)).one())
    assert contact.name == "hook"


async def test_a_hook_that_fails_undoes_the_mark_and_another_try_follows(world: World) -> None:
    (number,) = await world.send(document())

    def fail(session: Session, row: Evidence) -> None:
        raise LookupError("a bug")

    await fetch_all(world.attachments(on_settled=fail))
    row = await world.row(number)
    assert (row.state, row.stored_as, row.reason) == (EvidenceState.PENDING, "", "LookupError")
    world.clock.forward(10)
    await fetch_all(world.attachments())
    assert (await world.row(number)).state == EvidenceState.STORED


async def test_looking_for_work_does_not_walk_through_all_files(sqlite_store: Store) -> None:
    asked: list[tuple[str, Any]] = []

    def note(_connection: object, _cursor: object, query: str, values: Any, *_: object) -> None:
        asked.append((query, values))

    def plan(session: Session) -> list[str]:
        next_due(["shelf"], [3], datetime.now(UTC), session)
        (query, values), raw = asked[-1], session.connection().connection.driver_connection
        assert raw is not None
        return [line[3] for line in raw.execute(f"EXPLAIN QUERY PLAN {query}", values)]

    event.listen(sqlite_store.engine, "before_cursor_execute", note)
    lines = await sqlite_store.read(plan)
    assert [line for line in lines if "ix_evidence_todo" in line]
    assert not [line for line in lines if line.startswith("SCAN evidence") and "INDEX" not in line]
