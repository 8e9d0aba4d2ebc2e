"""Files that Telegram has had from us: what went to one goes to everybody without being brought
again.

https://core.telegram.org/bots/api#sending-files: an id is good for our bot alone, and only for
what it was first sent as.
"""

from collections import OrderedDict
from dataclasses import dataclass

from bots.telegram.render import Json

REMEMBERED = 1000


@dataclass(frozen=True, slots=True)
class Kept:
    """`kind` is photo or document: the field of the call, and of the message."""

    kind: str
    id: str


class KeptFiles:
    """By where the desk stores them. A file without such a name is not remembered."""

    def __init__(self) -> None:
        self._kept: OrderedDict[str, Kept] = OrderedDict()

    def find(self, stored_as: str) -> Kept | None:
        kept = self._kept.get(stored_as)
        if kept:
            self._kept.move_to_end(stored_as)
        return kept

    def note(self, stored_as: str, message: Json) -> None:
        """A photo comes in several sizes, the last one as large as it was sent."""
        sizes = message.get("photo")
        photo = sizes[-1] if isinstance(sizes, list) and sizes else None
        for kind, file in (("photo", photo), ("document", message.get("document"))):
            id = file.get("file_id") if isinstance(file, dict) else None
            if stored_as and isinstance(id, str):
                self._kept[stored_as] = Kept(kind, id)
                break
        if len(self._kept) > REMEMBERED:
            self._kept.popitem(last=False)

    def forget(self, stored_as: str) -> None:
        self._kept.pop(stored_as, None)
