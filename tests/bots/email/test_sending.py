"""Letters on their way out: what stands in them, and how a failed one is told."""

import asyncio
import ssl
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.header import decode_header, make_header
from email.policy import compat32
from email.utils import parsedate_to_datetime

import pytest
import trustme

from bots.email import post as posting
from bots.email.adapter import EmailAdapter
from bots.email.failures import SETTINGS_WAIT
from bots.email.history import MARK
from bots.email.parse import Ignored, Me, to_inbound
from bots.email.server import Server
from bots.email.tokens import Tokens
from core.adapter import DeliveryError, Refused, Retry, Unknown
from core.messages import Address, Choice, Outbound
from tests.bots.email.conftest import Open, email_settings
from tests.bots.email.letters import ANN, KEY, as_letter, written
from tests.bots.email.test_contract import body
from tests.fakes.mail import Dovecot
from tests.fakes.mail_smtp import HANG_UP, PostOffice, post_office

NONCE = "0123456789abcdef01234567"


def outbound(box: str, text: str = "Hello", to: str = ANN, **more: object) -> Outbound:
    return Outbound(Address("email", box, to), text, nonce=NONCE, **more)  # type: ignore[arg-type]


# What stands in a letter


async def test_a_letter_says_whose_it_is_and_that_a_machine_sent_it(
    adapter: EmailAdapter, post: PostOffice, box: str
) -> None:
    choices = (Choice("Yes", "y"), Choice("No", "n"))
    said = outbound(box, "Words", title="Title", ticket=12, reply_to="<q@x.example>")
    id = await adapter.send(replace(said, choices=choices))
    (taken,) = post.taken
    letter = taken.letter
    assert (taken.sender, taken.recipient) == (box, ANN)
    assert letter["From"] == f'"Creator Desk" <{box}>' or box in letter["From"]
    assert letter["To"] == ANN
    assert letter["Subject"] == "[Creator Desk] Ticket 12"
    assert letter["Message-ID"] == id == adapter._tokens.make(NONCE, ANN)
    assert letter["In-Reply-To"] == letter["References"] == "<q@x.example>"
    assert letter["Auto-Submitted"] == "auto-replied"
    assert letter["X-Auto-Response-Suppress"] == "All"
    assert letter["X-Loop"] == box
    assert letter.get_content_type() == "text/plain"
    assert body(letter) == "Title\n\nWords\n\n- Yes\n- No"
    assert letter.get_content().startswith(MARK)
    assert all(len(line) <= 998 for line in taken.raw.split(b"\r\n"))


async def test_no_words_of_anybody_stand_in_the_head(
    adapter: EmailAdapter, post: PostOffice, box: str
) -> None:
    await adapter.send(outbound(box, "SECRET\r\nBcc: x@evil.example", title="SECRET"))
    head = post.taken[0].raw.partition(b"\r\n\r\n")[0]
    assert b"SECRET" not in head
    assert b"Bcc" not in head
    assert b"Subject: Creator Desk\r\n" in head + b"\r\n"
    assert b"Auto-Submitted: auto-generated" in head


@pytest.mark.parametrize(
    "hostile",
    ["<a@b>\r\nBcc: x@evil.example", "a@b", "<a b@c>", "<" + "a" * 300 + "@b>", "<a@b> <c@d>", ""],
)
async def test_what_they_called_their_letter_is_repeated_only_if_it_is_a_name(
    adapter: EmailAdapter, post: PostOffice, box: str, hostile: str
) -> None:
    await adapter.send(outbound(box, reply_to=hostile))
    assert post.taken[0].letter["In-Reply-To"] is None
    assert b"evil" not in post.taken[0].raw


async def test_a_long_name_is_repeated_unbroken(
    adapter: EmailAdapter, post: PostOffice, box: str
) -> None:
    long = "<" + "a" * 200 + "@mail.example>"
    await adapter.send(outbound(box, reply_to=long))
    assert b"\r\nIn-Reply-To: " + long.encode() + b"\r\n" in post.taken[0].raw


@pytest.mark.parametrize("name", ["Schöne Hilfe \U0001f44b" * 3, 'A "B" \\ C', "x\r\nBcc: a@b", ""])
async def test_the_desk_may_have_any_name(
    imap: Dovecot, post: PostOffice, box: str, name: str
) -> None:
    adapter = EmailAdapter(email_settings(box, imap.url(), post.url), name, KEY)
    await adapter.send(outbound(box, ticket=1))
    await adapter.close()
    letter = post.taken[0].letter
    assert letter["Bcc"] is None
    assert letter["From"].addresses[0].addr_spec == box
    raw = message_from_bytes(post.taken[0].raw, policy=compat32)["From"]
    shown = str(make_header(decode_header(raw.rpartition(" <")[0].replace("\n ", ""))))
    assert shown.strip('"').replace("\\", "") == " ".join(name.split())[:60].replace("\\", "")


@pytest.mark.parametrize(
    "text",
    [".\n..\n.leading\n", "From here\n \ntrailing \n\tx", "a" * 5000, "=3D =", "é\u202e\n\n"],
)
async def test_words_arrive_as_they_are(
    adapter: EmailAdapter, post: PostOffice, box: str, text: str
) -> None:
    await adapter.send(outbound(box, text))
    assert body(post.taken[0].letter) == text


async def test_a_repeat_is_the_same_letter(
    adapter: EmailAdapter, post: PostOffice, box: str
) -> None:
    post.fail("DATA", "451 4.3.0 later")
    with pytest.raises(Retry):
        await adapter.send(outbound(box))
    await adapter.send(outbound(box))
    await adapter.send(replace(outbound(box), doubted_since=datetime(2020, 1, 1, tzinfo=UTC)))
    assert post.taken[0].raw == post.taken[1].raw


async def test_after_a_restart_it_has_the_same_id_and_the_time_of_the_first_try(
    opened: Open, post: PostOffice, box: str
) -> None:
    since = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)
    async with opened(clock=lambda: since + timedelta(hours=1)) as adapter:
        await adapter.send(replace(outbound(box), doubted_since=since))
    async with opened(clock=lambda: since + timedelta(hours=2)) as adapter:
        await adapter.send(replace(outbound(box), doubted_since=since))
    assert post.taken[0].raw == post.taken[1].raw
    assert parsedate_to_datetime(str(post.taken[0].letter["Date"])) == since


async def test_our_own_letter_is_never_a_question_and_its_answer_is_proven(
    adapter: EmailAdapter, post: PostOffice, box: str
) -> None:
    id = await adapter.send(outbound(box))
    me = Me(box, adapter._tokens)
    assert isinstance(to_inbound(as_letter(post.taken[0].raw), me), Ignored)
    answer = to_inbound(as_letter(bytes(written("Thanks", In_Reply_To=id))), me)
    assert not isinstance(answer, Ignored)
    assert answer.proven
    other_key = Me(box, Tokens(b"x" * 32, "desk.example"))
    stranger = to_inbound(as_letter(bytes(written(In_Reply_To=id))), other_key)
    assert not isinstance(stranger, Ignored)
    assert not stranger.proven


@pytest.mark.parametrize(
    "to", ["", "ann", "ann@", "ann@example.org>\r\nRCPT TO:<x@y.example", "Ann <ann@example.org>"]
)
async def test_what_is_no_address_is_refused(
    adapter: EmailAdapter, post: PostOffice, box: str, to: str
) -> None:
    with pytest.raises(Refused) as refused:
        await adapter.send(outbound(box, to=to))
    assert refused.value.gone
    with pytest.raises(Refused) as refused:
        await adapter.send(outbound(box, " "))
    assert not refused.value.gone
    assert post.taken == []


async def test_addresses_beyond_ascii_are_written_to(
    adapter: EmailAdapter, post: PostOffice, box: str
) -> None:
    await adapter.send(outbound(box, to="jörg@xn--mnchen-3ya.example"))
    assert post.taken[0].recipient == "jörg@xn--mnchen-3ya.example"


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
    assert body(post.taken[-1].letter) == "better now"


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
    assert [body(taken.letter) for taken in post.taken] == [f"{number}" for number in range(10)]


async def test_given_up_on_a_letter_spoils_no_other(
    adapter: EmailAdapter, post: PostOffice, box: str
) -> None:
    post.silent = True
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.2):
            await adapter.send(outbound(box, "one"))
    post.silent = False
    await adapter.send(outbound(box, "two"))
    assert body(post.taken[-1].letter) == "two"


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
