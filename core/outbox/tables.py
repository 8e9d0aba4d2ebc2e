"""The two tables as the outbox asks for them."""

from sqlalchemy import and_, bindparam, literal_column
from sqlmodel import SQLModel

from core.models import Place, Sending

OUTBOX = SQLModel.metadata.tables[str(Sending.__tablename__)]
PLACE = SQLModel.metadata.tables[str(Place.__tablename__)]

TO_SEND = "{0}.state IN ('pending', 'sending')"
"""Word for word as in the partial indexes: SQLite uses them only for a condition that it finds
there.
"""
PENDING = and_(literal_column(TO_SEND.format("outbox")), literal_column("outbox.state = 'pending'"))
ON_ITS_WAY = and_(
    literal_column(TO_SEND.format("outbox")), literal_column("outbox.state = 'sending'")
)
HISTORY = "ticket:%/card"
"""Causes of what tells a room all that was before: where little may be said, it comes last."""
HELD = and_(OUTBOX.c.id == bindparam("row"), OUTBOX.c.fence == bindparam("holder"))
"""The row, while nobody claimed it after us."""
