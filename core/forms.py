"""A form is described once, as data. Each platform draws it its own way; the checks are these."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from core.cleaning import clean_line


class FieldKind(StrEnum):
    LINE = "line"
    TEXT = "text"
    OPTION = "option"
    FILES = "files"


@dataclass(frozen=True, slots=True)
class Field:
    """One thing a form asks. Texts are message ids; `limit` is in characters, or files."""

    name: str
    kind: FieldKind
    label: str
    question: str
    limit: int
    optional: bool = False
    words: range | None = None
    """How many words are advised. Others are taken too, with the hint."""
    hint: str = ""
    note: str = ""
    """What stands beside it where the whole form is drawn."""


@dataclass(frozen=True, slots=True)
class Form:
    name: str
    title: str
    fields: tuple[Field, ...]

    def field(self, name: str) -> Field:
        return next(field for field in self.fields if field.name == name)

    def after(self, name: str) -> Field | None:
        """The field that follows `name`; None behind the last."""
        names = [field.name for field in self.fields]
        rest = self.fields[names.index(name) + 1 :]
        return rest[0] if rest else None


LABELLED = re.compile(r"[\s>|*_•·-]*([^\W\d_][^:：\n]{0,40}?)[\s*_]*[:：][\s*_]*(.*)")


@dataclass(frozen=True, slots=True)
class Checked:
    """What was written into a field: taken, perhaps with a hint, or not, with a problem."""

    value: str = ""
    hint: str = ""
    problem: str = ""


class Problem(StrEnum):
    EMPTY = "empty"
    LONG = "long"
    NO_OPTION = "no option"


def check(field: Field, text: str, options: Mapping[str, str] | None = None) -> Checked:
    """What becomes of `text` in `field`; `options` are value and label of what may be chosen."""
    if field.kind is FieldKind.OPTION:
        return check_option(text, options or {})
    value = clean_line(text, len(text)) if field.kind is FieldKind.LINE else text.strip()
    if not value:
        return Checked(problem="" if field.optional else Problem.EMPTY)
    if len(value) > field.limit:
        return Checked(value=value, problem=Problem.LONG)
    advised = field.words is None or len(value.split()) in field.words
    return Checked(value=value, hint="" if advised else field.hint)


def check_option(text: str, options: Mapping[str, str]) -> Checked:
    """By its value or its label, whatever the case."""
    wanted = text.strip().casefold()
    for value, label in options.items():
        if wanted in (value.casefold(), label.casefold()):
            return Checked(value=value)
    return Checked(problem=Problem.NO_OPTION)


def read(text: str, labels: Mapping[str, str], *, last: bool = False) -> dict[str, str]:
    """What stands behind the labels in a text, by field: `Label: what was filled in`, in any order,
    quoted or not. It goes on until the next label. What was filled in first counts: below it an
    answer may quote the empty form. With `last` the label that stands last counts, filled in or
    not. `labels` are in lower case, each with its field.
    """
    found: dict[str, list[str]] = {}
    lines: list[str] = []
    for line in text.splitlines():
        begun = LABELLED.fullmatch(line)
        name = labels.get(begun[1].casefold()) if begun else None
        if begun and name:
            lines = [begun[2]]
            if last or not "".join(found.get(name, [])).strip():
                found[name] = lines
        else:
            lines.append(line.lstrip("> "))
    return {name: "\n".join(lines).strip() for name, lines in found.items()}
