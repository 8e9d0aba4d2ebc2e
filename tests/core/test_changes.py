"""Messages that bring a file along, and those that change what was said."""

from dataclasses import replace
from functools import partial

import pytest
from sqlalchemy import update
from sqlmodel import Session

from core import outbox
from core.adapter import Refused, Unknown
from core.limits import Limits
from core.messages import Choice, Enclosed, Reply, StoredFile
from core.models import Rank, Sending, row_id
from tests.core.post import LEASE, Post
from tests.fakes.memory import ANN, FAST

PICTURE = StoredFile("ab/cd", "screen.png", "image/png", 5)
SHORT = replace(FAST, text=20, caption=10)
FIXED = replace(FAST, edits=False, withdraws=False)
CAUSE = "said:1"


async def say(post: Post, reply: Reply, limits: Limits = FAST, rank: Rank = Rank.ANSWER) -> None:
    def put(session: Session) -> None:
        place = row_id(post.place(session, ANN, "memory").id)
        outbox.enqueue(session, place, CAUSE, reply, limits, post.clock.now, rank=rank)

    await post.store.write(put)


async def revise(post: Post, reply: Reply, limits: Limits = FAST, again: str = "edit:1") -> bool:
    def change(session: Session) -> bool:
        place = row_id(post.place(session, ANN, "memory").id)
        now = post.clock.now
        return outbox.revise(session, place, CAUSE, reply, limits, now, again=again)

    return await post.store.write(change)


async def withdraw(post: Post, limits: Limits = FAST) -> bool:
    def change(session: Session) -> bool:
        place = row_id(post.place(session, ANN, "memory").id)
        return outbox.withdraw(session, place, CAUSE, limits, post.clock.now, again="back:1")

    return await post.store.write(change)


@pytest.fixture(autouse=True)
def stored(post: Post) -> None:
    post.files[PICTURE.stored_as] = b"bytes"


async def test_a_file_goes_out_with_its_words_below_it(post: Post) -> None:
    await say(post, Reply("Look", "Title", file=PICTURE))
    await post.deliver()
    (shown,) = post.adapter.sent
    assert shown.file == Enclosed("screen.png", "image/png", b"bytes", "", PICTURE.stored_as)
    assert (shown.title, shown.text) == ("Title", "Look")


async def test_words_that_it_cannot_carry_follow_it(post: Post) -> None:
    await say(post, Reply("Twelve words", choices=(Choice("Yes", "yes"),), file=PICTURE), SHORT)
    await post.deliver()
    first, second = post.adapter.sent
    assert first.file is not None
    assert (first.text, first.choices) == ("", ())
    assert (second.text, second.file) == ("Twelve words", None)
    assert second.choices == (Choice("Yes", "yes"),)


async def test_a_file_larger_than_the_platform_takes_is_named(post: Post) -> None:
    film = replace(PICTURE, name="film.mov", size=12_340_000)
    await say(post, Reply("Look", file=film))
    await post.deliver()
    assert post.shown == ["Look\n\n📎 film.mov (12.3 MB)"]


async def test_a_file_that_is_gone_fails_visibly_and_holds_up_nobody(post: Post) -> None:
    post.files.clear()
    await say(post, Reply("Look", file=PICTURE))
    await post.say("next")
    await post.deliver()
    assert [(row.state, row.reason) for row in await post.rows()] == [
        ("failed", "its file is gone"),
        ("sent", ""),
    ]


async def test_what_was_said_is_said_otherwise_where_it_stands(post: Post) -> None:
    await say(post, Reply("Look", file=PICTURE))
    await post.deliver()
    assert await revise(post, Reply("See", choices=(Choice("Yes", "yes"),)))
    await post.deliver()
    (shown,) = post.adapter.sent
    assert (shown.text, shown.choices) == ("See", (Choice("Yes", "yes"),))
    assert shown.file is not None


async def test_what_nobody_has_claimed_is_changed_before_it_goes(post: Post) -> None:
    await say(post, Reply("Lok"))
    assert await revise(post, Reply("Look"))
    await post.deliver()
    assert post.shown == ["Look"]
    assert len(post.adapter.tried) == 1


async def test_a_change_of_what_is_on_its_way_comes_after_it(post: Post) -> None:
    await say(post, Reply("Lok"))
    await post.claim()
    assert await revise(post, Reply("Look"))
    post.clock.forward(2 * LEASE)
    await post.deliver()
    assert [one.text for one in post.adapter.tried] == ["Lok", "Look"]
    assert post.shown == ["Look"]


@pytest.mark.parametrize(
    ("before", "after"),
    [("one two three four five six", "one"), ("one", "one two three four five six")],
)
async def test_parts_are_added_or_taken_back(post: Post, before: str, after: str) -> None:
    await say(post, Reply(before), SHORT)
    await post.deliver()
    assert await revise(post, Reply(after), SHORT)
    await post.deliver()
    assert " ".join(post.shown) == after


async def test_words_below_a_file_become_no_longer_than_it_can_carry(post: Post) -> None:
    await say(post, Reply("Look", file=PICTURE), SHORT)
    await post.deliver()
    assert await revise(post, Reply("one two three four"), SHORT)
    await post.deliver()
    assert post.shown == ["one two", "three four"]
    assert post.adapter.sent[0].file is not None


async def test_where_nothing_can_be_changed_it_is_said_as_well(post: Post) -> None:
    await say(post, Reply("Lok"), FIXED)
    await post.deliver()
    assert await revise(post, Reply("Look"), FIXED)
    assert await revise(post, Reply("Look"), FIXED)
    await post.deliver()
    assert post.shown == ["Lok", "✏️ Look"]
    assert not await withdraw(post, FIXED)


async def test_what_was_said_is_taken_back_file_and_all(post: Post) -> None:
    await say(post, Reply("Twelve words", file=PICTURE), SHORT)
    await post.deliver()
    assert await withdraw(post)
    await post.deliver()
    assert post.shown == []


async def test_what_is_taken_back_before_it_went_never_goes(post: Post) -> None:
    await say(post, Reply("Look"), FIXED)
    assert await withdraw(post, FIXED)
    await post.deliver()
    assert post.adapter.tried == []
    assert (await post.row()).reason == "taken back before it was sent"


async def test_of_what_was_never_said_nothing_is_changed(post: Post) -> None:
    await post.say("something else", ANN)
    assert not await revise(post, Reply("Look"))
    assert not await withdraw(post)


async def test_a_change_of_what_never_arrived_fails_visibly(post: Post) -> None:
    post.adapter.faults.append(Refused("too long", gone=False))
    await say(post, Reply("Lok"))
    await post.deliver()
    await revise(post, Reply("Look"))
    await post.deliver()
    assert [row.reason for row in await post.rows()] == [
        "too long",
        "what it changes never arrived",
    ]


async def test_a_change_in_doubt_is_made_again_also_of_news(post: Post) -> None:
    await say(post, Reply("Lok"), rank=Rank.ANNOUNCEMENT)
    await post.deliver()
    await revise(post, Reply("Look"))
    await post.store.write(
        lambda session: session.exec(update(Sending).values(rank=Rank.ANNOUNCEMENT.value))
    )
    post.adapter.faults.append(Unknown("no answer"))
    await post.deliver()
    post.clock.forward(5)
    await post.deliver()
    assert post.shown == ["Look"]
    assert await post.states() == ["sent", "sent"]


async def test_a_change_that_a_crash_interrupted_is_made_again(post: Post) -> None:
    await say(post, Reply("Lok"), rank=Rank.ANNOUNCEMENT)
    await post.deliver()
    await revise(post, Reply("Look"))
    await post.claim()
    post.clock.forward(2 * LEASE)
    await post.store.write(partial(outbox.resolve_doubt, now=post.clock.now))
    await post.deliver()
    assert post.shown == ["Look"]
