"""Judges a value by a JSON schema as Discord's OpenAPI document writes them.

Stricter than a schema in one thing: a field that an object does not name is a problem.
Pure: no I/O.
"""

import re
from datetime import datetime
from functools import cache
from typing import Any

Json = dict[str, Any]
TYPES: dict[str, tuple[type, ...]] = {
    "object": (dict,),
    "array": (list,),
    "string": (str,),
    "integer": (int,),
    "number": (int, float),
    "boolean": (bool,),
    "null": (type(None),),
}
PREFIX = "#/components/"
BOUNDS = (
    ("minLength", len, -1, "is shorter than"),
    ("maxLength", len, 1, "is longer than"),
    ("minItems", len, -1, "has fewer entries than"),
    ("maxItems", len, 1, "has more entries than"),
    ("maxProperties", len, 1, "has more entries than"),
    ("minimum", lambda value: value, -1, "is less than"),
    ("maximum", lambda value: value, 1, "is more than"),
)


class Schemas:
    """The components of the document, to which schemas refer.

    With `ids_as_numbers` a snowflake may be a number too: so Discord reads it, but never writes it.
    Of unknown fields `tolerated` is not a problem.
    """

    def __init__(
        self, components: Json, tolerated: re.Pattern[str], ids_as_numbers: bool = False
    ) -> None:
        self._components = components
        self._tolerated = tolerated
        self._ids_as_numbers = ids_as_numbers

    def resolve(self, schema: Json) -> Json:
        while "$ref" in schema:
            kind, name = schema["$ref"].removeprefix(PREFIX).split("/")
            schema = self._components[kind][name]
        return schema

    def check(self, schema: Json, value: Any, where: str) -> list[str]:
        """What does not fit; an empty list means that all does."""
        schema = self.resolve(schema)
        if (
            self._ids_as_numbers
            and schema.get("format") == "snowflake"
            and _is_of("integer", value)
        ):
            return []
        problems = _check_type(schema, value, where)
        if problems or (value is None and "type" in schema):
            return problems
        union = schema.get("oneOf") or schema.get("anyOf")
        if union:
            return self._check_union(union, value, where)
        return [*_check_value(schema, value, where), *self._check_parts(schema, value, where)]

    def _check_parts(self, schema: Json, value: Any, where: str) -> list[str]:
        if isinstance(value, dict):
            return self._check_object(schema, value, where)
        if isinstance(value, list):
            items = schema.get("items", {})
            places = ((item, f"{where}[{number}]") for number, item in enumerate(value))
            return [problem for item, at in places for problem in self.check(items, item, at)]
        parts = schema.get("allOf", ())
        return [problem for part in parts for problem in self.check(part, value, where)]

    def _check_union(self, choices: list[Json], value: Any, where: str) -> list[str]:
        """The choice with the fewest problems: the one that was meant."""
        best: list[str] | None = None
        for choice in choices:
            if choice.get("type") == "null" and value is not None and len(choices) > 1:
                continue
            problems = self.check(choice, value, where)
            if not problems:
                return []
            if best is None or len(problems) < len(best):
                best = problems
        return best or []

    def _check_object(self, schema: Json, value: Json, where: str) -> list[str]:
        fields, required, others = self._fields(schema)
        problems = [f"{where} lacks {name}" for name in required if name not in value]
        for name, item in value.items():
            if name in fields:
                problems += self.check(fields[name], item, f"{where}.{name}")
            elif isinstance(others, dict):
                problems += self.check(others, item, f"{where}.{name}")
            elif fields and not others:
                problems.append(f"{where} knows no {name}")
        return [found for found in problems if not self._tolerated.fullmatch(found)]

    def _fields(self, schema: Json) -> tuple[Json, list[str], Any]:
        """Of an object and all that it is made of: its fields, those it must have, and whether it
        may have others.
        """
        fields, required = dict(schema.get("properties", {})), list(schema.get("required", ()))
        others = schema.get("additionalProperties")
        for part in schema.get("allOf", ()):
            more, needed, free = self._fields(self.resolve(part))
            fields, required, others = {**more, **fields}, [*required, *needed], others or free
        return fields, required, others


def _check_type(schema: Json, value: Any, where: str) -> list[str]:
    if "type" not in schema:
        return []
    names = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
    if any(_is_of(name, value) for name in names):
        return []
    return [f"{where}: {value!r:.40} is not {' or '.join(names)}"]


def _is_of(name: str, value: Any) -> bool:
    if isinstance(value, bool):
        return name == "boolean"
    return isinstance(value, TYPES[name])


def _check_value(schema: Json, value: Any, where: str) -> list[str]:
    problems = []
    if "const" in schema and value != schema["const"]:
        problems.append(f"{where}: {value!r:.40} is not {schema['const']!r}")
    if "enum" in schema and value not in schema["enum"]:
        problems.append(f"{where}: {value!r:.40} is none of {schema['enum']}")
    for name, measure, sign, words in BOUNDS:
        if name in schema and sign * (measure(value) - schema[name]) > 0:
            problems.append(f"{where} {words} {schema[name]}")
    if isinstance(value, str):
        problems += _check_text(schema, value, where)
    return problems


def _check_text(schema: Json, value: str, where: str) -> list[str]:
    if "pattern" in schema and not _compiled(schema["pattern"]).search(value):
        return [f"{where}: {value!r:.40} is not like {schema['pattern']}"]
    if schema.get("format") == "date-time" and not _is_moment(value):
        return [f"{where}: {value!r:.40} is no time"]
    return []


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern)


def _is_moment(value: str) -> bool:
    try:
        return datetime.fromisoformat(value).tzinfo is not None
    except ValueError:
        return False
