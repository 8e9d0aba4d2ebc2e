"""How much is on its way to a platform at once: enough for its pace, and not more than fits."""

from dataclasses import replace

from sqlmodel import Session

from core import outbox
from core.adapter import KeepsFiles
from core.limits import Window
from core.messages import Reply, StoredFile
from core.models import row_id
from tests.core.post import Post, hurrying
from tests.fakes.memory import ANN, BEN, FAST, MemoryAdapter
from tests.faults.waiting import until

FILM = StoredFile("ab/cd", "film.mp4", "video/mp4", 40_000_000)
"""By its name: what it holds is short."""


class Keeping(MemoryAdapter, KeepsFiles):
    """Needs to be brought each file once."""

    def has_file(self, stored_as: str) -> bool:
        return any(one.file.stored_as == stored_as for one in self.sent if one.file)


async def show(post: Post, person: str, file: StoredFile = FILM) -> None:
    def enqueue(session: Session) -> None:
        place = row_id(post.place(session, person, "memory").id)
        reply, limits = Reply("a film", file=file), post.adapter.limits
        outbox.enqueue(session, place, f"film/{person}", reply, limits, post.clock.now)

    post.files[file.stored_as] = b"film"
    await post.store.write(enqueue)


async def test_what_a_platform_takes_in_a_second_may_be_on_its_way(post: Post) -> None:
    """Otherwise a call that takes half a second halves the pace."""
    post.adapter.limits = replace(FAST, per_second=20)
    for number in range(40):
        await post.say("news", str(number))
    post.adapter.door.clear()
    async with post.at_work(monotonic=hurrying()):
        await post.adapter.until_tried(20)
        assert (await post.states()).count("sending") == 20


async def test_files_are_not_all_in_memory_at_once(post: Post) -> None:
    post.adapter.limits = replace(FAST, file_out=FILM.size)
    people = [str(number) for number in range(5)]
    for person in people:
        await show(post, person)
    await post.say("an answer")
    post.adapter.door.clear()
    async with post.at_work() as delivery:
        await post.adapter.until_tried(2)
        assert [one.text for one in post.adapter.tried] == ["a film", "an answer"]
        post.adapter.door.set()
        for tried in range(3, 7):
            post.clock.forward(1)
            delivery.wake()
            await post.adapter.until_tried(tried)
    assert {one.address.chat for one in post.adapter.sent} == {*people, ANN}
    assert all((row.attempts, row.reason) == (1, "") for row in await post.rows())


async def test_a_file_larger_than_that_goes_alone(post: Post) -> None:
    post.adapter.limits = replace(FAST, file_out=10**9)
    await show(post, BEN, replace(FILM, size=10**9))
    await post.deliver()
    assert await post.states() == ["sent"]


async def test_what_a_platform_has_already_is_not_read_again(post: Post) -> None:
    post.adapter = Keeping(replace(FAST, file_out=FILM.size), post.clock)
    await show(post, ANN)
    await post.deliver()
    await show(post, BEN)
    post.files.clear()
    await post.deliver()
    assert [one.file and one.file.data for one in post.adapter.sent] == [b"film", b""]
    assert await post.states() == ["sent", "sent"]


async def test_what_needs_no_memory_waits_for_none(post: Post) -> None:
    post.adapter = Keeping(replace(FAST, file_out=FILM.size), post.clock)
    await show(post, ANN)
    await post.deliver()
    people = [str(number) for number in range(5)]
    for person in people:
        await show(post, person)
    post.adapter.door.clear()
    async with post.at_work():
        await post.adapter.until_tried(6)


async def test_what_waits_for_memory_is_not_counted_as_sent(post: Post) -> None:
    post.adapter.limits = replace(FAST, file_out=FILM.size, windows=(Window(10, 3600),))
    for person in (ANN, BEN):
        await show(post, person)
    post.adapter.door.clear()
    async with post.at_work() as delivery:
        await post.adapter.until_tried(1)
        await until(lambda: delivery.left()["memory"][0][1] == 9)
        post.adapter.door.set()
        post.clock.forward(1)
        delivery.wake()
        await post.adapter.until_sent(2)
        assert delivery.left()["memory"][0][1] == 8
