"""`./petabukti` on a machine that lacks something: one sentence with the exact command."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

LAUNCHER = Path(__file__).resolve().parents[2] / "petabukti"
TOOLS = ("sh", "cat", "cksum", "tr", "dirname", "readlink", "mktemp", "tail", "rm")


def machine(folder: Path, **programs: str) -> dict[str, str]:
    """An environment whose PATH holds only plain tools and the given one-line programs."""
    folder.mkdir()
    for tool in TOOLS:
        (folder / tool).symlink_to(shutil.which(tool) or tool)
    for name, line in programs.items():
        script = folder / name.replace("_", "-")
        script.write_text(f"#!/bin/sh\n{line}\n")
        script.chmod(0o755)
    return {"PATH": str(folder), "HOME": "/nonexistent", "DATABASE_URL": "postgresql://somewhere/else"}


def start(environment: dict[str, str], folder: Path, *arguments: str) -> tuple[int, str]:
    """Run a lone copy of the launcher, so that a mistake here can never touch this checkout's environment."""
    copy = folder / "petabukti dengan spasi"
    copy.mkdir()
    shutil.copy(LAUNCHER, copy)
    done = subprocess.run(
        [copy / "petabukti", *arguments], env=environment, cwd="/", capture_output=True, text=True, check=False
    )
    return done.returncode, done.stderr


def test_an_ordinary_user_is_told_the_one_command_for_an_administrator(tmp_path: Path) -> None:
    environment = machine(tmp_path / "bin", id="echo 1000", apt_get="exit 1")
    assert start(environment, tmp_path, "run") == (
        1,
        "petabukti: jalankan dulu sekali: sudo apt-get install --no-install-recommends python3 python3-venv\n",
    )


def test_a_system_without_apt_is_told_what_is_missing(tmp_path: Path) -> None:
    code, said = start(machine(tmp_path / "bin", id="echo 0"), tmp_path, "run")
    assert code == 1
    assert "belum terpasang: python3 python3-venv" in said


def test_an_old_python_does_not_count(tmp_path: Path) -> None:
    environment = machine(tmp_path / "bin", id="echo 1000", apt_get="exit 1", python3="exit 1")
    assert "python3 python3-venv" in start(environment, tmp_path, "run")[1]


def test_a_failed_installation_shows_what_apt_said_and_stops(tmp_path: Path) -> None:
    environment = machine(tmp_path / "bin", id="echo 0", apt_get='echo "E: no space left"; exit 100', mkdir="exit 0")
    code, said = start(environment, tmp_path, "run")
    assert code == 1
    assert "Memasang paket sistem: python3 python3-venv …" in said
    assert "E: no space left" in said
    assert [each.name for each in (tmp_path / "petabukti dengan spasi").iterdir()] == ["petabukti"]
