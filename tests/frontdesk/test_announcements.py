"""`frontdesk announce` and `frontdesk announcements`."""

import csv
import json
from pathlib import Path

from sqlmodel import Session, select

from core.migration import migrate
from core.models import Announcement, Contact, NewsState, Place, Sending
from core.store import open_engine
from tests.conftest import Clock
from tests.core.photos import PLACE, photo
from tests.frontdesk.commands import command

NEWS = "# en\n## Hello\nNew today\n\n# de\n## Hallo\nHeute neu\n"


def desk(data: Path, clock: Clock) -> Path:
    """With a reader of each language. The file with the news."""
    engine = open_engine(f"sqlite:///{data / 'frontdesk.db'}")
    migrate(engine)
    with Session(engine.execution_options(begin="IMMEDIATE")) as session:
        for number, language in enumerate(("en", "de"), 1):
            session.add(Contact(id=number, language=language, created_at=clock.now))
            session.flush()
            session.add(Place(contact_id=number, platform="telegram", account="bot",
                              chat=f"={number}", sender=str(number), subscribed=True,
                              created_at=clock.now))  # fmt: skip
        session.commit()
    engine.dispose()
    file = data / "news.md"
    file.write_text(NEWS, "utf-8")
    return file


def rows(data: Path) -> list[Sending]:
    engine = open_engine(f"sqlite:///{data / 'frontdesk.db'}")
    with Session(engine) as session:
        found = list(session.exec(select(Sending).order_by("id")))
    engine.dispose()
    return found


def test_a_file_is_published_in_its_languages_with_what_goes_along(
    tmp_path: Path, clock: Clock
) -> None:
    file = desk(tmp_path, clock)
    picture = tmp_path / "plan.txt"
    picture.write_text("plan")
    ended = command(tmp_path, "announce", "--file", str(file), "--attach", str(picture), "--yes")
    assert ended.exit_code == 0, ended.stderr
    assert "telegram: 2 people, 2 messages, about 1 s" in ended.stdout
    said = [(row.title, row.text, row.file["name"]) for row in rows(tmp_path)]
    assert said == [("Hallo", "Heute neu", "plan.txt"), ("Hello", "New today", "plan.txt")]
    shown = json.loads(command(tmp_path, "announcements", "show", "1", "--json").stdout)
    assert (shown["state"], shown["left"]) == ("running", 2)
    lines = list(
        csv.reader(command(tmp_path, "announcements", "show", "1", "--csv").stdout.splitlines())
    )
    assert [line[1] for line in lines] == ["chat", "'=2", "'=1"]
    assert "running" in command(tmp_path, "announcements", "list").stdout


def test_a_photo_does_not_tell_where_it_was_taken(tmp_path: Path, clock: Clock) -> None:
    file, picture = desk(tmp_path, clock), tmp_path / "office.jpg"
    picture.write_bytes(photo("JPEG"))
    command(tmp_path, "announce", "--file", str(file), "--attach", str(picture), "--yes")
    (stored_as,) = {row.file["stored_as"] for row in rows(tmp_path)}
    (kept,) = (path for path in (tmp_path / "files").rglob("*") if path.is_file())
    assert str(kept).endswith(stored_as)
    assert PLACE not in kept.read_bytes()


def test_without_a_yes_nothing_is_sent(tmp_path: Path, clock: Clock) -> None:
    ended = command(tmp_path, "announce", "--file", str(desk(tmp_path, clock)))
    assert ended.exit_code == 1
    assert "--yes" in ended.stderr
    assert "about 1 s\n" in ended.stdout
    assert rows(tmp_path) == []
    assert command(tmp_path, "announcements", "list").stdout == "Nothing.\n"


def test_what_it_costs_at_most_is_said(tmp_path: Path, clock: Clock) -> None:
    paid = {"FRONTDESK_TELEGRAM__PAID_PER_SECOND": "1000"}
    ended = command(tmp_path, "announce", "--file", str(desk(tmp_path, clock)), **paid)
    assert "2 messages, about 1 s, at most 1 Telegram Stars\n" in ended.stdout


def test_where_its_file_is_too_large_is_said_before_it_is_sent(
    tmp_path: Path, clock: Clock
) -> None:
    large = tmp_path / "film.bin"
    with large.open("wb") as file:
        file.truncate(49_500_000)  # without its bytes
    told = command(
        tmp_path, "announce", "--file", str(desk(tmp_path, clock)), "--attach", str(large)
    )
    assert "telegram: the file cannot go along there and is only named." in told.stdout
    assert rows(tmp_path) == []
    links = {
        "FRONTDESK_WEB__FILES": "1",
        "FRONTDESK_WEB__PUBLIC_URL": "https://desk.example.org",
    }
    told = command(
        tmp_path, "announce", "--file", str(tmp_path / "news.md"), "--attach", str(large), **links
    )
    assert "telegram: 2 people, 2 messages" in told.stdout
    assert "only named" not in told.stdout


def test_what_cannot_be_is_said_before_anything_is_sent(tmp_path: Path, clock: Clock) -> None:
    file = desk(tmp_path, clock)
    empty = tmp_path / "empty.md"
    empty.write_text("# en\n\n")
    for arguments, said in (
        (("--file", str(empty)), "is empty"),
        (("--file", str(tmp_path / "none.md")), "none.md"),
        (("--file", str(file), "--at", "2020-01-01 10:00"), "is over"),
        (("--file", str(file), "--at", "2027-03-28 02:30"), "does not exist"),
        (("--file", str(file), "--at", "soon"), "is no time"),
        (("--file", str(file), "--side", "kings"), "There is no side kings"),
        (("--file", str(file), "--public", "x"), "There is no public place on x"),
        (("--file", str(file), "--attach", str(empty.with_name("0"))), "0"),
    ):
        empty.with_name("0").touch()
        ended = command(tmp_path, "announce", *arguments, "--yes")
        assert ended.exit_code == 1
        assert said in ended.stderr
    assert rows(tmp_path) == []


def test_one_for_later_is_scheduled(tmp_path: Path, clock: Clock) -> None:
    file = desk(tmp_path, clock)
    command(tmp_path, "announce", "--file", str(file), "--at", "2099-01-01 10:00 UTC", "--yes")
    engine = open_engine(f"sqlite:///{tmp_path / 'frontdesk.db'}")
    with Session(engine) as session:
        assert session.get_one(Announcement, 1).state == NewsState.SCHEDULED
    engine.dispose()
    assert rows(tmp_path) == []
