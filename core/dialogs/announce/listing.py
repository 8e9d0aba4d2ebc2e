"""`/announcements`: what was written and published, the newest first."""

from core.announcements import drafts
from core.announcements.showing import title
from core.announcements.wording import spoken_in, texts_of
from core.cleaning import clean_line
from core.dialogs.announce import following
from core.dialogs.turn import Turn, to_id
from core.messages import Choice
from core.models import Announcement, NewsState, Staff

SHOWN = 10
LINE = 60


def show(turn: Turn, _caller: Staff, argument: str) -> None:
    """All, or the one whose number stands behind it."""
    named = turn.session.get(Announcement, to_id(argument.strip().lstrip("#")))
    if named and named.state != NewsState.DRAFT:
        return following.show(turn, named)
    found = drafts.newest(turn.session, SHOWN)
    if not found:
        return turn.say(turn.t("No news has been written yet. /announce begins."))
    lines = [f"{title(news, turn.speech)} · {words(turn, news)}" for news in found]
    return turn.say(
        "\n".join(lines),
        [Choice(f"{news.id} · {words(turn, news)}", f"staff:announce:{news.id}:open")
         for news in found],
        title=turn.t("Platform news"),
    )  # fmt: skip


def words(turn: Turn, news: Announcement) -> str:
    texts = texts_of(turn.session, news)
    if not texts:
        return "–"
    said = spoken_in(texts, turn.contact.language, turn.pack)
    return clean_line(said.title or said.text, LINE)
