"""SIGKILL at random moments during live chats: what is lost, and whether each side's words keep
their order. `python -m benchmarks.chat_crash [--kills 100] [--chats 100]`.

The platforms are two in memory whose memory is files, so that they outlive the desk: what was shown
is written down before the desk hears of it, and what was not acknowledged is delivered again.
"""

import argparse
import asyncio
import json
import os
import random
import sys
import tempfile
from collections import defaultdict
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.chat import SAM, Floor, Watched
from core.messages import Address, Inbound, Outbound, Sender
from core.pack import read_pack
from core.settings import Faq, Settings
from frontdesk.app import open_desk

LIVES = (0.1, 0.7)
"""Seconds between the desk's start and the kill, at most; either is as likely."""
READY = "ready"
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


class Outliving(Watched):
    def __init__(self, data: Path, platform: str, rooms: str = "") -> None:
        super().__init__(platform, rooms)
        self._shown = os.open(data / f"{platform}.shown", os.O_APPEND | os.O_CREAT | os.O_WRONLY)

    async def send(self, outbound: Outbound) -> str:
        shown = await super().send(outbound)
        address = outbound.address
        line = json.dumps([address.thread or address.chat, outbound.text])
        os.write(self._shown, f"{line}\n".encode())
        return shown


async def live(data: Path, chats: int, words: int, prepare: bool) -> None:
    """One life of the desk: what was not acknowledged in those before is delivered to it."""
    settings = Settings(data=data, messages_per_minute=1_000_000, faq=Faq(encoder="none"))
    pack = read_pack(settings.pack)
    always = pack.hours.model_validate(dict.fromkeys(DAYS, "00:00-24:00"))
    people, team = Outliving(data, "people"), Outliving(data, "team", "staff")
    known = data / "rooms.json"
    if not prepare:
        rooms = {int(chat): room for chat, room in json.loads(known.read_text()).items()}
        team.rooms = {room: str(chat) for chat, room in rooms.items()}
    async with AsyncExitStack() as stack:
        desk = open_desk(settings, pack.model_copy(update={"hours": always}), [people, team])
        floor = Floor(await stack.enter_async_context(desk), people, team)
        if prepare:
            known.write_text(json.dumps(await floor.begin(chats)))
            return
        print(READY, flush=True)
        acknowledged = Acknowledged(data)
        lanes = [
            deliver(floor, acknowledged, f"{side}{chat}", address, person, words)
            for chat, room in rooms.items()
            for side, address, person in (
                ("person", people.address(f"p{chat}"), f"p{chat}"),
                ("staff", floor.room(room), SAM),
            )
        ]
        await asyncio.gather(*lanes)
        await floor.parts.settle()


class Acknowledged:
    """How many words of each lane the desk has said that it has."""

    def __init__(self, data: Path) -> None:
        path = data / "acknowledged"
        self.counts: dict[str, int] = defaultdict(int)
        for name in path.read_text().split() if path.exists() else []:
            self.counts[name] += 1
        self._file = os.open(path, os.O_APPEND | os.O_CREAT | os.O_WRONLY)

    def add(self, lane: str) -> None:
        os.write(self._file, f"{lane}\n".encode())


async def deliver(
    floor: Floor, acknowledged: Acknowledged, lane: str, address: Address, person: str, words: int
) -> None:
    for number in range(acknowledged.counts[lane], words):
        inbound = Inbound(
            f"{lane}-{number}", address, Sender(person, person, "en"), datetime.now(UTC),
            text=f"{lane} {number:04}", message=f"{lane}-{number}",
            private=person != SAM, in_room=person == SAM,
        )  # fmt: skip
        await floor.parts.desk.receive(inbound)
        acknowledged.add(lane)


async def start(data: Path, chats: int, words: int, *more: str) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        sys.executable, "-m", "benchmarks.chat_crash", "--child", str(data),
        "--chats", str(chats), "--words", str(words), *more,
        stdout=asyncio.subprocess.PIPE, env={**os.environ, "FRONTDESK_LOG_LEVEL": "error"},
    )  # fmt: skip


async def kill_often(data: Path, chats: int, words: int, kills: int, seed: int) -> int:
    """How often it was killed while there was work left."""
    choose = random.Random(seed)
    for number in range(kills):
        process = await start(data, chats, words)
        assert process.stdout
        if not await process.stdout.readline():
            raise RuntimeError("the desk ended by itself")
        await asyncio.sleep(choose.uniform(0, choose.choice(LIVES)))
        if process.returncode is not None:
            return number
        process.kill()
        await process.wait()
    return kills


def report(data: Path, chats: int, words: int, kills: int) -> None:
    shown: dict[str, list[str]] = defaultdict(list)
    for platform in ("people", "team"):
        for line in (data / f"{platform}.shown").read_text().splitlines():
            text = json.loads(line)[1]
            if text.startswith(("person", "staff")):
                shown[text.split()[0]].append(text)
    firsts = {lane: list(dict.fromkeys(texts)) for lane, texts in shown.items()}
    arrived = sum(map(len, firsts.values()))
    sends = sum(map(len, shown.values()))
    in_order = sum(texts == sorted(texts) for texts in firsts.values())
    print(
        f"{kills} kills, {chats} chats, {2 * chats * words} words: lost "
        f"{2 * chats * words - arrived}, repeated {sends - arrived}, lanes in order {in_order} of "
        f"{2 * chats}"
    )


async def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--chats", type=int, default=100)
    parser.add_argument("--words", type=int, default=60, help="of each side of each chat")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--child", type=Path)
    parser.add_argument("--prepare", action="store_true")
    chosen = parser.parse_args()
    if chosen.child:
        await live(chosen.child, chosen.chats, chosen.words, chosen.prepare)
        return
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder)
        size = (data, chosen.chats, chosen.words)
        await (await start(*size, "--prepare")).wait()
        done = await kill_often(*size, chosen.kills, chosen.seed)
        await (await start(*size)).communicate()
        report(*size, done)


if __name__ == "__main__":
    asyncio.run(main())
