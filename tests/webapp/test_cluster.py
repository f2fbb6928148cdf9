"""The embedded database as its user meets it: it starts, it refuses company, it survives being killed."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import textwrap
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import Engine

from webapp.cluster import (
    Cluster,
    DataInUse,
    DataUnreachable,
    NoServer,
    ServerDied,
    UnfitServer,
    WrongMajor,
    check_server,
    leftovers,
    libpq_url,
    place,
    private_database,
    sqlalchemy_url,
)
from webapp.cluster.check import require_postgres
from webapp.cluster.osuser import server_user

CHECKOUT = Path(__file__).resolve().parents[2]
AS_ROOT = os.geteuid() == 0


@pytest.fixture(scope="module")
def home() -> Iterator[Path]:
    """A folder the server's user can reach, with a blank in its name and a path far beyond a socket's 107 bytes."""
    top = Path(tempfile.mkdtemp(prefix="petabukti cluster "))
    top.chmod(0o711)
    home = top / ("sebuah direktori dengan nama yang panjang " * 3).strip()
    home.mkdir()
    yield home
    shutil.rmtree(top)


def ask(url: str, question: str) -> object:
    with psycopg.connect(libpq_url(url)) as connection:
        row = connection.execute(question.encode()).fetchone()
        return row[0] if row else None


def is_gone_soon(pid: int) -> bool:
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        if not Path(f"/proc/{pid}").exists():
            return True
        time.sleep(0.05)
    return False


def start_elsewhere(data_dir: Path) -> tuple[subprocess.Popen[str], int, str]:
    """A second process that starts the cluster and waits; with the server's pid and URL."""
    script = """
        import sys, time, pathlib
        from webapp.cluster import Cluster
        cluster = Cluster(pathlib.Path(sys.argv[1]))
        print(cluster.start(), cluster.pid, flush=True)
        time.sleep(300)
    """
    other = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(script), str(data_dir)], cwd=CHECKOUT, stdout=subprocess.PIPE, text=True
    )
    assert other.stdout is not None
    url, pid = other.stdout.readline().split()
    return other, int(pid), url


def test_the_first_start_makes_a_postgis_database_and_the_next_finds_its_rows(home: Path) -> None:
    with Cluster(home / "pg") as cluster:
        assert str(ask(cluster.url("petabukti"), "SELECT postgis_lib_version()")) >= "3.3"
        ask_nothing(cluster.url("petabukti"), "CREATE TABLE kept AS SELECT 1 AS one")
    started = time.monotonic()
    with Cluster(home / "pg") as cluster:
        assert ask(cluster.url("petabukti"), "SELECT one FROM kept") == 1
        assert time.monotonic() - started < 5


def ask_nothing(url: str, statement: str) -> None:
    with psycopg.connect(libpq_url(url)) as connection:
        connection.execute(statement.encode())


def test_nothing_listens_on_the_network_and_nobody_else_can_open_the_socket(home: Path) -> None:
    with Cluster(home / "pg") as cluster:
        url = cluster.url("petabukti")
        assert ask(url, "SHOW listen_addresses") == ""
        assert ask(url, "SHOW jit") == "off"
        assert ask(url, "SHOW fsync") == "on"
        sockets = Path(str(ask(url, "SHOW unix_socket_directories")))
        assert sockets.stat().st_mode & 0o777 == 0o700
        assert len(bytes(sockets / ".s.PGSQL.5432")) <= 107
    assert not sockets.exists()


def test_stopping_ends_the_server_and_a_second_stop_is_harmless(home: Path) -> None:
    cluster = Cluster(home / "pg")
    cluster.start()
    pid = cluster.pid
    cluster.stop()
    cluster.stop()
    assert pid is not None
    assert not Path(f"/proc/{pid}").exists()
    assert not (home / "pg" / "postmaster.pid").exists()


def test_a_second_copy_on_the_same_data_is_refused_with_a_sentence(home: Path) -> None:
    sentence = rf"sedang dipakai oleh proses lain \(pid {os.getpid()}\)"
    with Cluster(home / "pg"), pytest.raises(DataInUse, match=sentence):
        Cluster(home / "pg").start()
    with Cluster(home / "pg") as cluster:
        assert ask(cluster.url("petabukti"), "SELECT 1") == 1


def test_a_short_command_joins_the_running_copy_and_leaves_it_running(home: Path) -> None:
    with Cluster(home / "pg") as cluster:
        with private_database(home) as url:
            assert ask(url, "SELECT 1") == 1
        assert ask(cluster.url("petabukti"), "SELECT 1") == 1
        with pytest.raises(DataInUse), private_database(home, join=False):
            pass
    with private_database(home) as url:
        assert ask(url, "SELECT 1") == 1


def test_after_kill_9_of_its_owner_the_server_goes_too_and_the_next_start_works(home: Path) -> None:
    other, server, url = start_elsewhere(home / "pg")
    ask_nothing(url, "CREATE TABLE written_before_the_kill AS SELECT 1 AS one")
    other.kill()
    other.communicate()
    with Cluster(home / "pg") as cluster:  # at once, while the old server may still be shutting down
        assert ask(cluster.url("petabukti"), "SELECT one FROM written_before_the_kill") == 1
    assert is_gone_soon(server)


def test_after_a_power_cut_the_next_start_recovers(home: Path) -> None:
    other, server, url = start_elsewhere(home / "pg")
    ask_nothing(url, "CREATE TABLE written_before_the_cut AS SELECT 1 AS one")
    os.kill(server, signal.SIGKILL)
    other.kill()
    other.communicate()
    with Cluster(home / "pg") as cluster:
        assert ask(cluster.url("petabukti"), "SELECT one FROM written_before_the_cut") == 1


def test_a_pid_file_that_now_names_a_stranger_does_not_keep_us_out(home: Path) -> None:
    user = server_user()
    stranger = subprocess.Popen(["sleep", "60"], cwd="/", **user.run_as)
    try:
        stale = home / "pg" / "postmaster.pid"
        stale.write_text(f"{stranger.pid}\n{home / 'pg'}\n1500000000\n5432\n/tmp\n\n1 1\nready\n")
        os.chown(stale, user.uid, user.gid)
        with Cluster(home / "pg") as cluster:
            assert ask(cluster.url("petabukti"), "SELECT 1") == 1
        assert stranger.poll() is None
    finally:
        stranger.kill()
        stranger.wait()


def test_a_torn_pid_file_counts_as_none(tmp_path: Path) -> None:
    (tmp_path / "postmaster.pid").write_text("12")
    assert leftovers.read_pid_file(tmp_path) is None


def test_half_a_cluster_left_by_a_power_cut_is_made_anew(home: Path) -> None:
    (home / "fresh.new").mkdir()
    (home / "fresh.new" / "PG_VERSION").write_text("15")
    with Cluster(home / "fresh", durable=False) as cluster:
        assert ask(cluster.url("petabukti"), "SHOW fsync") == "off"
    shutil.rmtree(home / "fresh")


def test_what_the_server_says_when_it_cannot_start_reaches_the_person(home: Path) -> None:
    settings = home / "pg" / "postgresql.auto.conf"
    before = settings.read_text()
    settings.write_text("shared_buffers = 'banyak'\n")
    with pytest.raises(ServerDied, match="shared_buffers"):
        Cluster(home / "pg").start()
    settings.write_text(before)
    with Cluster(home / "pg") as cluster:  # the failed start left neither lock nor process
        assert ask(cluster.url("petabukti"), "SELECT 1") == 1


def test_data_of_another_major_is_never_touched(tmp_path: Path) -> None:
    (tmp_path / "pg").mkdir()
    (tmp_path / "pg" / "PG_VERSION").write_text("9\n")
    with pytest.raises(WrongMajor, match=r"dibuat oleh PostgreSQL 9.*pg_dump"):
        Cluster(tmp_path / "pg").start()
    assert [each.name for each in (tmp_path / "pg").iterdir()] == ["PG_VERSION"]


def test_without_postgis_the_command_to_run_is_named(tmp_path: Path) -> None:
    with pytest.raises(NoServer, match="sudo apt-get install --no-install-recommends postgresql-postgis"):
        Cluster(tmp_path / "pg", binaries=tmp_path).start()


def test_roots_closed_home_is_named_and_the_command_finds_another_place(monkeypatch: pytest.MonkeyPatch) -> None:
    closed, open_place = Path(tempfile.mkdtemp()), Path(tempfile.mkdtemp())
    monkeypatch.setattr(place, "ELSEWHERE", open_place / "petabukti")
    open_place.chmod(0o711)
    try:
        if AS_ROOT:
            with pytest.raises(DataUnreachable, match=f"tidak boleh memasuki {closed}"):
                Cluster(closed / "data" / "pg").start()
        for _start in range(2):
            with private_database(closed / "data") as url:
                assert ask(url, "SELECT 1") == 1
        assert (closed / "data" / "pg-place").exists() is AS_ROOT
    finally:
        shutil.rmtree(closed)
        shutil.rmtree(open_place)


def test_an_ordinary_user_runs_it_as_themself() -> None:
    home = Path(tempfile.mkdtemp(prefix="petabukti-orang-"))
    who = pwd.getpwnam("nobody") if AS_ROOT else pwd.getpwuid(os.geteuid())
    os.chown(home, who.pw_uid, who.pw_gid)
    try:
        assert in_a_child_of(who, lambda: start_and_stop(home / "pg", who.pw_uid)) == 0
    finally:
        shutil.rmtree(home)


def start_and_stop(data_dir: Path, uid: int) -> None:
    with Cluster(data_dir, durable=False) as cluster:
        assert ask(cluster.url("petabukti"), "SELECT 1") == 1
        assert Path(f"/proc/{cluster.pid}").stat().st_uid == uid


def in_a_child_of(who: pwd.struct_passwd, act: Callable[[], None]) -> int:
    """Exit code of `act` in a forked child that has become `who` for good; the modules are loaded already."""
    child = os.fork()
    if child == 0:
        try:
            if AS_ROOT:
                os.setgroups([])
                os.setgid(who.pw_gid)
                os.setuid(who.pw_uid)
            act()
            os._exit(0)
        finally:
            os._exit(1)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


# --- the operator's own server -------------------------------------------------------------------------------------


def test_a_fit_server_passes(cluster: Cluster, template: str) -> None:
    check_server(cluster.url(template))


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        ("bukan alamat", "bukan alamat yang sah"),
        ("sqlite:///data.db", "harus menunjuk PostgreSQL"),
        ("postgresql://a:rahasia@127.0.0.1:1/x", r"Tidak dapat tersambung ke .*a:\*\*\*@127.0.0.1"),
    ],
)
def test_an_unusable_address_is_answered_in_a_sentence_without_its_password(url: str, sentence: str) -> None:
    with pytest.raises(UnfitServer, match=sentence) as refusal:
        check_server(url)
    assert "rahasia" not in str(refusal.value)


def test_a_database_without_postgis_is_told_how_to_add_it(cluster: Cluster) -> None:
    with pytest.raises(UnfitServer, match='psql -d postgres -c "CREATE EXTENSION postgis"'):
        check_server(cluster.url("postgres"))


def test_an_old_postgis_is_refused_with_its_version(fresh_database: Engine) -> None:
    url = fresh_database.url.render_as_string(hide_password=False)
    ask_nothing(url, "UPDATE pg_extension SET extversion = '3.2.9' WHERE extname = 'postgis'")
    with pytest.raises(UnfitServer, match=r"versi 3\.2\.9.*3\.3 atau lebih baru"):
        check_server(url)


def test_an_old_postgresql_is_refused_with_its_version() -> None:
    require_postgres(150_000)
    with pytest.raises(UnfitServer, match="PostgreSQL 14; Petabukti memerlukan PostgreSQL 15"):
        require_postgres(140_012)


@pytest.mark.parametrize("written", ["postgres://u@h/d", "postgresql://u@h/d", "postgresql+psycopg2://u@h/d"])
def test_the_usual_spellings_of_an_address_all_get_our_driver(written: str) -> None:
    assert sqlalchemy_url(written) == "postgresql+psycopg://u@h/d"
