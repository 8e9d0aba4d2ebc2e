"""Several addresses of one person, and which of them they used last."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "link",
        sa.Column("id", ID, primary_key=True),
        sa.Column("code", sa.String(), nullable=False, unique=True),
        sa.Column("hash", sa.String(), nullable=False),
        sa.Column("from_id", ID, sa.ForeignKey("address.id"), nullable=False),
        sa.Column("to_id", ID, sa.ForeignKey("address.id"), nullable=True),
        sa.Column("wrong", sa.Integer(), nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.Column("ended_at", MOMENT, nullable=True),
    )
    op.create_index("ix_link_from_id", "link", ["from_id"])
    op.add_column("address", sa.Column("last_at", MOMENT, nullable=True))


def downgrade() -> None:
    op.drop_column("address", "last_at")
    op.drop_table("link")
