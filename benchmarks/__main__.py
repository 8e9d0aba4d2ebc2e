"""All published figures, one after the other: `make bench`."""

import subprocess
import sys

for name in (
    "throughput",
    "start",
    "size",
    "crash",
    "discord",
    "discord_crash",
    "x_crash",
    "x_forgeries",
    "email",
    "email_crash",
    "chat",
    "chat_crash",
    "broadcast",
    "broadcast_crash",
    "fanout",
    "faq",
):
    print(f"== {name}", flush=True)
    subprocess.run([sys.executable, "-m", f"benchmarks.{name}"], check=True)
