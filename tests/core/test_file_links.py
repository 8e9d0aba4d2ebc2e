"""A link to a file: made by us alone, for a while."""

from datetime import timedelta
from urllib.parse import unquote, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.file_links import DAYS, FileLinks
from core.messages import StoredFile
from tests.conftest import Clock

STORED = "0f/" + "0f" + "a1" * 15
PLAN = StoredFile(STORED, "plan.pdf", "application/pdf", 1000)


@pytest.fixture
def links(clock: Clock) -> FileLinks:
    return FileLinks("https://desk.example.org/", b"k" * 32, clock)


def parts(link: str) -> tuple[str, str]:
    """As a server sees them."""
    token, name = urlsplit(link).path.split("/")[-2:]
    return token, unquote(name)


def test_a_link_leads_to_its_file_and_tells_its_name(links: FileLinks) -> None:
    link = links.link(PLAN)
    assert link.startswith("https://desk.example.org/file/")
    assert link.endswith("/plan.pdf")
    assert links.find(*parts(link)) == STORED


@given(name=st.text(max_size=60))
def test_any_name_becomes_a_link_that_leads_there(name: str) -> None:
    links = FileLinks("https://desk.example.org", b"k" * 32, Clock())
    link = links.link(StoredFile(STORED, name, "", 1))
    assert link.isascii()
    assert not set(link) & set(" \"'<>\\")
    assert links.find(*parts(link)) == STORED


@pytest.mark.parametrize("sign", ["a", "ж", "𐀀"])
def test_no_platform_has_to_cut_a_link_in_two(links: FileLinks, sign: str) -> None:
    link = links.link(StoredFile(STORED, sign * 200 + ".tar", "", 1))
    assert len(link) < 450
    assert link.endswith(".tar")
    assert links.find(*parts(link)) == STORED


def test_it_is_over_after_thirty_days(links: FileLinks, clock: Clock) -> None:
    found = parts(links.link(PLAN))
    clock.now += timedelta(days=DAYS)
    assert links.find(*found) == STORED
    clock.now += timedelta(days=2)
    assert links.find(*found) is None


def test_whatever_is_changed_in_it_makes_it_nobodys(links: FileLinks, clock: Clock) -> None:
    token, name = parts(links.link(PLAN))
    for at, sign in enumerate(token):
        other = "1" if sign != "1" else "2"
        assert links.find(token[:at] + other + token[at + 1 :], name) is None, at
    assert links.find(token, "plan.exe") is None
    assert links.find(token, "") is None
    assert links.find(token + "\n", name) is None
    assert FileLinks("https://desk.example.org", b"l" * 32, clock).find(token, name) is None


def test_what_is_drawn_when_it_is_sent_has_none(links: FileLinks) -> None:
    assert links.link(StoredFile('week:{"a": 1}', "week.png", "image/png", 0)) == ""
    assert links.link(StoredFile("../../etc/passwd", "a", "", 0)) == ""
