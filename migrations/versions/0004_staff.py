"""Staff, their invitations and saved replies; who has a ticket, and who is shut out."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "staff",
        sa.Column("id", ID, primary_key=True),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("on_duty", sa.Boolean(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("removed_at", MOMENT, nullable=True),
    )
    op.create_table(
        "invitation",
        sa.Column("id", ID, primary_key=True),
        sa.Column("code", sa.String(), nullable=False, unique=True),
        sa.Column("hash", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("staff_id", ID, sa.ForeignKey("staff.id"), nullable=True),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.Column("wrong", sa.Integer(), nullable=False),
        sa.Column("used_at", MOMENT, nullable=True),
    )
    op.create_table(
        "saved_reply",
        sa.Column("name", sa.String(), primary_key=True),
        sa.Column("text", sa.String(), nullable=False),
    )
    for table in ("address", "ticket"):
        with op.batch_alter_table(table) as changed:
            changed.add_column(sa.Column("staff_id", ID, nullable=True))
            changed.create_foreign_key(f"fk_{table}_staff_id", "staff", ["staff_id"], ["id"])
    op.create_index("ix_address_staff_id", "address", ["staff_id"])
    op.add_column(
        "contact", sa.Column("blocked", sa.Boolean(), nullable=False, server_default=sa.false())
    )


def downgrade() -> None:
    op.drop_column("contact", "blocked")
    op.drop_index("ix_address_staff_id", "address")
    for table in ("ticket", "address"):
        with op.batch_alter_table(table) as changed:
            changed.drop_constraint(f"fk_{table}_staff_id", type_="foreignkey")
            changed.drop_column("staff_id")
    for table in ("saved_reply", "invitation", "staff"):
        op.drop_table(table)
