"""A run ends, whoever is gone: on both databases."""

from datetime import timedelta

import pytest
from sqlmodel import Session, col, select, update

from core import outbox
from core.announcements import stranded
from core.announcements.figures import figures, reasons
from core.i18n import Languages
from core.models import Announcement, Place, Sending, SendState
from core.store import Store
from tests.conftest import Clock
from tests.core.test_announcements import Newsdesk

DAY = timedelta(days=1)


@pytest.fixture
async def desk(store: Store, clock: Clock, languages: Languages) -> Newsdesk:
    made = Newsdesk(store, clock, languages)
    await made.fill()
    await made.publish()
    return made


async def gives_up(desk: Newsdesk, ours: dict[str, str]) -> int:
    now = desk.clock.now

    def do(session: Session, news: Announcement) -> int:
        lost = stranded.lost_accounts(session, news, ours, now)
        return stranded.give_up(session, news, lost, now)

    return await desk.does(do)


async def test_rows_of_an_account_that_nobody_has_fail_after_a_day(desk: Newsdesk) -> None:
    ours = {"one": "another", "two": "desk"}
    desk.clock.now += DAY - timedelta(seconds=1)
    assert await gives_up(desk, ours) == 0
    desk.clock.now += timedelta(seconds=1)
    assert await gives_up(desk, ours) == 2
    assert (await desk.does(figures)).failed == 2
    assert await desk.does(reasons) == {stranded.NOBODY: 2}
    assert await gives_up(desk, ours) == 0


async def test_a_platform_that_is_off_counts_as_gone_and_one_that_starts_does_not(
    desk: Newsdesk,
) -> None:
    desk.clock.now += DAY
    assert await gives_up(desk, {"one": "", "two": "desk"}) == 0
    assert await gives_up(desk, {"one": "desk"}) == 1


async def test_what_another_desk_still_sends_is_left_to_it(desk: Newsdesk) -> None:
    desk.clock.now += DAY
    soon = desk.clock.now - timedelta(hours=1)
    ann = select(Place.id).where(Place.chat == "ann").scalar_subquery()
    sent = update(Sending).where(col(Sending.address_id) == ann).values(
        state=SendState.SENT, sent_at=soon
    )  # fmt: skip
    await desk.store.write(lambda session: session.execute(sent))
    assert await gives_up(desk, {"two": "desk"}) == 0
    desk.clock.now += DAY
    assert await gives_up(desk, {"two": "desk"}) == 1


async def test_it_can_be_sent_again_once_the_account_is_back(desk: Newsdesk) -> None:
    desk.clock.now += DAY
    await gives_up(desk, {})
    await desk.store.write(lambda session: outbox.retry(session, None, desk.clock.now))
    assert (await desk.does(figures)).left == 3
