"""Pure: a form of the desk as a modal, and what was filled into one:
https://docs.discord.com/developers/components/reference
"""

from typing import Any

from bots.discord.parse import SEPARATOR, clean
from core.forms import FieldKind
from core.messages import Attachment, DrawnField, DrawnForm

Json = dict[str, Any]

LABEL, HINT, TITLE, VALUE = 45, 100, 45, 4000
FIELDS = 5
"""More does not fit into a modal; the desk asks for the rest afterwards."""
ROW, BUTTON, MENU, INPUT, LABELLED, UPLOAD = 1, 2, 3, 4, 18, 19
SHORT, PARAGRAPH = 1, 2


def to_modal(form: DrawnForm, opening: int) -> Json:
    """Its id carries the form's choice and what opened it: it comes back with the form."""
    components = [to_component(field) for field in form.fields[:FIELDS]]
    return {
        "custom_id": f"{opening}|{form.choice}",
        "title": form.title[:TITLE],
        "components": components,
    }


def to_component(field: DrawnField) -> Json:
    drawn: Json = {"type": LABELLED, "label": field.label[:LABEL], "component": to_control(field)}
    return {**drawn, "description": field.hint[:HINT]} if field.hint else drawn


def to_control(field: DrawnField) -> Json:
    known: Json = {"custom_id": field.name, "required": not field.optional}
    if field.kind == FieldKind.OPTION:
        options = [
            {"label": label[:100], "value": value, "default": value == field.value}
            for label, value in field.options
        ]
        return {**known, "type": MENU, "options": options}
    if field.kind == FieldKind.FILES:
        return {**known, "type": UPLOAD, "min_values": 0, "max_values": min(field.limit, 10)}
    style = PARAGRAPH if field.kind == FieldKind.TEXT else SHORT
    text: Json = {**known, "type": INPUT, "style": style, "max_length": min(field.limit, VALUE)}
    return {**text, "value": field.value[: min(field.limit, VALUE)]} if field.value else text


def read_modal_id(custom_id: str) -> tuple[str, str]:
    """What opened the modal, and the form's choice."""
    opening, _, choice = custom_id.partition("|")
    return opening, choice


def read_values(data: Json) -> tuple[tuple[tuple[str, str], ...], tuple[Attachment, ...]]:
    """What was filled in, by the names of the fields, and the files."""
    values: list[tuple[str, str]] = []
    files: list[Attachment] = []
    uploaded = (data.get("resolved") or {}).get("attachments") or {}
    for component in data.get("components") or ():
        control: Json = component.get("component") or next(
            iter(component.get("components") or ()), {}
        )
        chosen = control.get("values") or []
        if control.get("type") == UPLOAD:
            files += [to_file(uploaded[one]) for one in chosen if one in uploaded]
        else:
            value = control.get("value") or next(iter(chosen), "")
            values.append((str(control.get("custom_id", "")), clean(str(value))))
    return tuple(values), tuple(files)


def to_file(raw: Json) -> Attachment:
    """A file as the gateway tells it."""
    media_type = str(raw.get("content_type") or "").partition(";")[0]
    kinds = {"image": "photo", "video": "video"}
    handle = SEPARATOR.join(("0", "0", str(raw["id"]), str(raw["url"])))
    kind = kinds.get(media_type.partition("/")[0], "document")
    return Attachment(handle, kind, clean(str(raw.get("filename", ""))), media_type, raw["size"])
