"""The FAQ as a file, YAML or JSON: read and checked as a whole, refused as a whole, and written.

What was written reads back equal. docs/packs.md describes the format.
"""

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Annotated, NamedTuple, TextIO

import yaml
from pydantic import Field

from core.document import Document, Spot, read_document
from core.pack import Pack, check_unique, tell
from core.pack_fields import Id, Part, Some, line, lines
from core.phrasing import clean, key


class BadEntries(Exception):
    """The file is refused: one line for each fault, with file, line, field and reason."""


class Text(Part):
    """An entry in one language."""

    question: Annotated[str, line(300)]
    phrasings: tuple[Annotated[str, line(300)], ...]
    answer: Annotated[str, lines(4000)]


class Entry(Part):
    """A question with its answer, in at least one language."""

    id: Id
    topic: str
    audiences: Annotated[tuple[str, ...], Some]
    texts: Annotated[dict[str, Text], Some] = Field(alias="languages")


class Entries(Part):
    entries: tuple[Entry, ...]


class Wording(NamedTuple):
    """A question or phrasing, and its spot in a file. Two with one `normal` are the same."""

    entry: str | int
    language: str
    is_question: bool
    text: str
    normal: str
    spot: Spot = ()


def normalise(text: str) -> str:
    """Equal for texts in which the matcher sees the same wording."""
    return key(clean(text))


def read_entries(path: Path, pack: Pack) -> list[Entry]:
    """Raises `BadEntries` with all faults; what `pack` does not know is one too."""
    document = read_document(path)
    read = document.read_as(Entries)
    check_unique(document, "entries")
    check_words(document, pack)
    check_phrasings(document)
    if read is None or document.faults:
        raise BadEntries(tell(document.faults))
    return list(read.entries)


def check_words(document: Document, pack: Pack) -> None:
    topics = [topic.id for topic in pack.topics]
    for spot, (_, value) in document.nodes.items():
        match spot:
            case ("entries", int(), "topic") if isinstance(value, str) and value not in topics:
                document.add_fault(spot, f"{one_of(topics)}, the topics of the pack")
            case ("entries", int(), "languages", language) if language not in pack.languages:
                document.add_fault(spot, f"{one_of(pack.languages)}, the languages of the pack")
    check_audiences(document, [audience.id for audience in pack.audiences])


def check_audiences(document: Document, known: list[str]) -> None:
    seen: set[tuple[int, str]] = set()
    for spot, (_, value) in document.nodes.items():
        match (*spot, value):
            case ("entries", int(), "audiences", int(), str()) if value not in known:
                document.add_fault(spot, f"{one_of(known)}, the audiences of the pack")
            case ("entries", int(entry), "audiences", int(), str()):
                if (entry, value) in seen:
                    document.add_fault(spot, "stands here twice")
                seen.add((entry, value))


def one_of(words: Iterable[str]) -> str:
    return f"must be one of {', '.join(words)}"


def check_phrasings(document: Document) -> None:
    wordings = list(written_wordings(document))
    for one in wordings:
        if one.text.strip() and not one.normal:
            document.add_fault(one.spot, "holds nothing that can be read")
    for one, other in repeated(wordings):
        document.add_fault(one.spot, same_as(document, one.spot, other.spot))


def written_wordings(document: Document) -> Iterator[Wording]:
    for spot, (_, text) in document.nodes.items():
        match spot:
            case ("entries", int(entry), "languages", str(language), "question"):
                is_question = True
            case ("entries", int(entry), "languages", str(language), "phrasings", int()):
                is_question = False
            case _:
                continue
        if isinstance(text, str):
            yield Wording(entry, language, is_question, text, normalise(text), spot)


def wordings_of(entries: Iterable[Entry]) -> Iterator[Wording]:
    for entry in entries:
        for language, text in entry.texts.items():
            yield Wording(entry.id, language, True, text.question, normalise(text.question))
            for one in text.phrasings:
                yield Wording(entry.id, language, False, one, normalise(one))


def repeated(wordings: Iterable[Wording]) -> Iterator[tuple[Wording, Wording]]:
    """Each wording that was there before, and its first. One entry may have the same question in
    two languages: some are one word.
    """
    first: dict[str, Wording] = {}
    for one in wordings:
        other = first.setdefault(one.normal, one)
        translated = one.entry == other.entry and one.is_question and other.is_question
        if one.normal and other is not one and not translated:
            yield one, other


def same_as(document: Document, spot: Spot, other: Spot) -> str:
    where = f"{document.field(other)} in line {document.line(other)}"
    if spot[1] == other[1]:
        return f"says the same as {where}; leave one out"
    return f"says the same as {where}; nobody could tell which of the two entries is meant"


def write_entries(
    entries: Iterable[Entry], target: Path | TextIO, *, as_json: bool = False
) -> None:
    """Write YAML or JSON: a path's ending decides, for a stream `as_json` does."""
    if isinstance(target, Path):
        target.write_text(
            dump(entries, target.suffix.lower() == ".json"), encoding="utf-8", newline="\n"
        )
    else:
        target.write(dump(entries, as_json))


def dump(entries: Iterable[Entry], as_json: bool) -> str:
    data = Entries(entries=tuple(entries)).model_dump(mode="json", by_alias=True)
    if as_json:
        return json.dumps(data, ensure_ascii=False, indent=2) + "\n"
    return yaml.dump(data, Dumper=Readable, allow_unicode=True, sort_keys=False, width=100)


class Readable(yaml.SafeDumper):
    """A text of several lines is written as such."""


def represent_text(dumper: Readable, text: str) -> yaml.ScalarNode:
    style = "|" if "\n" in text else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style)


Readable.add_representer(str, represent_text)
