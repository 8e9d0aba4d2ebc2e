"""What a desk says and to whom: its name, languages, hours, audiences, topics and billing centres.

A pack that was read is whole: every text exists in every language of the pack.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

from pydantic import Field, InstanceOf

from core.billing import BillingCentre, BillingDirectory, NotOurs
from core.document import Document, Fault, read_document
from core.pack_fields import Day, Id, Label, Language, Page, Part, Promise, Prose, Some, line


class BadPack(Exception):
    """The pack cannot be used: one line for each fault, with file, field and reason."""


class Hours(Part):
    """When people of the desk are there, in the pack's zone: from and until, from midnight."""

    mon: Day
    tue: Day
    wed: Day
    thu: Day
    fri: Day
    sat: Day
    sun: Day


class Audience(Part):
    """One kind of people who ask."""

    id: Id
    label: Label
    description: Prose = Field(default_factory=dict)


class Topic(Part):
    id: Id
    label: Label
    audiences: Annotated[tuple[str, ...], Some]


class Contact(Part):
    """Another way to reach the people behind the desk."""

    kind: Annotated[str, line(40)]
    label: Label
    address: Annotated[str, line(200)]


class NewsTopic(Part):
    """What news may be about: readers choose among them."""

    id: Id
    label: Label


class News(Part):
    approval: bool = False
    """A second person has to agree before anything is published."""
    topics: tuple[NewsTopic, ...] = ()


class Pack(Part):
    languages: Annotated[tuple[Language, ...], Some]
    fallback_language: str
    reply_within: Promise = Field(alias="reply_within_hours")
    zone: ZoneInfo = Field(alias="time_zone")
    name: Label
    welcome: Prose
    closing: Prose
    hours: Hours
    staff_names: bool = True
    """People see who of the staff writes to them; only the desk's name without it."""
    audiences: Annotated[tuple[Audience, ...], Some]
    topics: Annotated[tuple[Topic, ...], Some]
    contacts: tuple[Contact, ...] = ()
    answers_page: Page = ""
    """Where an answer stands on the web, with `{id}` and, if wanted, `{language}` in it."""
    news: News = News()
    billing: InstanceOf[BillingDirectory] = BillingDirectory((), ())

    def page_of(self, entry: str, language: str) -> str:
        """Where this entry's answer stands on the web; empty when that is nowhere."""
        return self.answers_page.replace("{id}", entry).replace("{language}", language)

    def in_language(self, texts: Mapping[str, str], language: str) -> str:
        """The text in `language`, or in the fallback; empty when there is neither."""
        return texts.get(language) or texts.get(self.fallback_language, "")


class CentrePart(Part):
    id: Id
    name: Annotated[str, line(80)]
    descriptors: tuple[Annotated[str, line(100)], ...]
    aliases: tuple[Annotated[str, line(100)], ...] = ()
    email: Annotated[str, line(254)]
    phone: Annotated[str, line(40)]
    page: Annotated[str, line(500)]
    hours: Label = Field(default_factory=dict)
    handles: Prose


class NotOursPart(Part):
    names: Annotated[tuple[Annotated[str, line(100)], ...], Some]
    owner: Label
    advice: Prose


class BillingPart(Part):
    centres: tuple[CentrePart, ...]
    not_ours: tuple[NotOursPart, ...] = ()


def read_pack(folder: Path) -> Pack:
    """Reads desk.toml and billing.yaml. Raises `BadPack` with all their faults."""
    desk = read_document(folder / "desk.toml")
    languages = names_in(desk, "languages")
    pack = desk.read_as(Pack, languages=languages)
    check_desk(desk)
    billing = read_document(folder / "billing.yaml")
    parts = billing.read_as(BillingPart, languages=languages)
    check_unique(billing, "centres")
    if pack is None or parts is None or desk.faults or billing.faults:
        raise BadPack(tell([*desk.faults, *billing.faults]))
    return pack.model_copy(update={"billing": directory(parts)})


def tell(faults: list[Fault]) -> str:
    """One line for each fault, in the order of the lines."""
    return "\n".join(map(str, sorted(faults, key=lambda fault: (fault.file, fault.line))))


def names_in(document: Document, field: str) -> list[str]:
    """The words that stand in the list `field`, even where the file has faults."""
    return [
        node.value
        for spot, node in document.nodes.items()
        if len(spot) == 2 and spot[0] == field and isinstance(node.value, str)
    ]


def check_desk(desk: Document) -> None:
    """What no field can know alone."""
    languages = names_in(desk, "languages")
    audiences = [id_ for _, id_ in ids(desk, "audiences")]
    check_unique(desk, "audiences")
    check_unique(desk, "topics")
    for spot, node in desk.nodes.items():
        match spot:
            case ("fallback_language",) if node.value not in languages:
                desk.add_fault(spot, f"must be one of {', '.join(languages)}")
            case ("languages", int(number)) if node.value in languages[:number]:
                desk.add_fault(spot, f"{node.value} stands here twice")
            case ("topics", int(), "audiences", int()) if node.value not in audiences:
                desk.add_fault(spot, f"must be one of {', '.join(audiences)}")


def check_unique(document: Document, field: str) -> None:
    seen: set[str] = set()
    for spot, id_ in ids(document, field):
        if id_ in seen:
            document.add_fault(spot, f"{id_} is used twice")
        seen.add(id_)


def ids(document: Document, field: str) -> Iterator[tuple[tuple[str | int, ...], str]]:
    for spot, node in document.nodes.items():
        match spot:
            case (name, int(), "id") if name == field and isinstance(node.value, str):
                yield spot, node.value


def directory(parts: BillingPart) -> BillingDirectory:
    return BillingDirectory(
        tuple(BillingCentre(**dict(part)) for part in parts.centres),
        tuple(NotOurs(**dict(part)) for part in parts.not_ours),
    )
