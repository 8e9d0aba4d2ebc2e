"""What we say arrives once, pings nobody, and its failures say what they mean."""

import traceback
from collections.abc import AsyncIterator, Mapping

import pytest

from bots.discord.adapter import DiscordAdapter
from core.adapter import DeliveryError, Refused, Retry, Unknown
from core.messages import Address, Choice, Outbound
from tests.bots.discord.conftest import LANGUAGES, settings
from tests.bots.discord.screen import labels, words
from tests.fakes.discord import DiscordFake
from tests.fakes.discord_people import Person

Facts = Mapping[str, object]
SEND = "POST /channels/{channel_id}/messages"
GONE, THERE = {"gone": True}, {"gone": False}


@pytest.fixture
def ada(fake: DiscordFake) -> Person:
    return fake.person(7, "Ada")


def to(person: Person, text: str = "hello", *, nonce: str = "", reply_to: str = "") -> Outbound:
    address = Address("discord", "42", str(person.dm.id))
    return Outbound(address, text, nonce=nonce, reply_to=reply_to)


OUTCOMES: list[tuple[Facts, type[DeliveryError], Facts]] = [
    ({"kind": "rate_limited", "retry_after": 60.0}, Retry, {"after": 60, "everyone": False}),
    ({"kind": "cloudflare"}, Retry, {"after": 60, "everyone": True}),
    ({"kind": "unauthorized"}, Retry, {"after": 300, "everyone": True}),
    ({"kind": "server_error", "status": 503}, Retry, {"everyone": False, "asked": False}),
    ({"kind": "server_error", "status": 503, "html": False}, Retry, {"asked": False}),
    ({"kind": "server_error", "status": 302}, Retry, {"asked": False}),
    ({"kind": "blocked"}, Refused, GONE),
    ({"kind": "forbidden", "code": 50278}, Refused, GONE),
    ({"kind": "not_found", "code": 10003}, Refused, GONE),
    ({"kind": "not_found", "code": 10013}, Refused, GONE),
    ({"kind": "forbidden", "code": 50001}, Refused, GONE),
    ({"kind": "forbidden", "code": 50013}, Refused, THERE),
    ({"kind": "bad_request", "code": 50035}, Refused, THERE),
    ({"kind": "bad_request", "code": 40003}, Retry, {"after": 60}),
    ({"kind": "lost_answer"}, Unknown, {}),
    ({"kind": "cut"}, Unknown, {}),
    ({"kind": "malformed"}, Unknown, {}),
]


@pytest.mark.parametrize(("fault", "failure", "facts"), OUTCOMES)
async def test_a_failure_says_what_it_means_for_the_message(
    fake: DiscordFake,
    adapter: DiscordAdapter,
    ada: Person,
    fault: Facts,
    failure: type[DeliveryError],
    facts: Facts,
) -> None:
    fake.faults.add(route=SEND, **fault)
    with pytest.raises(failure) as failed:
        await adapter.send(to(ada))
    assert {name: getattr(failed.value, name) for name in facts} == facts
    assert str(failed.value)


@pytest.mark.parametrize("kind", ["lost_answer", "malformed", "cut"])
async def test_a_lost_answer_is_asked_for_again_under_the_same_nonce(
    fake: DiscordFake, adapter: DiscordAdapter, ada: Person, kind: str
) -> None:
    fake.faults.add(route=SEND, kind=kind)
    with pytest.raises(Retry):
        await adapter.send(to(ada, nonce="out:1:0"))
    again = await adapter.send(to(ada, nonce="out:1:0"))
    assert again == ada.inbox[0]["id"]
    assert len(ada.inbox) == 1


async def test_short_waits_and_passing_trouble_are_the_librarys(
    fake: DiscordFake, adapter: DiscordAdapter, ada: Person
) -> None:
    fake.faults.add(route=SEND, kind="rate_limited", retry_after=0.01)
    assert await adapter.send(to(ada)) == ada.inbox[0]["id"]


async def test_a_limit_for_the_whole_bot_is_told_as_one(
    fake: DiscordFake, adapter: DiscordAdapter, ada: Person
) -> None:
    limited = {"kind": "rate_limited", "retry_after": 0.01, "is_global": True, "scope": "global"}
    fake.faults.add(route=SEND, times=5, **limited)
    with pytest.raises(Retry) as later:
        await adapter.send(to(ada))
    assert later.value.everyone


async def test_a_refusal_quotes_nothing(
    fake: DiscordFake, adapter: DiscordAdapter, ada: Person
) -> None:
    said = "private " + "matter"
    fake.faults.add(route=SEND, kind="bad_request", message=f"Value {said!r} is wrong")
    with pytest.raises(Refused) as failed:
        await adapter.send(to(ada, said))
    shown = "".join(traceback.format_exception(failed.value))
    assert said not in shown + repr(failed.value.__context__)


@pytest.mark.parametrize("text", ["", " \n\t"])
async def test_an_empty_text_is_never_sent(
    fake: DiscordFake, adapter: DiscordAdapter, ada: Person, text: str
) -> None:
    with pytest.raises(Refused) as failed:
        await adapter.send(to(ada, text))
    assert not failed.value.gone
    assert not fake.calls_of(SEND)


async def test_nothing_is_sent_before_we_know_who_we_are(fake: DiscordFake, ada: Person) -> None:
    adapter = DiscordAdapter(settings(fake), LANGUAGES)
    with pytest.raises(Retry):
        await adapter.send(to(ada))


@pytest.fixture
async def nowhere(fake: DiscordFake, adapter: DiscordAdapter) -> AsyncIterator[None]:
    """Discord is no longer there."""
    await fake.__aexit__(None, None, None)
    yield
    await fake.__aenter__()


async def test_nothing_leaves_when_no_connection_can_be_made(
    adapter: DiscordAdapter, ada: Person, nowhere: None
) -> None:
    with pytest.raises(Retry, match="could not be reached"):
        await adapter.send(to(ada))


@pytest.mark.parametrize(
    "text", ["@everyone", "@here", "<@7>", "<@&1>", "[bank](https://evil.example)", "# **x**"]
)
async def test_words_ping_nobody_and_format_nothing(
    fake: DiscordFake, adapter: DiscordAdapter, text: str
) -> None:
    house = fake.guild(1)
    ada = fake.person(7)
    house.join(ada.user)
    channel = house.channel("lobby")
    said = await ada.says(f"<@{adapter.account}> say it", channel=channel)
    address = Address("discord", adapter.account, str(channel.id), said["id"])
    await adapter.send(Outbound(address, text, text))
    (thread,) = house.threads
    (message,) = thread.inbox.messages
    assert words(message) == f"{text}\n{text}"
    assert (message["mentions"], message["mention_roles"]) == ([], [])
    assert not message["mention_everyone"]


async def test_a_reply_points_at_its_original_and_passes_without_it(
    adapter: DiscordAdapter, ada: Person
) -> None:
    question = await ada.says("hello?")
    await adapter.send(to(ada, "yes", reply_to=question["id"]))
    await adapter.send(to(ada, "and yes", reply_to="999999"))
    assert ada.inbox[0]["referenced_message"]["id"] == question["id"]
    assert ada.inbox[1]["referenced_message"] is None


async def test_twenty_five_long_choices_with_a_text_full_of_marks_arrive(
    adapter: DiscordAdapter, ada: Person
) -> None:
    choices = tuple(Choice(f"{n:02} " + "ü" * 77, f"value:{n}") for n in range(25))
    outbound = Outbound(Address("discord", "42", str(ada.dm.id)), "*" * 1990, "Ti_t_le", choices)
    await adapter.send(outbound)
    (message,) = ada.inbox
    assert words(message) == "Ti_t_le\n" + "*" * 1990
    assert labels(message) == tuple(choice.label for choice in choices)


async def test_a_pile_of_refusals_pauses_all_sends_long_before_discord_bans_us(
    fake: DiscordFake, adapter: DiscordAdapter, ada: Person, caplog: pytest.LogCaptureFixture
) -> None:
    ada.blocks()
    for _ in range(1_000):
        adapter._invalid.note(403)
    calls = len(fake.calls)
    for _ in range(2):
        with pytest.raises(Retry) as later:
            await adapter.send(to(ada))
    assert later.value.everyone
    assert 590 < later.value.after <= 600
    assert len(fake.calls) == calls
    assert caplog.text.count("nothing is sent until that is over") == 1


async def test_refusals_are_counted_as_they_come(
    fake: DiscordFake, adapter: DiscordAdapter, ada: Person
) -> None:
    ada.blocks()
    for _ in range(3):
        with pytest.raises(Refused):
            await adapter.send(to(ada))
    assert len(adapter._invalid) == 3
