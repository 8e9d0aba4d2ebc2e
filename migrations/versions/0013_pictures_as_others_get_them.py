"""Pictures go to others without what they tell of where they were taken."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("evidence", sa.Column("shown_as", sa.String(), nullable=False, server_default=""))
    op.create_index("ix_evidence_shown_as", "evidence", ["shown_as"])


def downgrade() -> None:
    op.drop_index("ix_evidence_shown_as", "evidence")
    op.drop_column("evidence", "shown_as")
