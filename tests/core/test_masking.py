"""Card numbers, IBANs and codes are hidden; what only looks like them is not."""

import random
import re
import time
import timeit
import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum import iban, luhn

from core.masking import mask

NBSP = "\u00a0"
PREFIXES = {  # as the issuers publish them: prefix and length
    "Visa": [("4", 16), ("4", 19), ("4", 13)],
    "Mastercard": [("51", 16), ("55", 16), ("2221", 16), ("2720", 16)],
    "American Express": [("34", 15), ("37", 15)],
    "Diners": [("300", 14), ("305", 14), ("36", 14), ("38", 14)],
    "Discover": [("6011", 16), ("644", 16), ("65", 16)],
    "JCB": [("3528", 16), ("3589", 16)],
    "UnionPay": [("62", 16), ("62", 17), ("62", 18), ("62", 19)],
    "Maestro": [("5018", 13), ("6304", 16), ("6759", 18), ("6763", 19), ("67", 19)],
    "Mir": [("2200", 16), ("2204", 19)],
    "RuPay": [("60", 16), ("508", 16)],
}
IBANS = {  # what follows the two check digits: n digit, a letter, c either
    "DE": "n" * 18,
    "AT": "n" * 16,
    "CH": "n" * 5 + "c" * 12,
    "FR": "n" * 10 + "c" * 11 + "nn",
    "GB": "aaaa" + "n" * 14,
    "NL": "aaaa" + "n" * 10,
    "NO": "n" * 11,
    "MT": "aaaa" + "n" * 5 + "c" * 18,
    "ES": "n" * 20,
    "IT": "a" + "n" * 10 + "c" * 12,
}
SPELLINGS: list[Callable[[str], str]] = [
    lambda number: number,
    lambda number: fours(number, " "),
    lambda number: fours(number, "-"),
    lambda number: fours(number, NBSP),
    lambda number: fours(number, "."),
    lambda number: fours(number, " \u2013 "),
    lambda number: fours(number, "  "),
    lambda number: fours(number, "\u200b"),
    lambda number: " ".join(number),
    lambda number: "".join(chr(ord(sign) + 0xFEE0) for sign in number),
    lambda number: fours("".join(chr(ord(sign) + 0xFEE0) for sign in number), "\u3000"),
    lambda number: number[:6] + " " + number[6:],
]
AROUND = [
    "{}",
    "my card is {}, thanks",
    "Konto: {}.",
    "({})",
    "卡号{}。",
    "1) {}\n2) nothing 🎉",
    "{} 12/27",
    "charged 9.99 on 2026-11-22\t{}\tplease help",
]


def fours(number: str, gap: str) -> str:
    return gap.join(number[at : at + 4] for at in range(0, len(number), 4))


def some_card(chance: random.Random) -> tuple[str, str]:
    prefix, length = chance.choice(PREFIXES[chance.choice(list(PREFIXES))])
    body = prefix + "".join(chance.choices("0123456789", k=length - len(prefix) - 1))
    number = body + luhn.calc_check_digit(body)
    return number, f"•••• {number[-4:]}"


def some_iban(chance: random.Random) -> tuple[str, str]:
    country = chance.choice(list(IBANS))
    kinds = {"n": "0123456789", "a": "ABCDEFGHIJ", "c": "0123456789ABCXYZ"}
    body = "".join(chance.choice(kinds[kind]) for kind in IBANS[country])
    number = country + iban.calc_check_digits(f"{country}00{body}") + body
    spelled = number.lower() if chance.random() < 0.3 else number
    return spelled, f"{country}•• … {number[-4:]}"


@pytest.mark.parametrize("make", [some_card, some_iban])
def test_99_percent_of_numbers_are_hidden_in_twelve_spellings_and_nothing_else_changes(
    make: Callable[[random.Random], tuple[str, str]],
) -> None:
    chance = random.Random(4111)
    wrong = []
    for turn in range(2400):
        number, shown = make(chance)
        spelled = SPELLINGS[turn % len(SPELLINGS)](number)
        around = AROUND[chance.randrange(len(AROUND))]
        if mask(around.format(spelled)) != around.format(shown):
            wrong.append((around.format(spelled), mask(around.format(spelled))))
    assert len(wrong) <= 24, wrong[:10]


def when(chance: random.Random) -> datetime:
    span = timedelta(days=11 * 365)
    return datetime(2015, 9, 1, tzinfo=UTC) + span * chance.random()


def digits(chance: random.Random, count: int) -> str:
    return str(chance.randrange(10 ** (count - 1), 10**count))


def snowflake(chance: random.Random) -> str:
    since = int(when(chance).timestamp() * 1000) - 1420070400000
    return str((since << 22) + chance.randrange(1 << 22))


LOOK_ALIKES: list[Callable[[random.Random], str]] = [
    snowflake,
    lambda chance: f"<@{snowflake(chance)}> said hello",
    lambda chance: f"+49 15{chance.randrange(10)} {digits(chance, 8)}",
    lambda chance: (
        f"+{chance.choice(['4915', '44', '41', '52', '62', '353', '380'])}" + digits(chance, 9)
    ),
    lambda chance: f"004915{digits(chance, 9)} or 4915{chance.randrange(8)}{digits(chance, 8)}",
    lambda chance: f"order {digits(chance, chance.randrange(8, 13))}",
    lambda chance: f"order number {digits(chance, 16)}",
    lambda chance: f"ORD{digits(chance, 16)}",
    lambda chance: f"{digits(chance, 3)}-{digits(chance, 7)}-{digits(chance, 7)}",
    lambda chance: (
        f"GPA.{digits(chance, 4)}-{digits(chance, 4)}-{digits(chance, 4)}-" + digits(chance, 5)
    ),
    lambda chance: when(chance).strftime("%Y-%m-%d %H:%M:%S.%f %Y%m%d%H%M%S"),
    lambda chance: when(chance).strftime("from %d.%m.%Y to %d.%m.%Y, 19.99"),
    lambda chance: str(int(when(chance).timestamp() * 1000)),
    lambda chance: f"telegram {digits(chance, chance.choice([9, 10]))}",
    lambda chance: f"chat -100{digits(chance, 10)}",
    lambda chance: f"update {digits(chance, 9)} message {digits(chance, 6)}",
    lambda chance: str(uuid.UUID(int=chance.getrandbits(128), version=4)),
    lambda chance: f"IMEI 35{digits(chance, 12)}{chance.randrange(10)}",
    lambda chance: f"{chance.random()} and {chance.random() * 90}",
    lambda chance: ".".join(str(chance.randrange(256)) for _ in range(4)) + ":8080",
]


def test_at_most_one_in_200_look_alikes_is_touched() -> None:
    chance = random.Random(2026)
    texts = [LOOK_ALIKES[turn % len(LOOK_ALIKES)](chance) for turn in range(10_000)]
    wrong = [text for text in texts if mask(text) != text]
    assert len(wrong) <= 50, wrong[:10]


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("4111 1111 1111 1111 and 5500-0000-0000-0004", "•••• 1111 and •••• 0004"),
        ("4111 1111 1111 1111 5500 0000 0000 0004", "•••• 1111 •••• 0004"),
        ("3782 822463 10005", "•••• 0005"),
        ("41 11 11 11 11 11 11 11", "•••• 1111"),
        ("٤١١١ ١١١١ ١١١١ ١١١١", "•••• 1111"),
        ("de89 3704 0044 0532 0130 00 bitte", "DE•• … 3000 bitte"),
        ("DE 89 3704 0044 0532 0130 00, 4111111111111111", "DE•• … 3000, •••• 1111"),
        ("GB82 WEST 1234 5698 7654 32", "GB•• … 5432"),
        ("card 4111111111111111 12/27 CVV: 123", "card •••• 1111 12/27 CVV: •••"),
        ("cvv 123 4111111111111111", "cvv ••• •••• 1111"),
        ("Die Prüfnummer lautet 4567!", "Die Prüfnummer lautet •••!"),
        ("CVV/CVC 12３", "CVV/CVC •••"),
        ("kartenprüfnummer=999 security code is 1234", "kartenprüfnummer=••• security code is •••"),
    ],
)
def test_a_number_keeps_its_last_four_digits_and_a_code_none(text: str, masked: str) -> None:
    assert mask(text) == masked


@pytest.mark.parametrize(
    "text",
    [
        "4111 1111 1111 1112",  # no such sum
        "1111 1111 1111 1117",  # no such issuer
        "41111111111111113",  # too long for any
        "+4111111111111111",  # a telephone
        "0.4111111111111111",
        "ORD4111111111111111",
        "4111 1111\n1111 1111",
        "DE88 3704 0044 0532 0130 00",
        "XX89 3704 0044 0532 0130 00",
        "DE89 3704 0044 0532 0130 0",
        "my cvv is wrong, error 404",
        "cvv 12, cvc 12345, excvv 123",
        "a 300 x 400 picture",
    ],
)
def test_what_is_no_number_of_that_kind_stays(text: str) -> None:
    assert mask(text) == text


@given(
    st.text(st.characters(exclude_categories=["Nd"])),
    st.text(st.characters(exclude_categories=["Nd"])),
)
def test_text_around_a_card_stays_byte_for_byte(before: str, after: str) -> None:
    assert mask(before + after) == before + after
    assert mask(f"{before} 4111 1111 1111 1111 {after}") == f"{before} •••• 1111 {after}"


@given(st.text("0123456789 -.,+•…DEcv\n", max_size=80))
def test_no_card_that_stands_alone_is_left(text: str) -> None:
    for found in re.finditer(r"(?<![\d.,+•… -])\b\d{16}\b(?![ .-])", mask(text)):
        assert not (found[0][0] == "4" and luhn.is_valid(found[0]))


@pytest.mark.parametrize("make", [some_card, some_iban])
def test_what_is_masked_stays_as_it_is(
    make: Callable[[random.Random], tuple[str, str]],
) -> None:
    chance = random.Random(7)
    for _ in range(300):
        once = mask(" ".join(make(chance)[0] for _ in range(3)))
        assert mask(once) == once


def seconds(text: str) -> float:
    return min(timeit.repeat(lambda: mask(text), time.process_time, repeat=3, number=1))


def fill(piece: str) -> str:
    return (piece * (1_000_000 // len(piece) + 1))[:1_000_000]


@pytest.mark.alone
@pytest.mark.parametrize(
    "piece",
    ["Ich möchte für 29,99 € am 12.05.2026 kündigen, Nr. 12-345. ", "4", "1    ", "security "],
)
def test_a_megabyte_takes_under_a_quarter_of_a_second(piece: str) -> None:
    assert seconds(fill(piece)) < 0.25


@pytest.mark.parametrize(
    "piece",
    ["4444 ", "4111-1111-1111-1111 ", "４１１１ ", "MD12 ", "DE", "cvv cvv 12 ", "123456789012 x "],
)
def test_no_text_makes_the_time_more_than_linear(piece: str) -> None:
    assert seconds(fill(piece)) < 1.5


@pytest.mark.alone
@pytest.mark.parametrize(
    "sentence",
    ["How do I change the name on my payout account, please?", "Order 4411 from 12 May, why?"],
)
def test_a_usual_sentence_takes_under_5_microseconds(sentence: str) -> None:
    times = timeit.repeat(lambda: mask(sentence), time.process_time, repeat=20, number=1000)
    assert min(times) / 1000 < 5e-6
