"""Where short things are read, a long answer is cut and its page named."""

import shutil
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest
from pydantic import SecretStr

from core.settings import Settings
from tests.conftest import Clock
from tests.dialogs.talk import PACK, Talk, opened
from tests.fakes.memory import FAST

BRIEF = replace(FAST, brief=60)
ANSWER = "Öffne „Konto“, dann „Abos“. Wähle „Kündigen“.\n\nAnsehen kannst du bis zum Ende der Zeit."
FAQ = """entries:
- id: cancel
  topic: account
  audiences: [user]
  languages:
    de:
      question: Wie kündige ich?
      phrasings: [abo beenden]
      answer: |-
        {answer}
- id: price
  topic: account
  audiences: [user]
  languages:
    de: {{question: Was kostet es?, phrasings: [], answer: Nichts.}}
"""
PAGE = 'answers_page = "https://help.example.org/{language}/{id}"\n'


@pytest.fixture(params=[PAGE, ""], ids=["with a page", "without"])
async def talk(
    request: pytest.FixtureRequest, database_url: str, tmp_path: Path, clock: Clock
) -> AsyncIterator[Talk]:
    pack = Path(shutil.copytree(PACK, tmp_path / "pack"))
    desk = pack / "desk.toml"
    desk.write_text(request.param + desk.read_text("utf-8"), "utf-8")
    (pack / "faq.yaml").write_text(
        FAQ.format(answer=ANSWER.replace("\n\n", "\n\n        ")), "utf-8"
    )
    settings = Settings(data=tmp_path, database_url=SecretStr(database_url), pack=pack)
    async for one in opened(settings, clock, BRIEF):
        yield one


@pytest.mark.parametrize("asked", ["Wie kündige ich?", "press"])
async def test_a_long_answer_ends_with_where_it_goes_on(
    talk: Talk, asked: str, request: pytest.FixtureRequest
) -> None:
    given = talk.presses_value("entry:cancel") if asked == "press" else talk.says(asked)
    (answer,) = await given
    cut = "Öffne „Konto“, dann „Abos“. Wähle „Kündigen“. …\n\nDie ganze Antwort: https://help.example.org/de/cancel\n\nHat"
    whole = f"{ANSWER}\n\nHat"
    assert answer.text.startswith(cut if "with a page" in request.node.callspec.id else whole)


async def test_a_short_one_is_said_whole(talk: Talk) -> None:
    (answer,) = await talk.says("Was kostet es?")
    assert answer.text.startswith("Nichts.\n\nHat")
