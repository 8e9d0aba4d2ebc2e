"""The matcher with the encoder that comes with the desk, loaded once, as it takes a second; and an
outbox with a platform in memory.
"""

import pytest

from core.encoder import Encoder, load_encoder
from core.faq_matcher import FaqMatcher
from core.store import Store
from tests.conftest import Clock
from tests.core.faq_desk import QUESTIONS
from tests.core.post import Post


@pytest.fixture(scope="session")
def encoder() -> Encoder:
    loaded = load_encoder()
    assert loaded is not None
    return loaded


@pytest.fixture(scope="session")
def matcher(encoder: Encoder) -> FaqMatcher:
    return FaqMatcher(QUESTIONS, encoder=encoder)


@pytest.fixture
def post(store: Store, clock: Clock) -> Post:
    return Post(store, clock)
