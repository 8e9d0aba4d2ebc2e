"""What is asked for in words: a text in each language, a file, a time."""

from core.announcements import drafts, times
from core.announcements.wording import LONGEST, has_words
from core.dialogs.announce import card, correcting
from core.dialogs.turn import Turn
from core.i18n import mark
from core.messages import Choice
from core.models import Announcement, NewsState, row_id

DIALOG = "announce"
WRONG = {
    times.NoTime: mark("I cannot read that time. Write it as 18:00 or 2026-12-01 18:00."),
    times.NoZone: mark("I do not know that time zone. Write it as Europe/Berlin, UTC or +02:00."),
    times.Skipped: mark("That time does not exist there: clocks are put forward over it."),
    times.Past: mark("That time is over. Choose a later one, or send it now."),
}


def ask(turn: Turn, news: Announcement, what: str) -> None:
    """`text:LANGUAGE`, `file` or `when`."""
    turn.enter(DIALOG, {"draft": row_id(news.id), "asks": what})
    kind, _, language = what.partition(":")
    match kind:
        case "text" if language in turn.languages.speech:
            name = turn.languages.speech[language].name
            said = turn.t(
                "Write the news in {language}. A first line that begins with # is its title. "
                "A picture or file may come with it, or later.",
                language=name,
            )
        case "file":
            said = turn.t("Send the picture or file.")
        case "when":
            said = turn.t(
                "When shall it go out? Write 18:00 or 2026-12-01 18:00, with a time zone "
                "behind it if it is not {zone}.",
                zone=turn.pack.zone.key,
            )
        case _:
            return card.show(turn, news)
    return turn.say(said, choices(turn, news, kind), columns=2)


def choices(turn: Turn, news: Announcement, kind: str) -> list[Choice]:
    """Instead of words."""
    others = {"file": ("nofile", turn.t("No file")), "when": ("now", turn.t("Now"))}
    shown = [others[kind]] if kind in others else []
    shown.append(("open", turn.t("Back")))
    return [Choice(label, f"staff:announce:{news.id}:{what}") for what, label in shown]


def take(turn: Turn, news: Announcement) -> None:
    """A file is a file, whatever was asked for; words are what was asked for."""
    said = keep_file(turn, news)
    kind, _, language = str(turn.place.state.get("asks", "")).partition(":")
    written = turn.text.strip()
    if written.casefold().startswith("/announce"):
        written = written[len("/announce") :].strip()
    if written and kind == "when":
        return take_time(turn, news, written)
    if written and not kind:  # a stray word must not become the news
        return card.show(turn, news, turn.t("Nothing is changed: choose first what to write."))
    if written:
        return take_text(turn, news, language or turn.pack.fallback_language, written)
    if not turn.evidence:
        said = turn.t("I cannot read that kind of message. Please write it in words.")
    return card.show(turn, news, said)


def keep_file(turn: Turn, news: Announcement) -> str:
    """The newest is the one that counts; one is all that an announcement carries."""
    if not turn.evidence or news.state != NewsState.DRAFT:
        return ""
    news.evidence_id, news.file = turn.evidence[-1], {}
    turn.session.add(news)
    more = len(turn.evidence) > 1 or turn.follows
    return (
        turn.t("News carries one file: the last one is kept.")
        if more
        else turn.t("Your file is kept.")
    )


def take_text(turn: Turn, news: Announcement, language: str, written: str) -> None:
    if not has_words(written):
        said = turn.t("There is nothing to read in that. Please write it in words.")
        return turn.say(said, choices(turn, news, "text"))
    if len(written) > LONGEST:
        said = turn.t(
            "That is {length} characters; {limit} is the most. Please write it shorter.",
            length=len(written), limit=LONGEST,
        )  # fmt: skip
        return turn.say(said, choices(turn, news, "text"))
    drafts.write(turn.session, news, language, written)
    if news.state != NewsState.DRAFT:
        return correcting.ask(turn, news, turn.t("Kept."))
    return card.show(turn, news)


def take_time(turn: Turn, news: Announcement, written: str) -> None:
    try:
        news.at = times.read_time(written, turn.pack.zone, turn.now)
    except ValueError as error:
        return turn.say(turn.t(WRONG[type(error)]), choices(turn, news, "when"), columns=2)
    turn.session.add(news)
    return card.show(turn, news)
