"""What platforms promise that send files, and let what was said be changed or taken back.

A platform's test module subclasses what it can do, beside `AdapterContract`; its `Limits` say the
same.
"""

import pytest

from core.adapter import Adapter, Edits, Refused, Withdraws
from core.messages import Choice, Enclosed, Outbound
from tests.bots.contract import Rig, Seen, meet

PICTURE = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d4944415478da63fcff9f"
    "a11e000782027f3dc848ef0000000049454e44ae426082"
)
NOTES = b"Zeile eins\n" * 1000
CHOICES = (Choice("Yes", "yes"), Choice("No", "no"))


class EnclosingContract:
    """Files go out."""

    def test_the_limits_say_so(self, rig: Rig) -> None:
        assert rig.adapter.limits.file_out > 0

    @pytest.mark.parametrize(
        "file",
        [
            Enclosed("screen.png", "image/png", PICTURE),
            Enclosed("ü notes.txt", "text/plain", NOTES),
            Enclosed("unknown", "application/octet-stream", bytes(range(256))),
        ],
        ids=lambda file: file.name,
    )
    async def test_a_file_is_shown_byte_for_byte(self, rig: Rig, file: Enclosed) -> None:
        address = (await meet(rig)).address
        assert await rig.adapter.send(Outbound(address, "", file=file))
        (shown,) = rig.seen()
        assert shown.file == file.data

    async def test_a_file_carries_as_much_as_promised(self, rig: Rig) -> None:
        limit = rig.adapter.limits.caption
        address = (await meet(rig)).address
        file = Enclosed("screen.png", "image/png", PICTURE)
        await rig.adapter.send(Outbound(address, "*" * limit, file=file))
        assert rig.seen() == [Seen("*" * limit, file=PICTURE)]


class ChangingContract:
    """What was said is said otherwise, or taken back."""

    def test_the_limits_say_so(self, rig: Rig) -> None:
        assert rig.adapter.limits.edits == isinstance(rig.adapter, Edits)
        assert rig.adapter.limits.withdraws == isinstance(rig.adapter, Withdraws)
        assert rig.adapter.limits.edits

    async def test_a_message_is_said_otherwise_where_it_stands(self, rig: Rig) -> None:
        address = (await meet(rig)).address
        message = await rig.adapter.send(Outbound(address, "Lok"))
        await rig.adapter.send(Outbound(address, "below"))
        for _ in range(2):
            await editing(rig.adapter).edit(Outbound(address, "<b>Look</b>"), message)
            assert [one.text for one in rig.seen()] == ["<b>Look</b>", "below"]

    async def test_its_title_and_choices_change_with_it(self, rig: Rig) -> None:
        address = (await meet(rig)).address
        message = await rig.adapter.send(Outbound(address, "Lok", choices=CHOICES))
        await editing(rig.adapter).edit(Outbound(address, "Look", "Title"), message)
        (shown,) = rig.seen()
        assert "Title" in shown.text
        assert "Look" in shown.text
        assert shown.labels == ()

    async def test_the_words_below_a_file_change_and_the_file_stays(self, rig: Rig) -> None:
        if not rig.adapter.limits.caption:
            pytest.skip("files carry no words on this platform")
        address = (await meet(rig)).address
        file = Enclosed("screen.png", "image/png", PICTURE)
        message = await rig.adapter.send(Outbound(address, "Lok", file=file))
        await editing(rig.adapter).edit(Outbound(address, "Look"), message)
        assert rig.seen() == [Seen("Look", file=PICTURE)]

    async def test_a_message_is_taken_back_once_and_for_all(self, rig: Rig) -> None:
        address = (await meet(rig)).address
        message = await rig.adapter.send(Outbound(address, "wrong"))
        await rig.adapter.send(Outbound(address, "right"))
        assert isinstance(rig.adapter, Withdraws)
        for _ in range(2):
            await rig.adapter.withdraw(address, message)
            assert [one.text for one in rig.seen()] == ["right"]

    async def test_what_is_gone_cannot_be_changed_and_the_person_is_still_there(
        self, rig: Rig
    ) -> None:
        address = (await meet(rig)).address
        message = await rig.adapter.send(Outbound(address, "wrong"))
        assert isinstance(rig.adapter, Withdraws)
        await rig.adapter.withdraw(address, message)
        with pytest.raises(Refused) as refused:
            await editing(rig.adapter).edit(Outbound(address, "private words"), message)
        assert not refused.value.gone
        assert "private words" not in repr(refused.value)


def editing(adapter: Adapter) -> Edits:
    assert isinstance(adapter, Edits)
    return adapter
