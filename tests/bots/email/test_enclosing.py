"""Files and news on their way out, and the button that ends the news."""

from dataclasses import replace
from email.headerregistry import ContentDispositionHeader
from urllib.parse import parse_qs, urlsplit

import pytest

from bots.email.adapter import EmailAdapter
from bots.email.limits import FILE_OUT
from bots.email.parse import Ignored, Me, to_inbound
from core.adapter import Refused
from core.messages import Enclosed, Kind, Outbound
from tests.bots.email.letters import ANN, as_letter, written
from tests.bots.email.mailing import outbound
from tests.fakes.mail_smtp import PostOffice

PICTURE = Enclosed("bild.png", "image/png", b"\x89PNG\r\n.\r\n" * 100)


def with_file(box: str, file: Enclosed = PICTURE, ticket: int | None = None) -> Outbound:
    return outbound(box, "Words", file=file, ticket=ticket)


# Files


@pytest.mark.parametrize(
    "name",
    ["plain.txt", "with blanks; and=signs.txt", "ü" * 60 + ".txt", "長い" * 25 + ".pdf",
     "a" * 90 + ".txt", "100%41.txt"],
)  # fmt: skip
async def test_a_file_keeps_its_name(
    adapter: EmailAdapter, post: PostOffice, box: str, name: str
) -> None:
    await adapter.send(with_file(box, Enclosed(name, "text/plain", b"words")))
    (part,) = post.taken[0].letter.iter_attachments()
    assert part.get_filename() == name
    assert isinstance(part["Content-Disposition"], ContentDispositionHeader)
    assert not part.defects
    assert all(len(line) < 200 for line in post.taken[0].raw.split(b"\r\n"))


@pytest.mark.parametrize("name", ['a"\r\nBcc: x@evil.example', "../../etc/passwd", "", '"'])
async def test_a_name_is_only_a_name(
    adapter: EmailAdapter, post: PostOffice, box: str, name: str
) -> None:
    await adapter.send(with_file(box, replace(PICTURE, name=name)))
    letter = post.taken[0].letter
    (part,) = letter.iter_attachments()
    shown = part.get_filename() or ""
    assert letter["Bcc"] is None is part["Bcc"]
    assert shown
    assert not set(shown) & set('/\\"\r\n')


@pytest.mark.parametrize(
    ("name", "found", "sent"),
    [
        ("run.exe", "image/png", "image/png"),
        ("photo.html", "application/octet-stream", "application/octet-stream"),
        ("x", "", "application/octet-stream"),
        ("x", "text/html\r\nBcc: x@evil.example", "application/octet-stream"),
        ("x.eml", "message/rfc822", "application/octet-stream"),
    ],
)
async def test_it_is_of_the_type_that_was_found_not_of_its_names(
    adapter: EmailAdapter, post: PostOffice, box: str, name: str, found: str, sent: str
) -> None:
    await adapter.send(with_file(box, Enclosed(name, found, PICTURE.data)))
    (part,) = post.taken[0].letter.iter_attachments()
    assert part.get_content_type() == sent
    assert part.get_payload(decode=True) == PICTURE.data


async def test_the_words_stand_beside_it_and_a_repeat_is_the_same_letter(
    adapter: EmailAdapter, post: PostOffice, box: str
) -> None:
    said = replace(with_file(box, ticket=7), text="Words =_part\n--=_part--\n.")
    letter = replace(said, written=as_letter(bytes(written())).at)
    ids = [await adapter.send(letter) for _ in range(2)]
    assert ids[0] == ids[1] == post.taken[0].letter["Message-ID"]
    assert post.taken[0].raw == post.taken[1].raw
    words, file = post.taken[0].letter.iter_parts()
    assert "Words =_part\n--=_part--\n." in words.get_content().replace("\r\n", "\n")
    assert file.get_payload(decode=True) == PICTURE.data


@pytest.mark.parametrize(
    ("command", "answer"),
    [
        ("MAIL", "552 5.3.4 Message size exceeds fixed limit"),
        ("RCPT", "552 5.2.3 too big for this mailbox"),
        ("DATA", "552 5.3.4 too big"),
        ("DATA", "552 exceeded storage allocation"),
    ],
)
async def test_what_is_too_large_for_a_server_is_said_so_and_the_person_stays(
    adapter: EmailAdapter, post: PostOffice, box: str, command: str, answer: str
) -> None:
    for _ in range(2 if command == "MAIL" else 1):  # a connection that was kept is not believed
        post.fail(command, answer)
    with pytest.raises(Refused, match=r"larger than the mail server takes \(552") as refused:
        await adapter.send(with_file(box))
    assert not refused.value.gone
    await adapter.send(outbound(box))
    assert len(post.taken) == 1


async def test_what_a_server_says_it_does_not_take_is_not_even_sent(
    adapter: EmailAdapter, post: PostOffice, box: str
) -> None:
    """aiosmtpd tells `SIZE 33554432`."""
    with pytest.raises(Refused, match="at most 33554432 bytes") as refused:
        await adapter.send(with_file(box, replace(PICTURE, data=bytes(26_000_000))))
    assert not refused.value.gone
    assert post.taken == []
    assert post.begun == 0


async def test_the_largest_file_passes(adapter: EmailAdapter, post: PostOffice, box: str) -> None:
    file = replace(PICTURE, data=b"." * FILE_OUT)
    await adapter.send(with_file(box, file))
    (part,) = post.taken[0].letter.iter_attachments()
    assert part.get_payload(decode=True) == file.data


# News


def news(box: str, title: str = "Neue Auszahlungen ab Mai: größer\r\nBcc: x@y.example") -> Outbound:
    return outbound(box, "Words", title=title, news=True)


def pressed(raw_link: str, **changed: str) -> bytes:
    """What a program for mail makes of the button."""
    link = urlsplit(raw_link.strip("<>"))
    (subject,) = parse_qs(link.query)["subject"]
    return bytes(written("", **({"subject": subject} | changed)))


async def test_news_says_what_it_is_and_has_a_button_to_end_it(
    adapter: EmailAdapter, post: PostOffice, box: str
) -> None:
    id = await adapter.send(news(box))
    letter = post.taken[0].letter
    assert letter["Subject"] == ("[Creator Desk] Neue Auszahlungen ab Mai: größer Bcc: x@y.example")
    assert letter["Bcc"] is None
    assert letter["Precedence"] == "bulk"
    assert letter["Message-ID"] == id
    assert letter["List-Unsubscribe"].startswith(f"<mailto:{box}?subject=unsubscribe%20%3C")
    assert letter["List-Unsubscribe-Post"] is None


async def test_what_is_no_news_has_no_button(
    adapter: EmailAdapter, post: PostOffice, box: str
) -> None:
    await adapter.send(outbound(box, title="Title"))
    letter = post.taken[0].letter
    assert letter["List-Unsubscribe"] is None is letter["Precedence"]
    assert letter["Subject"] == "Creator Desk"


@pytest.mark.parametrize(
    "headers", [{}, {"Auto_Submitted": "auto-generated"}, {"Precedence": "bulk"}]
)
async def test_the_button_is_the_command_and_proven(
    adapter: EmailAdapter, post: PostOffice, box: str, headers: dict[str, str]
) -> None:
    await adapter.send(news(box))
    link = str(post.taken[0].letter["List-Unsubscribe"])
    said = to_inbound(as_letter(pressed(link, **headers)), Me(box, adapter._tokens))
    assert not isinstance(said, Ignored)
    assert (said.kind, said.text, said.subject) == (Kind.MESSAGE, "/unsubscribe", "")
    assert said.address.chat == ANN
    assert said.proven


async def test_nobody_presses_for_somebody_else(
    adapter: EmailAdapter, post: PostOffice, box: str
) -> None:
    await adapter.send(news(box))
    link = str(post.taken[0].letter["List-Unsubscribe"])
    me = Me(box, adapter._tokens)
    stranger = to_inbound(as_letter(pressed(link, sender="eve@example.org")), me)
    assert not isinstance(stranger, Ignored)
    assert not stranger.proven
    machine = pressed(link, sender="eve@example.org", Auto_Submitted="auto-replied")
    assert isinstance(to_inbound(as_letter(machine), me), Ignored)
    guessed = bytes(written("", subject=f"unsubscribe <{'a' * 24}.{'0' * 32}@desk.example>"))
    forged = to_inbound(as_letter(guessed), me)
    assert not isinstance(forged, Ignored)
    assert not forged.proven
