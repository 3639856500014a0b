"""Where Alembic finds the tables; the connection is handed in by ``knowledge.store``."""

from alembic import context

from knowledge.models import Base

context.configure(connection=context.config.attributes["connection"], target_metadata=Base.metadata, render_as_batch=True)
with context.begin_transaction():
    context.run_migrations()
