"""Letters on their way out: one connection that is kept (RFC 5321)."""

import asyncio
import ssl
import time
from collections.abc import Callable
from contextlib import suppress

import aiosmtplib

from bots.email.access import Access
from bots.email.failures import (
    SETTINGS_WAIT,
    BadLogin,
    Trouble,
    bad_token,
    in_the_clear,
    is_final,
    to_data_error,
    to_end_error,
    to_login_error,
    to_recipient_error,
    to_sender_error,
    too_large,
)
from bots.email.server import Server
from core.adapter import DeliveryError, Refused, Retry

TIMEOUT = 60.0
DATA_TIMEOUT = 120.0
END_TIMEOUT = 600.0
"""Seconds: less would make copies (RFC 5321, section 4.5.3.2.6)."""
KEPT = 60.0
"""Seconds after which a connection is not used again: servers end them without a word."""
FAILURES = (aiosmtplib.SMTPException, OSError, ValueError, Trouble)


class Post:
    def __init__(
        self,
        server: Server,
        address: str,
        context: ssl.SSLContext,
        end_timeout: float,
        access: Access | None = None,
    ) -> None:
        self._server = server
        self._access = access
        self._address = address
        self._context = context
        self._end_timeout = end_timeout
        self._lock = asyncio.Lock()
        self._kept: aiosmtplib.SMTP | None = None
        self._used = 0.0

    async def open(self) -> None:
        """Raises `Retry` or `Refused`."""
        async with self._lock:
            self._kept = self._kept or await self._connect()
            self._used = time.monotonic()

    async def close(self) -> None:
        smtp, self._kept = self._kept, None
        if smtp:
            smtp.close()

    async def deliver(self, recipient: str, letter: bytes) -> None:
        """`letter` begins with a header. Raises a `DeliveryError`. A connection in which anything
        failed is not used again.
        """
        async with self._lock:
            smtp = await self._begin(recipient, len(letter))
            try:
                await self._hand_over(smtp, recipient, letter)
            except BaseException:
                smtp.close()
                raise
            self._kept, self._used = smtp, time.monotonic()

    async def _begin(self, recipient: str, size: int) -> aiosmtplib.SMTP:
        """A connection in which we are accepted as the sender; the kept one if it still lives."""
        kept, self._kept = self._kept, None
        if kept and time.monotonic() - self._used < KEPT:
            try:
                return await self._introduce(kept, recipient, size)
            except DeliveryError:  # it says nothing of the letter; a new one may
                pass
        elif kept:
            kept.close()
        try:
            smtp = await self._connect()
        except Refused as refused:
            raise Retry(str(refused), SETTINGS_WAIT, everyone=True) from None
        return await self._introduce(smtp, recipient, size)

    async def _connect(self) -> aiosmtplib.SMTP:
        server = self._server
        smtp = aiosmtplib.SMTP(
            hostname=server.host,
            port=server.port,
            use_tls=server.tls,
            tls_context=self._context,
            timeout=TIMEOUT,
            local_hostname=self._address.rpartition("@")[2],
        )
        try:
            await smtp.connect()
            if smtp.is_ehlo_or_helo_needed:  # some servers know nothing of it
                with suppress(aiosmtplib.SMTPHeloError):
                    await smtp.ehlo()
            safe = smtp.get_transport_info("sslcontext") is not None or server.here
            if safe:
                await self._log_in(smtp)
        except BaseException as error:
            smtp.close()
            if not isinstance(error, FAILURES):
                raise
            failure = to_login_error(error)
        else:
            if safe or not (server.password or self._access):
                return smtp
            smtp.close()
            failure = Refused(in_the_clear("SMTP"))
        raise failure

    async def _log_in(self, smtp: aiosmtplib.SMTP) -> None:
        server, access = self._server, self._access
        if access is None:
            if server.password:
                await smtp.login(server.user, server.password)
            return
        token = await asyncio.to_thread(access.token)
        with suppress(aiosmtplib.SMTPAuthenticationError):
            await smtp.auth_xoauth2(server.user, token)
            return
        token = await asyncio.to_thread(access.token, token)  # taken back before its time
        try:
            await smtp.auth_xoauth2(server.user, token)
        except aiosmtplib.SMTPAuthenticationError as error:
            failure = BadLogin(bad_token("SMTP")) if is_final(error) else error
        else:
            return
        raise failure

    async def _introduce(self, smtp: aiosmtplib.SMTP, recipient: str, size: int) -> aiosmtplib.SMTP:
        wide = not (recipient + self._address).isascii()
        if wide and not smtp.supports_extension("smtputf8"):
            smtp.close()
            raise Refused("our SMTP server cannot write to addresses with such letters")
        options = ["SMTPUTF8", "BODY=8BITMIME"] if wide else []
        if smtp.supports_extension("size"):  # RFC 1870: what is too large is not even sent
            most = smtp.esmtp_extensions.get("size", "").strip()
            if most.isdecimal() and 0 < int(most) < size:
                smtp.close()
                raise too_large(f"at most {most} bytes")
            options.append(f"SIZE={size}")
        encoding = "utf-8" if wide else "ascii"
        try:
            await smtp.mail(self._address, options=options, encoding=encoding)
        except BaseException as error:
            smtp.close()
            if not isinstance(error, FAILURES):
                raise
            failure = to_sender_error(error)
        else:
            return smtp
        raise failure

    async def _hand_over(self, smtp: aiosmtplib.SMTP, recipient: str, letter: bytes) -> None:
        failure: Callable[[Exception], DeliveryError] = to_recipient_error
        encoding = "ascii" if recipient.isascii() else "utf-8"
        try:
            await smtp.rcpt(recipient, encoding=encoding)
            failure = to_data_error
            begun = await smtp.execute_command(b"DATA", timeout=DATA_TIMEOUT)
            if begun.code != 354 or smtp.protocol is None:
                raise aiosmtplib.SMTPDataError(begun.code, begun.message)
            failure = to_end_error
            smtp.protocol.write(letter.replace(b"\r\n.", b"\r\n..") + b".\r\n")
            ended = await smtp.protocol.read_response(timeout=self._end_timeout)
            if ended.code != 250:
                raise aiosmtplib.SMTPDataError(ended.code, ended.message)
        except FAILURES as error:
            failed = failure(error)
        else:
            return
        raise failed
