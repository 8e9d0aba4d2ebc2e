"""Pure: Outbound -> the words of a direct message. X has neither markup nor buttons."""

from collections.abc import Sequence

from core.messages import Choice, Outbound


def to_text(outbound: Outbound) -> str:
    """The title is the first line; choices are a numbered list below, for a number to be typed."""
    title = outbound.title.strip()
    body = f"{title}\n\n{outbound.text}" if title else outbound.text
    return f"{body}\n\n{to_list(outbound.choices)}" if outbound.choices else body


def to_list(choices: Sequence[Choice]) -> str:
    return "\n".join(f"{number}. {one.label}" for number, one in enumerate(choices, 1))
