"""When staff are reminded of a ticket next."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.add_column("ticket", sa.Column("remind_at", MOMENT, nullable=True))
    op.execute("UPDATE ticket SET remind_at = due_at WHERE answered_at IS NULL AND state = 'open'")
    op.create_index("ix_ticket_remind_at", "ticket", ["remind_at"])


def downgrade() -> None:
    op.drop_index("ix_ticket_remind_at", "ticket")
    op.drop_column("ticket", "remind_at")
