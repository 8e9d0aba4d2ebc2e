"""Questions with the entries that answer them, read from a file."""

import csv
import json
from collections.abc import Collection, Iterator
from io import StringIO
from pathlib import Path
from typing import Any

import yaml

from core.evaluation import Case

NOTHING = ("", "none", "null", "-")
"""What stands for "no entry answers this"."""
FIELDS = ("question", "entry", "language", "audience")


class BadQuestions(Exception):
    """The file is refused; the words say which question and why."""


def read_cases(path: Path, entries: Collection[str], audiences: Collection[str]) -> list[Case]:
    """From CSV or TSV with a line of names, YAML, JSON, or a JSON object a line. Raises
    `BadQuestions` with the first fault.
    """
    try:
        cases = [
            read_case(where, row, entries, audiences)
            for where, row in read_rows(path, path.read_bytes().decode("utf-8-sig"))
        ]
    except BadQuestions as fault:
        raise BadQuestions(f"{path}, {fault}") from None
    except (ValueError, yaml.YAMLError, KeyError, TypeError, csv.Error) as error:
        raise BadQuestions(f"{path} cannot be read: {' '.join(str(error).split())}") from None
    if not cases:
        raise BadQuestions(f"{path} holds no questions.")
    return cases


def read_case(where: str, row: Any, entries: Collection[str], audiences: Collection[str]) -> Case:
    if not isinstance(row, dict) or not str(row.get("question") or "").strip():
        raise BadQuestions(f"{where}: there is no text in “question”.")
    question, entry, language, audience = (str(row.get(one) or "").strip() for one in FIELDS)
    entry = "" if entry.lower() in NOTHING else entry
    if entry and entry not in entries:
        raise BadQuestions(f"{where}: there is no entry {entry}. `frontdesk faq list` shows them.")
    if audience and audience not in audiences:
        raise BadQuestions(f"{where}: the audience must be one of {', '.join(audiences)}.")
    return Case(question, entry, language, audience)


def read_rows(path: Path, text: str) -> Iterator[tuple[str, Any]]:
    """Each with its place in the file."""
    match path.suffix.lower():
        case ".csv" | ".tsv":
            yield from read_table(text)
        case ".jsonl":
            for number, line in enumerate(text.split("\n"), 1):
                if line.strip():
                    yield f"line {number}", read_json(number, line)
        case ".json" | ".yaml" | ".yml":
            rows = yaml.safe_load(text)
            listed = list(rows if isinstance(rows, list) else rows["questions"])
            yield from ((f"question {number}", row) for number, row in enumerate(listed, 1))
        case _:
            raise BadQuestions("the name must end in .csv, .tsv, .yaml, .json or .jsonl")


def read_json(number: int, line: str) -> Any:
    try:
        return json.loads(line)
    except ValueError as error:
        raise BadQuestions(f"line {number}: {error}") from None


def read_table(text: str) -> Iterator[tuple[str, Any]]:
    """Columns are parted by what parts them in the first line: programs write `;` in countries
    where the comma stands in numbers.
    """
    names = text.partition("\n")[0]
    comma = max("\t,;", key=names.count)
    table = csv.DictReader(StringIO(text, newline=""), delimiter=comma)
    if not {"question", "entry"} <= {*(table.fieldnames or ())}:
        raise BadQuestions("line 1: it must name the columns question and entry.")
    for row in table:
        yield f"line {table.line_num}", row
