"""What staff see and do at the command line, on a desk with two tickets."""

import json
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from tests.dialogs.talk import PACK
from tests.frontdesk.commands import command, frontdesk

TICKET = "/ticket\n1\n{}\n1\nToday at nine\n1\n1\n"


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("desk")
    said = TICKET.format("[red]Picture[/] stays black") + TICKET.format("No sound at all")
    told = frontdesk(folder, "chat", "--language", "en", said=said, FRONTDESK_PACK=str(PACK))
    assert "Ticket 2" in told.stdout, told.stderr
    return folder


class Staff:
    """Commands on one desk."""

    def __init__(self, data: Path) -> None:
        self._data = data

    def does(self, *arguments: str, ends: int = 0) -> str:
        """All that was shown."""
        ended = command(self._data, *arguments, FRONTDESK_PACK=str(PACK))
        assert ended.exit_code == ends, ended.output
        return ended.output

    def gets(self, *arguments: str) -> Any:
        return json.loads(self.does(*arguments, "--json"))

    def fails_all_sends(self, reason: str) -> None:
        with closing(sqlite3.connect(self._data / "frontdesk.db")) as connection, connection:
            connection.execute("UPDATE outbox SET state = 'failed', reason = ?", (reason,))


@pytest.fixture
def staff(model: Path, tmp_path: Path) -> Staff:
    return Staff(
        shutil.copytree(model, tmp_path / "data", ignore=shutil.ignore_patterns("encoder"))
    )


def test_open_tickets_come_before_settled_ones(staff: Staff) -> None:
    staff.does("tickets", "solve", "1")
    assert [ticket["number"] for ticket in staff.gets("tickets", "list")] == [2, 1]
    assert [ticket["number"] for ticket in staff.gets("tickets", "list", "--limit", "1")] == [2]
    solved = staff.gets("tickets", "list", "--state", "solved")
    assert [ticket["number"] for ticket in solved] == [1]


def test_nobodys_words_are_markup_in_a_list(staff: Staff) -> None:
    assert "[red]Picture[/]" in staff.does("tickets", "list")
    staff.fails_all_sends("[red]no \x1b[2Jchat")
    assert "[red]no �[2Jchat" in staff.does("outbox", "list")


def test_an_answer_is_kept_as_it_will_be_read(staff: Staff) -> None:
    staff.does("tickets", "answer", "1", "Please \x1b[2Jreload\nthe page.\n\n")
    (answered,) = [
        event["text"]
        for event in staff.gets("tickets", "show", "1")["history"]
        if event["kind"] == "answered"
    ]
    assert answered == "Please [2Jreload\nthe page."
    assert "  Please [2Jreload\n  the page.\n" in staff.does("tickets", "show", "1")


def test_settling_twice_is_told_once(staff: Staff) -> None:
    staff.does("tickets", "solve", "1")
    staff.does("tickets", "solve", "1")
    (told,) = staff.gets("outbox", "list", "--state", "pending")
    assert told["platform"] == "terminal"
    assert told["created_at"].endswith("+00:00")


@pytest.mark.parametrize("number", [0, -1, 3, 2**63 - 1, 2**63, 10**30])
@pytest.mark.parametrize("command", ["show", "solve"])
def test_a_number_that_nothing_has_is_told_so(staff: Staff, command: str, number: int) -> None:
    assert staff.does("tickets", command, "--", str(number), ends=1).startswith("There is no ")


def test_failed_sends_are_tried_again_one_or_all(staff: Staff) -> None:
    staff.fails_all_sends("chat not found")
    failed = [row["id"] for row in staff.gets("outbox", "list")]
    assert len(failed) > 2
    assert staff.gets("outbox", "retry", str(failed[0])) == {"retried": 1}
    assert [row["id"] for row in staff.gets("outbox", "list")] == failed[1:]
    assert staff.does("outbox", "retry").startswith(f"{len(failed) - 1} will be sent again")
    assert staff.gets("outbox", "list") == []
    pending = staff.gets("outbox", "list", "--state", "pending", "--state", "sent")
    assert [row["id"] for row in pending] == failed
