"""An announcement as it is read on a platform, before anybody reads it. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from core.announcements.wording import parts
from core.limits import Drawn, Limits
from core.messages import Address, Choice, Outbound, Reply


@dataclass(frozen=True, slots=True)
class Seen:
    """One message. `file` is the name of what it shows above its words, `buttons` their labels."""

    text: str
    subject: str = ""
    file: str = ""
    buttons: tuple[str, ...] = ()


def seen(
    reply: Reply, limits: Limits, address: Address, desk: str, now: datetime
) -> Sequence[Seen]:
    """Message for message. `address` is where it goes, `desk` the name of who sends it."""
    shown = []
    for row in parts(reply, limits, now):
        choices = tuple(Choice(label, value) for label, value in row["choices"])
        outbound = Outbound(address, row["text"], row["title"], choices, news=True)
        drawn = limits.draws(outbound, desk) if limits.draws else [as_it_is(outbound)]
        file = row["file"].get("name", "")
        buttons = tuple(one.label for one in choices)
        shown += [
            Seen(one.text, one.subject, "" if number else file, buttons)
            for number, one in enumerate(drawn)
        ]
    return shown


def as_it_is(outbound: Outbound) -> Drawn:
    return Drawn("\n".join(filter(None, (outbound.title, outbound.text))))


def is_left_out(reply: Reply, limits: Limits) -> bool:
    """Whether its file cannot go along, and is only named."""
    return reply.file is not None and not limits.hands_over(reply.file)


def is_no_picture(reply: Reply, limits: Limits) -> bool:
    """Whether its picture is too large to be shown as one, and comes as a file."""
    file = reply.file
    if file is None or not limits.picture_out or not file.media_type.startswith("image/"):
        return False
    return limits.takes(file.media_type, file.size) and file.size > limits.picture_out
