"""Pure: messages and interactions as Discord sends them, and as it should never send them."""

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bots.discord.interactions import Asked, to_interaction
from bots.discord.parse import Me, Unreadable, newest_last, to_inbound
from core.messages import Address, Kind, Sender

Json = dict[str, Any]
ME = Me("42")
ADA: Json = {"id": "7", "username": "ada_l", "global_name": "Ada"}
FILE: Json = {
    "id": "5",
    "filename": "Pro_f.ogg",
    "title": "Prö:f",
    "size": 9,
    "content_type": "audio/ogg; codecs=opus",
    "url": "https://cdn.discordapp.com/attachments/1/5/Pro_f.ogg?ex=1",
}


def message(**more: object) -> Json:
    return {
        "id": "100",
        "channel_id": "9",
        "author": ADA,
        "content": "hello",
        "timestamp": "2026-11-25T18:00:00.123000+00:00",
        "edited_timestamp": None,
        "type": 0,
        "attachments": [],
        "mentions": [],
        **more,
    }


def test_a_message_is_read_whole() -> None:
    reply = {"type": 0, "message_id": "99", "channel_id": "9"}
    inbound = to_inbound(message(type=19, message_reference=reply, attachments=[FILE]), ME)
    assert inbound
    assert (inbound.event, inbound.message, inbound.reply_to) == ("m:100", "100", "99")
    assert inbound.address == Address("discord", "42", "9")
    assert inbound.sender == Sender("7", "Ada")
    assert inbound.at == datetime(2026, 11, 25, 18, 0, 0, 123000, UTC)
    (file,) = inbound.attachments
    assert (file.name, file.kind, file.media_type, file.size) == (
        "Prö:f.ogg",
        "audio",
        "audio/ogg",
        9,
    )
    assert file.handle == f"9/100/5 {FILE['url']}"


@pytest.mark.parametrize(
    ("more", "kind", "text"),
    [
        ({"content": "", "sticker_items": [{"id": "1"}]}, Kind.ODD, "sticker"),
        ({"content": "", "poll": {"question": {"text": "?"}}}, Kind.ODD, "poll"),
        ({"content": ""}, Kind.ODD, "unknown"),
        ({"content": "look", "sticker_items": [{"id": "1"}]}, Kind.MESSAGE, "look"),
        ({"content": "", "attachments": [FILE]}, Kind.MESSAGE, ""),
        ({"content": "a\0b\ud800c"}, Kind.MESSAGE, "ab?c"),
        ({"author": {"id": "7", "username": "ada"}}, Kind.MESSAGE, "hello"),
    ],
)
def test_what_it_is(more: Json, kind: Kind, text: str) -> None:
    inbound = to_inbound(message(**more), ME)
    assert inbound
    assert (inbound.kind, inbound.text) == (kind, text)


@pytest.mark.parametrize(
    "more",
    [
        {"type": 6},
        {"type": 3},
        {"type": 20},
        {"author": {**ADA, "bot": True}},
        {"author": {**ADA, "system": True}},
        {"webhook_id": "1"},
        {"author": None},
        {"channel_type": 3},
        {"guild_id": "1"},
        {"guild_id": "1", "mentions": [{"id": "8"}]},
    ],
)
def test_what_nobody_says_to_us_is_not_heard(more: Json) -> None:
    assert to_inbound(message(**more), ME) is None


def test_a_voice_message_is_one() -> None:
    inbound = to_inbound(message(content="", flags=1 << 13, attachments=[FILE]), ME)
    assert inbound
    assert inbound.attachments[0].kind == "voice"


def test_of_what_was_forwarded_the_words_and_files_are_taken() -> None:
    shot = {"message": {"content": "theirs", "attachments": [FILE]}}
    pointer = {"type": 1, "message_id": "5", "channel_id": "3"}
    data = message(content="", message_reference=pointer, message_snapshots=[shot])
    inbound = to_inbound(data, ME)
    assert inbound
    assert (inbound.text, inbound.forwarded, inbound.reply_to) == ("theirs", True, "")
    assert inbound.attachments[0].handle.startswith("9/100/5 ")


def test_an_edit_is_one_for_each_time() -> None:
    inbound = to_inbound(message(edited_timestamp="2026-11-25T18:05:00+00:00"), ME, edited=True)
    assert inbound
    assert (inbound.kind, inbound.event) == (Kind.EDIT, "e:100:2026-11-25T18:05:00+00:00")
    assert inbound.at == datetime(2026, 11, 25, 18, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    "more",
    [
        {},
        {"edited_timestamp": "2026-11-25T18:05:00+00:00", "content": ""},
        {"edited_timestamp": "2026-11-25T18:05:00+00:00", "author": None},
    ],
)
def test_a_preview_of_a_link_is_no_edit(more: Json) -> None:
    assert to_inbound(message(**more), ME, edited=True) is None


def test_a_mention_is_for_us_and_says_where_the_answer_goes() -> None:
    data = message(guild_id="1", content="<@42>: how? <@8>", mentions=[{"id": "42"}, {"id": "8"}])
    inbound, inside = to_inbound(data, ME), to_inbound(data, ME, parent="3")
    assert inbound
    assert inside
    assert (inbound.text, inbound.private) == ("how? <@8>", False)
    assert inbound.address == Address("discord", "42", "9", "100")
    assert inside.address == Address("discord", "42", "3", "9")


STRANGE = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=5,
)


@given(st.dictionaries(st.sampled_from([*message(), "guild_id", "flags", "poll"]), STRANGE))
def test_whatever_comes_is_read_or_called_unreadable(more: Json) -> None:
    for data in (message(**more), more):
        try:
            inbound = to_inbound(data, ME)
        except Unreadable:
            continue
        assert inbound is None or "\0" not in inbound.text


@pytest.mark.parametrize("history", [None, "x", {"message": "no"}, [{"id": "x"}], [1], [None]])
def test_a_history_that_is_none_is_unreadable(history: Any) -> None:
    with pytest.raises(Unreadable):
        newest_last(history)


# Interactions


def interaction(**more: object) -> Json:
    return {
        "id": "1443000000000000000",
        "application_id": "42",
        "type": 3,
        "token": "key",
        "channel_id": "9",
        "user": ADA,
        "locale": "de",
        "context": 1,
        "data": {"custom_id": "menu:home", "component_type": 2},
        "message": {"id": "100"},
        **more,
    }


def test_a_press_says_all_it_knows() -> None:
    read = to_interaction(interaction(), ME)
    assert read
    assert read.inbound
    assert (read.asked, read.private, read.on_message) == (Asked.COMPONENT, True, True)
    assert (read.inbound.choice, read.inbound.message) == ("menu:home", "100")
    assert read.inbound.sender == Sender("7", "Ada", "de")
    assert read.inbound.at.year == 2025
    assert read.inbound.answer_to == ""


@pytest.mark.parametrize(
    "more",
    [
        {"guild_id": "1", "member": {"user": ADA}, "context": 0},
        {"context": 2},
    ],
)
def test_where_others_are_the_address_is_one_persons(more: Json) -> None:
    read = to_interaction(interaction(**more), ME)
    assert read
    assert read.inbound
    assert read.inbound.address == Address("discord", "42", "9", "@7")
    assert read.inbound.private
    assert read.inbound.answer_to == "key"


@pytest.mark.parametrize(
    ("choice", "opens"),
    [
        ("ticket:new", True),
        ("ticket:new:billing", True),
        ("form:12:draw", True),
        ("asked:12:ticket", True),
        ("asked:12:helped", False),
        ("tickets:list", False),
        ("menu:home", False),
    ],
)
def test_which_presses_may_open_a_form(choice: str, opens: bool) -> None:
    read = to_interaction(interaction(data={"custom_id": choice}), ME)
    assert read
    assert read.may_open_form is opens


def test_a_ping_is_nothing_and_nonsense_is_unreadable() -> None:
    assert to_interaction(interaction(type=1), ME) is None
    for nonsense in (
        {"data": None},
        {"user": None},
        {"id": "x"},
    ):
        with pytest.raises(Unreadable):
            to_interaction(interaction(**nonsense), ME)


@pytest.mark.parametrize("id", ["ü", "x" * 61])
def test_a_button_that_another_program_left_is_pressed_like_an_old_one(id: str) -> None:
    read = to_interaction(interaction(data={"custom_id": id}), ME)
    assert read
    assert read.inbound
    assert read.inbound.choice == "foreign"  # of which the desk knows nothing: it shows the menu


@given(st.dictionaries(st.sampled_from([*interaction(), "member", "guild_id"]), STRANGE))
def test_whatever_comes_as_interaction_is_read_or_called_unreadable(more: Json) -> None:
    for type_ in (2, 3, 4, 5):
        try:
            to_interaction(interaction(**{"type": type_, **more}), ME)
        except Unreadable:
            continue
