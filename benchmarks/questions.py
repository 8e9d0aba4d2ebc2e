"""Questions to ask: the pack's own phrasings, as they are or made new by adding words."""

import random

import yaml

from core.settings import ROOT

EXTRA = [
    "please",
    "today",
    "again",
    "really",
    "still",
    "since",
    "yesterday",
    "maybe",
    "quickly",
    "thanks",
    "now",
    "hello",
    "team",
    "somehow",
]


def phrasings() -> list[str]:
    text = (ROOT / "packs" / "creator-platform" / "faq.yaml").read_text(encoding="utf-8")
    entries = yaml.safe_load(text)["entries"]
    return [
        phrasing
        for entry in entries
        for language in entry["languages"].values()
        for phrasing in language["phrasings"]
    ]


def unseen(count: int, seed: int) -> list[str]:
    """So many questions, each for the first time."""
    choose = random.Random(seed)
    known = phrasings()
    return [
        f"{choose.choice(known)} {' '.join(choose.sample(EXTRA, 2))} {seed}{number}"
        for number in range(count)
    ]


def repeated(count: int, seed: int) -> list[str]:
    """So many questions, out of twenty."""
    choose = random.Random(seed)
    twenty = choose.sample(phrasings(), 20)
    return [choose.choice(twenty) for _ in range(count)]
