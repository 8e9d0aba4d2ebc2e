"""The right to use a mailbox where its provider takes no passwords: OAuth 2.0 (RFC 6749), handed to
both mail servers by XOAUTH2.

Somebody allowed it once and got a refresh token for the settings (section 6), or the app has the
right of its own and needs none (section 4.4, Microsoft's client credentials).
"""

import http.client
import json
import re
import ssl
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

from bots.email.failures import BadLogin, Trouble
from bots.kept_token import Pair, lifetime, load_pair, write_pair
from core.settings import Email

FILE = "email-token.json"
TIMEOUT = 30.0
LIFE = 3_600.0
SIGNS = re.compile(r"[!-~]+")
LARGEST = 100_000
"""Bytes of an answer that are read."""
NOT_GRANTED = (
    "the provider does not give the right to the mailbox. Check FRONTDESK_EMAIL__CLIENT_ID, "
    "__CLIENT_SECRET, __TOKEN_URL and __TOKEN_SCOPE; if they are right, let the mailbox's owner "
    "allow it once more and set FRONTDESK_EMAIL__REFRESH_TOKEN to the new refresh token"
)


@dataclass
class Access:
    """It blocks: only ever asked in a thread, and by several of them."""

    settings: Email
    folder: Path
    context: ssl.SSLContext = field(repr=False)
    clock: Callable[[], float] = time.time
    _pair: Pair | None = field(default=None, repr=False)
    _turn: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def token(self, refused: str = "") -> str:
        """`refused` is one that a server did not take although its time had not come. Raises
        `BadLogin` when there is none to be had, or `Trouble`.
        """
        with self._turn:
            pair = self._pair or load_pair(self.folder / FILE, self._first)
            if not pair.is_good(self.clock(), refused):
                pair = self._renew(pair)
            self._pair = pair
            return pair.access

    @property
    def _first(self) -> str:
        first = self.settings.refresh_token
        return first.get_secret_value() if first else ""

    def _renew(self, pair: Pair) -> Pair:
        """A new pair is on disk before it is used: the old one may be worth nothing any more."""
        told = self._ask(pair.refresh)
        access, refresh = told.get("access_token"), told.get("refresh_token")
        if not isinstance(access, str) or not SIGNS.fullmatch(access):
            raise Trouble("the provider gave no token")
        kept = refresh if isinstance(refresh, str) and refresh and pair.refresh else pair.refresh
        until = self.clock() + lifetime(told.get("expires_in"), LIFE)
        new = Pair(kept, pair.origin, access, until)
        try:
            write_pair(self.folder / FILE, new)
        except OSError as error:
            failure = Trouble(f"the token cannot be kept ({type(error).__name__})")
        else:
            return new
        raise failure

    def _ask(self, refresh: str) -> dict[str, Any]:
        settings = self.settings
        fields = {"client_id": settings.client_id, "grant_type": "client_credentials"}
        if refresh:
            fields |= {"grant_type": "refresh_token", "refresh_token": refresh}
        if settings.client_secret:
            fields["client_secret"] = settings.client_secret.get_secret_value()
        if settings.token_scope:
            fields["scope"] = settings.token_scope
        status, body = post(settings.token_url, urlencode(fields).encode(), self.context)
        if status in (400, 401, 403):
            raise BadLogin(NOT_GRANTED)
        try:
            told = json.loads(body) if status == 200 else None
        except (ValueError, RecursionError):
            told = None
        if not isinstance(told, dict):
            raise Trouble(f"the provider gave no token (HTTP {status})")
        return told


def post(url: str, form: bytes, context: ssl.SSLContext) -> tuple[int, bytes]:
    """Follows nobody elsewhere: what is sent is secret. Raises `Trouble`."""
    parts = urlsplit(url)
    where = (parts.hostname or "", parts.port)
    connection = (
        http.client.HTTPSConnection(*where, timeout=TIMEOUT, context=context)
        if parts.scheme == "https"
        else http.client.HTTPConnection(*where, timeout=TIMEOUT)
    )
    path = f"{parts.path or '/'}?{parts.query}".rstrip("?")
    kind = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"}
    try:
        connection.request("POST", path, form, kind)
        answer = connection.getresponse()
        return answer.status, answer.read(LARGEST)
    except (OSError, http.client.HTTPException, ValueError) as error:
        failure = Trouble(f"the provider gave no token ({type(error).__name__})")
    finally:
        connection.close()
    raise failure


def to_xoauth2(user: str, token: str) -> bytes:
    """https://developers.google.com/gmail/imap/xoauth2-protocol, as Microsoft takes it, too."""
    return f"user={user}\1auth=Bearer {token}\1\1".encode()
