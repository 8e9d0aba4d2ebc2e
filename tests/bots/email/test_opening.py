"""Logging in to the mailbox, and what kinds of servers there are."""

from pathlib import Path

import pytest

from bots.email.adapter import EmailAdapter
from core.adapter import Refused, Retry
from tests.bots.contract import Ears, hear, listening
from tests.bots.email.letters import KEY
from tests.bots.email.mailing import email_settings, letter, put, texts
from tests.fakes.mail import Dovecot, dovecot
from tests.fakes.mail_smtp import PostOffice

# Opening


@pytest.mark.parametrize("tls", [False, True])
async def test_a_bad_password_is_refused_in_clear_words(
    imap: Dovecot, post: PostOffice, box: str, tls: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(imap.ca))
    settings = email_settings(box, imap.url(tls=tls), post.url, password="wrong pässword")
    adapter = EmailAdapter(settings, "Desk", KEY)
    with pytest.raises(Refused, match="FRONTDESK_EMAIL__PASSWORD") as refused:
        await adapter.open()
    await adapter.close()
    assert "wrong" not in str(refused.value)


async def test_over_tls_everything_is_the_same(
    imap: Dovecot, post: PostOffice, box: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(imap.ca))
    adapter = EmailAdapter(email_settings(box, imap.url(tls=True), post.url), "Desk", KEY)
    await adapter.open()
    ears = Ears()
    async with listening(adapter, ears.receive):
        for number in range(3):
            await put(imap, box, f"{number}")
            await ears.until(number + 1)
    await adapter.close()
    assert texts(ears.heard) == ["0", "1", "2"]


async def test_who_cannot_prove_to_be_the_server_is_told_nothing(
    imap: Dovecot, post: PostOffice, box: str
) -> None:
    adapter = EmailAdapter(email_settings(box, imap.url(tls=True), post.url), "Desk", KEY)
    with pytest.raises(Retry, match="could not be reached"):
        await adapter.open()
    await adapter.close()


async def test_a_server_that_is_not_there_is_tried_again(post: PostOffice, box: str) -> None:
    adapter = EmailAdapter(email_settings(box, "imap://127.0.0.1:9", post.url), "Desk", KEY)
    with pytest.raises(Retry, match="could not be reached"):
        await adapter.open()
    await adapter.close()


async def test_a_folder_of_its_own_can_be_named(
    imap: Dovecot, post: PostOffice, box: str, tmp_path: Path
) -> None:
    with imap.logged_in(box) as client:
        client.create("Desk")
        client.append("Desk", "", "", letter("in the folder"))
    adapter = EmailAdapter(email_settings(box, imap.url() + "/Desk", post.url), "Desk", KEY)
    assert texts(await hear(adapter)) == ["in the folder"]
    await adapter.close()


async def test_a_server_without_idle_of_its_own(post: PostOffice, box: str, imap: Dovecot) -> None:
    with dovecot("IMAP4rev1 SASL-IR LITERAL+") as plain:
        adapter = EmailAdapter(email_settings(box, plain.url(), post.url), "Desk", KEY)
        ears = Ears()
        async with listening(adapter, ears.receive):
            for number in range(2):
                await put(plain, box, f"{number}")
                await ears.until(number + 1)
        await adapter.close()
