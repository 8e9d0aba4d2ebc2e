"""Where bytes lie: the same promises for a folder and for a bucket on an imitation of S3."""

import asyncio
import os
import re
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from urllib.request import Request, urlopen
from uuid import uuid4

import obstore
import pytest
from moto.server import ThreadedMotoServer
from obstore.exceptions import BaseError
from obstore.store import LocalStore, ObjectStore, from_url

from core.adapter import FetchError, TooLarge
from core.files import Empty, Files, Kept, open_files
from core.settings import Wrong


@pytest.fixture(scope="module")
def s3() -> Iterator[str]:
    server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def bucket(s3: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """The URL of an empty place in a bucket, with the variables to reach it set."""
    with urlopen(Request(f"{s3}/evidence", method="PUT")) as answer:
        assert answer.status == 200
    monkeypatch.setenv("AWS_ENDPOINT_URL", s3)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "us")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "hush")
    monkeypatch.setenv("AWS_ALLOW_HTTP", "true")
    return f"s3://evidence/{uuid4().hex}"


@pytest.fixture
def spool(tmp_path: Path) -> Path:
    return tmp_path / "spool"


@pytest.fixture(params=["folder", "s3"])
def where(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "folder":
        return str(tmp_path / "files")
    url: str = request.getfixturevalue("bucket")
    return url


@pytest.fixture
def files(where: str, spool: Path) -> Files:
    return open_files(where, spool)


@pytest.fixture
def objects(where: str, files: Files) -> ObjectStore:
    """Another eye on the same place."""
    if where.startswith("s3:"):
        return from_url(where, client_options={"allow_http": True})
    return LocalStore(where)


async def flow(*chunks: bytes) -> AsyncIterator[bytes]:
    for chunk in chunks:
        yield chunk


async def read(files: Files, name: str) -> bytes:
    return b"".join([block async for block in files.open(name)])


def leftovers(tmp_path: Path) -> list[Path]:
    return list(tmp_path.rglob("*.part"))


async def names_in(objects: ObjectStore) -> set[str]:
    return {one["path"] async for listed in obstore.list(objects) for one in listed}


def knows(*names: str) -> Callable[[list[str]], Awaitable[set[str]]]:
    async def known(asked: list[str]) -> set[str]:
        return set(names) & set(asked)

    return known


def after(**time: float) -> datetime:
    return datetime.now(UTC) + timedelta(**time)


@pytest.mark.parametrize(
    "chunks",
    [[b"x"], [b"", b"one", b"", b"two"], [os.urandom(1000)] * 900, [os.urandom(6_000_000)] * 2],
    ids=["a byte", "words", "many pieces", "two large pieces"],
)
async def test_bytes_come_back_as_they_came(
    files: Files, where: str, spool: Path, tmp_path: Path, chunks: list[bytes]
) -> None:
    whole = b"".join(chunks)
    kept = await files.keep(flow(*chunks), limit=len(whole))
    assert (kept.size, kept.sha256) == (len(whole), sha256(whole).hexdigest())
    assert kept.path.read_bytes() == whole
    name = await files.store(kept)
    assert await read(open_files(where, spool), name) == whole  # as after a restart
    assert not leftovers(tmp_path)


async def test_a_part_of_it_is_read_alone(files: Files) -> None:
    name = await files.store(await files.keep(flow(b"0123456789"), 10))
    assert await files.size(name) == 10
    assert b"".join([block async for block in files.open(name, range(3, 6))]) == b"345"
    with pytest.raises(FileNotFoundError):
        await files.size("00/gone")


async def test_a_stored_file_has_a_random_name(files: Files, objects: ObjectStore) -> None:
    names = [await files.store(await files.keep(flow(b"same"), 9)) for _ in range(3)]
    assert len(set(names)) == 3
    for name in names:
        assert re.fullmatch(r"([0-9a-f]{2})/\1[0-9a-f]{30}", name)
    assert await names_in(objects) == set(names)


async def test_one_byte_too_many_stops_an_endless_file(files: Files, tmp_path: Path) -> None:
    given, closed = 0, False

    async def endless() -> AsyncIterator[bytes]:
        nonlocal given, closed
        try:
            while True:
                given += 300
                yield bytes(300)
        finally:
            closed = True

    with pytest.raises(TooLarge) as caught:
        await files.keep(endless(), limit=1_000_000)
    assert caught.value.limit == 1_000_000
    assert 1_000_000 < given <= 1_000_300
    assert closed
    assert not leftovers(tmp_path)


async def test_a_file_without_a_byte_is_refused(files: Files, tmp_path: Path) -> None:
    for chunks in ([], [b"", b""]):
        with pytest.raises(Empty, match="0 bytes"):
            await files.keep(flow(*chunks), limit=10)
    assert not leftovers(tmp_path)


async def test_a_source_that_breaks_leaves_nothing(files: Files, tmp_path: Path) -> None:
    async def broken() -> AsyncIterator[bytes]:
        yield bytes(400_000)
        raise FetchError("connection lost")

    with pytest.raises(FetchError, match="connection lost"):
        await files.keep(broken(), limit=10**9)
    assert not leftovers(tmp_path)


async def test_a_cancelled_fetch_leaves_nothing(files: Files, tmp_path: Path) -> None:
    stuck = asyncio.Event()
    closed = asyncio.Event()

    async def slow() -> AsyncIterator[bytes]:
        try:
            yield bytes(400_000)
            stuck.set()
            await asyncio.Event().wait()
        finally:
            closed.set()

    task = asyncio.create_task(files.keep(slow(), limit=10**9))
    await stuck.wait()
    assert leftovers(tmp_path)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert closed.is_set()
    assert not leftovers(tmp_path)


@pytest.mark.parametrize("everything", [False, True], ids=["the fetch", "all there is"])
async def test_a_cancelled_fetch_lets_the_disk_finish_before_it_cleans_up(
    files: Files, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, everything: bool
) -> None:
    """Also at a program's end, when every task is cancelled."""
    reached, released = threading.Event(), threading.Event()

    def slow(_opened: int) -> None:
        reached.set()
        released.wait(10)

    monkeypatch.setattr(os, "fsync", slow)
    task = asyncio.create_task(files.keep(flow(b"x"), 9))
    assert await asyncio.to_thread(reached.wait, 10)
    ended = asyncio.all_tasks() - {asyncio.current_task()} if everything else {task}
    for one in ended:
        one.cancel()
    done, _ = await asyncio.wait([task], timeout=0.05)
    assert not done
    assert leftovers(tmp_path)
    released.set()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert not leftovers(tmp_path)


async def test_a_missing_file_says_so(files: Files) -> None:
    with pytest.raises(FileNotFoundError):
        await read(files, "ab/" + "ab" * 16)


async def test_what_is_removed_is_gone_however_often(files: Files, objects: ObjectStore) -> None:
    name = await files.store(await files.keep(flow(b"x"), 9))
    for _ in range(2):
        await files.remove(name)
    assert await names_in(objects) == set()


async def test_a_sweep_takes_only_what_is_old_and_has_no_row(
    files: Files, objects: ObjectStore, tmp_path: Path
) -> None:
    with_row, _ = [await files.store(await files.keep(flow(b"x"), 9)) for _ in range(2)]
    await files.keep(flow(b"given up"), 9)
    foreign = {"readme.txt", "ab/notes.txt"}
    for name in foreign:
        await obstore.put_async(objects, name, b"not ours")

    assert await files.sweep(knows(with_row), after(minutes=50)) == 0
    assert leftovers(tmp_path)
    assert await files.sweep(knows(with_row), after(minutes=70)) == 2
    assert not leftovers(tmp_path)
    assert await names_in(objects) == {with_row} | foreign
    assert await files.sweep(knows(with_row), after(minutes=70)) == 0


async def test_a_stored_file_is_flushed_before_and_after_it_gets_its_name(
    tmp_path: Path, spool: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = open_files(str(tmp_path / "files"), spool)
    flushed: list[tuple[int, bool]] = []
    fsync = os.fsync

    def watch(opened: int) -> None:
        in_loop = threading.current_thread() is threading.main_thread()
        flushed.append((os.fstat(opened).st_ino, in_loop))
        fsync(opened)

    monkeypatch.setattr(os, "fsync", watch)
    kept = await files.keep(flow(b"x"), 9)
    number = kept.path.stat().st_ino
    assert flushed == [(number, False)]
    flushed.clear()
    stored = tmp_path / "files" / await files.store(kept)
    assert stored.stat().st_ino == number  # renamed, not copied
    assert {path.stat().st_ino for path in stored.parents[:2]} <= {one for one, _ in flushed}
    assert not any(in_loop for _, in_loop in flushed)


async def test_only_we_may_look_into_the_folder(tmp_path: Path, spool: Path) -> None:
    files = open_files(str(tmp_path / "data" / "files"), spool)
    stored = tmp_path / "data" / "files" / await files.store(await files.keep(flow(b"x"), 9))
    for folder in stored.parents[:3]:
        assert folder.stat().st_mode & 0o777 == 0o700


async def test_a_bucket_that_cannot_be_reached_keeps_the_file_for_another_try(
    bucket: str, spool: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = await open_files(bucket, spool).keep(flow(b"x"), 9)
    for hostile in ({"AWS_ENDPOINT_URL": "http://127.0.0.1:9"}, {"AWS_ALLOW_HTTP": "no"}):
        with monkeypatch.context() as other:
            for name, value in hostile.items():
                other.setenv(name, value)
            with pytest.raises(BaseError):
                await open_files(bucket, spool).store(kept)
    files = open_files(bucket, spool)
    assert await read(files, await files.store(kept)) == b"x"


@pytest.mark.parametrize("where", ["gs://secret/place", "s3://", "s3:///secret", "ftp://secret@x"])
def test_a_wrong_place_is_refused_by_the_name_of_its_setting(where: str, spool: Path) -> None:
    with pytest.raises(Wrong, match="FRONTDESK_FILES_URL") as caught:
        open_files(where, spool)
    assert "secret" not in str(caught.value)


async def test_a_full_disk_leaves_nothing(
    tmp_path: Path, spool: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = open_files(str(tmp_path / "files"), spool)

    def full(opened: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as disk:
        disk.setattr(os, "fsync", full)
        with pytest.raises(OSError, match="No space left"):
            await files.keep(flow(bytes(1000)), limit=10**6)
    assert not leftovers(tmp_path)
    assert isinstance(await files.keep(flow(b"x"), 9), Kept)
