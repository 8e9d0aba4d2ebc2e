"""The imitation of X, and the real tweepy talking to it."""

# mypy: disable-error-code="import-untyped"

import time
from collections.abc import AsyncIterator
from dataclasses import replace

import aiohttp
import pytest
from oauthlib.oauth1 import Client
from tweepy import BadRequest, Forbidden, NotFound, Unauthorized
from tweepy.asynchronous import AsyncClient

from tests.fakes.x import XFake
from tests.fakes.x_client import bearer, session_to, signed, tweepy_on
from tests.fakes.x_keys import Keys

FIELDS = ["attachments", "created_at", "dm_conversation_id", "sender_id", "entities"]
EXPANSIONS = ["sender_id", "attachments.media_keys"]


@pytest.fixture
async def fake() -> AsyncIterator[XFake]:
    async with XFake() as running:
        yield running


@pytest.fixture
async def session(fake: XFake) -> AsyncIterator[aiohttp.ClientSession]:
    async with session_to(fake) as opened:
        yield opened


@pytest.fixture
def tweepy(fake: XFake, session: aiohttp.ClientSession) -> AsyncClient:
    return tweepy_on(session, fake.keys)


async def test_tweepy_learns_who_we_are(fake: XFake, tweepy: AsyncClient) -> None:
    told = await tweepy.get_me(user_auth=True)
    assert told["data"] == {"id": fake.user_id, "name": "Desk", "username": fake.screen_name}
    assert fake.calls[-1].host == "api.twitter.com"


async def test_what_people_say_is_looked_up(fake: XFake, tweepy: AsyncClient) -> None:
    said = await fake.person(7, "Anna").says("Hallo, 1 < 2 & 👋 é")
    told = await tweepy.get_direct_message_events(
        dm_event_fields=FIELDS, expansions=EXPANSIONS, event_types="MessageCreate"
    )
    (event,) = told["data"]
    assert event.pop("created_at").endswith("Z")
    assert event == {
        "id": said.id,
        "event_type": "MessageCreate",
        "text": "Hallo, 1 < 2 & 👋 é",
        "sender_id": "7",
        "dm_conversation_id": "7-100",
    }
    assert told["includes"] == {"users": [{"id": "7", "name": "Anna", "username": "person_7"}]}
    assert told["meta"] == {"result_count": 1}


async def test_what_we_send_arrives_and_is_looked_up_too(fake: XFake, tweepy: AsyncClient) -> None:
    anna = fake.person(7)
    first = await tweepy.create_direct_message(participant_id=7, text="one")
    second = await tweepy.create_direct_message(dm_conversation_id="7-100", text="one")
    assert [one["text"] for one in await anna.hears(2)] == ["one", "one"]
    ids = [one["data"]["dm_event_id"] for one in (second, first)]
    assert len(set(ids)) == 2
    told = await tweepy.get_direct_message_events(participant_id=7, dm_event_fields=FIELDS)
    assert [(one["id"], one["sender_id"]) for one in told["data"]] == [(id, "100") for id in ids]
    assert [one.text for one in fake.ledger] == ["one", "one"]


async def test_one_event_is_looked_up_by_its_id(
    fake: XFake, session: aiohttp.ClientSession
) -> None:
    said = await fake.person(7).says("hello")
    for id, status in ((said.id, 200), ("5", 404)):
        url = f"{fake.url}/2/dm_events/{id}?expansions=sender_id"
        async with session.get(url, headers=signed(fake.keys, "GET", url)) as answer:
            assert answer.status == status
            told = await answer.json()
            assert status == 404 or told["includes"]["users"][0]["id"] == "7"


async def test_pages_are_turned_back_to_the_oldest(fake: XFake, tweepy: AsyncClient) -> None:
    anna, ben = fake.person(7), fake.person(8)
    for number in range(5):
        await anna.says(f"a{number}")
        await ben.says(f"b{number}")
    texts, token = [], None
    while True:
        page = await tweepy.get_direct_message_events(
            dm_conversation_id="7-100", max_results=2, pagination_token=token
        )
        texts += [one["text"] for one in page["data"]]
        token = page["meta"].get("next_token")
        if token is None:
            break
    assert texts == ["a4", "a3", "a2", "a1", "a0"]
    whole = await tweepy.get_direct_message_events()
    assert len(whole["data"]) == 10


async def test_what_is_older_than_thirty_days_is_not_shown(
    fake: XFake, tweepy: AsyncClient
) -> None:
    anna = fake.person(7)
    await anna.says("long ago")
    fake.clock.advance(20 * 86_400)
    await anna.says("lately")
    fake.clock.advance(11 * 86_400)
    told = await tweepy.get_direct_message_events()
    assert [one["text"] for one in told["data"]] == ["lately"]
    fake.clock.advance(30 * 86_400)
    assert await tweepy.get_direct_message_events() == {"meta": {"result_count": 0}}


@pytest.mark.parametrize(
    "wrong",
    [
        {"max_results": 0},
        {"max_results": 101},
        {"pagination_token": "!"},
        {"dm_event_fields": "nonsense"},
        {"expansions": "author_id"},
    ],
)
async def test_what_x_does_not_know_it_refuses(
    fake: XFake, tweepy: AsyncClient, wrong: dict[str, object]
) -> None:
    with pytest.raises(BadRequest):
        await tweepy.get_direct_message_events(**wrong)


async def test_the_newer_names_leave_the_sender_to_the_expansion(
    fake: XFake, tweepy: AsyncClient
) -> None:
    await fake.person(7).says("look: https://x.com/us/status/123")
    fake.naming = "post"
    with pytest.raises(BadRequest):
        await tweepy.get_direct_message_events(dm_event_fields=["sender_id"])
    with pytest.raises(BadRequest):
        await tweepy.get_direct_message_events(tweet_fields=["id"])
    told = await tweepy.get_direct_message_events(dm_event_fields=["referenced_posts"])
    assert told["data"][0]["referenced_posts"] == [{"id": "123"}]
    told = await tweepy.get_direct_message_events(expansions=["sender_id"])
    assert told["data"][0]["sender_id"] == "7"
    fake.lookup.strict = False
    told = await tweepy.get_direct_message_events(dm_event_fields=["sender_id", "created_at"])
    assert told["data"][0].keys() == {"id", "event_type", "text", "created_at"}


async def test_links_become_short_and_a_file_adds_one(fake: XFake, tweepy: AsyncClient) -> None:
    anna = fake.person(7)
    await anna.says("see https://example.com/a?b=1, please", media=b"png")
    (event,) = (await tweepy.get_direct_message_events(dm_event_fields=FIELDS))["data"]
    links = event["entities"]["urls"]
    assert event["text"] == f"see {links[0]['url']}, please {links[1]['url']}"
    assert links[0]["expanded_url"] == "https://example.com/a?b=1"
    assert links[1]["expanded_url"] == f"https://twitter.com/messages/media/{event['id']}"
    fake.world.shortens_links, fake.world.escapes_html = False, True
    await anna.says("a & b https://example.com")
    newest = (await tweepy.get_direct_message_events())["data"][0]
    assert newest["text"] == "a &amp; b https://example.com"


async def test_who_shuts_us_out_gets_nothing(fake: XFake, tweepy: AsyncClient) -> None:
    anna = fake.person(7)
    anna.blocks()
    with pytest.raises(Forbidden, match="cannot send messages to this user") as refused:
        await tweepy.create_direct_message(participant_id=7, text="hello")
    assert refused.value.api_codes == []
    anna.blocks(code=349)
    with pytest.raises(Forbidden) as refused:
        await tweepy.create_direct_message(participant_id=7, text="hello")
    assert refused.value.api_codes == [349]
    anna.returns()
    await tweepy.create_direct_message(participant_id=7, text="hello")
    assert [one["text"] for one in anna.inbox] == ["hello"]


async def test_what_cannot_be_sent_is_refused(fake: XFake, tweepy: AsyncClient) -> None:
    fake.person(7)
    for text in ("", "x" * 10_001):
        with pytest.raises(BadRequest):
            await tweepy.create_direct_message(participant_id=7, text=text)
    with pytest.raises(BadRequest):
        await tweepy.create_direct_message(participant_id=7, text="a", media_id="5")
    for place in ({"participant_id": 9}, {"dm_conversation_id": "7-8"}):
        with pytest.raises(NotFound):
            await tweepy.create_direct_message(text="a", **place)
    await tweepy.create_direct_message(participant_id=7, text="👋" * 10_000)


async def test_groups_have_conversations_of_their_own(fake: XFake, tweepy: AsyncClient) -> None:
    await fake.person(7).says("to all", group="555")
    await fake.person(8).says("me too", group="555")
    told = await tweepy.get_direct_message_events(dm_conversation_id="555", dm_event_fields=FIELDS)
    assert [one["sender_id"] for one in told["data"]] == ["8", "7"]
    assert told["data"][0]["dm_conversation_id"] == "555"
    sent = await tweepy.create_direct_message(dm_conversation_id="555", text="hello")
    assert sent["data"]["dm_conversation_id"] == "555"


# Proof


@pytest.mark.parametrize(
    "wrong", ["consumer_key", "consumer_secret", "access_token", "access_secret"]
)
async def test_a_wrong_key_is_not_accepted(
    fake: XFake, session: aiohttp.ClientSession, wrong: str
) -> None:

    client = tweepy_on(session, replace(fake.keys, **{wrong: "wrong"}))
    with pytest.raises(Unauthorized):
        await client.get_me(user_auth=True)
    assert len(fake.proof.refused) == 1


async def test_a_signature_holds_once_and_for_one_call(
    fake: XFake, session: aiohttp.ClientSession
) -> None:
    url = f"{fake.url}/2/users/me"
    proof = signed(fake.keys, "GET", url)
    statuses = []
    for asked in (url, url, f"{url}?user.fields=id"):
        async with session.get(asked, headers=proof) as answer:
            statuses.append(answer.status)
    async with session.get("https://api.twitter.com/2/users/me", headers=proof) as answer:
        statuses.append(answer.status)
    assert statuses == [200, 401, 401, 401]
    assert fake.proof.refused == ["said before", *["a wrong signature"] * 2]


@pytest.mark.parametrize("ago", [-400, 400])
async def test_a_signature_has_its_time(
    fake: XFake, session: aiohttp.ClientSession, ago: int
) -> None:
    keys, url = fake.keys, f"{fake.url}/2/users/me"
    secrets = keys.consumer_key, keys.consumer_secret, keys.access_token, keys.access_secret
    _, headers, _ = Client(*secrets, timestamp=str(int(time.time()) - ago)).sign(url)
    async with session.get(url, headers=headers) as answer:
        assert answer.status == 401
    assert fake.proof.refused == ["another time"]


@pytest.mark.parametrize("header", ["", "OAuth", 'OAuth oauth_nonce="a", b', "Bearer ", "Basic a"])
async def test_no_proof_is_no_proof(
    fake: XFake, session: aiohttp.ClientSession, header: str
) -> None:
    async with session.get(f"{fake.url}/2/users/me", headers={"Authorization": header}) as answer:
        assert answer.status == 401
        assert (await answer.json())["title"] == "Unauthorized"


async def test_a_token_of_the_account_does_what_a_signature_does(
    fake: XFake, session: aiohttp.ClientSession
) -> None:
    fake.person(7)
    client = tweepy_on(session, Keys(), fake.grants.issue())
    await client.create_direct_message(participant_id=7, text="hello", user_auth=False)
    assert fake.calls[-1].who == "user"
    fake.clock.advance(7200)
    with pytest.raises(Unauthorized):
        await client.get_me(user_auth=False)


async def test_the_app_alone_reads_no_messages(fake: XFake, session: aiohttp.ClientSession) -> None:
    client = tweepy_on(session, Keys(), fake.grants.issue_for_app())
    with pytest.raises(Forbidden, match="Application-Only is forbidden"):
        await client.get_direct_message_events(user_auth=False)


async def test_without_its_authority_it_is_not_trusted(fake: XFake) -> None:
    async with aiohttp.ClientSession() as session:
        with pytest.raises(aiohttp.ClientConnectorCertificateError):
            await session.get(fake.here)


async def test_unknown_places_are_not_found(fake: XFake, session: aiohttp.ClientSession) -> None:
    async with session.get(f"{fake.url}/2/likes", headers=bearer("x")) as answer:
        assert answer.status == 404
