"""Terminals at a running desk: each a real visit through a real socket."""

import asyncio
import json
import os
import stat
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from time import monotonic

import pytest

from bots.terminal.door import SOCKET, TerminalDoor
from bots.terminal.screen import Screen
from bots.terminal.visit import NobodyThere, Parted, visit
from bots.terminal.wire import LONGEST
from core.adapter import Absent, Receive, Refused
from core.i18n import Languages
from core.messages import Address, Enclosed, Inbound, Outbound
from tests.bots.contract import ANN, BEN, PATIENCE, Ears, listening, read
from tests.bots.terminal.test_adapter import Pipe
from tests.bots.terminal.test_adapter import Screen as Paper

LANGUAGES = Languages(["en", "de"], "en")
ROUND_TRIP = Outbound(Address("terminal", "local", ANN), "unasked")


def now() -> datetime:
    return datetime.now(UTC)


@pytest.fixture
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("d")


@pytest.fixture
def door(folder: Path) -> TerminalDoor:
    return TerminalDoor(folder, "local", now, LANGUAGES.speak)


class Guest:
    """Somebody's terminal, behind pipes."""

    def __init__(self, folder: Path, name: str, language: str = "en") -> None:
        self.pipe, self.paper = Pipe(), Paper()
        screen, speech = Screen(self.pipe.source, self.paper), LANGUAGES.speak(language)
        self._visit = visit(folder / SOCKET, name, language, screen, speech)
        self.visiting = asyncio.create_task(self._visit)

    async def shows(self, text: str) -> None:
        end = monotonic() + PATIENCE
        while text not in self.paper.getvalue():
            assert not self.visiting.done(), self.visiting.exception()
            assert monotonic() < end, f"{text!r} is not on this screen:\n{self.paper.getvalue()}"
            await asyncio.sleep(0.005)

    async def ends(self) -> None:
        async with asyncio.timeout(PATIENCE):
            await self.visiting

    async def leave(self) -> None:
        self.visiting.cancel()
        with suppress(asyncio.CancelledError, Parted):
            await self.visiting
        self.pipe.end()


@asynccontextmanager
async def guest(folder: Path, name: str = ANN, language: str = "en") -> AsyncIterator[Guest]:
    async with guests(Guest(folder, name, language)) as (one,):
        yield one


@asynccontextmanager
async def guests(*all_: Guest) -> AsyncIterator[tuple[Guest, ...]]:
    try:
        yield all_
    finally:
        for one in all_:
            await one.leave()
        for one in all_:
            one.pipe.close()


class Echo:
    """A desk that says twice what it hears, and remembers whom it welcomed."""

    def __init__(self, door: TerminalDoor) -> None:
        self._door = door
        self.heard: list[Inbound] = []
        self.welcomed: list[str] = []

    async def receive(self, inbound: Inbound) -> None:
        self.heard.append(inbound)
        for part in (1, 2):
            await self._door.send(Outbound(inbound.address, f"{inbound.text} {part}"))

    async def welcome(self, address: Address) -> None:
        self.welcomed.append(address.chat)
        await self._door.send(Outbound(address, "welcome"))

    async def settle(self, address: Address) -> None:
        await self._door.send(Outbound(address, "settled"))


@pytest.fixture
async def echo(door: TerminalDoor) -> AsyncIterator[Echo]:
    echo = Echo(door)
    door.join(echo)
    async with open_door(door, echo.receive):
        yield echo


@asynccontextmanager
async def open_door(door: TerminalDoor, receive: Receive) -> AsyncIterator[None]:
    await door.open()
    async with listening(door, receive):
        yield
    await door.close()


async def test_each_terminal_is_answered_in_full_before_its_next_line(
    folder: Path, echo: Echo
) -> None:
    async with guests(Guest(folder, ANN), Guest(folder, BEN)) as (ann, ben):
        ann.pipe.type("a\nb\n/quit\n")
        ben.pipe.type("c\n")
        ben.pipe.end()
        await ann.ends()
        await ben.ends()
    said = ["welcome", "a 1", "a 2", "settled", "b 1", "b 2", "settled"]
    assert ann.paper.getvalue().split("\n\n")[:-1] == said
    assert ben.paper.getvalue().split("\n\n")[:-1] == ["welcome", "c 1", "c 2", "settled"]
    assert sorted(echo.welcomed) == [ANN, BEN]
    assert {(one.sender.id, one.sender.language) for one in echo.heard} == {
        (ANN, "en"), (BEN, "en"),
    }  # fmt: skip


async def test_what_is_said_at_any_time_is_shown_at_once_and_to_nobody_else(
    folder: Path, door: TerminalDoor, echo: Echo
) -> None:
    async with guests(Guest(folder, ANN), Guest(folder, BEN)) as (ann, ben):
        await ann.shows("welcome")
        await ben.shows("welcome")
        await door.send(ROUND_TRIP)
        assert ann.paper.getvalue().endswith("unasked\n\n")
        assert "unasked" not in ben.paper.getvalue()


async def test_nothing_is_sent_where_nobody_sits(
    folder: Path, door: TerminalDoor, echo: Echo
) -> None:
    with pytest.raises(Absent):
        await door.send(ROUND_TRIP)
    async with guest(folder) as ann:
        ann.pipe.type("/quit\n")
        await ann.ends()
    with pytest.raises(Absent):
        await door.send(ROUND_TRIP)


async def test_a_name_sits_at_one_terminal(folder: Path, echo: Echo) -> None:
    async with guests(Guest(folder, ANN), Guest(folder, ANN)) as (ann, other):
        await ann.shows("welcome")
        with pytest.raises(Parted, match="is here already"):
            await other.ends()
        ann.pipe.type("still here\n")
        await ann.shows("still here 2")


async def test_another_user_is_turned_away(
    folder: Path, echo: Echo, monkeypatch: pytest.MonkeyPatch
) -> None:
    mine = os.geteuid()
    monkeypatch.setattr(os, "geteuid", lambda: mine + 1)
    async with guest(folder) as ann:
        with pytest.raises(Parted, match="another user"):
            await ann.ends()
    assert echo.welcomed == []


async def test_files_come_by_their_paths_and_go_out_byte_for_byte(
    folder: Path, door: TerminalDoor, echo: Echo, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "proof ü.bin").write_bytes(bytes(range(256)))
    monkeypatch.chdir(folder)
    async with guest(folder) as ann:
        ann.pipe.type("/attach 'proof ü.bin'\n/attach nowhere\n")
        await ann.shows("There is no file to read at nowhere.")
        (file,) = echo.heard[0].attachments
        assert (file.name, await read(door, file)) == ("proof ü.bin", bytes(range(256)))
        shown = Enclosed("../week\x1b[2J 1.png", "image/png", b"PNG")
        await door.send(Outbound(ROUND_TRIP.address, "The week", file=shown, nonce="abc"))
        await ann.shows("The week")
    line = ann.paper.getvalue().split("\n\n")[-2].splitlines()[0]
    path = Path(line.partition(" saved as ")[2])
    assert path == folder / "terminal" / "abc-_week_2J_1.png"
    assert look_at(path) == (b"PNG", 0o600)
    assert "\x1b" not in line


async def test_a_terminal_speaks_the_language_of_whoever_sits_there(
    folder: Path, door: TerminalDoor, echo: Echo
) -> None:
    async with guest(folder, language="de-AT") as ann:
        ann.pipe.type("/attach nirgends\n")
        await ann.shows("Unter nirgends ist keine Datei")
        async with guest(folder, language="de") as other:
            with pytest.raises(Parted, match="ist schon da"):
                await other.ends()
        shown = Enclosed("week.png", "image/png", b"PNG")
        await door.send(Outbound(ROUND_TRIP.address, "Die Woche", file=shown, nonce="abc"))
        await ann.shows("week.png (3 bytes) gespeichert als ")


def look_at(path: Path) -> tuple[bytes, int]:
    return path.read_bytes(), stat.S_IMODE(path.stat().st_mode)


async def test_what_the_desk_could_not_take_is_said_and_the_talk_goes_on(
    folder: Path, door: TerminalDoor
) -> None:
    ears = Ears(deaf_for=1)
    async with open_door(door, ears.receive), guest(folder) as ann:
        ann.pipe.type("lost\nkept\n")
        assert [one.text for one in await ears.until(1)] == ["kept"]
        assert "Please send it once more." in ann.paper.getvalue()


async def test_what_was_said_is_taken_though_its_writer_left(
    folder: Path, door: TerminalDoor
) -> None:
    begun, ears = asyncio.Event(), Ears()

    async def slowly(inbound: Inbound) -> None:
        begun.set()
        await asyncio.sleep(0.05)
        await ears.receive(inbound)

    async with open_door(door, slowly), guest(folder) as ann:
        ann.pipe.type("keep me\n")
        await begun.wait()
        await ann.leave()
        assert [one.text for one in await ears.until(1)] == ["keep me"]


async def test_the_desk_says_that_it_stops(folder: Path, door: TerminalDoor) -> None:
    async with open_door(door, Ears().receive):
        ann = Guest(folder, ANN)
        await asyncio.sleep(0.05)
    with pytest.raises(Parted, match=r"The desk has stopped\."):
        await ann.ends()
    ann.pipe.close()
    assert not (folder / SOCKET).exists()


async def test_whoever_comes_before_the_desk_is_ready_waits(
    folder: Path, door: TerminalDoor
) -> None:
    await door.open()
    ears = Ears()
    async with guest(folder) as ann:
        ann.pipe.type("early\n")
        await asyncio.sleep(0.01)
        async with open_door(door, ears.receive):
            assert [one.text for one in await ears.until(1)] == ["early"]


@pytest.mark.parametrize(
    "line",
    [
        b"no json\n", b"[]\n", b"[" * 100_000 + b"\n", b"\xff\n", b"x" * (LONGEST + 1) + b"\n",
        b'{"is": "hello"}\n', b'{"is": "hello", "name": "", "language": ""}\n',
        b'{"is": "say", "name": "a", "language": ""}\n',
        b'{"is": "hello", "name": "a", "language": ""}\n{"is": "odd"}\n',
        b'{"is": "hello", "name": "a", "language": ""}\n{"is": "attach", "paths": ["b"]}\n',
        b'{"is": "hello", "name": "a", "language": ""}\n{"is": "seen"}\n',
    ],
)  # fmt: skip
async def test_what_no_terminal_says_is_hung_up_on_alone(
    folder: Path, door: TerminalDoor, line: bytes
) -> None:
    ears = Ears()
    async with open_door(door, ears.receive), guest(folder) as ann:
        reader, writer = await asyncio.open_unix_connection(str(folder / SOCKET))
        with suppress(ConnectionError):  # it may hang up before all is written
            writer.write(line)
            await writer.drain()
            async with asyncio.timeout(PATIENCE):
                answered = await reader.read()
            assert all(json.loads(one)["is"] == "done" for one in answered.splitlines())
        writer.close()
        ann.pipe.type("on\n")
        assert [one.text for one in await ears.until(1)] == ["on"]


async def test_a_line_that_is_too_long_is_not_sent(folder: Path, echo: Echo) -> None:
    async with guest(folder) as ann:
        await asyncio.to_thread(ann.pipe.type, "x" * LONGEST + "\nshort\n")
        await ann.shows("short 2")
        assert "too long" in ann.paper.getvalue()


# The socket


async def test_it_is_ours_alone_and_a_stale_one_is_replaced(
    folder: Path, door: TerminalDoor
) -> None:
    (folder / SOCKET).touch()
    await door.open()
    mode = (folder / SOCKET).stat().st_mode
    assert stat.S_ISSOCK(mode)
    assert stat.S_IMODE(mode) == 0o600
    await door.close()


async def test_a_path_that_is_too_long_is_said_with_what_to_do(folder: Path) -> None:
    door = TerminalDoor(folder / ("x" * 100), "local", now)
    with pytest.raises(Refused, match="Set FRONTDESK_DATA to a folder with a shorter path"):
        await door.open()


async def test_without_a_desk_nobody_is_there(folder: Path) -> None:
    pipe = Pipe()
    with pytest.raises(NobodyThere):
        await visit(folder / SOCKET, ANN, "de", Screen(pipe.source, Paper()))
    pipe.close()
