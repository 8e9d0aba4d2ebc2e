"""Answers to one event under the platform's key for it, and the newest message of each address."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("outbox", sa.Column("answer_to", sa.String(), nullable=False, server_default=""))
    op.add_column(
        "address", sa.Column("last_message", sa.String(), nullable=False, server_default="")
    )


def downgrade() -> None:
    op.drop_column("address", "last_message")
    op.drop_column("outbox", "answer_to")
