"""A mailbox in which 5,000 letters wait, one of them with a file of 25 MB: how fast they are taken,
and how much memory that needs.

`python -m benchmarks.email [--letters 5000]`. A real Dovecot on loopback; letters are of the usual
kinds. What is measured is the adapter alone: the desk behind it receives at once.
"""

import argparse
import asyncio
import base64
import os
import random
import subprocess
import sys
import time
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path

import psutil
from pydantic import SecretStr

from bots.email.adapter import EmailAdapter
from bots.email.limits import FILE_LIMIT
from core.messages import Attachment, Inbound
from core.settings import Email
from tests.fakes.mail import PASSWORD, Dovecot, dovecot

BOX = "desk@desk.example"
READER = "--read"
WORDS = (
    "my payout has not arrived since monday",
    "and the page shows an error when I open it.",
    "Could you tell me what to do?",
)


def letter(number: int, choose: random.Random) -> bytes:
    text = " ".join(choose.choices(WORDS, k=choose.randrange(3, 50)))
    made = EmailMessage(policy=SMTP)
    made["From"] = f"Person {number} <person{number % 1000}@example.org>"
    made["To"], made["Subject"] = BOX, f"Question {number}"
    made["Message-ID"] = f"<{number}@example.org>"
    made.set_content(text)
    if number % 2:
        made.add_alternative(f"<html><body><p>{text}</p></body></html>", subtype="html")
    if number % 10 == 0:
        picture = choose.randbytes(50_000)
        made.add_attachment(picture, maintype="image", subtype="png", filename="a.png")
    return bytes(made)


def large() -> bytes:
    """As large as it may be."""
    head = (
        "From: Large <large@example.org>\r\nSubject: Large\r\nMIME-Version: 1.0\r\n"
        "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nSee the file.\r\n"
        "--b\r\nContent-Type: video/mp4; name=film.mp4\r\n"
        "Content-Transfer-Encoding: base64\r\n\r\n"
    )
    packed = base64.encodebytes(os.urandom(FILE_LIMIT)).replace(b"\n", b"\r\n")
    return head.encode() + packed + b"--b--\r\n"


def fill(server: Dovecot, letters: int) -> None:
    choose = random.Random(1)
    for start in range(0, letters - 1, 500):
        end = min(start + 500, letters - 1)
        server.put(BOX, *(letter(number, choose) for number in range(start, end)))
        if start <= letters // 2 < end:
            server.put(BOX, large())


async def read(url: str, letters: int) -> None:
    settings = Email(
        address=BOX, password=SecretStr(PASSWORD), imap_url=url, smtp_url="smtp://127.0.0.1:9"
    )
    adapter = EmailAdapter(settings, "Desk", b"k" * 32)
    idle = psutil.Process().memory_info().rss
    film: list[Attachment] = []
    count, done = 0, asyncio.Event()

    async def receive(inbound: Inbound) -> None:
        nonlocal count
        count += 1
        film.extend(file for file in inbound.attachments if file.name == "film.mp4")
        if count == letters:
            done.set()

    started = time.monotonic()
    listening = asyncio.create_task(adapter.listen(receive))
    await done.wait()
    taken = time.monotonic() - started
    listening.cancel()
    await asyncio.gather(listening, return_exceptions=True)
    size, started = 0, time.monotonic()
    async for block in adapter.fetch(film[0]):
        size += len(block)
    fetched = time.monotonic() - started
    await adapter.close()
    if size != FILE_LIMIT:
        raise SystemExit(f"{size} bytes of {FILE_LIMIT} arrived")
    print(f"  {letters} letters in {taken:.1f} s: {letters / taken:.0f} a second")
    print(f"  its file of 25 MB in {fetched:.1f} s")
    print(f"  memory {idle / 1e6:.0f} MB before, {peak() / 1e6:.0f} MB at the most")


def peak() -> int:
    """Bytes that this process ever had in memory. Not `getrusage`, which counts whoever started it
    as well.
    """
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) * 1024


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--letters", type=int, default=5000)
    parser.add_argument(READER, default="", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.read:
        return asyncio.run(read(asked.read, asked.letters))
    with dovecot() as server:
        fill(server, asked.letters)
        print(f"{asked.letters} letters wait", flush=True)
        command = [sys.executable, "-m", "benchmarks.email", READER, server.url()]
        subprocess.run([*command, "--letters", str(asked.letters)], check=True)
    return None


if __name__ == "__main__":
    main()
