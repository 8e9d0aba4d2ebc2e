"""The team answers, settles what can be settled, and finds people who have gone elsewhere."""

import re

from tests.day.people import PICTURE, form
from tests.day.rooms import SECRET, Colleague
from tests.day.town import Town


async def the_team_answers(one: Town, sue: Colleague, tom: Colleague, dan: Colleague) -> None:
    kim, paul = one.on_telegram("Kim"), one.on_discord("Paul")
    for waiting in (one.on_telegram("Mia"), one.by_mail("Ida")):
        await dan.answers(one.room(waiting.ticket), f"Dear {waiting.name}, we look into it")
        await waiting.reads("we look into it")
    room = one.room(kim.ticket)
    await sue.notes(room, SECRET)
    said = await sue.answers(room, "Wir sehn nach")
    await kim.reads("Wir sehn nach")
    await sue.corrects(said, "Wir sehen nach")
    for reader in (kim, room.thread):
        await reader.sees_changed("Wir sehn nach", "Wir sehen nach")
    await kim.adds("Danke, es eilt")
    await room.reads("Danke, es eilt", "The person opened it again")
    one.book.reopened(kim.ticket)
    await kim.reads(f"Zu Ticket {kim.ticket} hinzugefügt.")
    await dan.answers(room, "Es ist unterwegs")
    await kim.reads("Es ist unterwegs")

    one.at(11)
    room = one.room(paul.ticket)
    await dan.takes(room)
    await tom.writes(room, "/take")
    await room.topic.reads(f"dan has ticket {paul.ticket}.")
    await dan.gives(room, tom)
    await tom.says(f"/reply {paul.ticket} Bitte noch einmal")
    one.book.answered(paul.ticket, "tom")
    await room.reads("Bitte noch einmal", "tom waits for the person")
    await tom.reads(f"Your reply to ticket {paul.ticket} is on its way.")
    await paul.reads("Bitte noch einmal")
    await paul.adds("Jetzt geht es")
    await room.reads("Jetzt geht es", "The person opened it again")
    one.book.reopened(paul.ticket)
    await paul.reads(f"Zu Ticket {paul.ticket} hinzugefügt.")
    await tom.solves(room)
    await paul.reads("als gelöst markiert")

    rest = (one.on_discord("Rosa"), one.on_x("Vera"), one.by_mail("Jon"), one.at_terminal("Uwe"))
    for quarters, who in enumerate(rest, 1):
        one.at(11 + quarters / 4)
        room = one.room(who.ticket)
        await dan.notes(room, f"{SECRET} of {who.name}")
        await dan.answers(room, f"Dear {who.name}, it is done")
        await who.reads(f"Dear {who.name}, it is done")


async def matters_are_settled(one: Town, sue: Colleague, tom: Colleague, dan: Colleague) -> None:
    rosa, vera, jon = one.on_discord("Rosa"), one.on_x("Vera"), one.by_mail("Jon")
    room = one.room(rosa.ticket)
    await dan.solves(room)
    await rosa.reads("is marked as solved")
    await sue.reopens(room)
    await tom.waits(room)
    await rosa.adds("It is not")
    await room.reads("It is not", "The person opened it again")
    one.book.reopened(rosa.ticket)
    await rosa.reads(f"Added to ticket {rosa.ticket}.")

    room = one.room(vera.ticket)
    await dan.solves(room)
    await vera.reads("is marked as solved")
    await vera.adds("Still wrong")
    await room.reads("Still wrong", "The person opened it again")
    one.book.reopened(vera.ticket)
    await vera.reads(f"Added to ticket {vera.ticket}, which is open again.")
    await tom.answers(room, "We look again")
    await vera.reads("We look again")

    room = one.room(jon.ticket)
    await jon.adds("Thank you, that was it")
    await room.reads("Thank you, that was it", "The person opened it again")
    one.book.reopened(jon.ticket)
    await jon.reads(f"Added to ticket {jon.ticket}.")
    await sue.solves(room)
    await jon.reads("is marked as solved")


async def people_are_away(one: Town, sue: Colleague, dan: Colleague) -> None:
    """Willi leaves his terminal and comes back; Nils gets a picture by letter, and sends one."""
    willi, nils = one.at_terminal("Willi"), one.by_mail("Nils")
    await willi.says("/ticket")
    await willi.fills(form("The sound is late", "en"))
    await willi.leaves()
    room = one.room(willi.ticket)
    await room.reads("The sound is late")
    await dan.answers(room, "Please update the app")
    one.book.questions += 1
    one.book.became_tickets += 1
    await nils.writes("The cover of the film is another one.", "Cover")
    await nils.has_ticket("Cover")
    there = one.room(nils.ticket)
    await there.reads("Cover")
    await sue.shows(there, PICTURE)
    await there.thread.reads("📎")
    await nils.reads("📎")
    await sue.answers(there, "Is it this one?")
    await nils.reads("Is it this one?")
    await nils.adds("No, this.", PICTURE)
    await there.reads("No, this.", "The person opened it again", "📎")
    one.book.reopened(nils.ticket)
    await willi.comes()
    await willi.reads("Please update the app")


async def one_person_on_two_platforms(one: Town, dan: Colleague) -> None:
    """Lea is known on X as well: answers follow her there."""
    lea, there = one.on_telegram("Lea"), one.on_x("Lea")
    await lea.says("/ticket")
    await lea.fills(form("A film is missing", "en"))
    room = one.room(lea.ticket)
    await room.reads("A film is missing")
    await lea.says("/link")
    code = re.findall(r"/link \S+", await lea.reads("Write this to me"))
    await there.says(code[0])
    await there.reads("This code is from telegram, from somebody called Lea.")
    await there.presses("Yes, that is me")
    await there.reads("Now say yes where you got the code")
    await lea.reads("Somebody on x, called Lea, has written your code.")
    await lea.presses("Yes, that is me")
    await lea.reads("Done: you are one person")
    await there.reads("Done: you are one person")
    there.ticket = lea.ticket
    one.at(15.1)
    await there.adds("It is called “Dawn”")
    await room.reads("It is called “Dawn”")
    await there.reads(f"Added to ticket {lea.ticket}.")
    one.at(15.5)
    await dan.answers(room, "Dawn comes on Friday")
    await there.reads("Dawn comes on Friday")
