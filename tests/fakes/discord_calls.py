"""A call to Discord's REST interface as it arrives, where it goes, and the refusals it may earn."""

import json
import time
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import partial
from typing import Any
from urllib.parse import parse_qsl, unquote

from aiohttp import BodyPartReader, web

Json = dict[str, Any]

REQUEST_LIMIT = 25 * 1024 * 1024
"""Bytes of a whole request: https://docs.discord.com/developers/reference#uploading-files."""


class Refusal(Exception):
    """An error answer: HTTP status, Discord's own code, its words, perhaps the fields at fault.

    https://docs.discord.com/developers/topics/opcodes-and-status-codes#json
    """

    def __init__(self, status: int, code: int, message: str, **more: Any) -> None:
        super().__init__(message)
        self.status = status
        self.body: Json = {"message": message, "code": code, **more}


def unknown(code: int, thing: str) -> Refusal:
    return Refusal(404, code, f"Unknown {thing}")


def invalid(path: str, code: str, words: str) -> Refusal:
    """A form whose field at `path` ("embeds.0.title") is wrong."""
    errors: Json = {"_errors": [{"code": code, "message": words}]}
    for name in reversed(path.split(".")):
        errors = {name: errors}
    return Refusal(400, 50035, "Invalid Form Body", errors=errors)


@dataclass(frozen=True, slots=True)
class Upload:
    """A file on its way: name and media type as its sender declares them."""

    data: bytes
    name: str = "file.bin"
    media_type: str = "application/octet-stream"


@dataclass(slots=True)
class Call:
    """`route` is "POST /channels/{channel_id}/messages", `ids` the values of its braces.

    `at` is `time.monotonic()` of arrival; `status` the HTTP status answered, 0 when none was.
    """

    route: str
    ids: dict[str, str]
    query: dict[str, str]
    body: Any = None
    files: dict[str, Upload] = field(default_factory=dict)
    at: float = field(default_factory=time.monotonic)
    status: int = 0

    def form(self) -> Json:
        """The body, which must be an object."""
        if self.body is None:
            return {}
        if not isinstance(self.body, dict):
            raise Refusal(400, 50035, "Invalid Form Body")
        return self.body

    def number(self, name: str, default: int, lowest: int, highest: int) -> int:
        """A number of the query, which must lie within its bounds."""
        try:
            value = int(self.query.get(name, default))
        except ValueError:
            raise invalid(name, "NUMBER_TYPE_COERCE", "Value is not int.") from None
        if not lowest <= value <= highest:
            words = f"int value should be between {lowest} and {highest}."
            raise invalid(name, "NUMBER_TYPE_RANGE", words)
        return value


class Routes:
    """Finds a route by verb and path; a word of the route goes before a brace."""

    def __init__(self, routes: Iterable[str]) -> None:
        self._by_shape: dict[tuple[str, int], list[tuple[str, list[str]]]] = defaultdict(list)
        for route in routes:
            verb, _, path = route.partition(" ")
            words = path.split("/")
            self._by_shape[verb, len(words)].append((route, words))
        for choices in self._by_shape.values():
            choices.sort(key=lambda choice: [word.startswith("{") for word in choice[1]])

    def find(self, verb: str, path: str) -> tuple[str, dict[str, str]] | None:
        given = path.split("/")
        for route, words in self._by_shape.get((verb, len(given)), ()):
            ids = _match(words, given)
            if ids is not None:
                return route, ids
        return None


def _match(words: list[str], given: list[str]) -> dict[str, str] | None:
    ids = {}
    for word, part in zip(words, given, strict=True):
        if word.startswith("{"):
            ids[word[1:-1]] = unquote(part)
        elif word != part:
            return None
    return ids


async def read_call(request: web.BaseRequest, route: str, ids: dict[str, str]) -> Call:
    """Raises `Refusal` when the body cannot be read."""
    call = Call(route, ids, dict(parse_qsl(request.raw_path.partition("?")[2])))
    kind = request.headers.get("Content-Type", "")
    if kind.startswith("multipart/form-data"):
        await _read_parts(request, call)
    elif body := await _read_all(request.content.readany):
        if not kind.startswith("application/json"):
            raise Refusal(400, 50109, "The request body contains invalid JSON.")
        call.body = _decode(body)
    return call


def _decode(body: bytes) -> Any:
    try:
        return json.loads(body)
    except ValueError:
        raise Refusal(400, 50109, "The request body contains invalid JSON.") from None


async def _read_parts(request: web.BaseRequest, call: Call) -> None:
    left = REQUEST_LIMIT
    async for part in await request.multipart():
        if not isinstance(part, BodyPartReader) or part.name is None:
            raise Refusal(400, 50035, "Invalid Form Body")
        read = partial(part.read_chunk, 1 << 18)
        data = await _read_all(read, left)
        left -= len(data)
        if part.name == "payload_json":
            call.body = _decode(data)
            continue
        kind = part.headers.get("Content-Type", "application/octet-stream")
        call.files[part.name] = Upload(data, part.filename or "file", kind)


async def _read_all(read: Callable[[], Any], limit: int = REQUEST_LIMIT) -> bytes:
    data = bytearray()
    while chunk := await read():
        data += chunk
        if len(data) > limit:
            raise Refusal(413, 40005, "Request entity too large")
    return bytes(data)
