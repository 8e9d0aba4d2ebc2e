"""What the desk says, in each language."""

import re
from datetime import UTC, datetime
from io import BytesIO
from zoneinfo import ZoneInfo

from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

from core.i18n import LOCALES, Languages
from core.settings import ROOT

KEYWORDS = {"t": (1,), "n": (1, 2), "mark": None}


def messages_in_the_code() -> set[str]:
    return {
        message if isinstance(message, str) else message[0]
        for part in ("bots", "core", "web")
        for _, _, message, _, _ in extract_from_dir(ROOT / part, keywords=KEYWORDS)
    }


def test_every_message_of_the_code_is_in_german_and_nothing_else_is() -> None:
    catalogue = read_po(BytesIO((LOCALES / "de/LC_MESSAGES/frontdesk.po").read_bytes()))
    translated = {entry.id for entry in catalogue if entry.id and entry.string}
    ids = {one if isinstance(one, str) else one[0] for one in translated}
    assert messages_in_the_code() == ids


def test_translations_fill_in_the_same_fields() -> None:
    catalogue = read_po(BytesIO((LOCALES / "de/LC_MESSAGES/frontdesk.po").read_bytes()))
    fields = re.compile(r"\{\w+\}")
    wrong = [
        entry.id
        for entry in catalogue
        if isinstance(entry.id, str)
        and set(fields.findall(entry.id)) != set(fields.findall(str(entry.string)))
    ]
    assert wrong == []


def test_a_regional_language_is_its_general_one_and_an_unknown_one_falls_back(
    languages: Languages,
) -> None:
    spoken = [languages.nearest(tag) for tag in ("de-AT", "DE_ch", "fr", "", "en-GB", "*/;")]
    assert spoken == ["de", "de", "en", "en", "en", "en"]


def test_braces_in_what_people_write_are_not_fields(languages: Languages) -> None:
    assert languages.speak("de").t("Hello {name}!", name="{0} {name} %s") == "Hallo {0} {name} %s!"


def test_a_moment_is_written_as_the_language_writes_it_in_the_desks_zone(
    languages: Languages,
) -> None:
    at = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
    berlin = ZoneInfo("Europe/Berlin")
    assert languages.speak("de").moment(at, berlin).startswith("Montag, 23. November, 10:00")
    assert languages.speak("en").moment(at, berlin).startswith("Monday 23 November, 10:00")
