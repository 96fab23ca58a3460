"""Which moments were judged is kept once a season, not at each of its assessments."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.create_table(
        "judged",
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("series", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("year", "series", "at"),
    )
    for moment in ("at", "held"):
        op.execute(
            f"INSERT INTO judged (year, series, at) SELECT DISTINCT year, series, {moment} FROM assessments"  # noqa: S608
            " WHERE true ON CONFLICT DO NOTHING"
        )
    with op.batch_alter_table("assessments") as table:
        table.drop_column("held")


def downgrade() -> None:
    op.add_column("assessments", sa.Column("held", sa.BigInteger(), nullable=True))
    op.execute("UPDATE assessments SET held = at")
    with op.batch_alter_table("assessments") as table:
        table.alter_column("held", existing_type=sa.BigInteger(), nullable=False)
    op.drop_table("judged")
