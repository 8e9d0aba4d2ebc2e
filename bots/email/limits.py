"""What letters allow; known without the libraries, which are loaded only where e-mail is on."""

from core.adapter import Limits
from core.settings import Email

FILE_LIMIT = 25_000_000
"""Bytes of a file, unpacked: what the large providers let through."""


def email_limits(settings: Email) -> Limits:  # noqa: ARG001  # as every platform's
    """A provider may count recipients in an hour or a day: its refusals are waited out."""
    return Limits(
        text=100_000,
        file_in=FILE_LIMIT,
        buttons=False,
        per_second=2.0,
        per_address=0.2,
        letters=True,
    )
