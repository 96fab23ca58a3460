"""The leaves of the hash tree. The index is emptied, so that the next round builds it again with them."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.create_table(
        "leaves",
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("record", sa.Text(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("number"),
    )
    op.create_index("leaves_by_record", "leaves", ["record"])
    for table in ("files", "captures", "visits", "expected", "candidates"):
        op.execute(sa.text(f"DELETE FROM {table}"))  # noqa: S608 - our own names


def downgrade() -> None:
    op.drop_table("leaves")
