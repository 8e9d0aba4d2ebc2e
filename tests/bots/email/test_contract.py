"""What every platform promises, with a real Dovecot and a mail server on loopback."""

import asyncio
import base64
from email.message import EmailMessage

import pytest

from bots.email.adapter import EmailAdapter
from bots.email.history import MARK
from core.adapter import Adapter, DeliveryError, Refused, Retry, Unknown
from core.messages import Kind
from tests.bots.contract import (
    ANN,
    BEN,
    AdapterContract,
    MessengerContract,
    MessengerRig,
    Rig,
    Seen,
    hear,
    meet,
)
from tests.bots.contract_changes import EnclosingContract
from tests.bots.email.letters import written
from tests.fakes.mail import Dovecot
from tests.fakes.mail_smtp import HANG_UP, PostOffice, Taken

FAILURES: dict[type[DeliveryError], tuple[str, str]] = {
    Retry: ("RCPT", "450 4.2.1 later"),
    Refused: ("RCPT", "550 5.1.1 no such user"),
    Unknown: ("DATA", HANG_UP),
}


def mailbox_of(person: str) -> str:
    return f"{person}@example.org"


class EmailRig:
    failures: tuple[type[DeliveryError], ...] = tuple(FAILURES)

    def __init__(self, adapter: EmailAdapter, imap: Dovecot, post: PostOffice) -> None:
        self.adapter: Adapter = adapter
        self._imap = imap
        self._post = post
        self._number = 0

    async def _put(self, letter: EmailMessage) -> None:
        await asyncio.to_thread(self._imap.put, self.adapter.account, bytes(letter))

    def _letter(self, text: str, person: str) -> EmailMessage:
        self._number += 1
        letter = written(text, sender=mailbox_of(person))
        letter.replace_header("Message-ID", f"<{self._number}@example.org>")
        return letter

    async def person_says(self, text: str, person: str = ANN) -> None:
        await self._put(self._letter(text, person))

    async def person_presses(self, value: str, person: str = ANN) -> None:
        raise NotImplementedError("letters have no buttons: nobody can press")

    async def person_sends_file(self, data: bytes, name: str, size: int | None = None) -> None:
        letter = self._letter("see the file", ANN)
        letter.make_mixed()
        file = EmailMessage()
        file["Content-Type"] = "application/octet-stream"
        file["Content-Transfer-Encoding"] = "base64"
        file.add_header("Content-Disposition", "attachment", filename=name)
        file.set_param("size", str(size or len(data)), "Content-Disposition")
        file.set_payload(base64.encodebytes(data).decode())
        letter.attach(file)
        await self._put(letter)

    def seen(self, person: str = ANN) -> list[Seen]:
        return [
            Seen(body(taken), file=taken.file)
            for taken in self._post.taken
            if taken.recipient == mailbox_of(person)
        ]

    def fail_with(self, failure: type[DeliveryError]) -> None:
        self._post.fail(*FAILURES[failure])


def body(taken: Taken) -> str:
    """All but our mark."""
    return taken.words.removeprefix(MARK).removeprefix("\n").removeprefix("\n").removesuffix("\n")


class TestEmailContract(AdapterContract, EnclosingContract):
    """And of what is promised where several people write all but the buttons."""

    @pytest.fixture
    def rig(self, adapter: EmailAdapter, imap: Dovecot, post: PostOffice) -> MessengerRig:
        return EmailRig(adapter, imap, post)

    async def test_a_message_says_where_it_came_from(self, rig: Rig) -> None:
        """People are named by their addresses."""
        inbound = await meet(rig)
        assert inbound.address.platform == "email"
        assert inbound.address.account == rig.adapter.account != ""
        assert inbound.address.chat == inbound.sender.id == mailbox_of(ANN)
        assert (inbound.kind, inbound.private, inbound.message) == (
            Kind.MESSAGE,
            True,
            "<1@example.org>",
        )
        assert inbound.at.utcoffset() is not None

    async def test_people_are_told_apart_and_each_keeps_their_order(
        self, rig: MessengerRig
    ) -> None:
        for number in range(4):
            await rig.person_says(f"ann {number}", ANN)
            await rig.person_says(f"ben {number}", BEN)
        heard = await hear(rig.adapter, 8)
        for person, name in ((ANN, "ann"), (BEN, "ben")):
            said = [one.text for one in heard if one.sender.id == mailbox_of(person)]
            assert said == [f"{name} {number}" for number in range(4)]

    test_in_its_order = MessengerContract.test_what_could_not_be_received_comes_again_in_its_order
    test_not_acknowledged = MessengerContract.test_what_was_never_received_is_not_acknowledged
    test_only_its_address = MessengerContract.test_a_send_reaches_only_its_address
