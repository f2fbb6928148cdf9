"""Facts about the whole house that must hold for every room we will ever add."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from config import VARIABLES

ROOT = Path(__file__).resolve().parents[2]
PRODUCT = ("webapp", "geo", "media", "migrations")


def python_files(*rooms: str) -> list[Path]:
    return [file for room in rooms for file in sorted((ROOT / room).rglob("*.py"))]


def tool(*command: str) -> None:
    """Run a checker of ours in the root; its own words are the failure."""
    done = subprocess.run([sys.executable, "-m", *command], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_every_room_imports_only_what_lies_below_it() -> None:
    run = "from importlinter.cli import lint_imports; raise SystemExit(lint_imports(no_cache=True))"
    done = subprocess.run([sys.executable, "-c", run], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_code_is_formatted_and_free_of_known_traps() -> None:
    tool("ruff", "check", ".")
    tool("ruff", "format", "--check", ".")


def test_the_types_agree() -> None:
    tool("mypy")


def test_postgis_is_spoken_only_in_geo_and_in_migrations() -> None:
    spoken = [file for file in python_files("webapp", "media") if re.search(r"\bST_[A-Z][a-z]", file.read_text())]
    assert spoken == [], "write the clause in geo/sql.py or geo/columns.py and call it by its name"


def test_nothing_is_left_for_later() -> None:
    later = re.compile(r"\b(TODO|FIXME|XXX)\b|raise NotImplementedError|pytest\.(mark\.)?(skip|xfail)\b")
    here = Path(__file__).name
    left = [
        file
        for file in python_files(*PRODUCT, "tests", "bench")
        if file.name != here and later.search(file.read_text())
    ]
    assert left == []


def test_every_setting_is_in_the_readme() -> None:
    readme = (ROOT / "README.md").read_text()
    missing = [variable for variable in VARIABLES.values() if f"`{variable}`" not in readme]
    assert missing == [], "add a row to the table of settings in README.md"


@pytest.mark.parametrize("folder", ["webapp/templates", "webapp/static/js", "webapp/static/css"])
def test_no_page_asks_another_host_for_anything(folder: str) -> None:
    foreign = re.compile(r"""(src|href|url\(|import|fetch\()\s*[=(]?\s*["']?(https?:)?//""")
    asking = [file for file in sorted((ROOT / folder).rglob("*.*")) if foreign.search(file.read_text(errors="replace"))]
    assert asking == []


def test_user_text_is_never_marked_safe_in_a_template() -> None:
    unescaped = [file for file in sorted((ROOT / "webapp/templates").rglob("*.html")) if "|safe" in file.read_text()]
    assert unescaped == []
