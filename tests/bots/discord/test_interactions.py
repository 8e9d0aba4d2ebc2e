"""Commands, presses, forms and completions: acknowledged in time, received once, answered to those
who asked and nobody else.
"""

import asyncio
from collections.abc import AsyncIterator

import pytest

from bots.discord.adapter import DiscordAdapter
from core.adapter import Refused, Retry, Unknown
from core.forms import FieldKind
from core.messages import Address, Choice, DrawnField, DrawnForm, Inbound, Kind, Outbound
from tests.bots.contract import Ears, listening, read
from tests.bots.discord.conftest import LANGUAGES, Knows, Waits, settings
from tests.bots.discord.screen import words
from tests.fakes.discord import DiscordFake
from tests.fakes.discord_calls import Json, Upload
from tests.fakes.discord_guilds import SEND as MAY_SEND
from tests.fakes.discord_people import Person
from tests.fakes.discord_world import Channel

SEND = "POST /channels/{channel_id}/messages"
FILL = "PATCH /webhooks/{webhook_id}/{webhook_token}/messages/@original"
FOLLOW_UP = "POST /webhooks/{webhook_id}/{webhook_token}"
LOOK = "GET /webhooks/{webhook_id}/{webhook_token}/messages/@original"
PROMISED, NOTHING_NEW, SAID = 5, 6, 4
ONLY_THEM = 1 << 6
SIDES = (("I watch", "fan"), ("I make", "creator"))
FORM = DrawnForm(
    "ticket:new",
    "Write to the support team",
    (
        DrawnField("username", FieldKind.LINE, "Username", "As it is.", "", 60, True),
        DrawnField("subject", FieldKind.LINE, "Subject", "Five words.", "", 120),
        DrawnField(
            "audience",
            FieldKind.OPTION,
            "Side",
            options=(("I watch", "fan"), ("I make", "creator")),
        ),
        DrawnField("description", FieldKind.TEXT, "Description", "When?", "known", 10_000),
        DrawnField("files", FieldKind.FILES, "Files", "Ten at most.", limit=10, optional=True),
    ),
)
FILLED = {"subject": "It is broken", "audience": ["fan"], "description": "Since today"}


@pytest.fixture
def ada(fake: DiscordFake, lobby: Channel) -> Person:
    """In the server too."""
    person = fake.person(7, "Ada", locale="de")
    fake.guild(1).join(person.user)
    return person


@pytest.fixture
async def quick(fake: DiscordFake, waits: Waits, knows: Knows) -> AsyncIterator[DiscordAdapter]:
    """Waits only a moment for things to be received."""
    opened = DiscordAdapter(settings(fake), LANGUAGES, sleep=waits.sleep, quick=0.05)
    opened.look_up(knows)
    await opened.open()
    yield opened
    await opened.close()


@pytest.fixture
async def ears(fake: DiscordFake, quick: DiscordAdapter) -> AsyncIterator[Ears]:
    hearing = Ears()
    async with listening(quick, hearing.receive):
        await fake.is_connected()
        yield hearing


def answer(inbound: Inbound, text: str = "the answer", nonce: str = "out:1") -> Outbound:
    return Outbound(inbound.address, text, nonce=nonce, answer_to=inbound.answer_to)


# In private


async def test_a_press_is_received_and_then_acknowledged(
    fake: DiscordFake, quick: DiscordAdapter, ada: Person
) -> None:
    ears, release = Ears(), asyncio.Event()

    async def receive(inbound: Inbound) -> None:
        if inbound.kind is Kind.PRESS:
            await release.wait()
        await ears.receive(inbound)

    await quick.send(
        Outbound(
            Address("discord", quick.account, str(ada.dm.id)), "?", choices=(Choice("Yes", "yes"),)
        )
    )
    async with listening(quick, receive):
        await fake.is_connected()
        pressed = await ada.presses("Yes")
        assert pressed.response is None
        release.set()
        assert await pressed.answered() == NOTHING_NEW
        (heard,) = await ears.until(1)
    assert (heard.kind, heard.choice, heard.event) == (Kind.PRESS, "yes", f"i:{pressed.id}")
    assert heard.address == Address("discord", quick.account, str(ada.dm.id))
    assert (heard.message, heard.sender.language) == (ada.inbox[0]["id"], "de")
    assert (heard.answer_to, heard.words_after) == ("", "")


async def test_a_press_that_is_received_slowly_is_acknowledged_all_the_same(
    fake: DiscordFake, quick: DiscordAdapter, ada: Person
) -> None:
    release = asyncio.Event()
    ears = Ears()

    async def receive(inbound: Inbound) -> None:
        await release.wait()
        await ears.receive(inbound)

    address = Address("discord", quick.account, str(ada.dm.id))
    await quick.send(Outbound(address, "?", choices=(Choice("Yes", "yes"),)))
    async with listening(quick, receive):
        await fake.is_connected()
        pressed = await ada.presses("Yes")
        assert await pressed.answered() == NOTHING_NEW
        assert ears.heard == []
        release.set()
        await ears.until(1)


async def test_a_choice_from_a_menu_is_a_press(
    quick: DiscordAdapter, ears: Ears, ada: Person
) -> None:
    choices = tuple(Choice(f"{n} " + "long " * 10, f"entry:{n}") for n in range(7))
    address = Address("discord", quick.account, str(ada.dm.id))
    await quick.send(Outbound(address, "Which?", choices=choices))
    await ada.chooses("entry:3")
    (heard,) = await ears.until(1)
    assert (heard.kind, heard.choice) == (Kind.PRESS, "entry:3")


@pytest.mark.parametrize(
    ("command", "options", "text"),
    [
        ("ask", {"question": "How do I?"}, "How do I?"),
        ("ticket", {"number": "12"}, "/ticket 12"),
        ("frage", {"question": "Wie?"}, "Wie?"),
        ("abrechnung", {"name": "EPOCH"}, "/billing EPOCH"),
        ("tickets", {}, "/tickets"),
        ("neues", {}, "/news"),
        ("sprache", {}, "/language"),
        ("hilfe", {}, "/help"),
    ],
)
async def test_a_command_is_heard_as_if_it_were_typed(
    fake: DiscordFake, ears: Ears, ada: Person, command: str, options: Json, text: str
) -> None:
    ran = await ada.runs(command, options)
    (heard,) = await ears.until(1)
    assert (heard.kind, heard.text, heard.private) == (Kind.MESSAGE, text, True)
    assert heard.message == str(ran.id)
    await fake.until(lambda: bool(fake.calls_of(f"DELETE {FILL.partition(' ')[2]}")))
    assert ada.seen == []


async def test_a_completed_question_shows_its_entry(
    fake: DiscordFake, ears: Ears, ada: Person, knows: Knows
) -> None:
    knows.choices = [Choice("How do I reset my password? " * 5, "entry:password")]
    (offered,) = await ada.completes("ask", "question", "pass")
    assert knows.completed == [("pass", "de", 25)]
    assert len(offered["name"]) == 100
    await ada.runs("ask", {"question": offered["value"]})
    (heard,) = await ears.until(1)
    assert (heard.kind, heard.choice) == (Kind.PRESS, "entry:password")


async def test_a_desk_that_cannot_complete_offers_nothing(
    fake: DiscordFake, quick: DiscordAdapter, ears: Ears, ada: Person
) -> None:
    assert await ada.completes("ask", "question", "pass") == []


# In a server


async def test_what_is_done_in_a_server_is_answered_to_its_person_alone(
    fake: DiscordFake, quick: DiscordAdapter, ears: Ears, ada: Person, lobby: Channel
) -> None:
    ran = await ada.runs("ask", {"question": "How?"}, channel=lobby)
    assert await ran.answered() == PROMISED
    (heard,) = await ears.until(1)
    assert heard.address == Address("discord", quick.account, str(lobby.id), "@7")
    assert heard.private
    assert (heard.answer_to, heard.words_after) == (ran.token, "/ask")
    id = await quick.send(answer(heard))
    assert (words(ada.inbox[0]), ada.inbox[0]["id"]) == ("the answer", id)
    assert ada.inbox[0]["flags"] & ONLY_THEM
    more = await quick.send(answer(heard, "and more", "out:2"))
    assert more != id
    assert [words(one) for one in ada.inbox] == ["the answer", "and more"]
    assert all(one["flags"] & ONLY_THEM for one in ada.inbox)
    assert lobby.messages == {}


async def test_an_answer_that_is_quicker_than_the_acknowledgement_waits_for_it(
    fake: DiscordFake, quick: DiscordAdapter, ada: Person, lobby: Channel
) -> None:
    sent: list[str] = []

    async def receive(inbound: Inbound) -> None:
        sent.append(await quick.send(answer(inbound)))

    callback = "POST /interactions/{interaction_id}/{interaction_token}/callback"
    fake.faults.add(route=callback, kind="delay", before=0.1)
    async with listening(quick, receive):
        await fake.is_connected()
        await ada.runs("tickets", channel=lobby)
        await ada.hears()
    assert words(ada.inbox[0]) == "the answer"


@pytest.mark.parametrize("kind", ["lost_answer", "cut", "malformed"])
async def test_the_first_answer_can_be_said_again(
    fake: DiscordFake, quick: DiscordAdapter, ears: Ears, ada: Person, lobby: Channel, kind: str
) -> None:
    await (await ada.runs("tickets", channel=lobby)).answered()
    (heard,) = await ears.until(1)
    fake.faults.add(route=FILL, kind=kind)
    with pytest.raises(Retry):
        await quick.send(answer(heard))
    await quick.send(answer(heard))
    assert [words(one) for one in {one["id"]: one for one in ada.inbox}.values()] == ["the answer"]


async def test_a_later_answer_that_may_have_arrived_is_in_doubt(
    fake: DiscordFake, quick: DiscordAdapter, ears: Ears, ada: Person, lobby: Channel
) -> None:
    await (await ada.runs("tickets", channel=lobby)).answered()
    (heard,) = await ears.until(1)
    await quick.send(answer(heard))
    fake.faults.add(route=FOLLOW_UP, kind="lost_answer")
    with pytest.raises(Unknown):
        await quick.send(answer(heard, "more", "out:2"))


@pytest.mark.parametrize("before", ["nothing", "taken", "another"])
async def test_after_a_crash_what_was_promised_is_still_filled_and_nothing_is_said_twice(
    fake: DiscordFake, ada: Person, lobby: Channel, waits: Waits, knows: Knows, before: str
) -> None:
    ears = Ears()
    first = DiscordAdapter(settings(fake), LANGUAGES, sleep=waits.sleep)
    await first.open()
    async with listening(first, ears.receive):
        await fake.is_connected()
        await (await ada.runs("tickets", channel=lobby)).answered()
        (heard,) = await ears.until(1)
    if before != "nothing":
        said = "the answer" if before == "taken" else "something else"
        await first.send(answer(heard, said, f"out:{before}"))
    await first.close()
    second = DiscordAdapter(settings(fake), LANGUAGES, sleep=waits.sleep)
    await second.open()
    await second.send(answer(heard))
    await second.close()
    assert [words(one) for one in ada.inbox] == {
        "nothing": ["the answer"],
        "taken": ["the answer"],
        "another": ["something else", "the answer"],
    }[before]


async def test_what_another_desk_promised_and_takes_away_at_this_moment_is_said_all_the_same(
    fake: DiscordFake, quick: DiscordAdapter, ears: Ears, ada: Person, lobby: Channel, waits: Waits
) -> None:
    await (await ada.runs("tickets", channel=lobby)).answered()
    (heard,) = await ears.until(1)
    other = DiscordAdapter(settings(fake), LANGUAGES, sleep=waits.sleep)
    await other.open()
    fake.faults.add(route=FILL, kind="not_found", code=10008)
    await other.send(answer(heard))
    await other.close()
    assert [words(one) for one in ada.inbox] == ["the answer"]


async def test_what_another_desk_is_about_to_say_is_waited_for(
    fake: DiscordFake,
    quick: DiscordAdapter,
    ears: Ears,
    ada: Person,
    lobby: Channel,
    waits: Waits,
    knows: Knows,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    looked = asyncio.Event()

    async def is_speaking(address: Address) -> bool:
        first = not looked.is_set()
        looked.set()
        waits.silence.clear()
        return first and address == heard.address

    monkeypatch.setattr(knows, "is_speaking", is_speaking)
    ran = await ada.runs("tickets", channel=lobby)
    await ran.answered()
    (heard,) = await ears.until(1)
    waits.silence.set()
    await looked.wait()
    other = DiscordAdapter(settings(fake), LANGUAGES, sleep=waits.sleep)
    await other.open()
    id = await other.send(answer(heard))
    await other.close()
    waits.silence.set()
    await fake.until(lambda: len(fake.calls_of(LOOK)) == 2)  # the other's, and at last our own
    assert ran.original
    assert (ran.original["id"], words(ran.original)) == (id, "the answer")


async def test_what_comes_after_fifteen_minutes_comes_in_private(
    fake: DiscordFake, quick: DiscordAdapter, ears: Ears, ada: Person, lobby: Channel
) -> None:
    await (await ada.runs("tickets", channel=lobby)).answered()
    (heard,) = await ears.until(1)
    fake.clock.advance(16 * 60)
    id = await quick.send(answer(heard))
    assert ada.dm.messages[int(id)]["content"] == "the answer"
    assert ada.dm.messages[int(id)]["nonce"] == "out:1"


async def test_a_reply_days_later_comes_in_private(
    quick: DiscordAdapter, ada: Person, lobby: Channel
) -> None:
    address = Address("discord", quick.account, str(lobby.id), "@7")
    for _ in range(2):
        id = await quick.send(Outbound(address, "we found it", nonce="out:1"))
    assert [words(one) for one in ada.dm.messages.values()] == ["we found it"]
    assert int(id) in ada.dm.messages


async def test_whoever_takes_no_private_messages_is_told_so_where_they_asked(
    quick: DiscordAdapter, ada: Person, lobby: Channel, knows: Knows
) -> None:
    ada.blocks()
    address = Address("discord", quick.account, str(lobby.id), "@7")
    knows.languages[address] = "de"  # this process has heard nothing of them
    with pytest.raises(Refused):
        await quick.send(Outbound(address, "news for all", nonce="out:news", news=True))
    assert lobby.inbox.messages == []
    for number in range(2):
        with pytest.raises(Refused) as refused:
            await quick.send(Outbound(address, "a secret matter", nonce=f"out:{number}"))
        assert not refused.value.gone
    (told,) = lobby.inbox.messages
    assert told["content"].startswith("<@7> Ich konnte dir keine private Nachricht schicken")
    assert "secret" not in told["content"]
    assert [user["id"] for user in told["mentions"]] == ["7"]


async def test_the_matter_stays_open_even_when_nothing_can_be_told_there(
    fake: DiscordFake, quick: DiscordAdapter, ada: Person, lobby: Channel
) -> None:
    ada.blocks()
    fake.guild(1).deny(lobby, MAY_SEND)
    with pytest.raises(Refused) as refused:
        await quick.send(Outbound(Address("discord", quick.account, str(lobby.id), "@7"), "hello"))
    assert not refused.value.gone


async def test_an_interaction_that_was_heard_too_late_is_answered_in_private(
    fake: DiscordFake, quick: DiscordAdapter, ada: Person, lobby: Channel
) -> None:
    ears = Ears()
    async with listening(quick, ears.receive):
        await fake.is_connected()
        callback = "POST /interactions/{interaction_id}/{interaction_token}/callback"
        fake.faults.add(route=callback, kind="not_found", code=10062)
        await ada.runs("tickets", channel=lobby)
        (heard,) = await ears.until(1)
        id = await quick.send(answer(heard))
    assert int(id) in ada.dm.messages


@pytest.mark.alone
async def test_fifty_at_once_are_each_acknowledged(
    fake: DiscordFake, quick: DiscordAdapter, ears: Ears, lobby: Channel
) -> None:
    people = [fake.person(100 + number) for number in range(50)]
    for person in people:
        fake.guild(1).join(person.user)
    ran = [await person.runs("tickets", channel=lobby) for person in people]
    async with asyncio.timeout(3):
        assert {await one.answered() for one in ran} == {PROMISED}
    await ears.until(50)


# Forms


@pytest.mark.parametrize("where", ["private", "server"])
async def test_a_form_is_drawn_filled_in_and_received_with_its_file(
    fake: DiscordFake,
    quick: DiscordAdapter,
    ears: Ears,
    ada: Person,
    lobby: Channel,
    knows: Knows,
    where: str,
) -> None:
    knows.drawn = FORM
    channel = lobby if where == "server" else None
    opening = await ada.runs("ticket", channel=channel)
    await opening.answered()
    assert [one.text for one in knows.asked] == ["/ticket"]
    (modal,) = ada.modals
    assert modal.title == "Write to the support team"
    picture = Upload(b"\x89PNG", "proof.png", "image/png")
    sent = await ada.submits(modal, FILLED | {"username": "ada"}, {"files": [picture]})
    assert await sent.answered() == PROMISED
    (heard,) = await ears.until(1)
    assert (heard.kind, heard.choice, heard.text) == (Kind.FORM, "ticket:new", "")
    assert (heard.event, heard.message) == (f"i:{sent.id}", f"f:{opening.id}")
    assert dict(heard.values) == {
        "username": "ada",
        "subject": "It is broken",
        "audience": "fan",
        "description": "Since today",
    }
    (file,) = heard.attachments
    assert (file.name, file.kind) == ("proof.png", "photo")
    assert await read(quick, file) == b"\x89PNG"
    assert heard.address.thread == ("@7" if where == "server" else "")


async def test_a_form_opened_by_a_button_leaves_its_message_as_it_is(
    quick: DiscordAdapter, ears: Ears, ada: Person, knows: Knows
) -> None:
    knows.drawn = FORM
    address = Address("discord", quick.account, str(ada.dm.id))
    await quick.send(Outbound(address, "?", choices=(Choice("Write", "asked:1:ticket"),)))
    await (await ada.presses("Write")).answered()
    sent = await ada.submits(ada.modals[0], FILLED)
    assert await sent.answered() == NOTHING_NEW
    assert ada.seen[0].labels == ("Write",)
    assert (await ears.until(1))[0].kind is Kind.FORM


async def test_a_form_sent_twice_is_told_as_the_same(
    quick: DiscordAdapter, ears: Ears, ada: Person, knows: Knows
) -> None:
    knows.drawn = FORM
    await (await ada.runs("ticket")).answered()
    for _ in range(2):
        await (await ada.submits(ada.modals[0], FILLED)).answered()
    first, second = await ears.until(2)
    assert first.message == second.message
    assert first.event != second.event


async def test_a_press_that_opens_no_form_is_an_ordinary_one(
    quick: DiscordAdapter, ears: Ears, ada: Person, knows: Knows
) -> None:
    address = Address("discord", quick.account, str(ada.dm.id))
    await quick.send(Outbound(address, "?", choices=(Choice("On", "form:1:on"),)))
    await ada.presses("On")
    (heard,) = await ears.until(1)
    assert heard.choice == "form:1:on"
    assert [one.choice for one in knows.asked] == ["form:1:on"]


async def test_a_desk_that_draws_nothing_asks_step_by_step(
    quick: DiscordAdapter, ears: Ears, ada: Person, knows: Knows, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail(_: Inbound) -> DrawnForm | None:
        raise OSError("the database is away")

    monkeypatch.setattr(knows, "form", fail)
    await ada.runs("ticket")
    assert [one.text for one in await ears.until(1)] == ["/ticket"]


async def test_a_form_that_cannot_be_kept_is_given_back(
    fake: DiscordFake, quick: DiscordAdapter, ada: Person, knows: Knows, lobby: Channel
) -> None:
    knows.drawn = FORM
    ears = Ears()

    async def fail(inbound: Inbound) -> None:
        if inbound.kind is Kind.FORM:
            await asyncio.sleep(0.01)
            raise OSError("no space left on device")
        await ears.receive(inbound)

    async with listening(quick, fail):
        await fake.is_connected()
        await (await ada.runs("ticket", channel=lobby)).answered()
        sent = await ada.submits(ada.modals[0], FILLED)
        assert await sent.answered() == SAID
        shown = words(ada.inbox[0])
        assert "ließ sich bisher nicht aufbewahren" in shown
        assert "Since today" in shown
        assert ada.inbox[0]["flags"] & ONLY_THEM
        await ada.runs("tickets", channel=lobby)  # behind the form, which is no longer tried
        await ears.until(1)


async def test_a_form_that_is_kept_late_is_not_said_to_be_lost(
    fake: DiscordFake, quick: DiscordAdapter, ada: Person, knows: Knows, lobby: Channel
) -> None:
    knows.drawn = FORM
    ears = Ears()
    told = asyncio.Event()

    async def take_its_time(inbound: Inbound) -> None:
        if inbound.kind is Kind.FORM:
            await told.wait()
        await ears.receive(inbound)

    async with listening(quick, take_its_time):
        await fake.is_connected()
        await (await ada.runs("ticket", channel=lobby)).answered()
        sent = await ada.submits(ada.modals[0], FILLED)
        assert await sent.answered() == SAID
        assert "Wenn in den nächsten Minuten keine Bestätigung kommt" in words(ada.inbox[0])
        told.set()
        (kept,) = await ears.until(1)
        assert kept.kind is Kind.FORM


async def test_a_ticket_about_a_message_quotes_it_and_takes_its_files(
    fake: DiscordFake, quick: DiscordAdapter, ears: Ears, ada: Person, lobby: Channel, knows: Knows
) -> None:
    knows.drawn = FORM
    ben = fake.person(8, "Ben")
    fake.guild(1).join(ben.user)
    said = await ben.says(
        "it *burns*", files=[Upload(b"fire", "fire.png", "image/png")], channel=lobby
    )
    await (await ada.picks("Open a ticket about this", said)).answered()
    (asked,) = knows.asked
    assert (asked.kind, asked.choice) == (Kind.PRESS, "ticket:new")
    assert asked.text.startswith(f"Ben, https://discord.com/channels/1/{lobby.id}/{said['id']}:")
    assert asked.text.endswith("it *burns*")
    await ada.submits(ada.modals[0], FILLED, {"files": [Upload(b"more", "b.png", "image/png")]})
    (heard,) = await ears.until(1)
    assert [one.name for one in heard.attachments] == ["fire.png", "b.png"]
    assert [await read(quick, one) for one in heard.attachments] == [b"fire", b"more"]
