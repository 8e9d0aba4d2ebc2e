"""What people do that nobody asked for: each gets a sensible reaction, never silence, never a
crash.
"""

import pytest
from sqlmodel import select

from core.dialogs.menu import COMMANDS
from core.messages import Kind
from core.models import Asked, Heard, InboxState, Place, Sending
from tests.dialogs.talk import Talk

STRANGE = [
    "\x00\x01", "🙂", "a" * 100_000, "e" + "\u0301" * 20_000, "\u202etxet\u202c", "\ud800",
    "%s {0} {x}", "<b>fett</b> *x* _y_ [z](http://x)", "@everyone", "' OR 1=1 --",
    "../../etc/passwd", "١٢٣", "   ",
]  # fmt: skip


@pytest.mark.parametrize("text", STRANGE, ids=range(len(STRANGE)))
async def test_strange_text_is_answered_and_breaks_nothing(talk: Talk, text: str) -> None:
    assert await talk.says(text)
    rows = await talk.rows(select(Heard))
    assert [row.state for row in rows] == [InboxState.DONE]
    (after,) = await talk.says("passwort vergessen")
    assert "Anmeldeseite" in after.text


async def test_a_sticker_is_answered_in_words(talk: Talk) -> None:
    (reply,) = await talk.does(Kind.ODD, text="")
    assert reply.text.startswith("Diese Art von Nachricht kann ich nicht lesen")


async def test_a_sticker_amid_the_form_asks_the_same_question_again(talk: Talk) -> None:
    await talk.says("/ticket")
    (reply,) = await talk.does(Kind.ODD, text="")
    assert reply.title == "Benutzername (1 von 5)"


async def test_a_voice_note_is_kept_and_offered_to_the_support_team(talk: Talk) -> None:
    (reply,) = await talk.sends(b"OggS voice", kind="voice")
    assert reply.text.startswith("Ich selbst kann es nicht anhören")


async def test_a_button_nobody_knows_any_more_shows_the_menu(talk: Talk) -> None:
    for value in (
        "gone:1", "entry:never-was", "topic:none:0", "asked:99999:helped", "form:1:send",
        "tickets:show:99", "billing:show:none", "side:none", "language:xx", ":", "topic",
    ):  # fmt: skip
        assert await talk.presses_value(value), value


@pytest.mark.parametrize("language", ["de", "en"])
async def test_help_names_commands_as_they_are_written(talk: Talk, language: str) -> None:
    ann = talk.another("ann", language)
    (shown,) = await ann.says("/help")
    named = [line.split()[0] for line in shown.text.split("\n") if line.startswith("/")]
    assert named == [f"/{name}" for name in COMMANDS]


async def test_a_word_that_means_a_command_may_stand_behind_a_slash(talk: Talk) -> None:
    (reply,) = await talk.says("/hilfe")
    assert "/ticket  Dem Support-Team schreiben" in reply.text
    await talk.says("/ticket")
    (reply,) = await talk.says("/stop")
    assert reply.text.startswith("Abgebrochen")


async def test_stop_ends_the_news_of_whoever_gets_it(talk: Talk) -> None:
    (reply,) = await talk.says("Stop!")
    assert [one.label for one in reply.choices] == ["🏠 Menü", "✉️ Dem Support-Team schreiben"]
    await talk.says("/subscribe")
    await talk.says("stop")
    await talk.presses("🔕 Keine Neuigkeiten mehr")
    assert not (await talk.row(select(Place))).subscribed


async def test_thanks_are_no_question(talk: Talk) -> None:
    for words in ("Danke!", "vielen Dank 🙏", "OK", "thanks"):
        (reply,) = await talk.says(words)
        assert reply.text.startswith("Gern.")
    assert await talk.rows(select(Asked)) == []


async def test_an_unknown_command_proposes_the_nearest(talk: Talk) -> None:
    (reply,) = await talk.says("/tiket")
    assert "Meinst du /ticket?" in reply.text
    (reply,) = await talk.says("/xyzzy")
    assert reply.text == "Diesen Befehl kenne ich nicht. /help zeigt, was ich kann."


async def test_an_edited_question_is_answered_anew(talk: Talk) -> None:
    await talk.says("passwrt", message="m1")
    (reply,) = await talk.edits("passwort vergessen", message="m1")
    assert "Anmeldeseite" in reply.text


async def test_where_others_read_along_the_desk_points_to_a_private_chat(talk: Talk) -> None:
    (reply,) = await talk.says("passwort vergessen", private=False)
    assert reply.text.startswith("Hier lesen andere mit.")
    assert await talk.rows(select(Asked)) == []


async def test_the_same_event_three_times_has_one_effect(talk: Talk) -> None:
    replies = [await talk.says("passwort vergessen", event="same") for _ in range(3)]
    assert [len(one) for one in replies] == [1, 0, 0]
    assert len(await talk.rows(select(Heard))) == 1


async def test_who_blocks_us_is_no_longer_subscribed_and_who_returns_is_answered(
    talk: Talk,
) -> None:
    await talk.says("/subscribe")
    await talk.does(Kind.BLOCKED)
    place = await talk.row(select(Place))
    assert (place.reachable, place.subscribed) == (False, False)
    await talk.does(Kind.RETURNED)
    assert await talk.says("passwort vergessen")


async def test_a_flood_is_answered_once_kept_and_forgiven(talk: Talk) -> None:
    replies = [await talk.says("passwort vergessen") for _ in range(40)]
    answered = [reply for one in replies for reply in one]
    assert len(answered) == 31
    assert answered[-1].text.startswith("Das war viel auf einmal")
    states = [row.state for row in await talk.rows(select(Heard))]
    assert states.count(InboxState.DROPPED) == 10
    talk.clock.forward(61)
    assert await talk.says("passwort vergessen")


async def test_a_flood_of_one_slows_nobody_else(talk: Talk) -> None:
    for _ in range(40):
        await talk.says("passwort vergessen")
    (reply,) = await talk.another("Robin").says("passwort vergessen")
    assert "Anmeldeseite" in reply.text


async def test_card_numbers_are_masked_before_they_are_stored(talk: Talk) -> None:
    await talk.says("/billing")
    await talk.says("meine karte 4111 1111 1111 1111 wurde belastet")
    everything = str(await talk.rows(select(Heard))) + str(await talk.rows(select(Sending)))
    assert "4111 1111" not in everything
    assert "4111111111111111" not in everything
    assert "1111" in everything


async def test_a_fault_of_ours_is_kept_for_us_and_told_in_plain_words(talk: Talk) -> None:
    await talk.says("/ticket")
    await talk.damage_state({"form": 1, "at": "no such field"})
    (reply,) = await talk.says("hallo zusammen")
    assert reply.text.startswith("Mit dieser Nachricht ist bei uns etwas schiefgegangen")
    assert [row.state for row in await talk.rows(select(Heard))] == ["done", "failed"]


async def test_cancel_works_as_a_word_and_leaves_whatever_was_begun(talk: Talk) -> None:
    await talk.says("/ticket")
    (reply,) = await talk.says("Abbrechen")
    assert reply.text == "Abgebrochen. Es wurde nichts gesendet."
    (reply,) = await talk.says("/cancel")
    assert reply.text.startswith("Es gibt nichts abzubrechen")
