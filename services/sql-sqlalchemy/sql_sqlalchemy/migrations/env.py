"""What Alembic runs: migrations over the connection that `migrate.py` gives, inside its transaction.

A test holds what they make of an empty database against the models, so a forgotten migration fails it.
"""

from alembic import context

from sql_sqlalchemy.store.models import Base

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    on_version_apply=context.config.attributes["on_version_apply"],
    # SQLite can, once its driver sends a real BEGIN; Alembic does not know that.
    transactional_ddl=context.config.attributes["connection"].dialect.name not in ("mysql", "mariadb"),
    render_as_batch=True,
    compare_type=True,
)
with context.begin_transaction():
    context.run_migrations()
