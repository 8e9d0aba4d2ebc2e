"""What a platform may ask the desk before it has received anything. Nothing is changed by it."""

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime
from functools import partial

from sqlmodel import Session, col, select

from core import contacts, faq, outbox
from core.adapter import Lookup
from core.answers import Answers
from core.cleaning import clean_text
from core.dialogs.drawn_form import draw
from core.dialogs.turn import Turn
from core.i18n import Languages
from core.masking import mask
from core.messages import Address, Choice, DrawnForm, Inbound
from core.models import Asked, Contact, Heard, Place
from core.pack import Pack
from core.store import Store


class DeskLookup(Lookup):
    """Answers from what is on disk."""

    def __init__(
        self,
        store: Store,
        pack: Pack,
        languages: Languages,
        answers: Answers,
        clock: Callable[[], datetime],
    ) -> None:
        self._store = store
        self._pack = pack
        self._languages = languages
        self._answers = answers
        self._clock = clock

    async def form(self, inbound: Inbound) -> DrawnForm | None:
        return await self._store.read(lambda session: draw(self._turn(session, inbound)))

    def _turn(self, session: Session, inbound: Inbound) -> Turn:
        known = contacts.find_places(session, [inbound.address], lock=False)
        place, contact = known.get(inbound.address, (None, None))
        contact = contact or contacts.find_person(session, inbound.address.platform, inbound.sender)
        return Turn(
            session,
            self._pack,
            self._languages,
            self._clock(),
            inbound,
            0,
            place or blank_place(inbound, self._clock()),
            contact or Contact(language=self._languages.nearest(inbound.sender.language)),
            None,
        )

    async def complete(self, text: str, language: str, limit: int) -> Sequence[Choice]:
        asked = mask(clean_text(text)).strip()
        if not asked:
            return []
        tag = self._languages.nearest(language)
        found = await self._answers.find(asked, tag)
        entries = [match.entry for match in found.matches[:limit]]
        return await self._store.read(lambda session: self._questions(session, entries, tag))

    def _questions(self, session: Session, entries: Sequence[str], tag: str) -> list[Choice]:
        texts = faq.texts_of(session, entries)
        shown = (
            faq.shown(entry, texts[entry], tag, self._pack.fallback_language) for entry in entries
        )
        return [Choice(one.question, f"entry:{one.entry_id}") for one in shown if one]

    async def last_heard(self, platform: str, account: str) -> Mapping[Address, str]:
        query = select(Place).where(
            Place.platform == platform, Place.account == account, col(Place.last_message) != ""
        )
        places = await self._store.read(lambda session: session.exec(query).all())
        return {
            Address(platform, account, place.chat, place.thread): place.last_message
            for place in places
        }

    async def last_event(self, platform: str, account: str) -> str:
        query = (
            select(Heard.event)
            .where(Heard.platform == platform, Heard.account == account)
            .order_by(col(Heard.id).desc())
            .limit(1)
        )
        return await self._store.read(lambda session: session.exec(query).first()) or ""

    async def language(self, address: Address) -> str:
        return await self._store.read(partial(language_at, address))

    async def is_speaking(self, address: Address) -> bool:
        now = self._clock()
        return await self._store.read(lambda session: outbox.is_speaking(session, address, now))

    async def said(self, address: Address, since: datetime) -> Collection[str]:
        return await self._store.read(partial(outbox.arrived, address=address, since=since))


def language_at(address: Address, session: Session) -> str:
    """A place where others read along is nobody's, but what was asked there had a language."""
    place, contact = contacts.find_places(session, [address], lock=False).get(address, (None, None))
    if contact or place is None:
        return contact.language if contact else ""
    asked = select(Asked.language).where(Asked.address_id == place.id)
    return session.exec(asked.order_by(col(Asked.id).desc()).limit(1)).first() or ""


def blank_place(inbound: Inbound, now: datetime) -> Place:
    """Of somebody who was never here."""
    address = inbound.address
    return Place(
        platform=address.platform,
        account=address.account,
        chat=address.chat,
        thread=address.thread,
        sender=inbound.sender.id,
        created_at=now,
    )
