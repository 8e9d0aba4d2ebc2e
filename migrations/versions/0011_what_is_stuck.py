"""What was not sent, and what met a fault of ours, is counted for whoever watches the desk."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

STUCK = sa.text("state IN ('failed', 'unknown')")
SET_ASIDE = sa.text("state = 'failed'")


def upgrade() -> None:
    op.create_index("ix_outbox_stuck", "outbox", ["platform", "state"],
                    sqlite_where=STUCK, postgresql_where=STUCK)  # fmt: skip
    op.create_index("ix_inbox_set_aside", "inbox", ["state"],
                    sqlite_where=SET_ASIDE, postgresql_where=SET_ASIDE)  # fmt: skip


def downgrade() -> None:
    op.drop_index("ix_inbox_set_aside", "inbox")
    op.drop_index("ix_outbox_stuck", "outbox")
