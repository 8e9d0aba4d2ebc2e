"""A question in somebody's own words: an answer, up to five suggestions, or an honest "I do not
know".
"""

from core.asked import set_outcome
from core.cleaning import split_text
from core.dialogs.menu import menu_choice, support_choice
from core.dialogs.outcome import own_question
from core.dialogs.turn import Turn, to_id
from core.faq import Shown
from core.faq_matcher import Found, Match
from core.messages import Choice
from core.models import row_id
from core.questions import SUGGESTIONS, to_show

OFFERED = 2
"""To how many of their tickets words are offered to be added."""
CHOSEN = "chosen"
"""What came of a question, as far as we know, when one of the suggestions was opened."""


def ask(turn: Turn) -> None:
    """Answer what the FAQ found for the turn's text."""
    found = turn.found or Found("none", (), 0.0)
    follow_language(turn, found.language)
    if found.verdict == "answer" and give(turn, found.matches[0], "answer"):
        return
    if found.verdict != "none" and suggest(turn, found.matches):
        return
    admit(turn, found)


def ask_in_the_open(turn: Turn) -> None:
    """The same where others read along: what is pressed there goes on in private, so no button
    holds anything of the one who asked.
    """
    found = turn.found or Found("none", (), 0.0)
    follow_language(turn, found.language)
    shown = [
        (match, text)
        for match in to_show(found)
        if (text := turn.questions.text(turn.session, match.entry, *wanted(turn)))
    ]
    best = shown[0][0] if shown else Match("", 0.0)
    remember(turn, found.verdict if shown else "none", best.entry, best.unshifted)
    if not shown:
        turn.say(
            turn.t(
                "I do not know the answer to that, but our support team can find it. Press the "
                "button to write to them: only you see what follows."
            ),
            [support_choice(turn)],
        )
    elif found.verdict == "answer":
        turn.say(in_words(turn, shown[0][1]), [support_choice(turn)], title=shown[0][1].question)
    else:
        entries = [Choice(text.question, f"entry:{match.entry}") for match, text in shown]
        turn.say(offer(turn, [text for _, text in shown]), [*entries, support_choice(turn)])


def follow_language(turn: Turn, asked_in: str) -> None:
    """Many people's apps speak another language than they do; who writes it gets it."""
    if asked_in in turn.languages.speech and not turn.contact.chose_language:
        turn.contact.language = asked_in


def give(turn: Turn, match: Match, verdict: str) -> bool:
    """False when the entry has gone since it was matched."""
    text = turn.questions.text(turn.session, match.entry, *wanted(turn))
    if text is None:
        return False
    show_entry(turn, text, remember(turn, verdict, match.entry, match.unshifted), is_asked=True)
    return True


def suggest(turn: Turn, matches: tuple[Match, ...]) -> bool:
    shown = [
        (match, text)
        for match in matches[:SUGGESTIONS]
        if (text := turn.questions.text(turn.session, match.entry, *wanted(turn)))
    ]
    if not shown:
        return False
    asked = remember(turn, "suggest", shown[0][0].entry, shown[0][0].unshifted)
    choices = [Choice(text.question, f"entry:{match.entry}:{asked}") for match, text in shown]
    nothing = Choice(turn.t("None of these"), f"asked:{asked}:ticket")
    said = offer(turn, [text for _, text in shown])
    turn.say(said, [*choices, *additions(turn, asked), nothing])
    return True


def offer(turn: Turn, texts: list[Shown]) -> str:
    """Words before suggestions, saying so when some are in another language than theirs."""
    foreign = any(text.language != turn.speech.language for text in texts)
    note = "\n\n" + turn.t("(Some of them I have only in another language.)") if foreign else ""
    return turn.t("I am not sure. Did you mean one of these?") + note


def admit(turn: Turn, found: Found) -> None:
    """Say honestly that we do not know, and offer the support team."""
    best = found.matches[0] if found.matches else None
    asked = remember(turn, "none", best.entry if best else "", best.unshifted if best else 0.0)
    turn.say(
        turn.t(
            "I do not know the answer to that. Our support team does: shall I pass it on? Your "
            "words are kept, you need not write them again."
        ),
        [
            *additions(turn, asked),
            support_choice(turn, f"asked:{asked}:ticket"),
            menu_choice(turn),
        ],
        columns=2,
    )  # fmt: skip


def additions(turn: Turn, asked: int) -> list[Choice]:
    """Many answer the team without a reply to its message: what they wrote may be for a ticket."""
    return [
        Choice(turn.t("Add to ticket {number}", number=number), f"tickets:asked:{number}:{asked}")
        for number in turn.questions.unsolved(turn.session, turn.contact, OFFERED)
    ]


def show_entry(turn: Turn, text: Shown, asked: int, *, is_asked: bool) -> None:
    """Whoever came by topics has asked nothing in words."""
    question = turn.t("Did this help?")
    turn.say(
        f"{in_words(turn, text)}\n\n{question}",
        [
            Choice(turn.t("👍 Yes"), f"asked:{asked}:helped"),
            Choice(turn.t("👎 No"), f"asked:{asked}:not_helped"),
            *(additions(turn, asked) if is_asked else []),
            support_choice(turn, f"asked:{asked}:ticket"),
        ],
        title=text.question,
        columns=2,
    )  # fmt: skip


def in_words(turn: Turn, text: Shown) -> str:
    """The answer, saying so when it is in another language than theirs."""
    foreign = text.language != turn.speech.language
    note = turn.t("(I have this only in another language.)") + "\n\n" if foreign else ""
    return f"{note}{shortened(turn, text)}"


def shortened(turn: Turn, text: Shown) -> str:
    """The answer, or, where people read short things, its beginning and where it goes on."""
    brief = turn.limits[turn.place.platform].brief
    page = turn.pack.page_of(text.entry_id, text.language)
    if not page or not brief or len(text.answer) <= brief:
        return text.answer
    begun = split_text(text.answer, brief)[0]
    return f"{begun} …\n\n" + turn.t("The whole answer: {page}", page=page)


def wanted(turn: Turn) -> tuple[str, str]:
    """The person's language, and the one to fall back to."""
    return turn.speech.language, turn.pack.fallback_language


def remember(turn: Turn, verdict: str, entry: str, confidence: float, outcome: str = "") -> int:
    turn.questions.rows.append(
        {
            "id": turn.heard,
            "address_id": row_id(turn.place.id),
            "at": turn.now,
            "text": "" if verdict == "browse" else turn.text,
            "language": turn.speech.language,
            "audience": turn.contact.audience,
            "verdict": verdict,
            "entry_id": entry,
            "confidence": confidence,
            "outcome": outcome,
            "settled": "",
        }
    )
    return turn.heard


def press_entry(turn: Turn, argument: str) -> None:
    """An entry chosen from suggestions (`entry:ID:ASKED`) or from a topic (`entry:ID`)."""
    entry, _, asked = argument.partition(":")
    text = turn.questions.text(turn.session, entry, *wanted(turn))
    if text is None:
        return turn.say(
            turn.t("This answer is no longer in our help. Write your question, or choose."),
            [menu_choice(turn), support_choice(turn)],
            columns=2,
        )
    question = own_question(turn, asked)
    if question:
        set_outcome(turn.session, question.id, question.outcome or CHOSEN)
    number = to_id(asked) or remember(turn, "browse", entry, 1.0)
    return show_entry(turn, text, number, is_asked=question is not None)
