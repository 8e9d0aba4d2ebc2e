"""A new user's first minute, with the program and pack as they come."""

import hashlib
import json
from pathlib import Path

from PIL import Image

from tests.dialogs.talk import PACK
from tests.frontdesk.commands import command, frontdesk


def test_ask_in_german_get_an_answer_open_a_ticket_with_a_picture_and_see_it(
    tmp_path: Path,
) -> None:
    picture = tmp_path / "bild schirm.png"
    Image.new("RGB", (40, 30), "red").save(picture)
    said = "\n".join([
        "passwort vergessen",
        "/ticket",
        "kim_1",
        "Video bleibt nach zehn Minuten stehen",
        "1",
        "Heute 9:40, Seite „Neu“, Video 7",
        f"/attach '{picture}'",
        "1",
        "1",
    ])  # fmt: skip
    talk = frontdesk(tmp_path, "chat", "--language", "de", "--name", "kim", said=said)
    assert talk.returncode == 0, talk.stderr
    assert "Passwort" in talk.stdout
    assert "Ticket 1" in talk.stdout
    shown = frontdesk(tmp_path, "tickets", "show", "1", "--json")
    ticket = json.loads(shown.stdout)
    assert ticket["subject"] == "Video bleibt nach zehn Minuten stehen"
    assert ticket["username"] == "kim_1"
    (evidence,) = ticket["evidence"]
    assert evidence["name"] == "bild schirm.png"
    assert (evidence["media_type"], evidence["width"], evidence["height"]) == ("image/png", 40, 30)
    assert evidence["sha256"] == hashlib.sha256(picture.read_bytes()).hexdigest()
    kept = tmp_path / "files" / evidence["stored_as"]
    assert kept.read_bytes() == picture.read_bytes()


def test_an_answer_of_staff_is_read_at_the_next_visit(tmp_path: Path) -> None:
    said = "/ticket\n1\nBild bleibt schwarz\n1\nHeute um neun\n1\n1\n"
    small = {"FRONTDESK_PACK": str(PACK)}
    frontdesk(tmp_path, "chat", "--language", "en", "--name", "kim", said=said, **small)
    answered = command(tmp_path, "tickets", "answer", "1", "Please reload the page.", **small)
    assert answered.exit_code == 0, answered.stderr
    talk = frontdesk(tmp_path, "chat", "--name", "kim", said="/tickets\n", **small)
    assert "Please reload the page." in talk.stdout
    listed = json.loads(command(tmp_path, "tickets", "list", "--json", **small).stdout)
    assert [ticket["state"] for ticket in listed] == ["waiting"]
