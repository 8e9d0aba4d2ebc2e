"""The mailbox, over one IMAP connection. It blocks: only ever used in a thread of its own."""

import imaplib
import socket
import ssl
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from functools import partial
from io import BufferedReader
from typing import Any, cast

from imap_tools import BaseMailBox, MailBox, MailBoxStartTls, MailBoxUnencrypted
from imap_tools.errors import ImapToolsError, MailboxLoginError

from bots.email.access import Access, to_xoauth2
from bots.email.failures import BadLogin, Trouble, bad_login, bad_token, in_the_clear
from bots.email.response import Unreadable, read_answer, split_answers
from bots.email.server import Server

TIMEOUT = 60.0
KEYWORD = "$Frontdesk"
PASSING = ("[UNAVAILABLE]", "[INUSE]", "[LIMIT]", "[SERVERBUG]")
"""Why a login may fail for a while (RFC 5530)."""
FAILURES = (OSError, imaplib.IMAP4.error, ImapToolsError, Unreadable)


class Denied(Exception):
    """The server answered, and did not do it."""


class Mailbox:
    """Opened, and with its folder chosen. Raises of FAILURES what is not said otherwise."""

    def __init__(self, server: Server, context: ssl.SSLContext, access: Access | None) -> None:
        """Raises `BadLogin` or `Trouble`."""
        self._box = connect(server, context)
        try:
            log_in(self._box, server, access)
            self._choose(server.folder or "INBOX")
        except BaseException:
            self.close()
            raise

    def _choose(self, folder: str) -> None:
        client = self._box.client
        self._box.folder.set(folder)
        told = tell(client, "UIDVALIDITY")
        if not told:
            raise Trouble("the IMAP server tells no UIDVALIDITY")
        self.validity = int(told[-1])
        flags = b" ".join(tell(client, "PERMANENTFLAGS"))
        self.mark = KEYWORD if b"\\*" in flags or KEYWORD.encode() in flags else "\\Seen"
        """What a letter bears that was received."""
        self.can_idle = b"IDLE" in b" ".join(client.capability()[1]).upper().split()

    def search(self, criteria: str) -> list[int]:
        self._has_more()  # what was told before this, it finds
        return sorted(map(int, self._box.uids(criteria, charset=None)))

    def _has_more(self) -> bool:
        """Whether the server told of new letters, perhaps behind the answer to a search that did
        not see them yet: it tells only once.
        """
        return bool(tell(self._box.client, "EXISTS"))

    def fetch(self, uids: Sequence[int], items: str) -> Iterator[dict[str, Any]]:
        """What is told of each that is still there. Raises `Denied`."""
        client = self._box.client
        status, told = client.uid("FETCH", ",".join(map(str, uids)), f"(UID {items})")
        if status != "OK":
            raise Denied
        for answer in split_answers(told):
            with suppress(Unreadable):  # whoever asked sees that it is missing
                yield read_answer(answer)

    def refresh(self) -> None:
        """Whatever came since is there afterwards (RFC 9051, section 6.1.2)."""
        self._box.client.noop()

    def add_mark(self, uids: Sequence[int]) -> None:
        """Where it is not allowed nothing happens."""
        numbers = ",".join(map(str, uids))
        self._box.client.uid("STORE", numbers, "+FLAGS.SILENT", f"({self.mark})")

    def idle(self, seconds: float) -> None:
        """Until the server tells of anything since the last search, or so long (RFC 2177)."""
        if self._has_more():
            return
        self._box.idle.start()  # type: ignore[no-untyped-call]
        if not self._is_waiting():
            self._box.idle.poll(seconds)
        self._box.idle.stop()  # type: ignore[no-untyped-call]

    def _is_waiting(self) -> bool:
        """Whether something came together with the server's agreement to tell: nobody would wake
        us for that again.
        """
        client = self._box.client
        timeout = client.sock.gettimeout()
        client.sock.settimeout(0)
        try:
            return bool(cast(BufferedReader, client.file).peek(1))
        except OSError:  # TLS says so when nothing is there
            return False
        finally:
            client.sock.settimeout(timeout)

    def hang_up(self) -> None:
        """From any thread: whoever waits for an answer wakes up, and fails."""
        with suppress(OSError):
            self._box.client.sock.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """From the thread that uses it."""
        with suppress(*FAILURES):
            self._box.client.shutdown()


def tell(client: imaplib.IMAP4, name: str) -> list[bytes]:
    """What the server told under this name since it was last asked for."""
    return [one for one in client.response(name)[1] if isinstance(one, bytes)]


def connect(server: Server, context: ssl.SSLContext) -> BaseMailBox:
    try:
        if server.tls:
            return MailBox(server.host, server.port, TIMEOUT, ssl_context=context)
        if server.here:
            return MailBoxUnencrypted(server.host, server.port, TIMEOUT)
        return MailBoxStartTls(server.host, server.port, TIMEOUT, ssl_context=context)
    except OSError as error:
        failure = Trouble(f"the IMAP server could not be reached ({type(error).__name__})")
    except (imaplib.IMAP4.error, ImapToolsError, ValueError):
        failure = Trouble(in_the_clear("IMAP"))
    raise failure


def log_in(box: BaseMailBox, server: Server, access: Access | None) -> None:
    if access is None:
        return prove(partial(say_password, box, server), bad_login("IMAP"))
    token = access.token()
    try:
        return prove(partial(show_token, box, server, token), bad_token("IMAP"))
    except BadLogin:  # it may have been taken back before its time
        token = access.token(refused=token)
    return prove(partial(show_token, box, server, token), bad_token("IMAP"))


def say_password(box: BaseMailBox, server: Server) -> None:
    if (server.user + server.password).isascii():
        box.login(server.user, server.password, initial_folder=None)
    else:
        box.login_utf8(server.user, server.password, initial_folder=None)


def show_token(box: BaseMailBox, server: Server, token: str) -> None:
    """The second challenge tells why it was refused, and wants nothing."""
    said = to_xoauth2(server.user, token)
    box.client.authenticate("XOAUTH2", lambda challenge: b"" if challenge else said)


def prove(act: Callable[[], None], refused: str) -> None:
    """Raises `BadLogin(refused)`, or `Trouble` for what may pass."""
    failure: Trouble = BadLogin(refused)
    try:
        act()
    except imaplib.IMAP4.abort as error:
        failure = Trouble(f"the IMAP server broke off ({type(error).__name__})")
    except (MailboxLoginError, imaplib.IMAP4.error) as error:
        if any(code in str(error).upper() for code in PASSING):
            failure = Trouble("the IMAP server lets nobody in now")
    except OSError as error:
        failure = Trouble(f"the IMAP server broke off ({type(error).__name__})")
    else:
        return
    raise failure
