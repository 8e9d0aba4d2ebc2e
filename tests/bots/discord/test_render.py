"""Pure: what is sent, and what stands on the screen then."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bots.discord.markdown import plain
from bots.discord.render import to_body, to_components, to_words
from core.messages import Address, Choice, Outbound
from tests.bots.contract import MARKUP
from tests.bots.discord.screen import Json, labels, shown, words

ADA = Address("discord", "42", "7")
MEAN = [
    MARKUP,
    "@everyone and @here",
    "<@1> <@!1> <@&1> <#1> <:smile:1> <a:smile:1> </ticket:1> <t:1> <t:1:R> <id:guide>",
    "[our bank](https://evil.example) <https://evil.example>",
    "**bold** __under__ *it* _it_ ~~gone~~ ||spoiler|| `code` ```block```",
    "# big\n## big\n-# small\n> quoted\n>>> quoted\n- list\n* list\n+ list\n1. list\n  - in",
    r"back\slash \* \\* ¯\_(ツ)_/¯ C:\new",
    ":smile: :+1: 10:30:15 :)",
    "https://a.example/b_c_d*e*?f=_g_#h a_b@c.example",
    "https://*. and https://*. too",
    "half \N{SKULL}\ufe0f \u202egpj.exe",
]
MARKED = st.text(alphabet="\\*_~`|<>[]()@#:-+1.a /\nhtps", max_size=40)


@pytest.mark.parametrize("text", MEAN)
def test_words_are_drawn_as_they_are(text: str) -> None:
    assert shown(plain(text)) == text


@given(MARKED)
def test_whatever_marks_stand_in_them_words_are_drawn_as_they_are(text: str) -> None:
    assert shown(plain(text)) == text


@given(MARKED.filter(lambda text: text.strip()))
def test_a_title_is_bold_whatever_stands_in_it(title: str) -> None:
    body = to_words(Outbound(ADA, "below", title))
    assert shown(body["content"]) == f"{title.strip()}\nbelow"
    assert body["content"].startswith("**")


def test_the_screen_of_these_tests_knows_what_is_formatted() -> None:
    assert shown("*it* **bold** [a](https://b.example)") == (
        "⟦italic:*it*⟧ bold ⟦masked:[a](https://b.example)⟧"
    )
    assert shown("@everyone <@1>") == "⟦mention:@everyone⟧ ⟦mention:<@1>⟧"


def test_links_are_not_touched_so_that_they_can_be_followed() -> None:
    assert "https://a.example/b_c" in plain("see https://a.example/b_c_")


def test_nobody_is_pinged_and_no_page_is_shown_below() -> None:
    body = to_body(Outbound(ADA, "@everyone https://a.example"))
    assert body["allowed_mentions"] == {"parse": [], "replied_user": False}
    assert body["flags"] == 4


@pytest.mark.parametrize("size", [1000, 1001, 2000])
def test_what_backslashes_make_too_long_stands_in_a_frame(size: int) -> None:
    text = "*" * size
    body = to_words(Outbound(ADA, text))
    assert len(body.get("content", "")) <= 2000
    assert words({"content": "", "embeds": [], **body}) == text
    assert ("embeds" in body) is (size > 1000)


def test_even_a_title_in_a_frame_fits() -> None:
    body = to_words(Outbound(ADA, "*" * 1500, "_" * 498))
    assert len(body["embeds"][0]["description"]) <= 4096


def test_a_nonce_is_to_be_enforced_and_none_is_none() -> None:
    body = to_body(Outbound(ADA, "hello", nonce="out:1"))
    assert (body["nonce"], body["enforce_nonce"]) == ("out:1", True)
    assert "nonce" not in to_body(Outbound(ADA, "hello"))


def test_a_reply_points_at_its_original_but_does_not_need_it() -> None:
    body = to_body(Outbound(ADA, "hello"), reply_to="77")
    assert body["message_reference"] == {"message_id": "77", "fail_if_not_exists": False}
    assert "message_reference" not in to_body(Outbound(ADA, "hello"), reply_to="f:77")


def choices(*lengths: int) -> list[Choice]:
    return [Choice("x" * length, f"v:{number}") for number, length in enumerate(lengths)]


@pytest.mark.parametrize(
    ("count", "columns", "rows"),
    [(3, 2, [2, 1]), (5, 1, [1] * 5), (6, 1, [2] * 3), (13, 2, [3, 3, 3, 3, 1]), (25, 1, [5] * 5)],
)
def test_buttons_stand_as_wished_or_as_it_takes(count: int, columns: int, rows: list[int]) -> None:
    drawn = to_components(choices(*[5] * count), columns)
    assert [len(row["components"]) for row in drawn] == rows


def test_many_long_labels_are_a_menu_above_the_short_ones() -> None:
    drawn = to_components(choices(60, 60, 5, 60, 60, 5), 2)
    menu, buttons = drawn
    assert [one["value"] for one in menu["components"][0]["options"]] == [
        "v:0",
        "v:1",
        "v:3",
        "v:4",
    ]
    assert [one["custom_id"] for one in buttons["components"]] == ["v:2", "v:5"]


@example([5] * 23 + [60] * 2, 2)
@given(st.lists(st.integers(1, 80), min_size=1, max_size=25), st.integers(0, 9))
def test_every_choice_is_drawn_and_fits(lengths: list[int], columns: int) -> None:
    drawn: list[Json] = to_components(choices(*lengths), columns)
    assert len(drawn) <= 5
    assert all(1 <= len(row["components"]) <= 5 for row in drawn)
    assert len(labels({"components": drawn})) == len(lengths)


def test_the_same_value_is_drawn_once() -> None:
    twice = [Choice("Yes", "yes"), Choice("Yes!", "yes")]
    assert len(to_components(twice, 2)[0]["components"]) == 1
