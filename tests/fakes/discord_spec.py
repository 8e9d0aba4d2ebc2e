"""Checks calls and answers against Discord's official OpenAPI document, where it is at hand.

It is looked for in the folder named by FRONTDESK_SPECS, else in ../shared/specs beside the project.
"""

import json
import os
import re
from functools import cache
from pathlib import Path
from typing import Any

from tests.fakes.discord_calls import Call, Json, Routes
from tests.fakes.discord_schema import Schemas

NAME = "discord-openapi.json"
BESIDE = Path(__file__).parents[3] / "shared" / "specs"
VERBS = ("get", "put", "post", "patch", "delete")
FILE = re.compile(r"files\[\d\]")
HABITS = re.compile(
    r".* knows no tts"
    r"|.*/commands(\[\d+\])? knows no nsfw"
    r"|POST /channels/\{channel_id\}/threads\?use_nested_fields is unknown"
    r"|POST /channels/\{channel_id\}/threads knows no type"
    r"|the 201 to POST /channels/\{channel_id\}/threads knows no message"
)
"""What discord.py sends and needs, Discord takes and gives, and the document does not know."""


class Specification:
    """Finds what does not agree with it; an empty list means all is well."""

    def __init__(self, document: Json) -> None:
        self.version: str = document["info"]["version"]
        self._schemas = Schemas(document["components"], HABITS)
        self._asked = Schemas(document["components"], HABITS, ids_as_numbers=True)
        self._operations: dict[str, Json] = {
            f"{verb.upper()} {path}": operations[verb]
            for path, operations in document["paths"].items()
            for verb in VERBS
            if verb in operations
        }
        self._routes = Routes(self._operations)

    def knows(self, verb: str, path: str) -> bool:
        return self._routes.find(verb, path) is not None

    def check_call(self, call: Call) -> list[str]:
        operation = self._operations.get(call.route)
        if operation is None:
            return [f"{call.route} is no route of Discord's"]
        return [
            *self._check_query(operation, call),
            *self._check_body(operation, call),
            *[f"{call.route} knows no file {n}" for n in call.files if not FILE.fullmatch(n)],
        ]

    def _check_query(self, operation: Json, call: Call) -> list[str]:
        known = {p["name"]: p["schema"] for p in operation.get("parameters", ())}
        problems = []
        for name, value in call.query.items():
            where = f"{call.route}?{name}"
            if name in known:
                problems += self._check_text(known[name], value, where)
            else:
                problems.append(f"{where} is unknown")
        return problems

    def _check_text(self, schema: Json, value: str, where: str) -> list[str]:
        """A query carries numbers and flags as text."""
        kind = self._schemas.resolve(schema).get("type")
        if kind == "integer":
            return [] if value.isdecimal() else [f"{where}: {value!r:.40} is no integer"]
        if kind == "boolean":
            known = ("true", "false", "1", "0")
            return [] if value.lower() in known else [f"{where}: {value!r:.40} is no boolean"]
        return self._schemas.check(schema, value, where)

    def _check_body(self, operation: Json, call: Call) -> list[str]:
        content = operation.get("requestBody", {}).get("content", {})
        if "application/json" not in content:
            return [] if call.body is None else [f"{call.route} takes no body"]
        if call.body is None:
            return []
        body = _as_documented(call.body)
        return self._asked.check(content["application/json"]["schema"], body, call.route)

    def check_answer(self, call: Call, status: int, body: Any) -> list[str]:
        where = f"the {status} to {call.route}"
        if status >= 400 and isinstance(body, dict):
            # The document takes the codes of fields for numbers; Discord's own pages know better:
            # https://docs.discord.com/developers/reference#error-messages
            body = {name: value for name, value in body.items() if name != "errors"}
        answers = self._operations.get(call.route, {}).get("responses", {})
        answer = answers.get(str(status)) or answers.get(f"{status // 100}XX")
        if answer is None:
            return [f"{where} is none that Discord gives"]
        content = self._schemas.resolve(answer).get("content")
        if content is None:
            return [] if body is None else [f"{where} has a body"]
        return self._schemas.check(content["application/json"]["schema"], body, where)


UNNAMED = ("tts", "nsfw")
OF_FILES = ("url", "proxy_url", "size", "content_type", "width", "height", "spoiler")


def _as_documented(body: Any) -> Any:
    """discord.py says `tts: false` with every answer to an interaction, `nsfw: false` with every
    command, and all it knows of a file that an edit keeps, also where the document knows no such
    field. Discord does not mind. Left out before the check: of several possible forms the wrong one
    would seem nearest.
    """
    if isinstance(body, list):
        return [_as_documented(item) for item in body]
    if not isinstance(body, dict):
        return body
    kept = {k: v for k, v in body.items() if not (k in UNNAMED and v is False)}
    if isinstance(files := body.get("attachments"), list):
        kept["attachments"] = [_without(OF_FILES, file) for file in files]
    return kept | ({"data": _as_documented(body["data"])} if "data" in body else {})


def _without(names: tuple[str, ...], body: Any) -> Any:
    return {k: v for k, v in body.items() if k not in names} if isinstance(body, dict) else body


def find_specification(folder: Path | None = None) -> Specification | None:
    named = os.environ.get("FRONTDESK_SPECS")
    path = (folder or (Path(named) if named else BESIDE)) / NAME
    return _load(path) if path.is_file() else None


@cache
def _load(path: Path) -> Specification:
    return Specification(json.loads(path.read_text("utf-8")))


class Inspector:
    """Collects what disagreed with the specification; without one it only says so."""

    def __init__(self, specification: Specification | None) -> None:
        self.violations: list[str] = []
        self._specification = specification
        self._checked = 0

    def report(self) -> str:
        if self._specification is None:
            return "specification not at hand: calls and answers went unchecked"
        found = len(self.violations)
        return f"{self._checked} checks against API v{self._specification.version}: {found} found"

    def check_call(self, call: Call) -> None:
        if self._specification:
            self._note(self._specification.check_call(call))

    def check_answer(self, call: Call, status: int, body: Any) -> None:
        if self._specification:
            self._note(self._specification.check_answer(call, status, body))

    def check_lack(self, verb: str, path: str) -> None:
        """A route that exists and that we do not imitate must not pass for an unknown one."""
        if self._specification and self._specification.knows(verb, path):
            self._note([f"{verb} {path} exists, but is not imitated"])

    def note(self, problem: str) -> None:
        """What a correct client never does, whatever the document says."""
        self.violations.append(problem)

    def _note(self, problems: list[str]) -> None:
        self._checked += 1
        self.violations += [found for found in problems if not HABITS.fullmatch(found)]
