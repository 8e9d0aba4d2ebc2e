"""New words for what was published."""

from core.announcements import life
from core.dialogs.announce import card
from core.dialogs.turn import Turn
from core.messages import Choice
from core.models import Announcement


def is_correcting(turn: Turn, news: Announcement) -> bool:
    return life.is_over(news) and str(turn.place.state.get("asks")).startswith("text:")


def ask(turn: Turn, news: Announcement, before: str = "") -> None:
    """In which language; and once it is right, everywhere."""
    shown = [
        Choice(f"✏️ {turn.languages.speech[tag].name}", f"staff:announce:{news.id}:ask:text:{tag}")
        for tag in turn.pack.languages
    ]
    done = Choice(turn.t("✅ Change it everywhere"), f"staff:announce:{news.id}:corrected")
    asked = turn.t(
        "Which text do you correct? What was sent changes with the last button; /news shows the "
        "new words at once."
    )
    turn.say("\n\n".join(filter(None, (before, card.languages(turn, news), asked))), [*shown, done])
