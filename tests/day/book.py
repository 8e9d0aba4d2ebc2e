"""The script's own book: what happened, and the figures that follow from it."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta


@dataclass
class Matter:
    """A ticket, as the script lived through it."""

    subject: str
    opened: datetime
    answered: datetime | None = None
    solved: datetime | None = None
    stars: int | None = None
    holder: str = ""
    waits: bool = False
    """For the person."""


@dataclass
class Book:
    clock: Callable[[], datetime]
    matters: dict[int, Matter] = field(default_factory=dict)
    questions: int = 0
    became_tickets: int = 0

    def opened(self, number: int, subject: str) -> None:
        assert number not in self.matters
        self.matters[number] = Matter(subject, self.clock())

    def answered(self, number: int, by: str, *, chat: bool = False) -> None:
        """In writing the ticket is theirs, if it is nobody's, and waits for the person."""
        matter = self.matters[number]
        matter.answered = matter.answered or self.clock()
        if not chat:
            matter.holder = matter.holder or by
            matter.waits = True

    def taken(self, number: int, by: str) -> None:
        self.matters[number].holder = by

    def dismissed(self, name: str) -> None:
        for matter in self.matters.values():
            matter.holder = "" if matter.holder == name else matter.holder

    def solved(self, number: int) -> None:
        self.matters[number].solved = self.clock()
        self.matters[number].waits = False

    def reopened(self, number: int) -> None:
        self.matters[number].solved = None
        self.matters[number].waits = False

    def queue(self) -> list[int]:
        """What is open and waits for us, what was not answered yet first, by what is due first."""
        open_ = [number for number, one in self.matters.items() if not one.solved and not one.waits]
        return sorted(open_, key=lambda number: (self.matters[number].answered is not None,
                                                 self.matters[number].opened, number))  # fmt: skip

    def figures(self, words: Callable[..., str]) -> str:
        """As the staff should read them."""
        matters = list(self.matters.values())
        waits = [one.answered - one.opened for one in matters if one.answered]
        stars = [one.stars for one in matters if one.stars]
        kept = self.questions - self.became_tickets
        return "\n".join([
            words("Opened: {count}", count=len(matters)),
            words("Solved: {count}", count=sum(one.solved is not None for one in matters)),
            words("First answer: {median}, nine of ten within {most}",
                  median=spell(of(waits, 0.5), words), most=spell(of(waits, 0.9), words)),
            words("Questions: {count}, of which {share} % became no ticket",
                  count=self.questions, share=round(100 * kept / self.questions)),
            words("Rating: {stars} of 5 ({count})", stars=f"{sum(stars) / len(stars):.1f}",
                  count=len(stars)),
        ])  # fmt: skip


def of(waits: Iterable[timedelta], share: float) -> timedelta:
    """The shortest time within which this share of all was answered."""
    waits = sorted(waits)
    return next(one for one in waits if sum(w <= one for w in waits) >= share * len(waits))


def spell(wait: timedelta, words: Callable[..., str]) -> str:
    minutes = round(wait.total_seconds() / 60)
    return words("{time} h", time=f"{minutes // 60}:{minutes % 60:02}")
