"""A provider that takes no passwords: tokens instead, renewed, kept, and never shown."""

import asyncio
import json
import ssl
import stat
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr, ValidationError

from bots.email.access import FILE, Access
from bots.email.adapter import EmailAdapter
from bots.email.failures import BadLogin, Trouble
from core.adapter import Refused, Retry
from core.settings import Email
from tests.bots.contract import Ears, hear
from tests.bots.email.letters import KEY
from tests.bots.email.mailing import outbound, put, texts
from tests.fakes.mail import Dovecot, dovecot, find_dovecot
from tests.fakes.mail_provider import REFRESH, SECRET, Provider, provider
from tests.fakes.mail_smtp import PostOffice

BOX = "desk@desk.example"


@pytest.fixture
def giver() -> Iterator[Provider]:
    with provider() as giver:
        giver.user = BOX
        yield giver


def settings(giver: Provider, **changed: Any) -> Email:
    fields: dict[str, Any] = {
        "address": BOX,
        "imap_url": "imap://127.0.0.1:9",
        "smtp_url": "smtp://127.0.0.1:9",
        "client_id": "desk",
        "refresh_token": SecretStr(REFRESH),
        "token_url": giver.url,
        "every": 0.05,
    }
    return Email(**(fields | changed))


def access(giver: Provider, folder: Path, now: float = 1000.0, **changed: Any) -> Access:
    context = ssl.create_default_context()
    return Access(settings(giver, **changed), folder, context, lambda: now)


# At real servers


@pytest.fixture(scope="module")
def server() -> Iterator[tuple[Dovecot, Provider]]:
    if find_dovecot() is None:
        pytest.skip("no Dovecot is installed on this machine")
    with provider() as giver, dovecot(tokens=giver.info_url) as imap:
        giver.user = BOX
        yield imap, giver


async def test_with_a_token_letters_come_and_go(
    server: tuple[Dovecot, Provider], post: PostOffice, tmp_path: Path
) -> None:
    imap, giver = server
    post.tokens = giver.good
    email = settings(giver, imap_url=imap.url(), smtp_url=post.url)
    adapter = EmailAdapter(email, "Desk", KEY, data=tmp_path)
    await adapter.open()
    await put(imap, BOX, "Hello")
    assert texts(await hear(adapter)) == ["Hello"]
    await adapter.send(outbound(BOX))
    assert (post.logins, len(post.taken), len(giver.asked)) == (1, 1, 1)
    await adapter.close()

    giver.take_back()
    again = EmailAdapter(email, "Desk", KEY, data=tmp_path)
    await again.open()
    await again.close()
    assert len(giver.asked) == 2

    post.tokens = {}
    shut_out = EmailAdapter(email, "Desk", KEY, data=tmp_path)
    with pytest.raises(Refused, match="SMTP server does not accept the OAuth") as refused:
        await shut_out.open()
    await shut_out.close()
    assert "CANARY" not in str(refused.value) + repr(shut_out) + repr(vars(shut_out))


async def test_who_was_let_in_once_tries_again(
    server: tuple[Dovecot, Provider], post: PostOffice, tmp_path: Path
) -> None:
    imap, giver = server
    post.tokens = giver.good
    token = SecretStr(giver.refresh)
    email = settings(giver, imap_url=imap.url(), smtp_url=post.url, refresh_token=token)
    adapter = EmailAdapter(email, "Desk", KEY, data=tmp_path)
    giver.answers += [(400, b"{}")]
    with pytest.raises(Refused):
        await adapter.open()
    await adapter.open()
    giver.take_back()
    giver.answers += [(400, b"{}")] * 2
    adapter._listening.hang_up()
    with pytest.raises(Retry, match="allow it once more") as later:
        async with asyncio.timeout(10):
            await adapter.listen(Ears().receive)
    assert later.value.after >= 300
    with pytest.raises(Retry, match="allow it once more"):
        await adapter.open()
    await adapter.open()
    await adapter.close()


async def test_a_token_for_another_mailbox_is_told_so(
    server: tuple[Dovecot, Provider], post: PostOffice, tmp_path: Path
) -> None:
    imap, giver = server
    email = settings(
        giver,
        imap_url=imap.url().replace("//", "//other@desk.example@"),
        smtp_url=post.url,
        refresh_token=SecretStr(giver.refresh),
    )
    adapter = EmailAdapter(email, "Desk", KEY, data=tmp_path)
    with pytest.raises(Refused, match=r"IMAP server does not .* FRONTDESK_EMAIL__IMAP_URL"):
        await adapter.open()
    await adapter.close()


# Tokens


def test_it_is_renewed_before_its_end_and_the_chain_goes_on(
    giver: Provider, tmp_path: Path
) -> None:
    first = access(giver, tmp_path).token()
    assert access(giver, tmp_path, 4000.0).token() == first
    later = access(giver, tmp_path, 4500.0).token()
    assert later != first
    assert [one["refresh_token"] for one in giver.asked] == [REFRESH, "CANARY-refresh-1"]
    assert giver.asked[0] | {"grant_type": "refresh_token", "client_id": "desk"} == giver.asked[0]
    kept = tmp_path / FILE
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert json.loads(kept.read_text())["refresh"] == giver.refresh


def test_a_provider_that_keeps_the_refresh_token_is_asked_with_it_again(
    giver: Provider, tmp_path: Path
) -> None:
    giver.rotates = False
    own = access(giver, tmp_path, client_secret=SecretStr(SECRET), token_scope="imap smtp")
    first = own.token()
    assert own.token() == first
    assert own.token(refused=first) != first
    assert [one["refresh_token"] for one in giver.asked] == [REFRESH, REFRESH]
    assert (giver.asked[0]["client_secret"], giver.asked[0]["scope"]) == (SECRET, "imap smtp")


def test_an_app_with_a_right_of_its_own_needs_no_refresh_token(
    giver: Provider, tmp_path: Path
) -> None:
    own = access(giver, tmp_path, refresh_token=None, client_secret=SecretStr(SECRET))
    assert own.token(refused=own.token())
    assert {one["grant_type"] for one in giver.asked} == {"client_credentials"}


def test_many_at_once_renew_once(giver: Provider, tmp_path: Path) -> None:
    own = access(giver, tmp_path)
    with ThreadPoolExecutor(8) as pool:
        assert len(set(pool.map(lambda _: own.token(), range(8)))) == 1
        first = own.token()
        assert len(set(pool.map(lambda _: own.token(refused=first), range(8)))) == 1
    assert len(giver.asked) == 2


@pytest.mark.parametrize(
    ("answer", "failure"),
    [
        ((400, b'{"error": "invalid_grant", "words": "CANARY"}'), BadLogin),
        ((401, b"CANARY"), BadLogin),
        ((429, b"{}"), Trouble),
        ((500, b"CANARY"), Trouble),
        ((302, b"{}"), Trouble),
        ((200, b"<html>CANARY"), Trouble),
        ((200, b"[]"), Trouble),
        ((200, b'{"access_token": "a\\r\\nb"}'), Trouble),
        ((200, b'{"access_token": ""}'), Trouble),
        ((200, b"{}"), Trouble),
    ],
)
def test_an_answer_without_a_token_is_told_in_our_words(
    giver: Provider, tmp_path: Path, answer: tuple[int, bytes], failure: type[Exception]
) -> None:
    giver.answers.append(answer)
    own = access(giver, tmp_path)
    with pytest.raises(Trouble) as told:
        own.token()
    assert type(told.value) is failure
    assert "CANARY" not in str(told.value) + repr(own)
    assert own.token()


async def test_a_provider_that_cannot_be_reached_is_tried_again(
    giver: Provider, tmp_path: Path, imap: Dovecot, post: PostOffice
) -> None:
    nobody = settings(
        giver, imap_url=imap.url(), smtp_url=post.url, token_url="http://127.0.0.1:9/token"
    )
    adapter = EmailAdapter(nobody, "Desk", KEY, data=tmp_path)
    with pytest.raises(Retry, match="the provider gave no token"):
        await adapter.open()
    await adapter.close()


async def test_what_cannot_be_kept_is_not_used(giver: Provider, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(Trouble, match="cannot be kept"):
        await asyncio.to_thread(access(giver, tmp_path / "file").token)


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"password": SecretStr("x")}, "two ways"),
        ({"token_url": ""}, "go together"),
        ({"client_id": ""}, "go together"),
        ({"refresh_token": None}, "needs a refresh_token"),
        ({"token_url": "http://provider.example/token"}, "token_url"),
    ],
)
def test_settings_that_do_not_fit_are_named(
    giver: Provider, changed: dict[str, Any], said: str
) -> None:
    with pytest.raises(ValidationError, match=said):
        settings(giver, **changed)
