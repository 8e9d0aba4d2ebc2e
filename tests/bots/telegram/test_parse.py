"""Updates as Telegram sends them, and what the desk hears."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from telegram import Update

from bots.telegram.parse import (
    Me,
    Unreadable,
    chat_of,
    from_update,
    plain_words,
    to_inbound,
    update_number,
)
from core.messages import Address, Attachment, Inbound, Kind, Sender

ME = Me("42", "front_desk_bot")
NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
SENT = datetime(2026, 11, 22, 9, 59, 30, tzinfo=UTC)
ANN = {
    "id": 1001,
    "is_bot": False,
    "first_name": "Ann",
    "last_name": "Lee",
    "language_code": "de",
}
PRIVATE = {"id": 1001, "type": "private", "first_name": "Ann"}
GROUP = {"id": -1009, "type": "supergroup", "title": "Creators"}
OURS = {"id": 42, "is_bot": True, "first_name": "Desk", "username": "front_desk_bot"}

Json = dict[str, Any]


def message(**fields: Any) -> Json:
    head = {"message_id": 7, "date": int(SENT.timestamp()), "chat": PRIVATE, "from": ANN}
    return {**head, **fields}


def update(kind: str = "message", /, **fields: Any) -> Json:
    return {"update_id": 900, kind: message(**fields)}


def heard(raw: Json) -> Inbound:
    inbound = to_inbound(raw, ME, NOW)
    assert inbound is not None
    return inbound


def ignored(raw: Json) -> bool:
    return to_inbound(raw, ME, NOW) is None


def test_a_text_is_a_message() -> None:
    assert heard(update(text="hello *you*")) == Inbound(
        event="900/7",
        address=Address("telegram", "42", "1001"),
        sender=Sender("1001", "Ann Lee", "de"),
        at=SENT,
        text="hello *you*",
        message="7",
    )


@pytest.mark.parametrize(
    "fields",
    [
        {"text": "hello"},
        {"text": "a\0b \ud800"},
        {
            "text": "/start@Front_Desk_Bot now",
            "entities": [{"type": "x", "offset": 0, "length": 6}],
        },
        {"text": "hello", "from": ANN | {"last_name": None, "language_code": None}},
        {"text": "hello", "from": {"id": 5, "is_bot": False, "first_name": "Bo\0"}},
        {"text": "hello", "date": 0},
    ],
)
def test_plain_words_are_heard_as_the_library_reads_them(fields: Json) -> None:
    plain = update(**fields)
    assert plain_words(plain, ME) == from_update(Update.de_json(plain), ME, NOW)


@pytest.mark.parametrize(
    "raw",
    [
        update("edited_message", text="hello"),
        update(text="hello", chat=GROUP),
        update(text="hello", **{"from": ANN | {"is_bot": True}}),
        update(text="hello", reply_to_message=message(text="before")),
        update(text=""),
        {"update_id": 1, "message": 7},
    ],
)
def test_whatever_is_more_than_plain_words_is_left_to_the_library(raw: Json) -> None:
    assert plain_words(raw, ME) is None


def test_a_number_that_comes_again_with_another_message_is_another_event() -> None:
    assert heard(update(text="before")).event != heard(update(text="after", message_id=8)).event


def test_a_deep_link_stays_in_the_text() -> None:
    assert heard(update(text="/start news-7")).text == "/start news-7"


def test_a_person_without_a_language_has_none() -> None:
    plain = {name: value for name, value in ANN.items() if name != "language_code"}
    assert heard(update(text="x", **{"from": plain})).sender.language == ""


# Files


def file(**fields: Any) -> Json:
    return {"file_id": "F1", "file_unique_id": "U1", **fields}


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        (
            {
                "document": file(file_name="a b.pdf", mime_type="application/pdf", file_size=9),
            },
            Attachment("F1", "document", "a b.pdf", "application/pdf", 9),
        ),
        (
            {"video": file(width=1, height=1, duration=1, mime_type="video/mp4")},
            Attachment("F1", "video", "", "video/mp4"),
        ),
        (
            {"voice": file(duration=3, mime_type="audio/ogg", file_size=30)},
            Attachment("F1", "voice", "", "audio/ogg", 30),
        ),
        (
            {"video_note": file(length=1, duration=1, file_size=5)},
            Attachment("F1", "video note", "", "", 5),
        ),
        (
            {"audio": file(duration=1, file_name="s.mp3", mime_type="audio/mpeg")},
            Attachment("F1", "audio", "s.mp3", "audio/mpeg"),
        ),
        (
            {
                "animation": file(width=1, height=1, duration=1, mime_type="video/mp4"),
                "document": file(file_id="F2", mime_type="video/mp4"),
            },
            Attachment("F1", "animation", "", "video/mp4"),
        ),
    ],
)
def test_a_file_becomes_an_attachment(fields: Json, expected: Attachment) -> None:
    inbound = heard(update(**fields, caption="look"))
    assert inbound.attachments == (expected,)
    assert inbound.text == "look"
    assert inbound.kind is Kind.MESSAGE


def test_of_a_photo_the_largest_size_is_taken() -> None:
    sizes = [
        file(file_id="big", width=800, height=600, file_size=90),
        file(file_id="small", width=80, height=60, file_size=9),
    ]
    photo = heard(update(photo=sizes)).attachments
    assert photo == (Attachment("big", "photo", "", "image/jpeg", 90),)


def test_the_parts_of_an_album_name_it() -> None:
    part = heard(update(document=file(), media_group_id="77"))
    assert part.group == "77"


@pytest.mark.parametrize("size", [-1, 2**63, 10**400, float("nan"), "9", None, True])
def test_an_impossible_size_is_no_size(size: object) -> None:
    assert heard(update(document=file(file_size=size))).attachments[0].size is None


# What we cannot use


@pytest.mark.parametrize(
    ("fields", "word"),
    [
        (
            {"sticker": file(width=1, height=1, is_animated=False, is_video=False, type="regular")},
            "sticker",
        ),
        ({"dice": {"emoji": "🎲", "value": 3}}, "dice"),
        ({"location": {"latitude": 1.0, "longitude": 2.0}}, "location"),
        (
            {
                "location": {"latitude": 1.0, "longitude": 2.0},
                "venue": {
                    "location": {"latitude": 1.0, "longitude": 2.0},
                    "title": "x",
                    "address": "y",
                },
            },
            "venue",
        ),
        ({"contact": {"phone_number": "1", "first_name": "x"}}, "contact"),
        ({"story": {"chat": GROUP, "id": 1}}, "story"),
        ({"hologram": {"sides": 6}}, "unknown"),
    ],
)
def test_what_we_cannot_use_is_named(fields: Json, word: str) -> None:
    inbound = heard(update(**fields))
    assert (inbound.kind, inbound.text) == (Kind.ODD, word)


def test_a_service_message_is_not_for_us() -> None:
    assert ignored(update(pinned_message=message(text="old")))
    assert ignored(update(write_access_allowed={"from_request": True}))


def test_a_place_that_moves_is_not_told_again_and_again() -> None:
    moved = {"latitude": 1.0, "longitude": 2.0}
    assert ignored(update("edited_message", location=moved, edit_date=1795341700))


# Edits, presses, blocks


def test_an_edit_keeps_the_id_and_tells_when_it_happened() -> None:
    edit = heard(update("edited_message", text="better", edit_date=int(NOW.timestamp())))
    assert (edit.kind, edit.message, edit.text, edit.at) == (Kind.EDIT, "7", "better", NOW)


def press(**fields: Any) -> Json:
    query = {"id": "Q1", "from": ANN, "chat_instance": "c", "message": message(text="?")}
    return {"update_id": 901, "callback_query": {**query, **fields}}


def test_a_press_tells_its_value_and_its_message() -> None:
    inbound = heard(press(data="faq:12:helped"))
    assert (inbound.kind, inbound.choice, inbound.message) == (Kind.PRESS, "faq:12:helped", "7")
    assert (inbound.event, inbound.at, inbound.sender.id) == ("901/7", NOW, "1001")


def test_a_press_on_a_message_that_is_no_longer_accessible_still_counts() -> None:
    gone = {"chat": PRIVATE, "message_id": 3, "date": 0}
    inbound = heard(press(data="menu:home", message=gone))
    assert (inbound.choice, inbound.message, inbound.address.chat) == ("menu:home", "3", "1001")


def test_a_press_in_a_group_is_not_private() -> None:
    inbound = heard(press(data="x", message=message(text="?", chat=GROUP)))
    assert not inbound.private


def test_a_press_value_that_no_database_takes_is_cleaned() -> None:
    assert heard(press(data="a\0b\ud83d")).choice == "ab?"


def membership(status: str, chat: Json = PRIVATE) -> Json:
    def member(status: str) -> Json:
        return {"user": OURS, "status": status} | ({"until_date": 0} if status == "kicked" else {})

    change = {
        "chat": chat,
        "from": ANN,
        "date": int(SENT.timestamp()),
        "old_chat_member": member("member"),
        "new_chat_member": member(status),
    }
    return {"update_id": 902, "my_chat_member": change}


@pytest.mark.parametrize(
    ("status", "kind"),
    [("kicked", Kind.BLOCKED), ("left", Kind.BLOCKED), ("member", Kind.RETURNED)],
)
def test_being_blocked_and_let_in_again_is_heard(status: str, kind: Kind) -> None:
    inbound = heard(membership(status))
    assert (inbound.kind, inbound.address.chat, inbound.at) == (kind, "1001", SENT)


def test_joining_and_leaving_groups_is_not_for_us() -> None:
    assert ignored(membership("kicked", GROUP))


# Groups and topics


@pytest.mark.parametrize(
    ("said", "text"),
    [
        ("/help", "/help"),
        ("/help@front_desk_bot me", "/help me"),
        ("/help@Front_Desk_Bot", "/help"),
        ("@front_desk_bot, where is my money?", "where is my money?"),
        ("hey @Front_desk_bot can you help", "hey can you help"),
        ("help @front_desk_bot", "help"),
    ],
)
def test_in_a_group_what_is_said_to_us_is_heard_without_our_name(said: str, text: str) -> None:
    inbound = heard(update(text=said, chat=GROUP))
    assert (inbound.text, inbound.private, inbound.address.chat) == (text, False, "-1009")


@pytest.mark.parametrize(
    "said",
    [
        "hello everybody",
        "/help@other_bot",
        "/help@other_bot @front_desk_bot",
        "write to me@front_desk_bot.example",
        "@front_desk_bot2 help",
    ],
)
def test_in_a_group_nothing_else_is_heard(said: str) -> None:
    assert ignored(update(text=said, chat=GROUP))


def test_in_a_group_a_reply_to_us_is_heard() -> None:
    original = message(text="?", **{"from": OURS}, message_id=5, chat=GROUP)
    inbound = heard(update(text="yes", chat=GROUP, reply_to_message=original))
    assert (inbound.text, inbound.reply_to) == ("yes", "5")


def test_in_a_thread_of_replies_that_begins_with_us_a_reply_is_heard() -> None:
    original = message(text="?", **{"from": OURS}, message_id=5, chat=GROUP)
    inbound = heard(update(text="yes", chat=GROUP, reply_to_message=original, message_thread_id=5))
    assert inbound.reply_to == "5"


def test_in_a_group_a_reply_to_somebody_else_is_not_heard() -> None:
    original = message(text="?", message_id=5, chat=GROUP)
    assert ignored(update(text="yes", chat=GROUP, reply_to_message=original))


def test_a_caption_can_name_us() -> None:
    inbound = heard(update(document=file(), caption="@front_desk_bot this", chat=GROUP))
    assert (inbound.text, len(inbound.attachments)) == ("this", 1)


def test_in_private_our_name_stays_in_the_words() -> None:
    assert heard(update(text=" hi @front_desk_bot ")).text == " hi @front_desk_bot "


def test_in_private_a_command_loses_our_name() -> None:
    assert heard(update(text="/ticket@front_desk_bot 7")).text == "/ticket 7"


def test_a_topic_is_part_of_the_address() -> None:
    inbound = heard(update(text="/help", chat=GROUP, message_thread_id=7, is_topic_message=True))
    assert inbound.address.thread == "7"


def test_a_thread_of_replies_is_no_topic() -> None:
    assert heard(update(text="/help", chat=GROUP, message_thread_id=7)).address.thread == ""


def test_standing_in_our_topic_is_no_reply_to_us() -> None:
    opened = message(message_id=7, **{"from": OURS}, chat=GROUP)
    place = {"message_thread_id": 7, "is_topic_message": True, "reply_to_message": opened}
    assert ignored(update(text="chatting", chat=GROUP, **place))
    assert heard(update(text="/help", chat=GROUP, **place)).reply_to == ""


def test_a_forwarded_message_says_so() -> None:
    origin = {"type": "hidden_user", "sender_user_name": "Support", "date": 1}
    assert heard(update(text="x", forward_origin=origin)).forwarded


def test_bots_and_channels_are_not_heard() -> None:
    bot = {"id": 5, "is_bot": True, "first_name": "Bot"}
    channel = {"id": -1005, "type": "channel", "title": "News"}
    assert ignored(update(text="/help", **{"from": bot}))
    assert ignored(update("channel_post", text="/help", chat=channel, **{"from": None}))
    assert ignored(press(data="x", **{"from": bot}))


def test_kinds_that_were_never_asked_for_are_not_heard() -> None:
    reaction = {
        "chat": PRIVATE,
        "message_id": 1,
        "date": 1,
        "old_reaction": [],
        "new_reaction": [],
        "user": ANN,
    }
    assert ignored({"update_id": 1, "message_reaction": reaction})


# Updates that are not as they should be


@pytest.mark.parametrize(
    "fields",
    [
        {"text": 5},
        {"text": ["a"]},
        {"text": {"a": 1}},
        {"text": "x", "date": "today"},
        {"text": "x", "date": float("nan")},
        {"text": "x", "date": 10**400},
        {"text": "x", "date": None},
        {"text": "x", "message_id": "seven"},
        {"text": "x", "message_id": 10**400},
        {"text": "x", "from": {"id": 1001}},
        {"text": "x", "from": []},
        {"text": "x", "media_group_id": 5},
        {"photo": [{"file_id": 1}]},
        {"photo": 7},
        {"document": "F1"},
        {"document": file(file_id=None, file_name=7)},
        {"text": "x", "reply_to_message": {"message_id": 3}},
        {"text": "x", "forward_origin": {"type": "hidden_user"}},
    ],
)
def test_a_malformed_message_still_reaches_its_writer(fields: Json) -> None:
    inbound = heard(update(**fields))
    assert (inbound.event, inbound.kind, inbound.text) == ("900/", Kind.ODD, "unknown")
    assert inbound.address == Address("telegram", "42", "1001")
    assert inbound.sender.id == "1001"
    assert inbound.at == NOW


def test_an_unknown_kind_of_update_still_reaches_its_writer() -> None:
    inbound = heard({"update_id": 900, "thought": {"chat": PRIVATE, "idea": "?"}})
    assert (inbound.kind, inbound.address.chat) == (Kind.ODD, "1001")


def test_a_malformed_press_still_reaches_its_writer() -> None:
    raw = {"update_id": 900, "callback_query": {"message": {"chat": PRIVATE}, "data": 5}}
    assert heard(raw).kind is Kind.ODD


def test_a_malformed_message_in_a_group_is_passed_by() -> None:
    assert ignored(update(text=5, chat=GROUP))


@pytest.mark.parametrize(
    "raw",
    [
        {"update_id": 900, "message": {}},
        {"update_id": 900, "message": 5},
        {"update_id": 900, "message": {"chat": {"id": "1001"}}},
        {"update_id": 900, "message": {"chat": {"id": 2**63}}},
        {"update_id": 900, "message": {"chat": {"id": True}}},
        {"update_id": 900, "thought": None},
    ],
)
def test_an_update_that_names_nobody_is_unreadable(raw: Json) -> None:
    with pytest.raises(Unreadable):
        to_inbound(raw, ME, NOW)


def test_fields_of_the_future_do_no_harm() -> None:
    raw = update(text="x", mood="good", chat={**PRIVATE, "weather": {"rain": True}})
    assert heard(raw | {"signature": "s"}).text == "x"


def test_parsing_leaves_the_update_as_it_came() -> None:
    raw = update(text="x", photo=[file(width=1, height=1)])
    before = json.dumps(raw)
    heard(raw)
    assert json.dumps(raw) == before


@pytest.mark.parametrize("raw", [None, [], {}, {"update_id": "1"}, {"update_id": 10**400}])
def test_what_has_no_number_is_no_update(raw: object) -> None:
    assert update_number(raw) is None


def test_updates_of_one_chat_are_known_before_they_are_understood() -> None:
    assert chat_of(update(text=5))["id"] == 1001
    assert chat_of(press(data="x"))["id"] == 1001
    assert chat_of(membership("kicked"))["id"] == 1001
    assert chat_of({"update_id": 1, "poll": {}}) == {}


# The staff's group

STAFFED = Me("42", "front_desk_bot", "-1009")
FORUM = GROUP | {"is_forum": True}
TOPIC = {"chat": FORUM, "message_thread_id": 55, "is_topic_message": True}


def in_room(raw: Json) -> Inbound | None:
    return to_inbound(raw, STAFFED, NOW)


@pytest.mark.parametrize("text", ["Look: a@front_desk_bot , ", " and @front_desk_bot,"])
def test_words_in_a_room_stay_as_they_are(text: str) -> None:
    inbound = in_room(update(text=text, **TOPIC))
    assert inbound
    assert (inbound.text, inbound.in_room, inbound.private) == (text, True, False)
    assert inbound.address == Address("telegram", "42", "-1009", "55")


@pytest.mark.parametrize(
    "told",
    [
        {"forum_topic_created": {"name": "Lunch", "icon_color": 7322096}},
        {"forum_topic_edited": {"name": "Dinner"}},
        {"forum_topic_closed": {}},
        {"forum_topic_reopened": {}},
        {"general_forum_topic_hidden": {}},
        {"pinned_message": message(text="x", chat=FORUM)},
        {"new_chat_members": [ANN]},
        {"text": "news from the channel", "is_automatic_forward": True},
        {"text": "/queue@other_bot"},
        {"text": "by another bot", "from": ANN | {"is_bot": True}},
    ],
    ids=lambda told: " ".join((*told, str(told.get("text", "")))),
)
def test_what_nobody_says_to_us_in_a_room_is_passed_by(told: Json) -> None:
    assert in_room(update(**{**TOPIC, **told})) is None


@pytest.mark.parametrize("kind", ["channel_post", "edited_channel_post"])
def test_posts_of_a_channel_are_nobodys(kind: str) -> None:
    channel = {"id": -1002, "type": "channel", "title": "News"}
    assert ignored({"update_id": 900, kind: {**message(text="/help"), "chat": channel}})
    assert ignored({"update_id": 900, kind: {"chat": channel, "text": ["?"]}})
