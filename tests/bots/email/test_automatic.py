"""Letters that no person wrote to us, and the reports of mail servers."""

import pytest

from bots.email.parse import Ignored
from core.messages import Inbound, Kind
from tests.bots.email.letters import ANN, DESK, TOKENS, heard, read, written


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("Auto-Submitted", "auto-replied"),
        ("Auto-Submitted", "auto-generated; owner-email=x@example.org"),
        ("Auto-Submitted", "AUTO-NOTIFIED"),
        ("Precedence", "bulk"),
        ("Precedence", "Junk"),
        ("Precedence", "list"),
        ("X-Auto-Response-Suppress", "All"),
        ("X-Auto-Response-Suppress", "DR, OOF, AutoReply"),
        ("List-Id", "<news.example.org>"),
        ("List-Unsubscribe", "<https://example.org>"),
        ("Return-Path", "<>"),
        ("Return-Path", "< >"),
        ("X-Loop", DESK),
        ("X-Loop", DESK.upper()),
        ("X-Autoreply", "yes"),
    ],
)
def test_what_a_machine_sent_is_no_question(name: str, value: str) -> None:
    assert isinstance(read(written(**{name: value})), Ignored)


@pytest.mark.parametrize(
    "sender",
    [
        DESK,
        DESK.upper(),
        "MAILER-DAEMON@example.org",
        "postmaster@example.org",
        "no-reply@example.org",
        "noreply@example.org",
        "no_reply@example.org",
        "do.not.reply@example.org",
        "noreply+7@example.org",
        "bounce-77@example.org",
        "bounces+ann=example.org@example.org",
    ],
)
def test_nor_is_what_comes_from_a_machines_address(sender: str) -> None:
    assert isinstance(read(written(sender=f"Desk <{sender}>")), Ignored)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("Auto-Submitted", "no"),
        ("Auto-Submitted", "No (a person)"),
        ("Precedence", "first-class"),
        ("X-Auto-Response-Suppress", "DR, RN, NRN"),
        ("Return-Path", f"<{ANN}>"),
        ("X-Loop", "someone@example.org"),
    ],
)
def test_what_a_person_sent_is_one(name: str, value: str) -> None:
    if value.startswith("No ("):
        value = "no; person"
    assert heard(written(**{name: value})).text == "Hello"


@pytest.mark.parametrize("sender", ["noreplyman@example.org", "postmasters@example.org"])
def test_names_that_only_begin_so_are_peoples(sender: str) -> None:
    assert heard(written(sender=sender)).address.chat == sender


# Reports (RFC 3464)

OURS = TOKENS.make("0" * 24, ANN)


def report(
    message: str = OURS,
    person: str = ANN,
    status: str = "5.1.1",
    action: str = "failed",
    shown: str = "message/rfc822",
    kind: str = "delivery-status",
) -> bytes:
    return f"""From: MAILER-DAEMON@example.org
To: {DESK}
Return-Path: <>
Auto-Submitted: auto-replied
Subject: Undelivered
MIME-Version: 1.0
Content-Type: multipart/report; report-type={kind}; boundary=b

--b
Content-Type: text/plain

It did not arrive.
--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.org

Final-Recipient: rfc822; {person}
Action: {action}
Status: {status}

--b
Content-Type: {shown}

Message-ID: {message}
Subject: Desk

Words
--b--
""".replace("\n", "\r\n").encode()


@pytest.mark.parametrize("shown", ["message/rfc822", "text/rfc822-headers"])
@pytest.mark.parametrize("status", ["5.1.1", "5.0.0", "5.2.1", "5.4.4", "5.1.10 (no such user)"])
def test_who_can_no_longer_be_reached_is_told_by_our_letter(shown: str, status: str) -> None:
    found = read(report(shown=shown, status=status))
    assert isinstance(found, Inbound)
    assert (found.kind, found.address.chat, found.message) == (Kind.BLOCKED, ANN, OURS)
    assert found.event == "7/1"


@pytest.mark.parametrize(
    "forged",
    [
        {"message": "<1@example.org>"},
        {"message": OURS.replace("<0", "<1")},
        {"person": "ben@example.org"},
        {"message": TOKENS.make("0" * 24, "ben@example.org")},
        {"person": ""},
        {"action": "delayed"},
        {"action": "delivered"},
        {"status": "4.2.2"},
        {"status": "5.2.2"},
        {"status": "5.7.1"},
        {"status": ""},
        {"kind": "disposition-notification", "action": "displayed"},
    ],
)
def test_forged_and_passing_reports_have_no_effect(forged: dict[str, str]) -> None:
    assert isinstance(read(report(**forged)), Ignored)


def test_a_report_in_any_case_is_nobodys_question() -> None:
    raw = report(message="<x@y>").replace(b"MAILER-DAEMON", b"ann").replace(b"<>", b"<a@b.example>")
    assert isinstance(read(raw.replace(b"auto-replied", b"no")), Ignored)
