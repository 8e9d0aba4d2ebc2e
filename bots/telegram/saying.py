"""What is said, said otherwise and taken back: one or more calls for each. All raise the library's
errors; what is refused for its form alone is said again in a plainer one.
"""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any, TypeVar

from bots.telegram.failures import (
    BOLD,
    IS_FILE,
    NOBODY,
    NOT_KEPT,
    NOT_THERE,
    PHOTO,
    SAME,
    TOPIC,
    Denied,
    Lost,
)
from bots.telegram.kept_files import KeptFiles
from bots.telegram.purse import Purse
from bots.telegram.render import Form, Json, is_photo, to_call, to_change, to_file_call
from bots.telegram.transport import WireBot
from core.adapter import Retry
from core.messages import Enclosed, Outbound

METHODS = {"photo": "sendPhoto", "document": "sendDocument"}
NO_MORE = "Telegram has the file no more"

T = TypeVar("T")
Act = Callable[[Form], Awaitable[T]]


async def say(
    bot: WireBot,
    outbound: Outbound,
    files: KeptFiles,
    *,
    only_in_topic: bool,
    purse: Purse | None = None,
) -> str:
    """The id of what was said. A topic that is gone is left out, unless it may be said
    `only_in_topic`. What is paid for out of a `purse` does not wait for the usual pace, but does as
    the rest when Telegram takes no Stars of us. Raises `Retry`, too, when Telegram has lost a file
    that `files` knew of.
    """
    file = outbound.file
    stored_as = file.stored_as if file else ""
    kept = files.find(stored_as)
    if stored_as and file and not (kept or file.data):
        raise Retry(NO_MORE)

    async def send(form: Form) -> Any:
        if file is None:
            return await bot.call("sendMessage", to_call(outbound, form))
        call = to_file_call(outbound, form)
        if kept:
            return await bot.call(METHODS[kept.kind], call | {kept.kind: kept.id})
        return await bring(
            bot, call, file, "photo" if form.photo and is_photo(file) else "document"
        )

    act = paying(send, purse) if purse and purse.is_open else send
    try:
        sent = await in_some_form(act, keeps_topic=only_in_topic)
    except Denied as denied:
        if kept and denied.says(NOT_KEPT):
            files.forget(stored_as)
            raise Retry(NO_MORE) from None
        raise
    if not isinstance(sent, dict) or type(sent.get("message_id")) is not int:
        raise Lost("the answer is no message")
    files.note(stored_as, sent)
    return str(sent["message_id"])


async def bring(bot: WireBot, call: Json, file: Enclosed, kind: str) -> Any:
    if kind == "document":
        call |= {"disable_content_type_detection": True}
    return await bot.upload(METHODS[kind], call, kind, file)


async def change(bot: WireBot, outbound: Outbound, message: int) -> None:
    """Without words only a file's can be meant."""

    async def edit(form: Form) -> None:
        if (outbound.text + outbound.title).strip():
            try:
                await bot.call("editMessageText", to_change(outbound, message, form))
            except Denied as denied:
                if not denied.says(IS_FILE):
                    raise
            else:
                return
        await bot.call("editMessageCaption", to_change(outbound, message, form, file=True))

    await unless(SAME, in_some_form(edit, keeps_topic=True))


async def take_back(bot: WireBot, chat: str, message: int) -> None:
    call: Json = {"chat_id": chat, "message_id": message}
    await unless(NOT_THERE, bot.call("deleteMessage", call))


def paying(send: Act[T], purse: Purse) -> Act[T]:
    """In which words Telegram refuses Stars is written nowhere: so what is not refused without them
    was refused for them.
    """

    async def pay(form: Form) -> T:
        try:
            return await send(replace(form, paid=True))
        except Denied as denied:
            known = denied.says(NOBODY) or simplify(form, denied) != form
            if denied.status != 400 or known:
                raise
        try:
            sent = await send(form)
        except Denied as denied:
            if denied.status == 429:
                purse.shut()
            raise
        purse.shut()
        return sent

    return pay


async def in_some_form(act: Act[T], *, keeps_topic: bool) -> T:
    form = Form()
    while True:
        try:
            return await act(form)
        except Denied as denied:
            plainer = simplify(form, denied)
            if plainer == form or (keeps_topic and not plainer.topic):
                raise
            form = plainer


def simplify(form: Form, denied: Denied) -> Form:
    if denied.says(TOPIC):
        return replace(form, topic=False)
    if denied.says(BOLD):
        return replace(form, bold=False)
    if denied.says(PHOTO):
        return replace(form, photo=False)
    return form


async def unless(phrases: tuple[str, ...], call: Awaitable[object]) -> None:
    """What Telegram refuses in these words is done already."""
    try:
        await call
    except Denied as denied:
        if not denied.says(phrases):
            raise
