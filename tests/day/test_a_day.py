"""A day at the desk: thirty people on five platforms, three staff on two. Everybody reads all that
they are told, in its order, and nothing else; in the evening the desk's figures are those of the
script's own book.
"""

from pathlib import Path

import pytest

from core.models import Role
from tests.day.answering import (
    matters_are_settled,
    one_person_on_two_platforms,
    people_are_away,
    the_team_answers,
)
from tests.day.asking import (
    answers_do_not_help,
    letters_that_nobody_answers,
    people_write_at_once,
    questions_are_answered,
)
from tests.day.chats import (
    a_chat_goes_to_another,
    chats_begin,
    chats_end,
    nobody_takes_a_call,
    the_desk_breaks_down,
    the_desk_is_restarted,
    things_go_wrong,
)
from tests.day.evening import nothing_is_left, the_evening, the_night
from tests.day.rooms import Colleague
from tests.day.town import Town, town
from tests.fakes.mail import find_dovecot


@pytest.mark.skipif(find_dovecot() is None, reason="no Dovecot is installed on this machine")
@pytest.mark.timeout(180)  # a day, on a machine that does much else
async def test_a_day(tmp_path: Path) -> None:
    async with town(tmp_path) as one:
        one.at(8.75)
        sue, tom, dan = await staff_comes(one)
        one.at(9)
        await questions_are_answered(one)
        one.at(9.5)
        await answers_do_not_help(one)
        one.at(10)
        await people_write_at_once(one)
        one.at(10.5)
        await the_team_answers(one, sue, tom, dan)
        one.at(12.25)
        await matters_are_settled(one, sue, tom, dan)
        await people_are_away(one, sue, dan)
        one.at(13)
        await chats_begin(one, sue, tom, dan)
        await the_desk_is_restarted(one, tom, dan)
        await things_go_wrong(one, dan)
        await a_chat_goes_to_another(one, sue, tom)
        await the_desk_breaks_down(one, dan)
        await chats_end(one, sue)
        await nobody_takes_a_call(one, sue)
        one.at(15)
        await one_person_on_two_platforms(one, dan)
        one.at(16)
        await letters_that_nobody_answers(one)
        one.at(17.5)
        await the_evening(one, sue)
        await the_night(one, sue, dan)
        await nothing_is_left(one)


async def staff_comes(one: Town) -> tuple[Colleague, Colleague, Colleague]:
    return (
        await one.hires("sue", "telegram", Role.ADMIN, "de"),
        await one.hires("tom", "telegram", Role.AGENT),
        await one.hires("dan", "discord", Role.AGENT),
    )
