"""What a letter says, who wrote it, and what comes with it."""

import time
from email.message import EmailMessage

import pytest

from bots.email.body import LONGEST
from bots.email.parse import Ignored
from core.messages import Address, Kind
from tests.bots.email.letters import ANN, AT, DESK, TOKENS, heard, read, written

PNG = b"\x89PNG\r\n"


def test_a_letter_says_who_wrote_what_and_when_it_came() -> None:
    letter = written("Hello\n\nDesk", "A question", 'Ann "A" <Ann@Example.ORG>')
    letter["Date"] = "Thu, 1 Jan 1970 00:00:00 +0000"
    letter["Content-Language"] = "de-AT, en"
    inbound = heard(letter)
    assert (inbound.text, inbound.subject) == ("Hello\n\nDesk", "A question")
    assert inbound.address == Address("email", DESK, ANN)
    assert (inbound.sender.id, inbound.sender.language) == (ANN, "de-AT")
    assert inbound.sender.name == "A Ann" or "Ann" in inbound.sender.name
    assert (inbound.event, inbound.at, inbound.message) == ("7/1", AT, "<1@example.org>")
    assert (inbound.kind, inbound.proven, inbound.reply_to) == (Kind.MESSAGE, False, "")


@pytest.mark.parametrize(
    ("header", "sender"),
    [
        (b"From: ann@example.org", ANN),
        (b"From: <ann@example.org>", ANN),
        (b'From: "boss@evil.example" <ann@example.org>', ANN),
        (b'From: "a\\" <boss@evil.example>" <ann@example.org>', ANN),
        (b"From: ann@example.org (boss@evil.example)", ANN),
        (b"From: =?utf-8?q?boss=40evil.example?= <ann@example.org>", ANN),
        (b"From: ann@example.org, boss@evil.example", ANN),
        (b"From: Ann <ann@m\xc3\xbcnchen.example>", "ann@xn--mnchen-3ya.example"),
        ("From: Jörg <jörg@example.org>".encode(), "jörg@example.org"),
        (b"From: ann@example.org\r\nFrom: boss@evil.example", ANN),
        (b"From:\r\n ann@example.org", ANN),
        (b"FROM : ann@example.org", ""),
        (b"From: undisclosed", ""),
        (b"From: a b@example.org>", "b@example.org>"),
        (b"From: <ann@>", ""),
        (b"From: <@example.org>", ""),
        (b"From: <ann@exa mple.org>", ""),
        (b"From: <ann@[127.0.0.1]>", ""),
        (b"From: <" + b"a" * 300 + b"@example.org>", ""),
        (b"From: <a\x00nn@example.org>", ANN),
        (b"Subject: nobody", ""),
    ],
)
def test_the_sender_is_one_address_and_never_what_is_quoted(header: bytes, sender: str) -> None:
    found = read(header + b"\r\n\r\nHello")
    if sender and ">" not in sender:
        assert not isinstance(found, Ignored)
        assert found.sender.id == found.address.chat == sender
    else:
        assert found == Ignored("nobody to answer")


def test_reply_to_and_sender_change_nothing() -> None:
    letter = written(Reply_To="boss@evil.example", Sender="boss@evil.example", Cc="x@evil.example")
    assert heard(letter).address.chat == ANN


def test_many_recipients_are_no_matter() -> None:
    letter = written(Cc=", ".join(f"person{number}@example.org" for number in range(500)))
    assert heard(letter).text == "Hello"


@pytest.mark.parametrize(
    ("subject", "shown"),
    [
        (b"=?utf-8?q?Fr=C3=BChling?=", "Frühling"),
        (b"=?utf-8?b?RnLDvGg=?= =?iso-8859-1?q?ling=FC?=", "Frühlingü"),
        (b"Fr\xc3\xbchling", "Frühling"),
        (b"Fr\xfchling", "Frühling"),
        (b"=?no-such?q?a?=", "a"),
        (b"=?utf-8?b?!!!!?=", "=?utf-8?b?!!!!?="),
        (b"=?utf-7?q?+2AA-?=", "?"),
        (b"a\r\n b", "a b"),
        (b"=?utf-8?q?a=0D=0ABcc=3A_b?=", "a Bcc: b"),
        (b"a" * 5000, "a" * 1000),
    ],
)
def test_subjects_come_decoded_and_on_one_line(subject: bytes, shown: str) -> None:
    raw = b"From: ann@example.org\r\nSubject: " + subject + b"\r\n\r\nHello"
    assert heard(raw).subject == shown


@pytest.mark.parametrize(
    "message_id", [b"", b"Message-ID: 1@example.org", b"Message-ID: <a b@c>", b"Message-ID: <>"]
)
def test_a_letter_without_a_usable_id_is_named_by_its_place(message_id: bytes) -> None:
    raw = b"From: ann@example.org\r\n" + message_id + b"\r\n\r\nHello"
    assert heard(raw.replace(b"\r\n\r\n\r\n", b"\r\n\r\n")).message == "7/1"


def test_plain_text_goes_before_html_and_pictures_within_are_files() -> None:
    letter = written("plain")
    letter.add_alternative('<p>html <img src="cid:1"></p>', subtype="html")
    html = letter.get_payload(1)
    assert isinstance(html, EmailMessage)
    html.add_related(PNG, "image", "png", cid="<1>", filename="ü.png")
    letter.add_attachment(b"%PDF", maintype="application", subtype="pdf", filename="../a.pdf")
    inbound = heard(letter)
    assert inbound.text == "plain"
    png, pdf = inbound.attachments
    assert (png.kind, png.name, png.media_type) == ("image", "ü.png", "image/png")
    assert (pdf.kind, pdf.name, pdf.media_type) == ("document", "../a.pdf", "application/pdf")
    assert png.handle == "7/1/1.2.2/base64/" + png.handle.rpartition("/")[2]
    assert pdf.handle.startswith("7/1/2/base64/")


def test_where_plain_text_is_blank_html_is_read() -> None:
    letter = written(" \n")
    letter.add_alternative("<h1>Title</h1>Words &amp; <b>more</b>", subtype="html")
    assert heard(letter).text == "Title\n\nWords & more"


def test_pieces_of_text_are_put_together_and_named_text_is_a_file() -> None:
    letter = written("first")
    letter.make_mixed()
    for text, named in (("second", {}), ("log", {"filename": "log.txt"})):
        part = EmailMessage()
        part.set_content(text)
        if named:
            part["Content-Disposition"] = 'attachment; filename="log.txt"; size=4'
        letter.attach(part)
    inbound = heard(letter)
    assert inbound.text == "first\n\nsecond"
    assert [(file.name, file.size) for file in inbound.attachments] == [("log.txt", 4)]


def test_outlooks_own_format_and_letters_within_are_passed_on() -> None:
    letter = written("see within")
    letter.add_attachment(b"x", maintype="application", subtype="ms-tnef", filename="winmail.dat")
    letter.add_attachment(written("inner"))
    names = [(file.name, file.media_type) for file in heard(letter).attachments]
    assert names == [("winmail.dat", "application/ms-tnef"), ("letter.eml", "message/rfc822")]


@pytest.mark.parametrize(
    ("charset", "data", "text"),
    [
        ("iso-8859-1", b"gr\xfc\xdfe", "grüße"),
        ("windows-1251", "привет".encode("cp1251"), "привет"),
        ("shift_jis", "問題".encode("shift_jis"), "問題"),
        ("utf-8", b"gr\xfc\xdfe", "grüße"),
        ("us-ascii", "grüße".encode(), "grüße"),
        ("punycode", b"a" * 5, "aaaaa"),
        ("zlib", b"words", "words"),
        ("no-such", b"a\x00b", "ab"),
    ],
)
def test_words_are_decoded_whatever_their_charset_is_called(
    charset: str, data: bytes, text: str
) -> None:
    raw = b"From: ann@example.org\r\nContent-Type: text/plain; charset=" + charset.encode()
    assert heard(raw + b"\r\n\r\n" + data + b"\r\n").text == text


def test_a_subject_alone_is_a_message_and_nothing_at_all_is_odd() -> None:
    assert heard(written("")).kind is Kind.MESSAGE
    assert heard(written("", "")).kind is Kind.ODD


def test_what_is_too_long_is_kept_as_a_file() -> None:
    inbound = heard(written("word " * LONGEST))
    assert len(inbound.text) == LONGEST
    assert [file.name for file in inbound.attachments] == ["letter.txt"]


def nest(levels: int) -> bytes:
    raw = b"From: ann@example.org\r\nSubject: Nested\r\nMIME-Version: 1.0\r\n"
    for level in range(levels):
        boundary = b"b%d" % level
        raw += b"Content-Type: multipart/mixed; boundary=%b\r\n\r\n--%b\r\n" % (boundary, boundary)
    return raw + b"Content-Type: text/plain\r\n\r\nHello\r\n"


@pytest.mark.parametrize(("levels", "kind"), [(19, Kind.MESSAGE), (25, Kind.ODD)])
def test_what_is_too_deep_reaches_the_desk_as_a_file(levels: int, kind: Kind) -> None:
    inbound = heard(nest(levels))
    assert (inbound.kind, inbound.subject) == (kind, "Nested")
    if kind is Kind.ODD:
        assert [file.name for file in inbound.attachments] == ["letter.eml"]
        assert inbound.attachments[0].handle.startswith("7/1///")


@pytest.mark.parametrize(("parts", "kind"), [(150, Kind.MESSAGE), (250, Kind.ODD)])
def test_so_does_what_has_too_many_parts(parts: int, kind: Kind) -> None:
    letter = written("Hello")
    letter.make_mixed()
    for _ in range(parts):
        part = EmailMessage()
        part.set_content(b"x", "image", "png")
        letter.attach(part)
    assert heard(letter).kind is kind


def test_an_answer_to_our_letter_is_proven_by_its_recipient_alone() -> None:
    ours = TOKENS.make("0" * 24, ANN)
    inbound = heard(written("Thanks", In_Reply_To=ours))
    assert (inbound.proven, inbound.reply_to) == (True, ours)
    for sender in ("ben@example.org", "ann@example.net"):
        stolen = heard(written("Thanks", sender=sender, In_Reply_To=ours))
        assert (stolen.proven, stolen.reply_to) == (False, "")


@pytest.mark.parametrize(
    "forged",
    [
        "<000000000000000000000000.0@desk.example>",
        TOKENS.make("0" * 24, ANN).replace("desk.example", "evil.example"),
        TOKENS.make("0" * 24, ANN).replace("<0", "<1"),
        TOKENS.make("0" * 24, "ben@example.org"),
        TOKENS.make("0" * 24, ANN).replace("<", ""),
    ],
)
def test_a_guessed_id_proves_nothing(forged: str) -> None:
    assert not heard(written(In_Reply_To=forged, References=forged)).proven


def test_ours_is_found_among_many_and_the_last_one_counts() -> None:
    first, last = TOKENS.make("a" * 24, ANN), TOKENS.make("b" * 24, ANN)
    others = " ".join(f"<{number}@example.org>" for number in range(50))
    inbound = heard(written(References=f"{first} {others} {last}", In_Reply_To="<x@example.org>"))
    assert inbound.reply_to == last
    assert not heard(written(References=f"{first} " + "<x@y> " * 10_000)).proven


def test_only_an_answer_to_us_loses_what_it_quotes() -> None:
    text = "Yes.\n\nOn 1 May 2026 Desk <help@desk.example> wrote:\n> ##- ↑ -##\n> Question?"
    assert heard(written(text)).text == text
    answer = written(text, In_Reply_To=TOKENS.make("0" * 24, ANN))
    assert heard(answer).text == "Yes."


def test_a_from_header_of_quotes_costs_no_time() -> None:
    started = time.process_time()
    for _ in range(10):
        read(b'From: "' + b'\\"' * 60_000 + b"\r\n\r\nHello")
    assert time.process_time() - started < 1.5


def test_a_letter_of_a_megabyte_of_anything_is_read_in_no_time() -> None:
    bombs = (
        "<b a=1>" * 30_000 + "<p>" * 80_000,
        "<!--" * 120_000,
        "<a " * 160_000,
        "&lt;" * 120_000,
        '<a href="' * 50_000,
        "<blockquote>" * 40_000,
        "<script>" * 60_000,
        "<a href=" + "h" * 400_000 + ">",
    )
    started = time.process_time()
    for bomb in bombs:
        letter = written(In_Reply_To=TOKENS.make("0" * 24, ANN))
        letter.set_content(bomb, subtype="html")
        heard(letter)
        heard(written(bomb, In_Reply_To=TOKENS.make("0" * 24, ANN)))
    for text in (
        "##- " + " " * 90_000,
        "> " * 200_000,
        "a:\n" * 100_000,
        "\n" * 300_000,
        "> a\nb\n" * 60_000,
    ):
        heard(written(text, In_Reply_To=TOKENS.make("0" * 24, ANN)))
    assert time.process_time() - started < 20
