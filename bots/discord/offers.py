"""What people can ask of the desk, and its staff can do, by commands."""

from dataclasses import dataclass

from core.i18n import mark

QUESTION, WORDS = 2000, 4000
"""Letters of a question, and of whatever else is said by it in a server: as many as of a message.
And of what the staff write.
"""


@dataclass(frozen=True, slots=True)
class Option:
    """`shown` as in `Command`; `most` letters can be written."""

    name: str
    shown: str
    does: str
    required: bool = False
    completed: bool = False
    most: int = QUESTION


@dataclass(frozen=True, slots=True)
class Command:
    """`shown` is how its name is translated, with the slash before it; empty where it is not."""

    name: str
    shown: str
    does: str
    option: Option | None = None


DONE = Command("done", "", mark("End the conversation"))
COMMANDS = (
    Command(
        "ask",
        mark("/ask"),
        mark("Ask a question"),
        Option("question", mark("/question"), mark("Your question in your own words"), True, True),
    ),
    Command(
        "ticket",
        mark("/ticket"),
        mark("Write to the support team"),
        Option("number", mark("/number"), mark("Of a ticket that you want to see")),
    ),
    Command("tickets", mark("/tickets"), mark("Your tickets")),
    Command(
        "billing",
        mark("/billing"),
        mark("Who took a payment"),
        Option("name", mark("/name"), mark("As it stands on your statement")),
    ),
    Command("chat", "", mark("Talk to a person")),
    DONE,
    Command("news", mark("/news"), mark("News of the platform")),
    Command("subscribe", "", mark("Get the news here")),
    Command("unsubscribe", "", mark("No more news here")),
    Command(
        "quiet",
        "",
        mark("Hours in which no news comes"),
        Option("hours", "", mark("Such as 22-8; off ends it")),
    ),
    Command("language", mark("/language"), mark("Change the language")),
    Command(
        "link",
        "",
        mark("Be known on another platform, too"),
        Option("code", "", mark("The code that you got there")),
    ),
    Command("cancel", "", mark("Stop what was begun")),
    Command("help", mark("/help"), mark("What I can do")),
)
OFFERED = tuple((one.shown or f"/{one.name}", one.does) for one in COMMANDS)
"""As help tells of them."""


def some(does: str, most: int = QUESTION) -> Option:
    """What may follow a command of the staff."""
    return Option("text", "", does, most=most)


TICKET = some(mark("Number of the ticket"))
TICKET_AND_WORDS = some(mark("Number of the ticket, and the words"), WORDS)
STAFF_COMMANDS = (
    Command(
        "queue",
        "",
        mark("Tickets that wait"),
        some(mark("A side, a language, mine, free, waiting, solved or all")),
    ),
    Command("show", "", mark("A ticket with all that happened"), TICKET),
    Command("take", "", mark("Take a ticket"), TICKET),
    Command(
        "give", "", mark("Give a ticket to somebody"), some(mark("Number of the ticket, and @name"))
    ),
    Command("reply", "", mark("Answer the person"), TICKET_AND_WORDS),
    Command("note", "", mark("Write a note for the team only"), TICKET_AND_WORDS),
    Command("wait", "", mark("The ticket waits for the person"), TICKET),
    Command("solve", "", mark("The ticket is settled"), TICKET),
    Command("reopen", "", mark("The ticket is not settled after all"), TICKET),
    Command(
        "faq",
        "",
        mark("A ticket's subject is answered by an entry from now on"),
        some(mark("Number of the ticket, and the entry")),
    ),
    Command(
        "canned",
        "",
        mark("Saved replies"),
        some(
            mark("A reply and the ticket; save, its name and the words; or drop, its name"), WORDS
        ),
    ),
    Command("user", "", mark("Whoever wrote a ticket"), TICKET),
    Command("block", "", mark("Shut out whoever wrote a ticket"), TICKET),
    Command("unblock", "", mark("Let in again whoever wrote a ticket"), TICKET),
    Command("duty", "", mark("Be told of new tickets"), some(mark("off ends it"))),
    Command("stats", "", mark("How the desk does")),
    Command("staff", "", mark("What the team can do")),
    Command("join", "", mark("Join the team"), some(mark("The code of your invitation"))),
    DONE,
    Command("announce", "", mark("Publish news"), some(mark("What it is about"), WORDS)),
    Command("announcements", "", mark("What was published"), some(mark("Number of the news"))),
)
"""Each takes what would be written behind it; the desk looks who calls."""
