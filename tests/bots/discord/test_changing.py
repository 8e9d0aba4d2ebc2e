"""What we said is changed or taken back, and files go out."""

from dataclasses import replace

import pytest

from bots.discord.adapter import DiscordAdapter
from bots.discord.limits import FILE
from core.adapter import Refused, Retry
from core.messages import Address, Choice, Enclosed, Outbound
from tests.bots.contract import Ears, listening
from tests.bots.discord.conftest import LANGUAGES, settings
from tests.bots.discord.screen import labels, words
from tests.fakes.discord import DiscordFake
from tests.fakes.discord_files import UPLOAD_LIMIT
from tests.fakes.discord_guilds import ATTACH, CREATE_PUBLIC
from tests.fakes.discord_people import Person

MESSAGE = "/channels/{channel_id}/messages/{message_id}"
SEND = "POST /channels/{channel_id}/messages"
PICTURE = Enclosed("screen.png", "image/png", b"\x89PNG" * 1000)


@pytest.fixture
def ada(fake: DiscordFake) -> Person:
    return fake.person(7, "Ada")


@pytest.fixture
def to_ada(adapter: DiscordAdapter, ada: Person) -> Outbound:
    return Outbound(Address("discord", adapter.account, str(ada.dm.id)), "hello")


# Files


async def test_a_file_goes_out_with_title_words_and_buttons_once(
    fake: DiscordFake, adapter: DiscordAdapter, ada: Person, to_ada: Outbound
) -> None:
    outbound = replace(
        to_ada, title="Look", choices=(Choice("Yes", "yes"),), nonce="out:1", file=PICTURE
    )
    assert await adapter.send(outbound) == await adapter.send(outbound)
    (shown,) = ada.seen
    assert (shown.files, shown.labels) == ((PICTURE.data,), ("Yes",))
    assert words(ada.inbox[0]) == "Look\nhello"
    assert ada.inbox[0]["attachments"][0]["content_type"] == "image/png"


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("SPOILER_SPOILER_secret.png", "secret.png"),
        ("../../etc/passwd", "passwd"),
        ('"; filename="x.exe', "; filename=x.exe"),
        ("a\r\nb.png", "ab.png"),
        ("", "file"),
    ],
)
async def test_a_files_name_is_only_a_name(
    fake: DiscordFake, adapter: DiscordAdapter, to_ada: Outbound, name: str, shown: str
) -> None:
    await adapter.send(replace(to_ada, file=replace(PICTURE, name=name)))
    (call,) = fake.calls_of(SEND)
    (about,) = call.body["attachments"]
    assert (about["filename"], about["description"]) == (shown, shown)
    assert [one.name for one in call.files.values()] == ["file"]


async def test_the_largest_file_passes_and_a_larger_one_is_refused_in_clear_words(
    adapter: DiscordAdapter, ada: Person, to_ada: Outbound
) -> None:
    assert adapter.limits.file_out == FILE < UPLOAD_LIMIT
    await adapter.send(replace(to_ada, file=replace(PICTURE, data=bytes(FILE))))
    assert [len(data) for data in ada.seen[0].files] == [FILE]
    with pytest.raises(Refused, match="the file is larger than Discord takes") as refused:
        await adapter.send(replace(to_ada, file=replace(PICTURE, data=bytes(UPLOAD_LIMIT + 1))))
    assert not refused.value.gone


async def test_a_file_of_an_unknown_kind_is_just_bytes(
    fake: DiscordFake, adapter: DiscordAdapter, to_ada: Outbound
) -> None:
    await adapter.send(replace(to_ada, file=Enclosed("x", "", b"data")))
    (call,) = fake.calls_of(SEND)
    assert [one.media_type for one in call.files.values()] == ["application/octet-stream"]


async def test_a_server_error_sends_the_whole_file_again(
    fake: DiscordFake, adapter: DiscordAdapter, ada: Person, to_ada: Outbound
) -> None:
    fake.faults.add(route=SEND, kind="late_error", status=502)
    await adapter.send(replace(to_ada, nonce="out:1", file=PICTURE))
    assert [one.files for one in ada.seen] == [(PICTURE.data,)]


async def test_where_no_file_may_be_attached_it_is_refused(
    fake: DiscordFake, adapter: DiscordAdapter
) -> None:
    lobby = fake.guild(1).channel("lobby")
    fake.guild(1).deny(lobby, ATTACH)
    place = Address("discord", adapter.account, str(lobby.id))
    with pytest.raises(Refused, match="may not write") as refused:
        await adapter.send(Outbound(place, "", file=PICTURE))
    assert not refused.value.gone


# Changes


async def test_a_change_pings_nobody_and_shows_words_as_they_are(
    fake: DiscordFake, adapter: DiscordAdapter
) -> None:
    lobby = fake.guild(1).channel("lobby")
    outbound = Outbound(Address("discord", adapter.account, str(lobby.id)), "hello")
    message = await adapter.send(outbound)
    await adapter.edit(replace(outbound, text="**@everyone** <@7>"), message)
    (told,) = lobby.inbox.messages
    assert words(told) == "**@everyone** <@7>"
    assert not told["mention_everyone"]
    assert told["mentions"] == []


async def test_words_that_need_a_frame_replace_those_that_do_not_and_back(
    adapter: DiscordAdapter, ada: Person, to_ada: Outbound
) -> None:
    message = await adapter.send(replace(to_ada, choices=(Choice("Yes", "yes"),)))
    for text in ("*" * 1500, "short", "*" * 1500):
        await adapter.edit(replace(to_ada, text=text), message)
        assert (words(ada.inbox[0]), labels(ada.inbox[0])) == (text, ())


@pytest.mark.parametrize(
    ("fault", "failure"),
    [
        ({"kind": "rate_limited", "retry_after": 60.0}, Retry),
        ({"kind": "cut"}, Retry),
        ({"kind": "server_error", "status": 503}, Retry),
        ({"kind": "forbidden", "code": 50005}, Refused),
    ],
)
async def test_trouble_with_a_change_says_what_it_is(
    fake: DiscordFake,
    adapter: DiscordAdapter,
    to_ada: Outbound,
    fault: dict[str, object],
    failure: type[Exception],
) -> None:
    message = await adapter.send(to_ada)
    changes = (
        adapter.edit(replace(to_ada, text="private words"), message),
        adapter.withdraw(to_ada.address, message),
    )
    for change in changes:
        fake.faults.add(route=f"* {MESSAGE}", times=2, **fault)
        with pytest.raises(failure) as failed:
            await change
        assert "private words" not in repr(failed.value)
        fake.faults.clear()


async def test_a_reply_where_no_thread_could_be_made_is_changed_where_it_stands(
    fake: DiscordFake, adapter: DiscordAdapter, ada: Person
) -> None:
    lobby = fake.guild(1).channel("lobby")
    fake.guild(1).join(ada.user)
    fake.guild(1).deny(lobby, CREATE_PUBLIC)
    said = await ada.says("how?", channel=lobby)
    outbound = Outbound(Address("discord", adapter.account, str(lobby.id), said["id"]), "so")
    message = await adapter.send(outbound)
    await adapter.edit(replace(outbound, text="like this"), message)
    assert [one.content for one in fake.screen(lobby)] == ["how?", "like this"]
    await adapter.withdraw(outbound.address, message)
    assert [one.content for one in fake.screen(lobby)] == ["how?"]


# What only one person sees


@pytest.fixture
async def asked(fake: DiscordFake, adapter: DiscordAdapter, ada: Person) -> Outbound:
    """The answer to a command in a server."""
    fake.guild(1).join(ada.user)
    ears = Ears()
    async with listening(adapter, ears.receive):
        await fake.is_connected()
        await (await ada.runs("news", channel=fake.guild(1).channel("lobby"))).answered()
        (heard,) = await ears.until(1)
    return Outbound(heard.address, "so", answer_to=heard.answer_to)


async def test_answers_that_one_person_sees_bring_files_and_change(
    adapter: DiscordAdapter, ada: Person, asked: Outbound
) -> None:
    ids = [await adapter.send(replace(asked, nonce=f"out:{n}", file=PICTURE)) for n in range(2)]
    for number, message in enumerate(ids):
        await adapter.edit(replace(asked, text=f"{number}", answer_to=""), message)
    shown = [(one.content, one.files) for one in ada.seen]
    assert shown == [("0", (PICTURE.data,)), ("1", (PICTURE.data,))]
    await adapter.withdraw(asked.address, ids[1])
    assert [one.content for one in ada.seen] == ["0"]
    assert ada.dm.messages == {}


async def test_they_change_for_as_long_as_discord_lets_them(
    fake: DiscordFake, adapter: DiscordAdapter, ada: Person, asked: Outbound
) -> None:
    message = await adapter.send(asked)
    fake.clock.advance(901)
    for change in (adapter.edit(asked, message), adapter.withdraw(asked.address, message)):
        with pytest.raises(Refused, match="15 minutes") as refused:
            await change
        assert not refused.value.gone


async def test_after_a_restart_they_are_not_found_and_their_reader_is(
    fake: DiscordFake, adapter: DiscordAdapter, ada: Person, asked: Outbound
) -> None:
    message = await adapter.send(asked)
    restarted = DiscordAdapter(settings(fake), LANGUAGES)
    await restarted.open()
    with pytest.raises(Refused, match="the message is gone") as refused:
        await restarted.edit(asked, message)
    assert not refused.value.gone
    await restarted.close()


async def test_what_came_too_late_for_that_is_changed_in_private(
    fake: DiscordFake, adapter: DiscordAdapter, ada: Person, asked: Outbound
) -> None:
    fake.clock.advance(901)
    message = await adapter.send(asked)
    await adapter.edit(replace(asked, text="otherwise"), message)
    assert [one.content for one in fake.screen(ada.dm)] == ["otherwise"]
    await adapter.withdraw(asked.address, message)
    assert fake.screen(ada.dm) == []
