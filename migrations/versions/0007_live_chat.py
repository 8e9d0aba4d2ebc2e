"""Until when staff are called to a chat, and how the person found it."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("ticket", sa.Column("call_until", sa.DateTime(timezone=True), nullable=True))
    op.add_column("ticket", sa.Column("rating", sa.Integer(), nullable=True))
    op.create_index("ix_ticket_call_until", "ticket", ["call_until"])


def downgrade() -> None:
    op.drop_index("ix_ticket_call_until", "ticket")
    op.drop_column("ticket", "rating")
    op.drop_column("ticket", "call_until")
