"""Buttons, menus and fields: what Discord takes of them, and what it refuses.

https://docs.discord.com/developers/components/reference
"""

from collections.abc import Iterator
from copy import deepcopy

from tests.fakes.discord_calls import Json, invalid

ROW, BUTTON, MENU, INPUT = 1, 2, 3, 4
USERS, ROLES, MENTIONABLES, CHANNELS = 5, 6, 7, 8
SECTION, TEXT, CONTAINER, LABEL, UPLOAD = 9, 10, 17, 18, 19
RADIO, CHECKBOXES, CHECKBOX = 21, 22, 23
MENUS = (MENU, USERS, ROLES, MENTIONABLES, CHANNELS)
FIELDS = (INPUT, *MENUS, UPLOAD, RADIO, CHECKBOXES, CHECKBOX)
"""What somebody can fill in in a modal."""
OF_LAYOUTS = (ROW, SECTION, TEXT, 12, 13, 14, CONTAINER)
LINK, PREMIUM = 5, 6
LENGTHS = {
    BUTTON: {"label": 80, "custom_id": 100, "url": 512},
    INPUT: {"label": 45, "custom_id": 100, "placeholder": 100, "value": 4000},
    LABEL: {"label": 45, "description": 100},
    **{kind: {"custom_id": 100, "placeholder": 150} for kind in MENUS},
}
OPTION = {"label": 100, "value": 100, "description": 100}

Placed = tuple[str, Json]
"""A component, and its path for the words of a refusal."""


def walk(components: list[Json], path: str = "components") -> Iterator[Placed]:
    """All of them, outer before inner, in reading order."""
    for number, component in enumerate(components):
        place = f"{path}.{number}"
        yield place, component
        yield from walk(component.get("components") or [], f"{place}.components")
        for name in ("component", "accessory"):
            if component.get(name):
                yield from ((f"{place}.{name}", c) for _, c in walk([component[name]]))


def check_message(components: list[Json], layout: bool) -> None:
    """`layout`: a message of the second kind of components, which carry the words as well."""
    allowed, most = (OF_LAYOUTS, 40) if layout else ((ROW,), 5)
    if len(components) > most:
        raise invalid("components", "BASE_TYPE_BAD_LENGTH", f"Must be between 1 and {most}.")
    for number, component in enumerate(components):
        if component.get("type") not in allowed:
            choices = f'Value of field "type" must be one of ({", ".join(map(str, allowed))}).'
            raise invalid(f"components.{number}", "UNION_TYPE_CHOICES", choices)
    everything = list(walk(components))
    if len(everything) > 40:
        raise invalid("components", "BASE_TYPE_BAD_LENGTH", "Must be 40 or fewer in length.")
    if sum(len(c.get("content", "")) for _, c in everything) > 4000:
        raise invalid("components", "COMPONENT_DISPLAYABLE_TEXT_SIZE_EXCEEDED", "Over 4000.")
    _check_all(everything)


def check_modal(data: Json) -> None:
    _check_lengths("data", data, {"title": 45, "custom_id": 100}, needed=True)
    components = data.get("components") or []
    if not 1 <= len(components) <= 5:
        raise invalid("data.components", "BASE_TYPE_BAD_LENGTH", "Must be between 1 and 5.")
    for number, component in enumerate(components):
        path = f"data.components.{number}"
        if component.get("type") not in (ROW, TEXT, LABEL):
            raise invalid(path, "UNION_TYPE_CHOICES", "Must be one of (1, 10, 18).")
    _check_all(list(walk(components, "data.components")))


def _check_all(everything: list[Placed]) -> None:
    ids: set[str] = set()
    for path, component in everything:
        _check_one(path, component)
        custom_id = component.get("custom_id")
        if custom_id in ids:
            words = "Component custom id cannot be duplicated"
            raise invalid(f"{path}.custom_id", "COMPONENT_CUSTOM_ID_DUPLICATED", words)
        if custom_id is not None:
            ids.add(custom_id)


def _check_one(path: str, component: Json) -> None:
    kind = component.get("type")
    _check_lengths(path, component, LENGTHS.get(kind or 0, {}))
    if kind == ROW:
        _check_row(path, component.get("components") or [])
    elif kind == BUTTON:
        _check_button(path, component)
    elif kind in FIELDS and not component.get("custom_id"):
        raise invalid(f"{path}.custom_id", "BASE_TYPE_REQUIRED", "This field is required")
    if kind in (MENU, RADIO, CHECKBOXES):
        _check_options(path, component.get("options") or [], 10 if kind != MENU else 25)


def _check_row(path: str, inner: list[Json]) -> None:
    most = 5 if all(component.get("type") == BUTTON for component in inner) else 1
    if not 1 <= len(inner) <= most:
        raise invalid(
            f"{path}.components", "BASE_TYPE_BAD_LENGTH", f"Must be between 1 and {most}."
        )


def _check_button(path: str, button: Json) -> None:
    style = button.get("style")
    if style == PREMIUM:
        return
    target = "url" if style == LINK else "custom_id"
    if not button.get(target):
        raise invalid(f"{path}.{target}", "BASE_TYPE_REQUIRED", "This field is required")
    if not button.get("label") and not button.get("emoji"):
        raise invalid(path, "BUTTON_COMPONENT_LABEL_OR_EMOJI", "A button needs a label or emoji")


def _check_options(path: str, options: list[Json], most: int) -> None:
    if not 1 <= len(options) <= most:
        words = f"Must be between 1 and {most} in length."
        raise invalid(f"{path}.options", "BASE_TYPE_BAD_LENGTH", words)
    values = set()
    for number, option in enumerate(options):
        place = f"{path}.options.{number}"
        _check_lengths(place, option, OPTION)
        if option.get("value") in values or not option.get("label"):
            words = "The specified option value is already used"
            raise invalid(f"{place}.value", "SELECT_COMPONENT_OPTION_VALUE_DUPLICATED", words)
        values.add(option.get("value"))


def _check_lengths(path: str, thing: Json, limits: dict[str, int], needed: bool = False) -> None:
    for name, limit in limits.items():
        value = thing.get(name)
        if needed and not value:
            raise invalid(f"{path}.{name}", "BASE_TYPE_REQUIRED", "This field is required")
        if value is not None and len(value) > limit:
            words = f"Must be between 1 and {limit} in length."
            raise invalid(f"{path}.{name}", "BASE_TYPE_BAD_LENGTH", words)


def numbered(components: list[Json]) -> list[Json]:
    """A copy. The platform gives each component a number of its own within the message."""
    if not components:
        return []
    copies = deepcopy(components)
    for number, (_, component) in enumerate(walk(copies), 1):
        if not component.get("id"):
            component["id"] = number
    return copies


def in_message(components: list[Json]) -> list[Json]:
    """As they stand in a message: a menu is required in modals only."""
    copies = numbered(components)
    for _, component in walk(copies):
        if component["type"] in MENUS:
            component.pop("required", None)
    return copies
