"""`python -m tests.doors.matrix`: write docs/akses.md anew from the table."""

from pathlib import Path

from config import Settings
from tests.doors.matrix.reading import DOC, page
from webapp.app import create_app

if __name__ == "__main__":
    nowhere = Settings(data_dir=Path("/nonexistent"), database_url="postgresql+psycopg://-/-", secret_key="-")
    DOC.write_text(page(create_app(nowhere)), encoding="utf-8")
