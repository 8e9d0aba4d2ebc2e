"""What people and staff may do in the game, a few steps at a time."""

import asyncio
from pathlib import Path
from typing import Any

from core.adapter import Refused
from core.messages import Address, Kind
from tests.dialogs.game import Game, Person
from tests.dialogs.staffdesk import SECRET

USERS, TEAM, NOBODY = ("ann", "ben", "cat", "dan"), ("sam", "kit"), "mallory"
FORM = "Subject: It stopped\nDescription: {}\nSide: I watch"


def opening(database: Path, folder: Path) -> Game:
    """A desk with its team and the first tickets, as every game begins."""
    game = Game(database, folder)
    asyncio.run(open_desk(game))
    return game


async def open_desk(game: Game) -> None:
    await game.open()
    moves = Moves(game)
    for name in TEAM:
        await game.hire(name, moves.people[name])
        await game.does(moves.people[name], text="/duty on")
    await game.hire("kit", moves.kit_elsewhere)
    await game.does(moves.people["sam"], text="/canned save hi Hello {name}")
    await game.does(moves.people["sam"], text=f"/canned save note // {SECRET}")
    for name in ("ann", "cat"):
        await moves.open_ticket(moves.people[name])
    await game.kill()


class Moves:
    """Each word and secret is said once: `word7.`."""

    def __init__(self, game: Game, said: int = 0) -> None:
        self.game = game
        where = {"cat": game.plain, "dan": game.post}
        self.people = {
            name: Person(name, where.get(name, game.rich)) for name in (*USERS, *TEAM, NOBODY)
        }
        self.kit_elsewhere = Person("kit", game.plain)
        self.kit_is_staff = True
        self.promised: list[str] = []
        """Words that belong into a ticket."""
        self._said = said

    def word(self) -> str:
        self._said += 1
        return f"word{self._said}."

    def secret(self) -> str:
        self._said += 1
        return f"{SECRET}-{self._said}"

    # People

    async def open_ticket(self, person: Person) -> None:
        await self.game.does(person, text=FORM.format(self.word()), subject="It stopped")
        await self.press(person, ":send")

    async def add(self, person: Person, which: int, how: str) -> None:
        numbers = await self.game.tickets_of(person)
        told = [one for one in person.heard if one.ticket]
        if how == "named" and numbers:
            self.promised.append(self.word())
            said = f"add to ticket {numbers[which % len(numbers)]}: {self.promised[-1]}"
            await self.game.does(person, text=said)
        elif how != "named" and told:
            message = person.adapter.id_of(told[which % len(told)])
            data = self.word().encode()
            files = () if how == "words" else (self.game.file(person, data, "theirs.png"),)
            text = "" if how == "file" else self.word()
            await self.game.does(person, text=text, attachments=files, reply_to=message)

    async def look(self, person: Person) -> None:
        """At all that is theirs."""
        await self.game.does(person, text="/tickets")
        for number in await self.game.tickets_of(person):
            await self.game.does(person, text=f"/ticket {number}")

    async def change(self, person: Person, which: int, text: str) -> None:
        if person.written:
            message = person.written[-1 - which % len(person.written)]
            await self.game.does(person, Kind.EDIT, text=text, message=message)

    async def press(self, person: Person, what: str) -> None:
        """The newest of what can be chosen that says `what`."""
        await self.game.settle()
        values = [choice.value for one in person.heard[-3:] for choice in one.choices]
        values += [value for _, value in await self.game.offers(person)]
        if value := next((one for one in reversed(values) if what in one), None):
            await self.game.does(person, Kind.PRESS, choice=value)

    async def come_or_go(self, person: Person, *, gone: bool) -> None:
        if gone:
            person.adapter.faults_at[person.name] = Refused("the person blocked us")
        else:
            person.adapter.faults_at.pop(person.name, None)
        await self.game.does(person, Kind.BLOCKED if gone else Kind.RETURNED)

    async def link(self, one: Person, other: Person) -> None:
        await self.game.does(one, text="/link")
        await self.game.settle()
        offered = one.heard[-1].text.partition("/link ")[2].split() if one.heard else []
        if offered:
            await self.game.does(other, text=f"/link {offered[0]}")
            await self.press(other, "link:mine")
            await self.press(one, "link:yes")

    async def chat(self, person: Person, who: str, note: str, *, in_room: bool, ends: bool) -> None:
        """They ask for one, somebody takes it and makes a note in it."""
        await self.game.does(person, text="/chat")
        await self.game.does(person, text=self.word())
        await self.game.settle()
        number = (await self.game.tickets_of(person) or [0])[-1]
        staff, place = self.people[who], None
        if in_room:
            rooms = [one for one in self.game.rooms() if one.platform == staff.adapter.platform]
            title = f"#{number} "
            place = next((one for one in rooms
                          if staff.adapter.rooms[one.thread].startswith(title)), None)  # fmt: skip
        await self.game.does(staff, Kind.PRESS, place, choice=f"live:accept:{number}")
        for text in (note, self.word()):
            await self.game.does(staff, at=place, text=text)
        await self.game.does(person, text=self.word())
        if ends:
            await self.game.does(person, text="/done")

    # Staff

    async def write(
        self, who: str, room: int | None, text: str, kind: Kind = Kind.MESSAGE, *,
        enclosed: str = "", **more: Any,
    ) -> None:  # fmt: skip
        """In a room, or in private; `enclosed` is what stands in a file, and its name."""
        person, place = self.people[who], None
        if room is not None:
            person, place = self.seat(who, room)
            if place is None:
                return
        if enclosed:
            file = self.game.file(person, enclosed.encode(), f"{enclosed}.png")
            more["attachments"] = (file,)
        await self.game.does(person, kind, place, text=text, **more)

    async def write_and_change(self, who: str, room: int, first: str, changes: list[str]) -> None:
        """What is made of a note is as secret as it was. Forms of notes hold `{}`."""
        message, is_note = f"changed{next(self.game.numbers)}", "{}" in first
        await self.write(who, room, self.spell(first, is_note), message=message)
        for form in changes:
            is_note = is_note or "{}" in form
            await self.write(who, room, self.spell(form, is_note), Kind.EDIT, message=message)

    def spell(self, form: str, is_note: bool) -> str:
        said = self.secret() if is_note else self.word()
        return form.format(said).replace("WORDS", said)

    async def send_album(self, who: str, room: int, note: str, *, first: bool) -> None:
        person, place = self.seat(who, room)
        if place is None:
            return
        group = f"album{next(self.game.numbers)}"
        parts = []
        for text in (note, "") if first else ("", note):
            name = self.secret()
            file = self.game.file(person, name.encode(), f"{name}.png")
            parts.append(self.game.inbound(
                person, Kind.MESSAGE, place, attachments=(file,), group=group, text=text
            ))  # fmt: skip
        await self.game.receive(*parts)

    async def delete_room(self, which: int, *, noticed: bool) -> None:
        """As the platform tells nobody of it, that is noticed at the next word for that room."""
        rooms = self.game.rooms()
        if not rooms:
            return
        room = rooms[which % len(rooms)]
        adapter = next(one for one in self.game.adapters if one.platform == room.platform)
        number = adapter.rooms[room.thread].split()[0]
        adapter.close_room(room)
        if noticed:
            await self.write("sam", None, f"/note {number} {self.secret()}")

    async def reply_in_room(self, who: str, room: int, which: int, text: str) -> None:
        person, place = self.seat(who, room)
        shown = [one for one in person.adapter.sent if one.address == place]
        if place and shown:
            message = person.adapter.id_of(shown[which % len(shown)])
            await self.game.does(person, at=place, text=text, reply_to=message)

    async def press_in_room(self, who: str, room: int, which: int) -> None:
        person, place = self.seat(who, room)
        if place:
            values = [choice.value for one in person.adapter.sent if one.address == place
                      for choice in one.choices]  # fmt: skip
            values += [f"live:accept:{which % 9}", f"staff:note:{which % 9}"]
            await self.game.does(person, Kind.PRESS, place, choice=values[which % len(values)])

    async def answer_when_asked(self, who: str, how: str, enclosed: str) -> None:
        """A note, after `how` asked for one or for a reply. Nothing where it did not."""
        person = self.people[who]
        if how.startswith("/"):
            await self.game.does(person, text=how)
        else:
            await self.game.does(person, Kind.PRESS, choice=how)
        await self.game.settle()
        asked = person.heard[-1].text if person.heard else ""
        if asked.startswith("Write your note"):
            await self.write(who, None, self.secret(), enclosed=enclosed)
        elif asked.startswith("Write your reply"):
            await self.write(who, None, f"// {self.secret()}", enclosed=enclosed)

    async def change_in_private(self, who: str, number: int, *, note: bool) -> None:
        message = f"changed{next(self.game.numbers)}"
        first = f"/note {number} {self.secret()}" if note else f"/reply {number} {self.word()}"
        await self.write(who, None, first, message=message)
        for text in (self.secret() if note else f"/note {number} {self.secret()}",
                     f"/reply {number} // {self.secret()}"):  # fmt: skip
            await self.write(who, None, text, Kind.EDIT, message=message)

    async def kit_leaves_or_comes_back(self, *, back: bool) -> None:
        self.game.clock.forward(1)
        if not back:
            await self.game.dismiss("kit")
            self.kit_is_staff = False
        elif not self.kit_is_staff:
            self.kit_is_staff = True
            for person in (self.people["kit"], self.kit_elsewhere):
                await self.game.hire("kit", person)

    def seat(self, who: str, room: int) -> tuple[Person, Address | None]:
        """Who that is in one of the rooms, where they are known; kit is on two platforms."""
        rooms = self.game.rooms()
        if who != "kit":
            rooms = [one for one in rooms if one.platform == self.game.rich.platform]
        if not rooms:
            return self.people[who], None
        place = rooms[room % len(rooms)]
        on_plain = place.platform == self.game.plain.platform
        return (self.kit_elsewhere if on_plain else self.people[who]), place
