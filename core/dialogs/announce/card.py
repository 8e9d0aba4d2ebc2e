"""A draft as its writer sees it: what is there, what is missing, and who will read it."""

from sqlmodel import select

from core.announcements.audience import Group, by_platform, groups
from core.announcements.showing import span
from core.announcements.wording import price_for, seconds_for, sends_needed, texts_of
from core.cleaning import clean_line
from core.dialogs.turn import Turn
from core.messages import Choice
from core.models import Announcement, Evidence, PublicPlace

SHOWN = 200
"""Characters of a text on the card; the preview has all of it."""


def show(turn: Turn, news: Announcement, before: str = "") -> None:
    turn.session.flush()
    written = texts_of(turn.session, news)
    asks = "" if written else f"text:{turn.pack.fallback_language}"
    turn.enter("announce", {"draft": news.id, "asks": asks})
    found = groups(turn.session, news, turn.pack)
    blocks = [before, languages(turn, news), facts(turn, news), audience(turn, news, found)]
    turn.say(
        "\n\n".join(filter(None, blocks)),
        choices(turn, news),
        title=turn.t("News {number}: {state}", number=news.id, state=turn.t("draft")),
        columns=2,
    )


def languages(turn: Turn, news: Announcement) -> str:
    """Each of the pack's, also those in which nothing is there yet; and what was written in one
    that the pack has no more.
    """
    texts = texts_of(turn.session, news)
    lines = []
    for tag in dict.fromkeys((*turn.pack.languages, *texts)):
        name, text = name_of(turn, tag), texts.get(tag)
        if text:
            said = clean_line(" – ".join(filter(None, (text.title, text.text))), SHOWN)
        elif texts:
            spoken = turn.pack.fallback_language
            spoken = spoken if spoken in texts else next(iter(texts))
            said = turn.t("missing: they read it in {language}", language=name_of(turn, spoken))
        else:
            said = turn.t("missing")
        lines.append(f"{name}: {said}")
    return "\n".join(lines)


def name_of(turn: Turn, tag: str) -> str:
    """Of a language; packs change, and it may be one no more."""
    known = turn.languages.speech.get(tag)
    return known.name if known else tag


def facts(turn: Turn, news: Announcement) -> str:
    file = turn.session.get(Evidence, news.evidence_id) if news.evidence_id else None
    offers = offered(turn, news)
    sides = [offers["side"][one] for one in news.sides]
    topics = [offers["topic"][news.topic]] if news.topic else []
    everyone, nothing = turn.t("everyone"), "–"
    when = turn.speech.moment(news.at, turn.pack.zone) if news.at else turn.t("now")
    named = {
        turn.t("File"): (file.name or file.kind) if file else nothing,
        turn.t("For"): ", ".join([*sides, *news.languages, *news.platforms]) or everyone,
        turn.t("Topic"): ", ".join(topics) or nothing,
        turn.t("When"): when,
        turn.t("In public"): ", ".join(news.public) or nothing,
    }
    return "\n".join(f"{name}: {said}" for name, said in named.items())


def audience(turn: Turn, news: Announcement, found: list[Group]) -> str:
    """How many on each platform, and how long that takes there."""
    texts = texts_of(turn.session, news)
    if not found:
        return turn.t("Nobody has asked for such news yet.")
    counts = by_platform(found)
    if not texts:
        return "\n".join(f"{name}: {people(turn, count)}" for name, count in counts.items())
    needed = sends_needed(
        found, news, texts, turn.languages, turn.limits, turn.pack, turn.now
    )  # fmt: skip
    return "\n".join(line(turn, name, count, needed[name]) for name, count in counts.items())


def line(turn: Turn, platform: str, count: int, sends: int) -> str:
    limits = turn.limits[platform]
    said = turn.t(
        "{platform}: {people}, {sends}, about {time}",
        platform=platform,
        people=people(turn, count),
        sends=turn.speech.n("{number} message", "{number} messages", sends,
                            number=turn.speech.number(sends)),
        time=span(seconds_for(sends, limits), turn.speech),
    )  # fmt: skip
    off = turn.t("but it is switched off here: what nobody sends within a day has failed")
    more = [price_for(sends, limits, turn.speech), off if limits.off else ""]
    return ", ".join([said, *filter(None, more)])


def people(turn: Turn, count: int) -> str:
    number = turn.speech.number(count)
    return turn.speech.n("{number} person", "{number} people", count, number=number)


def choices(turn: Turn, news: Announcement) -> list[Choice]:
    shown = [(f"ask:text:{tag}", f"✏️ {turn.languages.speech[tag].name}")
             for tag in turn.pack.languages]  # fmt: skip
    shown += [("ask:file", turn.t("🖼 File")), ("who", turn.t("👥 For whom"))]
    if turn.pack.news.topics or news.topic:
        shown.append(("topic", turn.t("🏷 Topic")))
    shown.append(("ask:when", turn.t("🕑 When")))
    if public_platforms(turn) or news.public:
        shown.append(("public", turn.t("📢 In public")))
    shown += [("preview", turn.t("👁 Preview and send")), ("drop", turn.t("🗑 Discard"))]
    return [Choice(label, f"staff:announce:{news.id}:{what}") for what, label in shown]


def public_platforms(turn: Turn) -> list[str]:
    return sorted(turn.session.exec(select(PublicPlace.platform)))


def choose(turn: Turn, news: Announcement, what: str, argument: str) -> None:
    """Each press on something takes it in, or out again."""
    kind, _, value = argument.partition(":") if what == "who" else (what, "", argument)
    known = offered(turn, news).get(kind, {})
    if value in known:
        turned(news, kind, value)
        turn.session.add(news)
    offers = offered(turn, news)
    kinds = ("side", "language", "platform") if what == "who" else (what,)
    shown = []
    for one in kinds:
        for key, label in offers[one].items():
            tick = "✅ " if key in chosen(news, one) else ""
            prefix = f"who:{one}" if what == "who" else what
            shown.append(Choice(tick + label, f"staff:announce:{news.id}:{prefix}:{key}"))
    back = Choice(turn.t("Done"), f"staff:announce:{news.id}:open")
    asked = {
        "who": turn.t("Who gets it? Of what you choose nothing, everybody is meant."),
        "topic": turn.t("What is it about? Who wants nothing of that does not get it."),
        "public": turn.t("Where shall everybody read it?"),
    }
    turn.say(asked[what], [*shown, back], columns=2)


def offered(turn: Turn, news: Announcement) -> dict[str, dict[str, str]]:
    """What is there, and what was chosen while it was: it can be taken out again."""
    there = {
        "side": {one.id: turn.local(one.label) for one in turn.pack.audiences},
        "language": {tag: name_of(turn, tag) for tag in turn.pack.languages},
        "platform": {name: name for name in sorted(turn.limits)},
        "topic": {one.id: turn.local(one.label) for one in turn.pack.news.topics},
        "public": {name: name for name in public_platforms(turn)},
    }
    return {
        kind: {one: one for one in chosen(news, kind) if one} | known
        for kind, known in there.items()
    }


def chosen(news: Announcement, kind: str) -> list[str]:
    lists = {
        "side": news.sides, "language": news.languages, "platform": news.platforms,
        "public": news.public, "topic": [news.topic],
    }  # fmt: skip
    return lists[kind]


def turned(news: Announcement, kind: str, value: str) -> None:
    if kind == "topic":
        news.topic = "" if news.topic == value else value
        return
    before = chosen(news, kind)
    after = [one for one in before if one != value] if value in before else [*before, value]
    names = {"side": "sides", "language": "languages", "platform": "platforms", "public": "public"}
    setattr(news, names[kind], after)
