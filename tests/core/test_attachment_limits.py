"""What is not taken as evidence, and what people are told then."""

from pathlib import Path

import pytest

from core.adapter import TooLarge
from core.attachments.words import explain
from core.i18n import Languages
from core.limits import Limits
from core.messages import Attachment
from core.models import EvidenceState
from core.store import Store
from tests.conftest import Clock
from tests.core.evidence import CONTENT, World, document, fetch_all


@pytest.fixture
def world(store: Store, clock: Clock, languages: Languages, tmp_path: Path) -> World:
    return World(store, clock, languages, tmp_path / "files")


async def test_what_people_and_platforms_claim_is_cleaned_before_it_is_written(
    world: World,
) -> None:
    numbers = await world.send(
        Attachment("a", "document", "a.jpg\u200b.php\0", "text/\0html\r\n", 10**400),
        Attachment("b", "document", "\u202egpj.exe", "x" * 5000, -5),
        Attachment("c", "voice"),
    )
    rows = [await world.row(number) for number in numbers]
    for row in rows:
        assert row.name.isprintable()
        assert row.declared_type.isprintable()
        assert len(row.declared_type) <= 100
    assert [row.declared_size for row in rows] == [2**63 - 1, 0, None]
    assert rows[2].name == "voice"


async def test_a_declared_size_over_the_limit_is_refused_without_fetching(world: World) -> None:
    (number,) = await world.send(document(name="film.mp4", size=20_000_001), language="de")
    world.shelf.limits = Limits(text=4096, file_in=20_000_000)
    await fetch_all(world.attachments())
    await fetch_all(world.attachments())
    row = await world.row(number)
    assert row.state == EvidenceState.REFUSED
    assert world.shelf.asked == []
    (told,) = await world.said()
    assert "film.mp4" in told.text
    assert "20 MB" in told.text
    assert told.text == explain(world.languages.speak("de"), row, TooLarge(20_000_000))
    assert (told.cause, told.reply_to, world.woken) == (f"evidence:{number}", "m1", 1)


REFUSED = {
    "a lying size": ([CONTENT, CONTENT], "1 MB", "larger than 1000000 bytes"),
    "a platform's own limit": ([TooLarge(500_000)], "500 kB", "larger than 500000 bytes"),
    "an empty file": ([b""], "0 bytes", "0 bytes"),
    "a pixel flood": (
        [b"GIF89a" + b"\xff" * 4 + bytes(9)],
        "65535 × 65535",
        "a picture of 65535 x 65535 pixels",
    ),
}


@pytest.mark.parametrize(("pieces", "words", "reason"), REFUSED.values(), ids=REFUSED)
async def test_what_cannot_be_taken_is_refused_once_in_clear_words(
    world: World, pieces: list[bytes | Exception], words: str, reason: str
) -> None:
    world.shelf.held["h1"] = pieces
    (number,) = await world.send(document(size=10))
    await fetch_all(world.attachments())
    await fetch_all(world.attachments())
    row = await world.row(number)
    assert (row.state, row.reason) == (EvidenceState.REFUSED, reason)
    assert len(world.shelf.asked) <= 1
    (told,) = await world.said()
    assert "proof.bin" in told.text
    assert words in told.text
    assert world.lying() == set()


async def test_a_page_that_calls_itself_a_picture_is_kept_with_a_warning(world: World) -> None:
    world.shelf.held["h1"] = [b"<script>alert(1)</script>"]
    (number,) = await world.send(document(name="photo.jpg"))
    await fetch_all(world.attachments())
    row = await world.row(number)
    assert (row.state, row.media_type) == (EvidenceState.STORED, "text/html")
    assert "image/jpeg" in row.reason
