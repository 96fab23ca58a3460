"""The texts of reports, and an index over their words. Candidates are settled anew, which fills them."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.create_table(
        "texts",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("organ", sa.Text(), nullable=False),
        sa.Column("series", sa.Text(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("content_digest", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("texts_by_version", "texts", ["organ", "series", "year", "content_digest"], unique=True)
    if op.get_bind().dialect.name == "postgresql":
        op.execute("CREATE TABLE texts_index (id BIGINT PRIMARY KEY, grams TSVECTOR NOT NULL)")
        op.execute("CREATE INDEX texts_by_gram ON texts_index USING GIN (grams)")
    else:
        op.execute("CREATE VIRTUAL TABLE texts_index USING fts5(grams, content='', detail='none')")
    op.execute("DELETE FROM settled")


def downgrade() -> None:
    op.execute("DROP TABLE texts_index")
    op.drop_table("texts")
