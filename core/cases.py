"""Questions with the entries that answer them, read from a file."""

import csv
import json
from pathlib import Path
from typing import Any

import yaml

from core.evaluation import Case

NOTHING = ("", "none", "null", "-")
"""What stands for "no entry answers this"."""
FIELDS = ("question", "entry", "language", "audience")


class BadQuestions(Exception):
    """The file is refused; the words say which question and why."""


def read_cases(path: Path, known: set[str]) -> list[Case]:
    """From CSV or TSV with a line of names, YAML, JSON, or a JSON object a line. Raises
    `BadQuestions`.
    """
    cases = []
    for number, row in enumerate(read_rows(path), 1):
        if not isinstance(row, dict) or not str(row.get("question") or "").strip():
            raise BadQuestions(f"{path}: question {number} has no text in “question”.")
        question, entry, *rest = (str(row.get(name) or "").strip() for name in FIELDS)
        entry = "" if entry.lower() in NOTHING else entry
        if entry and entry not in known:
            raise BadQuestions(
                f"{path}: question {number}: there is no entry {entry}. `frontdesk faq list` shows "
                "them."
            )
        cases.append(Case(question, entry, *rest))
    if not cases:
        raise BadQuestions(f"{path} holds no questions.")
    return cases


def read_rows(path: Path) -> list[Any]:
    text = path.read_bytes().decode("utf-8-sig", "replace")
    try:
        match path.suffix.lower():
            case ".csv" | ".tsv":
                return read_table(path, text)
            case ".jsonl":
                return [json.loads(line) for line in text.splitlines() if line.strip()]
            case ".json" | ".yaml" | ".yml":
                rows = yaml.safe_load(text)
                return list(rows if isinstance(rows, list) else rows["questions"])
    except (ValueError, yaml.YAMLError, KeyError, TypeError, csv.Error) as error:
        raise BadQuestions(f"{path} cannot be read: {str(error).splitlines()[0]}") from None
    raise BadQuestions(f"{path}: the name must end in .csv, .tsv, .yaml, .json or .jsonl")


def read_table(path: Path, text: str) -> list[Any]:
    comma = "\t" if path.suffix.lower() == ".tsv" else ","
    table = csv.DictReader(text.splitlines(), delimiter=comma)
    if "question" not in (table.fieldnames or ()):
        raise BadQuestions(f"{path}: the first line must name the columns question and entry.")
    return list(table)
