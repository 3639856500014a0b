"""full-text search in PostgreSQL"""

from alembic import op

revision = '0003'
down_revision = '0002'
branch_labels = None
depends_on = None

CONFIGURATIONS = {'front_door_en': 'english', 'front_door_es': 'spanish'}


def upgrade() -> None:
    """Bring the tables to this revision. SQLite has had its index since the first one."""
    if op.get_bind().dialect.name != 'postgresql':
        return
    op.execute('CREATE EXTENSION IF NOT EXISTS unaccent')
    for name, stemmer in CONFIGURATIONS.items():
        op.execute(f'CREATE TEXT SEARCH CONFIGURATION {name} (COPY = {stemmer})')
        op.execute(f'ALTER TEXT SEARCH CONFIGURATION {name} ALTER MAPPING FOR hword, hword_part, word WITH unaccent, {stemmer}_stem')
    op.execute('CREATE TABLE search (kind text NOT NULL, id text NOT NULL, language text NOT NULL, document tsvector NOT NULL)')
    op.execute('CREATE INDEX search_document ON search USING gin (document)')


def downgrade() -> None:
    """Take this revision back."""
    if op.get_bind().dialect.name != 'postgresql':
        return
    op.execute('DROP TABLE search')
    for name in CONFIGURATIONS:
        op.execute(f'DROP TEXT SEARCH CONFIGURATION {name}')
