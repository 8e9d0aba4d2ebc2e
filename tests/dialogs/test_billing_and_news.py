"""Who took a payment, and whether news reaches somebody."""

from sqlmodel import select

from core.models import Place, Ticket
from tests.dialogs.talk import Talk


async def test_the_name_in_the_payment_history_finds_the_centre_and_its_contacts(
    talk: Talk,
) -> None:
    await talk.says("/billing")
    await talk.says("FIRSTPAY*8839 12,99 EUR")
    assert talk.last.title == "First Billing"
    for part in ("help@first.example.com", "+1 202 555 0101", "rund um die Uhr", "https://first"):
        assert part in talk.last.text


async def test_a_name_with_the_command_is_looked_up_at_once(talk: Talk) -> None:
    await talk.says("/billing second biling")
    assert talk.last.title == "Second Billing"


async def test_what_is_not_ours_is_said_plainly_and_to_whom_it_belongs(talk: Talk) -> None:
    await talk.says("/billing overdraft fee")
    assert talk.last.title == "Zuständig ist: deine Bank"


async def test_an_unknown_name_shows_all_and_ends_in_a_ticket_marked_billing(talk: Talk) -> None:
    await talk.says("/billing")
    await talk.says("qqqqq wwwww")
    assert talk.labels[:2] == ["First Billing", "Second Billing"]
    await talk.presses("✉️ Dem Support-Team schreiben")
    await talk.presses("Überspringen")
    await talk.says("Unbekannte Abbuchung auf meinem Konto")
    await talk.presses("Ich schaue zu")
    await talk.says("Am 3. November, 12,99 EUR")
    await talk.presses("Fertig")
    await talk.presses("✅ Senden")
    assert (await talk.row(select(Ticket))).kind == "billing"


async def test_who_asks_something_else_instead_of_a_name_is_answered(talk: Talk) -> None:
    await talk.says("/billing")
    await talk.says("kann mich nicht einloggen")
    assert talk.last.title == "Wie setze ich ein neues Passwort?"
    assert (await talk.row(select(Place))).dialog == ""


async def test_news_is_subscribed_and_ended_with_a_press(talk: Talk) -> None:
    await talk.says("/news")
    await talk.presses("🔔 Neuigkeiten bekommen")
    assert (await talk.row(select(Place))).subscribed
    await talk.presses("🔕 Keine Neuigkeiten mehr")
    assert not (await talk.row(select(Place))).subscribed
