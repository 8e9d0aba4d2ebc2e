"""How each platform will show a draft: in short for all of them, and message for message."""

from collections.abc import Iterator
from dataclasses import replace

from core.announcements.audience import Group, groups
from core.announcements.seen import Seen, is_left_out, is_no_picture, seen
from core.announcements.wording import Texts, texts_of, to_public, to_reply
from core.dialogs.announce import card
from core.dialogs.turn import Said, Turn
from core.messages import Address, Choice, Reply
from core.models import Announcement, Place, PublicPlace

PUBLIC = "public:"
"""Before a platform whose public place is meant."""


def versions(
    turn: Turn, news: Announcement, found: list[Group]
) -> Iterator[tuple[str, str, Reply]]:
    """What is said where, to whom: a platform that has readers, a language of theirs, the words;
    and each public place, in the one language that is spoken there.
    """
    texts = texts_of(turn.session, news)
    for platform, tag, _ in found:
        speech, limits = turn.languages.speak(tag), turn.limits[platform]
        yield platform, tag, to_reply(news, texts, speech, limits, turn.pack)
    for platform in news.public:
        yield PUBLIC + platform, spoken_openly(turn, texts), to_public(news, texts, turn.pack)


def spoken_openly(turn: Turn, texts: Texts) -> str:
    fallback = turn.pack.fallback_language
    return fallback if fallback in texts else next(iter(texts))


def in_short(turn: Turn, news: Announcement, found: list[Group]) -> str:
    """For each platform and language: how many messages, and what becomes of the file."""
    return "\n".join(line(turn, *version) for version in versions(turn, news, found))


def line(turn: Turn, where: str, tag: str, reply: Reply) -> str:
    limits = turn.limits[where.removeprefix(PUBLIC)]
    count = len(messages(turn, where, reply))
    said = turn.speech.n("{count} message", "{count} messages", count)
    if is_left_out(reply, limits):
        said += ", " + turn.t("the file cannot go along there and is only named")
    elif is_no_picture(reply, limits):
        said += ", " + turn.t("the picture is too large there and comes as a file")
    return f"{named(where)} ({tag}): {said}"


def named(where: str) -> str:
    platform = where.removeprefix(PUBLIC)
    return platform if platform == where else f"📢 {platform}"


def messages(turn: Turn, where: str, reply: Reply) -> list[Seen]:
    platform = where.removeprefix(PUBLIC)
    desk = turn.pack.in_language(turn.pack.name, turn.pack.fallback_language)
    address = Address(platform, "", "")
    if where != platform:
        public = turn.session.get(PublicPlace, platform)
        place = turn.session.get(Place, public.address_id) if public else None
        address = Address(platform, "", place.chat) if place else address
    return list(seen(reply, turn.limits[platform], address, desk, turn.now))


def show_here(turn: Turn, news: Announcement) -> None:
    """The very messages of where the publisher is, in each language, but for the button that would
    end their own subscription.
    """
    texts, limits = texts_of(turn.session, news), turn.limits[turn.place.platform]
    for tag in turn.pack.languages:
        if tag in texts:
            said = to_reply(news, texts, turn.languages.speak(tag), limits, turn.pack)
            turn.said.append(Said(replace(said, choices=())))


def choices(news: Announcement, found: list[Group]) -> list[Choice]:
    """To look at each platform's version."""
    places = dict.fromkeys(platform for platform, _, _ in found)
    return [
        Choice(f"👁 {named(where)}", f"staff:announce:{news.id}:look:{where}")
        for where in (*places, *(PUBLIC + platform for platform in news.public))
    ]


def look(turn: Turn, news: Announcement, where: str) -> None:
    """Every message there, in each language that is read there."""
    for place, tag, reply in versions(turn, news, groups(turn.session, news, turn.pack)):
        if place == where:
            name = card.name_of(turn, tag)
            shown = messages(turn, where, reply)
            turn.say(told(turn, shown), title=f"👁 {named(where)} · {name}")


def told(turn: Turn, shown: list[Seen]) -> str:
    return "\n\n".join(
        "\n".join(filter(None, (number(turn, at, len(shown)), *lines(turn, one))))
        for at, one in enumerate(shown, 1)
    )


def number(turn: Turn, at: int, count: int) -> str:
    return turn.t("— {number} of {count} —", number=at, count=count) if count > 1 else ""


def lines(turn: Turn, one: Seen) -> list[str]:
    subject = turn.t("Subject: {subject}", subject=one.subject) + "\n" if one.subject else ""
    file = f"📎 {one.file}" if one.file else ""
    return [subject, file, one.text.strip(), *(f"[ {label} ]" for label in one.buttons)]
