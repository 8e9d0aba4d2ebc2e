"""Codes that people copy from one place to another: half of it names, half of it proves."""

import secrets
from hashlib import sha256
from hmac import compare_digest

ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
"""Without what is mistaken for something else."""
OPEN_HALF, SECRET_HALF = 4, 8
"""Characters. 40 bits are secret, and end after a few wrong tries."""


def draw(length: int = OPEN_HALF) -> str:
    return "".join(secrets.choice(ALPHABET) for _ in range(length))


def hashed(code: str, secret: str) -> str:
    """What is kept of it."""
    return sha256(f"{code}-{secret}".encode()).hexdigest()


def is_right(code: str, secret: str, kept: str) -> bool:
    return compare_digest(hashed(code, secret), kept)
