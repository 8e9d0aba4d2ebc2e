"""The imitation of X, driven from another process."""

import asyncio
import sys
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from benchmarks.processes import controlled
from tests.fakes.x import XFake
from tests.fakes.x_client import session_to, tweepy_on
from tests.fakes.x_control import Control

DESK = """
import asyncio, aiohttp, sys
from tests.fakes.x_client import signed
from tests.fakes.x_keys import Keys

async def main(url):
    place = f"{url}/2/dm_conversations/with/7/messages"
    async with aiohttp.ClientSession() as session:
        proof = signed(Keys(), "POST", place)
        async with session.post(place, json={"text": "from afar"}, headers=proof) as answer:
            assert answer.status == 201, await answer.text()
        answer.close()

asyncio.run(main(sys.argv[1]))
"""


async def order(client: aiohttp.ClientSession, verb: str, path: str, **body: Any) -> Any:
    async with client.request(verb, f"/control/{path}", **body) as response:
        assert response.status == 200, await response.text()
        return await response.json()


async def test_another_process_can_say_see_and_break_things(tmp_path: Path) -> None:
    async with (
        XFake() as fake,
        session_to(fake) as session,
        Control(fake.levers(tmp_path / "ca.pem")) as control,
        aiohttp.ClientSession(control.url) as client,
    ):
        tweepy = tweepy_on(session, fake.keys)
        await order(client, "POST", "say", json=[{"chat": 7, "text": "a"}])
        await order(client, "POST", "backlog", json={"messages": 6, "chats": 3})
        assert len((await tweepy.get_direct_message_events())["data"]) == 7
        await order(client, "POST", "faults", json={"kind": "lost_answer"})
        with pytest.raises(aiohttp.ServerDisconnectedError):
            await tweepy.create_direct_message(participant_id=7, text="one")
        for text in ("one", "two"):
            await tweepy.create_direct_message(participant_id=7, text=text)
        stats = await order(client, "GET", "wait?sends=3&reads=1&timeout=5")
        assert (stats["messages"], stats["faults_struck"]) == (7, 1)
        ledger = await order(client, "GET", "ledger?since=1")
        assert (ledger["next"], [one["text"] for one in ledger["sent"]]) == (3, ["one", "two"])
        report = await order(client, "POST", "report", json={"texts": ["one", "three"]})
        assert report == {"lost": ["three"], "repeated": {"one": 2}, "others": 1}
        history = await order(client, "GET", "history?chat=7")
        assert [one["text"] for one in history["messages"]] == ["a", "one", "one", "two"]
        await order(client, "DELETE", "faults")
        await order(client, "POST", "limits", json={"sends": 1})
        await order(client, "POST", "limits", json={"off": True})
        await order(client, "POST", "clock", json={"seconds": 60})
        await order(client, "POST", "leads", json={"https://a.example": "http://127.0.0.1:1"})
        await order(client, "POST", "webhooks", json={"retries": 2})
        assert fake.telling.retries == 2
        for wrong in ({"kind": "earthquake"}, {"nonsense": 1}):
            async with client.post("/control/faults", json=wrong) as response:
                assert response.status == 400
        async with client.get("/control/wait?sends=9&timeout=0.01") as response:
            assert response.status == 504
        async with client.get("/control/nonsense") as response:
            assert response.status == 404


async def test_it_runs_as_a_process_of_its_own(tmp_path: Path) -> None:
    """And a third process trusts it by the certificate that it wrote."""
    ca = tmp_path / "ca.pem"
    async with controlled("-m", "tests.fakes.x", "--ca", str(ca)) as fake:
        where = await fake.get("where")
        assert where["ca"] == str(ca)
        await fake.post("backlog", {"messages": 1, "chats": 1, "first_chat": 7})
        desk = await asyncio.create_subprocess_exec(
            *(sys.executable, "-c", DESK, where["url"]),
            env={"SSL_CERT_FILE": where["ca"], "PYTHONPATH": str(Path.cwd())},
        )
        assert await desk.wait() == 0
        assert (await fake.get("ledger"))["sent"][0]["text"] == "from afar"
