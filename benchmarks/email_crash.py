"""SIGKILL at random moments by e-mail: nothing may be lost, and a letter of ours that comes twice
bears the same Message-ID.

`python -m benchmarks.email_crash [--kills 100] [--letters 500] [--seed 1]`. A real Dovecot, which
must be installed, and a mail server on loopback outlive the desk. Everybody writes one letter: a
second one in the same hour would get no answer.
"""

import argparse
import asyncio
import os
import random
import sqlite3
import sys
import tempfile
from collections import Counter
from contextlib import closing
from email.message import EmailMessage
from pathlib import Path

from benchmarks.crash import LIVES, unsent
from benchmarks.questions import unseen
from tests.fakes.mail import PASSWORD, Dovecot, dovecot
from tests.fakes.mail_smtp import PostOffice, post_office

BOX = "help@desk.example"


async def start_desk(imap: Dovecot, office: PostOffice, data: Path) -> asyncio.subprocess.Process:
    environment = {
        **os.environ,
        "FRONTDESK_DATA": str(data),
        "FRONTDESK_EMAIL__ADDRESS": BOX,
        "FRONTDESK_EMAIL__PASSWORD": PASSWORD,
        "FRONTDESK_EMAIL__IMAP_URL": imap.url(),
        "FRONTDESK_EMAIL__SMTP_URL": office.url,
        "FRONTDESK_LOG_LEVEL": "error",
    }
    return await asyncio.create_subprocess_exec(
        sys.executable, "-m", "frontdesk", "run", env=environment
    )


def write(imap: Dovecot, texts: list[str], first: int) -> None:
    letters = []
    for number, text in enumerate(texts, first):
        letter = EmailMessage()
        letter["From"], letter["To"], letter["Subject"] = f"p{number}@example.org", BOX, "Question"
        letter["Message-ID"] = f"<{number}@example.org>"
        letter.set_content(text)
        letters.append(bytes(letter))
    imap.put(BOX, *letters)


async def until_heard(database: Path, count: int) -> None:
    """At least so many letters are in, which only a desk that is at work can bring about."""
    async with asyncio.timeout(60):
        while heard(database) < count:
            await asyncio.sleep(0.02)


def heard(database: Path) -> int:
    if not database.exists():
        return 0
    with closing(sqlite3.connect(database)) as connection:
        try:
            return int(connection.execute("SELECT count(*) FROM inbox").fetchone()[0])
        except sqlite3.OperationalError:  # it is being made
            return 0


async def kill_often(
    imap: Dovecot, office: PostOffice, data: Path, texts: list[str], kills: int, seed: int
) -> None:
    choose = random.Random(seed)
    database, written = data / "frontdesk.db", 0
    for number in range(kills):
        share = -(-(len(texts) - written) // (kills - number))
        await asyncio.to_thread(write, imap, texts[written : written + share], written)
        written += share
        before = heard(database)
        process = await start_desk(imap, office, data)
        await until_heard(database, before + (1 if before < written else 0))
        await asyncio.sleep(choose.uniform(0, choose.choice(LIVES)))
        process.kill()
        await process.wait()
        if (number + 1) % 20 == 0:
            left = unsent(database)
            print(f"  {number + 1} kills, {len(office.taken)} sent, {left} to send", flush=True)


async def settle(imap: Dovecot, office: PostOffice, data: Path, letters: int) -> None:
    """One life in peace."""
    process = await start_desk(imap, office, data)
    await until_heard(data / "frontdesk.db", letters)
    quiet = 0
    while quiet < 10:
        await asyncio.sleep(0.5)
        quiet = 0 if unsent(data / "frontdesk.db") else quiet + 1
    process.terminate()
    await process.wait()


def report(database: Path, office: PostOffice, letters: int, kills: int) -> None:
    with closing(sqlite3.connect(database)) as connection:

        def count(sql: str) -> int:
            return int(connection.execute(sql).fetchone()[0])

        kept, tickets = count("SELECT count(*) FROM inbox"), count("SELECT count(*) FROM ticket")
        sound = connection.execute("PRAGMA integrity_check").fetchone()[0]
    came = Counter(str(taken.letter["Message-ID"]).strip() for taken in office.taken)
    people = {taken.recipient for taken in office.taken}
    print(
        f"desk: {kills} kills, {letters} letters: lost {letters - kept}, tickets {tickets}, people "
        f"answered {len(people)}, letters of ours {len(came)}, come twice under the same "
        f"Message-ID {sum(came.values()) - len(came)}, integrity {sound}"
    )


async def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--letters", type=int, default=500)
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args()
    texts = unseen(chosen.letters, chosen.seed)
    with tempfile.TemporaryDirectory() as folder, dovecot() as imap, post_office() as office:
        data = Path(folder)
        await kill_often(imap, office, data, texts, chosen.kills, chosen.seed)
        await settle(imap, office, data, chosen.letters)
        report(data / "frontdesk.db", office, chosen.letters, chosen.kills)


if __name__ == "__main__":
    asyncio.run(main())
