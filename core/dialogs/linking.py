"""`/link`: one person, several platforms."""

from core import links, outbox
from core.contacts import speech_at
from core.dialogs.menu import menu_choice
from core.dialogs.turn import Turn, to_id
from core.messages import Choice, Reply
from core.models import Contact, Place, Rank, row_id


def link(turn: Turn, written: str) -> None:
    """Without a code: one to be written at the other address. With it: that is asked at both."""
    if not written.strip():
        return offer(turn)
    found = links.find(turn.session, written, turn.place, turn.now)
    if found is None:
        return refuse(turn)
    there = turn.session.get_one(Place, found.from_id)
    owner = turn.session.get(Contact, there.contact_id) if there.contact_id else None
    return turn.say(
        turn.t(
            "This code is from {platform}, from somebody called {name}. If you go on, they read "
            "your tickets, too. Is that you?",
            platform=there.platform,
            name=(owner.name if owner else "") or "–",
        ),
        [
            Choice(turn.t("Yes, that is me"), f"link:mine:{written.strip().upper()}"),
            Choice(turn.t("No"), f"link:no:{found.id}"),
        ],
    )


def claim(turn: Turn, code: str) -> None:
    claimed = links.claim(turn.session, code, turn.place, turn.now)
    if claimed is None:
        return refuse(turn)
    turn.session.flush()
    ask_there(turn, row_id(claimed.id), turn.session.get_one(Place, claimed.from_id))
    return turn.say(
        turn.t("Now say yes where you got the code: then your tickets are the same here and there.")
    )


def refuse(turn: Turn) -> None:
    turn.say(
        turn.t("This code is not valid, or no longer. Write /link where you got it."),
        [menu_choice(turn)],
    )


def offer(turn: Turn) -> None:
    code = links.begin(turn.session, turn.place, turn.now)
    turn.say(
        turn.t(
            "Write this to me where you want to be known, too, within ten minutes:\n\n/link {code}"
            "\n\nGive it to nobody: whoever has it could read your tickets.",
            code=code,
        ),
        [menu_choice(turn)],
    )


def ask_there(turn: Turn, number: int, place: Place) -> None:
    speech = speech_at(turn.session, turn.languages, place)
    reply = Reply(
        speech.t(
            "Somebody on {platform}, called {name}, has written your code. Is that you? Then your "
            "tickets are shown there, too.",
            platform=turn.place.platform,
            name=turn.contact.name or "–",
        ),
        choices=(
            Choice(speech.t("Yes, that is me"), f"link:yes:{number}"),
            Choice(speech.t("No"), f"link:no:{number}"),
        ),
    )
    tell(turn, place, f"link:{number}/asked", reply)


def press_link(turn: Turn, argument: str) -> None:
    """`link:mine:CODE` where it was written; `link:yes:ID` where it came from; `link:no:ID`."""
    answer, _, number = argument.partition(":")
    if answer == "mine":
        return claim(turn, number)
    act = links.confirm if answer == "yes" else links.refuse
    settled = act(turn.session, to_id(number), turn.place, turn.now)
    if answer == "yes" and settled is None:
        return turn.say(turn.t("That is over. /link begins anew."), [menu_choice(turn)])
    if settled is None or answer != "yes":
        return turn.say(turn.t("Good. Nothing was joined."), [menu_choice(turn)])
    there = turn.session.get_one(Place, settled.to_id)
    done = Reply(turn.t("Done: you are one person here and on your other platform."))
    tell(turn, there, f"link:{number}/done", done)
    return turn.say(done.text, [menu_choice(turn)])


def tell(turn: Turn, place: Place, cause: str, reply: Reply) -> None:
    limits = turn.limits[place.platform]
    outbox.enqueue(
        turn.session, row_id(place.id), cause, reply, limits, turn.now, rank=Rank.RELAY
    )  # fmt: skip
    if reply.choices and not limits.buttons:  # a number chooses from what was shown last
        place.offers = [[one.label, one.value] for one in reply.choices]
