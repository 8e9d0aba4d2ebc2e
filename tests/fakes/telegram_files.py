"""Files that the platform keeps, for people and for the bot alike."""

import hashlib
from dataclasses import dataclass
from itertools import count
from pathlib import PurePosixPath

from tests.fakes.telegram_calls import Json, Upload, bad

DOWNLOAD_LIMIT = 20_000_000
"""Bytes a bot may download of one file."""


@dataclass(frozen=True, slots=True)
class StoredFile:
    """`size` is what the platform declares; it may differ from the bytes at hand."""

    id: str
    unique_id: str
    path: str
    upload: Upload
    size: int

    def json(self) -> Json:
        return {"file_id": self.id, "file_unique_id": self.unique_id, "file_size": self.size}


class Files:
    """By id, and by the path that a download asks for."""

    def __init__(self) -> None:
        self._numbers = count(1)
        self._by_id: dict[str, StoredFile] = {}
        self._by_path: dict[str, StoredFile] = {}

    def keep(self, upload: Upload, folder: str, size: int | None = None) -> StoredFile:
        number = next(self._numbers)
        name = hashlib.sha256(f"{folder} {number}".encode()).hexdigest()
        path = f"{folder}/file_{number}{PurePosixPath(upload.name).suffix}"
        unique = hashlib.sha256(upload.data).hexdigest()[:16]
        file = StoredFile(
            f"AgAD{name}", unique, path, upload, len(upload.data) if size is None else size
        )
        self._by_id[file.id] = self._by_path[file.path] = file
        return file

    def find(self, file_id: str) -> StoredFile:
        if not file_id:
            raise bad("file_id not specified")
        if file_id not in self._by_id:
            raise bad("invalid file_id")
        return self._by_id[file_id]

    def describe(self, file_id: str) -> Json:
        """The answer to getFile."""
        file = self.find(file_id)
        if file.size > DOWNLOAD_LIMIT:
            raise bad("file is too big")
        if file.path not in self._by_path:
            raise bad("wrong file_id or the file is temporarily unavailable")
        return {**file.json(), "file_path": file.path}

    def at(self, path: str) -> StoredFile | None:
        return self._by_path.get(path)

    def lose(self, file_id: str) -> None:
        """From now on the file can neither be described nor downloaded."""
        self._by_path.pop(self._by_id[file_id].path, None)
