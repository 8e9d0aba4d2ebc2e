"""The day's live chats, and what goes wrong in the middle of them."""

from tests.day.people import Somebody
from tests.day.reader import Reader
from tests.day.rooms import SECRET, Colleague, Room
from tests.day.town import Town

CALLING = "I am calling somebody. Write meanwhile what it is about. /done ends the chat."
TAKE = "🙋 I take it"
TOLD = "The person is told that {name} is here now. /done ends the chat."
HOW = "The chat is over. How was it, from one star to five?"


async def calls(one: Town, who: Somebody) -> Room:
    """All who are on duty hear of it, in private and in its rooms."""
    await who.says("/chat")
    await who.reads(who.word(CALLING))
    who.ticket = len(one.book.matters) + 1
    one.book.opened(who.ticket, "Live chat")
    for colleague in one.on_duty:
        await colleague.reads(colleague.word("💬 {name} asks for a chat.", name=who.name))
    room = one.room(who.ticket)
    await room.reads(f"Ticket {who.ticket} · Live")
    return room


async def tells(who: Somebody, room: Room, text: str) -> None:
    await who.says(text)
    await room.reads(text)


async def is_taken(one: Town, who: Somebody, room: Room, by: Colleague) -> None:
    one.book.taken(room.number, by.name)
    await room.reads(f"{by.name} took it")
    await who.reads(who.word("{name} is here now.", name=by.name))


async def chats_begin(one: Town, sue: Colleague, tom: Colleague, dan: Colleague) -> None:
    """Tom chats in private; Dan and Sue in the rooms, each on their platform."""
    lena, dirk, bruno = (
        one.on_telegram("Lena", "de"),
        one.on_discord("Dirk"),
        one.on_telegram("Bruno"),
    )
    room = await calls(one, lena)
    await tells(lena, room, "Mein Bild ist schwarz")
    await tom.presses(TAKE)
    await is_taken(one, lena, room, tom)
    await tom.reads("Mein Bild ist schwarz\n\nYou are in the chat.")
    one.at(13.1)
    one.book.answered(lena.ticket, "tom", chat=True)
    await tom.says("In welcher App?")
    await lena.reads("In welcher App?")
    await room.reads("In welcher App?")
    await tom.says(f"// {SECRET}: she has the old app")
    await tom.reads("only the team reads it")
    await room.reads(SECRET)
    await tells(lena, room, "In der alten")
    await tom.reads("In der alten")

    room = await calls(one, dirk)
    await dan.presses_in(room, TAKE)
    await is_taken(one, dirk, room, dan)
    await dan.reads(dan.word(TOLD, name="dan"))
    await tells(dirk, room, "Hello Dan")
    await dan.chats(room, "Hello Dirk")
    await dirk.reads("Hello Dirk")
    await sue.chats(room, "I am here, too")
    await dirk.reads("I am here, too")

    room = await calls(one, bruno)
    await sue.presses_in(room, TAKE)
    await is_taken(one, bruno, room, sue)
    await room.topic.reads(sue.word(TOLD, name="sue"))
    await sue.chats(room, "Hello Bruno")
    await bruno.reads("Hello Bruno")


async def the_desk_is_restarted(one: Town, tom: Colleague, dan: Colleague) -> None:
    """What is said meanwhile waits."""
    lena, dirk = one.on_telegram("Lena"), one.on_discord("Dirk")
    await one.closes()
    await lena.says("Bist du noch da?")
    await dirk.says("Can you hear me?")
    await one.opens()
    await tom.reads("Bist du noch da?")
    await one.room(lena.ticket).reads("Bist du noch da?")
    await one.room(dirk.ticket).reads("Can you hear me?")
    await tom.says("Ja, ich bin da")
    await lena.reads("Ja, ich bin da")
    await one.room(lena.ticket).reads("Ja, ich bin da")
    await dan.chats(one.room(dirk.ticket), "I can")
    await dirk.reads("I can")


async def things_go_wrong(one: Town, dan: Colleague) -> None:
    """Bruno shuts us out, and somebody deletes a topic, then a thread."""
    bruno, dirk = one.on_telegram("Bruno"), one.on_discord("Dirk")
    room = one.room(bruno.ticket)
    await bruno.person.blocks()
    await room.reads("The person has shut us out")
    await dan.chats(room, "Are you there, Bruno?")
    await room.thread.reads("The person has shut us out: this cannot be brought to them.")
    room = one.room(dirk.ticket)
    room.loses_topic()
    await dirk.says("Where was I?")
    await room.thread.reads("Where was I?")
    await room_is_anew(one, room.topic, "Where was I?")
    room.loses_thread()
    await dirk.says("And now?")
    await room.topic.reads("And now?")
    await room_is_anew(one, room.thread, "And now?")
    await tells(dirk, room, "Ah, here")


async def room_is_anew(one: Town, place: Reader, last: str) -> None:
    """With all that was said."""
    await one.parts.delivery.settle()
    await one.parts.rooms.settle()
    card = await place.reads(last)
    assert "I am here, too" in card, card


async def a_chat_goes_to_another(one: Town, sue: Colleague, tom: Colleague) -> None:
    """Tom is no longer of the staff: nobody hears him, and he hears nothing."""
    lena = one.on_telegram("Lena")
    room = one.room(lena.ticket)
    await one.dismisses("tom")
    await tells(lena, room, "Hallo?")
    await tom.asks("It is still me, Tom", "")
    await tom.says("/queue")
    await tom.reads("I do not know that command.")
    await sue.takes(room)
    await sue.chats(room, "Ich mache weiter")
    await lena.reads("Ich mache weiter")


async def the_desk_breaks_down(one: Town, dan: Colleague) -> None:
    """Before it hears that what it says has arrived. So it says it again, and Discord, which knows
    it by its key, shows it once.
    """
    lena, dirk, bruno = one.on_telegram("Lena"), one.on_discord("Dirk"), one.on_telegram("Bruno")
    of_lena, of_dirk = one.room(lena.ticket), one.room(dirk.ticket)
    with one.slow_answers():
        await lena.says("Endlich")
        await dan.chats(of_dirk, "Where were we?")
        await of_lena.reads("Endlich")
        await dirk.reads("Where were we?")
        await one.breaks_down()
    await one.opens()
    one.clock.forward(60)
    await one.parts.rooms.look()
    one.parts.delivery.wake()
    await of_lena.topic.reads("Endlich")
    await of_dirk.topic.reads("Where were we?")
    await one.room(bruno.ticket).reads("This did not reach the person")


async def chats_end(one: Town, sue: Colleague) -> None:
    """Staff end it, or the person; and whoever cannot be reached is asked nothing."""
    lena, dirk, bruno = one.on_telegram("Lena"), one.on_discord("Dirk"), one.on_telegram("Bruno")
    for who in (lena, bruno):
        room = one.room(who.ticket)
        one.book.solved(room.number)
        await sue.writes(room, "/done")
        await room.reads("sue solved")
        await room.topic.reads(sue.word("The chat is over."))
    await lena.reads(lena.word(HOW))
    await lena.presses("⭐⭐⭐⭐")
    await lena.reads(lena.word("Thank you. Do you want to add a word? Just write it."))
    await lena.says("Sehr freundlich")
    await lena.reads(lena.word("Thank you. The support team sees it all."))
    room = one.room(lena.ticket)
    await room.reads("The person rated it:\n⭐⭐⭐⭐", "The person commented:\nSehr freundlich")
    one.book.matters[lena.ticket].stars = 4

    room = one.room(dirk.ticket)
    one.book.solved(room.number)
    await dirk.says("/done")
    await room.reads("The person solved")
    await dirk.reads(HOW)
    await dirk.presses("⭐⭐⭐⭐⭐")
    await dirk.reads("Thank you. Do you want to add a word?")
    await room.reads("The person rated it:\n⭐⭐⭐⭐⭐")
    one.book.matters[dirk.ticket].stars = 5


async def nobody_takes_a_call(one: Town, sue: Colleague) -> None:
    """What Xenia said is a ticket; Theo said nothing."""
    xenia, theo = one.on_x("Xenia"), one.at_terminal("Theo", "de")
    of_xenia = await calls(one, xenia)
    await tells(xenia, of_xenia, "My film is gone")
    await sue.presses_in(of_xenia, "⏳ Later")
    later = "{name}: not now. Somebody else may take it, within two minutes."
    await of_xenia.topic.reads(sue.word(later, name="sue"))
    of_theo = await calls(one, theo)
    one.clock.forward(130)
    await one.parts.reminders.look()
    await xenia.reads(f"What you wrote is ticket {xenia.ticket}")
    await of_xenia.reads("Nobody took this chat")
    for colleague in one.on_duty:
        said = await colleague.reads(f"icket {xenia.ticket}")
        assert "My film is gone" in said
    await theo.reads("antwortet auch schriftlich")
    one.book.solved(theo.ticket)
    await one.parts.rooms.look()
    one.parts.delivery.wake()
    await of_theo.reads("desk solved")
