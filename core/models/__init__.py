"""The tables. Rows only: what they mean is said by the module that owns each noun."""

from core.models.announcements import (
    Announcement,
    AnnouncementText,
    MutedTopic,
    NewsState,
    PublicPlace,
    QuietHours,
)
from core.models.columns import Utc, row_id
from core.models.faq import Asked, FaqEntry, FaqPhrasing, FaqText, Note
from core.models.people import Contact, Heard, InboxState, Link, Place
from core.models.sending import Act, Rank, Sending, SendState
from core.models.staff import Invitation, Role, SavedReply, Staff
from core.models.tickets import Evidence, EvidenceState, Seat, Ticket, TicketEvent, TicketState

__all__ = [
    "Act",
    "Announcement",
    "AnnouncementText",
    "Asked",
    "Contact",
    "Evidence",
    "EvidenceState",
    "FaqEntry",
    "FaqPhrasing",
    "FaqText",
    "Heard",
    "InboxState",
    "Invitation",
    "Link",
    "MutedTopic",
    "NewsState",
    "Note",
    "Place",
    "PublicPlace",
    "QuietHours",
    "Rank",
    "Role",
    "SavedReply",
    "Seat",
    "SendState",
    "Sending",
    "Staff",
    "Ticket",
    "TicketEvent",
    "TicketState",
    "Utc",
    "row_id",
]
