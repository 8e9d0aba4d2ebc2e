"""Pure: a part as it is read on X."""

from collections.abc import Sequence

from bots.twitter.posts import CHAT, to_parts
from bots.twitter.render import to_text
from core.limits import Drawn
from core.messages import Outbound


def draw(outbound: Outbound, _desk: str) -> Sequence[Drawn]:
    """A direct message, or on our timeline a thread of posts."""
    text = to_text(outbound)
    posts = to_parts(text) if outbound.address.chat == CHAT else [text]
    return [Drawn(one) for one in posts]
