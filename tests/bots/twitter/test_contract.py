"""What every platform promises, on the stage."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiohttp import web
from pydantic import SecretStr

from bots.twitter.adapter import XAdapter
from core.adapter import Adapter, DeliveryError, Refused, Retry, TooLarge, Unknown
from tests.bots.contract import (
    ANN,
    BEN,
    AdapterContract,
    MessengerContract,
    MessengerRig,
    Rig,
    Seen,
    hear,
    read,
)
from tests.bots.twitter.stage import Reply, Stage, Time, cut, on_stage, to_response
from tests.bots.twitter.test_polling import Inbox

FAILURES: dict[type[DeliveryError], Reply] = {
    Retry: to_response({}, 429),
    Refused: to_response({"detail": "You cannot send messages to this user."}, 403),
    Unknown: cut,
}


def place(person: str) -> str:
    return f"/2/dm_conversations/with/{person}/messages"


class XRig:
    failures: tuple[type[DeliveryError], ...] = tuple(FAILURES)

    def __init__(self, stage: Stage, adapter: XAdapter) -> None:
        self.adapter: Adapter = adapter
        self._stage = stage
        self._inbox = Inbox()
        self._sent: list[tuple[str, str]] = []
        self._failing: list[Reply] = []
        stage.put("/2/dm_events", self._inbox.show)
        for person in (ANN, BEN):
            stage.put(place(person), self._take)

    def _take(self, request: web.Request) -> web.StreamResponse:
        if self._failing:
            reply = self._failing.pop()
            return reply(request) if callable(reply) else reply
        asked = self._stage.asked[-1]
        self._sent.append((asked.path, asked.json["text"]))
        return to_response({"data": {"dm_event_id": str(len(self._sent))}})

    async def person_says(self, text: str, person: str = ANN) -> None:
        self._inbox.add(text, len(self._inbox.events), person=person)

    async def person_presses(self, value: str, person: str = ANN) -> None:
        raise NotImplementedError

    async def person_sends_file(
        self,
        data: bytes,
        name: str,
        size: int | None = None,  # noqa: ARG002  # X tells none
    ) -> None:
        event = self._inbox.add("", len(self._inbox.events))
        event["attachments"] = {"media_keys": ["3_77"]}
        path = f"/2/dm_conversations/media/{event['id']}/77/{name}"
        self._stage.put(path, web.Response(body=data))
        link = f"{self.adapter._calls.root}{path}"  # type: ignore[attr-defined]
        self._inbox.media.append({"media_key": "3_77", "type": "photo", "url": link})

    def seen(self, person: str = ANN) -> list[Seen]:
        return [Seen(text) for path, text in self._sent if path == place(person)]

    def fail_with(self, failure: type[DeliveryError]) -> None:
        self._failing.append(FAILURES[failure])


class TestXContract(AdapterContract):
    """And of what is promised where several people write all but the buttons, which X lacks."""

    @pytest.fixture
    async def rig(self, stage: Stage, tmp_path: Path) -> AsyncIterator[MessengerRig]:
        token = {"access_token": "a", "refresh_token": "r"}
        stage.put("/2/oauth2/token", token)
        async with on_stage(
            stage, tmp_path, Time(), client_id="id", refresh_token=SecretStr("r")
        ) as adapter:
            yield XRig(stage, adapter)

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

    test_people_are_told_apart = (
        MessengerContract.test_people_are_told_apart_and_each_keeps_their_order
    )
    test_in_its_order = MessengerContract.test_what_could_not_be_received_comes_again_in_its_order
    test_not_acknowledged = MessengerContract.test_what_was_never_received_is_not_acknowledged
    test_only_its_address = MessengerContract.test_a_send_reaches_only_its_address
