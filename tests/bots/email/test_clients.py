"""Answers as programs for mail write them: what the person wrote, and our form below it."""

import pytest

from bots.email.history import MARK
from tests.bots.email.letters import ANN, DESK, TOKENS, heard
from tests.bots.email.test_history import quoted

OURS = TOKENS.make("0" * 24, ANN)
FORM = "Username: ann\nSubject:\nSide: I watch / I create\nDescription:"
BODY = f"{MARK}\n\nYour ticket is 7: answer to add something.\n\n{FORM}"
INTRO_DE = f"Am 25.11.26 um 10:00 schrieb Desk <{DESK}>:"
HEAD_DE = f"Von: Desk <{DESK}>\nGesendet: Mittwoch\nAn: Ann\nBetreff: [Desk] Ticket 7"
FLOWED = "text/plain; charset=utf-8; format=flowed"


def answer(text: str, kind: str = "text/plain; charset=utf-8") -> bytes:
    head = (
        f"From: Ann <{ANN}>\nTo: {DESK}\nSubject: Re: [Desk] Ticket 7\nMessage-ID: <1@here>\n"
        f"In-Reply-To: {OURS}\nMIME-Version: 1.0\nContent-Type: {kind}\n"
    )
    return f"{head}\n{text}\n".replace("\n", "\r\n").encode()


def html(text: str) -> str:
    return "<br>".join(text.split("\n"))


def paragraphs(text: str) -> str:
    lines = (line or "<o:p>&nbsp;</o:p>" for line in text.split("\n"))
    return "".join(f"<p class=MsoPlainText>{line}</p>" for line in lines)


PLAIN = {
    "Gmail": (
        f"Geht.\n\nAm Mi., 25. Nov. 2026 um 10:00 Uhr schrieb Creator Desk Team <\n{DESK}>:\n\n"
        f"{quoted(BODY)}\n>",
        "Geht.",
    ),
    "iPhone": (
        f"Geht.\n\nVon meinem iPhone gesendet\n\n> {INTRO_DE}\n> \n{quoted(BODY)}",
        "Geht.\n\nVon meinem iPhone gesendet",
    ),
    "K-9": (f"Ok.\n-- \nMit K-9 Mail gesendet.\n\n{INTRO_DE}\n{quoted(BODY, '>')}", "Ok."),
    "Samsung": (
        f"Ja\n\n\n-------- Ursprüngliche Nachricht --------\n{HEAD_DE}\n\n{BODY}",
        "Ja",
    ),
    "Outlook on a phone": (
        f"Ja.\n\n________________________________\n{HEAD_DE}\n\n{BODY}",
        "Ja.",
    ),
    "Yahoo": (
        f" Yes.\nAnn\n    On Wednesday, 25 November 2026 at 10:00:00 CET, Desk <{DESK}> wrote:  \n"
        f" \n {BODY}  ",
        " Yes.\nAnn",
    ),
    "WEB.DE": (f"geht nicht\n{HEAD_DE}\n{BODY}", "geht nicht"),
}
HTML = {
    "Outlook": (
        f"<div class=WordSection1><p class=MsoNormal>Geht nicht.<o:p></o:p></p><div><div><p "
        f"class=MsoNormal><b>Von:</b> Desk &lt;{DESK}&gt;<br><b>Gesendet:</b> Mittwoch<br><b>An:"
        f"</b> Ann<br><b>Betreff:</b> [Desk] Ticket 7</p></div></div>{paragraphs(BODY)}</div>"
    ),
    "Outlook on the web": (
        f"<div>Geht nicht.</div><hr><div id=divRplyFwdMsg><b>Von:</b> Desk &lt;{DESK}&gt;<br><b>"
        f"Gesendet:</b> Mittwoch<br><b>An:</b> Ann<br><b>Betreff:</b> [Desk] Ticket 7<div>&nbsp;"
        f"</div></div><div class=PlainText>{html(BODY)}</div>"
    ),
    "GMX": (
        f"<div>Geht nicht.</div><div style='border-left: 2px'><div><b>Gesendet:</b>&nbsp;Mittwoch"
        f"<br/><b>Von:</b>&nbsp;Desk &lt;{DESK}&gt;<br/><b>An:</b>&nbsp;Ann</div><div>{html(BODY)}"
        "</div></div>"
    ),
    "Apple Mail": (
        f"<div>Geht nicht.</div><blockquote><div>{INTRO_DE.replace('<', '&lt;')}</div><br>"
        f"{html(BODY)}</blockquote>"
    ),
}


@pytest.mark.parametrize("name", PLAIN)
def test_plain_letters(name: str) -> None:
    text, said = PLAIN[name]
    inbound = heard(answer(text))
    assert (inbound.text, inbound.quoted.strip()) == (said, BODY.removeprefix(MARK).strip())


@pytest.mark.parametrize("name", HTML)
def test_letters_in_html(name: str) -> None:
    inbound = heard(answer(HTML[name], "text/html; charset=utf-8"))
    assert inbound.text == "Geht nicht."
    assert [line for line in inbound.quoted.split("\n") if line][-4:] == FORM.split("\n")


def test_lines_that_were_broken_only_to_be_sent_are_put_together() -> None:
    written = (
        "Die Auszahlung ist nicht da, obwohl ich sie \nam Montag angefordert habe.\n"
        " > das schrieb ich selbst\n From here on.\n"
        f"\n{INTRO_DE}\n> ##- ↑ -##\n> Side: I watch / \n> I create\n> > Older \nwords\n-- \nAnn"
    )
    inbound = heard(answer(written, FLOWED))
    assert inbound.text == (
        "Die Auszahlung ist nicht da, obwohl ich sie am Montag angefordert habe.\n"
        "    > das schrieb ich selbst\nFrom here on.\n\nwords"
    )
    assert inbound.quoted == "Side: I watch / I create\nOlder "


def test_words_without_blanks_are_broken_and_put_together_too() -> None:
    assert heard(answer("支付失 \n败了\n", f"{FLOWED}; delsp=yes")).text == "支付失败了"
    assert heard(answer("zwei \nWorte\n", "text/plain; charset=utf-8")).text == "zwei \nWorte"
