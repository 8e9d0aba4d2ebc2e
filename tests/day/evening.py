"""How the day was, what comes due in the night, and that nobody was told anything else."""

import re

from tests.day.reader import Reader
from tests.day.rooms import SECRET, Colleague
from tests.day.town import Town

TUESDAY = 24
DUE = "⏰ A reply to ticket {number} is due {at}."
LATE = "⏰ Late: a reply to ticket {number} was due {at}."


async def the_evening(one: Town, sue: Colleague) -> None:
    """The figures of the day, and what is left for the next."""
    figures = one.book.figures(sue.word)
    await sue.says("/stats")
    today, week = (await sue.reads(sue.word("Today"))).split("\n\n")
    assert today.endswith(figures), (today, figures)
    assert week.endswith(figures)
    await sue.says("/queue")
    queue = re.findall(r"^(\d+) · ", await sue.reads(""), re.MULTILINE)
    assert [int(number) for number in queue] == one.book.queue(), queue


async def the_night(one: Town, sue: Colleague, dan: Colleague) -> None:
    """Each promise is told of at three quarters of its time, and once more when it is broken."""
    sami, xenia = one.on_discord("Sami").ticket, one.on_x("Xenia").ticket
    nora, lars = one.on_telegram("Nora").ticket, one.by_mail("Lars").ticket
    unanswered = [number for number, known in one.book.matters.items() if not known.answered]
    assert {sami, xenia, nora, lars} < set(unanswered)
    for hour, soon, late in (
        (3.4, [], []),
        (4, [sami], []),
        (8, [xenia], []),
        (10.25, [nora, lars], [sami]),
        (15.9, [], [xenia]),
        (17, [], [nora, lars]),
    ):
        one.at(hour, TUESDAY)
        assert await one.parts.reminders.look() == len(soon) + len(late)
        for number in late:
            await are_told(one, LATE, number, sue, dan)
        for number in soon:
            await are_told(one, DUE, number, sue, dan)
        if late == [sami]:
            await one.closes()
            await one.opens()
        assert await one.parts.reminders.look() == 0
    await dan.answers(one.room(sami), "Sorry, the moon is round")
    await one.on_discord("Sami").reads("Sorry, the moon is round")
    await sue.says("/stats")
    week = (await sue.reads(sue.word("Today"))).split("\n\n")[1]
    assert week.endswith(one.book.figures(sue.word))


async def are_told(one: Town, words: str, number: int, *staff: Colleague) -> None:
    """In their own language, and in the ticket's rooms."""
    due = one.book.matters[number].opened + one.pack.reply_within
    for colleague in staff:
        at = colleague.speech.moment(due, one.pack.zone)
        await colleague.reads(colleague.word(words, number=number, at=at))
    rooms = one.languages.speak("en")
    await one.room(number).reads(rooms.t(words, number=number, at=rooms.moment(due, one.pack.zone)))


async def nothing_is_left(one: Town) -> None:
    """Nobody was told more than they read, and no user what was for the team."""
    await one.is_quiet()
    readers: list[Reader] = [*one.people.values()]
    readers += [place for room in one.rooms.values() for place in (room.topic, room.thread)]
    left = {reader.name: reader.unread for reader in readers if reader.unread}
    assert not left, left
    users = [who for who in one.people.values() if not isinstance(who, Colleague)]
    told = [who.name for who in users if SECRET in str(who.screen)]
    assert not told, told
    assert len({who.name for who in users}) == 30
