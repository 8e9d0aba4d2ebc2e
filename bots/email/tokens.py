"""Pure: the Message-IDs of our letters, by which we know an answer to one of them.

Whoever was sent a letter of ours can answer it; nobody else can make a Message-ID that fits, and
nobody can use another one's (freescout-help-desk/freescout, CVE-2026-47123).
"""

import hmac
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from hashlib import sha256

MAC = 32
"""Hexadecimal digits: 128 bits."""
MOST = 100
"""Message-IDs looked at in one letter."""
NONCE = re.compile(r"[A-Za-z0-9_-]{1,40}")
OURS = re.compile(rf"<([A-Za-z0-9_-]{{1,40}})\.([0-9a-f]{{{MAC}}})@([A-Za-z0-9.-]{{1,253}})>")


@dataclass(frozen=True, slots=True)
class Tokens:
    """`domain` stands behind the @."""

    key: bytes = field(repr=False)
    domain: str

    def make(self, nonce: str, recipient: str) -> str:
        """The same for the same letter, so that a repeat is known to be one."""
        if not NONCE.fullmatch(nonce):
            nonce = sha256(nonce.encode()).hexdigest()[:24]
        return f"<{nonce}.{self._mac(nonce, recipient)}@{self.domain}>"

    def find(self, header: str, person: str) -> str:
        """The last Message-ID in it that we gave to a letter to this very person, or nothing."""
        found = list(OURS.finditer(header))[-MOST:]
        return next((one[0] for one in reversed(found) if self._fits(one, person)), "")

    def find_any(self, header: str, people: Iterable[str]) -> tuple[str, str]:
        """And to which of these people."""
        named = ((self.find(header, person), person) for person in people)
        return next((one for one in named if one[0]), ("", ""))

    def _fits(self, found: re.Match[str], person: str) -> bool:
        nonce, mac, domain = found.groups()
        same = hmac.compare_digest(mac, self._mac(nonce, person))
        return same and domain.lower() == self.domain

    def _mac(self, nonce: str, recipient: str) -> str:
        said = f"frontdesk letter\n{nonce}\n{recipient}".encode()
        return hmac.new(self.key, said, sha256).hexdigest()[:MAC]
