"""Where the servers are, and settings with which nothing can start."""

from typing import Any

import pytest

from bots.email.adapter import EmailAdapter
from bots.email.limits import email_limits
from bots.email.server import read_server
from core.settings import Email, Wrong
from tests.bots.email.letters import KEY
from tests.bots.email.mailing import email_settings


@pytest.mark.parametrize(
    ("url", "host", "port", "tls", "user", "folder"),
    [
        ("imaps://mail.example", "mail.example", 993, True, "me@x.example", ""),
        ("imap://mail.example/INBOX", "mail.example", 143, False, "me@x.example", "INBOX"),
        ("imaps://ann@mail.example:1993/a/b", "mail.example", 1993, True, "ann", "a/b"),
        ("imaps://ann%40x.example@mail.example", "mail.example", 993, True, "ann@x.example", ""),
        ("imaps://ann@x.example@mail.example", "mail.example", 993, True, "ann@x.example", ""),
        ("smtp://mail.example", "mail.example", 587, False, "me@x.example", ""),
        ("smtps://[::1]", "::1", 465, True, "me@x.example", ""),
    ],
)
def test_a_url_tells_where_and_as_whom(
    url: str, host: str, port: int, tls: bool, user: str, folder: str
) -> None:
    read = read_server("NAME", url, "me@x.example", "secret")
    assert (read.host, read.port, read.tls) == (host, port, tls)
    assert (read.user, read.folder) == (user, folder)
    assert "secret" not in repr(read)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]", "127.8.9.1"])
def test_this_machine_needs_no_encryption(host: str) -> None:
    assert read_server("NAME", f"imap://{host}", "", "").here
    assert not read_server("NAME", "imap://10.0.0.1", "", "").here
    assert not read_server("NAME", "imap://localhost.example", "", "").here


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"imap_url": "imaps://mail.example:port"}, "FRONTDESK_EMAIL__IMAP_URL"),
        ({"imap_url": "imaps:///INBOX"}, "FRONTDESK_EMAIL__IMAP_URL"),
        ({"smtp_url": "smtps://me:geheim@mail.example"}, "FRONTDESK_EMAIL__PASSWORD"),
        ({"address": "me@-.example"}, "FRONTDESK_EMAIL__ADDRESS"),
    ],
)
def test_what_cannot_work_is_named(changed: dict[str, Any], said: str) -> None:
    fields = {"imap_url": "imaps://mail.example", "smtp_url": "smtps://mail.example"}
    settings = Email(**({"address": "me@x.example"} | fields | changed))
    with pytest.raises(Wrong, match=said) as wrong:
        EmailAdapter(settings, "Desk", KEY)
    assert "geheim" not in str(wrong.value)


def test_our_address_is_in_small_letters_and_as_dns_has_it() -> None:
    settings = email_settings("Help@MÜNCHEN.example", "imaps://m.example", "smtps://m.example")
    adapter = EmailAdapter(settings, "Desk", KEY)
    assert adapter.account == "help@xn--mnchen-3ya.example"


def test_letters_are_complete_in_themselves() -> None:
    limits = email_limits(Email())
    assert limits.letters
    assert not limits.buttons
    assert (limits.text, limits.file_in) == (100_000, 25_000_000)
