"""The tables of the job queue, in a schema of their own, as the library's own script makes them."""

from alembic import op
from procrastinate.schema import SchemaManager

revision = "0070"
down_revision = "0040"
branch_labels = None
depends_on = None


def upgrade() -> None:
    connection = op.get_bind().connection.driver_connection
    connection.execute("CREATE SCHEMA jobs")
    connection.execute("SET LOCAL search_path TO jobs, public")
    connection.execute(SchemaManager.get_schema())
    connection.execute("SET LOCAL search_path TO DEFAULT")


def downgrade() -> None:
    op.execute("DROP SCHEMA jobs CASCADE")
