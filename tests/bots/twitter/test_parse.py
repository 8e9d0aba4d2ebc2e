"""Every shape in which X tells of a message, and whatever else may come instead."""

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bots.twitter.parse import Message, id_at, moment_of, read_call, read_page, to_inbound
from core.messages import Address, Attachment, Inbound, Kind, Sender

ME, ANN = "100", "1001"
ID = "1582838499983564806"
AT = datetime(2022, 10, 19, 20, 58, tzinfo=UTC)
TON = "https://ton.twitter.com/1.1/ton/data/dm/1582838499983564806/77/oP5p359h.jpg"

Json = dict[str, Any]


def looked_up(**changes: Any) -> Json:
    event = {
        "id": ID,
        "event_type": "MessageCreate",
        "text": "hello",
        "sender_id": ANN,
        "dm_conversation_id": f"{ME}-{ANN}",
        "created_at": "2022-10-19T20:58:00.000Z",
    }
    return {name: value for name, value in (event | changes).items() if value is not None}


def page(*events: Json, **more: Any) -> Json:
    users = [{"id": ANN, "name": "Ann", "username": "ann"}, {"id": ME, "name": "Desk"}]
    return {"data": list(events), "includes": {"users": users}} | more


def called(sender: str = ANN, recipient: str = ME, **data: Any) -> Json:
    return {
        "type": "message_create",
        "id": ID,
        "created_timestamp": "1666213080000",
        "message_create": {
            "target": {"recipient_id": recipient},
            "sender_id": sender,
            "message_data": {"text": "hello"} | data,
        },
    }


def account_activity(*events: Json, whose: str = ME) -> Json:
    users = {ANN: {"id": ANN, "name": "Ann", "screen_name": "ann"}}
    return {"for_user_id": whose, "direct_message_events": list(events), "users": users}


def x_activity(payload: Json, kind: str = "dm.received", whose: str = ME) -> Json:
    return {"data": {"event_type": kind, "filter": {"user_id": whose}, "payload": payload}}


HELLO = Inbound(ID, Address("x", ME, ANN), Sender(ANN, "Ann"), AT, text="hello", message=ID)
IN_ACTIVITY = {"direct_message_events": [called()], "users": {ANN: {"data": {"name": "Ann"}}}}


def only(messages: tuple[Message, ...] | list[Message]) -> Inbound:
    (message,) = messages
    inbound = to_inbound(message, ME)
    assert inbound
    return inbound


@pytest.mark.parametrize(
    "call",
    [
        account_activity(called()),
        x_activity(account_activity(called())),
        x_activity(IN_ACTIVITY),
        x_activity(looked_up() | {"includes": page()["includes"]}),
    ],
    ids=["account activity", "x activity", "users wrapped once more", "as looked up"],
)
def test_one_message_is_the_same_however_x_calls(call: Json) -> None:
    assert only(read_call(call, ME)) == HELLO


def test_and_as_it_is_looked_up() -> None:
    assert only(read_page(page(looked_up()), ME).messages) == HELLO


def test_the_larger_id_may_be_ours() -> None:
    event = looked_up(sender_id="50", dm_conversation_id="50-100")
    assert only(read_page(page(event), ME).messages).address.chat == "50"


@pytest.mark.parametrize(
    ("event", "users"),
    [
        (looked_up(sender_id=None), [{"id": ANN, "name": "Ann"}]),
        (looked_up(sender_id=None), []),
        (looked_up(dm_conversation_id=None), []),
        (looked_up(created_at=None), []),
        (looked_up(event_type=None), []),
        (looked_up(id=int(ID), sender_id=int(ANN)), []),
    ],
    ids=["expansion", "conversation", "sender", "no time", "no type", "numbers"],
)
def test_fields_of_either_generation_may_be_missing(event: Json, users: list[Json]) -> None:
    told = {"data": [event], "includes": {"users": users}}
    inbound = only(read_page(told, ME).messages)
    assert (inbound.event, inbound.address.chat, inbound.text) == (ID, ANN, "hello")
    assert abs(inbound.at - AT).total_seconds() < 90


def test_our_own_words_are_told_apart() -> None:
    told = {"data": [looked_up(sender_id=None)], "includes": {"users": [{"id": ME}]}}
    mine = [
        *read_page(page(looked_up(sender_id=ME)), ME).messages,
        *read_page(told, ME).messages,
        *read_call(account_activity(called(ME, ANN)), ME),
        *read_call(x_activity(account_activity(called(ME, ANN)), "dm.sent"), ME),
    ]
    assert [one.person for one in mine] == [ANN] * 4
    assert [to_inbound(one, ME) for one in mine] == [None] * 4


@pytest.mark.parametrize(
    "event",
    [
        looked_up(dm_conversation_id="1578398451921985538"),
        looked_up(dm_conversation_id="1001-1002"),
        looked_up(dm_conversation_id=None, participant_ids=[ME, ANN, "1002"]),
        looked_up(dm_conversation_id="100-100"),
        looked_up(event_type="ParticipantsJoin"),
        looked_up(event_type="SomethingNew"),
        looked_up(id="x"),
        looked_up(id=str(2**63)),
        looked_up(id="١٢"),
    ],
)
def test_groups_and_other_events_are_left_out_but_counted(event: Json) -> None:
    found = read_page(page(looked_up(id="7"), event), ME)
    assert [one.id for one in found.messages] == ["7"]
    assert found.oldest == 7


@pytest.mark.parametrize(
    "call",
    [
        account_activity(called(), whose="101"),
        account_activity(called("1001", "1002")),
        account_activity(called(ME, ME)),
        account_activity({"type": "message_create"}),
        x_activity(account_activity(called()), whose="101"),
        x_activity(account_activity(called()), "chat.received"),
        x_activity(account_activity(called()), "profile.update.bio"),
        {"for_user_id": ME, "tweet_create_events": [{"id": 1}]},
        {"for_user_id": ME, "direct_message_indicate_typing_events": [{"sender_id": ANN}]},
    ],
)
def test_calls_that_are_not_for_us_are_left_out(call: Json) -> None:
    assert read_call(call, ME) == []


def test_a_page_tells_where_it_ends_and_what_is_next() -> None:
    told = page(looked_up(id="9"), looked_up(id="5"), meta={"next_token": "abc"})
    found = read_page(told, ME)
    assert (found.newest, found.oldest, found.next) == (9, 5, "abc")
    assert read_page({"meta": {"result_count": 0}}, ME).messages == ()


@pytest.mark.parametrize(
    ("changes", "word"), [({}, "unknown"), ({"referenced_tweets": [{"id": "1"}]}, "post")]
)
def test_a_message_of_nothing_we_know_is_odd(changes: Json, word: str) -> None:
    inbound = only(read_page(page(looked_up(text=None, **changes)), ME).messages)
    assert (inbound.kind, inbound.text) == (Kind.ODD, word)


# Files and links

LINK = {"url": "https://t.co/abc", "expanded_url": "https://example.com/a?b=c"}
ITS_FILE = {"url": "https://t.co/xyz", "expanded_url": "https://twitter.com/messages/media/77"}
PHOTO = Attachment(f"{ID} {TON}", "photo", "oP5p359h.jpg", "image/jpeg")
VIDEO: Json = {
    "media_key": "7_77",
    "type": "video",
    "variants": [
        {"content_type": "application/x-mpegURL", "url": "https://video.twimg.com/a/list.m3u8"},
        {"content_type": "video/mp4", "bit_rate": 1, "url": "https://video.twimg.com/a/s.mp4"},
        {"content_type": "video/mp4", "bit_rate": 9, "url": "https://video.twimg.com/a/l.mp4"},
    ],
}


def with_media(media: Json, **changes: Any) -> Inbound:
    event = looked_up(attachments={"media_keys": ["7_77"]}, **changes)
    told = page(event)
    told["includes"]["media"] = [{"media_key": "7_77"} | media]
    return only(read_page(told, ME).messages)


def test_a_picture_is_what_it_is_in_each_shape() -> None:
    media = {"id": 77, "id_str": "77", "media_url_https": TON, "type": "photo"}
    older = called(attachment={"type": "media", "media": media})
    assert with_media({"type": "photo", "url": TON}).attachments == (PHOTO,)
    assert only(read_call(account_activity(older), ME)).attachments == (PHOTO,)


def test_of_a_video_the_finest_file_is_taken() -> None:
    expected = Attachment(f"{ID} https://video.twimg.com/a/l.mp4", "video", "l.mp4", "video/mp4")
    assert with_media(VIDEO).attachments == (expected,)
    info = {"variants": [one | {"bitrate": one.get("bit_rate")} for one in VIDEO["variants"]]}
    older = called(attachment={"media": {"id": 77, "type": "video", "video_info": info}})
    assert only(read_call(account_activity(older), ME)).attachments == (expected,)


def test_of_a_file_without_a_link_it_is_known_that_it_is_there() -> None:
    assert with_media({"type": "photo"}).attachments == (Attachment(f"{ID} 7_77", "photo"),)


@pytest.mark.parametrize(
    ("text", "links", "expected"),
    [
        ("look https://t.co/xyz", None, "look"),
        ("https://t.co/xyz", None, ""),
        ("look https://t.co/abc https://t.co/xyz", None, "look https://t.co/abc"),
        ("look https://t.co/abc https://t.co/xyz", [LINK, ITS_FILE],
         "look https://example.com/a?b=c"),
        ("no link", None, "no link"),
    ],
)  # fmt: skip
def test_the_link_that_x_adds_for_a_file_is_not_part_of_the_words(
    text: str, links: list[Json] | None, expected: str
) -> None:
    entities = {"urls": links} if links else None
    inbound = with_media({"type": "photo", "url": TON}, text=text, entities=entities)
    assert inbound.text == expected
    assert inbound.kind is Kind.MESSAGE


def test_a_shortened_link_is_read_as_it_was_written() -> None:
    event = looked_up(text="see https://t.co/abc and https://t.co/q", entities={"urls": [LINK]})
    inbound = only(read_page(page(event), ME).messages)
    assert inbound.text == "see https://example.com/a?b=c and https://t.co/q"


@pytest.mark.parametrize(
    ("shown", "text"),
    [
        ("5 &lt; 6 &amp;&amp; 7 &gt; 6", "5 < 6 && 7 > 6"),
        ("&amp;lt; &amp;quot;", "&lt; &quot;"),
        ("<b> &amp; &lt;", "<b> &amp; &lt;"),
        ("R&D &amp; more", "R&D &amp; more"),
        ("&auml; &amp;", "&auml; &amp;"),
    ],
)
def test_signs_are_read_as_html_only_where_x_writes_all_of_them_so(shown: str, text: str) -> None:
    (message,) = read_page(page(looked_up(text=shown)), ME).messages
    assert message.text == text


def test_what_no_database_takes_is_taken_out() -> None:
    inbound = only(read_page(page(looked_up(text="a\0b\ud800c")), ME).messages)
    assert inbound.text == "ab?c"


def test_an_id_tells_its_time() -> None:
    assert id_at(moment_of(ID)) >> 22 == int(ID) >> 22
    assert id_at(datetime(2001, 1, 1, tzinfo=UTC)) == 0


# Whatever comes

LEAVES = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text()
    | st.sampled_from(
        [
            ME,
            ANN,
            ID,
            f"{ME}-{ANN}",
            "MessageCreate",
            "dm.received",
            TON,
            "9999-12-31T23:59:59-23:00",
        ]
    )
)
FIELDS = """
data includes users media meta id text sender_id dm_conversation_id event_type created_at url type
attachments media_keys entities urls variants payload filter user_id for_user_id attachment target
direct_message_events message_create message_data recipient_id created_timestamp next_token
video_info referenced_tweets
"""
NAMES = st.sampled_from(FIELDS.split())
ANYTHING = st.recursive(
    LEAVES, lambda inner: st.lists(inner) | st.dictionaries(NAMES, inner), max_leaves=30
)


@st.composite
def damaged(draw: st.DrawFn) -> Any:
    """A good page or call with one value of it replaced."""
    whole = draw(
        st.sampled_from(
            [
                page(looked_up(attachments={"media_keys": ["7_77"]})),
                account_activity(called(attachment={"media": {"type": "photo"}})),
                x_activity(account_activity(called())),
            ]
        )
    )
    return replace_one(draw, whole)


def replace_one(draw: st.DrawFn, value: Any) -> Any:
    if isinstance(value, dict) and value and draw(st.integers(0, 5)):
        name = draw(st.sampled_from(sorted(value)))
        return value | {name: replace_one(draw, value[name])}
    if isinstance(value, list) and value and draw(st.booleans()):
        return [replace_one(draw, value[0]), *value[1:]]
    return draw(ANYTHING)


@given(ANYTHING | damaged())
def test_whatever_comes_nothing_is_raised(raw: Any) -> None:
    for message in (*read_page(raw, ME).messages, *read_call(raw, ME)):
        inbound = to_inbound(message, ME)
        assert inbound is None or (inbound.event and inbound.address.chat != ME)
        assert "\0" not in message.text
