"""What a value in the files of a pack may be; a `ValueError` says why another may not."""

import re
from datetime import timedelta
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, ValidationInfo

from core.i18n import is_language

LONGEST_ID = 40
"""An id is part of a choice's value, beside a word and a number: `core.messages.CHOICE_BYTES`."""
LONGEST_PROMISE = 24 * 365
KEBAB = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
UNFIT = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\u2028\u2029]")
"""What no text needs, and a database, a terminal or a platform may refuse."""
PAGE = re.compile(r"https?://(?:[^\s{}]|\{id\}|\{language\})+")
HOURS = re.compile(r"([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-4]):([0-5]\d)")


class Part(BaseModel):
    """Frozen, and nothing in it but what is known."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


def check_text(text: str, limit: int) -> str:
    if not text:
        raise ValueError("is empty")
    if len(text) > limit:
        raise ValueError(f"has {len(text)} characters; {limit} are the most")
    if UNFIT.search(text):
        raise ValueError("holds a character that is no text; take it out")
    return text


def line(limit: int) -> AfterValidator:
    """One line: breaks and runs of spaces become one space."""
    return AfterValidator(lambda text: check_text(" ".join(text.split()), limit))


def lines(limit: int) -> AfterValidator:
    """A text without space around it and at the ends of its lines."""

    def check(text: str) -> str:
        parts = text.replace("\r\n", "\n").split("\n")
        return check_text("\n".join(part.rstrip() for part in parts).strip(), limit)

    return AfterValidator(check)


def check_id(text: str) -> str:
    if len(text) > LONGEST_ID or not KEBAB.fullmatch(text):
        raise ValueError(
            f"must be small letters a-z, digits and single hyphens, {LONGEST_ID} at most"
        )
    return text


def check_language(tag: str) -> str:
    if not is_language(tag):
        raise ValueError("is no language tag, such as en or de")
    return tag


def check_languages(texts: dict[str, str], info: ValidationInfo) -> dict[str, str]:
    """Every language of the pack, and no other. Without a pack in the context all is well."""
    languages = (info.context or {}).get("languages") or texts
    if missing := [language for language in languages if language not in texts]:
        raise ValueError(f"is missing in {', '.join(missing)}")
    if foreign := [language for language in texts if language not in languages]:
        raise ValueError(f"is in {', '.join(foreign)}, which the pack does not speak")
    return texts


def check_page(page: str) -> str:
    if page and not (PAGE.fullmatch(page) and "{id}" in page):
        raise ValueError('must be such as "https://help.example.com/{language}/{id}"')
    return page


def read_hours(value: object) -> object:
    """`09:00-18:00` as two distances from midnight; nothing on a day of rest."""
    if not isinstance(value, str):
        return value
    if not value:
        return None
    if found := HOURS.fullmatch(value):
        opens, closes = (timedelta(hours=int(found[n]), minutes=int(found[n + 1])) for n in (1, 3))
        if opens < closes <= timedelta(hours=24):
            return opens, closes
    raise ValueError('must be such as "09:00-18:00", or "" for a day of rest')


def read_promise(value: object) -> object:
    if isinstance(value, timedelta):
        return value
    if type(value) is int and 0 < value <= LONGEST_PROMISE:
        return timedelta(hours=value)
    raise ValueError(f"must be a whole number of hours, 1 to {LONGEST_PROMISE}")


def check_some(items: tuple[Any, ...]) -> tuple[Any, ...]:
    if not items:
        raise ValueError("is empty; at least one is needed")
    return items


Page = Annotated[str, AfterValidator(check_page)]
Id = Annotated[str, AfterValidator(check_id)]
Language = Annotated[str, AfterValidator(check_language)]
InAll = AfterValidator(check_languages)
Label = Annotated[dict[str, Annotated[str, line(80)]], InAll]
Prose = Annotated[dict[str, Annotated[str, lines(2000)]], InAll]
Day = Annotated[tuple[timedelta, timedelta] | None, BeforeValidator(read_hours)]
Promise = Annotated[timedelta, BeforeValidator(read_promise)]
Some = AfterValidator(check_some)
