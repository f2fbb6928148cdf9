"""An instrument belongs to the region whose secretariat made it: others read and copy it, they do not change it."""

import sqlalchemy as sa
from alembic import op

revision = "0080"
down_revision = "0070"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("instrument", sa.Column("region_code", sa.Text(), sa.ForeignKey("region.code"), nullable=True))
    op.create_index("ix_instrument_region_code", "instrument", ["region_code"])
    op.execute(
        "UPDATE instrument SET region_code = (SELECT min(region_code) FROM period WHERE instrument_id = instrument.id)"
    )
    op.drop_constraint("uq_instrument_name_version", "instrument")
    op.create_unique_constraint(
        "uq_instrument_region_code_name_version",
        "instrument",
        ["region_code", "name", "version"],
        postgresql_nulls_not_distinct=True,
    )


def downgrade() -> None:
    op.drop_constraint("uq_instrument_region_code_name_version", "instrument")
    op.create_unique_constraint("uq_instrument_name_version", "instrument", ["name", "version"])
    op.drop_column("instrument", "region_code")
