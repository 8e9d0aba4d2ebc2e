"""Messages that bring a file along, and those that change what was said."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
CHANGES = sa.text("about_id IS NOT NULL")


def upgrade() -> None:
    with op.batch_alter_table("outbox") as table:
        table.add_column(sa.Column("file", sa.JSON(), nullable=False, server_default="{}"))
        table.add_column(sa.Column("act", sa.String(), nullable=False, server_default="say"))
        table.add_column(sa.Column("about_id", ID, nullable=True))
        table.create_foreign_key("fk_outbox_about", "outbox", ["about_id"], ["id"])
    op.create_index(
        "ix_outbox_about",
        "outbox",
        ["about_id"],
        sqlite_where=CHANGES,
        postgresql_where=CHANGES,
    )


def downgrade() -> None:
    op.drop_index("ix_outbox_about", "outbox")
    with op.batch_alter_table("outbox") as table:
        table.drop_constraint("fk_outbox_about", type_="foreignkey")
        for name in ("about_id", "act", "file"):
            table.drop_column(name)
