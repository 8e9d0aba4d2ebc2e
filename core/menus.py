"""Where each chat has a menu of commands of its own, those of the staff stand in their private
chats, and in nobody else's.
"""

import asyncio
import json
import logging
from collections.abc import Collection
from functools import partial
from hashlib import blake2b

from sqlmodel import Session, col, select

from core import staff
from core.adapter import Adapter, Commands, DeliveryError, Refused, ShowsCommands
from core.contacts import speech_at
from core.dialogs import menu
from core.dialogs.staff import commands_of
from core.i18n import Languages
from core.messages import Address
from core.models import Note, Place, Role
from core.store import Store

log = logging.getLogger(__name__)

LOOK = 10.0
"""Seconds between two looks whether anybody has come or gone."""
Shown = dict[str, str]
"""For each chat a mark of what was shown there."""


class Menus:
    def __init__(self, store: Store, adapters: Collection[Adapter], languages: Languages) -> None:
        self._store = store
        self._adapters = adapters
        self._languages = languages

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            try:
                await self.look()
            except Exception as error:  # the database may be away for a while
                log.error("the menus could not be looked at: %s", type(error).__name__)
            await asyncio.sleep(LOOK)

    async def look(self) -> None:
        for adapter in self._adapters:
            if isinstance(adapter, ShowsCommands) and adapter.account:
                await self._look_at(adapter, adapter.platform, adapter.account)

    async def _look_at(self, adapter: ShowsCommands, platform: str, account: str) -> None:
        """What cannot be shown now is tried again at the next look."""
        name = f"menus:{platform}/{account}"
        wanted, shown = await self._store.read(
            partial(compare, platform, account, name, self._languages)
        )
        changed = [
            chat for chat in {*wanted, *shown} if mark_of(wanted.get(chat)) != shown.get(chat, "")
        ]
        if not changed:
            return
        for chat in changed:
            commands = wanted.get(chat, ())
            if await is_shown(adapter, Address(platform, account, chat), commands):
                shown[chat] = mark_of(commands)
        kept = json.dumps({chat: mark for chat, mark in shown.items() if mark})
        await self._store.write(lambda session: session.merge(Note(name=name, value=kept)))


def compare(
    platform: str, account: str, name: str, languages: Languages, session: Session
) -> tuple[dict[str, Commands], Shown]:
    """What each chat of the staff is to show, and what it shows."""
    places = session.exec(
        select(Place).where(
            Place.platform == platform,
            Place.account == account,
            Place.thread == "",
            Place.reachable,
            col(Place.staff_id).is_not(None),
        )
    )
    wanted = {}
    for place in places:
        known = staff.who(session, place)
        if known:
            speech = speech_at(session, languages, place)
            own = commands_of(Role(known.role), speech)
            others = ((command, speech.t(does)) for command, does in menu.COMMANDS.items())
            wanted[place.chat] = (*own, *others)
    note = session.get(Note, name)
    return wanted, json.loads(note.value) if note else {}


def mark_of(commands: Commands | None) -> str:
    return blake2b(repr(commands).encode(), digest_size=6).hexdigest() if commands else ""


async def is_shown(adapter: ShowsCommands, address: Address, commands: Commands) -> bool:
    """Also where it never can be: a chat that is gone shows nothing."""
    try:
        await adapter.show_commands(address, commands)
    except Refused:
        return True
    except DeliveryError as error:
        log.warning("a menu is not shown", extra={"error": str(error)})
        return False
    return True
