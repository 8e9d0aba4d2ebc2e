"""Pure: what Discord's library read -> Inbound."""

from datetime import UTC, datetime

import discord

from core.messages import Address, Attachment, Inbound, Kind, Sender

PLATFORM = "discord"
WRITTEN = (discord.MessageType.default, discord.MessageType.reply)
"""All other types were written by nobody: somebody joined, a message was pinned."""
SEPARATOR = "\n"
"""Between the parts of a file's handle: no URL holds it."""
UNKNOWN = "unknown"


def to_inbound(message: discord.Message, account: str) -> Inbound | None:
    """A message in private; None when nobody wrote it."""
    if message.type not in WRITTEN or message.author.bot:
        return None
    shown = message.message_snapshots[0] if message.message_snapshots else message
    text, files = shown.content, attachments(message, shown.attachments)
    kind = Kind.MESSAGE
    if not text and not files:
        text, kind = odd_word(message), Kind.ODD
    replied = message.reference if message.type is discord.MessageType.reply else None
    return Inbound(
        f"m:{message.id}",
        Address(PLATFORM, account, str(message.channel.id)),
        sender_of(message.author),
        message.created_at,
        kind,
        clean(text),
        attachments=files,
        message=str(message.id),
        reply_to=str(replied.message_id or "") if replied else "",
        forwarded=shown is not message,
    )


def odd_word(message: discord.Message) -> str:
    if message.stickers:
        return "sticker"
    return "poll" if message.poll else UNKNOWN


def to_edit(inbound: Inbound, edited: datetime) -> Inbound:
    """The same message, changed."""
    return Inbound(
        f"e:{inbound.message}:{int(edited.timestamp() * 1000)}",
        inbound.address,
        inbound.sender,
        edited,
        Kind.EDIT,
        inbound.text,
        message=inbound.message,
    )


def sender_of(user: discord.abc.User, language: str = "") -> Sender:
    """`language` is known only when they press or command: messages do not tell it."""
    return Sender(str(user.id), clean(user.display_name), language)


def attachments(
    message: discord.Message, files: list[discord.Attachment]
) -> tuple[Attachment, ...]:
    return tuple(to_attachment(file, message.channel.id, message.id) for file in files)


def to_attachment(file: discord.Attachment, channel: int = 0, message: int = 0) -> Attachment:
    """Its link expires within a day; with the message's number a new one can be had."""
    kind = "voice" if file.is_voice_message() else "document"
    media_type = (file.content_type or "").partition(";")[0]
    if media_type.startswith("image/"):
        kind = "photo"
    elif media_type.startswith("video/"):
        kind = "video"
    handle = SEPARATOR.join((str(channel), str(message), str(file.id), file.url))
    return Attachment(handle, kind, clean(file.filename), media_type, file.size)


def clean(text: str) -> str:
    """Without what no database takes: NUL and halves of characters."""
    return text.replace("\0", "").encode("utf-8", "replace").decode()


def now() -> datetime:
    return datetime.now(UTC)
