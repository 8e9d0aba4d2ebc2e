"""A draft as its readers will see it, and the button that sends it."""

from dataclasses import replace
from hashlib import blake2b

from core.announcements import colleagues, life
from core.announcements.audience import Group, groups
from core.announcements.drafts import watch_from
from core.announcements.figures import Figures, figures
from core.announcements.showing import progress
from core.announcements.stranded import where_off
from core.announcements.wording import seconds_for, texts_of
from core.dialogs.announce import card, looking
from core.dialogs.turn import Said, Turn
from core.messages import Choice
from core.models import Announcement, NewsState


def preview(turn: Turn, news: Announcement) -> None:
    """The very messages, and what other platforms make of them."""
    if is_ready(turn, news):
        turn.enter("announce", {"draft": news.id, "asks": ""})
        looking.show_here(turn, news)
        offer(turn, news)


def look(turn: Turn, news: Announcement, where: str) -> None:
    """As that platform shows it."""
    if is_ready(turn, news):
        looking.look(turn, news, where)
        offer(turn, news)


def offer(turn: Turn, news: Announcement) -> None:
    """The button that sends it, with the number of people on it."""
    found = groups(turn.session, news, turn.pack)
    count = sum(people for _, _, people in found)
    label = (
        turn.t("✅ Ask for approval")
        if turn.pack.news.approval
        else turn.t("✅ Send to {count}", count=turn.speech.number(count))
    )
    turn.say(
        summary(turn, news, found),
        [
            Choice(label, f"staff:announce:{news.id}:send:{fingerprint(turn, news)}"),
            Choice(turn.t("✏️ Change"), f"staff:announce:{news.id}:open"),
            *looking.choices(news, found),
        ],
        title=turn.t("Shall it go out so?"),
        columns=2,
    )


def summary(turn: Turn, news: Announcement, found: list[Group]) -> str:
    """Where, how often, to how many, and when."""
    shown = (looking.in_short(turn, news, found), card.audience(turn, news, found), at(turn, news))
    return "\n\n".join(filter(None, shown))


def judge(turn: Turn, news: Announcement) -> None:
    """What somebody else wrote, as its readers will see it, and what can be done about it."""
    shown = progress(news, Figures(), 0.0, turn.speech)
    found = groups(turn.session, news, turn.pack)
    text = "\n\n".join((card.facts(turn, news), summary(turn, news, found)))
    turn.say(text, (*shown.choices, *looking.choices(news, found)), title=shown.title, columns=2)


def at(turn: Turn, news: Announcement) -> str:
    if news.at is None or news.at <= turn.now:
        return ""
    return turn.t("It goes out {at}.", at=turn.speech.moment(news.at, turn.pack.zone))


def is_ready(turn: Turn, news: Announcement) -> bool:
    try:
        life.check(turn.session, news)
    except life.Empty:
        card.show(turn, news, turn.t("There is no text yet: write it first."))
    except life.FileMissing:
        card.show(turn, news, turn.t(
            "The file is not here yet, or could not be kept. Try again in a moment, or send it "
            "again."
        ))  # fmt: skip
    else:
        if news.at and news.at <= turn.now:
            news.at = None
            turn.session.add(news)
            card.show(turn, news, turn.t("The time you had set is over: it would go out now."))
            return False
        return True
    return False


def fingerprint(turn: Turn, news: Announcement) -> str:
    """Of what the preview shows: an old button sends nothing that was not seen."""
    texts = sorted((tag, one.title, one.text) for tag, one in texts_of(turn.session, news).items())
    shown = (texts, news.evidence_id, news.file, news.sides, news.languages, news.platforms,
             news.topic, news.public, news.at)  # fmt: skip
    return blake2b(repr(shown).encode(), digest_size=6).hexdigest()


def send(turn: Turn, news: Announcement, seen: str) -> None:
    """Of two who press at once, one sends it; the other sees how far it is."""
    if not is_ready(turn, news):
        return None
    if seen != fingerprint(turn, news):
        turn.say(turn.t("It was changed since you saw it. Please look again."))
        return preview(turn, news)
    press = life.Press(turn.pack, turn.languages, turn.limits)
    confirmed = life.confirm(turn.session, news, press, turn.now)
    turn.leave()
    if not confirmed:
        return follow(turn, news)
    if news.state == NewsState.WAITING:
        told = colleagues.ask(turn.session, news, press, turn.now)
        turn.say(
            turn.t("It waits for a second person. All who may agree are told.")
            if told
            else turn.t(
                "It waits for a second person, but there is nobody else who may publish: "
                "`frontdesk staff invite NAME --role publisher` makes an invitation."
            )
        )
    return follow(turn, news)


def follow(turn: Turn, news: Announcement) -> None:
    """How far it is: in a message that keeps changing for the one who watches, and as it is now for
    others.
    """
    now = figures(turn.session, news)
    seconds = max(
        (seconds_for(left, turn.limits[name]) for name, left in now.sends_left.items()), default=0.0
    )
    shown = progress(news, now, seconds, turn.speech)
    off = where_off(now, turn.limits, turn.speech)
    shown = replace(shown, text="\n".join(filter(None, (shown.text, off))))
    if news.state in (NewsState.WAITING, NewsState.SCHEDULED):
        own = tuple(one for one in shown.choices if not one.value.endswith(":approve"))
        shown = replace(shown, text=at(turn, news), choices=own)
    watcher = colleagues.watcher_of(turn.session, news)
    if watcher and turn.who and watcher.id != turn.who.id:
        again = Choice(turn.t("🔄 And now?"), f"staff:announce:{news.id}:open")
        watched = turn.t("{name} sees how it ends.", name=watcher.name)
        text = "\n\n".join(filter(None, (shown.text, watched)))
        turn.said.append(Said(replace(shown, text=text, choices=(*shown.choices, again))))
        return
    name = f"news{news.id}"
    turn.said.append(Said(shown, name=name))
    watch_from(turn.session, news, turn.place, f"in:{turn.heard}/{name}")
