"""How the desk does: today, and the last seven days, as words and as a picture."""

from core import stats
from core.dialogs.turn import Said, Turn
from core.i18n import Speech
from core.messages import Reply, StoredFile
from core.models import Staff
from core.stats_picture import LARGEST, DayShown, WeekShown, can_write, to_name


def show(turn: Turn, _caller: Staff, _argument: str) -> None:
    today = turn.now.astimezone(turn.pack.zone).date()
    days = stats.last_days(today, turn.pack.zone)
    until = days[-1][2]
    spans = {turn.t("Today"): days[-1][1], turn.t("Last 7 days"): days[0][1]}
    texts = [
        f"{title}\n{to_lines(turn, stats.figures(turn.session, since, until))}"
        for title, since in spans.items()
    ]
    week = stats.by_day(turn.session, days)
    file = picture(turn, week)
    if file is None:
        texts.append(in_words(turn, week))
    title = turn.t("How the desk does")
    turn.said.append(Said(Reply("\n\n".join(texts), title, file=file)))


def to_lines(turn: Turn, found: stats.Figures) -> str:
    lines = [
        turn.t("Opened: {count}", count=found.opened),
        turn.t("Solved: {count}", count=found.solved),
    ]
    if found.median is not None:
        lines.append(turn.t("First answer: {median}, nine of ten within {most}",
                            median=spell(found.median, turn.speech),
                            most=spell(found.most, turn.speech)))  # fmt: skip
    if found.asked:
        lines.append(turn.t("Questions: {count}, of which {share} % became no ticket",
                            count=found.asked,
                            share=round(100 * found.deflected / found.asked)))  # fmt: skip
    if found.stars is not None:
        lines.append(turn.t("Rating: {stars} of 5 ({count})", stars=f"{found.stars:.1f}",
                            count=found.ratings))  # fmt: skip
    return "\n".join(lines)


def in_words(turn: Turn, week: list[stats.Day]) -> str:
    return "\n".join(
        turn.t("{day}: {opened} opened, {solved} solved, first answer {wait}",
               day=turn.speech.weekday(one.day), opened=one.opened, solved=one.solved,
               wait=spell(one.median, turn.speech))
        for one in week
    )  # fmt: skip


def picture(turn: Turn, week: list[stats.Day]) -> StoredFile | None:
    """None where no file can be sent, or its words cannot be drawn."""
    days = [
        DayShown(
            turn.speech.weekday(one.day), one.opened, one.solved,
            "" if one.median is None else spell(one.median, turn.speech),
        )
        for one in week
    ]  # fmt: skip
    shown = WeekShown(
        turn.t("Last 7 days"), turn.t("New tickets"), turn.t("Solved tickets"),
        turn.t("First answer (median)"), days,
    )  # fmt: skip
    if turn.limits[turn.place.platform].file_out < LARGEST or not can_write(shown):
        return None
    return StoredFile(to_name(shown), "week.png", "image/png", LARGEST)


def spell(seconds: float | None, speech: Speech) -> str:
    """Hours and minutes."""
    if seconds is None:
        return "–"
    minutes = round(seconds / 60)
    return speech.t("{time} h", time=f"{minutes // 60}:{minutes % 60:02}")
