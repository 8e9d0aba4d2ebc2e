"""Pure: a form that the desk draws -> a modal, and what was filled in -> values.

https://docs.discord.com/developers/components/reference
"""

from collections.abc import Iterator
from typing import Any

from bots.discord.parse import line
from core.forms import FieldKind
from core.messages import DrawnField, DrawnForm

Json = dict[str, Any]

MENU, INPUT, LABEL, UPLOAD = 3, 4, 18, 19
ONE_LINE, PARAGRAPH = 1, 2
TITLE, DESCRIPTION, VALUE, FILES, OPTIONS, OPTION_LABEL = 45, 100, 4000, 10, 25, 100
MOST = 5
"""Fields in a modal. The desk asks for the others afterwards."""
MARK = "|"
"""Between the form's choice and what opened it: no choice has one."""


def to_modal(form: DrawnForm, opened_by: str) -> Json:
    """The data of the answer that opens it. `opened_by` is the id of the interaction: it comes back
    with each submission of this modal.
    """
    return {
        "title": cut(form.title, TITLE),
        "custom_id": f"{form.choice}{MARK}{opened_by}",
        "components": [to_label(field) for field in form.fields[:MOST]],
    }


def to_label(field: DrawnField) -> Json:
    label: Json = {
        "type": LABEL,
        "label": cut(field.label, TITLE),
        "component": to_component(field),
    }
    if field.hint:
        label["description"] = cut(field.hint, DESCRIPTION)
    return label


def to_component(field: DrawnField) -> Json:
    common = {"custom_id": field.name, "required": not field.optional}
    match field.kind:
        case FieldKind.OPTION if field.options:
            one = {"min_values": 1, "max_values": 1}
            return {"type": MENU, **common, **one, "options": to_options(field)}
        case FieldKind.FILES:
            most = min(field.limit or FILES, FILES)
            least = 0 if field.optional else 1
            return {"type": UPLOAD, **common, "min_values": least, "max_values": most}
    return {"type": INPUT, **common, **to_input(field)}


def to_options(field: DrawnField) -> list[Json]:
    return [
        {"label": cut(label, OPTION_LABEL), "value": value, "default": value == field.value}
        for label, value in field.options[:OPTIONS]
    ]


def to_input(field: DrawnField) -> Json:
    most = min(field.limit or VALUE, VALUE)
    style = PARAGRAPH if field.kind == FieldKind.TEXT else ONE_LINE
    drawn: Json = {"style": style, "max_length": most}
    if field.value:
        drawn["value"] = field.value[:most]
    return drawn


def cut(text: str, most: int) -> str:
    return text if len(text) <= most else text[: most - 1] + "…"


def read_id(custom_id: str) -> tuple[str, str]:
    """The form's choice, and the interaction that opened it."""
    choice, _, opened_by = custom_id.rpartition(MARK)
    return choice, opened_by


def read_values(components: list[Json]) -> tuple[tuple[str, str], ...]:
    """Names of the fields and what was filled in; of a menu the one value that was chosen."""
    return tuple(
        (line(field["custom_id"]), value_of(field))
        for field in fields(components)
        if field["type"] in (MENU, INPUT)
    )


def value_of(field: Json) -> str:
    if field["type"] == INPUT:
        return line(field.get("value"))
    return line(next(iter(field.get("values") or ()), ""))


def read_uploads(data: Json) -> list[Json]:
    """The files that came with it, in their order."""
    told = (data.get("resolved") or {}).get("attachments") or {}
    named = [
        id
        for field in fields(data["components"])
        if field["type"] == UPLOAD
        for id in field.get("values") or ()
    ]
    return [told[id] for id in named if id in told]


def fields(components: list[Json]) -> Iterator[Json]:
    for component in components:
        inner = component.get("component")
        yield from [inner] if inner else component.get("components") or ()
