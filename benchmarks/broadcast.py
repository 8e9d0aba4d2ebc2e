"""News to 3,000 subscribers against the Bot API's imitation, with its limits times ten.

`python -m benchmarks.broadcast [--subscribers 3000] [--per-second 300]`. The floor is what the
platform's own window allows: the first second's worth at once, the rest at its pace. Held against
python-telegram-bot's AIORateLimiter (which needs `aiolimiter`, and is left out without it) and a
loop that tries again when told to.
"""

import argparse
import asyncio
import importlib.util
import random
import sqlite3
import sys
import tempfile
from collections import Counter
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import aiohttp
from sqlmodel import Session

from benchmarks.processes import TOKEN, Fake, fake_telegram, running, start_desk
from core.announcements import drafts, life
from core.i18n import Languages
from core.migration import migrate
from core.models import Announcement
from core.pack import read_pack
from core.settings import Settings
from core.store import open_engine
from frontdesk.platforms import limits_of

FIRST = 100_000
"""The chat of the first subscriber."""
PEERS = {"a loop that tries again": "loop", "AIORateLimiter": "limiter"}


def fill(data: Path, count: int) -> None:
    """A database with subscribers, half of whom speak German. When they came tells nothing of which
    chat is theirs.
    """
    engine = open_engine(f"sqlite:///{data / 'frontdesk.db'}")
    migrate(engine)
    engine.dispose()
    account, at = TOKEN.partition(":")[0], "2026-01-01 00:00:00.000000"
    chats = random.Random("chats").sample(range(FIRST + 1, FIRST + count + 1), count)
    with closing(sqlite3.connect(data / "frontdesk.db")) as database, database:
        database.executemany(
            "INSERT INTO contact (id, name, language, chose_language, audience, created_at, "
            "blocked) VALUES (?, '', ?, 0, 'user', ?, 0)",
            ((n, ("en", "de")[n % 2], at) for n in range(1, count + 1)),
        )
        database.executemany(
            "INSERT INTO address (id, contact_id, platform, account, chat, thread, sender, "
            "reachable, subscribed, created_at, last_message, dialog, state, offers, heard) "
            "VALUES (?, ?, 'telegram', ?, ?, '', ?, 1, 1, ?, '', '', '{}', '[]', 0)",
            ((n, n, account, str(chat), str(chat), at) for n, chat in enumerate(chats, 1)),
        )


def press_of(data: Path) -> life.Press:
    settings = Settings(data=data)
    pack = read_pack(settings.pack)
    languages = Languages(pack.languages, pack.fallback_language)
    return life.Press(pack, languages, limits_of(settings))


def draft(session: Session) -> Announcement:
    news = drafts.begin(session, None, datetime.now(UTC))
    drafts.write(session, news, "en", "# New player\nIt starts faster.")
    drafts.write(session, news, "de", "# Neuer Player\nEr startet schneller.")
    return news


def publish(data: Path) -> None:
    engine = open_engine(f"sqlite:///{data / 'frontdesk.db'}", checkpoints=False)
    with Session(engine.execution_options(begin="IMMEDIATE"), expire_on_commit=False) as session:
        life.confirm(session, draft(session), press_of(data), datetime.now(UTC))
        session.commit()
    engine.dispose()


async def meet(fake: Fake, count: int) -> None:
    """Everybody has written before, and was heard."""
    chats = range(FIRST + 1, FIRST + count + 1)
    messages = [{"chat": chat, "text": "hello"} for chat in chats]
    async with aiohttp.ClientSession() as session:
        async with session.post(f"{fake.url}/control/say", json=messages) as answer:
            answer.raise_for_status()
        offset = (await fake.get("stats"))["next_update_id"]
        url = f"{fake.url}/bot{TOKEN}/getUpdates"
        async with session.post(url, json={"offset": offset, "timeout": 0}) as answer:
            answer.raise_for_status()


async def broadcast(count: int, per_second: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder)
        fill(data, count)
        async with fake_telegram() as fake:
            await meet(fake, count)
            polls = (await fake.get("stats"))["polls"]
            pace = {
                "FRONTDESK_TELEGRAM__PER_SECOND": str(per_second),
                "FRONTDESK_TELEGRAM__PER_CHAT": "1",
            }
            desk = await start_desk(fake.url, data, **pace)
            async with running(desk):
                while (await fake.get("stats"))["polls"] <= polls:
                    await asyncio.sleep(0.1)
                await fake.post("limits", {"per_second": per_second, "per_chat": 1})
                publish(data)
                await arrived(fake, "frontdesk", count, per_second)


async def peer(name: str, mode: str, count: int, per_second: int) -> None:
    async with fake_telegram() as fake:
        await meet(fake, count)
        await fake.post("limits", {"per_second": per_second, "per_chat": 1})
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "benchmarks.broadcast_peer",
            fake.url,
            TOKEN,
            mode,
            str(FIRST),
            str(count),
            str(per_second),
        )
        async with running(process):
            await arrived(fake, name, count, per_second)


async def arrived(fake: Fake, name: str, count: int, per_second: int) -> None:
    """Waits for the last, and says how it went."""
    await fake.get(f"wait?sends={count}&timeout=300")
    await asyncio.sleep(1)
    sent = (await fake.get("ledger"))["sent"]
    stats = await fake.get("stats")
    print(f"  {name}: {tell(sent, stats, count, per_second)}", flush=True)


def tell(sent: list[dict[str, Any]], stats: dict[str, Any], count: int, per_second: int) -> str:
    seconds = sent[-1]["at"] - sent[0]["at"]
    floor = (count - per_second) / per_second
    chats = Counter(one["chat"] for one in sent)
    twice, lost = sum(n > 1 for n in chats.values()), count - len(chats)
    refused = stats["refused_by_limits"]
    return (
        f"{seconds:.2f} s, {seconds / floor:.3f} of the floor ({floor:.1f} s); "
        f"{lost} lost, {twice} twice; {refused} refused ({100 * refused / count:.2f} %)"
    )


async def main(count: int, per_second: int) -> None:
    await broadcast(count, per_second)
    for name, mode in PEERS.items():
        if mode == "limiter" and not importlib.util.find_spec("aiolimiter"):
            print(f"  {name}: left out, aiolimiter is not installed")
        else:
            await peer(name, mode, count, per_second)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--subscribers", type=int, default=3000)
    parser.add_argument("--per-second", type=int, default=300)
    options = parser.parse_args()
    asyncio.run(main(options.subscribers, options.per_second))
