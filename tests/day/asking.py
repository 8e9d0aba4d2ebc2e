"""Questions and tickets: by the FAQ, in a form as each platform draws it, and by letter."""

import asyncio

from tests.day.people import PICTURE, form
from tests.day.rooms import Room
from tests.day.town import Town

FORGOT = {"en": "forgot my password", "de": "ich habe leider mein passwort vergessen"}
ANSWER = {"en": "Open the sign-in page", "de": "Öffne die Anmeldeseite"}


async def questions_are_answered(one: Town) -> None:
    """The FAQ knows: nobody of the staff hears of it."""
    helped = [one.on_telegram("Ada", "de"), one.on_discord("Bea"), one.on_x("Cem"),
              one.on_x("Yuri"), one.at_terminal("Dora", "de")]  # fmt: skip
    content = [one.on_telegram("Eva"), one.on_discord("Finn", "de"), one.on_x("Gus"),
               one.at_terminal("Zoe")]  # fmt: skip
    await asyncio.gather(
        *[
            who.asks(FORGOT[who.speech.language], ANSWER[who.speech.language])
            for who in [*helped, *content]
        ]
    )
    await asyncio.gather(*[who.was_helped() for who in helped])
    await one.on_telegram("Ada").asks("konto löschen", "Konto löschen")
    otto, tara = one.on_telegram("Otto"), one.on_discord("Tara")
    await otto.person.sends_sticker()
    await otto.reads("I cannot read that kind of message.")
    await tara.says("/start")
    await tara.reads("Who are you here?")
    await tara.presses("I create")
    await tara.reads("I show what fits you first.")
    await tara.presses("Payouts")
    await tara.reads("Payouts")
    await tara.presses("When are earnings paid out?")
    await tara.reads("each Monday")
    one.book.questions += 1


async def answers_do_not_help(one: Town) -> None:
    """A ticket each, with what is known of it; two have a picture."""
    asked = [one.on_telegram("Kim", "de"), one.on_discord("Paul", "de"), one.at_terminal("Uwe")]
    subjects = ["Kein neues Passwort", "Passwort geht nicht", "No password arrives"]
    for who in asked:
        await who.asks(FORGOT[who.speech.language], ANSWER[who.speech.language])
    await asyncio.gather(*[who.was_not_helped() for who in asked])
    files = [PICTURE, PICTURE, b""]
    await asyncio.gather(*[
        who.writes_to_support(form(subject, who.speech.language), file)
        for who, subject, file in zip(asked, subjects, files, strict=True)
    ])  # fmt: skip
    for who, subject, file in zip(asked, subjects, files, strict=True):
        await is_told(one.room(who.ticket), subject, file)
    sami = one.on_discord("Sami")
    await sami.asks("Why is the moon square?", "I am not sure. Did you mean one of these?")
    await sami.writes_to_support(form("A square moon", "en"), by="None of these")
    await is_told(one.room(sami.ticket), "A square moon")


async def people_write_at_once(one: Town) -> None:
    """By command, in a drawn form, in the shape of the form, and just so."""
    mia = one.on_telegram("Mia")
    await mia.says("/ticket")
    await mia.fills(form("A film stops", "en"))
    rosa = one.on_discord("Rosa")
    await rosa.runs("ticket")
    await rosa.fills(form("No sound at all", "en"), PICTURE)
    vera = one.on_x("Vera")
    await vera.says("/ticket")
    await vera.fills(form("Wrong picture", "en"), PICTURE)
    ida, jon = one.by_mail("Ida"), one.by_mail("Jon")
    await ida.writes(
        "Subject: Refund please\nRole: I watch\nDescription: At ten, page “Cart”.\nUsername: ida",
        "Hello", PICTURE,
    )  # fmt: skip
    await ida.has_ticket("Refund please")
    one.book.became_tickets += 2
    one.book.questions += 2
    await jon.writes("I forgot my password.", "Password")
    await jon.has_ticket("Password")
    for who, file in ((mia, b""), (rosa, PICTURE), (vera, PICTURE), (ida, PICTURE), (jon, b"")):
        await is_told(one.room(who.ticket), one.book.matters[who.ticket].subject, file)


async def letters_that_nobody_answers(one: Town) -> None:
    nora, lars = one.on_telegram("Nora", "de"), one.by_mail("Lars")
    await nora.says("/ticket")
    await nora.fills(form("Wer liest das", "de"))
    await lars.writes("Nobody answers the telephone.", "Telephone")
    one.book.became_tickets += 1
    one.book.questions += 1
    await lars.has_ticket("Telephone")
    for who in (nora, lars):
        await one.room(who.ticket).reads(one.book.matters[who.ticket].subject)


async def is_told(room: Room, words: str, file: bytes = b"") -> None:
    await room.reads(words)
    if file:
        await room.reads("📎")
        assert room.topic.files == [file]
