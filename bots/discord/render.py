"""Pure: Outbound -> the body of a message:
https://docs.discord.com/developers/resources/message#create-message
"""

from collections.abc import Iterable, Sequence
from typing import Any

from bots.discord.forms import cut
from bots.discord.markdown import bold, plain
from core.cleaning import clean_file_name
from core.messages import Choice, Enclosed, Outbound

Json = dict[str, Any]

TEXT, FRAME = 2000, 4096
BUTTON_LABEL = 80
ROWS, COLUMNS = 5, 5
ROW, BUTTON, MENU = 1, 2, 3
GREY = 2
FEW = 5
"""Choices that are buttons however long their labels are."""
LONG = 28
"""Letters from which on a label is easier to read in a menu, of which a row holds but one."""
SUPPRESS_EMBEDS, EPHEMERAL, LOADING = 1 << 2, 1 << 6, 1 << 7
SILENCE: Json = {"parse": [], "replied_user": False}
"""Nobody is pinged, whatever the words are."""
MENU_ID = "menu"
HIDING = "SPOILER_"
"""A file whose name begins so is blurred."""


def to_body(outbound: Outbound, *, reply_to: str = "") -> Json:
    """With a nonce, Discord recognises a repeat."""
    body = to_words(outbound)
    if outbound.nonce:
        body |= {"nonce": outbound.nonce, "enforce_nonce": True}
    if reply_to.isdecimal():
        body["message_reference"] = {"message_id": reply_to, "fail_if_not_exists": False}
    return body


def to_words(outbound: Outbound) -> Json:
    """What stands in the message, and nothing of where it stands."""
    text = to_text(outbound)
    body: Json = {"allowed_mentions": SILENCE}
    if len(text) <= TEXT:
        body |= {"content": text, "flags": SUPPRESS_EMBEDS}
    else:  # backslashes made it too long; an embed takes twice as much
        body |= {"embeds": [{"type": "rich", "description": text}], "flags": 0}
    if outbound.choices:
        body["components"] = to_components(outbound.choices, outbound.columns)
    if outbound.file:
        body["attachments"] = [to_attachment(outbound.file)]
    return body


def to_change(outbound: Outbound) -> Json:
    """All that words and buttons were is replaced, so also by nothing; files stay."""
    return {"content": "", "embeds": [], "components": [], **to_words(outbound)}


def to_return(said: str, written: Sequence[str]) -> Json:
    """What somebody wrote, given back to them alone: all of it, framed where it is long."""
    whole = plain("\n\n".join([said, *written]))
    body: Json = {"allowed_mentions": SILENCE}
    if len(whole) <= TEXT:
        return body | {"content": whole, "flags": EPHEMERAL | SUPPRESS_EMBEDS}
    frames = [{"type": "rich", "description": cut(plain(one), FRAME)} for one in written]
    return body | {"content": plain(said), "embeds": frames, "flags": EPHEMERAL}


def to_attachment(file: Enclosed) -> Json:
    """Shown as it is; its name is read out to those who do not see it."""
    name = clean_file_name(file.name)
    while name.startswith(HIDING):
        name = clean_file_name(name.removeprefix(HIDING))
    return {"id": 0, "filename": name, "description": name}


def to_text(outbound: Outbound) -> str:
    title, text = outbound.title.strip(), plain(outbound.text)
    return f"{bold(title)}\n{text}" if title else text


def to_components(choices: Sequence[Choice], columns: int) -> list[Json]:
    """Rows of buttons; many long labels go into a menu above them."""
    choices = list({choice.value: choice for choice in choices}.values())
    long = [choice for choice in choices if len(choice.label) > LONG]
    if len(choices) <= FEW or len(long) < 2:
        return to_rows(choices, columns, ROWS)
    short = [choice for choice in choices if len(choice.label) <= LONG]
    if len(short) > (ROWS - 1) * COLUMNS:
        return [to_menu(choices)]
    return [to_menu(long), *to_rows(short, columns, ROWS - 1)]


def to_rows(choices: Sequence[Choice], columns: int, rows: int) -> list[Json]:
    """As many in a row as wished, or as it takes for all to fit."""
    width = min(max(columns, -(-len(choices) // rows)), COLUMNS)
    starts = range(0, len(choices), width) if choices else ()
    return [row(map(to_button, choices[start : start + width])) for start in starts]


def to_button(choice: Choice) -> Json:
    label = choice.label[:BUTTON_LABEL] or "…"
    return {"type": BUTTON, "style": GREY, "label": label, "custom_id": choice.value}


def to_menu(choices: Sequence[Choice]) -> Json:
    options = [{"label": one.label, "value": one.value} for one in choices]
    one = {"min_values": 1, "max_values": 1}
    return row([{"type": MENU, "custom_id": MENU_ID, "options": options, **one}])


def row(components: Iterable[Json]) -> Json:
    return {"type": ROW, "components": list(components)}
