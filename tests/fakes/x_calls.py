"""A call to X's interface, as it came, and the ways of refusing it.

https://docs.x.com/x-api/fundamentals/response-codes-and-errors
"""

import json
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

from aiohttp import web
from aiohttp.web_request import FileField

Json = dict[str, Any]

PROBLEMS = "https://api.twitter.com/2/problems/"


class Refusal(Exception):
    """An answer that is no success."""

    def __init__(self, status: int, body: Json, headers: dict[str, str] | None = None) -> None:
        super().__init__(f"{status}: {body}")
        self.status = status
        self.body = body
        self.headers = headers or {}


def problem(status: int, title: str, detail: str, kind: str = "about:blank") -> Refusal:
    """In the form of version 2."""
    named = kind if kind == "about:blank" else PROBLEMS + kind
    return Refusal(status, {"title": title, "detail": detail, "type": named, "status": status})


def invalid(message: str, **parameters: str) -> Refusal:
    """400: something in the request is not as it should be."""
    told = {name: [value] for name, value in parameters.items()}
    return Refusal(
        400,
        {
            "errors": [{"parameters": told, "message": message}],
            "title": "Invalid Request",
            "detail": "One or more parameters to your request was invalid.",
            "type": f"{PROBLEMS}invalid-request",
        },
    )


def older(status: int, code: int, message: str) -> Refusal:
    """In the form of version 1.1, which some of X's answers still have."""
    return Refusal(status, {"errors": [{"code": code, "message": message}]})


def unauthorized() -> Refusal:
    return problem(401, "Unauthorized", "Unauthorized")


def forbidden(detail: str) -> Refusal:
    return problem(403, "Forbidden", detail)


def not_found(what: str, id: str) -> Refusal:
    detail = f"Could not find {what} with id: [{id}]."
    return problem(404, "Not Found Error", detail, "resource-not-found")


@dataclass(slots=True)
class Call:
    """`path` and `raw_query` as they came; `fields` of a JSON or form body, `files` of a multipart
    one. `who` tells how it was proven: "oauth1", "user", "app", or "" where nothing proves it.
    `parts` are what stands for the names in the route's pattern. `status` is 0 while unanswered.
    """

    method: str
    host: str
    path: str
    raw_query: str
    query: dict[str, str]
    headers: dict[str, str]
    fields: Json
    form: str = ""
    files: dict[str, bytes] = field(default_factory=dict)
    who: str = ""
    parts: dict[str, str] = field(default_factory=dict)
    status: int = 0

    def text(self, name: str) -> str:
        """A field that is a string, or empty."""
        value = self.fields.get(name)
        return value if isinstance(value, str) else ""


async def read_call(request: web.Request) -> Call:
    """Raises `Refusal` for a body that cannot be read."""
    path, _, raw_query = request.raw_path.partition("?")
    call = Call(
        request.method,
        request.host,
        path,
        raw_query,
        dict(request.query),
        {name.lower(): value for name, value in request.headers.items()},
        {},
    )
    if request.content_type == "multipart/form-data":
        await _read_parts(request, call)
    elif request.content_type == "application/x-www-form-urlencoded":
        call.form = await request.text()
        call.fields = dict(parse_qsl(call.form))
    else:
        call.fields = _read_json(await request.read())
    return call


async def _read_parts(request: web.Request, call: Call) -> None:
    for name, value in (await request.post()).items():
        if isinstance(value, FileField):
            call.files[name] = value.file.read()
            value.file.close()
        else:
            call.fields[name] = value


def _read_json(body: bytes) -> Json:
    if not body:
        return {}
    try:
        told = json.loads(body)
    except ValueError:
        raise invalid("Request body is not valid JSON.") from None
    if not isinstance(told, dict):
        raise invalid("Request body is not a JSON object.")
    return told
