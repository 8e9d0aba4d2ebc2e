"""What letters allow; known without the libraries, which are loaded only where e-mail is on."""

from bots.email.drawing import draw
from core.limits import Limits
from core.settings import Email

FILE_LIMIT = 25_000_000
"""Bytes of a file, unpacked: what the large providers let through."""

FILE_OUT = 15_000_000
"""Bytes of a file that we send. In a letter they are a third more, and the large providers stop at
25 MB.
"""
TEXT = 100_000

PATIENCE = 900.0
"""Seconds: ten minutes after the final dot (RFC 5321, section 4.5.3.2.6), and what goes before."""


def email_limits(settings: Email) -> Limits:  # noqa: ARG001  # as every platform's
    """A provider may count recipients in an hour or a day: its refusals are waited out."""
    return Limits(
        patience=PATIENCE,
        text=TEXT,
        file_in=FILE_LIMIT,
        file_out=FILE_OUT,
        caption=TEXT,
        buttons=False,
        per_second=2.0,
        per_address=0.2,
        letters=True,
        draws=draw,
    )
