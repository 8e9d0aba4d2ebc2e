"""The matcher with the encoder that comes with the desk: loaded once, as it takes a second."""

import pytest

from core.encoder import Encoder, load_encoder
from core.faq_matcher import FaqMatcher
from tests.core.faq_desk import QUESTIONS


@pytest.fixture(scope="session")
def encoder() -> Encoder:
    loaded = load_encoder()
    assert loaded is not None
    return loaded


@pytest.fixture(scope="session")
def matcher(encoder: Encoder) -> FaqMatcher:
    return FaqMatcher(QUESTIONS, encoder=encoder)
