"""Collections of real questions with labels, and desks made from them. Lines of JSON with text,
label, split and lang; they are not part of the project: `FRONTDESK_FAQDATA` says where they lie.
"""

import json
import os
import sys
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

from core.encoder import Encoder, Vectors
from core.english import english_width
from core.faq_matcher import Question

NOTHING = "__oos__"
"""The label of questions that no entry answers."""
FOLDER = Path(os.environ.get("FRONTDESK_FAQDATA", "../shared/faqdata"))
Labelled = tuple[str, str]
"""Text and label."""


@dataclass(frozen=True)
class Task:
    """A desk and questions to it. Of entries with at least `shots` phrasings so many are drawn; 0
    takes all.
    """

    name: str
    learnt: tuple[str, str, str]
    """File, split and language of the phrasings."""
    asked: tuple[str, str, str]
    shots: int = 0
    goal: float = 0.0
    """What is wanted at first place, per cent."""


@dataclass(frozen=True)
class Trial:
    """One draw of a task. Questions whose label is not an entry have no answer."""

    questions: list[Question]
    asked: list[Labelled]
    language: str


BANKING, ROBO, XSID = ("banking77_test", "test", "en"), "robofaq", "xsid"
GERMAN = (ROBO, "test", "de")
TASKS = [
    Task("Banking77, 5", ("banking77_fewshot", "train_5", "en"), BANKING, goal=75),
    Task("Banking77, 10", ("banking77_fewshot", "train_10", "en"), BANKING, goal=84),
    Task("CLINC150, 5", ("clinc150", "train", "en"), ("clinc150", "test", "en"), 5),
    Task("CLINC150, 10", ("clinc150", "train", "en"), ("clinc150", "test", "en"), 10),
    *(
        Task(f"robofaq German, {shots}", (ROBO, "train", "de"), GERMAN, shots, goal)
        for shots, goal in ((1, 55), (3, 74), (5, 81), (10, 87))
    ),
    Task("robofaq English, 5", (ROBO, "train", "en"), (ROBO, "test", "en"), 5),
    Task("English phrasings, German questions", (ROBO, "train", "en"), GERMAN, 10, 81),
    *(
        Task(f"xSID {language}, 5", (XSID, "train", language), (XSID, "test", language), 5)
        for language in ("de", "it", "nl", "tr", "da", "zh")
    ),
    Task("xSID en, de asked, 10", (XSID, "train", "en"), (XSID, "test", "de"), 10),
]


@cache
def rows(file: str) -> dict[tuple[str, str], list[Labelled]]:
    """(split, language) -> its questions."""
    path = FOLDER / f"{file}.jsonl"
    if not path.exists():
        sys.exit(f"{path} is not there; say with FRONTDESK_FAQDATA where the collections lie")
    found: dict[tuple[str, str], list[Labelled]] = defaultdict(list)
    for line in path.read_text("utf-8").splitlines():
        row = json.loads(line)
        found[row["split"], row["lang"]].append((row["text"], row["label"]))
    return found


def draw(task: Task, seed: int, most: int) -> Trial:
    """`most` questions at most; the desk's phrasings and the questions depend on the seed."""
    chance = np.random.default_rng(seed)
    file, split, language = task.learnt
    by_label: dict[str, list[str]] = defaultdict(list)
    for text, label in rows(file)[split, language]:
        by_label[label].append(text)
    by_label.pop(NOTHING, None)
    questions = [
        Question(label, texts[at], language)
        for label, texts in sorted(by_label.items())
        for at in chance.permutation(len(texts))[: task.shots or None]
    ]
    file, split, spoken = task.asked
    able = [one for one in rows(file)[split, spoken] if one[1] in by_label]
    return Trial(questions, pick(able, most, chance), spoken)


def without_some(trial: Trial, seed: int) -> Trial:
    """The desk without a quarter of its entries: a quarter of the questions has no answer."""
    chance = np.random.default_rng(seed)
    entries = sorted({one.entry for one in trial.questions})
    gone = {entries[at] for at in chance.permutation(len(entries))[: len(entries) // 4]}
    kept = [one for one in trial.questions if one.entry not in gone]
    asked = [(text, NOTHING if label in gone else label) for text, label in trial.asked]
    return Trial(kept, asked, trial.language)


def pick(those: Sequence[Labelled], most: int, chance: np.random.Generator) -> list[Labelled]:
    return [those[at] for at in chance.permutation(len(those))[:most]]


class Remembering:
    """Encodes each text once, as it comes again with every seed."""

    def __init__(self, encoder: Encoder) -> None:
        self._encoder = encoder
        self.english_width = english_width(encoder)
        self._known: dict[str, Vectors] = {}

    def encode(self, texts: Sequence[str]) -> Vectors:
        new = [text for text in dict.fromkeys(texts) if text not in self._known]
        self._known.update(zip(new, self._encoder.encode(new), strict=True) if new else ())
        return np.stack([self._known[text] for text in texts])
