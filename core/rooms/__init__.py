"""Rooms of the staff: each ticket that is not solved has one in each of their places. Who works
there reads in it what happens, and writes to the person by simply writing.
"""

from core.rooms.files import pass_file_on, passed_on
from core.rooms.rows import follow, move_in, newest, room_of, rooms_of
from core.rooms.runner import Rooms
from core.rooms.undelivered import tell_undelivered
from core.rooms.words import NOTE, Voice, is_note

__all__ = [
    "NOTE",
    "Rooms",
    "Voice",
    "follow",
    "is_note",
    "move_in",
    "newest",
    "pass_file_on",
    "passed_on",
    "room_of",
    "rooms_of",
    "tell_undelivered",
]
