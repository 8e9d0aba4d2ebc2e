"""A call to the Bot API as it arrives (form, multipart, JSON or query), and the refusals it may
earn.
"""

import json
import time
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

from aiohttp import BodyPartReader, web

Json = dict[str, Any]

UPLOAD_LIMIT = 50_000_000
"""Bytes a bot may upload in one file: https://core.telegram.org/bots/api#sending-files."""


class Refusal(Exception):
    """An answer with `ok: false`. `parameters` are the platform's ResponseParameters."""

    def __init__(self, code: int, description: str, **parameters: int) -> None:
        super().__init__(description)
        self.code = code
        self.description = description
        self.parameters = parameters

    def body(self) -> Json:
        answer: Json = {"ok": False, "error_code": self.code, "description": self.description}
        if self.parameters:
            answer["parameters"] = self.parameters
        return answer


def bad(description: str) -> Refusal:
    return Refusal(400, f"Bad Request: {description}")


@dataclass(frozen=True, slots=True)
class Upload:
    """A file on its way: name and media type as its sender declares them."""

    data: bytes
    name: str = "file"
    media_type: str = "application/octet-stream"


@dataclass(slots=True)
class Call:
    """One call. Values of `params` are strings where a form was sent, any JSON where JSON was.

    `at` is `time.monotonic()` of arrival; `status` the HTTP status answered, 0 when none was.
    """

    method: str
    params: Json
    files: dict[str, Upload]
    at: float = field(default_factory=time.monotonic)
    status: int = 0

    def text(self, name: str, default: str = "") -> str:
        value = self.params.get(name, default)
        return value if isinstance(value, str) else json.dumps(value)

    def number(self, name: str, default: int = 0) -> int:
        """Lenient as the platform is: what is no number counts as the default."""
        try:
            return int(self.params[name])
        except (KeyError, TypeError, ValueError):
            return default

    def flag(self, name: str) -> bool:
        return str(self.params.get(name, "")).lower() in ("true", "yes", "1")

    def structure(self, name: str) -> Any:
        """A nested value, which a form carries as JSON text; None when absent."""
        value = self.params.get(name)
        if not isinstance(value, str):
            return value
        if not value:
            return None
        try:
            return json.loads(value)
        except ValueError:
            raise bad(f"can't parse {name} JSON object") from None


async def read_call(request: web.BaseRequest, method: str) -> Call:
    """Raises `Refusal` when the body cannot be read."""
    kind = request.headers.get("Content-Type", "")
    query = request.raw_path.partition("?")[2]
    params: Json = _form(query) if query else {}
    if kind.startswith("multipart/"):
        files = await _read_parts(request, params)
        return Call(method, params, files)
    body = await request.read()
    if body:
        params.update(_object(body) if kind.startswith("application/json") else _form(body))
    return Call(method, params, {})


def _form(body: bytes | str) -> dict[str, str]:
    try:
        text = body if isinstance(body, str) else body.decode("ascii")
        return dict(parse_qsl(text, keep_blank_values=True, errors="strict"))
    except UnicodeError:
        raise bad("strings must be encoded in UTF-8") from None


def _object(body: bytes) -> Json:
    try:
        value = json.loads(body)
    except ValueError:
        raise bad("can't parse JSON object") from None
    if not isinstance(value, dict):
        raise bad("object expected")
    return value


async def _read_parts(request: web.BaseRequest, params: Json) -> dict[str, Upload]:
    files: dict[str, Upload] = {}
    async for part in await request.multipart():
        if not isinstance(part, BodyPartReader) or part.name is None:
            raise bad("can't parse multipart form")
        data = await _read_part(part)
        if part.filename is None:
            params[part.name] = data.decode()
            continue
        kind = part.headers.get("Content-Type", "application/octet-stream")
        files[part.name] = Upload(data, part.filename, kind)
    return files


async def _read_part(part: BodyPartReader) -> bytes:
    data = bytearray()
    while chunk := await part.read_chunk(1 << 18):
        data += chunk
        if len(data) > UPLOAD_LIMIT:
            raise Refusal(413, "Request Entity Too Large")
    return bytes(data)
