"""The words that cross the border between a platform and the desk. Frozen values; ids are opaque
strings.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

CHOICE_BYTES = 60
"""Longest value of a choice, in ASCII bytes: Telegram's callback_data ends at 64."""


@dataclass(frozen=True, slots=True)
class Address:
    """Where somebody can be reached: `account` is ours on the platform, `chat` their place."""

    platform: str
    account: str
    chat: str
    thread: str = ""


@dataclass(frozen=True, slots=True)
class Sender:
    """Who wrote, as the platform tells it. `language` is an IETF tag or empty."""

    id: str
    name: str = ""
    language: str = ""


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that came in. `handle` is all the adapter needs to fetch it; `size` in bytes as
    declared.
    """

    handle: str
    kind: str
    name: str = ""
    media_type: str = ""
    size: int | None = None


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file of ours: where `core.files` keeps it, and as what it is shown. `size` in bytes."""

    stored_as: str
    name: str
    media_type: str
    size: int


@dataclass(frozen=True, slots=True)
class Enclosed:
    """A file that goes out, whole. `media_type` is what its content was found to be."""

    name: str
    media_type: str
    data: bytes
    link: str = ""
    """Where it can be had, for a platform that finds it cannot take it."""
    stored_as: str = ""
    """Names what is in it, for a platform that keeps what it had once; `data` is empty then."""


@dataclass(frozen=True, slots=True)
class Choice:
    """A button. Its value says everything, so that a press on an old one still works."""

    label: str
    value: str

    def __post_init__(self) -> None:
        if not self.value.isascii() or not 0 < len(self.value) <= CHOICE_BYTES:
            raise ValueError(f"a choice's value is 1 to {CHOICE_BYTES} ASCII bytes: {self.value!r}")


class Kind(StrEnum):
    """What a person did."""

    MESSAGE = "message"
    PRESS = "press"
    EDIT = "edit"
    BLOCKED = "blocked"
    """They shut us out: we can no longer write to this address."""
    RETURNED = "returned"
    """They let us in again."""
    FORM = "form"
    """They sent a form that the platform had drawn for them."""
    ODD = "odd"
    """Something without text or files that we cannot use: a sticker, a poll, a place, an unknown
    update.
    """


@dataclass(frozen=True, slots=True)
class Inbound:
    """One thing a person did. (platform, account, event) is unique: the key that drops repeats."""

    event: str
    address: Address
    sender: Sender
    at: datetime
    kind: Kind = Kind.MESSAGE
    text: str = ""
    choice: str = ""
    attachments: tuple[Attachment, ...] = ()
    message: str = ""
    """The platform's id of the message written, edited, or holding the pressed button."""
    reply_to: str = ""
    group: str = ""
    """The album this message is a part of; empty outside albums."""
    private: bool = True
    """False in a place where others read along; there only what is said to us arrives."""
    forwarded: bool = False
    values: tuple[tuple[str, str], ...] = ()
    """What was filled into a form: names of its fields and what stands in them. `choice` is the
    form's own, and `message` is the same however often one and the same drawn form is sent.
    """
    answer_to: str = ""
    """The platform's key for answering this very event, where it gives one for a while."""
    subject: str = ""
    """What a letter has above its text."""
    quoted: str = ""
    """What a letter shows of ours that it answers, with what they wrote between our lines."""
    in_room: bool = False
    """Said in a place that belongs to the staff: all that is written there arrives."""
    words_after: str = ""
    """The command after which words are to be written, where no others reach us from there."""
    proven: bool = True
    """False where anybody could have written it in the sender's name, as a letter without a token
    of ours."""
    hush: bool = False
    """Only people answer it: what the desk said by itself could go around without end."""


@dataclass(frozen=True, slots=True)
class DrawnField:
    """A field as one person sees it. `kind` is one of `core.forms.FieldKind`; `limit` is in
    characters, or files; `options` are what may be chosen, as label and value.
    """

    name: str
    kind: str
    label: str
    hint: str = ""
    value: str = ""
    limit: int = 0
    optional: bool = False
    options: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class DrawnForm:
    """A form for a platform that can draw one. `choice` comes back with it (`Inbound.choice`)."""

    choice: str
    title: str
    fields: tuple[DrawnField, ...]


@dataclass(frozen=True, slots=True)
class Reply:
    """Something the desk says, before it is known how a platform draws it.

    `title` is drawn as a heading; `columns` is how many choices share a row where rows are drawn.
    """

    text: str
    title: str = ""
    choices: tuple[Choice, ...] = ()
    columns: int = 1
    file: StoredFile | None = None


@dataclass(frozen=True, slots=True)
class Outbound:
    """One part to deliver. Text is plain; `title` is drawn as the platform draws a heading.

    `nonce` is the same at each try of the same part (at most 25 characters), so that a platform
    which honours keys recognises a repeat.
    """

    address: Address
    text: str
    title: str = ""
    choices: tuple[Choice, ...] = ()
    reply_to: str = ""
    nonce: str = ""
    columns: int = 1
    answer_to: str = ""
    """The key that came with the event which this answers."""
    ticket: int | None = None
    """The ticket that it belongs to."""
    written: datetime | None = None
    """When it was put on its way: the same at each try."""
    news: bool = False
    """Sent to many at once, who asked for it and may want no more."""
    file: Enclosed | None = None
    """Shown above the text; no larger than `Limits.file_out`."""
    doubted: bool = False
    """An earlier try may have arrived: a platform that honours no nonce looks whether one did."""
