"""How long a question takes, an added phrasing, and how much memory a desk needs: each size in a
process of its own, on one thread.
"""

import os

os.environ["OPENBLAS_NUM_THREADS"] = "1"  # before numpy is loaded

import resource
import subprocess
import sys
from collections.abc import Callable, Sequence
from time import perf_counter
from typing import TypeVar

import numpy as np
import psutil

from benchmarks.faq_data import NOTHING, rows
from core.encoder import Encoder, Vectors
from core.encoders import choose
from core.english import english_width
from core.faq_matcher import FaqMatcher, Question

SIZES = (150, 1_500, 10_000, 100_000)
REAL = 10_000
"""Above, phrasings are mixed from two real ones, and their vectors too: to encode 100,000 takes
minutes.
"""
ASKED = 400
ADDED = 20


class Mixing:
    """Encodes a text as a mixture of few real ones; a question, which comes alone, as it is."""

    def __init__(self, encoder: Encoder, texts: Sequence[str]) -> None:
        self._encoder = encoder
        self.english_width = english_width(encoder)
        self._vectors = encoder.encode(texts)

    def encode(self, texts: Sequence[str]) -> Vectors:
        if len(texts) < ASKED:
            return self._encoder.encode(texts)
        chance = np.random.default_rng(5)
        pairs = chance.integers(len(self._vectors), size=(2, len(texts)))
        mixed = self._vectors[pairs[0]] + self._vectors[pairs[1]]
        return np.asarray(mixed / np.linalg.norm(mixed, axis=1, keepdims=True), np.float32)


def measure_speed() -> None:
    print("| phrasings | built s | refined s | question p50 ms | p99 | an added "
          "phrasing answers, ms, p50 | at worst | MiB | at peak |", flush=True)  # fmt: skip
    for size in SIZES:
        subprocess.run([sys.executable, "-m", "benchmarks.faq_speed", str(size)], check=True)


def measure(size: int) -> None:
    encoder = choose(os.environ.get("FRONTDESK_FAQ__ENCODER", "bundled"))
    assert encoder is not None
    real, asked = collect()
    chosen = encoder if size <= REAL else Mixing(encoder, real[:3000])
    questions = [Question(f"entry {row // 5}", text, "en") for row, text in grown(real, size)]
    built, matcher = timed(lambda: FaqMatcher(questions, encoder=chosen))
    matcher.remove("entry 0")
    refined, _ = timed(matcher.refine)
    times = [timed(lambda: matcher.match(text))[0] for text in asked[:ASKED]]  # noqa: B023  # called at once
    added = [timed(lambda: answer_with(matcher, text))[0] for text in asked[-ADDED:]]  # noqa: B023  # the same
    memory = psutil.Process().memory_info().rss / 2**20
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**10
    usual, worst = np.median(added) * 1000, max(added) * 1000
    p50, p99 = np.percentile(times[20:], [50, 99]) * 1000
    print(f"| {size:,} | {built:.1f} | {refined:.1f} | {p50:.1f} | {p99:.1f} "
          f"| {usual:.0f} | {worst:.0f} | {memory:.0f} | {peak:.0f} |",
          flush=True)  # fmt: skip
    if size == SIZES[0]:
        seconds, _ = timed(lambda: encoder.encode(asked[:2000]))
        print(f"encoded in batches: {2000 / seconds:.0f} questions a second", flush=True)


def answer_with(matcher: FaqMatcher, text: str) -> None:
    matcher.add(Question(f"new {text}", text, "en"))
    assert matcher.match(text).matches[0].entry == f"new {text}"


def collect() -> tuple[list[str], list[str]]:
    """Phrasings and questions, in the order in which the collections have them."""
    learnt = [text for text, label in rows("clinc150")["train", "en"] if label != NOTHING]
    asked = [text for text, _ in rows("banking77_test")["test", "en"]]
    return learnt, asked


def grown(texts: Sequence[str], size: int) -> list[tuple[int, str]]:
    """So many phrasings: the real ones, then mixtures of the first half of one with another."""
    chance = np.random.default_rng(3)
    found = list(dict.fromkeys(texts))[:size]
    while len(found) < size:
        one, other = (texts[at].split() for at in chance.integers(len(texts), size=2))
        found.append(" ".join(one[: len(one) // 2 + 1] + other[len(other) // 2 :]))
    return list(enumerate(found))


T = TypeVar("T")


def timed(work: Callable[[], T]) -> tuple[float, T]:
    began = perf_counter()
    done = work()
    return perf_counter() - began, done


if __name__ == "__main__":
    measure(int(sys.argv[1]))
