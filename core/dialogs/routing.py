"""What a turn is about, and which dialog it goes to."""

import re
from collections.abc import Callable

from rapidfuzz import fuzz, process
from sqlmodel import col, select

from core import ticket_messages
from core.dialogs import (
    announce,
    billing,
    browse,
    drawn_form,
    letter,
    linking,
    live,
    loose_files,
    menu,
    news,
    outcome,
    own_tickets,
    staff,
    ticket,
    written_form,
)
from core.dialogs.ask import ask, follow_language, press_entry
from core.dialogs.choosing import ask_for_number, choose, words_of
from core.dialogs.staff import changing, chatting, joining, noting, writing
from core.dialogs.turn import Turn
from core.dialogs.whispered import tell_how_to_write
from core.i18n import mark
from core.messages import Kind
from core.models import Heard

Act = Callable[[Turn, str], None]

COMMANDS: dict[str, Act] = {
    "start": menu.start,
    "help": menu.help_,
    "ticket": own_tickets.ticket_command,
    "tickets": own_tickets.list_tickets,
    "billing": billing.ask_name,
    "news": news.news,
    "subscribe": news.subscribe,
    "unsubscribe": news.unsubscribe,
    "quiet": news.quiet,
    "language": menu.language,
    "link": linking.link,
    "chat": live.ask,
    "cancel": menu.cancel,
    "thanks": menu.welcome,
}
PRESSES: dict[str, Act] = {
    "menu": menu.press_menu,
    "side": menu.press_side,
    "language": menu.press_language,
    "topic": browse.press_topic,
    "entry": press_entry,
    "asked": outcome.press_asked,
    "ticket": ticket.press_new,
    "form": ticket.press_form,
    "tickets": own_tickets.press_tickets,
    "billing": billing.press_billing,
    "live": live.press,
    "news": news.press_news,
    "link": linking.press_link,
}
DIALOGS: dict[str, Callable[[Turn], None]] = {
    "ticket": ticket.answer,
    "adding": own_tickets.answer,
    "billing": billing.answer,
    "files": loose_files.answer,
    chatting.RATING: live.comment,
    announce.DIALOG: announce.answer,
}
KEPT = ("ticket", "files", live.DIALOG, announce.DIALOG)
"""Dialogs that stay open while somebody looks at something else."""
WORDS = {
    "start": mark("hi, hello, hey, good morning, good evening, menu"),
    "thanks": mark("thanks, thank you, thank you very much, many thanks, thx, ok, okay, ok thanks"),
    "help": mark("help"),
    "cancel": mark("cancel, stop, abort"),
}
"""Single words that mean a command, in the person's language."""

COMMAND = re.compile(r"/([A-Za-z_]+)(?:\s+(.*))?", re.DOTALL)
SURE = 70
"""How alike (0 to 100) a mistyped command must be to be proposed."""


def understand(turn: Turn) -> None:
    match turn.inbound.kind:
        case Kind.PRESS:
            press(turn, turn.inbound.choice)
        case Kind.FORM:
            drawn_form.receive(turn)
        case Kind.EDIT:
            edited(turn)
        case Kind.MESSAGE | Kind.ODD if turn.letters:
            letter.answer(turn)
        case Kind.ODD:
            odd(turn)
        case _:
            written(turn)
    tell_how_to_write(turn)


def written(turn: Turn) -> None:
    command = COMMAND.fullmatch(turn.text)
    in_chat = turn.place.dialog == live.DIALOG
    if in_chat and (not command or noting.is_note(turn.text)) and live.answer(turn):
        return None
    if command:
        return obey(turn, command[1].lower(), command[2] or "")
    if replied(turn):
        return None
    chosen = choose(turn)
    if chosen:
        return press(turn, chosen)
    if turn.numbered and turn.text.isdecimal() and turn.place.offers and not turn.place.dialog:
        return ask_for_number(turn)
    return converse(turn)


def obey(turn: Turn, name: str, argument: str) -> None:
    if turn.place.dialog == live.DIALOG and name in ("done", "cancel"):
        return live.done(turn)
    if name == "done":
        return live.done_elsewhere(turn)
    if name == "join":
        return joining.join(turn, argument)
    if name not in COMMANDS and (known := staff.find(turn, name)):
        caller, do = known
        return do(turn, caller, argument)
    act = COMMANDS.get(name)
    if act is None:
        meant, _ = spoken_command(turn)  # such as /stop, or /hilfe
        return obey(turn, meant, "") if meant else propose(turn, name)
    if turn.place.dialog not in KEPT and name != "cancel":
        turn.leave()
    act(turn, argument)
    return remind(turn, name)


def remind(turn: Turn, name: str) -> None:
    """A form stays open while its writer looks at something else."""
    if turn.place.dialog == "ticket" and name != "ticket":
        turn.say(
            turn.t("Your message to the support team is still open."),
            [
                ticket.choice(turn, turn.t("Go on"), "on"),
                ticket.choice(turn, turn.t("Cancel"), "cancel"),
            ],
            columns=2,
        )


def propose(turn: Turn, name: str) -> None:
    likely = best_command(name[:40])
    said = turn.t("I do not know that command.")
    if likely:
        said += " " + turn.t("Did you mean /{command}?", command=likely)
    more = turn.t("/help shows what I can do.")
    turn.say(f"{said} {more}", [menu.menu_choice(turn)])


def best_command(name: str) -> str:
    found = process.extractOne(name, list(COMMANDS), scorer=fuzz.ratio, score_cutoff=SURE)
    return found[0] if found else ""


def press(turn: Turn, value: str) -> None:
    """A choice's value says everything: `WHO:WHAT`. One that nobody knows shows the menu."""
    who, _, what = value.partition(":")
    act = PRESSES.get(who)
    if who == "staff" and staff.press(turn, what):
        return
    if act is None:
        menu.show_home(turn, turn.t("This button is from an older time. Here is the menu."))
    else:
        act(turn, what)


def replied(turn: Turn) -> bool:
    """A reply to one of a ticket's messages, or `add to ticket 12: …`, goes into that ticket."""
    if turn.inbound.reply_to:
        number = ticket_messages.replied_to(turn.session, turn.place, turn.inbound.reply_to)
        if number:
            own_tickets.add(turn, str(number), turn.text)
            return True
    phrase = turn.t("add to ticket")
    if turn.text[: len(phrase)].casefold() != phrase.casefold():
        return False
    named = re.match(r"\s*#?(\d{1,18})\b[\s:.,-]*(.*)", turn.text[len(phrase) :], re.DOTALL)
    if named is None:
        return False
    if named[2] or turn.evidence:
        own_tickets.add(turn, named[1], named[2])
    else:
        own_tickets.begin_adding(turn, named[1])
    return True


def converse(turn: Turn) -> None:
    """Free words, files, or something we cannot read."""
    command, language = spoken_command(turn)
    dialog = DIALOGS.get(turn.place.dialog)
    if turn.place.dialog == writing.DIALOG and command != "cancel" and staff.answer(turn):
        return None
    if turn.place.dialog == chatting.OVER and live.afterwards(turn):
        return None
    if turn.place.dialog != "adding" and (form := written_form.read(turn)):
        return written_form.take(turn, form)
    if command and (command == "cancel" or dialog is None):
        follow_language(turn, language)
        return obey(turn, command, "")
    if dialog:
        return dialog(turn)
    if turn.evidence:
        return loose_files.take(turn)
    if turn.text:
        return ask(turn)
    return wonder(turn)


def spoken_command(turn: Turn) -> tuple[str, str]:
    """What a word of their language means, or else of another of ours, and that language: many apps
    tell us none.
    """
    said = words_of(turn.text) if len(turn.text) < 40 else ""
    own = turn.speech.language
    for tag in sorted(turn.languages.speech if said else (), key=lambda tag: tag != own):
        for name, words in WORDS.items():
            if said in turn.languages.speech[tag].t(words).split(", "):
                return name, tag
    return "", own


def odd(turn: Turn) -> None:
    """A sticker, a poll, a place: said to be unreadable, and whatever was asked is asked again."""
    if turn.place.dialog == "ticket":
        ticket.ask(turn, turn.t("I cannot read that kind of message. Please write it in words."))
    else:
        wonder(turn)


def wonder(turn: Turn) -> None:
    turn.say(
        turn.t(
            "I cannot read that kind of message. Write your question in words, or send it as a "
            "photo or a file for our support team."
        ),
        [menu.menu_choice(turn), menu.support_choice(turn)],
        columns=2,
    )


def edited(turn: Turn) -> None:
    """A changed message: noted in its ticket, left to the review of a form, or asked anew."""
    caller = turn.who
    if caller and changing.change(turn, caller):
        return
    number = ticket_messages.replied_to(turn.session, turn.place, turn.inbound.message)
    if number:
        own_tickets.add(turn, str(number), turn.text, "edited")
    elif turn.place.dialog == "ticket":
        turn.say(
            turn.t(
                "I keep what you sent first. Before sending you can change each part of your "
                "message."
            )
        )
        ticket.ask(turn)
    elif turn.text and not COMMAND.fullmatch(turn.text):
        converse(turn)
    elif turn.text:
        written(turn)
    else:
        wonder(turn)


def is_later_part(turn: Turn) -> bool:
    """Whether an earlier part of the same album is already here."""
    if not turn.inbound.group:
        return False
    earlier = select(Heard.id).where(
        Heard.address_id == turn.place.id,
        Heard.album == turn.inbound.group,
        col(Heard.id) < turn.heard,
    )
    return turn.session.exec(earlier.limit(1)).first() is not None


def is_question(text: str) -> bool:
    """Whether the FAQ should look at it before the dialogs do."""
    return bool(text.strip()) and not text.startswith("/")
