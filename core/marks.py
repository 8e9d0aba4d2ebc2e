"""YAML and JSON as a flat run of marks, each with its line: whoever reads needs no recursion.

Nothing is run or repeated: anchors, aliases and tags are refused where they stand.
"""

import json
import re
from collections.abc import Iterator
from typing import Any, NamedTuple

import yaml

NOT_TEXT = 0
"""Stands for a number, a date, yes or no where YAML sees one: our YAML files hold only text."""


class Unreadable(Exception):
    """The file ends being readable at `line`, counted from 1; 0 is the file as a whole."""

    def __init__(self, line: int, reason: str) -> None:
        super().__init__(reason)
        self.line = line


class Mark(NamedTuple):
    """A "{", a "[", a "value" (names of fields too), or the "end" of what was opened last."""

    kind: str
    line: int
    written: str = ""
    value: Any = None


def yaml_marks(text: str) -> Iterator[Mark]:
    """Raises `Unreadable` where the text stops being YAML, or holds more than plain values."""
    resolver = yaml.resolver.Resolver()
    documents = 0
    try:
        for event in yaml.parse(text, Loader=yaml.CSafeLoader):
            line = line_of(event.start_mark)
            match event:
                case yaml.DocumentStartEvent():
                    documents += 1
                    if documents > 1:
                        raise Unreadable(line, "only one document in a file; take the --- away")
                case yaml.NodeEvent():
                    yield yaml_mark(resolver, event, line)
                case yaml.CollectionEndEvent():
                    yield Mark("end", line)
    except yaml.MarkedYAMLError as error:
        raise not_yaml(error) from None
    except yaml.reader.ReaderError as error:
        line = text.encode()[: error.position].count(b"\n") + 1
        raise Unreadable(line, f"is not YAML: {error.reason}") from None


def not_yaml(error: yaml.MarkedYAMLError) -> Unreadable:
    """Names where the trouble began too: an open quotation mark is noticed far below it."""
    if "nesting depth" in (error.problem or ""):  # the reader's own limit comes before ours
        return Unreadable(line_of(error.problem_mark), "is nested too deeply")
    began = f", begun in line {line_of(error.context_mark)}" if error.context_mark else ""
    context = f" ({error.context}{began})" if error.context else ""
    return Unreadable(line_of(error.problem_mark), f"is not YAML: {error.problem}{context}")


def line_of(mark: Any) -> int:
    return int(mark.line) + 1 if mark else 0


def yaml_mark(resolver: yaml.resolver.Resolver, event: yaml.NodeEvent, line: int) -> Mark:
    if event.anchor is not None:
        raise Unreadable(line, "anchors (&) and aliases (*) are not taken; write it out")
    match event:
        case yaml.ScalarEvent(tag=None):
            return Mark("value", line, event.value, yaml_value(resolver, event))
        case yaml.MappingStartEvent(tag=None):
            return Mark("{", line)
        case yaml.SequenceStartEvent(tag=None):
            return Mark("[", line)
    raise Unreadable(line, "tags (!) are not taken; write plain text")


def yaml_value(resolver: yaml.resolver.Resolver, event: yaml.ScalarEvent) -> Any:
    tag = resolver.resolve(yaml.ScalarNode, event.value, event.implicit)  # type: ignore[no-untyped-call]  # its stubs lack types
    match tag.rpartition(":")[2]:
        case "str":
            return event.value
        case "null":
            return None
    return NOT_TEXT


JSON_TOKEN = re.compile(r'\n|[{}\[\]]|"(?:[^"\\]|\\.)*"|[^\s{}\[\]:,"]+')


def json_marks(text: str) -> Iterator[Mark]:
    """Raises `Unreadable` before the first mark when the text is not JSON."""
    check_json(text)
    line = 1
    for found in JSON_TOKEN.finditer(text):
        match token := found[0]:
            case "\n":
                line += 1
            case "{" | "[":
                yield Mark(token, line)
            case "}" | "]":
                yield Mark("end", line)
            case _:
                value = json.loads(token)
                yield Mark("value", line, str(value), value)


def check_json(text: str) -> None:
    try:
        json.loads(text)
    except json.JSONDecodeError as error:
        raise Unreadable(error.lineno, f"is not JSON: {error.msg}") from None
    except RecursionError:
        raise Unreadable(0, "is nested too deeply") from None
    except ValueError as error:  # a number of thousands of digits
        raise Unreadable(0, f"is not taken: {error}") from None
