"""News that takes a way nobody planned."""

from datetime import datetime, timedelta

from core.messages import Inbound, Kind
from core.models import NewsState
from tests.dialogs.newsdesk import (
    agreed_by_two,
    chosen,
    database_url,
    hired,
    looks,
    news,
    pia,
    readers,
    received,
    written,
)
from tests.dialogs.staffdesk import dismissed
from tests.dialogs.talk import Talk

__all__ = ["database_url", "pia"]


async def test_resumed_in_somebodys_night_it_waits_for_their_morning(talk: Talk, pia: Talk) -> None:
    talk.clock.now = datetime.fromisoformat("2026-11-23T21:30+01:00")
    (ann,) = await readers(talk, ("ann", "en"))
    await written(pia)
    await pia.presses("👁 Preview and send")
    await ann.says("/quiet 21-22")
    await pia.presses("✅ Send to 1")
    await pia.presses("⏸ Pause")
    await ann.says("/quiet 22-8")
    talk.clock.now += timedelta(hours=1)
    await pia.presses("▶️ Go on")
    await looks(talk)
    assert await received([ann]) == 0
    talk.clock.now += timedelta(hours=9)
    await looks(talk)
    assert await received([ann]) == 0
    talk.clock.now += timedelta(hours=1)
    await looks(talk)
    assert await received([ann]) == 1


async def test_of_what_is_scheduled_one_reads_when_it_goes_out(talk: Talk, pia: Talk) -> None:
    await readers(talk, ("ann", "en"))
    await written(pia)
    await pia.presses("🕑 When")
    await pia.says("23:00")
    await pia.presses("👁 Preview and send")
    await pia.presses("✅ Send to 1")
    await pia.says("/announcements 1")
    assert pia.last.text.startswith("It goes out Sunday")
    assert pia.labels == ["✖️ Cancel it"]


async def test_it_is_taken_back_once_nothing_is_on_its_way(talk: Talk, pia: Talk) -> None:
    (ann,) = await readers(talk, ("ann", "en"))
    await written(pia)
    await pia.presses("👁 Preview and send")
    adapter = talk.room.adapter
    adapter.door.clear()
    tried = len(adapter.tried)

    async def press(value: str) -> None:
        await talk.room.parts.desk.receive(
            Inbound(value, pia.address, pia.sender, talk.clock.now, Kind.PRESS, choice=value)
        )

    await press(pia.value("✅ Send to 1"))
    await adapter.until_tried(tried + 1)
    for what in ("cancel", "back:yes"):
        await press(f"staff:announce:1:{what}")
    assert (await news(talk)).state == NewsState.CANCELLED
    adapter.door.set()
    await talk.room.parts.settle()
    await looks(talk)
    await looks(talk)
    assert await received([ann]) == 1
    await pia.says("/announcements 1")
    await pia.presses("↩️ Take back")
    await pia.presses("↩️ Yes, take it back")
    assert await received([ann]) == 0


async def test_a_draft_outlives_what_the_pack_has_no_more(talk: Talk, pia: Talk) -> None:
    await readers(talk, ("ann", "en"))
    await pia.says("/announce")
    await pia.presses("Back")
    await pia.presses("✏️ Deutsch")
    await pia.says("Hallo")
    await chosen(pia, "👥 For whom", "Deutsch")
    await chosen(pia, "🏷 Topic", "Payments")
    pack = talk.room.pack
    topics = tuple(one for one in pack.news.topics if one.id != "payments")
    talk.room.pack = pack.model_copy(
        update={"languages": ("en",), "news": pack.news.model_copy(update={"topics": topics})}
    )
    await talk.restart()
    await pia.says("/announce")
    assert "English: missing: they read it in de\nde: Hallo" in pia.last.text
    assert "For: de\nTopic: payments" in pia.last.text
    await chosen(pia, "👥 For whom", "✅ de")
    await chosen(pia, "🏷 Topic", "✅ payments")
    assert "For: everyone\nTopic: –" in pia.last.text
    await pia.presses("👁 Preview and send")
    await pia.presses("👁 memory")
    assert pia.labels[0] == "✅ Send to 1"


async def test_what_a_removed_publisher_began_is_gone_on_with_by_another(
    talk: Talk, pia: Talk
) -> None:
    max_ = await hired(talk, "max")
    await written(pia)
    await max_.says("/announcements")
    await max_.presses(max_.labels[0])
    assert max_.last.text == "That is somebody else’s draft."
    await dismissed(talk, "pia")
    await max_.says("/announcements")
    await max_.presses(max_.labels[0])
    await max_.presses("🗑 Discard")
    assert max_.last.text == "Discarded. Nothing was sent."


async def test_a_time_that_passed_while_it_waited_for_somebody_is_not_promised(
    talk: Talk, pia: Talk
) -> None:
    (ann,) = await readers(talk, ("ann", "en"))
    await agreed_by_two(talk)
    max_ = await hired(talk, "max")
    await written(pia)
    await pia.presses("🕑 When")
    await pia.says("12:00")
    await pia.presses("👁 Preview and send")
    await pia.presses("✅ Ask for approval")
    await max_.presses("👁 Look at it")
    assert "It goes out Sunday" in max_.last.text
    talk.clock.now += timedelta(hours=5)
    await max_.presses("👁 Look at it")
    assert "It goes out" not in max_.last.text
    await max_.presses("✅ Agree")
    assert await received([ann]) == 1
