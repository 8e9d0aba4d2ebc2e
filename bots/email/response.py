"""Pure: what a server answers to FETCH -> values (RFC 9051, section 9)."""

import re
from collections.abc import Iterator, Sequence
from typing import Any

Piece = bytes | tuple[bytes, bytes]
"""As imaplib gives it: a line, or a line with the literal behind it."""
Values = list[Any]
"""Of bytes, None for NIL, and lists of these."""

DEEPEST = 500
TOKEN = re.compile(rb'\s*+(?:([()])|"((?:[^"\\]|\\.)*+)"|(\{\d+\+?\}$)|([^\s()"]++|"))')
ESCAPED = re.compile(rb"\\(.)", re.DOTALL)


class Unreadable(Exception):
    """The server told something that is not understood."""


def split_answers(pieces: Sequence[Piece | None]) -> Iterator[list[Piece]]:
    """Each answer ends with a line that has no literal behind it."""
    answer: list[Piece] = []
    for piece in pieces:
        if piece is None:
            continue
        answer.append(piece)
        if isinstance(piece, bytes):
            yield answer
            answer = []


def read_answer(pieces: Sequence[Piece]) -> dict[str, Any]:
    """What stands in `12 (UID 5 FLAGS () …)`, by name. Raises `Unreadable`."""
    values = read_values(pieces)
    told = values[-1] if values else None
    if not isinstance(told, list):
        raise Unreadable("no list")
    named = zip(told[::2], told[1::2], strict=False)
    return {
        name.decode("ascii", "replace").upper(): value
        for name, value in named
        if isinstance(name, bytes)
    }


def read_values(pieces: Sequence[Piece]) -> Values:
    """Without recursion: whoever wrote the letter decides how deep it goes. Raises `Unreadable`."""
    open_lists: list[Values] = [[]]
    for token in tokens(pieces):
        if token == "(":
            inner: Values = []
            open_lists[-1].append(inner)
            open_lists.append(inner)
        elif token == ")":
            open_lists.pop()
        else:
            open_lists[-1].append(token)
        if not 0 < len(open_lists) <= DEEPEST:
            raise Unreadable("too deep, or not closed where it should be")
    if len(open_lists) != 1:
        raise Unreadable("not closed")
    return open_lists[0]


def tokens(pieces: Sequence[Piece]) -> Iterator[str | bytes | None]:
    """Brackets as text, strings and atoms as bytes."""
    for piece in pieces:
        line, literal = piece if isinstance(piece, tuple) else (piece, None)
        for bracket, quoted, size, atom in (found.groups() for found in TOKEN.finditer(line)):
            if bracket:
                yield bracket.decode()
            elif size and literal is not None:
                continue
            elif atom:
                yield None if atom.upper() == b"NIL" else atom
            else:
                yield ESCAPED.sub(rb"\1", quoted or b"")
        if literal is not None:
            yield literal
