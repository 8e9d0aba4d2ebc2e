"""Where the bytes of evidence lie: a folder, or a bucket that speaks S3.

A file is first kept (written aside, counted, hashed, flushed), then stored under a random name:
whole or not at all, and there to stay when `store` returns. obstore reads, lists and removes in
both places and writes to buckets. Into the folder we write ourselves: the local store of obstore
0.12 flushes neither a file nor its folder.
"""

import asyncio
import os
import re
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Sequence
from contextlib import aclosing, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from hashlib import sha256
from pathlib import Path
from shutil import copyfile
from typing import BinaryIO, ParamSpec, TypeVar
from uuid import uuid4

import obstore
from obstore.store import LocalStore, ObjectStore, from_url

from core.adapter import TooLarge
from core.settings import Wrong

P = ParamSpec("P")
T = TypeVar("T")

BLOCK = 256 * 1024
"""How many bytes are written or read at once."""
STALE = timedelta(hours=1)
"""From this age on nobody is still working on a file: far longer than a fetch may take."""
LISTED = 1000
PARTS = 2
"""How many parts of a large file, 5 MiB each, are on the way to a bucket at once."""
NAME = re.compile(r"[0-9a-f]{2}/[0-9a-f]{32}")


class Empty(Exception):
    """A file without a single byte."""

    def __init__(self) -> None:
        super().__init__("0 bytes")


@dataclass(frozen=True, slots=True)
class Kept:
    """A whole file, set aside. `size` in bytes, `sha256` in hexadecimal digits."""

    path: Path
    size: int
    sha256: str


class Files:
    def __init__(self, objects: ObjectStore, spool: Path, folder: Path | None = None) -> None:
        self._objects = objects
        self._spool = spool
        self._folder = folder

    async def keep(self, chunks: AsyncIterator[bytes], limit: int) -> Kept:
        """Write the file aside. Raises `TooLarge` once it passes `limit` bytes, `Empty`, and what
        `chunks` raises; nothing is left behind then.
        """
        draft = Draft(self._spool / f"{uuid4().hex}.part")
        try:
            async with aclosing(blocks(chunks, limit)) as whole:
                async for block in whole:
                    await in_thread(draft.write, block)
            return await in_thread(draft.finish)
        except BaseException:
            await in_thread(draft.discard)
            raise

    async def store(self, kept: Kept) -> str:
        """Give the file its place for good; the name to open it by."""
        key = uuid4().hex
        name = f"{key[:2]}/{key}"
        if self._folder is not None:
            target = self._folder / name
            await in_thread(publish, kept.path, target)
        else:
            await obstore.put_async(self._objects, name, kept.path, max_concurrency=PARTS)
            await self.discard(kept)
        return name

    async def store_changed(self, kept: Kept, changes: Sequence[tuple[int, bytes]]) -> str:
        """Beside the file itself, which is still only kept: a copy with other bytes at some places,
        each from its offset on. Empty without any.
        """
        if not changes:
            return ""
        copy = Kept(self._spool / f"{uuid4().hex}.part", kept.size, "")
        try:
            await in_thread(write_changed, kept.path, copy.path, changes)
            return await self.store(copy)
        except BaseException:
            await self.discard(copy)
            raise

    async def discard(self, kept: Kept) -> None:
        """Let go of a file that is not to be stored."""
        await in_thread(kept.path.unlink, missing_ok=True)

    async def size(self, name: str) -> int:
        """In bytes. Raises `FileNotFoundError`."""
        return (await obstore.head_async(self._objects, name))["size"]

    async def open(self, name: str, part: range | None = None) -> AsyncGenerator[bytes, None]:
        """The file's bytes, or a part of them that is not empty, in blocks. Raises
        `FileNotFoundError`.
        """
        found = await obstore.get_async(
            self._objects, name, options={"range": (part.start, part.stop)} if part else {}
        )
        async for block in found.stream(min_chunk_size=BLOCK):
            yield bytes(block)

    async def remove(self, name: str) -> None:
        """It is gone afterwards, whether it was there or not."""
        with suppress(FileNotFoundError):
            await obstore.delete_async(self._objects, name)

    async def sweep(self, known: Callable[[list[str]], Awaitable[set[str]]], now: datetime) -> int:
        """Remove what crashes left behind: what nobody has worked on for an hour and `known` does
        not return. Returns how many. Files that we did not name are not ours and stay.
        """
        before = now - STALE
        swept = await in_thread(sweep_folder, self._spool, before)
        async for listed in obstore.list(self._objects, chunk_size=LISTED):
            names = [
                one["path"]
                for one in listed
                if one["last_modified"] < before and NAME.fullmatch(one["path"])
            ]
            orphans = sorted(set(names) - await known(names)) if names else []
            if orphans:
                await obstore.delete_async(self._objects, orphans)
            swept += len(orphans)
        return swept


class Draft:
    """A file that is being written. Blocking; one thread at a time."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file: BinaryIO | None = None
        self._hash = sha256()
        self._size = 0

    def write(self, block: bytes | bytearray) -> None:
        if self._file is None:
            self._file = self._path.open("xb")
        self._file.write(block)
        self._hash.update(block)
        self._size += len(block)

    def finish(self) -> Kept:
        if self._file is None:
            raise Empty
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()
        return Kept(self._path, self._size, self._hash.hexdigest())

    def discard(self) -> None:
        if self._file is not None:
            with suppress(OSError):  # a full disk refuses what is still to be flushed
                self._file.close()
            self._path.unlink(missing_ok=True)


def open_files(where: str, spool: Path) -> Files:
    """`where` is a folder's path or `s3://bucket/prefix`, the rest then comes from the AWS_…
    variables. Raises `Wrong`.

    What goes to a bucket is kept in `spool` first. What goes to a folder is kept inside it: only
    within one file system is a rename atomic.
    """
    if where.startswith("s3://"):
        return Files(open_bucket(where), make_folder(spool.absolute()))
    if "://" in where:
        raise Wrong("FRONTDESK_FILES_URL: should be a folder's path or s3://bucket/prefix")
    folder = make_folder(Path(where).absolute())
    return Files(LocalStore(folder), make_folder(folder / "incoming"), folder)


def open_bucket(url: str) -> ObjectStore:
    plain = os.environ.get("AWS_ALLOW_HTTP", "").lower() in ("1", "true", "yes")
    try:
        return from_url(
            url,
            client_options={"allow_http": plain, "connect_timeout": "10s", "timeout": "5m"},
            retry_config={"max_retries": 2, "retry_timeout": timedelta(minutes=1)},
        )
    except Exception:  # obstore's own words hold the whole address
        raise Wrong("FRONTDESK_FILES_URL: should be s3://bucket/prefix") from None


async def blocks(chunks: AsyncIterator[bytes], limit: int) -> AsyncGenerator[bytes | bytearray]:
    """The same bytes in blocks worth a visit to the disk."""
    size, block = 0, bytearray()
    try:
        async for chunk in chunks:
            size += len(chunk)
            if size > limit:
                raise TooLarge(limit)
            block += chunk
            if len(block) >= BLOCK:
                yield block
                block = bytearray()
        if block:
            yield block
    finally:
        if isinstance(chunks, AsyncGenerator):
            await chunks.aclose()  # the platform's connection is not left to the collector


async def in_thread(work: Callable[P, T], *args: P.args, **named: P.kwargs) -> T:
    """As `asyncio.to_thread`, but when cancelled it waits for the thread: whoever cleans up
    afterwards has the file to itself. There is no task behind it that could be cancelled alone.
    """
    loop = asyncio.get_running_loop()
    running = loop.run_in_executor(None, partial(work, *args, **named))
    try:
        return await asyncio.shield(running)
    except asyncio.CancelledError:
        await asyncio.wait([running])
        raise


def write_changed(path: Path, copy: Path, changes: Sequence[tuple[int, bytes]]) -> None:
    copyfile(path, copy)
    with copy.open("r+b") as file:
        for offset, block in changes:
            file.seek(offset)
            file.write(block)
        file.flush()
        os.fsync(file.fileno())


def publish(path: Path, target: Path) -> None:
    """Move a flushed file to its place so that it is still there after a power cut."""
    target.parent.mkdir(mode=0o700, exist_ok=True)
    path.replace(target)
    flush_folder(target.parent)
    flush_folder(target.parent.parent)


def flush_folder(folder: Path) -> None:
    opened = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)


def make_folder(folder: Path) -> Path:
    """What lies here is private: only our own user may look into what we make."""
    if not folder.is_dir():
        make_folder(folder.parent)
        folder.mkdir(mode=0o700, exist_ok=True)
        flush_folder(folder.parent)
    return folder


def sweep_folder(spool: Path, before: datetime) -> int:
    swept = 0
    for path in spool.glob("*.part"):
        with suppress(FileNotFoundError):  # another process of ours was faster
            if datetime.fromtimestamp(path.stat().st_mtime, UTC) < before:
                path.unlink()
                swept += 1
    return swept
