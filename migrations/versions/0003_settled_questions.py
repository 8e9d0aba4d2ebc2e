"""What staff did about a question, beside what its asker said of the answer."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("asked", sa.Column("settled", sa.String(), nullable=False, server_default=""))


def downgrade() -> None:
    op.drop_column("asked", "settled")
