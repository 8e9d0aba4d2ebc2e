"""Letters on their way out: what stands in them."""

from dataclasses import replace
from datetime import UTC, datetime
from email import message_from_bytes
from email.header import decode_header, make_header
from email.policy import compat32
from email.utils import parsedate_to_datetime

import pytest

from bots.email.adapter import EmailAdapter
from bots.email.history import MARK
from bots.email.parse import Ignored, Me, to_inbound
from bots.email.tokens import Tokens
from core.adapter import Refused, Retry
from core.messages import Choice
from tests.bots.email.letters import ANN, KEY, as_letter, written
from tests.bots.email.mailing import NONCE, Open, email_settings, outbound
from tests.bots.email.test_contract import body
from tests.fakes.mail import Dovecot
from tests.fakes.mail_smtp import PostOffice

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
    assert body(taken) == "Title\n\nWords\n\n- Yes\n- No"
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
    assert body(post.taken[0]) == text


async def test_a_repeat_is_the_same_letter_also_after_a_restart(
    opened: Open, post: PostOffice, box: str
) -> None:
    written = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)
    letter = replace(outbound(box), written=written)
    post.fail("DATA", "451 4.3.0 later")
    async with opened() as adapter:
        with pytest.raises(Retry):
            await adapter.send(letter)
        await adapter.send(letter)
    async with opened() as adapter:
        await adapter.send(replace(letter, doubted=True))
    assert post.taken[0].raw == post.taken[1].raw
    assert parsedate_to_datetime(str(post.taken[0].letter["Date"])) == written


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
