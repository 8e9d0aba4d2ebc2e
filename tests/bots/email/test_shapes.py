"""Letters of rarer shapes: signed, locked, invitations, words in other formats and charsets."""

import pytest

from core.messages import Kind
from tests.bots.email.letters import ANN, heard

HEAD = f"From: Ann <{ANN}>\nSubject: Payout\nMIME-Version: 1.0\n"


def made(*parts: str, kind: str = "mixed") -> bytes:
    """Of parts, each a head and a body."""
    body = "".join(f"--b\nContent-Type: {part}\n" for part in parts)
    raw = f"{HEAD}Content-Type: multipart/{kind}; boundary=b\n\n{body}--b--\n"
    return raw.replace("\n", "\r\n").encode()


WORDS = "text/plain; charset=utf-8\n\nWords"


@pytest.mark.parametrize(
    "proof",
    [
        "application/pkcs7-signature; name=smime.p7s\n\nAAAA",
        "application/x-pkcs7-signature; name=smime.p7s\n\nAAAA",
        "application/pgp-signature; name=signature.asc\n\nAAAA",
    ],
)
def test_what_signs_a_letter_is_no_evidence(proof: str) -> None:
    inbound = heard(made(WORDS, proof, kind="signed"))
    assert (inbound.text, inbound.attachments) == ("Words", ())
    sent = heard(made(WORDS, proof))
    assert len(sent.attachments) == 1


def test_words_that_are_signed_where_they_stand_come_without_what_signs_them() -> None:
    armored = (
        "Above\n-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\n\nUsername: ann\n"
        "- -- dashes\n-----BEGIN PGP SIGNATURE-----\n\niQIz\n-----END PGP SIGNATURE-----\nBelow"
    )
    said = heard(f"{HEAD}\n{armored}\n".replace("\n", "\r\n").encode())
    assert said.text == "Above\nUsername: ann\n-- dashes\nBelow"
    broken = armored.replace("END PGP SIGNATURE", "END")
    assert heard(f"{HEAD}\n{broken}\n".encode()).text == broken


@pytest.mark.parametrize(
    "locked",
    [
        made("application/pgp-encrypted\n\nVersion: 1", "application/octet-stream\n\nx"),
        f"{HEAD}Content-Type: application/pkcs7-mime; name=smime.p7m\n\nAAAA\n".encode(),
        f"{HEAD}Content-Type: application/ms-tnef; name=winmail.dat\n\nAAAA\n".encode(),
    ],
)
def test_what_is_locked_still_comes_as_a_file(locked: bytes) -> None:
    inbound = heard(locked.replace(b"multipart/mixed", b"multipart/encrypted"))
    assert (inbound.kind, inbound.text, len(inbound.attachments)) == (Kind.MESSAGE, "", 1)


def test_an_invitation_has_a_name_and_the_words_once_more_are_none() -> None:
    calendar = "text/calendar; charset=utf-8; method=REQUEST\n\nBEGIN:VCALENDAR"
    amp = "text/x-amp-html\n\n<p>Words"
    inbound = heard(made(WORDS, amp, "text/html\n\n<p>Words", calendar, kind="alternative"))
    assert inbound.text == "Words"
    assert [file.name for file in inbound.attachments] == ["invitation.ics"]


@pytest.mark.parametrize(
    ("kind", "text"),
    [("markdown", "# Hi"), ("x-markdown", "# Hi"), ("enriched", "<bold># Hi</bold>")],
)
def test_words_in_other_formats_are_words(kind: str, text: str) -> None:
    raw = f"{HEAD}Content-Type: text/{kind}; charset=utf-8\n\n{text}\n"
    assert heard(raw.encode()).text == "# Hi"


@pytest.mark.parametrize(
    ("charset", "means", "text"),
    [
        ("iso-8859-1", "cp1252", "„Grüße“ – 5 €"),
        ("ISO_8859-1", "cp1252", "„Grüße“"),
        ("us-ascii", "utf-8", "„Grüße“"),
        ("us-ascii", "cp1252", "„Grüße“"),
        ("gb2312", "gbk", "朱镕基"),
        ("ks_c_5601-1987", "cp949", "똠방각하"),
        ("shift_jis", "cp932", "①髙"),
        ("big5", "big5hkscs", "嘅"),
    ],
)
def test_charsets_are_read_as_programs_mean_them(charset: str, means: str, text: str) -> None:
    raw = f"{HEAD}Content-Type: text/plain; charset={charset}\n\n".encode() + text.encode(means)
    assert heard(raw).text == text


def test_eight_bits_in_a_head_are_read_as_utf_8_or_windows() -> None:
    for charset in ("utf-8", "cp1252"):
        raw = HEAD.replace("Ann", "Jörg").replace("Payout", "„Größe“").encode(charset)
        inbound = heard(raw + b"\nWords")
        assert (inbound.sender.name, inbound.subject) == ("Jörg", "„Größe“")


def test_what_was_added_behind_the_end_of_base64_is_read() -> None:
    raw = f"{HEAD}Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: base64\n\n"
    assert heard(f"{raw}R3LDvMOfZQo=\nVmlydXMhCg==\n".encode()).text == "Grüße\nVirus!"


def test_a_mark_of_the_byte_order_is_no_word() -> None:
    raw = f"{HEAD}Content-Type: text/plain; charset=utf-8\n\n\ufeffsubscribe\n"
    assert heard(raw.encode()).text == "subscribe"
