"""The terminal: lines come through a real pipe or a real pseudo-terminal."""

import asyncio
import io
import os
import pty
import re
import termios
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bots.terminal.adapter import LIMITS, TerminalAdapter
from core.adapter import Adapter, DeliveryError, FetchError, Gone, Retry, TooLarge
from core.messages import Address, Attachment, Inbound, Outbound
from tests.bots.contract import ANN, PATIENCE, AdapterContract, Ears, Rig, Seen, listening, read
from tests.bots.contract_changes import EnclosingContract

HERE = Address("terminal", "local", ANN)


def now() -> datetime:
    return datetime.now(UTC)


class Screen(io.StringIO):
    """Where all that was printed can be read. Broken, it refuses once, as a closed pipe does."""

    broken = False

    def write(self, text: str) -> int:
        if self.broken:
            self.broken = False
            raise BrokenPipeError("Broken pipe")
        return super().write(text)


class Pipe:
    """Somebody's script, which feeds `source`."""

    def __init__(self) -> None:
        reading, writing = os.pipe()
        self.source = os.fdopen(reading, encoding="utf-8")
        self._input = os.fdopen(writing, "wb", buffering=0)

    def type(self, text: str) -> None:
        self.type_bytes(text.encode())

    def type_bytes(self, data: bytes) -> None:
        self._input.write(data)

    def end(self) -> None:
        self._input.close()

    def close(self) -> None:
        self.end()
        stop_reading()
        self.source.close()


def stop_reading() -> None:
    """Whoever still reads sees that the input ended, and stops."""
    for thread in threading.enumerate():
        if thread.name == "terminal":
            thread.join(PATIENCE)


@pytest.fixture
def pipe() -> Iterator[Pipe]:
    with closing(Pipe()) as opened:
        yield opened


@pytest.fixture
def screen() -> Screen:
    return Screen()


@pytest.fixture
def adapter(pipe: Pipe, screen: Screen, tmp_path: Path) -> TerminalAdapter:
    folder = tmp_path / "shown"
    return TerminalAdapter(ANN, "de", now, folder, source=pipe.source, sink=screen)


# The contract


class TerminalRig:
    def __init__(self, adapter: Adapter, pipe: Pipe, screen: Screen, folder: Path) -> None:
        self.adapter = adapter
        self.failures: tuple[type[DeliveryError], ...] = (Retry,)
        self._pipe = pipe
        self._screen = screen
        self._folder = folder

    async def person_says(self, text: str) -> None:
        self._pipe.type(text + "\n")

    async def person_sends_file(self, data: bytes, name: str, size: int | None = None) -> None:
        path = self._folder / name
        path.write_bytes(data)
        os.truncate(path, size or len(data))
        self._pipe.type(f"/attach '{path}'\n")

    def seen(self) -> list[Seen]:
        return [as_seen(text) for text in self._screen.getvalue().split("\n\n")[:-1]]

    def fail_with(self, failure: type[DeliveryError]) -> None:
        self._screen.broken = failure is Retry


def as_seen(shown: str) -> Seen:
    saved = re.match(r"📎 .* \(.*\) saved as (.*)\n?", shown)
    if saved is None:
        return Seen(shown)
    return Seen(shown[saved.end() :], file=Path(saved[1]).read_bytes())


class TestTerminalContract(AdapterContract, EnclosingContract):
    @pytest.fixture
    def rig(self, adapter: TerminalAdapter, pipe: Pipe, screen: Screen, tmp_path: Path) -> Rig:
        return TerminalRig(adapter, pipe, screen, tmp_path)


# A conversation through a pipe


async def talk(adapter: TerminalAdapter) -> list[Inbound]:
    """Whatever is heard until the conversation ends; each line is answered in two parts."""
    heard: list[Inbound] = []

    async def receive(inbound: Inbound) -> None:
        heard.append(inbound)
        for part in (1, 2):
            await asyncio.sleep(0)
            await adapter.send(Outbound(HERE, f"{inbound.text} {part}"))

    async with asyncio.timeout(PATIENCE):
        await adapter.listen(receive)
    return heard


async def test_all_replies_to_a_line_are_printed_before_the_next_is_taken(
    adapter: TerminalAdapter, pipe: Pipe, screen: Screen
) -> None:
    pipe.type("one\ntwo\n/quit\n")
    await talk(adapter)
    assert screen.getvalue() == "one 1\n\none 2\n\ntwo 1\n\ntwo 2\n\n"


async def test_the_end_of_input_ends_it_and_the_last_line_counts(
    adapter: TerminalAdapter, pipe: Pipe
) -> None:
    pipe.type("one\nno line break behind this")
    pipe.end()
    assert [one.text for one in await talk(adapter)] == ["one", "no line break behind this"]


async def test_quit_ends_it_whatever_follows(adapter: TerminalAdapter, pipe: Pipe) -> None:
    pipe.type("one\n /quit \ntwo\n")
    assert [one.text for one in await talk(adapter)] == ["one"]


async def test_blank_lines_say_nothing(adapter: TerminalAdapter, pipe: Pipe) -> None:
    pipe.type("\n  \n\r\none\r\n")
    pipe.end()
    assert [one.text for one in await talk(adapter)] == ["one"]


async def test_what_is_no_text_ends_it(adapter: TerminalAdapter, pipe: Pipe) -> None:
    pipe.type_bytes(b"\xff\xfe\n")
    assert await talk(adapter) == []


async def test_who_writes_is_known_by_name_and_language(
    adapter: TerminalAdapter, pipe: Pipe
) -> None:
    pipe.type("hallo\n/quit\n")
    (inbound,) = await talk(adapter)
    assert (inbound.sender.id, inbound.sender.name, inbound.sender.language) == (ANN, ANN, "de")
    assert inbound.address == HERE


# Files


async def test_files_of_one_line_arrive_as_one_message(
    adapter: TerminalAdapter, pipe: Pipe, tmp_path: Path
) -> None:
    for name in ("a.txt", "b c.txt"):
        (tmp_path / name).write_text(name)
    pipe.type(f"/attach '{tmp_path}/a.txt' '{tmp_path}/b c.txt'\n/quit\n")
    (inbound,) = await talk(adapter)
    assert [await read(adapter, file) for file in inbound.attachments] == [b"a.txt", b"b c.txt"]


@pytest.mark.parametrize(
    ("line", "answer"),
    [
        ("/attach", "Write the file's path behind it: /attach PATH\n\n"),
        (
            "/attach no\x1b[2Jwhere",
            "There is no file to read at no�[2Jwhere. Check the path and try again.\n\n",
        ),
    ],
)
async def test_a_missing_file_is_said_and_the_conversation_goes_on(
    adapter: TerminalAdapter, pipe: Pipe, screen: Screen, line: str, answer: str
) -> None:
    pipe.type(f"{line}\nnext\n/quit\n")
    assert [one.text for one in await talk(adapter)] == ["next"]
    assert screen.getvalue().startswith(answer)


def attachment(path: Path) -> Attachment:
    return Attachment(str(path), "document", path.name, size=1)


async def test_a_file_of_many_blocks_comes_byte_for_byte(
    adapter: TerminalAdapter, tmp_path: Path
) -> None:
    film = tmp_path / "film.mov"
    film.write_bytes(os.urandom(1_000_003))
    assert await read(adapter, attachment(film)) == film.read_bytes()


@pytest.mark.parametrize(("over", "passes"), [(0, True), (1, False)])
async def test_the_limit_is_held_to_the_byte_whatever_was_declared(
    adapter: TerminalAdapter, tmp_path: Path, over: int, *, passes: bool
) -> None:
    film = tmp_path / "film.mov"
    film.touch()
    os.truncate(film, LIMITS.file_in + over)
    if passes:
        assert len(await read(adapter, attachment(film))) == LIMITS.file_in
    else:
        with pytest.raises(TooLarge):
            await read(adapter, attachment(film))


async def test_a_file_that_vanished_is_gone(adapter: TerminalAdapter, tmp_path: Path) -> None:
    with pytest.raises(Gone):
        await read(adapter, attachment(tmp_path / "was here"))


async def test_what_cannot_be_read_now_may_be_later(
    adapter: TerminalAdapter, tmp_path: Path
) -> None:
    with pytest.raises(FetchError) as failed:
        await read(adapter, attachment(tmp_path))
    assert not isinstance(failed.value, Gone | TooLarge)


# At a terminal


class Terminal:
    """A real pseudo-terminal, without echo, so that only what the desk prints can be read."""

    def __init__(self) -> None:
        self._keyboard, screen = pty.openpty()
        modes = termios.tcgetattr(screen)
        modes[1] &= ~termios.OPOST
        modes[3] &= ~termios.ECHO
        termios.tcsetattr(screen, termios.TCSANOW, modes)
        self.source = os.fdopen(screen, encoding="utf-8")
        self.sink = os.fdopen(os.dup(screen), "w", encoding="utf-8")

    def type(self, text: str) -> None:
        os.write(self._keyboard, text.encode())

    async def shows(self, text: str) -> None:
        """Exactly this is printed next."""
        shown = b""
        while len(shown) < len(text.encode()):
            async with asyncio.timeout(PATIENCE):
                shown += await asyncio.to_thread(os.read, self._keyboard, 4096)
        assert shown.decode() == text

    def close(self) -> None:
        os.close(self._keyboard)
        stop_reading()
        self.source.close()
        self.sink.close()


@pytest.fixture
def terminal() -> Iterator[Terminal]:
    with closing(Terminal()) as opened:
        yield opened


@asynccontextmanager
async def conversation(terminal: Terminal) -> AsyncIterator[TerminalAdapter]:
    """Each line is answered with itself under a title."""
    adapter = TerminalAdapter(
        ANN, "en", now, Path("shown"), source=terminal.source, sink=terminal.sink
    )

    async def receive(inbound: Inbound) -> None:
        await adapter.send(Outbound(HERE, inbound.text, "Title"))

    async with listening(adapter, receive):
        await terminal.shows("> ")
        yield adapter


ANSWER = "\x1b[1mTitle\x1b[0m\nhello\n\n"


async def test_a_person_is_asked_again_after_each_answer(terminal: Terminal) -> None:
    async with conversation(terminal):
        for _ in range(2):
            terminal.type("hello\n")
            await terminal.shows(f"{ANSWER}> ")


async def test_what_comes_unasked_stands_above_a_new_prompt(terminal: Terminal) -> None:
    async with conversation(terminal) as adapter:
        await adapter.send(Outbound(HERE, "An answer of staff."))
        await terminal.shows("\nAn answer of staff.\n\n> ")


async def test_the_end_key_leaves_the_next_prompt_a_line_of_its_own(terminal: Terminal) -> None:
    adapter = TerminalAdapter(
        ANN, "en", now, Path("shown"), source=terminal.source, sink=terminal.sink
    )
    talking = asyncio.create_task(adapter.listen(Ears().receive))
    await terminal.shows("> ")
    terminal.type("\x04")
    await terminal.shows("\n")
    async with asyncio.timeout(PATIENCE):
        await talking


async def test_nobody_is_prompted_through_a_pipe(
    adapter: TerminalAdapter, pipe: Pipe, screen: Screen
) -> None:
    pipe.type("hello\n/quit\n")
    async with asyncio.timeout(PATIENCE):
        await adapter.listen(Ears().receive)
    assert screen.getvalue() == ""
