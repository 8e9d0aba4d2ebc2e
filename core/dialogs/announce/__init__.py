"""`/announce`: news is written, shown as everybody will see it, and sent. The draft is a row, so it
outlives whatever happens meanwhile.
"""

from core import staff
from core.announcements import drafts
from core.announcements.life import UNDER_WAY
from core.announcements.wording import texts_of
from core.calls import LIVE
from core.dialogs.announce import asking, card, correcting, following, sending
from core.dialogs.announce.asking import DIALOG
from core.dialogs.turn import Turn, to_id
from core.models import Announcement, NewsState, Role, Staff, row_id

__all__ = ["DIALOG", "answer", "command"]

ALONE = (NewsState.WAITING, NewsState.SCHEDULED, *UNDER_WAY)
"""What a press does then asks for nothing more."""


def command(turn: Turn, caller: Staff, argument: str) -> None:
    """`/announce`, with the text behind it or without; or a button's `NUMBER:WHAT`."""
    number, colon, what = argument.partition(":")
    news = turn.session.get(Announcement, to_id(number)) if colon else None
    if turn.place.contact_id is None:  # what is asked for would be read as words to a person
        return turn.say(turn.t("Others write here, too. Write /announce to me in a private chat."))
    if turn.place.dialog == LIVE and (news is None or news.state not in ALONE):
        return turn.say(turn.t("You are in a chat already. /done ends it."))
    if news:
        return act(turn, caller, news, what)
    return begin(turn, caller, argument)


def begin(turn: Turn, caller: Staff, written: str) -> None:
    """A new draft, or the one that is there."""
    language = turn.pack.fallback_language
    known = drafts.draft_of(turn.session, caller)
    news = known or drafts.begin(turn.session, caller, turn.now)
    if written.strip() and language in texts_of(turn.session, news):
        return card.show(turn, news, turn.t(
            "You have begun this one, and it stays as it is: change it with ✏️, or discard it to "
            "begin another."
        ))  # fmt: skip
    if written.strip() or turn.evidence:
        turn.enter(DIALOG, {"draft": row_id(news.id), "asks": f"text:{language}"})
        return asking.take(turn, news)
    if known:
        return card.show(turn, news, turn.t("You have begun this one. We go on with it."))
    return asking.ask(turn, news, f"text:{language}")


def act(turn: Turn, caller: Staff, news: Announcement, what: str) -> None:
    """Drafts are changed by whoever wrote them; whatever is published, by every publisher."""
    if news.state != NewsState.DRAFT:
        return following.act(turn, caller, news, what)
    writer = turn.session.get(Staff, news.staff_id) if news.staff_id else None
    if writer and writer.removed_at:  # it is theirs who goes on with it
        news.staff_id = caller.id
    elif writer and writer.id != caller.id:
        return turn.say(turn.t("That is somebody else’s draft."))
    return write(turn, news, *what.split(":", 1))


def write(turn: Turn, news: Announcement, what: str, argument: str = "") -> None:
    match what:
        case "ask":
            asking.ask(turn, news, argument)
        case "who" | "public" | "topic":
            card.choose(turn, news, what, argument)
        case "preview":
            sending.preview(turn, news)
        case "look":
            sending.look(turn, news, argument)
        case "send":
            sending.send(turn, news, argument)
        case "drop":
            drop(turn, news)
        case _:
            forget(news, what)
            card.show(turn, news)


def forget(news: Announcement, what: str) -> None:
    """A time, or a file."""
    if what == "now":
        news.at = None
    elif what == "nofile":
        news.evidence_id, news.file = None, {}


def drop(turn: Turn, news: Announcement) -> None:
    if turn.place.dialog == DIALOG:
        turn.leave()
    if drafts.discard(turn.session, news):
        turn.say(turn.t("Discarded. Nothing was sent."))


def answer(turn: Turn) -> None:
    """What was asked for. From somebody who may not publish any more nothing is taken."""
    caller = turn.who
    news = turn.session.get(Announcement, turn.place.state.get("draft", 0))
    if news is None or caller is None or not staff.may(caller, Role.PUBLISHER):
        turn.leave()
        return turn.say(turn.t("That is not there any more. /help shows what I can do."))
    if news.state == NewsState.DRAFT or correcting.is_correcting(turn, news):
        return asking.take(turn, news)
    turn.leave()
    return following.show(turn, news)
