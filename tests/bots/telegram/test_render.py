"""What the desk says, as fields of sendMessage."""

from bots.telegram.render import Form, to_call, utf16_length
from core.messages import Address, Choice, Outbound

ADDRESS = Address("telegram", "42", "1001")
TOPIC = Address("telegram", "42", "-1001", "7")


def test_words_are_sent_as_they_are() -> None:
    call = to_call(Outbound(ADDRESS, "<b>1 * 2_3</b> @all"))
    assert call["text"] == "<b>1 * 2_3</b> @all"
    assert call["chat_id"] == "1001"
    assert "parse_mode" not in call
    assert "entities" not in call


def test_links_are_not_previewed() -> None:
    assert to_call(Outbound(ADDRESS, "see https://example.org"))["link_preview_options"] == {
        "is_disabled": True
    }


def test_a_title_is_the_first_line_in_bold_counted_as_telegram_counts() -> None:
    call = to_call(Outbound(ADDRESS, "below", " 👋 Grüße "))
    assert call["text"] == "👋 Grüße\nbelow"
    assert call["entities"] == [{"type": "bold", "offset": 0, "length": 8}]


def test_half_a_character_does_not_break_the_count() -> None:
    assert utf16_length("a\ud83d") == 2


def test_choices_stand_in_rows() -> None:
    choices = tuple(Choice(f"L{number}", f"v:{number}") for number in range(5))
    markup = to_call(Outbound(ADDRESS, "?", choices=choices, columns=2))["reply_markup"]
    rows = [
        [(one["text"], one["callback_data"]) for one in row] for row in markup["inline_keyboard"]
    ]
    assert rows == [
        [("L0", "v:0"), ("L1", "v:1")],
        [("L2", "v:2"), ("L3", "v:3")],
        [("L4", "v:4")],
    ]


def test_no_columns_is_one_column() -> None:
    choices = (Choice("a", "a"), Choice("b", "b"))
    markup = to_call(Outbound(ADDRESS, "?", choices=choices, columns=0))["reply_markup"]
    assert [len(row) for row in markup["inline_keyboard"]] == [1, 1]


def test_a_reply_is_sent_even_when_its_original_is_gone() -> None:
    reply = to_call(Outbound(ADDRESS, "yes", reply_to="55"))["reply_parameters"]
    assert reply == {"message_id": 55, "allow_sending_without_reply": True}


def test_an_id_of_another_platform_is_no_reply() -> None:
    assert "reply_parameters" not in to_call(Outbound(ADDRESS, "yes", reply_to="<a@b>"))


def test_a_topic_is_named() -> None:
    assert to_call(Outbound(TOPIC, "here"))["message_thread_id"] == "7"


def test_plain_keeps_the_words_and_leaves_out_what_may_be_refused() -> None:
    choices = (Choice("a", "a"),)
    call = to_call(Outbound(TOPIC, "below", "Title", choices), Form(bold=False, topic=False))
    assert call["text"] == "Title\nbelow"
    assert "entities" not in call
    assert "message_thread_id" not in call
    assert call["reply_markup"]
