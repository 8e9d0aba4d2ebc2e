"""A pack is read whole, or refused with every fault named."""

from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from core.pack import BadPack, Pack, read_pack

DESK = """\
languages = ["en", "de"]
fallback_language = "en"
reply_within_hours = 24
time_zone = "Europe/Berlin"

[name]
en = "Help"
de = "Hilfe"

[welcome]
en = "How can we help?"
de = "Wie können wir helfen?"

[closing]
en = "Ask us."
de = "Frag uns."

[hours]
mon = "09:00-18:00"
tue = "09:00-18:00"
wed = "09:00-18:00"
thu = "09:00-18:00"
fri = "09:00-16:30"
sat = "00:00-24:00"
sun = ""

[[audiences]]
id = "user"
label = { en = "I watch", de = "Ich schaue" }

[[topics]]
id = "account"
label = { en = "Account", de = "Konto" }
audiences = ["user"]

[[contacts]]
kind = "email"
label = { en = "By e-mail", de = "Per E-Mail" }
address = "help@example.org"
"""
BILLING = """\
centres:
  - id: north
    name: North Pay
    descriptors: [NORTHPAY]
    aliases: [north]
    email: help@north.example
    phone: "+49 30 123456"
    page: https://north.example/help
    hours: {en: Mondays, de: montags}
    handles: {en: Cards., de: Karten.}
not_ours:
  - names: [bank]
    owner: {en: Your bank, de: Deine Bank}
    advice: {en: Ask them., de: Frag dort.}
"""


def write_pack(folder: Path, desk: str = DESK, billing: str = BILLING) -> Path:
    (folder / "desk.toml").write_text(desk, encoding="utf-8")
    (folder / "billing.yaml").write_text(billing, encoding="utf-8")
    return folder


def faults(folder: Path) -> list[str]:
    with pytest.raises(BadPack) as refusal:
        read_pack(folder)
    return str(refusal.value).splitlines()


@pytest.fixture
def pack(tmp_path: Path) -> Pack:
    return read_pack(write_pack(tmp_path))


def test_a_pack_says_who_it_is_and_what_it_promises(pack: Pack) -> None:
    assert pack.languages == ("en", "de")
    assert pack.reply_within == timedelta(hours=24)
    assert pack.zone == ZoneInfo("Europe/Berlin")
    assert pack.hours.fri == (timedelta(hours=9), timedelta(hours=16, minutes=30))
    assert pack.hours.sat == (timedelta(0), timedelta(hours=24))
    assert pack.hours.sun is None
    assert [audience.id for audience in pack.audiences] == ["user"]
    assert pack.topics[0].audiences == ("user",)
    assert pack.contacts[0].address == "help@example.org"


def test_a_pack_knows_its_billing_centres(pack: Pack) -> None:
    (centre,) = pack.billing.centres
    assert (centre.id, centre.descriptors, centre.phone) == (
        "north",
        ("NORTHPAY",),
        "+49 30 123456",
    )
    assert centre.handles["de"] == "Karten."
    assert pack.billing.not_ours[0].names == ("bank",)


def test_a_text_comes_in_the_language_asked_for_or_in_the_fallback(pack: Pack) -> None:
    assert pack.in_language(pack.name, "de") == "Hilfe"
    assert pack.in_language(pack.name, "fr") == "Help"
    assert pack.in_language({}, "de") == ""


def test_all_faults_of_both_files_are_named_at_once(tmp_path: Path) -> None:
    desk = DESK.replace("reply_within_hours = 24", "reply_within_hours = 0").replace("Berlin", "X")
    billing = BILLING.replace("    email: help@north.example\n", "")
    assert faults(write_pack(tmp_path, desk, billing)) == [
        "billing.yaml, line 2: centres.north.email: is missing",
        "desk.toml: reply_within_hours: must be a whole number of hours, 1 to 8760",
        "desk.toml: time_zone: is no time zone, such as Europe/Berlin",
    ]


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ('de = "Hilfe"\n', "", "name: is missing in de"),
        ('de = "Hilfe"', 'de = "Hilfe"\nfr = "Aide"', "name: is in fr, which the pack does not"),
        ('en = "Ask us."', 'en = " "', "closing.en: is empty"),
        ('en = "Ask us."', "en = 5", "closing.en: must be text"),
        ('["en", "de"]', '["en", "de", "en"]', "languages.3: en stands here twice"),
        ('["en", "de"]', '["en", "de", "q1"]', "languages.3: is no language tag"),
        ('["en", "de"]', "[]", "languages: is empty"),
        ('fallback_language = "en"', 'fallback_language = "fr"', "fallback_language: must be one"),
        ("= 24", "= 1.5", "reply_within_hours: must be a whole number"),
        ('"09:00-16:30"', '"9-16"', "hours.fri: must be such as"),
        ('"09:00-16:30"', '"18:00-09:00"', "hours.fri: must be such as"),
        ('sun = ""\n', "", "hours.sun: is missing"),
        ('id = "user"', 'id = "User 1"', "audiences.User 1.id: must be small letters"),
        ('audiences = ["user"]', 'audiences = ["all"]', "account.audiences.1: must be one of user"),
        ('audiences = ["user"]', "audiences = []", "topics.account.audiences: is empty"),
        ('kind = "email"', 'kind = "email"\nfax = "1"', "contacts.1.fax: is not known here"),
        ("time_zone", "billing = 1\ntime_zone", "billing: is not known here"),
        *(
            ("time_zone", f'answers_page = "{page}"\ntime_zone', "answers_page: must be such as")
            for page in ("https://a.example/", "ftp://a/{id}", "https://a/{id} b", "https://a/{id}{x}")
        ),
        ("[name]", "[name", "is not TOML"),
    ],
)  # fmt: skip
def test_a_fault_of_the_desk_names_field_and_reason(
    tmp_path: Path, old: str, new: str, fault: str
) -> None:
    found = faults(write_pack(tmp_path, DESK.replace(old, new)))
    assert any(fault in line and line.startswith("desk.toml: ") for line in found), found


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ('"+49 30 123456"', "030123456", "line 7: centres.north.phone: must be text"),
        (", de: montags", "", "line 9: centres.north.hours: is missing in de"),
        ("owner:", "holder:", "line 13: not_ours.1.holder: is not known here"),
        ("names: [bank]", "names: []", "line 12: not_ours.1.names: is empty"),
        ("page: https://north.example/help", "page:", "line 8: centres.north.page: is empty"),
        ("aliases: [north]", "aliases: [north", "billing.yaml, line 6: is not YAML"),
    ],
)
def test_a_fault_of_the_billing_centres_names_line_field_and_reason(
    tmp_path: Path, old: str, new: str, fault: str
) -> None:
    found = faults(write_pack(tmp_path, billing=BILLING.replace(old, new)))
    assert any(fault in line for line in found), found


def test_an_id_that_is_used_twice_is_refused(tmp_path: Path) -> None:
    twice = DESK + '\n[[audiences]]\nid = "user"\nlabel = { en = "A", de = "B" }\n'
    assert faults(write_pack(tmp_path, twice)) == [
        "desk.toml: audiences.user.id: user is used twice"
    ]


def test_a_folder_without_a_pack_is_refused_by_its_name(tmp_path: Path) -> None:
    (first, second) = faults(tmp_path / "nowhere")
    assert "nowhere" in first
    assert "billing.yaml" in first
    assert "desk.toml" in second
