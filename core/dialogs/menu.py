"""Greeting, the main menu, help, language and side; and the way out of whatever was begun."""

from core.dialogs.turn import Turn
from core.i18n import mark
from core.messages import Choice

COMMANDS = {
    "start": mark("Begin, and see the menu"),
    "help": mark("What I can do"),
    "ticket": mark("Write to the support team"),
    "tickets": mark("Your tickets"),
    "billing": mark("Who took a payment"),
    "chat": mark("Talk to a person"),
    "news": mark("News of the platform"),
    "subscribe": mark("Get the news here"),
    "unsubscribe": mark("No more news here"),
    "quiet": mark("Hours in which no news comes"),
    "language": mark("Change the language"),
    "link": mark("Be known on another platform, too"),
    "cancel": mark("Stop what was begun"),
}
"""The commands that a platform may show, and what they do."""


def support_choice(turn: Turn, value: str = "ticket:new") -> Choice:
    """The way to the support team, with which every chapter ends."""
    return Choice(turn.t("✉️ Write to the support team"), value)


def menu_choice(turn: Turn) -> Choice:
    return Choice(turn.t("🏠 Menu"), "menu:home")


def start(turn: Turn, _argument: str = "") -> None:
    """Greet. Somebody new is asked who they are; everybody else sees the menu."""
    name = turn.contact.name
    hello = turn.t("Hello {name}!", name=name) if name else turn.t("Hello!")
    welcome = turn.local(turn.pack.welcome)
    if turn.contact.audience:
        show_home(turn, f"{hello} {welcome}")
    else:
        ask_side(turn, f"{hello} {welcome}")


def ask_side(turn: Turn, before: str = "") -> None:
    question = turn.t("Who are you here? You can also just write your question.")
    choices = [
        Choice(turn.local(audience.label), f"side:{audience.id}")
        for audience in turn.pack.audiences
    ]
    turn.say(f"{before}\n\n{question}".strip(), choices)


def press_side(turn: Turn, audience: str) -> None:
    if audience not in {known.id for known in turn.pack.audiences}:
        return ask_side(turn)
    turn.contact.audience = audience
    return show_home(turn, turn.t("Thank you. I show what fits you first."))


def show_home(turn: Turn, before: str = "") -> None:
    """The menu: topics for the person's side, and everything else one press away."""
    intro = turn.t("Write your question in your own words, or choose a topic.")
    topics = [
        Choice(turn.local(topic.label), f"topic:{topic.id}:0")
        for topic in turn.pack.topics
        if not turn.contact.audience or turn.contact.audience in topic.audiences
    ]
    turn.say(
        f"{before}\n\n{intro}".strip(),
        [
            *topics,
            Choice(turn.t("💳 Who took a payment?"), "billing:ask"),
            Choice(turn.t("🗂 Your tickets"), "tickets:list"),
            Choice(turn.t("💬 Talk to a person"), "live:ask"),
            Choice(turn.t("📣 News"), "news:show"),
            Choice(turn.t("🌍 Language"), "language:ask"),
            support_choice(turn),
        ],
        title=turn.local(turn.pack.name),
        columns=2,
    )


def press_menu(turn: Turn, argument: str) -> None:
    if argument == "cancel":
        cancel(turn)
    else:
        show_home(turn)


def help_(turn: Turn, _argument: str = "") -> None:
    offered = turn.limits[turn.place.platform].commands
    named = [(as_offered(turn, name), does) for name, does in offered] or [
        (f"/{name}", does) for name, does in COMMANDS.items()
    ]
    commands = "\n".join(f"{name}  {turn.t(does)}" for name, does in named)
    intro = turn.t(
        "Write your question in your own words, at any time. If I know the answer, you get it at "
        "once. If not, I say so, and the support team takes over: you get a reply within {hours} "
        "hours.",
        hours=hours(turn),
    )
    turn.say(f"{intro}\n\n{commands}", [menu_choice(turn), support_choice(turn)], columns=2)


def as_offered(turn: Turn, command: str) -> str:
    """A command as the app of its reader names it, whatever language they speak with us."""
    languages, tag = turn.languages, turn.inbound.sender.language
    if not tag:
        return turn.t(command)
    return languages.speak(tag).t(command) if languages.knows(tag) else command


def hours(turn: Turn) -> int:
    return round(turn.pack.reply_within.total_seconds() / 3600)


def language(turn: Turn, argument: str = "") -> None:
    """Ask for the language, or take the one that was named."""
    named = argument.strip().lower()
    for speech in turn.languages.speech.values():
        if named and named in (speech.language.lower(), speech.name.lower()):
            return press_language(turn, speech.language)
    choices = [
        Choice(speech.name, f"language:{speech.language}")
        for speech in turn.languages.speech.values()
    ]
    return turn.say(turn.t("Which language shall I speak?"), choices)


def press_language(turn: Turn, tag: str) -> None:
    if tag not in turn.languages.speech:
        return language(turn)
    turn.contact.language, turn.contact.chose_language = tag, True
    return turn.say(turn.t("I speak English with you from now on."), [menu_choice(turn)])


def welcome(turn: Turn, _argument: str = "") -> None:
    """Thanks are no question: the FAQ would answer them with what is nearest."""
    turn.say(turn.t("You are welcome. If there is anything else, just write."), [menu_choice(turn)])


def cancel(turn: Turn, _argument: str = "") -> None:
    """Whoever writes “stop” when nothing was begun may mean the news."""
    ends = []
    if turn.place.dialog:
        turn.leave()
        said = turn.t("Stopped. Nothing was sent.")
    else:
        said = turn.t("There is nothing to stop. Write your question, or choose.")
        if turn.place.subscribed:
            ends = [Choice(turn.t("🔕 No more news"), "news:off")]
    turn.say(said, [*ends, menu_choice(turn), support_choice(turn)], columns=2)
