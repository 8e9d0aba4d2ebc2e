"""Letters as people send them from a telephone, and how ours stand with them."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlmodel import select

from core.messages import Attachment
from core.models import Place, Ticket
from core.settings import Settings
from tests.conftest import Clock
from tests.dialogs.talk import PACK, Talk, opened
from tests.dialogs.test_letters import HOUR, LETTERS


@pytest.fixture
async def post(tmp_path: Path, clock: Clock) -> AsyncIterator[Talk]:
    async for one in opened(Settings(data=tmp_path, pack=PACK), clock, LETTERS):
        yield one


async def test_a_word_alone_is_a_wish_whatever_stands_below_it(post: Talk, clock: Clock) -> None:
    for word in (
        "subscribe\n\nVon meinem iPhone gesendet",
        "„Unsubscribe“.\n\nViele Grüße\nAnn",
        "*Subscribe*",
        "Abbestellen!",
    ):
        await post.says(word)
        wanted = "subscribe" in word.casefold() and "un" not in word.casefold()
        assert (await post.row(select(Place))).subscribed is wanted
        clock.now += HOUR
    assert await post.rows(select(Ticket)) == []
    await post.says("Abmelden\n\nBitte kündigt mein Abo, ich zahle doppelt.")
    ticket = await post.row(select(Ticket))
    clock.now += HOUR
    await post.says("Abonnieren", reply_to=post.last_id)
    assert (await post.row(select(Place))).subscribed
    assert post.last.ticket != ticket.id


async def test_who_sends_files_alone_is_told_that_no_words_came(post: Talk) -> None:
    file = Attachment(post.room.adapter.upload(b"x"), "document", "smime.p7m", size=1)
    (answer,) = await post.says("", subject="Hilfe", attachments=(file,), proven=False)
    assert "keine Worte gefunden" in answer.text
    assert (await post.row(select(Ticket))).subject == "Hilfe"


async def test_a_subject_alone_is_enough(post: Talk) -> None:
    (answer,) = await post.says("", subject="Wo ist meine Auszahlung?", proven=False)
    assert "keine Worte" not in answer.text


async def test_what_our_team_answers_stands_with_their_letter(post: Talk) -> None:
    await post.says("Wo ist meine Auszahlung?", message="<1@example.org>", proven=False)
    for words in ("Wir sehen nach.", "Sie ist da."):
        await post.staff_answer(await post.row(select(Ticket)), words)
        assert (post.last.text, post.last.reply_to) == (words, "<1@example.org>")


async def test_what_came_by_a_list_becomes_a_ticket_that_only_people_answer(post: Talk) -> None:
    assert await post.says("Wo ist mein Geld?", subject="Hilfe", hush=True, proven=False) == []
    ticket = await post.row(select(Ticket))
    assert ticket.subject == "Hilfe"
    for _ in range(40):
        assert await post.says("Wo?", hush=True, proven=False) == []
    await post.staff_answer(ticket, "Es kommt.")
    assert post.last.text == "Es kommt."


async def test_a_mailbox_gets_one_answer_an_hour_whatever_it_calls_itself(
    post: Talk, clock: Clock
) -> None:
    names = ("ann+1@example.org", "ann+2@example.org", "ann@example.org", "ann+3@example.org")
    answers = [await post.another(name).says("Hallo?", proven=False) for name in names]
    assert [len(one) for one in answers] == [1, 0, 1, 0]
    others = ("ann+1@example.net", "anna+1@example.org", "an_n+1@example.org")
    for name in others:
        assert len(await post.another(name).says("Hallo?", proven=False)) == 1
    clock.now += HOUR
    assert len(await post.another(names[1]).says("Hallo??", proven=False)) == 1
    assert len(await post.rows(select(Ticket))) == len(names) + len(others) + 1
