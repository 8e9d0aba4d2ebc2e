"""How a letter that did not go out is told, and how the connection to the server is kept."""

import asyncio
import ssl

import pytest
import trustme

from bots.email import post as posting
from bots.email.adapter import EmailAdapter
from bots.email.failures import SETTINGS_WAIT
from bots.email.server import Server
from core.adapter import DeliveryError, Refused, Retry, Unknown
from tests.bots.email.letters import ANN, KEY
from tests.bots.email.mailing import Open, email_settings, outbound
from tests.bots.email.test_contract import body
from tests.fakes.mail import Dovecot
from tests.fakes.mail_smtp import HANG_UP, PostOffice, post_office

# Failures


@pytest.mark.parametrize(
    ("command", "answer", "failure", "gone"),
    [
        ("MAIL", "451 4.3.0 later", Retry, None),
        ("MAIL", "421 4.3.2 closing", Retry, None),
        ("MAIL", "553 5.7.1 not yours", Retry, None),
        ("RCPT", "450 4.2.1 busy", Retry, None),
        ("RCPT", "550 5.1.1 no such user", Refused, True),
        ("RCPT", "550 5.1.10 no such domain", Refused, True),
        ("RCPT", "550 5.7.1 policy", Refused, False),
        ("RCPT", "550 no such user", Refused, False),
        ("RCPT", "552 5.2.2 full", Refused, False),
        ("DATA", "452 4.3.1 no room", Retry, None),
        ("DATA", "554 5.7.1 spam", Refused, False),
        ("DATA", "552 5.3.4 too big", Refused, False),
        ("DATA", HANG_UP, Unknown, None),
        ("RCPT", HANG_UP, Retry, None),
    ],
)
async def test_how_it_failed(
    adapter: EmailAdapter,
    post: PostOffice,
    box: str,
    command: str,
    answer: str,
    failure: type[DeliveryError],
    gone: bool | None,
) -> None:
    for _ in range(2 if command == "MAIL" else 1):  # with a new connection it is tried once more
        post.fail(command, answer)
    with pytest.raises(failure) as failed:
        await adapter.send(outbound(box, "private words"))
    if isinstance(failed.value, Refused):
        assert failed.value.gone is gone
    assert "private" not in str(failed.value)
    assert ANN not in str(failed.value)
    assert isinstance(failed.value, Retry) is (failure is Retry)
    post.faults.clear()
    await adapter.send(outbound(box, "better now"))
    assert body(post.taken[-1]) == "better now"


async def test_a_sender_who_is_not_allowed_stops_everything_until_it_is_put_right(
    adapter: EmailAdapter, post: PostOffice, box: str
) -> None:
    post.fail("MAIL", "553 5.7.1 not yours")
    post.fail("MAIL", "553 5.7.1 not yours")
    with pytest.raises(Retry, match="FRONTDESK_EMAIL__SMTP_URL") as later:
        await adapter.send(outbound(box))
    assert (later.value.after, later.value.everyone) == (SETTINGS_WAIT, True)


async def test_no_answer_to_the_last_dot_is_waited_for_ten_minutes(
    opened: Open, post: PostOffice, box: str
) -> None:
    assert posting.END_TIMEOUT == 600
    post.silent = True
    async with opened(end_timeout=0.2) as adapter:
        with pytest.raises(Unknown):
            await adapter.send(outbound(box))
        post.silent = False
        await adapter.send(outbound(box, "next"))


async def test_one_connection_is_kept_and_a_stale_one_replaced(
    adapter: EmailAdapter, post: PostOffice, box: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(3):
        await adapter.send(outbound(box))
    assert post.connections == post.logins == 1
    post.fail("MAIL", HANG_UP)
    await adapter.send(outbound(box))
    assert post.connections == 2
    monkeypatch.setattr(posting, "KEPT", 0.0)
    await adapter.send(outbound(box))
    assert post.connections == 3
    assert len(post.taken) == 5


async def test_letters_follow_one_another(
    adapter: EmailAdapter, post: PostOffice, box: str
) -> None:
    said = [outbound(box, f"{number}") for number in range(10)]
    await asyncio.gather(*map(adapter.send, said))
    assert [body(taken) for taken in post.taken] == [f"{number}" for number in range(10)]


async def test_given_up_on_a_letter_spoils_no_other(
    adapter: EmailAdapter, post: PostOffice, box: str
) -> None:
    post.silent = True
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.2):
            await adapter.send(outbound(box, "one"))
    post.silent = False
    await adapter.send(outbound(box, "two"))
    assert body(post.taken[-1]) == "two"


# Logging in


async def test_a_bad_password_is_refused_at_the_start_and_waited_out_later(
    imap: Dovecot, post: PostOffice, box: str
) -> None:
    adapter = EmailAdapter(email_settings(box, imap.url(), post.url), "Desk", KEY)
    post.accepts_password = False
    with pytest.raises(Refused, match="FRONTDESK_EMAIL__PASSWORD"):
        await adapter.open()
    with pytest.raises(Retry, match="FRONTDESK_EMAIL__PASSWORD") as later:
        await adapter.send(outbound(box))
    assert (later.value.after, later.value.everyone) == (SETTINGS_WAIT, True)
    post.accepts_password = True
    await adapter.send(outbound(box))
    await adapter.close()


async def test_a_server_that_is_not_there_is_tried_again(imap: Dovecot, box: str) -> None:
    adapter = EmailAdapter(email_settings(box, imap.url(), "smtp://127.0.0.1:9"), "Desk", KEY)
    with pytest.raises(Retry, match="could not be reached"):
        await adapter.open()
    with pytest.raises(Retry, match="could not be reached"):
        await adapter.send(outbound(box))
    await adapter.close()


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


def context_of(authority: trustme.CA) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    return context


@pytest.mark.parametrize("from_the_start", [False, True])
@pytest.mark.parametrize("trusted", [False, True])
async def test_over_tls_to_a_server_that_proves_itself_only(
    imap: Dovecot,
    box: str,
    authority: trustme.CA,
    monkeypatch: pytest.MonkeyPatch,
    from_the_start: bool,
    trusted: bool,
) -> None:
    with (
        authority.cert_pem.tempfile() as ca,
        post_office(context_of(authority), from_the_start=from_the_start) as post,
    ):
        if trusted:
            monkeypatch.setenv("SSL_CERT_FILE", ca)
        url = post.url.replace("smtp:", "smtps:") if from_the_start else post.url
        adapter = EmailAdapter(email_settings(box, imap.url(), url), "Desk", KEY)
        if trusted:
            await adapter.open()
            await adapter.send(outbound(box))
            assert (post.logins, len(post.taken)) == (1, 1)
        else:
            with pytest.raises(Retry):
                await adapter.open()
            assert post.logins == 0
        await adapter.close()


async def test_the_password_never_travels_in_the_clear(
    imap: Dovecot, post: PostOffice, box: str
) -> None:
    adapter = EmailAdapter(email_settings(box, imap.url(), post.url), "Desk", KEY)
    away = Elsewhere("127.0.0.1", post.port, False, box, "CANARY-password")
    adapter._post._server = away
    with pytest.raises(Refused, match="smtps://"):
        await adapter._post.open()
    assert post.logins == 0
    await adapter.close()


class Elsewhere(Server):
    """As if it were not on this machine."""

    @property
    def here(self) -> bool:
        return False
