"""What can go wrong on the way to the mail servers, and what it means for a letter.

No failure's words hold the password, or anything that a person wrote or a server said: servers
repeat addresses.
"""

import re

import aiosmtplib

from core.adapter import DeliveryError, Refused, Retry, Unknown

SETTINGS_WAIT = 300.0
"""Seconds until we try again what only the operator can put right."""
ENHANCED = re.compile(r"\b([245]\.\d{1,3}\.\d{1,3})\b")
"""RFC 3463."""


SIZE_CODES = ("5.2.3", "5.3.4")
"""Longer than the mailbox or the server takes; 552 alone says either, or that a mailbox is full."""


class Trouble(Exception):
    """The mailbox could not be asked now."""


class BadLogin(Trouble):
    """It is not ours, or not with this password, however often we ask."""


def bad_login(what: str) -> str:
    return (
        f"the {what} server does not accept user and password. Set FRONTDESK_EMAIL__PASSWORD to "
        "the mailbox's password, or to an app password where the provider asks for one. Where it "
        "takes no passwords at all, set FRONTDESK_EMAIL__CLIENT_ID and what goes with it"
    )


def bad_token(what: str) -> str:
    return (
        f"the {what} server does not accept the OAuth 2.0 token. Is the user in "
        f"FRONTDESK_EMAIL__{what}_URL, or else the address, the mailbox that it was given for, and "
        f"does FRONTDESK_EMAIL__TOKEN_SCOPE name {what}?"
    )


def in_the_clear(what: str) -> str:
    return (
        f"the {what} server offers no encryption, and the password is not sent without. Use "
        f"{what.lower()}s:// in FRONTDESK_EMAIL__{what}_URL"
    )


def code_of(error: aiosmtplib.SMTPResponseException) -> str:
    enhanced = ENHANCED.search(error.message)
    return f"{error.code} {enhanced[1]}" if enhanced else str(error.code)


def is_final(error: aiosmtplib.SMTPResponseException) -> bool:
    return 500 <= error.code < 600


def is_too_large(error: aiosmtplib.SMTPResponseException) -> bool:
    if not is_final(error):
        return False
    enhanced = ENHANCED.search(error.message)
    return enhanced[1] in SIZE_CODES if enhanced else error.code == 552


def too_large(told: str) -> Refused:
    return Refused(
        f"the letter is larger than the mail server takes ({told}). A smaller file may pass",
        gone=False,
    )


def to_login_error(error: Exception) -> Retry | Refused:
    """Of a connection that could not be opened."""
    if isinstance(error, BadLogin):
        return Refused(str(error))
    if isinstance(error, Trouble):
        return Retry(str(error))
    if isinstance(error, aiosmtplib.SMTPAuthenticationError) and is_final(error):
        return Refused(bad_login("SMTP"))
    if isinstance(error, aiosmtplib.SMTPResponseException):
        return Retry(f"the SMTP server does not take us ({code_of(error)})")
    return Retry(f"the SMTP server could not be reached ({type(error).__name__})")


def to_sender_error(error: Exception) -> DeliveryError:
    """Before anybody was named: of the letter only its size matters yet."""
    if isinstance(error, aiosmtplib.SMTPResponseException) and is_too_large(error):
        return too_large(code_of(error))
    if isinstance(error, aiosmtplib.SMTPResponseException) and is_final(error):
        return Retry(
            f"the SMTP server does not let us send as our address ({code_of(error)}). Is it the "
            "address of the user in FRONTDESK_EMAIL__SMTP_URL?",
            SETTINGS_WAIT,
            everyone=True,
        )
    return to_retry(error)


def to_recipient_error(error: Exception) -> DeliveryError:
    if isinstance(error, aiosmtplib.SMTPResponseException) and is_final(error):
        code = code_of(error)
        if code.endswith(SIZE_CODES):
            return too_large(code)
        return Refused(f"the recipient was refused ({code})", gone=" 5.1." in code)
    return to_retry(error)


def to_data_error(error: Exception) -> DeliveryError:
    """After the recipient was accepted, before the letter was sent, or refused as a whole."""
    if isinstance(error, aiosmtplib.SMTPResponseException) and is_too_large(error):
        return too_large(code_of(error))
    if isinstance(error, aiosmtplib.SMTPResponseException) and is_final(error):
        return Refused(f"the letter was refused ({code_of(error)})", gone=False)
    return to_retry(error)


def to_end_error(error: Exception) -> DeliveryError:
    """After the final dot."""
    if isinstance(error, aiosmtplib.SMTPResponseException) and error.code >= 400:
        return to_data_error(error)
    return Unknown(f"the SMTP server may have taken it ({type(error).__name__})")


def to_retry(error: Exception) -> Retry:
    if isinstance(error, aiosmtplib.SMTPResponseException):
        return Retry(f"the SMTP server wants it later ({code_of(error)})")
    return Retry(f"the SMTP server broke off ({type(error).__name__})")
