"""Alembic's entry: runs the migrations on the connection that `core.migration` hands over."""

from alembic import context
from sqlmodel import SQLModel

from core import models

assert models  # the tables are known from here on

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=SQLModel.metadata,
    render_as_batch=True,
    transaction_per_migration=False,
)
with context.begin_transaction():
    context.run_migrations()
