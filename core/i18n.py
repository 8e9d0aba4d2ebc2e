"""What the desk says, in the person's language: gettext catalogues, read from their .po files at
start.
"""

from collections.abc import Iterable
from datetime import date, datetime, tzinfo
from functools import cache
from gettext import GNUTranslations, NullTranslations
from io import BytesIO
from pathlib import Path

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_datetime
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_decimal

LOCALES = Path(__file__).parent / "locales"
SOURCE = "en"
"""The language that the code is written in."""


def mark(message: str) -> str:
    """Mark a message for the catalogues where it is data; whoever shows it translates it."""
    return message


class Speech:
    """One language, spoken."""

    def __init__(self, language: str, translations: NullTranslations) -> None:
        self.language = language
        self._translations = translations
        self._locale = Locale.parse(language, sep="-")

    def t(self, message: str, /, **fields: object) -> str:
        """The message in this language, its `{fields}` filled in; they are text, never a format."""
        said = self._translations.gettext(message)
        return said.format_map(fields) if fields else said

    def n(self, one: str, many: str, count: int, /, **fields: object) -> str:
        """The form that fits `count`, which is also the field `{count}`."""
        return self._translations.ngettext(one, many, count).format_map({"count": count, **fields})

    def moment(self, at: datetime, zone: tzinfo) -> str:
        """A day and a time as people of this language write them, in their desk's zone."""
        pattern = self.t("EEEE d MMMM, HH:mm zzz")  # each catalogue has its own
        return format_datetime(at.astimezone(zone), pattern, locale=self._locale)

    def weekday(self, day: date) -> str:
        """Short, with the day of the month."""
        return format_date(day, "EEE d", locale=self._locale)

    def number(self, count: int) -> str:
        return format_decimal(count, locale=self._locale)

    @property
    def name(self) -> str:
        """The language's name in itself."""
        return (self._locale.get_language_name() or self.language).capitalize()


class Languages:
    """All the languages of a desk. What somebody speaks is matched to the nearest of them."""

    def __init__(self, tags: Iterable[str], fallback: str) -> None:
        self.fallback = fallback
        self.speech = {tag: Speech(tag, read_catalogue(tag)) for tag in tags}

    def nearest(self, tag: str) -> str:
        """`de-AT` and `DE_ch` are `de`; an unknown or empty tag is the fallback."""
        return self._find(tag) or self.fallback

    def knows(self, tag: str) -> bool:
        return self._find(tag) is not None

    def _find(self, tag: str) -> str | None:
        wanted = tag.replace("_", "-").lower()
        return next(
            (known for known in (wanted, wanted.split("-")[0]) if known in self.speech), None
        )

    def speak(self, tag: str) -> Speech:
        return self.speech[self.nearest(tag)]


@cache
def read_catalogue(tag: str) -> NullTranslations:
    """A language without a catalogue speaks the source language around the pack's own texts. Read
    once: it takes a tenth of a second.
    """
    path = LOCALES / tag / "LC_MESSAGES" / "frontdesk.po"
    if not path.exists():
        return NullTranslations()
    compiled = BytesIO()
    with path.open("rb") as file:
        write_mo(compiled, read_po(file, locale=tag))
    compiled.seek(0)
    return GNUTranslations(compiled)


def is_language(tag: str) -> bool:
    try:
        Locale.parse(tag, sep="-")
    except (UnknownLocaleError, ValueError):
        return False
    return True
