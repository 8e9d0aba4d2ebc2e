"""What staff say again and again, and what the FAQ learns from their tickets."""

from sqlmodel import select

from core.models import FaqEntry, FaqText, TicketEvent
from tests.dialogs.staffdesk import open_ticket, sam
from tests.dialogs.talk import Talk

__all__ = ["sam"]
QUESTION, ANSWER = "Warum bleibt mein Video stehen?", "Lade die Seite neu."


async def test_saved_replies_fill_in_known_fields_once(talk: Talk, sam: Talk) -> None:
    number = await open_ticket(talk)
    await sam.says("/canned save hi Hello {name}, about {number}: {subject}, due {due}")
    await sam.says(f"/canned hi {number}")
    assert talk.last.text.startswith(f"Hello Kim, about {number}: Video bleibt stehen, due Montag")
    await sam.says("/canned drop hi")
    await sam.says(f"/canned hi {number}")
    assert "/canned save NAME TEXT" in sam.last.text


async def test_a_field_that_nothing_fills_is_refused(talk: Talk, sam: Talk) -> None:
    for field in ("{secret}", "{0}", "{}", "{name.__class__}", "{number!r}"):
        await sam.says(f"/canned save hi Hello {field}")
        assert sam.last.text.startswith(f"Nothing fills in {field}.")
    await sam.says("/canned")
    assert "Hello" not in sam.last.text


async def test_some_names_are_no_names(talk: Talk, sam: Talk) -> None:
    for name in ("12", "save", "drop", "ü", "a:b", "x" * 31):
        await sam.says(f"/canned save {name} Hello")
        assert "/canned save NAME TEXT" in sam.last.text


async def test_the_replies_most_like_a_ticket_are_suggested_as_they_would_be_sent(
    talk: Talk, sam: Talk
) -> None:
    number = await open_ticket(talk)
    await sam.says(f"/canned {number}")
    assert "No saved reply is like ticket" in sam.last.text
    await sam.says("/canned save rechnung Die Rechnung kommt am Monatsende per Brief.")
    await sam.says("/canned save video Hallo {name}, wenn ein Video stehen bleibt, lade es neu.")
    await sam.says(f"/show {number}")
    await sam.presses("📄 Saved replies")
    assert sam.last.text.startswith("video\nHallo Kim, wenn ein Video stehen bleibt")
    assert sam.labels[0] == "Send video"
    await sam.presses("Send video")
    assert talk.last.text == "Hallo Kim, wenn ein Video stehen bleibt, lade es neu."


async def test_a_ticket_teaches_the_faq_a_phrasing(talk: Talk, sam: Talk) -> None:
    number = await open_ticket(talk)
    await sam.says(f"/faq {number} password-reset")
    assert sam.last.text.endswith("“Video bleibt stehen” gets password-reset.")
    await talk.room.parts.answers.refresh()
    await talk.says("video bleibt stehen")
    assert "Öffne die Anmeldeseite" in talk.last.text
    await sam.says(f"/faq {number} password-reset")
    assert sam.last.text.endswith("The FAQ knows that already.")
    for unknown in ("nothing-like-it", ""):
        await sam.says(f"/faq {number} {unknown}")
        assert sam.last.text.startswith(f"There is no entry “{unknown}”. Name one behind")


async def test_a_ticket_becomes_an_entry_step_by_step(talk: Talk, sam: Talk) -> None:
    number = await open_ticket(talk)
    await sam.says(f"/faq {number} new")
    assert "in Deutsch" in sam.last.text
    assert "Video bleibt stehen" in sam.last.text
    await sam.says(QUESTION)
    await sam.says("// for the team only")
    await sam.says(ANSWER)
    await sam.presses(sam.labels[0])
    assert "gets warum-bleibt-mein-video-stehen." in sam.last.text
    assert "It is still missing in: en." in sam.last.text
    (text,) = await talk.rows(select(FaqText).where(FaqText.answer == ANSWER))
    assert (text.language, text.question) == ("de", QUESTION)
    entry = await talk.row(select(FaqEntry).where(FaqEntry.id == text.entry_id))
    assert entry.audiences == ["user"]
    noted = await talk.rows(select(TicketEvent).where(TicketEvent.kind == "noted"))
    assert [one.text for one in noted] == ["for the team only"]
    await talk.room.parts.answers.refresh()
    await talk.says(QUESTION)
    assert ANSWER in talk.last.text


async def test_the_same_question_twice_is_refused_and_words_stay_words(
    talk: Talk, sam: Talk
) -> None:
    number = await open_ticket(talk)
    for said in ("gets warum-bleibt", "That was not added: "):
        await sam.says(f"/faq {number} new")
        await sam.says(QUESTION)
        await sam.says(ANSWER)
        await sam.presses(sam.labels[0])
        assert said in sam.last.text
    await sam.says("/faq topic account")
    assert "There is no new entry to put there." in sam.last.text


async def test_an_entry_that_is_given_up_leaves_nothing(talk: Talk, sam: Talk) -> None:
    number = await open_ticket(talk)
    await sam.says(f"/faq {number} new")
    await sam.says(QUESTION)
    await sam.presses("Cancel")
    await sam.says("/faq topic account")
    assert await talk.rows(select(FaqText).where(FaqText.question == QUESTION)) == []
