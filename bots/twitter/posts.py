"""Pure: a text of any length -> posts that fit X: https://docs.x.com/fundamentals/counting-characters

Where X's own count is hard to follow, this one counts more, never less.
"""

import re

from core.cleaning import GRAPHEME

CHAT = "timeline"
"""The chat of whatever is said there."""
ROOM = 280
LINK = 23
"""What a link counts, however long it is."""
LIGHT = ((0, 4351), (8192, 8205), (8208, 8223), (8242, 8247))
"""Characters that count one; all others, and each emoji, count two."""
WORD = re.compile(r"\S+\s*|\s+")
URL = re.compile(
    r"""[(\[{<"'„“”«»]{0,2}https?://[\w-]+(?:\.[\w-]+)*\.[a-z]{2,}(?::\d+)?"""
    r"""(?:[/?#](?:[\w!*';:=+,.$/%#\[\]~@|&?-]*[\w/=#%&+~-])?)?""",
    re.ASCII | re.IGNORECASE,
)
"""As far as X surely takes it for one; numbers and names without a dot are no host there."""
LIKE_A_LINK = re.compile(r"\w\.\w{2}")
AROUND = 5
"""Brackets and dots at a link's end count beside it."""


def to_parts(text: str) -> list[str]:
    """Without words it is a file alone."""
    return to_posts(text) or [""]


def to_posts(text: str, room: int = ROOM) -> list[str]:
    """Cut between words, or inside one that fits no post, but there between what people see as
    characters. No words are lost.
    """
    posts, post, taken = [], "", 0
    for piece in (part for word in WORD.findall(text) for part in fitting(word, room)):
        size = weigh(piece.rstrip())
        if post and taken + size > room:
            posts.append(post.strip())
            post, taken = "", 0
        post += piece
        taken += weigh(piece)
    posts.append(post.strip())
    return [one for one in posts if one]


def fitting(word: str, room: int) -> list[str]:
    if weigh(word.rstrip()) <= room:
        return [word]
    pieces, taken = [""], 0
    for character in GRAPHEME.findall(word):
        size = weigh(character)
        if taken + size > room:
            pieces.append("")
            taken = 0
        pieces[-1] += character
        taken += size
    return pieces


def weigh(word: str) -> int:
    """Of one word with the blanks after it."""
    if link := URL.match(word):
        return LINK + AROUND + weigh_all(word[link.end() :])
    return max(weigh_all(word), LINK + AROUND) if LIKE_A_LINK.search(word) else weigh_all(word)


def weigh_all(text: str) -> int:
    return sum(map(weigh_one, GRAPHEME.findall(text)))


def weigh_one(character: str) -> int:
    """A character as people see it. X counts a whole emoji as two, however long; here its parts."""
    if len(character) == 1 and is_light(ord(character)):
        return 1
    return max(2, sum(1 if is_light(ord(one)) else 2 for one in character))


def is_light(code: int) -> bool:
    return any(first <= code <= last for first, last in LIGHT)
