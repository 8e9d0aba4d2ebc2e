"""Whatever an FAQ says, its file says the same."""

from itertools import count

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.faq_file import Entry, Text, read_entries, write_entries
from core.pack import read_pack
from core.settings import ROOT

PACK = read_pack(ROOT / "packs" / "creator-platform")

WORDS = st.text(
    st.characters(exclude_categories=("Cs", "Cc"), include_characters="\n\t\x85"), max_size=40
)
ANSWERS = st.text(
    st.characters(exclude_categories=("Cs", "Cc", "Zl", "Zp"), include_characters="\n\t"),
    max_size=200,
)


@st.composite
def entry_lists(draw: st.DrawFn) -> list[Entry]:
    """Entries whose wordings all differ, by a number at their ends."""
    numbers = count()

    def text() -> Text:
        return Text(
            question=f"{draw(WORDS)} {next(numbers)}",
            phrasings=tuple(f"{one} {next(numbers)}" for one in draw(st.lists(WORDS, max_size=3))),
            answer=f"{draw(ANSWERS)}.{draw(ANSWERS)}",
        )

    def entry() -> Entry:
        languages = draw(st.sets(st.sampled_from(["en", "de"]), min_size=1))
        return Entry(
            id=f"entry-{next(numbers)}",
            topic="account",
            audiences=tuple(draw(st.permutations(["user", "studio"]))),
            texts={language: text() for language in sorted(languages)},
        )

    return [entry() for _ in range(draw(st.integers(0, 4)))]


@given(entries=entry_lists(), suffix=st.sampled_from([".yaml", ".json"]))
@settings(max_examples=150, deadline=None)
def test_what_was_written_reads_back_equal_and_is_written_the_same_again(
    entries: list[Entry], suffix: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.getbasetemp() / f"round{suffix}"
    write_entries(entries, path)
    written = path.read_bytes()
    assert read_entries(path, PACK) == entries
    write_entries(read_entries(path, PACK), path)
    assert path.read_bytes() == written
