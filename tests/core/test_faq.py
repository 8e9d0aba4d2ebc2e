"""The FAQ in the database, on both kinds."""

import asyncio
from datetime import UTC, datetime
from functools import partial

import pytest
from sqlmodel import Session, select

from core import asked as asked_store
from core import faq
from core.faq import Change, NoEntry, SamePhrasing, Shown
from core.faq_file import Entry, Text
from core.faq_matcher import Question
from core.models import Asked, FaqPhrasing, FaqText, Heard, Place, row_id
from core.store import Store

NOW = datetime(2026, 11, 22, tzinfo=UTC)


def text(question: str, *phrasings: str, answer: str = "So.") -> Text:
    return Text(question=question, phrasings=phrasings, answer=answer)


CANCEL = Entry(
    id="cancel",
    topic="account",
    audiences=("user",),
    texts={
        "en": text("How do I cancel?", "stop it", "no more"),
        "de": text("Wie kündige ich?", "abo weg"),
    },
)
PAYOUT = Entry(
    id="payout", topic="money", audiences=("creator",), texts={"en": text("When am I paid?", "pay")}
)
LOGIN = Entry(
    id="login", topic="account", audiences=("user", "creator"), texts={"de": text("Kein Login")}
)
ALL = [PAYOUT, CANCEL, LOGIN]


async def take_in(store: Store, *entries: Entry, replace: bool = True) -> Change:
    return await store.write(lambda session: faq.import_entries(session, entries, replace=replace))


async def test_what_was_imported_is_exported_equal_and_in_order(store: Store) -> None:
    assert await take_in(store, *ALL) == Change(added=3)
    assert await store.read(faq.export_entries) == ALL


async def test_an_import_tells_what_it_did(store: Store) -> None:
    await take_in(store, *ALL)
    other = CANCEL.model_copy(update={"topic": "money"})
    new = Entry(id="new", topic="money", audiences=("user",), texts={"en": text("New?")})
    assert await take_in(store, other, new, PAYOUT) == Change(1, 1, 1, 1)
    assert await store.read(faq.export_entries) == [other, new, PAYOUT]


async def test_without_replacing_the_others_stay_where_they_are(store: Store) -> None:
    await take_in(store, *ALL)
    other = CANCEL.model_copy(update={"topic": "money"})
    new = Entry(id="new", topic="money", audiences=("user",), texts={"en": text("New?")})
    assert await take_in(store, new, other, replace=False) == Change(added=1, changed=1)
    assert await store.read(faq.export_entries) == [PAYOUT, other, LOGIN, new]


async def test_a_phrasing_may_move_to_another_entry(store: Store) -> None:
    await take_in(store, *ALL)
    without = CANCEL.model_copy(update={"texts": {"en": text("How do I cancel?", "no more")}})
    with_it = PAYOUT.model_copy(update={"texts": {"en": text("When am I paid?", "Stop it!")}})
    assert await take_in(store, with_it, without) == Change(changed=2, removed=1)
    assert await store.read(faq.export_entries) == [with_it, without]


async def test_a_phrasing_that_another_entry_keeps_is_refused_and_nothing_changes(
    store: Store,
) -> None:
    await take_in(store, *ALL)
    thief = Entry(id="thief", topic="money", audiences=("user",), texts={"en": text("STOP IT?")})
    with pytest.raises(SamePhrasing, match=r"cancel and thief both have “STOP IT\?”"):
        await take_in(store, thief, replace=False)
    assert await store.read(faq.export_entries) == ALL
    assert await store.read(faq.version) == 1


async def test_an_entry_that_goes_takes_its_texts_and_phrasings_along(store: Store) -> None:
    await take_in(store, *ALL)
    await take_in(store)
    assert await store.read(lambda session: session.exec(select(FaqText)).all()) == []
    assert await store.read(lambda session: session.exec(select(FaqPhrasing)).all()) == []


async def test_the_version_grows_with_every_change_and_only_then(store: Store) -> None:
    versions = [await store.read(faq.version)]
    for entries in (ALL, ALL, ALL[::-1], ALL[:1], [], []):
        await take_in(store, *entries)
        versions.append(await store.read(faq.version))
    assert versions == [0, 1, 1, 2, 3, 4, 4]


async def test_a_new_desk_is_seeded_once(store: Store) -> None:
    assert await store.write(partial(faq.seed, entries=ALL)) == Change(added=3)
    assert await store.write(partial(faq.seed, entries=[LOGIN])) == Change()
    assert await store.read(faq.export_entries) == ALL


async def test_an_faq_that_somebody_emptied_stays_empty(store: Store) -> None:
    await take_in(store, *ALL)
    await take_in(store)
    assert await store.write(partial(faq.seed, entries=ALL)) == Change()


async def test_desks_that_start_at_once_seed_it_once(store: Store) -> None:
    seeding = (store.write(partial(faq.seed, entries=ALL)) for _ in range(4))
    changes = await asyncio.gather(*seeding)
    assert sorted(change.added for change in changes) == [0, 0, 0, 3]
    assert await store.read(faq.version) == 1


async def test_the_matcher_gets_every_wording_of_every_language(store: Store) -> None:
    await take_in(store, *ALL)
    assert set(await store.read(faq.questions)) == {
        Question("cancel", "How do I cancel?", "en", ("user",)),
        Question("cancel", "stop it", "en", ("user",)),
        Question("cancel", "no more", "en", ("user",)),
        Question("cancel", "Wie kündige ich?", "de", ("user",)),
        Question("cancel", "abo weg", "de", ("user",)),
        Question("payout", "When am I paid?", "en", ("creator",)),
        Question("payout", "pay", "en", ("creator",)),
        Question("login", "Kein Login", "de", ("user", "creator")),
    }


async def test_a_phrasing_is_added_to_its_entry_once(store: Store) -> None:
    await take_in(store, *ALL)
    before = await store.read(faq.version)
    wordings = [("de", "Abo loswerden"), ("en", "Stop it!"), ("de", "abo loswerden?")]
    assert await store.write(lambda s: faq.add_phrasings(s, "cancel", wordings)) == 1
    assert await store.read(faq.version) == before + 1
    exported = {one.id: one for one in await store.read(faq.export_entries)}
    assert exported["cancel"].texts["de"].phrasings == ("abo weg", "Abo loswerden")
    assert await store.write(lambda s: faq.add_phrasings(s, "cancel", wordings)) == 0
    assert await store.read(faq.version) == before + 1


async def test_a_phrasing_in_a_language_without_an_answer_stands_with_another(
    store: Store,
) -> None:
    await take_in(store, *ALL)
    await store.write(lambda s: faq.add_phrasings(s, "login", [("en", "cannot sign in")]))
    exported = {one.id: one for one in await store.read(faq.export_entries)}
    assert exported["login"].texts["de"].phrasings == ("cannot sign in",)


@pytest.mark.parametrize("text", ["pay", "When am I paid?"])
async def test_a_phrasing_of_another_entry_is_refused_and_nothing_is_changed(
    store: Store, text: str
) -> None:
    await take_in(store, *ALL)
    wordings = [("en", "brand new"), ("en", text)]
    with pytest.raises(SamePhrasing, match="payout"):
        await store.write(lambda s: faq.add_phrasings(s, "cancel", wordings))
    assert await store.read(faq.export_entries) == ALL


async def test_a_phrasing_for_nobodys_entry_is_refused(store: Store) -> None:
    with pytest.raises(NoEntry, match="gone"):
        await store.write(lambda s: faq.add_phrasings(s, "gone", [("en", "x")]))


@pytest.mark.parametrize(
    ("entry", "language", "shown"),
    [
        ("cancel", "de", Shown("cancel", "de", "Wie kündige ich?", "So.")),
        ("cancel", "fr", Shown("cancel", "en", "How do I cancel?", "So.")),
        ("payout", "de", Shown("payout", "en", "When am I paid?", "So.")),
        ("login", "fr", Shown("login", "de", "Kein Login", "So.")),
        ("gone", "en", None),
    ],
)
async def test_an_entry_is_shown_in_the_language_or_the_fallback_or_any(
    store: Store, entry: str, language: str, shown: Shown | None
) -> None:
    await take_in(store, *ALL)
    texts = await store.read(lambda s: faq.texts_of(s, [entry, "cancel"]))
    assert faq.shown(entry, texts[entry], language, "en") == shown


async def test_a_topic_shows_an_audience_its_entries_in_order(store: Store) -> None:
    await take_in(store, LOGIN, PAYOUT, CANCEL)

    def look(session: Session, audience: str) -> list[tuple[str, str]]:
        return faq.entries_of_topic(session, "account", audience, "en", "en")

    login, cancel = ("login", "Kein Login"), ("cancel", "How do I cancel?")
    assert await store.read(partial(look, audience="user")) == [login, cancel]
    assert await store.read(partial(look, audience="creator")) == [login]
    assert await store.read(partial(look, audience="")) == [login, cancel]


async def test_only_topics_in_which_an_audience_finds_something_are_named(store: Store) -> None:
    await take_in(store, *ALL)

    def topics(session: Session) -> list[set[str]]:
        return [faq.topics_with_entries(session, name) for name in ("user", "creator", "", "x")]

    everything = {"account", "money"}
    assert await store.read(topics) == [{"account"}, everything, everything, set()]


async def test_a_question_is_kept_with_what_came_of_it(store: Store) -> None:
    def ask(session: Session) -> list[int]:
        place = Place(platform="p", account="a", chat="c", sender="s", created_at=NOW, thread="")
        session.add(place)
        session.flush()
        rows = [asked(session, place, words) for words in ("how", "why")]
        asked_store.keep(session, rows)
        return [row["id"] for row in rows]

    def asked(session: Session, place: Place, words: str) -> asked_store.Row:
        heard = Heard(platform="p", account="a", event=words, kind="message", at=NOW,
                      received_at=NOW)  # fmt: skip
        session.add(heard)
        session.flush()
        return Asked(
            id=row_id(heard.id), address_id=row_id(place.id), at=NOW, text=words, language="en",
            audience="user", verdict="none",
        ).model_dump()  # fmt: skip

    first, second = await store.write(ask)
    await store.write(lambda session: asked_store.set_outcome(session, first, "ticket"))
    await store.write(lambda session: asked_store.set_outcome(session, 10**9, "helped"))
    kept = await store.read(lambda session: session.exec(select(Asked)).all())
    assert {one.id: (one.text, one.outcome) for one in kept} == {
        first: ("how", "ticket"),
        second: ("why", ""),
    }


async def test_ten_thousand_entries_are_taken_in_and_given_out(store: Store) -> None:
    def entry(number: int) -> Entry:
        wordings = (f"wording {n} of {number}" for n in range(4))
        return Entry(
            id=f"entry-{number}",
            topic="account",
            audiences=("user",),
            texts={"en": text(f"Question {number}", *wordings)},
        )

    many = [entry(number) for number in range(10_000)]
    assert await take_in(store, *many) == Change(added=10_000)
    assert len(await store.read(faq.questions)) == 50_000
