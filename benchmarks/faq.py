"""How well questions find their entries: `python -m benchmarks.faq`, some ten minutes on one
thread. Against BM25, TF-IDF of characters, rapidfuzz and the nearest phrasing by the same encoder.
`FRONTDESK_FAQ__ENCODER=english` measures another one.
"""

import os

os.environ["OPENBLAS_NUM_THREADS"] = "1"  # before numpy is loaded

import sys
from collections.abc import Sequence

import numpy as np

from benchmarks.faq_data import NOTHING, TASKS, Remembering, Trial, draw, rows, without_some
from benchmarks.faq_figures import calibration_error, figures, find, spread
from benchmarks.faq_peers import Peer, bm25, char_tfidf, nearest, token_set
from benchmarks.faq_speed import measure_speed
from core.encoder import Encoder
from core.encoders import choose, without_english
from core.faq_matcher import FaqMatcher, Found, Question

SEEDS = (11, 12, 13)
MOST = 3100
"""Questions of a task and seed: all, but for CLINC150."""


def main() -> None:
    chosen = choose(os.environ.get("FRONTDESK_FAQ__ENCODER", "bundled"))
    plain = without_english(chosen)
    if chosen is None or plain is None:
        sys.exit("the sentence encoder is not installed: there is nothing to measure")
    encoder = Remembering(chosen)
    peers: dict[str, Peer] = {
        "BM25": bm25, "TF-IDF": char_tfidf, "rapidfuzz": token_set,
        "nearest": nearest(Remembering(plain)),
    }  # fmt: skip
    print("| collection | goal | right first | at once | among five | answered | precise "
          "| error of confidence |", *peers, "|", sep=" | ")  # fmt: skip
    errors = []
    for task in TASKS:
        trials = [draw(task, seed, MOST) for seed in SEEDS]
        if not task.shots:
            trials = trials[:1]  # the collection's own choice of phrasings, and all its questions
        cells, error = measure(trials, encoder)
        errors += error
        others = [spread([first(peer, trial) for trial in trials]) for peer in peers.values()]
        print("|", task.name, "|", f"{task.goal:g}" if task.goal else "", "|",
              " | ".join([*cells, *others]), "|", flush=True)  # fmt: skip
    print(f"error of confidence over all: {np.mean(errors):.3f}, at worst {max(errors):.3f}")
    full(encoder)
    measure_speed()


def measure(trials: Sequence[Trial], encoder: Encoder) -> tuple[list[str], list[float]]:
    refined, at_once, errors = [], [], []
    for seed, trial in enumerate(trials):
        matcher = FaqMatcher(trial.questions, encoder=encoder)
        at_once.append(figures(find(matcher, trial.asked, trial.language), trial.asked))
        matcher.refine()
        refined.append(figures(find(matcher, trial.asked, trial.language), trial.asked))
        some = without_some(trial, seed)
        matcher = FaqMatcher(some.questions, encoder=encoder)
        matcher.refine()
        errors.append(calibration_error(find(matcher, some.asked, some.language), some.asked))
    cells = [
        spread([one.first for one in refined]),
        spread([one.first for one in at_once]),
        spread([one.five for one in refined]),
        f"{np.mean([one.answered for one in refined]):.0f}",
        spread([one.precise for one in refined]),
        f"{np.mean(errors):.3f}",
    ]
    return cells, errors


def first(peer: Peer, trial: Trial) -> float:
    """Per cent of questions whose entry has the phrasing with the best score."""
    entries = np.array([one.entry for one in trial.questions])
    scores = peer([one.text for one in trial.questions], [text for text, _ in trial.asked])
    labels = np.array([label for _, label in trial.asked])
    return 100 * float((entries[scores.argmax(axis=1)] == labels).mean())


def full(encoder: Encoder) -> None:
    """CLINC150 with all phrasings. What fits less than a bound is turned away; the bound is the one
    with most right decisions on the validation questions.
    """
    collection = rows("clinc150")
    learnt = [Question(label, text, "en") for text, label in collection["train", "en"]
              if label != NOTHING]  # fmt: skip
    matcher = FaqMatcher(learnt, encoder=encoder)
    for state in ("at once", "refined"):
        found = {}
        for split in ("valid", "test"):
            asked = collection[split, "en"]
            found[split] = fits(find(matcher, asked, "en"), [label for _, label in asked])
        fit, right, outside = found["valid"]
        bounds = np.quantile(fit, np.linspace(0, 1, 400))
        made = [np.where(fit < bound, outside, right).sum() for bound in bounds]
        bound = bounds[int(np.argmax(made))]
        fit, right, outside = found["test"]
        print(f"CLINC150 full, {state}: in scope right {100 * right[~outside].mean():.1f}, "
              f"right and let through {100 * (right & (fit >= bound))[~outside].mean():.1f}, "
              f"out of scope turned away {100 * (fit < bound)[outside].mean():.1f}",
              flush=True)  # fmt: skip
        matcher.refine()


def fits(
    found: Sequence[Found], labels: Sequence[str]
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Of each question its fit, whether it found its entry, and whether it has none."""
    right = [one.matches[0].entry == label for one, label in zip(found, labels, strict=True)]
    outside = [label == NOTHING for label in labels]
    return np.array([one.fit for one in found]), np.array(right), np.array(outside)


if __name__ == "__main__":
    main()
