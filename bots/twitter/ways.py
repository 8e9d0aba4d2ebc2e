"""Pure: how something can be said on X: with its file, or, where X does not take that, with its
name.
"""

from dataclasses import dataclass

from bots.twitter.render import to_text
from bots.twitter.upload import takes
from core.cleaning import clean_file_name
from core.messages import Enclosed, Outbound

CALLS_NOBODY = str.maketrans("@＠", "__")
"""On the timeline a name would be a mention."""


@dataclass(frozen=True, slots=True)
class Way:
    text: str
    file: Enclosed | None = None


def to_ways(outbound: Outbound) -> tuple[Way, ...]:
    """The best one first. The last one needs no file, and without words there is nothing to say."""
    text, file = to_text(outbound), outbound.file
    if file is None:
        return (Way(text),)
    named = Way("\n\n".join(filter(None, (text, to_line(file)))))
    return (Way(text, file), named) if takes(file.media_type, len(file.data)) else (named,)


def to_line(file: Enclosed) -> str:
    """As the outbox names what no adapter takes."""
    name = clean_file_name(file.name).translate(CALLS_NOBODY)
    line = f"📎 {name} ({len(file.data) / 1_000_000:.1f} MB)"
    return "\n".join(filter(None, (line, file.link)))
