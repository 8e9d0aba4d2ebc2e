"""One press in a program for mail ends the news: from the letter to the database (RFC 8058)."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
from pydantic import SecretStr
from sqlmodel import Session, select

from bots.email.adapter import EmailAdapter
from core.announcements import drafts, life
from core.messages import Address
from core.models import Place
from core.pack import read_pack
from core.settings import Email, Settings
from frontdesk.app import Parts, languages_of, now, open_desk
from tests.dialogs.newsdesk import add_reader
from tests.dialogs.talk import PACK
from tests.fakes.mail import PASSWORD
from tests.fakes.mail_smtp import PostOffice, post_office
from tests.faults.waiting import until
from web.server import build, serving

PUBLIC = "https://desk.example"
BOX, EVE = "desk@desk.example", "eve+news@example.org"


@asynccontextmanager
async def desk(
    data: Path, public_url: str = PUBLIC
) -> AsyncIterator[tuple[Parts, PostOffice, str]]:
    """It sends letters and is called; nobody reads its mailbox."""
    with post_office() as office:
        email = Email(address=BOX, password=SecretStr(PASSWORD), smtp_url=office.url,
                      imap_url="imap://127.0.0.1:1")  # fmt: skip
        settings, pack = Settings(data=data, pack=PACK, email=email), read_pack(PACK)
        languages = languages_of(pack)
        adapter = EmailAdapter(
            email, "Desk", b"k" * 32, public_url=public_url, languages=languages
        )  # fmt: skip
        async with open_desk(settings, pack, [adapter]) as parts:
            limits = {adapter.platform: adapter.limits}
            press = life.Press(pack, languages, limits)
            await parts.store.write(lambda session: publish(session, press))
            parts.delivery.wake()
            await until(lambda: len(office.taken) == 1)
            routes = adapter.routes(parts.desk.receive)
            async with serving(build(routes, parts.is_well), "127.0.0.1", 0) as url:
                yield parts, office, url


def publish(session: Session, press: life.Press) -> None:
    add_reader(session, Address("email", BOX, EVE), "de", now())
    news = drafts.begin(session, None, now())
    drafts.write(session, news, "en", "# Hello\nNew today")
    assert life.confirm(session, news, press, now())


async def wants_news(parts: Parts) -> bool:
    query = select(Place.subscribed).where(Place.chat == EVE)
    return await parts.store.read(lambda session: session.exec(query).one())


def page_of(office: PostOffice) -> str:
    link: str = office.taken[0].letter["List-Unsubscribe"].split(",")[0].strip("<> ")
    assert link.startswith(f"{PUBLIC}/email/unsubscribe?")
    return link.removeprefix(PUBLIC)


async def test_one_press_ends_the_news_and_a_look_at_the_page_does_not(tmp_path: Path) -> None:
    async with desk(tmp_path) as (parts, office, url), aiohttp.ClientSession() as http:
        letter = office.taken[0].letter
        assert letter["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
        assert f"<mailto:{BOX}?subject=unsubscribe" in letter["List-Unsubscribe"]
        page = url + page_of(office)
        async with http.get(page, headers={"Accept-Language": "de-DE,de;q=0.9"}) as shown:
            text = await shown.text()
            assert shown.status == 200
            assert shown.headers["Referrer-Policy"] == "no-referrer"
        assert f"Sollen keine Neuigkeiten mehr an {EVE} gehen?" in text
        assert await wants_news(parts)
        for _ in range(2):  # a program may press again
            async with http.post(page, data={"List-Unsubscribe": "One-Click"}) as pressed:
                assert pressed.status == 200
            assert not await wants_news(parts)
        await until(lambda: len(office.taken) == 2)
        assert "keine Neuigkeiten mehr" in office.taken[1].words


async def test_a_link_that_is_not_theirs_ends_nothing(tmp_path: Path) -> None:
    async with desk(tmp_path) as (parts, office, url), aiohttp.ClientSession() as http:
        path, _, query = page_of(office).partition("?")
        person, letter = query.split("&")
        for wrong in (
            f"person=ann@example.org&{letter}",
            f"person=&{letter}",
            f"{person}&letter=",
            f"{person}&letter={'a' * 24}.{'0' * 32}@desk.example",
            f"{person}&letter=<script>",
            "",
        ):
            for call in (http.get, http.post):
                async with call(f"{url}{path}?{wrong}") as answer:
                    assert answer.status == 404
                    assert "<script>" not in await answer.text()
        assert await wants_news(parts)


async def test_without_an_address_on_the_web_there_is_the_letter_alone(tmp_path: Path) -> None:
    async with desk(tmp_path, "http://desk.example") as (_, office, url):
        letter = office.taken[0].letter
        assert letter["List-Unsubscribe"].startswith(f"<mailto:{BOX}?subject=unsubscribe")
        assert letter["List-Unsubscribe-Post"] is None
        async with aiohttp.ClientSession() as http, http.get(f"{url}/email/unsubscribe") as answer:
            assert answer.status == 404
