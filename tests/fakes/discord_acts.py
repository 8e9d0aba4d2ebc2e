"""What people's screens let them do: the data of a press, of a command, of a filled in modal.

What a screen would not let happen is a `LookupError` or a `ValueError` here.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from tests.fakes.discord_calls import Json, Upload
from tests.fakes.discord_components import (
    BUTTON,
    CHECKBOX,
    CHECKBOXES,
    FIELDS,
    INPUT,
    LABEL,
    MENU,
    RADIO,
    TEXT,
    walk,
)
from tests.fakes.discord_components import UPLOAD as UPLOADED

Keep = Callable[[Upload], Json]
"""Makes an attachment of a file."""
Values = Mapping[str, Any]
"""What is filled in, by the custom id of a field or by its label."""
STRING, WHOLE, SWITCH, USER, CHANNEL, ROLE, NUMBER, FILE = 3, 4, 5, 6, 7, 8, 10, 11
SUBCOMMAND, GROUP = 1, 2
PYTHON: dict[int, tuple[type, ...]] = {
    STRING: (str,),
    WHOLE: (int,),
    SWITCH: (bool,),
    NUMBER: (int, float),
}


def press(message: Json, wanted: str) -> Json:
    """A button, by its label or its custom id."""
    buttons = [c for _, c in walk(message["components"]) if c["type"] == BUTTON]
    for button in buttons:
        if wanted in (button.get("label"), button.get("custom_id")):
            if button.get("disabled") or "custom_id" not in button:
                raise ValueError(f"{wanted!r} cannot be pressed")
            return {"custom_id": button["custom_id"], "component_type": BUTTON, "id": button["id"]}
    raise LookupError(f"no button {wanted!r} among {[b.get('label') for b in buttons]}")


def choice(message: Json, wanted: Sequence[str]) -> Json:
    """Options of the first menu that has them all, by their labels or values."""
    for _, menu in walk(message["components"]):
        if menu["type"] != MENU:
            continue
        values = _chosen(menu, wanted)
        if None not in values:
            _check_count(menu, len(values))
            told = {"custom_id": menu["custom_id"], "component_type": MENU, "id": menu["id"]}
            return {**told, "values": values}
    raise LookupError(f"no menu has {wanted}")


def _chosen(menu: Json, wanted: Sequence[str]) -> list[str | None]:
    known = {option["label"]: option["value"] for option in menu["options"]}
    known |= {option["value"]: option["value"] for option in menu["options"]}
    return [known.get(name) for name in wanted]


def _check_count(field: Json, count: int) -> None:
    least, most = _number(field, "min_values", 1), _number(field, "max_values", 1)
    if not least <= count <= most:
        raise ValueError(f"{field['custom_id']} takes {least} to {most}, not {count}")


def _number(field: Json, name: str, default: int) -> int:
    """discord.py says null for what was not set, and Discord takes it so."""
    value: int | None = field.get(name)
    return default if value is None else value


def submission(components: list[Json], values: Values, files: Values, keep: Keep) -> Json:
    """The filled in modal, and the files that came with it."""
    filled = dict(values) | dict(files)
    resolved: Json = {}
    sent = [_submitted(component, filled, keep, resolved) for component in components]
    if filled:
        raise LookupError(f"the modal has no {list(filled)}")
    return {"components": sent} | ({"resolved": resolved} if resolved else {})


def _submitted(component: Json, filled: Json, keep: Keep, resolved: Json) -> Json:
    told: Json = {"type": component["type"], "id": component["id"]}
    if component["type"] == TEXT:
        return told
    if component["type"] == LABEL:
        inner, label = component["component"], component["label"]
        return told | {"component": _field(inner, label, filled, keep, resolved)}
    inner = component["components"]
    fields = [_field(field, field.get("label", ""), filled, keep, resolved) for field in inner]
    return told | {"components": fields}


def _field(field: Json, label: str, filled: Json, keep: Keep, resolved: Json) -> Json:
    if field["type"] not in FIELDS:
        raise LookupError(f"{label!r} cannot be filled in")
    name = field["custom_id"] if field["custom_id"] in filled else label
    value = filled.pop(name, None)
    told = {"type": field["type"], "id": field["id"], "custom_id": field["custom_id"]}
    if value is None and field.get("required") is not False and not field.get("value"):
        raise ValueError(f"{label or name!r} is required")
    if field["type"] == INPUT:
        return told | {"value": _written(field, value)}
    if field["type"] == UPLOADED:
        return told | {"values": _uploaded(field, value or (), keep, resolved)}
    if field["type"] == CHECKBOX:
        return told | {"value": bool(value)}
    return told | _picked(field, [value] if isinstance(value, str) else list(value or ()))


def _picked(field: Json, names: list[str]) -> Json:
    chosen = names if "options" not in field else _chosen(field, names)
    if None in chosen:
        raise LookupError(f"{field['custom_id']!r} has not all of {names}")
    if field["type"] == RADIO:
        return {"value": chosen[0] if chosen else None}
    if chosen and field["type"] != CHECKBOXES:
        _check_count(field, len(chosen))
    return {"values": chosen}


def _written(field: Json, value: str | None) -> str:
    text = field.get("value") or "" if value is None else value
    least, most = _number(field, "min_length", 0), _number(field, "max_length", 4000)
    if text and not least <= len(text) <= most:
        raise ValueError(f"{field['custom_id']} takes {least} to {most} characters")
    return str(text)


def _uploaded(field: Json, uploads: Sequence[Upload], keep: Keep, resolved: Json) -> list[str]:
    kept = [keep(upload) for upload in uploads]
    if kept:
        _check_count(field, len(kept))
        resolved.setdefault("attachments", {}).update({file["id"]: file for file in kept})
    return [file["id"] for file in kept]


def command(registered: Json, path: list[str], values: Values) -> tuple[Json, Json]:
    """The data of a slash command, and the options that were asked for, by name.

    `path` names a subcommand, with its group. Users, channels and roles are given by their ids.
    """
    data: Json = {key: registered[key] for key in ("id", "name", "type")}
    if "guild_id" in registered:
        data["guild_id"] = registered["guild_id"]
    place, options = data, registered.get("options", [])
    for name in path:
        inner = next((o for o in options if o["name"] == name and o["type"] in (1, 2)), None)
        if inner is None:
            raise LookupError(f"/{registered['name']} has no {name!r}")
        place["options"] = [{"name": name, "type": inner["type"]}]
        place, options = place["options"][0], inner.get("options", [])
    if any(option["type"] in (SUBCOMMAND, GROUP) for option in options):
        raise LookupError(f"/{registered['name']} needs one of {[o['name'] for o in options]}")
    asked = {option["name"]: option for option in options}
    if unknown := values.keys() - asked.keys():
        raise LookupError(f"/{registered['name']} has no option {unknown}")
    place["options"] = [
        {"name": name, "type": asked[name]["type"], "value": value}
        for name, value in values.items()
    ]
    return data, asked


def check_options(asked: Json, values: Mapping[str, Any]) -> None:
    """What the screen checks before it sends a command."""
    for name, option in asked.items():
        if name not in values:
            if option.get("required"):
                raise ValueError(f"the option {name} is required")
            continue
        value = values[name]
        _check_type(name, option["type"], value)
        choices = option.get("choices")
        if choices and value not in [choice["value"] for choice in choices]:
            raise ValueError(f"{value!r} is no choice of {name}")
        if option["type"] == STRING and not _fits(option, len(value), "length"):
            raise ValueError(f"{name} is too short or too long")
        if option["type"] in (WHOLE, NUMBER) and not _fits(option, value, "value"):
            raise ValueError(f"{name} is too small or too large")


def _check_type(name: str, kind: int, value: object) -> None:
    if not isinstance(value, PYTHON.get(kind, (object,))):
        raise ValueError(f"{name} is no {value!r}")


def _fits(option: Json, size: float, what: str) -> bool:
    least, most = option.get(f"min_{what}"), option.get(f"max_{what}")
    return (least is None or size >= least) and (most is None or size <= most)
