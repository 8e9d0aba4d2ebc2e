"""B1-B5: hostile files, sent in the middle of a whole conversation. Their sender is told in clear
words, the conversation goes on, and nothing lies anywhere but in the store, under a name of ours.
"""

import hashlib
import io
import re
import struct
import zipfile
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from zlib import crc32

import pytest
from sqlmodel import col, select

from core.messages import Attachment, Kind
from core.models import Evidence, EvidenceState, Ticket
from core.settings import Settings
from frontdesk.app import Parts
from tests.conftest import Clock
from tests.dialogs.talk import PACK, Room, Talk
from tests.fakes.memory import MemoryAdapter
from tests.fakes.telegram import TelegramFake
from tests.fakes.telegram_people import Person
from tests.faults.desks import desk_on_telegram

MB = 1_000_000
OURS = re.compile(
    r"files/[0-9a-f]{2}/[0-9a-f]{32}|desk\.lock|frontdesk\.db(-wal|-shm)?|vectors\.npz"
    r"|encoder/(words\.bin|parts\.npz|\w+\.new)"
)
DEPTH = ("deep", "deeper", "data")
"""Folders above the desk's own, for paths that climb out of it."""


def png(width: int, height: int) -> bytes:
    header = b"IHDR" + struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n\0\0\0\x0d" + header + struct.pack(">I", crc32(header)) + bytes(64)


def bomb() -> bytes:
    """50 MB of nothing, in 50 kB, with a name that climbs."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("../../../../climbed", bytes(50 * MB))
    return packed.getvalue()


def check_folders(root: Path) -> None:
    """Nothing lies beside the desk, and nothing in it but what is its own."""
    data = root.joinpath(*DEPTH)
    lying = [path for path in root.rglob("*") if path.is_file()]
    assert [path for path in lying if data not in path.parents] == []
    named = [str(path.relative_to(data)) for path in lying]
    assert [name for name in named if not OURS.fullmatch(name)] == []


async def open_form(kim: Person) -> None:
    """Up to where files are asked for."""
    for text in ("/ticket", "kim_1", "Picture stays black", "I watch", "Today at nine"):
        await kim.says(text)
        await kim.hears()


async def send_form(kim: Person) -> None:
    await kim.says("Done")
    await kim.hears()
    await kim.says("Send")
    assert "Ticket 1" in (await kim.hears())[0]["text"]


async def the_files(parts: Parts) -> Sequence[Evidence]:
    await parts.settle()
    in_order = select(Evidence).order_by(col(Evidence.id))
    return await parts.store.read(lambda session: session.exec(in_order).all())


REFUSED: dict[str, tuple[bytes, int | None, str]] = {
    "a size that lies": (bytes(21 * MB), 10, "larger than 20 MB"),
    "a size over the limit": (b"short", 21 * MB, "larger than 20 MB"),
    "a pixel flood": (png(50_000, 50_000), None, "50000 × 50000 pixels"),
    "no bytes": (b"", None, "0 bytes"),
}


@pytest.mark.parametrize(("data", "declared", "words"), REFUSED.values(), ids=REFUSED)
async def test_what_cannot_be_taken_is_said_clearly_and_the_form_goes_on(
    telegram: TelegramFake, tmp_path: Path, data: bytes, declared: int | None, words: str
) -> None:
    kim = telegram.person(7, "Kim", language_code="en")
    async with desk_on_telegram(telegram, tmp_path.joinpath(*DEPTH)) as parts:
        await open_form(kim)
        await kim.sends_document(data, name="proof.png", mime="image/png", size=declared)
        told = [message["text"] for message in await kim.hears(2)]
        assert any(words in text and "proof.png" in text for text in told), told
        (row,) = await the_files(parts)
        assert (row.state, row.stored_as) == (EvidenceState.REFUSED, "")
        await send_form(kim)
        check_folders(tmp_path)


NAMES = {
    "\u200b.htaccess": "htaccess",
    "a.jpg\u200b.php": "a.jpg.php",
    "../../../etc/passwd": "passwd",
    "..\\..\\start.exe": "start.exe",
    "/etc/cron.d/desk": "desk",
    "a.php\0.jpg": "a.php.jpg",
    "\u202egpj.exe": "gpj.exe",
    "a\r\nX-Evil: yes": "aX-Evil_ yes",
    "CON": "_CON",
    "x" * 5000 + ".png": "",
}


async def test_hostile_names_are_only_shown_cleaned_and_never_used(
    telegram: TelegramFake, tmp_path: Path
) -> None:
    kim = telegram.person(7, "Kim", language_code="en")
    async with desk_on_telegram(telegram, tmp_path.joinpath(*DEPTH)) as parts:
        await open_form(kim)
        for name in NAMES:
            await kim.sends_document(b"<?php evil(); ?>", name=name)
            await kim.hears()
        rows = await the_files(parts)
        assert {row.state for row in rows} == {EvidenceState.STORED}
        assert [row.name for row in rows[:-1]] == list(NAMES.values())[:-1]
        assert len(rows[-1].name) <= 150
        assert all(row.name.isprintable() for row in rows)
        await send_form(kim)
        check_folders(tmp_path)


KEPT = {
    "a bomb": (bomb(), "application/zip"),
    "a drawing with a script": (
        b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
        "image/svg+xml",
    ),
    "a page": (b"<!doctype html><script>alert(1)</script>", "text/html"),
    "a picture that is a script": (b"GIF89a\x10\0\x10\0=1;alert(1)//", "image/gif"),
}


@pytest.mark.parametrize(("data", "media_type"), KEPT.values(), ids=KEPT)
async def test_what_could_do_harm_when_opened_is_kept_as_it_is_and_never_opened(
    telegram: TelegramFake, tmp_path: Path, data: bytes, media_type: str
) -> None:
    kim = telegram.person(7, "Kim", language_code="en")
    async with desk_on_telegram(telegram, tmp_path.joinpath(*DEPTH)) as parts:
        await open_form(kim)
        await kim.sends_document(data, name="holiday.jpg", mime="image/jpeg")
        await kim.hears()
        (row,) = await the_files(parts)
        assert (row.state, row.size) == (EvidenceState.STORED, len(data))
        assert row.sha256 == hashlib.sha256(data).hexdigest()
        assert row.media_type == media_type
        kept = tmp_path.joinpath(*DEPTH, "files", row.stored_as)
        assert kept.read_bytes() == data
        check_folders(tmp_path)


class Endless(MemoryAdapter):
    """A platform whose files have no end."""

    def __init__(self) -> None:
        super().__init__()
        self.given = 0
        self.let_go = False

    async def fetch(self, _attachment: Attachment) -> AsyncIterator[bytes]:
        try:
            while True:
                self.given += 100_000
                yield bytes(100_000)
        finally:
            self.let_go = True


async def test_a_stream_without_end_is_cut_at_the_limit_and_let_go(
    tmp_path: Path, clock: Clock
) -> None:
    room = Room(Settings(data=tmp_path.joinpath(*DEPTH), pack=PACK), clock)
    room.adapter = endless = Endless()
    await room.open()
    kim = Talk(room, "Kim", "en")
    file = Attachment("endless", "video", "film.mp4", size=10)
    told = await kim.does(Kind.MESSAGE, attachments=(file,))
    assert any("larger than 1 MB" in one.text for one in told)
    assert endless.let_go
    assert endless.given <= endless.limits.file_in + 2 * 100_000
    assert await kim.says("forgot my password")
    assert await kim.rows(select(Ticket)) == []
    await room.close()
    check_folders(tmp_path)
