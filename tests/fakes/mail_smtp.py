"""A mail server that takes letters, on aiosmtpd, and fails as it is told to."""

import asyncio
import ssl
from base64 import b64decode
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any, cast

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from tests.fakes.mail import PASSWORD, free_ports

HANG_UP = "hang up"


@dataclass
class Taken:
    sender: str
    recipient: str
    raw: bytes

    @property
    def letter(self) -> EmailMessage:
        read = message_from_bytes(self.raw, policy=default)
        assert isinstance(read, EmailMessage)
        return read

    @property
    def words(self) -> str:
        """As a person reads them."""
        body = self.letter.get_body(("plain",))
        return str(body.get_content()).replace("\r\n", "\n") if body else ""

    @property
    def file(self) -> bytes | None:
        """Byte for byte, as it would be saved."""
        for part in self.letter.iter_attachments():
            data = part.get_payload(decode=True)
            return data if isinstance(data, bytes) else None
        return None


# What aiosmtpd gives to each handler is more than most of them need.
# ruff: noqa: ARG002


@dataclass
class PostOffice:
    """`faults` are what the next commands of a name are answered with; `accepts_password` is
    whether it lets us in.
    """

    port: int = 0
    taken: list[Taken] = field(default_factory=list)
    faults: list[tuple[str, str]] = field(default_factory=list)
    connections: int = 0
    logins: int = 0
    begun: int = 0
    """Letters whose sender was named."""
    accepts_password: bool = True
    tokens: Mapping[str, str] = field(default_factory=dict)
    """By OAuth 2.0 token, whom it lets in."""
    silent: bool = False
    """Never answers the final dot."""
    server: Any = None

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}"

    def fail(self, command: str, answer: str) -> None:
        self.faults.append((command, answer))

    def _fault(self, command: str, server: SMTP) -> str | None:
        for fault in self.faults:
            if fault[0] == command:
                self.faults.remove(fault)
                if fault[1] == HANG_UP:
                    cast(asyncio.Transport, server.transport).abort()
                    return "250 never seen"
                return fault[1]
        return None

    async def handle_EHLO(  # noqa: N802  # aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope, hostname: str, answers: list[str]
    ) -> list[str]:
        session.host_name = hostname
        self.connections += 1
        return answers

    async def handle_MAIL(  # noqa: N802  # aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        self.begun += 1
        if fault := self._fault("MAIL", server):
            return fault
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(  # noqa: N802  # aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if fault := self._fault("RCPT", server):
            return fault
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(  # noqa: N802  # aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        if self.silent:
            await asyncio.Event().wait()
        fault = self._fault("DATA", server)
        if fault and not fault.startswith("250"):
            return fault
        assert isinstance(envelope.original_content, bytes)
        self.taken.append(
            Taken(envelope.mail_from or "", envelope.rcpt_tos[0], envelope.original_content)
        )
        return fault or "250 OK"

    def authenticate(
        self, server: SMTP, session: Session, envelope: Envelope, mechanism: str, auth_data: Any
    ) -> AuthResult:
        self.logins += 1
        right = isinstance(auth_data, LoginPassword) and auth_data.password == PASSWORD.encode()
        return AuthResult(success=right and self.accepts_password, handled=False)

    async def auth_XOAUTH2(self, server: SMTP, args: list[str]) -> AuthResult:  # noqa: N802  # the same
        """As providers do: why it was refused is a challenge, which wants an empty answer."""
        self.logins += 1
        said = b64decode(args[1]).decode().split("\1")
        user, token = said[0].removeprefix("user="), said[1].removeprefix("auth=Bearer ")
        if user and self.tokens.get(token) == user:
            return AuthResult(success=True)
        await server.challenge_auth(b'{"status": "401"}')
        return AuthResult(success=False, handled=False)


@contextmanager
def post_office(
    tls: ssl.SSLContext | None = None, *, from_the_start: bool = False, auth: bool = True
) -> Iterator[PostOffice]:
    """`tls` is offered, or used from the first byte."""
    office = PostOffice()
    controller = Controller(
        office,
        hostname="127.0.0.1",
        port=free_ports()[0],
        ssl_context=tls if from_the_start else None,
        tls_context=None if from_the_start else tls,
        authenticator=office.authenticate if auth else None,
        auth_require_tls=tls is not None and not from_the_start,
        auth_required=False,
        enable_SMTPUTF8=True,
        ready_timeout=20,
    )
    controller.start()
    office.port = controller.port
    try:
        yield office
    finally:
        controller.stop()
