"""Pure: Outbound -> the fields of a call: https://core.telegram.org/bots/api#available-methods.

Formatting travels as entities beside the text, never as marks inside it, so nobody's words can
become markup.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from core.messages import Choice, Enclosed, Outbound

Json = dict[str, Any]

PHOTOS = ("image/jpeg", "image/png", "image/webp")
PHOTO_LIMIT = 10_000_000
"""Bytes: https://core.telegram.org/bots/api#sendphoto."""


@dataclass(frozen=True, slots=True)
class Form:
    """How something is said: what Telegram may refuse although the words are fine."""

    bold: bool = True
    topic: bool = True
    photo: bool = True
    paid: bool = False
    """May cost Stars where the usual pace would have it wait."""


FULL = Form()


def to_call(outbound: Outbound, form: Form = FULL) -> Json:
    """For sendMessage."""
    return to_place(outbound, form) | to_words(outbound, form) | to_choices(outbound)


def to_file_call(outbound: Outbound, form: Form = FULL) -> Json:
    """For sendPhoto and sendDocument, beside the file itself."""
    return to_place(outbound, form) | to_caption(outbound, form) | to_choices(outbound)


def to_change(outbound: Outbound, message: int, form: Form = FULL, *, file: bool = False) -> Json:
    """For editMessageText, or, where the message holds a `file`, for editMessageCaption. Choices
    that are not named are taken away.
    """
    words = to_caption(outbound, form) if file else to_words(outbound, form)
    return {"chat_id": outbound.address.chat, "message_id": message} | words | to_choices(outbound)


def to_place(outbound: Outbound, form: Form) -> Json:
    place: Json = {"chat_id": outbound.address.chat}
    if outbound.address.thread and form.topic:
        place["message_thread_id"] = outbound.address.thread
    if outbound.reply_to.isdecimal():
        original = int(outbound.reply_to)
        place["reply_parameters"] = {"message_id": original, "allow_sending_without_reply": True}
    if form.paid:
        place["allow_paid_broadcast"] = True
    return place


def to_words(outbound: Outbound, form: Form) -> Json:
    text, entities = titled(outbound, form)
    words: Json = {"text": text, "link_preview_options": {"is_disabled": True}}
    return words | ({"entities": entities} if entities else {})


def to_caption(outbound: Outbound, form: Form) -> Json:
    text, entities = titled(outbound, form)
    return {"caption": text} | ({"caption_entities": entities} if entities else {})


def titled(outbound: Outbound, form: Form) -> tuple[str, list[Json]]:
    title = outbound.title.strip()
    text = f"{title}\n{outbound.text}" if title else outbound.text
    if not title or not form.bold:
        return text, []
    return text, [{"type": "bold", "offset": 0, "length": utf16_length(title)}]


def to_choices(outbound: Outbound) -> Json:
    if not outbound.choices:
        return {}
    return {"reply_markup": to_keyboard(outbound.choices, outbound.columns)}


def to_keyboard(choices: Sequence[Choice], columns: int) -> Json:
    buttons = [{"text": one.label, "callback_data": one.value} for one in choices]
    width = max(columns, 1)
    rows = [buttons[start : start + width] for start in range(0, len(buttons), width)]
    return {"inline_keyboard": rows}


def is_photo(file: Enclosed) -> bool:
    """Telegram alone measures the sides: what it does not take as a photo goes as a document."""
    return file.media_type in PHOTOS and len(file.data) <= PHOTO_LIMIT


def utf16_length(text: str) -> int:
    """Telegram counts UTF-16 units: https://core.telegram.org/api/entities#entity-length."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2
