"""A file that people write (YAML, JSON or TOML), read so that every fault is told with its place.

Reading never raises: what is wrong is in `Document.faults`, so that all faults of a file are heard
at once.
"""

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from core.marks import Mark, Unreadable, json_marks, yaml_marks

LARGEST = 10_000_000
"""Bytes in one file."""
DEEPEST = 12
MOST = 500_000
"""Values in one file: a small file can hold many, and each takes memory."""
REASONS = {
    "missing": "is missing",
    "extra_forbidden": "is not known here; is it mistyped?",
    "is_instance_of": "is not known here; is it mistyped?",
    "zoneinfo_str": "is no time zone, such as Europe/Berlin",
    "string_type": 'must be text; put it in "quotes"',
    "tuple_type": "must be a list",
    "dict_type": "must hold fields with names",
    "model_type": "must hold fields with names",
}

Spot = tuple[str | int, ...]
"""The way to a value: names of fields, and positions in lists from 0."""
M = TypeVar("M", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class Fault:
    """`line` counts from 1; 0 where the file's form tells none."""

    file: str
    line: int
    field: str
    reason: str

    def __str__(self) -> str:
        where = f"{self.file}, line {self.line}" if self.line else self.file
        return ": ".join(filter(None, (where, self.field, self.reason)))


class Node(NamedTuple):
    line: int
    value: Any


@dataclass(slots=True)
class Document:
    name: str
    nodes: dict[Spot, Node] = field(default_factory=dict)
    """Every value, in the file's order; the whole is at `()`. Empty when it cannot be read."""
    faults: list[Fault] = field(default_factory=list)

    def add_fault(self, spot: Spot, reason: str) -> None:
        self.faults.append(Fault(self.name, self.line(spot), self.field(spot), reason))

    def line(self, spot: Spot) -> int:
        """Where the value stands, or what should have held it."""
        while spot and spot not in self.nodes:
            spot = spot[:-1]
        return self.nodes[spot].line if spot in self.nodes else 0

    def field(self, spot: Spot) -> str:
        """`entries.cancel.languages.en.question`: an item goes by its id, or is counted from 1."""
        return ".".join(shorten(self._step(spot[: n + 1])) for n in range(len(spot)))

    def _step(self, spot: Spot) -> str:
        name = spot[-1]
        if isinstance(name, str):
            return name
        item = self.nodes[spot].value if spot in self.nodes else None
        known = item.get("id") if isinstance(item, dict) else None
        return known if isinstance(known, str) and known else str(name + 1)

    def read_as(self, model: type[M], **context: object) -> M | None:
        """The whole as `model`, or None and faults. `context` is for the model's validators."""
        if () not in self.nodes:
            return None
        try:
            return model.model_validate(self.nodes[()].value, context=context)
        except ValidationError as error:
            for one in error.errors(include_url=False):
                self.add_fault(one["loc"], explain(one))
            return None


def shorten(name: str) -> str:
    shown = "".join(letter if letter.isprintable() else "\ufffd" for letter in name[:60])
    return shown if len(name) <= 60 else shown + "…"


def explain(error: ErrorDetails) -> str:
    if error["type"] == "value_error":
        return str(error["ctx"]["error"])
    if error["input"] is None and error["type"] != "extra_forbidden":
        return "is empty"
    said = error["msg"].replace("Input should be", "must be")
    return REASONS.get(error["type"], said)


def read_document(path: Path) -> Document:
    """The form is told by the name's ending: .yaml, .yml, .json or .toml."""
    document = Document(path.name)
    try:
        fill(document, path.suffix.lower(), read_text(path))
    except Unreadable as end:
        document.nodes.clear()
        document.faults = [Fault(path.name, end.line, "", str(end))]
    return document


def read_text(path: Path) -> str:
    try:
        with path.open("rb") as file:
            content = file.read(LARGEST + 1)
    except OSError as error:
        raise Unreadable(0, f"{path} cannot be read: {error.strerror}") from None
    if len(content) > LARGEST:
        raise Unreadable(0, f"is larger than {LARGEST // 1_000_000} MB; divide it")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise Unreadable(line, "is not UTF-8 text; save it as UTF-8") from None


def fill(document: Document, suffix: str, text: str) -> None:
    match suffix:
        case ".yaml" | ".yml":
            build(document, yaml_marks(text))
        case ".json":
            build(document, json_marks(text))
        case ".toml":
            read_toml(document, text)
        case _:
            raise Unreadable(0, "the name must end in .yaml, .yml, .json or .toml")


def build(document: Document, marks: Iterable[Mark]) -> None:
    """Put what the marks tell into the document."""
    holders: list[Spot] = []
    name: Mark | None = None
    for mark in marks:
        if mark.kind == "end":
            holders.pop()
            continue
        holder = document.nodes[holders[-1]].value if holders else None
        if isinstance(holder, dict) and name is None:
            name = take_name(document, holders[-1], mark)
            continue
        spot = put(document, holders, name or mark, mark)
        name = None
        if mark.kind != "value":
            holders.append(spot)
        if len(holders) > DEEPEST or len(document.nodes) > MOST:
            raise Unreadable(mark.line, "is nested too deeply or holds too many values")
    if not document.nodes:
        raise Unreadable(0, "is empty")


def take_name(document: Document, holder: Spot, mark: Mark) -> Mark:
    if mark.kind != "value":
        raise Unreadable(mark.line, "the name of a field must be a word")
    spot = (*holder, mark.written)
    if spot in document.nodes:
        fault = Fault(document.name, mark.line, document.field(spot), "stands here twice")
        document.faults.append(fault)
    return mark


def put(document: Document, holders: list[Spot], name: Mark, mark: Mark) -> Spot:
    """A field's line is its name's: there people look for it."""
    value: Any = {"{": {}, "[": []}.get(mark.kind, mark.value)
    spot: Spot = ()
    if holders:
        holder = document.nodes[holders[-1]].value
        if isinstance(holder, dict):
            spot = (*holders[-1], name.written)
            holder[name.written] = value
        else:
            spot = (*holders[-1], len(holder))
            holder.append(value)
    document.nodes[spot] = Node(name.line, value)
    return spot


def read_toml(document: Document, text: str) -> None:
    try:
        walk(document, (), tomllib.loads(text))
    except RecursionError:
        raise Unreadable(0, "is nested too deeply") from None
    except ValueError as error:
        raise Unreadable(0, f"is not TOML: {error}") from None


def walk(document: Document, spot: Spot, value: Any) -> None:
    """TOML's reader keeps no lines."""
    document.nodes[spot] = Node(0, value)
    if isinstance(value, dict):
        for name, held in value.items():
            walk(document, (*spot, name), held)
    elif isinstance(value, list):
        for number, held in enumerate(value):
            walk(document, (*spot, number), held)
