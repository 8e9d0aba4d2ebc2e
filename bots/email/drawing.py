"""Pure: a part as it is read in a program for mail."""

from collections.abc import Sequence

from core.limits import Drawn
from core.messages import Outbound


def draw(outbound: Outbound, desk: str) -> Sequence[Drawn]:
    from bots.email.render import to_subject, to_words  # only a preview needs it: 60 ms

    return [Drawn(to_words(outbound), to_subject(desk, outbound))]
