"""What every platform promises, over TLS against the imitation, in both generations of names."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from pydantic import SecretStr

from bots.twitter.adapter import XAdapter
from core.adapter import Adapter, DeliveryError, Refused, Retry, TooLarge, Unknown
from core.messages import Enclosed, Outbound
from core.settings import X
from tests.bots.contract import (
    ANN,
    AdapterContract,
    MessengerContract,
    MessengerRig,
    Rig,
    Seen,
    hear,
    meet,
    read,
)
from tests.bots.contract_changes import NOTES, PICTURE, EnclosingContract
from tests.bots.twitter.stage import Time
from tests.fakes.x import XFake

SEND = "POST /2/dm_conversations/*/messages"
FAILURES: dict[type[DeliveryError], str] = {
    Retry: "rate_limited",
    Refused: "forbidden",
    Unknown: "lost_answer",
}


class XRig:
    failures: tuple[type[DeliveryError], ...] = tuple(FAILURES)

    def __init__(self, fake: XFake, adapter: XAdapter) -> None:
        self.adapter: Adapter = adapter
        self.fake = fake

    async def person_says(self, text: str, person: str = ANN) -> None:
        await self.fake.person(person).says(text)

    async def person_presses(self, value: str, person: str = ANN) -> None:
        raise NotImplementedError("X draws no buttons: nobody can press")

    async def person_sends_file(
        self,
        data: bytes,
        name: str,
        size: int | None = None,  # noqa: ARG002  # X tells none
    ) -> None:
        await self.fake.person(ANN).sends_media(data, name=name)

    def seen(self, person: str = ANN) -> list[Seen]:
        return [Seen(one["text"], file=one["media"]) for one in self.fake.person(person).inbox]

    def fail_with(self, failure: type[DeliveryError]) -> None:
        self.fake.faults.add(FAILURES[failure], SEND)


class TestXContract(AdapterContract, EnclosingContract):
    """And of what is promised where several people write all but the buttons, which X lacks."""

    @pytest.fixture(params=["tweet", "post"])
    async def rig(
        self, request: pytest.FixtureRequest, tmp_path: Path
    ) -> AsyncIterator[MessengerRig]:
        time = Time()
        async with XFake(now=time) as fake:
            fake.naming = request.param
            names = ("consumer_key", "consumer_secret", "access_token", "access_secret",
                     "client_secret", "refresh_token")  # fmt: skip
            keys = {name: SecretStr(getattr(fake.keys, name)) for name in names}
            settings = X.model_validate({**keys, "client_id": fake.keys.client_id})
            adapter = XAdapter(
                settings, "", tmp_path, connector=fake.connector(), clock=time, sleep=time.sleep
            )
            await adapter.open()
            yield XRig(fake, adapter)
            await adapter.close()
            await fake.hang_up()

    async def test_a_file_is_fetched_byte_for_byte(self, rig: Rig) -> None:
        """X tells neither its name nor its size."""
        data = bytes(range(256)) * 1000
        await rig.person_sends_file(data, "proof.jpg")
        file = (await hear(rig.adapter))[0].attachments[0]
        assert (file.name, file.media_type, file.size) == ("proof.jpg", "image/jpeg", None)
        assert await read(rig.adapter, file) == data
        assert await read(rig.adapter, file) == data

    async def test_a_file_over_the_limit_is_too_large(self, rig: Rig) -> None:
        """As no size is declared, it shows on the way."""
        limit = rig.adapter.limits.file_in
        await rig.person_sends_file(bytes(limit + 1), "film.mp4")
        file = (await hear(rig.adapter))[0].attachments[0]
        with pytest.raises(TooLarge) as refused:
            await read(rig.adapter, file)
        assert refused.value.limit == limit

    @pytest.mark.parametrize(
        "file",
        [
            Enclosed("a.png", "image/png", PICTURE),
            Enclosed("a.gif", "image/gif", b"GIF89a" * 1000),
            Enclosed("a.mp4", "video/mp4", b"mp4" * 2_000_000),
        ],
        ids=lambda file: file.name,
    )
    async def test_a_file_is_shown_byte_for_byte(self, rig: Rig, file: Enclosed) -> None:
        """Of a kind that X shows."""
        address = (await meet(rig)).address
        assert await rig.adapter.send(Outbound(address, "", file=file))
        assert rig.seen() == [Seen("", file=file.data)]

    @pytest.mark.parametrize(
        ("file", "named"),
        [
            (Enclosed("ü notes.txt", "text/plain", NOTES), "📎 ü notes.txt (0.0 MB)"),
            (Enclosed("../a.png", "image/png", bytes(5_000_001)), "📎 a.png (5.0 MB)"),
        ],
    )
    async def test_another_file_is_named(self, rig: Rig, file: Enclosed, named: str) -> None:
        address = (await meet(rig)).address
        await rig.adapter.send(Outbound(address, "Look", file=file))
        await rig.adapter.send(Outbound(address, "", file=file))
        assert rig.seen() == [Seen(f"Look\n\n{named}"), Seen(named)]

    async def test_links_arrive_as_they_were_written(self, rig: Rig) -> None:
        """X shortens them, and tells where they lead."""
        said = "It stops here: https://videos.example/watch?v=7&t=3"
        await rig.person_says(said)
        assert [one.text for one in await hear(rig.adapter)] == [said]

    test_people_are_told_apart = (
        MessengerContract.test_people_are_told_apart_and_each_keeps_their_order
    )
    test_in_its_order = MessengerContract.test_what_could_not_be_received_comes_again_in_its_order
    test_not_acknowledged = MessengerContract.test_what_was_never_received_is_not_acknowledged
    test_only_its_address = MessengerContract.test_a_send_reaches_only_its_address
