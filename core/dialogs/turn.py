"""One turn of a conversation: what a dialog is given, and what it says."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlmodel import Session

from core import staff
from core.faq_matcher import Found
from core.i18n import Languages, Speech
from core.limits import Limits
from core.messages import Choice, Inbound, Reply
from core.models import Contact, Place, Staff, Ticket
from core.pack import Pack
from core.questions import Questions


def to_id(written: str) -> int:
    """The id that stands in a button or command; 0, which is nobody's, for anything else."""
    return int(written) if written.isdecimal() and len(written) < 19 else 0


@dataclass(frozen=True, slots=True)
class Said:
    """A reply, and the ticket whose message it is."""

    reply: Reply
    ticket_id: int | None = None
    name: str = ""
    """By which it can be found again among what was said; its number without one."""


@dataclass(slots=True)
class Turn:
    """Everything about one message of one person. Dialogs read it, change the rows, and `say`."""

    session: Session
    pack: Pack
    languages: Languages
    now: datetime
    inbound: Inbound
    heard: int
    """The inbox row of this message."""
    place: Place
    contact: Contact
    found: Found | None
    """What the FAQ makes of the text, where it may be a question."""
    evidence: tuple[int, ...] = ()
    """Rows of the files that came with the message."""
    follows: bool = False
    """A later part of an album whose first part was answered already."""
    numbered: bool = False
    """Choices were drawn as a numbered list here."""
    drawn: bool = False
    """Forms can be drawn here."""
    limits: Mapping[str, Limits] = field(default_factory=dict)
    """Of every platform, for what is said to somebody elsewhere."""
    letters: bool = False
    """What comes here is a letter."""
    caller: Staff | None = None
    """Who of the staff writes, in a place that is not their own alone."""
    room: Ticket | None = None
    """The ticket whose room this is."""
    rooms: frozenset[str] = frozenset()
    """Platforms on which the staff have rooms."""
    said: list[Said] = field(default_factory=list)
    questions: Questions = field(default_factory=Questions)
    """This turn's, with those of others that are taken together with it."""

    @property
    def speech(self) -> Speech:
        return self.languages.speak(self.contact.language)

    @property
    def who(self) -> Staff | None:
        """The member of staff who writes: also among others, where each channel is a place of its
        own.
        """
        known = self.caller or staff.who(self.session, self.place)
        if known or not self.is_whispered:
            return known
        found = staff.by_sender(self.session, self.inbound.address, self.inbound.sender.id)
        return found[0] if found else None

    @property
    def is_whispered(self) -> bool:
        """Only they see the answer, and what is said later comes in private."""
        return bool(self.inbound.words_after)

    @property
    def text(self) -> str:
        return self.inbound.text

    def t(self, message: str, /, **fields: object) -> str:
        return self.speech.t(message, **fields)

    def local(self, texts: Any) -> str:
        """A text of the pack in the person's language."""
        return self.pack.in_language(texts, self.speech.language)

    def say(
        self,
        text: str,
        choices: Sequence[Choice] = (),
        *,
        title: str = "",
        columns: int = 1,
        ticket_id: int | None = None,
    ) -> None:
        self.said.append(Said(Reply(text, title, tuple(choices), columns), ticket_id))

    def enter(self, dialog: str, state: dict[str, Any]) -> None:
        """From now on the person is in the middle of `dialog`."""
        self.place.dialog = dialog
        self.place.state = state

    def leave(self) -> None:
        self.enter("", {})
