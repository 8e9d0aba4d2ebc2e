"""The matcher of a command: the desk's own, built from what the desk knows."""

from collections.abc import Sequence
from contextlib import nullcontext

import typer

from core.encoder import Encoder
from core.encoders import NONE, choose
from core.faq_matcher import FaqMatcher, Question
from core.kept_vectors import KeptVectors
from core.settings import Settings
from frontdesk.app import bands_of
from frontdesk.commands.outcome import progress


def build_matcher(settings: Settings, questions: Sequence[Question]) -> FaqMatcher:
    """With the vectors that a running desk has kept, in a moment; without them in some seconds."""
    with progress("Reading the FAQ"):
        encoder = encoder_of(settings)
        kept = KeptVectors(encoder, settings.data / "vectors.npz") if encoder else None
        with kept.learning(keep=False) if kept else nullcontext():
            return FaqMatcher(questions, encoder=kept, bands=bands_of(settings))


def encoder_of(settings: Settings) -> Encoder | None:
    encoder = choose(settings.faq.encoder, settings.data / "encoder")
    if encoder is None and settings.faq.encoder != NONE:
        typer.echo("The encoder is not installed: likeness of spelling stands in.", err=True)
    return encoder
