"""Pure: Outbound -> the fields of sendMessage: https://core.telegram.org/bots/api#sendmessage.

Formatting travels as entities beside the text, never as marks inside it, so nobody's words can
become markup.
"""

from collections.abc import Sequence
from typing import Any

from core.messages import Choice, Outbound

Json = dict[str, Any]


def to_call(outbound: Outbound, *, plain: bool = False) -> Json:
    """`plain` leaves out what Telegram may refuse although the words are fine: bold type, and a
    topic that is gone.
    """
    title = outbound.title.strip()
    call: Json = {
        "chat_id": outbound.address.chat,
        "text": f"{title}\n{outbound.text}" if title else outbound.text,
        "link_preview_options": {"is_disabled": True},
    }
    if title and not plain:
        call["entities"] = [{"type": "bold", "offset": 0, "length": utf16_length(title)}]
    if outbound.address.thread and not plain:
        call["message_thread_id"] = outbound.address.thread
    if outbound.reply_to.isdecimal():
        original = int(outbound.reply_to)
        call["reply_parameters"] = {"message_id": original, "allow_sending_without_reply": True}
    if outbound.choices:
        call["reply_markup"] = to_keyboard(outbound.choices, outbound.columns)
    return call


def to_keyboard(choices: Sequence[Choice], columns: int) -> Json:
    buttons = [{"text": one.label, "callback_data": one.value} for one in choices]
    width = max(columns, 1)
    rows = [buttons[start : start + width] for start in range(0, len(buttons), width)]
    return {"inline_keyboard": rows}


def utf16_length(text: str) -> int:
    """Telegram counts UTF-16 units: https://core.telegram.org/api/entities#entity-length."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2
