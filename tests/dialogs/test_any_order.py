"""Whatever people and staff do, in any order and whatever breaks: no note leaves the team, and what
people say arrives.
"""

import asyncio
import os
from collections.abc import Coroutine
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from core.messages import Kind
from tests.dialogs.game import Game, Kill
from tests.dialogs.game_checks import Checks
from tests.dialogs.game_moves import NOBODY, TEAM, USERS, Moves, opening

GAMES = int(os.environ.get("GAMES", "4"))
STEPS = int(os.environ.get("STEPS", "12"))
ANY, YES = st.integers(0, 30), st.booleans()
USER, STAFF, NUMBER = st.sampled_from(USERS), st.sampled_from(TEAM), st.integers(1, 4)
SAID = st.sampled_from((
    "// was?", "/note 1 x", "/note", "/reply 1 x", "/queue", "/staff", "/join AAAA-BBBBBBBB",
    "/show 1", "/canned", "/chat", "/done", "hello", "Thanks", "yes", "1", "/cancel", "/help",
    "forgot my password", "/news", "WORD",
))  # fmt: skip
PRESSED = st.sampled_from((
    "staff:show:1", "staff:note:1", "live:accept:1", "live:rate:1:3", "tickets:add:1", ":", "send",
))  # fmt: skip
ORDER = st.sampled_from((
    "/take", "/solve", "/reopen", "/wait", "/show", "/done", "/queue", "/user", "/canned hi",
    "/canned note", "/canned", "/give @kit", "/give @sam", "/block", "/unblock", "/stats", "/help",
    "/reply", "/note", "/sovle", "/duty on", "/duty off", "/cancel",
))  # fmt: skip
IN_PRIVATE = st.sampled_from((
    "/reply {} WORD", "/show {}", "/take {}", "/solve {}", "/reopen {}", "/canned note {}",
    "/canned {}", "/canned hi {}", "/done", "/chat", "/user {}", "/wait {}",
))  # fmt: skip
NOTES = ("// {}", "//{}", "/note {}", "  // {}", "/note@desk_bot {}", "/reply // {}", "/NOTE {}")
NOTE = st.sampled_from(NOTES)
WRITTEN = st.sampled_from((*NOTES, "WORDS", "/reply WORDS", "/canned hi", ""))
OWN_NOTE = st.sampled_from(("/note {1} {0}", "/reply {1} // {0}", "/note #{1} {0}"))
ASKED = st.sampled_from(("/note {}", "/reply {}", "staff:note:{}", "staff:reply:{}"))
TROUBLE = st.sampled_from(("lost", "busy", "down", "fine"))


class Play(RuleBasedStateMachine):
    """What is drawn depends on nothing that the desk does, so that what failed is played again."""

    def __init__(self, begun: Game, folder: Path) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.game = Game(begun.database, folder, begun)
        self.moves = Moves(self.game, said=100)
        self.checks = Checks(self.game, self.moves)

    def play(self, move: Coroutine[Any, Any, None]) -> None:
        self.runner.run(move)

    @initialize()
    def begin(self) -> None:
        self.play(self.game.open())
        self.play(self.game.settle())

    @invariant()
    def no_note_reached_anybody(self) -> None:
        self.checks.check_leaks()

    def teardown(self) -> None:
        try:
            self.play(self.checks.check_end())
        finally:
            self.runner.close()

    @rule(nth=st.integers(1, 60), late=YES)
    def the_database_breaks_next(self, nth: int, late: bool) -> None:
        self.game.doom = Kill(nth, late=late)

    @rule(turns=st.integers(1, 120))
    def the_desk_is_killed_next(self, turns: int) -> None:
        self.game.doom = Kill(turns=turns)

    @rule()
    def the_desk_is_killed_while_it_speaks(self) -> None:
        self.game.doom = Kill()

    @rule(which=st.integers(0, 2), kinds=st.lists(TROUBLE, min_size=1, max_size=4))
    def a_platform_is_in_trouble(self, which: int, kinds: list[str]) -> None:
        self.game.disturb(self.game.adapters[which], kinds)

    @rule(hasty=YES)
    def nobody_waits(self, hasty: bool) -> None:
        self.game.hasty = hasty

    @rule(seconds=st.sampled_from((15, 130, 700, 70_000)))
    def time_passes(self, seconds: float) -> None:
        self.play(self.game.pass_time(seconds))

    @rule(which=ANY, noticed=YES)
    def a_room_is_deleted(self, which: int, noticed: bool) -> None:
        self.play(self.moves.delete_room(which, noticed=noticed))

    @rule(who=USER)
    def a_ticket_is_opened(self, who: str) -> None:
        self.play(self.moves.open_ticket(self.moves.people[who]))

    @rule(who=USER, which=ANY, how=st.sampled_from(("named", "words", "file", "both")))
    def something_is_added(self, who: str, which: int, how: str) -> None:
        self.play(self.moves.add(self.moves.people[who], which, how))

    @rule(who=USER, said=SAID)
    def something_is_said(self, who: str, said: str) -> None:
        text = said.replace("WORD", self.moves.word())
        self.play(self.game.does(self.moves.people[who], text=text))

    @rule(who=USER)
    def somebody_looks_at_what_is_theirs(self, who: str) -> None:
        self.play(self.moves.look(self.moves.people[who]))

    @rule(who=USER, which=ANY, text=YES)
    def something_is_changed(self, who: str, which: int, text: bool) -> None:
        said = self.moves.word() if text else ""
        self.play(self.moves.change(self.moves.people[who], which, said))

    @rule(who=USER, what=PRESSED)
    def something_is_pressed(self, who: str, what: str) -> None:
        person = self.moves.people[who]
        if ":" in what[:-1]:
            self.play(self.game.does(person, Kind.PRESS, choice=what))
        else:
            self.play(self.moves.press(person, what))

    @rule(who=USER, gone=YES)
    def the_desk_is_shut_out(self, who: str, gone: bool) -> None:
        self.play(self.moves.come_or_go(self.moves.people[who], gone=gone))

    @rule(one=st.sampled_from((*USERS, "kit")), other=USER)
    def two_addresses_become_one_person(self, one: str, other: str) -> None:
        self.play(self.moves.link(self.moves.people[one], self.moves.people[other]))

    @rule(who=st.sampled_from(USERS[:3]), staff=STAFF, how=NOTE, in_room=YES, ends=YES)
    def a_chat(self, who: str, staff: str, how: str, in_room: bool, ends: bool) -> None:
        note, person = how.format(self.moves.secret()), self.moves.people[who]
        self.play(self.moves.chat(person, staff, note, in_room=in_room, ends=ends))

    @rule(who=STAFF, room=ANY, how=NOTE, filed=YES)
    def a_note_in_a_room(self, who: str, room: int, how: str, filed: bool) -> None:
        enclosed = self.moves.secret() if filed else ""
        note = how.format(self.moves.secret())
        self.play(self.moves.write(who, room, note, enclosed=enclosed))

    @rule(who=STAFF, room=ANY, filed=YES)
    def words_in_a_room(self, who: str, room: int, filed: bool) -> None:
        enclosed = self.moves.word() if filed else ""
        self.play(self.moves.write(who, room, self.moves.word(), enclosed=enclosed))

    @rule(who=STAFF, room=ANY, order=ORDER, noted=YES)
    def an_order_in_a_room(self, who: str, room: int, order: str, noted: bool) -> None:
        if noted:
            self.play(self.moves.write(who, room, f"// {self.moves.secret()}"))
        self.play(self.moves.write(who, room, order))

    @rule(who=STAFF, room=ANY, first=WRITTEN, then=st.lists(WRITTEN, min_size=1, max_size=2))
    def something_in_a_room_is_changed(
        self, who: str, room: int, first: str, then: list[str]
    ) -> None:
        self.play(self.moves.write_and_change(who, room, first, then))

    @rule(who=STAFF, room=ANY, how=NOTE)
    def words_become_a_note_and_words_again(self, who: str, room: int, how: str) -> None:
        then = [how, "WORDS", "/reply WORDS"]
        self.play(self.moves.write_and_change(who, room, "WORDS", then))

    @rule(who=STAFF, room=ANY, how=NOTE, first=YES)
    def an_album_with_a_note(self, who: str, room: int, how: str, first: bool) -> None:
        note = how.format(self.moves.secret())
        self.play(self.moves.send_album(who, room, note, first=first))

    @rule(who=STAFF, room=ANY, which=ANY, noted=YES)
    def an_answer_in_a_room(self, who: str, room: int, which: int, noted: bool) -> None:
        text = f"// {self.moves.secret()}" if noted else self.moves.word()
        self.play(self.moves.reply_in_room(who, room, which, text))

    @rule(who=STAFF, room=ANY, which=ANY)
    def a_button_in_a_room(self, who: str, room: int, which: int) -> None:
        self.play(self.moves.press_in_room(who, room, which))

    @rule(room=ANY, forwarded=YES, filed=YES)
    def words_of_nobody_in_a_room(self, room: int, forwarded: bool, filed: bool) -> None:
        who, secret = "sam" if forwarded else NOBODY, self.moves.secret()
        enclosed = secret if filed else ""
        self.play(self.moves.write(who, room, secret, enclosed=enclosed, forwarded=forwarded))

    @rule(who=STAFF, number=NUMBER, how=OWN_NOTE, filed=YES)
    def a_note_in_private(self, who: str, number: int, how: str, filed: bool) -> None:
        enclosed = self.moves.secret() if filed else ""
        note = how.format(self.moves.secret(), number)
        self.play(self.moves.write(who, None, note, enclosed=enclosed))

    @rule(who=STAFF, number=NUMBER, how=ASKED, filed=YES)
    def a_note_that_is_asked_for(self, who: str, number: int, how: str, filed: bool) -> None:
        enclosed = self.moves.secret() if filed else ""
        self.play(self.moves.answer_when_asked(who, how.format(number), enclosed))

    @rule(who=STAFF, number=NUMBER, note=YES)
    def something_in_private_is_changed(self, who: str, number: int, note: bool) -> None:
        self.play(self.moves.change_in_private(who, number, note=note))

    @rule(who=STAFF, number=NUMBER, order=IN_PRIVATE)
    def an_order_in_private(self, who: str, number: int, order: str) -> None:
        text = order.format(number).replace("WORD", self.moves.word())
        self.play(self.moves.write(who, None, text))

    @rule(back=YES)
    def kit_leaves_or_comes_back(self, back: bool) -> None:
        self.play(self.moves.kit_leaves_or_comes_back(back=back))


@pytest.mark.timeout(300 if GAMES < 50 else 0)
def test_whatever_is_done_no_note_leaves_the_team(sqlite_file: Path, tmp_path: Path) -> None:
    """`GAMES=10000` plays as many, outside of the daily tests; `STEPS` is the longest of a game."""
    folders = (tmp_path / f"game{number}" for number in count(1))
    begun = opening(sqlite_file, next(folders))

    class Here(Play):
        def __init__(self) -> None:
            super().__init__(begun, next(folders))

    run_state_machine_as_test(
        Here,
        settings=settings(
            max_examples=GAMES, stateful_step_count=STEPS, deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )  # fmt: skip
