"""News of the platform: what it is, and whether it comes to this address."""

from core.dialogs.menu import menu_choice
from core.dialogs.turn import Turn
from core.messages import Choice


def news(turn: Turn, _argument: str = "") -> None:
    if turn.place.subscribed:
        said = turn.t("No news has been published yet. What comes reaches you here.")
        choice = Choice(turn.t("🔕 No more news"), "news:off")
    else:
        said = turn.t("No news has been published yet. Shall it reach you here?")
        choice = Choice(turn.t("🔔 Get the news"), "news:on")
    turn.say(said, [choice, menu_choice(turn)], columns=2)


def subscribe(turn: Turn, _argument: str = "") -> None:
    turn.place.subscribed = True
    said = turn.t("You get the platform's news here. /unsubscribe ends it.")
    turn.say(said, [Choice(turn.t("🔕 No more news"), "news:off"), menu_choice(turn)], columns=2)


def unsubscribe(turn: Turn, _argument: str = "") -> None:
    turn.place.subscribed = False
    said = turn.t("You get no more news here. Answers and tickets reach you as before.")
    turn.say(said, [Choice(turn.t("🔔 Get the news"), "news:on"), menu_choice(turn)], columns=2)


def press_news(turn: Turn, argument: str) -> None:
    {"on": subscribe, "off": unsubscribe}.get(argument, news)(turn)
