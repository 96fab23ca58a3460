"""Nobody looks captures up by digest, and its index, filled at random, cost a fifth of the insert rate."""

from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.drop_index("captures_by_digest", "captures")


def downgrade() -> None:
    op.create_index("captures_by_digest", "captures", ["digest"])
