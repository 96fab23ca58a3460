"""What is new since a season was judged can be told: visits, settled candidates and organs carry serial numbers.

Settled candidates are forgotten: the next pass of reading settles them again, from the readings that are kept.
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

_NUMBERED = ("visits", "settled", "organs")


def upgrade() -> None:
    op.execute("DELETE FROM settled")
    for table in _NUMBERED:
        op.add_column(table, sa.Column("serial", sa.BigInteger(), nullable=False, server_default="0"))
        op.create_index(f"{table}_by_serial", table, ["serial"])
    op.add_column("visits", sa.Column("series", sa.Text(), nullable=False, server_default="ogi"))
    op.add_column("settled", sa.Column("key", sa.Text(), nullable=False, server_default=""))
    op.add_column("readings", sa.Column("findings", sa.JSON(), nullable=True))
    op.add_column("assessments", sa.Column("until", sa.BigInteger(), nullable=True))
    op.create_index("assessments_by_until", "assessments", ["year", "series", "until"])
    op.add_column("judged", sa.Column("serial", sa.BigInteger(), nullable=True))
    op.add_column("judged", sa.Column("ground", sa.Text(), nullable=True))


def downgrade() -> None:
    op.drop_column("judged", "ground")
    op.drop_column("judged", "serial")
    op.drop_index("assessments_by_until", "assessments")
    op.drop_column("assessments", "until")
    op.drop_column("readings", "findings")
    op.drop_column("settled", "key")
    op.drop_column("visits", "series")
    for table in _NUMBERED:
        op.drop_index(f"{table}_by_serial", table)
        op.drop_column(table, "serial")
