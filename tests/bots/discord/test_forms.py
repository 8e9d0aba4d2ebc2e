"""Pure: forms as modals, and back."""

from typing import Any

from bots.discord.forms import read_id, read_uploads, read_values, to_modal
from core.forms import FieldKind
from core.messages import DrawnField, DrawnForm
from tests.fakes.discord_components import check_modal, numbered

LONG = "ü" * 200
OPTIONS = tuple((f"{LONG}{number}", f"value:{number}") for number in range(30))
FORM = DrawnForm(
    "asked:12:ticket",
    LONG,
    (
        DrawnField("username", FieldKind.LINE, LONG, LONG, "", 60, True),
        DrawnField("subject", FieldKind.LINE, "Subject", "", "x" * 200, 120),
        DrawnField("audience", FieldKind.OPTION, "Side", "", "value:2", 0, False, OPTIONS),
        DrawnField("description", FieldKind.TEXT, "Description", "", "y" * 9000, 10_000),
        DrawnField("files", FieldKind.FILES, "Files", "", "", 12, True),
        DrawnField("more", FieldKind.LINE, "More"),
    ),
)


def test_a_modal_keeps_discords_limits() -> None:
    modal = to_modal(FORM, "123456789012345678")
    check_modal({**modal, "components": numbered(modal["components"])})
    assert len(modal["title"]) == 45
    assert len(modal["components"]) == 5
    username, subject, side, description, files = (
        label["component"] for label in modal["components"]
    )
    assert len(modal["components"][0]["description"]) == 100
    assert (username["style"], username["max_length"], username["required"]) == (1, 60, False)
    assert "value" not in username
    assert subject["value"] == "x" * 120
    assert len(side["options"]) == 25
    assert [option["value"] for option in side["options"] if option["default"]] == ["value:2"]
    assert (description["style"], description["max_length"]) == (2, 4000)
    assert len(description["value"]) == 4000
    assert (files["min_values"], files["max_values"], files["required"]) == (0, 10, False)


def test_options_that_are_none_are_asked_in_words() -> None:
    form = DrawnForm("f", "F", (DrawnField("side", FieldKind.OPTION, "Side"),))
    assert to_modal(form, "1")["components"][0]["component"]["type"] == 4


def test_its_id_carries_the_choice_and_what_opened_it() -> None:
    modal = to_modal(FORM, "123")
    assert read_id(modal["custom_id"]) == ("asked:12:ticket", "123")


def test_what_was_filled_in_is_read_by_name() -> None:
    components: list[dict[str, Any]] = [
        {"type": 18, "component": {"type": 4, "custom_id": "subject", "value": "a\0b\ud800"}},
        {"type": 18, "component": {"type": 3, "custom_id": "side", "values": ["fan"]}},
        {"type": 18, "component": {"type": 3, "custom_id": "none", "values": []}},
        {"type": 18, "component": {"type": 19, "custom_id": "files", "values": ["2", "1", "9"]}},
        {"type": 1, "components": [{"type": 4, "custom_id": "old", "value": "row"}]},
        {"type": 10, "id": 1},
    ]
    assert read_values(components) == (
        ("subject", "ab?"),
        ("side", "fan"),
        ("none", ""),
        ("old", "row"),
    )
    told = {"attachments": {"1": {"id": "1"}, "2": {"id": "2"}}}
    assert read_uploads({"components": components, "resolved": told}) == [{"id": "2"}, {"id": "1"}]
    assert read_uploads({"components": []}) == []
