"""What can be done with news that is no draft any more."""

from core.announcements import changes, life
from core.announcements.figures import figures
from core.announcements.reporting import report
from core.dialogs.announce import asking, correcting, looking, sending
from core.dialogs.turn import Said, Turn
from core.messages import Choice
from core.models import Announcement, NewsState, Staff


def act(turn: Turn, caller: Staff, news: Announcement, what: str) -> None:
    press = life.Press(turn.pack, turn.languages, turn.limits)
    what, _, argument = what.partition(":")
    match what:
        case "pause" if life.pause(turn.session, news):
            sending.follow(turn, news)
        case "resume" if life.resume(turn.session, news, press, turn.now):
            sending.follow(turn, news)
        case "cancel" if life.cancel(turn.session, news, turn.now):
            sending.follow(turn, news)
        case "approve":
            approve(turn, caller, news, press)
        case "look" if news.state == NewsState.WAITING:
            looking.look(turn, news, argument)
            sending.judge(turn, news)
        case _ if life.is_over(news):
            change(turn, news, press, what, argument)
        case _:
            show(turn, news)


def change(turn: Turn, news: Announcement, press: life.Press, what: str, argument: str) -> None:
    """What everybody has already."""
    match what:
        case "correct":
            correcting.ask(turn, news)
        case "ask":
            asking.ask(turn, news, argument)
        case "corrected":
            said(turn, news, changes.correct(turn.session, news, press, turn.now))
        case "back" if argument == "yes":
            take_back(turn, news)
        case "back":
            ask_back(turn, news)
        case _:
            show(turn, news)


def approve(turn: Turn, caller: Staff, news: Announcement, press: life.Press) -> None:
    if news.state == NewsState.WAITING and caller.id == news.staff_id:
        return turn.say(turn.t("Somebody else has to agree: you wrote it."))
    try:
        life.check(turn.session, news)
        life.approve(turn.session, news, caller, press, turn.now)
    except life.NotReady:
        return turn.say(turn.t("Its file or its text is missing."))
    return sending.follow(turn, news)


def show(turn: Turn, news: Announcement) -> None:
    """How far it is, or what became of it."""
    if news.state in (*life.UNDER_WAY, NewsState.SCHEDULED):
        return sending.follow(turn, news)
    if news.state == NewsState.WAITING:
        looking.show_here(turn, news)
        return sending.judge(turn, news)
    shown = report(turn.session, news, figures(turn.session, news), turn.speech)
    turn.said.append(Said(shown))
    return None


def said(turn: Turn, news: Announcement, unable: list[str]) -> None:
    turn.leave()
    changed = turn.t("News {number} is being corrected where it was sent.", number=news.id)
    turn.say("\n\n".join(filter(None, (changed, cannot(turn, unable)))))


def ask_back(turn: Turn, news: Announcement) -> None:
    """One press by mistake takes nothing from everybody."""
    asked = turn.t("Take news {number} back from everybody? It cannot be sent again.",
                   number=news.id)  # fmt: skip
    turn.say(asked, [
        Choice(turn.t("↩️ Yes, take it back"), f"staff:announce:{news.id}:back:yes"),
        Choice(turn.t("Back"), f"staff:announce:{news.id}:open"),
    ], columns=2)  # fmt: skip


def take_back(turn: Turn, news: Announcement) -> None:
    unable = changes.withdraw(turn.session, news, turn.limits, turn.now)
    if unable is None:
        return show(turn, news)
    gone = turn.t(
        "News {number} is being taken back where it was sent, and /news no longer shows it.",
        number=news.id,
    )
    return turn.say("\n\n".join(filter(None, (gone, cannot(turn, unable)))))


def cannot(turn: Turn, unable: list[str]) -> str:
    if not unable:
        return ""
    return turn.t("It stays as it was on: {platforms}", platforms=", ".join(unable))
