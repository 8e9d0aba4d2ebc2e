"""Somebody becomes staff and works from a terminal, as they would from any platform."""

import json
from pathlib import Path

from tests.dialogs.talk import PACK
from tests.frontdesk.commands import command, frontdesk

HERE = {"FRONTDESK_PACK": str(PACK)}


def does(data: Path, *arguments: str, ends: int = 0) -> str:
    ended = command(data, *arguments, **HERE)
    assert ended.exit_code == ends, ended.output
    return ended.stdout


def says(data: Path, *lines: str) -> str:
    said = "".join(f"{line}\n" for line in lines)
    return frontdesk(data, "chat", "--language", "en", said=said, **HERE).stdout


def test_invited_joined_at_work_and_removed(tmp_path: Path) -> None:
    says(tmp_path, "/ticket", "1", "No sound at all", "1", "Today at nine", "1", "1")
    assert does(tmp_path, "staff", "list").startswith("Nobody yet.")
    join = does(tmp_path, "staff", "invite", "sam", "--role", "publisher").strip()
    assert join.startswith("/join ")
    shown = says(tmp_path, join, "/queue", "/show 1", "/note 1 looks like the codec")
    assert "Welcome, sam" in shown
    assert "No sound at all" in shown
    assert "only the team reads it" in shown
    (sam,) = json.loads(does(tmp_path, "staff", "list", "--json"))
    assert sam == {"name": "sam", "role": "publisher", "duty": "no", "platforms": "terminal"}
    assert "no longer staff" in does(tmp_path, "staff", "remove", "Sam")
    assert "I do not know that command" in says(tmp_path, "/queue")


def test_what_cannot_be_done_is_said(tmp_path: Path) -> None:
    assert command(tmp_path, "staff", "invite", "two words", **HERE).exit_code == 1
    assert "Nobody is called kim" in command(tmp_path, "staff", "remove", "kim", **HERE).output
    says(tmp_path, does(tmp_path, "staff", "invite", "sam").strip())
    ended = command(tmp_path, "staff", "invite", "sam", "--role", "admin", **HERE)
    assert (ended.exit_code, "sam is agent already" in ended.output) == (1, True)
