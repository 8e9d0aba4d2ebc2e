"""What Telegram accepts as text, caption and keyboard, refused in Telegram's words.

There are no parse modes here: our bots send entities, so any parse_mode is refused.
Lengths and offsets count UTF-16 units: https://core.telegram.org/api/entities#entity-length.
"""

from typing import Any

from tests.fakes.telegram_calls import Call, Json, bad

TEXT_LIMIT = 4096
CAPTION_LIMIT = 1024
DATA_BYTES = 64
PRESS_ANSWER_LIMIT = 200


def units(text: str) -> int:
    if text.isascii():
        return len(text)
    return len(_utf16(text)) // 2


def _utf16(text: str) -> bytes:
    try:
        return text.encode("utf-16-le")
    except UnicodeEncodeError:  # a lone surrogate, which only JSON can carry
        raise bad("strings must be encoded in UTF-8") from None


def read_text(call: Call) -> Json:
    """The fields text and entities of the message to be sent."""
    text = call.text("text")
    if not text.strip():
        raise bad("message text is empty")
    if units(text) > TEXT_LIMIT:
        raise bad("message is too long")
    content: Json = {"text": text}
    if "entities" in call.params or "parse_mode" in call.params:
        _refuse_parse_mode(call.params)
        if entities := _checked(text, call.structure("entities")):
            content["entities"] = entities
    return content


def read_caption(source: Json, entities: Any) -> Json:
    """The fields caption and caption_entities, from a call's parameters or from an item of an
    album.
    """
    _refuse_parse_mode(source)
    caption = source.get("caption", "")
    if not caption:
        return {}
    if units(caption) > CAPTION_LIMIT:
        raise bad("message caption is too long")
    checked = _checked(caption, entities)
    return {"caption": caption, "caption_entities": checked} if checked else {"caption": caption}


def _refuse_parse_mode(source: Json) -> None:
    if source.get("parse_mode"):
        raise bad("unsupported parse_mode")


def _checked(text: str, entities: Any) -> list[Json]:
    if not isinstance(entities, list):
        return []
    encoded = _utf16(text)
    for entity in entities:
        _check_entity(encoded, entity)
    return entities


def _check_entity(encoded: bytes, entity: Any) -> None:
    if not isinstance(entity, dict):
        raise bad("can't parse MessageEntity: expected an Object")
    for name in ("offset", "length", "type"):
        if name not in entity:
            raise bad(f"can't parse MessageEntity: Can't find field \"{name}\"")
    for name in ("offset", "length"):
        if not 0 <= entity[name] <= 1_000_000:
            raise bad(f"receive an entity with incorrect {name} {entity[name]}")
    _check_borders(encoded, entity["offset"], entity["offset"] + entity["length"])


def _check_borders(encoded: bytes, start: int, end: int) -> None:
    length = len(encoded) // 2
    if start > length:
        raise bad(f"entity begins after the end of the text at UTF-16 offset {start}")
    if end > length:
        raise bad(
            f"entity beginning at UTF-16 offset {start} ends after the end of the text "
            f"at UTF-16 offset {end}"
        )
    if _splits(encoded, start):
        raise bad(
            f"entity begins in a middle of a UTF-16 symbol at byte offset {_byte(encoded, start)}"
        )
    if _splits(encoded, end):
        raise bad(
            f"entity beginning at UTF-16 offset {start} ends in a middle of a UTF-16 symbol "
            f"at byte offset {_byte(encoded, end)}"
        )


def _splits(encoded: bytes, unit: int) -> bool:
    return encoded[2 * unit + 1 : 2 * unit + 2] in (b"\xdc", b"\xdd", b"\xde", b"\xdf")


def _byte(encoded: bytes, unit: int) -> int:
    return len(encoded[: 2 * (unit + 1)].decode("utf-16-le").encode())


def read_markup(call: Call) -> Json | None:
    """The keyboard under the message, or None: only inline keyboards become part of a message."""
    if "reply_markup" not in call.params:
        return None
    markup = call.structure("reply_markup")
    if markup is None:
        return None
    if not isinstance(markup, dict):
        raise bad("object expected as reply markup")
    rows = markup.get("inline_keyboard")
    if not rows:
        return None
    for row in rows:
        if not isinstance(row, list):
            raise bad(
                'field "inline_keyboard" of the InlineKeyboardMarkup must be an Array of Arrays'
            )
        for button in row:
            _check_button(button)
    return {"inline_keyboard": rows}


def _check_button(button: Any) -> None:
    problem = "can't parse inline keyboard button: "
    if not isinstance(button, dict):
        raise bad(problem + "InlineKeyboardButton must be an Object")
    if "text" not in button:
        raise bad(problem + 'Can\'t find field "text"')
    if not (button.keys() - {"text"}) or button.get("callback_data") == "":
        raise bad(problem + "Text buttons are unallowed in the inline keyboard")
    if len(button.get("callback_data", "").encode()) > DATA_BYTES:
        raise bad("BUTTON_DATA_INVALID")
