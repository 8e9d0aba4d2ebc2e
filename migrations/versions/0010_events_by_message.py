"""What became of a message is looked up whenever it is corrected."""

from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_ticket_event_inbox_id", "ticket_event", ["inbox_id"])


def downgrade() -> None:
    op.drop_index("ix_ticket_event_inbox_id", "ticket_event")
