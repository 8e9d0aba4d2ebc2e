"""A file that a platform does not take is had by a link, from the desk's own server."""

import asyncio
import shutil
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from urllib.robotparser import RobotFileParser

import aiohttp
import pytest
from pydantic import ValidationError

from bots.twitter.ways import to_line
from core.files import BLOCK
from core.i18n import Languages
from core.messages import Attachment, Enclosed, Kind
from core.settings import Faq, Settings, Web
from frontdesk.platforms import file_links, limits_of, linked
from frontdesk.running import given_out
from tests.conftest import Clock
from tests.dialogs.roomdesk import room
from tests.dialogs.staffdesk import hired, open_ticket
from tests.dialogs.talk import PACK, Room, Talk
from tests.fakes.memory import FAST, MemoryAdapter
from tests.faults.waiting import until
from web.files import files_route, robots_route
from web.server import PATIENCE, build, serving

PUBLIC = "https://desk.example.org"
PDF = b"%PDF-1.4\n" + bytes(range(256)) * 3900
ONLY_PICTURES = replace(FAST, files_out=(("image/png", 1_000_000),))


@pytest.fixture
def settings(sqlite_file: Path, tmp_path: Path) -> Settings:
    shutil.copy(sqlite_file, tmp_path / "frontdesk.db")
    web = Web(public_url=PUBLIC + "/", files=True)
    return Settings(data=tmp_path, pack=PACK, faq=Faq(encoder="none"), web=web)


@pytest.fixture
async def talk(settings: Settings, clock: Clock) -> AsyncIterator[Talk]:
    room = Room(settings, clock)
    room.adapter = MemoryAdapter(linked(ONLY_PICTURES, settings), rooms="staff")
    await room.open()
    yield Talk(room, "Kim")
    await room.close()


async def is_well() -> bool:
    return True


@asynccontextmanager
async def at_the_server(talk: Talk) -> AsyncIterator["Reader"]:
    links = file_links(talk.room.settings)
    assert links
    route = given_out(links, talk.room.settings, talk.room.pack)
    async with (
        serving(build([route], is_well), "127.0.0.1", 0) as url,
        aiohttp.ClientSession() as session,
    ):
        yield Reader(url, session)


class Reader:
    def __init__(self, url: str, session: aiohttp.ClientSession) -> None:
        self._url = url
        self._session = session

    async def opens(
        self, link: str, method: str = "GET", **headers: str
    ) -> tuple[aiohttp.ClientResponse, bytes]:
        here = link.replace(PUBLIC, self._url)
        async with self._session.request(method, here, headers=headers) as answer:
            return answer, await answer.read()


async def sent_a_plan(talk: Talk) -> str:
    """By the staff, in a ticket's room; the link that came of it."""
    await write_plan(talk)
    return talk.last.text.splitlines()[-1]


async def write_plan(talk: Talk) -> None:
    sam = await hired(talk, "sam")
    await open_ticket(talk)
    handle = talk.room.adapter.upload(PDF)
    plan = Attachment(handle, "document", "Der Plan.pdf", size=len(PDF))
    await room(talk).does(Kind.MESSAGE, sam, attachments=(plan,))


async def test_what_the_staff_send_is_had_byte_for_byte(talk: Talk) -> None:
    link = await sent_a_plan(talk)
    assert talk.last.text == f"📎 Der Plan.pdf (1.0 MB)\n{link}"
    assert "cannot be sent" not in room(talk).last.text
    assert link.endswith("/Der%20Plan.pdf")
    async with at_the_server(talk) as reader:
        answer, data = await reader.opens(link)
    assert (answer.status, data == PDF) == (200, True)
    told = answer.headers
    assert told["Content-Disposition"] == "attachment; filename*=UTF-8''Der%20Plan.pdf"
    assert told["Content-Type"] == "application/octet-stream"
    assert told["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in told["Content-Security-Policy"]
    assert (answer.content_length, told["Accept-Ranges"]) == (len(PDF), "bytes")


async def test_a_download_goes_on_where_it_broke_off_and_a_film_is_sought_in(talk: Talk) -> None:
    link = await sent_a_plan(talk)
    size, far = len(PDF), 10**17
    parts = {
        "bytes=0-0": range(1),
        "bytes=300000-": range(300_000, size),
        "bytes=-5": range(size - 5, size),
        f"bytes=7-{far}": range(7, size),
        f"bytes=-{far}": range(size),
    }
    async with at_the_server(talk) as reader:
        for asked, part in parts.items():
            answer, data = await reader.opens(link, Range=asked)
            assert (answer.status, data == PDF[part.start : part.stop]) == (206, True)
            assert answer.headers["Content-Range"] == f"bytes {part.start}-{part[-1]}/{size}"
        for nothing in (f"bytes={size}-", "bytes=-0"):
            answer, data = await reader.opens(link, Range=nothing)
            assert (answer.status, answer.headers["Content-Range"]) == (416, f"bytes */{size}")
        for odd in ("bytes=5-4", "bytes=0-1,5-6", "bytes=-", f"bytes={'9' * 5000}-", "pages=1-2"):
            answer, data = await reader.opens(link, Range=odd)
            assert (answer.status, data == PDF) == (200, True)
        tag = answer.headers["ETag"]
        for begun, status in ((tag, 206), ('"another"', 200)):
            answer, _ = await reader.opens(link, **{"Range": "bytes=9-", "If-Range": begun})
            assert answer.status == status


async def test_a_link_that_is_not_ours_says_so_in_their_language(talk: Talk) -> None:
    link = await sent_a_plan(talk)
    async with at_the_server(talk) as reader:
        for wrong in (
            link.replace("Plan", "Virus"),
            link.replace("/file/", "/file/00"),
            f"{PUBLIC}/file/..%2F..%2Ffrontdesk.db/frontdesk.db",
            f"{PUBLIC}/file/%00/%00",
        ):
            answer, data = await reader.opens(wrong, **{"Accept-Language": "de-AT,en;q=0.5"})
            assert (answer.status, data.decode()[:27]) == (404, "Dieser Link gilt nicht mehr")
        answer, data = await reader.opens(link.replace("Plan", "x"))
        assert data.startswith(b"This link is over")
        answer, _ = await reader.opens(link, "POST")
        assert answer.status == 405


class Endless:
    """A file without an end, and who has it open."""

    def __init__(self, trouble: Exception | None = None) -> None:
        self.is_open = False
        self._trouble = trouble

    async def size(self, _name: str) -> int:
        return 1 << 50

    async def open(self, _name: str, _part: range | None = None) -> AsyncGenerator[bytes, None]:
        self.is_open = True
        try:
            while True:
                yield bytes(BLOCK)
                if self._trouble:
                    raise self._trouble
        finally:
            self.is_open = False


@asynccontextmanager
async def given(file: Endless) -> AsyncIterator[str]:
    route = files_route(lambda _token, name: name, file, Languages(["en"], "en"))
    async with serving(build([route], is_well), "127.0.0.1", 0) as url:
        yield f"{url}/file/token/name"


async def test_who_hangs_up_leaves_nothing_open_and_no_error_behind(
    caplog: pytest.LogCaptureFixture,
) -> None:
    file = Endless()
    async with given(file) as link:
        async with aiohttp.ClientSession() as session, session.get(link) as answer:
            await answer.content.readexactly(BLOCK)
        await until(lambda: not file.is_open)
    assert not [one for one in caplog.records if one.levelname == "ERROR"]


async def test_what_breaks_off_is_never_taken_for_the_whole() -> None:
    async with (
        given(Endless(ConnectionError("the bucket is gone"))) as link,
        aiohttp.ClientSession() as session,
        session.get(link) as answer,
    ):
        with pytest.raises(aiohttp.ClientPayloadError):
            await answer.read()


async def test_whoever_is_still_loading_does_not_keep_the_desk_from_stopping() -> None:
    async with aiohttp.ClientSession() as session:
        async with asyncio.timeout(5 * PATIENCE), given(Endless()) as link:
            answer = await session.get(link)
        answer.close()


async def test_a_file_that_was_removed_is_over(talk: Talk) -> None:
    link = await sent_a_plan(talk)
    shutil.rmtree(talk.room.settings.data / "files")
    async with at_the_server(talk) as reader:
        answer, _ = await reader.opens(link)
    assert answer.status == 404


async def test_no_robot_is_to_look_at_a_file() -> None:
    """X would load it for a preview."""
    async with (
        serving(build([robots_route()], is_well), "127.0.0.1", 0) as url,
        aiohttp.ClientSession() as session,
        session.get(f"{url}/robots.txt") as answer,
    ):
        rules = RobotFileParser()
        rules.parse((await answer.text()).splitlines())
    assert not rules.can_fetch("Twitterbot", f"{PUBLIC}/file/token/name")
    assert rules.can_fetch("Twitterbot", PUBLIC)


def test_what_x_itself_finds_it_cannot_take_is_linked_too() -> None:
    enclosed = Enclosed("a.png", "image/png", b"", f"{PUBLIC}/file/1/a.png")
    assert to_line(enclosed) == f"📎 a.png (0.0 MB)\n{PUBLIC}/file/1/a.png"


async def test_a_file_that_goes_along_knows_its_link(talk: Talk) -> None:
    """For a platform that looks into it only then."""
    talk.room.adapter.limits = linked(FAST, talk.room.settings)
    await talk.restart()
    await write_plan(talk)
    assert talk.last.file
    assert talk.last.file.link.startswith(f"{PUBLIC}/file/")


def test_every_platform_has_them_where_that_is_set(settings: Settings, tmp_path: Path) -> None:
    assert all(limits.link for limits in limits_of(settings).values())
    assert not any(limits.link for limits in limits_of(Settings(data=tmp_path)).values())


def test_without_an_address_there_are_no_links() -> None:
    with pytest.raises(ValidationError, match="needs public_url"):
        Web(files=True)
