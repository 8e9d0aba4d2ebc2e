"""News of the platform: the latest, and whether, about what and when it comes to this address."""

import re

from core.announcements import readers
from core.announcements.wording import spoken_in, texts_of
from core.dialogs.menu import menu_choice
from core.dialogs.turn import Turn
from core.messages import Choice

HOURS = re.compile(r"(\d{1,2})(?::00)?\s*(?:-|–|to|bis)\s*(\d{1,2})(?::00)?", re.ASCII)


def news(turn: Turn, _argument: str = "") -> None:
    """The latest five, for anybody."""
    latest = readers.latest(turn.session, turn.contact.audience)
    for one in reversed(latest):
        texts = texts_of(turn.session, one)
        said = spoken_in(texts, turn.speech.language, turn.pack)
        at = one.published_at or one.created_at
        day = turn.speech.moment(at, turn.pack.zone)
        turn.say(f"{said.text}\n\n{day}".strip(), title=said.title)
    nothing = "" if latest else turn.t("No news has been published yet.")
    if readers.home(turn.session, turn.place).subscribed:
        here = turn.t("What comes reaches you here.")
        asked = turn.t("What comes reaches you in private.") if turn.is_whispered else here
        choice = Choice(turn.t("🔕 No more news"), "news:off")
    else:
        here = turn.t("Shall it reach you here?")
        asked = turn.t("Shall it reach you in private?") if turn.is_whispered else here
        choice = Choice(turn.t("🔔 Get the news"), "news:on")
    turn.say(f"{nothing} {asked}".strip(), [choice, menu_choice(turn)], columns=2)


def subscribe(turn: Turn, _argument: str = "") -> None:
    readers.subscribe(turn.session, turn.place)
    here = turn.t("You get the platform's news here. /unsubscribe ends it.")
    private = turn.t("You get the platform's news in private. /unsubscribe ends it.")
    show_wishes(turn, private if turn.is_whispered else here)


def show_wishes(turn: Turn, before: str) -> None:
    """The topics, each with a tick while it is wanted, and how to have quiet."""
    muted = readers.muted(turn.session, turn.place)
    topics = [
        Choice(
            ("▫️ " if topic.id in muted else "✅ ") + turn.local(topic.label),
            f"news:topic:{topic.id}",
        )
        for topic in turn.pack.news.topics
    ]
    how = turn.t("/quiet 22-8 keeps the night free of it.")
    ends = [Choice(turn.t("🔕 No more news"), "news:off"), menu_choice(turn)]
    turn.say(f"{before} {how}", [*topics, *ends], columns=2)


def unsubscribe(turn: Turn, _argument: str = "") -> None:
    readers.unsubscribe(turn.session, turn.place)
    said = turn.t("You get no more news here. Answers and tickets reach you as before.")
    turn.say(said, [Choice(turn.t("🔔 Get the news"), "news:on"), menu_choice(turn)], columns=2)


def press_news(turn: Turn, argument: str) -> None:
    what, _, topic = argument.partition(":")
    if what == "topic":
        return turn_topic(turn, topic)
    return {"on": subscribe, "off": unsubscribe}.get(what, news)(turn)


def turn_topic(turn: Turn, topic: str) -> None:
    label = next((one.label for one in turn.pack.news.topics if one.id == topic), None)
    if label is None:
        return news(turn)
    name = turn.local(label)
    if readers.turn_topic(turn.session, turn.place, topic):
        return show_wishes(turn, turn.t("News about “{topic}” comes again.", topic=name))
    return show_wishes(turn, turn.t("News about “{topic}” no longer comes.", topic=name))


def quiet(turn: Turn, argument: str) -> None:
    """`/quiet 22-8`, `/quiet off`, or what is set."""
    wanted = argument.strip().casefold()
    found = HOURS.fullmatch(wanted)
    if not wanted:
        return say_quiet(turn)
    if wanted in ("off", turn.t("off")):
        readers.be_quiet(turn.session, turn.place, 0, 0)
        return turn.say(turn.t("News comes at any hour."))
    if found is None or max(int(found[1]), int(found[2])) > 24:
        return turn.say(turn.t("I cannot read those hours. Write them as 22-8, or off."))
    since, until = int(found[1]), int(found[2])
    if since % 24 == until % 24:
        return turn.say(turn.t("That would be the whole day: /unsubscribe ends the news."))
    readers.be_quiet(turn.session, turn.place, since, until)
    turn.session.flush()
    return say_quiet(turn)


def say_quiet(turn: Turn) -> None:
    hours = readers.quiet_hours(turn.session, turn.place)
    if hours is None:
        said = turn.t("News comes at any hour. /quiet 22-8 keeps the night free of it.")
    else:
        said = turn.t(
            "No news comes from {since}:00 to {until}:00 ({zone}). /quiet off ends that.",
            since=hours.since, until=hours.until, zone=turn.pack.zone.key,
        )  # fmt: skip
    turn.say(said)
