"""Card numbers, IBANs and card verification codes are hidden before anything is stored or logged.

Pure. All text outside a hidden number stays as it was; the time is linear in the text.
"""

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from functools import cache
from itertools import accumulate
from string import ascii_letters, ascii_uppercase, digits
from unicodedata import decimal, normalize

from stdnum import numdb

Span = tuple[int, int]
Hidden = tuple[int, int, str]
"""From, to, and what is shown instead."""

# Between two digits: white space of a line, dashes, dots, and what is not seen (keycap emoji, too).
GAP = (
    "[ \t\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000"
    "\\-\u2010-\u2015\u2212\ufe58\ufe63\uff0d.\u00b7\u2024\u30fb\uff0e"
    "\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufe0f\u20e3\ufeff]{0,3}+"
)
LETTER = "[A-Za-zＡ-Ｚａ-ｚ]"
SIGN = rf"(?:\d|{LETTER})"
ALONE = "(?<![0-9A-Za-z_])"

SOME_DIGIT = re.compile(r"\d")
THREE_DIGITS = re.compile(r"\d{3}")
NINE_DIGITS = re.compile(r"\D*+(?:\d\D*+){9}")
CARD = re.compile(rf"\d(?:{GAP}\d){{12,}}+")
GROUP = re.compile(r"\d+")
# No card begins inside a word or a decimal number, after the plus of a telephone, or in a mask.
OPEN = re.compile(rf"{ALONE}(?<!\+)(?<!\d[.,-])(?<!•••• )(?<!•• … )\d")
IBAN = re.compile(rf"{ALONE}({LETTER}){GAP}({LETTER}){GAP}\d{GAP}\d")
BBAN = {"n": r"\d", "a": LETTER, "c": SIGN}
CODE = re.compile(
    r"""(?<![^\W_])(?:cvv2?|cvc2?|cvn2?|csc
        |(?:karten)?-?pr(?:ü|u\u0308|ue)f(?:nummer|ziffern?|code|wert|zahl|nr)
        |sicherheits(?:code|nummer)|security\s{1,3}code|verification\s{1,3}(?:code|number|value)
        |cryptogramme(?:\s{1,3}visuel)?|c[óo]digo\s{1,3}de\s{1,3}seguridad)
        (?:[\s:：=#.,;/()\[\]"'*~>–-]|code|nummer|number|nr|no|is|ist|lautet|war|was|die|the
        |cvv2?|cvc2?|pr(?:ü|ue)fnummer){0,8}
        (?<!\d)(\d{3,4})(?!\d)""",
    re.IGNORECASE | re.VERBOSE,
)
CODE_WORDS = ["cv", "csc", "prü", "pru", "sicher", "security", "verification", "crypto", "digo"]
"""One of them stands in every text that `CODE` fits."""

MAESTRO = (5018, 5020, 5038, 5893, 6304, 6759, 6761, 6762, 6763)
ISSUERS = (  # the first four digits, from and to; how long such a number is; a later line wins
    (4000, 4999, (19, 16, 13)),  # Visa; 13 digits are an old one …
    (4360, 4369, (19, 16)),  # … or a mobile telephone in Austria
    (4915, 4917, (19, 16)),  # … or in Germany
    (2221, 2720, (16,)),  # Mastercard
    (5100, 5599, (16,)),
    (3400, 3499, (15,)),  # American Express
    (3700, 3799, (15,)),
    (3000, 3059, (14,)),  # Diners Club
    (3095, 3095, (14,)),
    (3600, 3699, (14,)),
    (3800, 3999, (14,)),
    (3528, 3589, (19, 16)),  # JCB
    (1800, 1800, (15,)),
    (2131, 2131, (15,)),
    (6000, 6099, (16,)),  # RuPay
    (8100, 8299, (16,)),
    (5080, 5099, (16,)),  # RuPay and Elo
    (5066, 5067, (16,)),
    (6360, 6369, (16,)),  # InterPayment and Elo
    (6011, 6011, (19, 16)),  # Discover
    (6440, 6599, (19, 16)),
    (6200, 6299, (19, 18, 17, 16)),  # UnionPay
    (6700, 6799, (19, 18, 16)),  # Maestro and girocard
    *((first, first, tuple(range(19, 12, -1))) for first in MAESTRO),
    (2200, 2204, (19, 18, 17, 16)),  # Mir
    (5019, 5019, (16,)),  # Dankort
    (5060, 5061, (19, 18, 16)),  # Verve
    (9792, 9792, (16,)),  # Troy
)
LENGTHS = {b"%d" % n: lengths for low, high, lengths in ISSUERS for n in range(low, high + 1)}
"""Longest first: a code behind a card number is rather taken for a part of it than shown."""

REST = bytes({*range(128)} - {*(digits + ascii_letters).encode()})
ALPHABET = {ord(letter): str(value) for value, letter in enumerate(ascii_uppercase, 10)}
TWICE = bytes.maketrans(b"0123456789", b"0246813579")


def mask(text: str) -> str:
    """`text` with `•••• 1234` for a card number, `DE•• … 1234` for an IBAN, and `•••` for a code
    that is called one.

    A card number has an issuer's prefix and length and Luhn's sum (ISO/IEC 7812); an IBAN has its
    country's shape and the sum of ISO 13616. Shown are the last four digits at most, as PCI DSS
    3.4.1 allows.
    """
    if not SOME_DIGIT.search(text):
        return text
    if NINE_DIGITS.match(text):
        text = hide(text, find_ibans(text))
        text = hide(text, find_cards(text))
    lower = text.lower() if THREE_DIGITS.search(text) else ""
    return CODE.sub(hide_code, text) if any(word in lower for word in CODE_WORDS) else text


def hide(text: str, found: Iterable[Hidden]) -> str:
    pieces: list[str] = []
    at = 0
    for start, end, shown in found:
        pieces += text[at:start], shown
        at = end
    return "".join([*pieces, text[at:]])


def hide_code(found: re.Match[str]) -> str:
    return found[0][: found.start(1) - found.end()] + "•••"


def find_ibans(text: str) -> Iterator[Hidden]:
    free = 0
    for head in IBAN.finditer(text):
        if head.start() < free or not (whole := match_iban(text, head)):
            continue
        number = plain(whole[0]).decode()
        free = whole.end()
        if has_iban_sum(number):
            yield whole.start(), free, f"{number[:2]}•• … {number[-4:]}"


def match_iban(text: str, head: re.Match[str]) -> re.Match[str] | None:
    shape = iban_shape(head[1] + head[2])
    return shape.match(text, head.start()) if shape else None


@cache
def iban_shape(country: str) -> re.Pattern[str] | None:
    _, facts = numdb.get("iban").info(plain(country).decode())[0]
    parts = re.findall(r"(\d+)!([nac])", facts.get("bban", ""))
    signs = "".join(f"(?:{GAP}{BBAN[kind]}){{{count}}}" for count, kind in parts)
    return re.compile(rf"{LETTER}{GAP}{LETTER}(?:{GAP}\d){{2}}{signs}(?!{SIGN})") if parts else None


def has_iban_sum(number: str) -> bool:
    return int((number[4:] + number[:4]).translate(ALPHABET)) % 97 == 1


def find_cards(text: str) -> Iterator[Hidden]:
    for run in CARD.finditer(text):
        sizes = [len(group) for group in GROUP.findall(run[0])]
        found = list(find_in(plain(run[0]), sizes))
        groups = [group.span() for group in GROUP.finditer(text, *run.span())] if found else []
        for first, last, four in found:
            start = groups[first][0]
            if OPEN.match(text, start):
                yield start, groups[last - 1][1], f"•••• {four}"


def find_in(digits: bytes, sizes: list[int]) -> Iterator[tuple[int, int, str]]:
    """Cards among digits that stand in groups: from and to which group, and the last four."""
    counts = [0, *accumulate(sizes)]
    ends = set(counts)
    free = 0
    for first in beginnings(sizes):
        at = counts[first]
        if at < free:
            continue
        for length in LENGTHS.get(digits[at : at + 4], ()):
            if at + length in ends and has_luhn_sum(digits[at : at + length]):
                last = bisect_left(counts, at + length)
                if is_usual(sizes[first:last]):
                    free = at + length
                    yield first, last, digits[free - 4 : free].decode()
                    break


def beginnings(sizes: list[int]) -> Iterable[int]:
    """The groups that may be the first of a card: long ones, and those that begin a stretch."""
    if min(sizes) >= 4:
        return range(len(sizes))
    around = zip([0, *sizes], sizes, [*sizes[1:], 0], strict=False)
    return [n for n, (a, b, c) in enumerate(around) if b >= 4 or a != b == c]


def is_usual(sizes: list[int]) -> bool:
    """A card is spelled with four digits or more at its start, or evenly by less."""
    return sizes[0] >= 4 or sizes[:-1].count(sizes[0]) == len(sizes) - 1


def has_luhn_sum(digits: bytes) -> bool:
    # The sum of stdnum takes ten times as long, and a text may be nothing but digits.
    added = digits[::-2] + digits[-2::-2].translate(TWICE)
    return (sum(added) - len(added) * ord("0")) % 10 == 0


def plain(number: str) -> bytes:
    """Only its letters and digits, as A-Z and 0-9."""
    if not number.isascii():
        number = normalize("NFKC", number)
    if not number.isascii():
        number = "".join(str(decimal(sign, sign)) for sign in number)
    return number.encode("ascii", "ignore").translate(None, REST).upper()
