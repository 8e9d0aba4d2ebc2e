"""The adapter over the wire, with the real library, against an imitation of the Bot API."""

import asyncio
import logging
import socket
import traceback
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from functools import partial

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from pydantic import SecretStr

from bots.telegram.adapter import TelegramAdapter
from bots.telegram.transport import WireBot
from core.adapter import (
    Adapter,
    DeliveryError,
    FetchError,
    Gone,
    Refused,
    Retry,
    TooLarge,
    Unknown,
)
from core.messages import Address, Attachment, Choice, Enclosed, Inbound, Kind, Outbound
from core.settings import Telegram, Wrong
from tests.bots.contract import (
    ANN,
    Ears,
    MessengerContract,
    MessengerRig,
    Seen,
    hear,
    listening,
    read,
)
from tests.bots.contract_changes import ChangingContract, EnclosingContract
from tests.bots.leaks import all_that_shows, failures_of
from tests.bots.telegram.conftest import ADA, COMMANDS, Waits, settings
from tests.fakes.telegram import TelegramFake
from tests.fakes.telegram_people import Person

Facts = Mapping[str, object]

FILE = Attachment("F1", "document")
CANARY = "42:CANARY-000000000000000000000000000"


@pytest.fixture
def nowhere() -> str:
    """Where nobody listens."""
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{bound.getsockname()[1]}"


@asynccontextmanager
async def served(
    answer: Callable[[web.Request], Awaitable[web.StreamResponse]],
) -> AsyncIterator[TelegramAdapter]:
    """An adapter whose Telegram answers everything so."""
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", answer)
    async with TestServer(app, host="127.0.0.1") as server:
        reached = TelegramAdapter(settings(str(server.make_url(""))))
        yield reached
        await reached.close()


# The contract


class TelegramRig:
    def __init__(self, fake: TelegramFake, adapter: TelegramAdapter) -> None:
        self.adapter: Adapter = adapter
        self.failures: tuple[type[DeliveryError], ...] = (Retry, Refused, Unknown)
        self._fake = fake

    def _person(self, id: str) -> Person:
        return self._fake.person(int(id))

    async def person_says(self, text: str, person: str = ANN) -> None:
        await self._person(person).says(text)

    async def person_presses(self, value: str, person: str = ANN) -> None:
        presser = self._person(person)
        button = {"text": "a button", "callback_data": value}
        question = {
            "message_id": 1,
            "date": 1,
            "chat": presser.room.chat,
            "text": "?",
            "reply_markup": {"inline_keyboard": [[button]]},
        }
        await presser.presses(question, value)

    async def person_sends_file(self, data: bytes, name: str, size: int | None = None) -> None:
        await self._person(ANN).sends_document(data, name, "application/pdf", size=size)

    def seen(self, person: str = ANN) -> list[Seen]:
        shown = self._fake.screen(self._person(person).id)
        return [Seen(one.text, one.labels, one.file) for one in shown]

    def fail_with(self, failure: type[DeliveryError]) -> None:
        kind = {Retry: "too_many", Refused: "blocked", Unknown: "lost_answer"}[failure]
        self._fake.faults.add(kind=kind, method="sendMessage")


class TestTelegramContract(MessengerContract, EnclosingContract, ChangingContract):
    @pytest.fixture
    def rig(self, fake: TelegramFake, adapter: TelegramAdapter) -> MessengerRig:
        return TelegramRig(fake, adapter)


# Opening


async def test_opening_tells_who_we_are_and_shows_the_commands(
    fake: TelegramFake, adapter: TelegramAdapter
) -> None:
    assert adapter.account == "42"
    described = {
        code: call["commands"]
        for (method, code), call in fake.profile.items()
        if method == "setMyCommands"
    }
    assert set(described) == {"", "en", "de"}
    assert "What I can do" in described[""]
    assert "Was ich kann" in described["de"]


async def test_a_desk_whose_commands_are_refused_still_opens(
    fake: TelegramFake, caplog: pytest.LogCaptureFixture
) -> None:
    fake.faults.add(kind="bad_request", method="setMyCommands", times=None)
    adapter = TelegramAdapter(settings(fake.url), commands=COMMANDS)
    await adapter.open()
    assert adapter.account == "42"
    assert "the commands are not shown" in caplog.text
    await adapter.close()


async def test_a_bad_token_is_refused_with_what_to_do(fake: TelegramFake) -> None:
    adapter = TelegramAdapter(settings(fake.url, "42:WRONG"))
    with pytest.raises(Refused, match="FRONTDESK_TELEGRAM__TOKEN"):
        await adapter.open()
    await adapter.close()


async def test_a_platform_that_cannot_be_reached_is_tried_later(nowhere: str) -> None:
    adapter = TelegramAdapter(settings(nowhere))
    with pytest.raises(Retry, match="could not be reached"):
        await adapter.open()
    await adapter.close()


@pytest.mark.parametrize("kind", ["server_error", "lost_answer", "cut", "malformed", "too_many"])
async def test_trouble_while_opening_is_tried_later(fake: TelegramFake, kind: str) -> None:
    adapter = TelegramAdapter(settings(fake.url))
    fake.faults.add(kind=kind, method="getMe")
    with pytest.raises(Retry):
        await adapter.open()
    await adapter.open()
    assert adapter.account == "42"
    await adapter.close()


def test_no_token_is_a_wrong_setting() -> None:
    with pytest.raises(Wrong, match="FRONTDESK_TELEGRAM__TOKEN"):
        TelegramAdapter(Telegram())


@pytest.mark.parametrize("public_url", ["", "http://desk.example"])
def test_a_webhook_without_an_https_address_is_a_wrong_setting(public_url: str) -> None:
    hooked = Telegram(token=SecretStr("42:TEST"), webhook_secret=SecretStr("s" * 16))
    with pytest.raises(Wrong, match="FRONTDESK_WEB__PUBLIC_URL"):
        TelegramAdapter(hooked, public_url)


def test_limits_are_telegrams_and_the_pace_is_the_operators() -> None:
    slow = Telegram(token=SecretStr("42:TEST"), per_second=5, per_chat=0.5)
    limits = TelegramAdapter(slow).limits
    assert (limits.text, limits.utf16, limits.choices) == (4096, True, 100)
    assert (limits.file_in, limits.per_second, limits.per_address) == (20_000_000, 5, 0.5)


# Listening


async def test_listening_takes_the_webhook_away_and_asks_only_for_what_it_knows(
    fake: TelegramFake, adapter: TelegramAdapter
) -> None:
    async with listening(adapter, Ears().receive):
        await fake.is_polled()
    assert fake.calls_of("deleteWebhook")
    poll = fake.calls_of("getUpdates")[0]
    assert poll.structure("allowed_updates") == [
        "message",
        "edited_message",
        "callback_query",
        "my_chat_member",
    ]
    assert poll.number("timeout") == 30


async def test_an_update_is_confirmed_only_once_it_was_received(
    fake: TelegramFake, adapter: TelegramAdapter
) -> None:
    begun, release = asyncio.Event(), asyncio.Event()

    async def receive(_: Inbound) -> None:
        begun.set()
        await release.wait()

    await fake.person(7).says("slowly")
    async with listening(adapter, receive):
        await begun.wait()
        assert len(fake.updates.pending) == 1
        release.set()
        await fake.all_confirmed()


async def test_one_slow_chat_holds_up_only_itself(
    fake: TelegramFake, adapter: TelegramAdapter
) -> None:
    ears, release = Ears(), asyncio.Event()

    async def receive(inbound: Inbound) -> None:
        if inbound.address.chat == "7":
            await release.wait()
        await ears.receive(inbound)

    for text in ("first", "second"):
        await fake.person(7).says(text)
        await fake.person(8).says(text)
    async with listening(adapter, receive):
        assert [one.address.chat for one in await ears.until(2)] == ["8", "8"]
        release.set()
        assert [one.text for one in (await ears.until(4))[2:]] == ["first", "second"]


async def test_what_one_chat_could_not_deliver_is_not_repeated_for_others(
    fake: TelegramFake, adapter: TelegramAdapter, waits: Waits
) -> None:
    ears, failed = Ears(), 0

    async def receive(inbound: Inbound) -> None:
        nonlocal failed
        if inbound.address.chat == "7" and failed < 6:  # each of the two three times
            failed += 1
            raise OSError("no space left on device")
        await ears.receive(inbound)

    await fake.person(7).says("a")
    await fake.person(8).says("b")
    await fake.person(7).says("c")
    async with listening(adapter, receive):
        await ears.until(3)
        await fake.all_confirmed()
    assert [one.text for one in ears.heard] == ["b", "a", "c"]
    for wait, expected in zip(waits, (1, 2, 4), strict=True):
        assert 0.8 * expected <= wait <= 1.2 * expected


async def test_a_failed_receiver_is_logged_without_the_words(
    fake: TelegramFake, adapter: TelegramAdapter, caplog: pytest.LogCaptureFixture
) -> None:
    async def fail(inbound: Inbound) -> None:
        if len(caplog.records) < 2:
            raise OSError(f"cannot write {inbound.text}")
        await ears.receive(inbound)

    ears = Ears()
    await fake.person(7).says("my secret")
    async with listening(adapter, fail):
        await ears.until(1)
    assert "not received; it is taken again" in caplog.text
    assert "my secret" not in "".join(str(record.__dict__) for record in caplog.records)


@pytest.mark.parametrize("kind", ["server_error", "cut", "lost_answer", "malformed"])
async def test_trouble_while_listening_passes(
    fake: TelegramFake, adapter: TelegramAdapter, waits: Waits, kind: str
) -> None:
    fake.faults.add(kind=kind, method="getUpdates", times=3)
    await fake.person(7).says("still here?")
    assert [one.text for one in await hear(adapter)] == ["still here?"]
    assert waits
    assert all(wait <= 30 * 1.2 for wait in waits)


async def test_the_time_that_telegram_asks_for_is_kept(
    fake: TelegramFake, adapter: TelegramAdapter, waits: Waits
) -> None:
    fake.faults.add(kind="too_many", method="getUpdates", retry_after=17)
    await fake.person(7).says("hello")
    await hear(adapter)
    assert waits == [17]


async def test_a_second_poller_is_named_and_waited_for(
    fake: TelegramFake, adapter: TelegramAdapter, waits: Waits, caplog: pytest.LogCaptureFixture
) -> None:
    fake.faults.add(kind="conflict", method="getUpdates")
    await fake.person(7).says("hello")
    await hear(adapter)
    assert "another process is polling with this token" in caplog.text
    assert waits == [30]


async def test_a_token_that_is_revoked_while_listening_ends_it(
    fake: TelegramFake, adapter: TelegramAdapter
) -> None:
    fake.faults.add(kind="unauthorized", method="getUpdates")
    with pytest.raises(Refused, match="FRONTDESK_TELEGRAM__TOKEN"):
        await adapter.listen(Ears().receive)


async def test_update_numbers_may_begin_anew(fake: TelegramFake, adapter: TelegramAdapter) -> None:
    ears = Ears()
    async with listening(adapter, ears.receive):
        await fake.person(7).says("before")
        await ears.until(1)
        await fake.all_confirmed()
        fake.next_update_id = 5
        await fake.person(7).says("after a quiet week")
        await ears.until(2)
        await fake.all_confirmed()
        fake.next_update_id = 2**31
        await fake.person(7).says("after another")
        heard = await ears.until(3)
        await fake.all_confirmed()
    numbers = [one.event.partition("/")[0] for one in heard]
    assert numbers == ["1000", "5", str(2**31)]


async def test_a_malformed_update_is_heard_as_odd_and_does_not_stop_the_others() -> None:
    async with TelegramFake(check=False) as fake:
        adapter = TelegramAdapter(settings(fake.url))
        await adapter.open()
        fake.updates.put("message", {"chat": {"id": 7, "type": "private"}, "text": ["?"]})
        fake.updates.put("message", {"nobody": "here"})
        await fake.person(8).says("me too")
        ears = Ears()
        async with listening(adapter, ears.receive):
            await fake.all_confirmed()
        assert {(one.kind, one.address.chat) for one in ears.heard} == {
            (Kind.ODD, "7"),
            (Kind.MESSAGE, "8"),
        }
        await adapter.close()


async def test_a_press_is_answered_once_it_was_received(
    fake: TelegramFake, adapter: TelegramAdapter
) -> None:
    ada = fake.person(7)
    await adapter.send(Outbound(ADA, "Did this help?", choices=(Choice("Yes", "yes"),)))
    query = await ada.presses(ada.inbox[0], "Yes")
    ears = Ears(deaf_for=1)

    async def receive(inbound: Inbound) -> None:
        assert not fake.calls_of("answerCallbackQuery")
        await ears.receive(inbound)

    async with listening(adapter, receive):
        assert (await ears.until(1))[0].choice == "yes"
        await fake.until(lambda: fake.press_answers[query] is not None)
    assert len(fake.calls_of("answerCallbackQuery")) == 1


async def test_a_press_too_old_to_answer_is_heard_all_the_same(
    fake: TelegramFake, adapter: TelegramAdapter
) -> None:
    fake.faults.add(kind="bad_request", method="answerCallbackQuery")
    rig = TelegramRig(fake, adapter)
    await rig.person_presses("menu:home")
    ears = Ears()
    async with listening(adapter, ears.receive):
        assert (await ears.until(1))[0].choice == "menu:home"
        await fake.until(lambda: fake.faults.struck == 1)
        await rig.person_says("and on")
        await ears.until(2)


# Sending


GONE, THERE = {"gone": True}, {"gone": False}
OUTCOMES: list[tuple[Facts, type[DeliveryError], Facts]] = [
    ({"kind": "too_many", "retry_after": 9}, Retry, {"after": 9, "everyone": False}),
    ({"kind": "unauthorized"}, Retry, {"after": 300, "everyone": True}),
    ({"kind": "server_error"}, Retry, {"everyone": False}),
    ({"kind": "server_error", "status": 500, "html": False}, Retry, {}),
    ({"kind": "server_error", "status": 403}, Retry, {}),
    ({"kind": "server_error", "status": 302}, Retry, {}),
    ({"kind": "blocked"}, Refused, {"gone": True, "moved_to": ""}),
    ({"kind": "migrated", "migrate_to": -100123}, Refused, {"moved_to": "-100123"}),
    ({"kind": "lost_answer"}, Unknown, {}),
    ({"kind": "cut"}, Unknown, {}),
    ({"kind": "malformed"}, Unknown, {}),
    ({"kind": "bad_request", "description": "Bad Request: chat not found"}, Refused, GONE),
    ({"kind": "bad_request", "description": "Bad Request: user is deactivated"}, Refused, GONE),
    ({"kind": "bad_request", "description": "Bad Request: PEER_ID_INVALID"}, Refused, GONE),
    ({"kind": "bad_request", "description": "Bad Request: message is too long"}, Refused, THERE),
    ({"kind": "bad_request", "description": "Bad Request: BUTTON_DATA_INVALID"}, Refused, THERE),
]


@pytest.mark.parametrize(("fault", "failure", "facts"), OUTCOMES)
async def test_a_failure_says_what_it_means_for_the_message(
    fake: TelegramFake,
    adapter: TelegramAdapter,
    fault: Facts,
    failure: type[DeliveryError],
    facts: Facts,
) -> None:
    fake.person(7)
    fake.faults.add(method="sendMessage", **fault)
    with pytest.raises(failure) as failed:
        await adapter.send(Outbound(ADA, "hello"))
    assert {name: getattr(failed.value, name) for name in facts} == facts
    assert str(failed.value)


async def test_a_refusal_names_telegrams_reason_but_not_what_it_quotes(
    fake: TelegramFake, adapter: TelegramAdapter
) -> None:
    said = "private " + "matter"
    words = f"Bad Request: can't do that: wrong word {said!r} in it"
    fake.faults.add(kind="bad_request", method="sendMessage", description=words)
    with pytest.raises(Refused, match="can't do that") as failed:
        await adapter.send(Outbound(ADA, said))
    assert said not in "".join(traceback.format_exception(failed.value))


async def test_a_message_to_nobody_is_refused_as_gone(
    fake: TelegramFake, adapter: TelegramAdapter
) -> None:
    with pytest.raises(Refused) as failed:
        await adapter.send(Outbound(Address("telegram", "42", "999"), "hello"))
    assert failed.value.gone


@pytest.mark.parametrize("text", ["", " \n\t"])
async def test_an_empty_text_is_never_sent(
    fake: TelegramFake, adapter: TelegramAdapter, text: str
) -> None:
    with pytest.raises(Refused) as failed:
        await adapter.send(Outbound(ADA, text))
    assert not failed.value.gone
    assert not fake.calls_of("sendMessage")


async def test_nothing_leaves_when_no_connection_can_be_made(nowhere: str) -> None:
    adapter = TelegramAdapter(settings(nowhere))
    with pytest.raises(Retry, match="could not be reached"):
        await adapter.send(Outbound(ADA, "hello"))
    await adapter.close()


async def test_an_answer_that_does_not_come_in_time_leaves_the_outcome_open(
    fake: TelegramFake,
) -> None:
    fake.person(7)
    fake.faults.add(kind="delay", method="sendMessage", after=5)
    bot = WireBot(fake.url, "42:TEST")
    with pytest.raises(Exception, match="SocketTimeoutError") as lost:
        await bot.send_message("7", "hello", read_timeout=0.05)
    assert type(lost.value).__name__ == "Lost"
    assert [one.text for one in fake.ledger] == ["hello"]
    await bot.hang_up()


async def test_an_answer_that_is_no_message_leaves_the_outcome_open() -> None:
    async def agree(_: web.Request) -> web.Response:
        return web.json_response({"ok": True, "result": True})

    async with served(agree) as adapter:
        with pytest.raises(Unknown):
            await adapter.send(Outbound(ADA, "hello"))


async def test_a_title_that_telegram_cannot_draw_is_sent_plain(
    fake: TelegramFake, adapter: TelegramAdapter
) -> None:
    words = "Bad Request: can't parse entities: unsupported"
    fake.faults.add(kind="bad_request", method="sendMessage", description=words)
    ada = fake.person(7)
    await adapter.send(Outbound(ADA, "below", "Title"))
    assert ada.inbox[0]["text"] == "Title\nbelow"
    assert "entities" not in ada.inbox[0]


async def test_a_title_is_bold(fake: TelegramFake, adapter: TelegramAdapter) -> None:
    ada = fake.person(7)
    await adapter.send(Outbound(ADA, "below", "Title 👋"))
    assert ada.inbox[0]["entities"] == [{"type": "bold", "offset": 0, "length": 8}]


async def test_a_topic_that_is_gone_does_not_swallow_the_message(
    fake: TelegramFake, adapter: TelegramAdapter
) -> None:
    group = fake.group(-1009, forum=True)
    await adapter.send(Outbound(Address("telegram", "42", "-1009", "77"), "hello all"))
    assert group.inbox[0]["text"] == "hello all"
    assert "message_thread_id" not in group.inbox[0]


async def test_a_reply_points_at_its_original_and_passes_without_it(
    fake: TelegramFake, adapter: TelegramAdapter
) -> None:
    ada = fake.person(7)
    question = await ada.says("hello?")
    await adapter.send(Outbound(ADA, "yes", reply_to=str(question["message_id"])))
    await adapter.send(Outbound(ADA, "and yes", reply_to="999999"))
    assert ada.inbox[0]["reply_to_message"]["message_id"] == question["message_id"]
    assert "reply_to_message" not in ada.inbox[1]


# Files


async def test_a_file_cut_off_half_way_is_no_file(
    fake: TelegramFake, adapter: TelegramAdapter
) -> None:
    await fake.person(7).sends_document(bytes(1_000_000))
    file = (await hear(adapter))[0].attachments[0]
    fake.faults.add(kind="lost_answer", method="file")
    with pytest.raises(FetchError) as failed:
        await read(adapter, file)
    assert not isinstance(failed.value, TooLarge | Gone)
    assert len(await read(adapter, file)) == 1_000_000


@pytest.mark.parametrize("kind", ["server_error", "too_many", "cut", "malformed", "unauthorized"])
async def test_a_file_that_cannot_be_had_now_may_be_asked_for_again(
    fake: TelegramFake, adapter: TelegramAdapter, kind: str
) -> None:
    await fake.person(7).sends_document(b"proof")
    file = (await hear(adapter))[0].attachments[0]
    fake.faults.add(kind=kind, method="getFile")
    with pytest.raises(FetchError) as failed:
        await read(adapter, file)
    assert not isinstance(failed.value, TooLarge | Gone)
    assert await read(adapter, file) == b"proof"


async def test_a_file_that_telegram_no_longer_has_is_gone(
    fake: TelegramFake, adapter: TelegramAdapter
) -> None:
    with pytest.raises(Gone):
        await read(adapter, Attachment("nothing like it", "document"))


def telegram_with_a_file(
    download: web.Response,
) -> Callable[[web.Request], Awaitable[web.Response]]:
    async def answer(request: web.Request) -> web.Response:
        if request.path.endswith("/getFile"):
            told = {"file_id": "F1", "file_unique_id": "U1", "file_path": "documents/a.txt"}
            return web.json_response({"ok": True, "result": told})
        return download

    return answer


async def test_a_file_that_is_not_at_its_address_is_gone() -> None:
    async with served(telegram_with_a_file(web.Response(status=404))) as adapter:
        with pytest.raises(Gone):
            await read(adapter, FILE)


async def test_a_file_is_never_fetched_from_another_place(fake: TelegramFake) -> None:
    await fake.person(7).sends_document(b"inside")
    elsewhere = web.Response(status=302, headers={"Location": f"{fake.url}/control/ledger"})
    async with served(telegram_with_a_file(elsewhere)) as adapter:
        with pytest.raises(FetchError):
            await read(adapter, FILE)


@pytest.mark.parametrize(
    "path", [__file__, "http://127.0.0.1:1/x", "//127.0.0.1:1/x", "a?b=c#d", "documents/ü.txt"]
)
async def test_whatever_its_path_a_file_is_asked_of_telegram(path: str) -> None:
    asked = []

    async def answer(request: web.Request) -> web.Response:
        if request.path.endswith("/getFile"):
            return web.json_response({"ok": True, "result": {"file_path": path}})
        asked.append(request.path)
        return web.Response(body=b"from telegram")

    async with served(answer) as adapter:
        assert await read(adapter, FILE) == b"from telegram"
    assert asked == [f"/file/bot42:TEST/{path}"]


@pytest.mark.parametrize("told", [True, {}, {"file_path": None}, {"file_path": 5}])
async def test_a_file_without_a_path_cannot_be_had(told: object) -> None:
    async def answer(_: web.Request) -> web.Response:
        return web.json_response({"ok": True, "result": told})

    async with served(answer) as adapter:
        with pytest.raises(FetchError):
            await read(adapter, FILE)


# Secrets


FAULTS = ["blocked", "bad_request", "migrated", "conflict", "unauthorized", "too_many"]
LOST = ["server_error", "lost_answer", "cut", "malformed"]


async def try_everything(adapter: TelegramAdapter) -> list[BaseException]:
    """All that can fail, and how it failed."""

    async def fetch() -> None:
        await read(adapter, FILE)

    async def listen() -> None:
        async with asyncio.timeout(0.02):
            await adapter.listen(Ears().receive)

    def send() -> Awaitable[object]:
        return adapter.send(Outbound(ADA, "hello", "Title", (Choice("Yes", "yes"),)))

    def send_file() -> Awaitable[object]:
        return adapter.send(Outbound(ADA, "hello", file=Enclosed("a", "text/plain", b"a")))

    acts: list[Callable[[], Awaitable[object]]] = [
        *(adapter.open, send, send_file, fetch, listen),
        partial(adapter.edit, Outbound(ADA, "hello"), "1"),
        partial(adapter.withdraw, ADA, "1"),
        partial(adapter.open_room, "Ticket"),
    ]
    return await failures_of(acts)


@pytest.mark.parametrize("kind", [*FAULTS, *LOST])
async def test_the_token_is_never_shown(
    caplog: pytest.LogCaptureFixture, waits: Waits, kind: str
) -> None:
    caplog.set_level(logging.DEBUG)
    async with TelegramFake(CANARY, check=False) as fake:
        fake.faults.add(kind=kind, times=None)
        adapter = TelegramAdapter(
            settings(fake.url, CANARY, staff_chat="-1"), commands=COMMANDS, sleep=waits.sleep
        )
        raised = await try_everything(adapter)
        assert len(raised) >= 7
        shown = all_that_shows(raised, caplog.records) + repr(adapter) + str(vars(adapter))
        await adapter.close()
    assert "telegram.Bot" in shown
    assert "CANARY" not in shown


@pytest.mark.parametrize("url", ["unreachable", "http://127.0.0.1:99999", "no url", "ftp://x"])
async def test_the_token_is_never_shown_when_nothing_is_there(
    caplog: pytest.LogCaptureFixture, waits: Waits, nowhere: str, url: str
) -> None:
    caplog.set_level(logging.DEBUG)
    place = nowhere if url == "unreachable" else url
    adapter = TelegramAdapter(settings(place, CANARY), commands=COMMANDS, sleep=waits.sleep)
    raised = await try_everything(adapter)
    assert len(raised) == 8
    assert all(isinstance(error, DeliveryError | FetchError) for error in raised)
    shown = all_that_shows(raised, caplog.records)
    await adapter.close()
    assert "CANARY" not in shown


async def test_the_token_is_never_shown_when_all_is_well(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    async with TelegramFake(CANARY) as fake:
        adapter = TelegramAdapter(settings(fake.url, CANARY))
        await adapter.open()
        await fake.person(7).sends_document(b"proof")
        file = (await hear(adapter))[0].attachments[0]
        assert await read(adapter, file) == b"proof"
        await adapter.send(Outbound(ADA, "thank you"))
        await adapter.close()
    assert "deleteWebhook" in caplog.text
    assert "CANARY" not in caplog.text
