"""The ticket form, from the first question to the room it opens."""

from sqlmodel import select

from core.models import Evidence, EvidenceState, Ticket, TicketEvent
from tests.dialogs.talk import Talk

PICTURE = b"\x89PNG\r\n\x1a\n" + b"not much of a picture"


async def fill(talk: Talk) -> None:
    await talk.says("/ticket")
    await talk.says("kim_1")
    await talk.says("Video bleibt bei der Hälfte stehen")
    await talk.presses("Ich schaue zu")
    await talk.says("Heute um 9:40, auf der Seite „Neu“, Video Nr. 7")


async def send(talk: Talk) -> Ticket:
    await fill(talk)
    await talk.presses("Fertig")
    await talk.presses("✅ Senden")
    return await talk.row(select(Ticket).order_by(Ticket.id.desc()))  # type: ignore[union-attr]  # a column


async def test_a_filled_form_becomes_one_ticket_with_a_number_and_a_due_time(talk: Talk) -> None:
    ticket = await send(talk)
    assert (ticket.username, ticket.audience, ticket.state) == ("kim_1", "user", "open")
    assert ticket.subject == "Video bleibt bei der Hälfte stehen"
    assert (ticket.due_at - ticket.created_at).total_seconds() == 24 * 3600
    assert talk.last.title == f"Ticket {ticket.id}"
    assert "Montag, 23. November, 11:00" in talk.last.text


async def test_the_review_shows_everything_before_it_is_sent(talk: Talk) -> None:
    await fill(talk)
    await talk.presses("Fertig")
    assert talk.last.title == "Stimmt das so?"
    assert "Benutzername: kim_1" in talk.last.text
    assert "Bereich: Ich schaue zu" in talk.last.text
    assert await talk.rows(select(Ticket)) == []


async def test_any_field_can_be_changed_from_the_review(talk: Talk) -> None:
    await fill(talk)
    await talk.presses("Fertig")
    await talk.presses("✏️ Ändern")
    await talk.presses("Betreff")
    await talk.says("Video stockt nach der Hälfte")
    assert talk.last.title == "Stimmt das so?"
    assert "Betreff: Video stockt nach der Hälfte" in talk.last.text


async def test_the_username_may_be_skipped_but_the_subject_may_not(talk: Talk) -> None:
    await talk.says("/ticket")
    await talk.presses("Überspringen")
    assert talk.last.title == "Betreff (2 von 5)"
    assert talk.labels == ["Abbrechen"]


async def test_a_long_subject_gets_a_hint_and_a_far_too_long_one_a_refusal(talk: Talk) -> None:
    await talk.says("/ticket")
    await talk.presses("Überspringen")
    await talk.says("x" * 121)
    assert talk.last.text.startswith("Das sind 121 Zeichen; höchstens 120 sind möglich.")
    await talk.says("eins zwei drei vier fünf sechs sieben acht neun")
    assert talk.last.text.startswith("Notiert.")
    assert talk.last.title == "Bereich (3 von 5)"


async def test_a_wrong_word_where_one_must_choose_asks_again(talk: Talk) -> None:
    await talk.says("/ticket")
    await talk.presses("Überspringen")
    await talk.says("Kein Bild zu sehen")
    await talk.says("Quark")
    assert talk.last.text.startswith("Bitte wähle eines davon.")


async def test_cancelling_sends_nothing(talk: Talk) -> None:
    await fill(talk)
    (stopped,) = await talk.presses("Abbrechen")
    assert stopped.text == "Abgebrochen. Es wurde nichts gesendet."
    assert await talk.rows(select(Ticket)) == []


async def test_a_form_survives_a_restart_half_way(talk: Talk) -> None:
    await fill(talk)
    await talk.restart()
    await talk.presses("Fertig")
    await talk.presses("✅ Senden")
    assert len(await talk.rows(select(Ticket))) == 1


async def test_pressing_send_twice_makes_one_ticket(talk: Talk) -> None:
    await fill(talk)
    await talk.presses("Fertig")
    value = talk.value("✅ Senden")
    await talk.presses_value(value)
    (old,) = await talk.presses_value(value)
    assert old.text.startswith("Diese Nachricht ist abgeschlossen")
    assert len(await talk.rows(select(Ticket))) == 1


async def test_a_command_amid_the_form_is_obeyed_and_the_form_stays_open(talk: Talk) -> None:
    await fill(talk)
    replies = await talk.says("/help")
    assert "/billing" in replies[0].text
    await talk.presses("Weiter")
    assert talk.last.title == "Dateien (5 von 5)"


async def test_files_become_evidence_of_the_ticket_byte_for_byte(talk: Talk) -> None:
    await fill(talk)
    await talk.sends(PICTURE, name="bild.png")
    await talk.presses("Fertig")
    assert "Dateien: 1" in talk.last.text
    await talk.presses("✅ Senden")
    evidence = await talk.row(select(Evidence))
    assert (evidence.state, evidence.name, evidence.size) == ("stored", "bild.png", len(PICTURE))
    assert evidence.ticket_id == (await talk.row(select(Ticket))).id
    assert await talk.stored(evidence) == PICTURE


async def test_an_album_is_kept_whole_and_answered_once(talk: Talk) -> None:
    await fill(talk)
    replies = [await talk.sends(PICTURE + bytes([n]), group="album") for n in range(3)]
    assert [len(one) for one in replies] == [1, 0, 0]
    await talk.presses("Fertig")
    assert "Dateien: 3" in talk.last.text


async def test_the_eleventh_file_is_refused_in_clear_words(talk: Talk) -> None:
    await fill(talk)
    for number in range(11):
        await talk.sends(PICTURE + bytes([number]))
    assert talk.last.text.startswith("Eine Nachricht fasst höchstens 10 Dateien")
    await talk.presses("Fertig")
    assert "Dateien: 10" in talk.last.text
    states = [evidence.state for evidence in await talk.rows(select(Evidence))]
    assert states.count(EvidenceState.REFUSED) == 1


async def test_a_file_out_of_the_blue_is_kept_and_goes_into_the_ticket(talk: Talk) -> None:
    (asked,) = await talk.sends(PICTURE)
    assert asked.text.startswith("Ich habe deine Dateien gespeichert")
    await talk.presses("✉️ Dem Support-Team schreiben")
    await talk.says("kim_1")
    await talk.says("Bild bleibt schwarz")
    await talk.presses("Ich schaue zu")
    await talk.says("Heute um neun")
    await talk.presses("Fertig")
    assert "Dateien: 1" in talk.last.text


async def test_a_reply_to_one_of_the_tickets_messages_is_appended(talk: Talk) -> None:
    ticket = await send(talk)
    (added,) = await talk.says("Es war im Browser", reply_to=talk.last_id)
    assert added.text == f"Zu Ticket {ticket.id} hinzugefügt."
    events = await talk.rows(select(TicketEvent).where(TicketEvent.kind == "said"))
    assert [event.text for event in events] == ["Es war im Browser"]


async def test_words_can_name_the_ticket_to_add_to(talk: Talk) -> None:
    ticket = await send(talk)
    await talk.says(f"Zu Ticket {ticket.id}: es war im Browser")
    events = await talk.rows(select(TicketEvent).where(TicketEvent.kind == "said"))
    assert [event.text for event in events] == ["es war im Browser"]


async def test_adding_by_button_takes_words_and_files_until_done(talk: Talk) -> None:
    ticket = await send(talk)
    await talk.presses(f"Zu Ticket {ticket.id} hinzufügen")
    await talk.says("noch etwas")
    await talk.sends(PICTURE)
    await talk.presses("Fertig")
    assert (await talk.row(select(Evidence))).ticket_id == ticket.id
    (answer,) = await talk.says("passwort vergessen")
    assert "Anmeldeseite" in answer.text


async def test_a_solved_ticket_is_opened_again_by_a_reply(talk: Talk) -> None:
    ticket = await send(talk)
    await talk.staff_solve(ticket)
    assert "als gelöst markiert" in talk.last.text
    (added,) = await talk.says("Stimmt nicht", reply_to=talk.last_id)
    opened = f"Zu Ticket {ticket.id} hinzugefügt; es ist wieder offen."
    assert added.text.startswith(f"{opened} Eine Antwort kommt bis ")
    assert (await talk.row(select(Ticket))).state == "open"


async def test_the_first_answer_stops_the_clock_and_waits_for_the_person(talk: Talk) -> None:
    ticket = await send(talk)
    await talk.staff_answer(ticket, "Bitte lade die Seite neu.")
    assert talk.last.title == f"Antwort auf Ticket {ticket.id}"
    assert talk.last.text == "Bitte lade die Seite neu."
    ticket = await talk.row(select(Ticket))
    assert (ticket.state, ticket.answered_at) == ("waiting", talk.clock.now)
    await talk.says("Hilft nicht", reply_to=talk.last_id)
    assert (await talk.row(select(Ticket))).state == "open"


async def test_everything_that_happened_is_in_the_history(talk: Talk) -> None:
    ticket = await send(talk)
    await talk.staff_answer(ticket, "Bitte neu laden.")
    await talk.says("Danke", reply_to=talk.last_id)
    await talk.staff_solve(await talk.row(select(Ticket)))
    kinds = [event.kind for event in await talk.rows(select(TicketEvent).order_by(TicketEvent.id))]  # type: ignore[arg-type]  # a column
    assert kinds == ["opened", "answered", "waiting", "said", "open", "solved"]


async def test_the_list_and_one_ticket_can_be_seen(talk: Talk) -> None:
    ticket = await send(talk)
    await talk.says("/tickets")
    assert talk.labels[0] == f"{ticket.id} · {ticket.subject} · offen"
    await talk.says(f"/ticket {ticket.id}")
    assert talk.last.title == f"Ticket {ticket.id} · offen"
    assert "Eine Antwort kommt bis Montag, 23. November, 11:00" in talk.last.text


async def test_somebody_elses_ticket_is_as_unknown_as_one_that_does_not_exist(talk: Talk) -> None:
    ticket = await send(talk)
    other = talk.another("Robin")
    theirs = await other.says(f"/ticket {ticket.id}")
    missing = await other.says("/ticket 999")
    assert theirs[0].text == missing[0].text == "Du hast kein Ticket mit dieser Nummer."
    for wrong in ("-1", "0", "abc", "9" * 30, "1; DROP TABLE ticket"):
        assert (await other.says(f"/ticket {wrong}"))[0].text == missing[0].text


async def test_an_edited_message_of_a_ticket_is_noted_in_it(talk: Talk) -> None:
    await send(talk)
    await talk.says("Es war im Browser", reply_to=talk.last_id, message="m1")
    await talk.edits("Es war in der App", message="m1")
    edited = await talk.row(select(TicketEvent).where(TicketEvent.kind == "edited"))
    assert edited.text == "Es war in der App"
