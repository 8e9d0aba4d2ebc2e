"""Platform news, and how readers want it."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)
NEWS = sa.text("rank = '3 announcement'")


def upgrade() -> None:
    op.create_table(
        "announcement",
        sa.Column("id", ID, primary_key=True),
        sa.Column("staff_id", ID, sa.ForeignKey("staff.id"), nullable=True),
        sa.Column("approved_by", ID, sa.ForeignKey("staff.id"), nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("sides", sa.JSON(), nullable=False),
        sa.Column("languages", sa.JSON(), nullable=False),
        sa.Column("platforms", sa.JSON(), nullable=False),
        sa.Column("topic", sa.String(), nullable=False),
        sa.Column("public", sa.JSON(), nullable=False),
        sa.Column("evidence_id", ID, sa.ForeignKey("evidence.id"), nullable=True),
        sa.Column("file", sa.JSON(), nullable=False),
        sa.Column("at", MOMENT, nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("published_at", MOMENT, nullable=True),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.Column("corrections", sa.Integer(), nullable=False),
        sa.Column("told_place", ID, sa.ForeignKey("address.id"), nullable=True),
        sa.Column("told_cause", sa.String(), nullable=False),
    )
    op.create_index("ix_announcement_state", "announcement", ["state"])
    op.create_index("ix_announcement_published_at", "announcement", ["published_at"])
    news = sa.ForeignKey("announcement.id")
    op.create_table(
        "announcement_text",
        sa.Column("announcement_id", ID, news, primary_key=True, autoincrement=False),
        sa.Column("language", sa.String(), primary_key=True),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
    )
    op.create_table(
        "muted_topic",
        address(primary_key=True),
        sa.Column("topic", sa.String(), primary_key=True),
    )
    op.create_table(
        "quiet_hours",
        address(primary_key=True),
        sa.Column("since", sa.Integer(), nullable=False),
        sa.Column("until", sa.Integer(), nullable=False),
    )
    op.create_table(
        "public_place",
        sa.Column("platform", sa.String(), primary_key=True),
        address(),
    )
    op.create_index(
        "ix_outbox_news",
        "outbox",
        ["cause", "platform", "state", "part"],
        sqlite_where=NEWS,
        postgresql_where=NEWS,
    )


def address(*, primary_key: bool = False) -> sa.Column[int]:
    link = sa.ForeignKey("address.id")
    return sa.Column(
        "address_id", ID, link, autoincrement=False, primary_key=primary_key, nullable=False
    )


def downgrade() -> None:
    op.drop_index("ix_outbox_news", "outbox")
    for table in ("public_place", "quiet_hours", "muted_topic", "announcement_text"):
        op.drop_table(table)
    op.drop_index("ix_announcement_published_at", "announcement")
    op.drop_index("ix_announcement_state", "announcement")
    op.drop_table("announcement")
