"""What the desk is unsure of: suggestions, one of which may be the answer."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from pydantic import SecretStr
from sqlmodel import select

from core.models import Asked
from core.settings import Faq, Settings
from tests.conftest import Clock
from tests.dialogs.talk import PACK, Talk, opened


@pytest.fixture
async def talk(database_url: str, tmp_path: Path, clock: Clock) -> AsyncIterator[Talk]:
    """With a desk that is never sure enough to answer, unless word for word."""
    bands = Faq(answer=0.999, suggest=0.01)
    settings = Settings(data=tmp_path, database_url=SecretStr(database_url), pack=PACK, faq=bands)
    async for one in opened(settings, clock):
        yield one


async def test_an_opened_suggestion_is_an_answer_and_is_remembered(talk: Talk) -> None:
    (shown,) = await talk.says("mein passwort geht nicht mehr")
    assert shown.text.startswith("Ich bin nicht sicher")
    assert len(shown.choices) <= 6
    await talk.presses("Wie setze ich ein neues Passwort?")
    assert "Anmeldeseite" in talk.last.text
    assert (await talk.row(select(Asked))).outcome == "chosen"
    await talk.presses("👍 Ja")
    assert (await talk.row(select(Asked))).outcome == "helped"


async def test_none_of_the_suggestions_becomes_a_ticket_with_the_same_words(talk: Talk) -> None:
    await talk.says("mein passwort geht nicht mehr")
    await talk.presses("Nichts davon")
    assert (await talk.row(select(Asked))).outcome == "ticket"
    assert "Benutzername" in talk.last.title


async def test_the_side_and_language_of_the_person_go_into_the_question(talk: Talk) -> None:
    await talk.says("/start")
    await talk.presses("Ich erstelle Inhalte")
    await talk.says("wann kommt mein geld")
    asked = await talk.row(select(Asked))
    assert (asked.audience, asked.language) == ("creator", "de")


async def test_a_suggestion_without_the_persons_language_is_said_to_be_in_another(
    talk: Talk,
) -> None:
    (shown,) = await talk.says("läuft das auf meinem fernseher im browser")
    assert "Can I watch in a browser on my television?" in talk.labels
    assert "(Einige davon habe ich nur in einer anderen Sprache.)" in shown.text
    kim = talk.another("Kim in English", language="en")
    (shown,) = await kim.says("does that work on the tv of my parents")
    assert "another language" not in shown.text
