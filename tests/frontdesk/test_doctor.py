"""What doctor tells of a platform that is metered, in plain words."""

from datetime import timedelta
from pathlib import Path

import pytest
from pydantic import SecretStr
from sqlmodel import Session

from bots.twitter.limits import x_limits
from core.models import Place, Sending, row_id
from core.settings import Email, Settings, Telegram, Web, X
from frontdesk.app import now, open_database
from frontdesk.commands.doctor import (
    Mark,
    tell_budget,
    tell_links,
    tell_login_of_email,
    tell_mode_of_x,
    tell_price_of_telegram,
    tell_right_to_files_on_x,
)
from tests.fakes.memory import MemoryAdapter


def desk(data: Path, **more: object) -> Settings:
    names = ("consumer_key", "consumer_secret", "access_token", "access_secret")
    keys = {name: SecretStr("secret") for name in names}
    return Settings(data=data, x=X.model_validate(keys | more))


def send(settings: Settings, *minutes_ago: int) -> None:
    engine = open_database(settings)
    with Session(engine) as session:
        place = Place(platform="x", account="1", chat="2", sender="2", created_at=now())
        session.add(place)
        session.flush()
        for number, ago in enumerate(minutes_ago):
            at = now() - timedelta(minutes=ago)
            session.add(
                Sending(
                    cause=f"in:{number}/0", address_id=row_id(place.id), platform="x", text="hello",
                    state="sent", sent_at=at, not_before=at, created_at=at,
                )
            )  # fmt: skip
        session.commit()
    engine.dispose()


@pytest.mark.parametrize(
    ("sent", "mark", "told"),
    [
        ((), Mark.GOOD, "15 of 15 messages in 15 minutes and 20 of 20 messages in 24 hours"),
        ((1, 5, 20, 1500), Mark.GOOD, "13 of 15 messages in 15 minutes and 17 of 20"),
        ((20,) * 18, Mark.CARE, "15 of 15 messages in 15 minutes and 2 of 20"),
    ],
)
def test_what_is_left_to_send_is_told(
    tmp_path: Path, sent: tuple[int, ...], mark: Mark, told: str
) -> None:
    settings = desk(tmp_path, per_day=20)
    send(settings, *sent)
    finding = tell_budget(settings, MemoryAdapter(x_limits(settings.x), platform="x"))
    assert finding.mark is mark
    assert told in finding.what


def test_how_x_reaches_us_is_told(tmp_path: Path) -> None:
    assert "15 times in 15 minutes" in tell_mode_of_x(desk(tmp_path)).what
    assert "up to 60 seconds" in tell_mode_of_x(desk(tmp_path)).what
    assert "x calls /x" in tell_mode_of_x(desk(tmp_path, webhook=True)).what


def test_what_x_gives_and_does_not_is_told(tmp_path: Path) -> None:
    told = tell_right_to_files_on_x(desk(tmp_path, webhook=True))
    assert told.mark is Mark.CARE
    assert "may not call us" in told.what
    whole = desk(tmp_path, client_id="id", refresh_token=SecretStr("secret"))
    assert tell_right_to_files_on_x(whole).mark is Mark.GOOD


@pytest.mark.parametrize(
    ("login", "told"),
    [
        ({}, "nothing to log in with"),
        ({"password": SecretStr("secret")}, "with a password"),
        ({"client_id": "id", "refresh_token": SecretStr("secret")}, "its owner's consent"),
        ({"client_id": "id", "client_secret": SecretStr("secret")}, "the app's own right"),
    ],
)
def test_how_email_logs_in_is_told(tmp_path: Path, login: dict[str, object], told: str) -> None:
    servers = {"imap_url": "imaps://m.example", "smtp_url": "smtps://m.example"}
    token = {"token_url": "https://m.example/token"} if "client_id" in login else {}
    email = Email.model_validate({"address": "a@m.example", **servers, **token, **login})
    finding = tell_login_of_email(Settings(data=tmp_path, email=email))
    assert told in finding.what
    assert finding.mark is (Mark.GOOD if login else Mark.BAD)


def test_what_costs_money_and_what_must_be_reached_is_told(tmp_path: Path) -> None:
    settings = Settings(
        data=tmp_path,
        telegram=Telegram(paid_per_second=300),
        web=Web(files=True, public_url="https://desk.example.org/"),
    )
    assert "300 messages a second: each beyond 30 costs 0.1 Telegram Stars" in (
        tell_price_of_telegram(settings).what
    )
    assert "https://desk.example.org/file/" in tell_links(settings).what
    shared = settings.model_copy(update={"database_url": SecretStr("postgresql://db/desk")})
    found = tell_links(shared)
    assert (found.mark, "FRONTDESK_EMAIL__SIGNING_KEY" in found.advice) == (Mark.CARE, True)
    known = shared.model_copy(update={"email": Email(signing_key=SecretStr("k" * 32))})
    assert [tell_links(one).mark for one in (settings, known)] == [Mark.GOOD] * 2
