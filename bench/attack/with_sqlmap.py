"""sqlmap on the parameters that reach a query: filters, words, codes, numbers in addresses, boxes, form fields."""

from __future__ import annotations

import re
import subprocess
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

from bench.attack.instance import Instance
from bench.attack.results import Result

LONGEST_S = 25  # of one target


@dataclass(frozen=True)
class Target:
    """`parameters` are attacked; in `path` a star marks a piece of the address. `form` is sent to it, by POST."""

    who: str
    path: str
    parameters: str
    form: tuple[tuple[str, str], ...] = ()
    page: str = ""  # where the form stands


BOX = "107.5,-7.0,107.7,-6.8"
CASES = "cari=jalan&jenis=x&kegiatan=x&periode=1&keadaan=verified_field"
QUEUE = "wilayah=32.73&jenis=photo&keadaan=submitted&keyakinan=A&posisi=cocok&cari=jalan"
PEOPLE = "cari=a&peran=camat&wilayah=32.73&aktif=1&halaman=1"
TRAIL = "orang=admin&aksi=x&objek=x&wilayah=32.73&dari=2026-01-01&sebelum=9"
SIGN_IN = (("username", "camat"), ("password", "x"))
CASE = (("title", "Jalan"), ("region_code", "32.73.07"), ("kind", "x"), ("activity", "x"), ("description", "a"))
TARGETS = (
    Target("", "/masuk", "username,password", SIGN_IN, "/masuk"),
    Target("", "/bahasa", "locale,next", (("locale", "id"), ("next", "/")), "/masuk"),
    Target("camat", "/bukti/?keadaan=draft&jenis=photo&cari=jalan&hal=1", "keadaan,jenis,cari,hal"),
    Target("camat", "/bukti/1*", "#1*"),
    Target("camat", "/bukti/foto/1*/small", "#1*"),
    Target("camat", "/bukti/baru", "title,region_code,kind,activity,description", CASE, "/bukti/baru"),
    Target("leader", f"/peta/?{CASES}", "cari,jenis,kegiatan,periode,keadaan"),
    Target("leader", "/peta/32.73*", "#1*"),
    Target("leader", "/peta/32.73/daftar?kelompok=verified&hal=1", "kelompok,hal"),
    Target("leader", f"/peta/32.73.07/kasus.geojson?bbox={BOX}&zoom=13", "bbox,zoom"),
    Target("leader", f"/wilayah/lapisan/dasar.geojson?bbox={BOX}&zoom=11", "bbox,zoom"),
    Target("leader", "/wilayah/32.73*", "#1*"),
    Target("desk", f"/verifikasi/?{QUEUE}", "wilayah,jenis,keadaan,keyakinan,posisi,cari"),
    Target("administrator", f"/akun/orang?{PEOPLE}", "cari,peran,wilayah,aktif,halaman"),
    Target("auditor", f"/akun/jejak?{TRAIL}", "orang,aksi,objek,wilayah,dari,sebelum"),
)
_HOW = (
    "--batch", "--level", "2", "--risk", "1", "--flush-session", "--drop-set-cookie", "--disable-coloring",
    "--retries", "0", "--timeout", "15", "--time-sec", "3", "--ignore-code", "*", "--time-limit", str(LONGEST_S),
)  # fmt: skip
_ANSWER = re.compile(r"^HTTP (?:response|redirect) \[#\d+\] \((\d+)", re.MULTILINE)
_NOT_LET_IN = {"400", "401", "403"}
_FOUND = re.compile(r"^Parameter: (.+?) \(", re.MULTILINE)


def attack(program: str, demo: Instance, people: dict[str, str]) -> list[Result]:
    """Each target once; `people` gives the user name behind each `who`."""
    return [_attack(program, demo, target, people) for target in TARGETS]


def _attack(program: str, demo: Instance, target: Target, people: dict[str, str]) -> Result:
    cookie = demo.signed_in(people[target.who]) if target.who else "petabukti="
    options = ["--dbms", "PostgreSQL"]
    if target.form:
        token, cookie = demo.form(target.page, cookie)
        options += ["--data", urlencode([("csrf_token", token), *target.form])]
    if "*" not in target.path:
        options += ["-p", target.parameters]
    shown = target.path.partition("?")[0] + f" ({target.parameters})"
    return run(program, demo.url + target.path, [*options, "--cookie", cookie], target.who or "visitor", shown)


def run(program: str, address: str, options: list[str], who: str, shown: str) -> Result:
    """One run of sqlmap, at most `LONGEST_S` long; it answers every question of its own with the usual answer."""
    with tempfile.TemporaryDirectory() as folder:
        traffic = Path(folder) / "traffic"
        started = time.monotonic()
        said = _said([program, "-u", address, *_HOW, "--output-dir", folder, "-t", str(traffic), *options])
        seconds = time.monotonic() - started
        statuses = _ANSWER.findall(traffic.read_text(errors="replace")) if traffic.exists() else []
    if not statuses or statuses[0] in _NOT_LET_IN:
        raise SystemExit(f"sqlmap did not come as far as {address}: {statuses[:1]} {said[-1500:]}")
    found = tuple(sorted({f"SQL injection in {name}" for name in _FOUND.findall(said)}))
    broken = sum(1 for status in statuses if status.startswith("5"))
    return Result("sqlmap", who, shown, found, broken, len(statuses), seconds, ended=seconds >= LONGEST_S)


def _said(command: list[str]) -> str:
    try:
        return subprocess.run(
            command, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL, timeout=LONGEST_S + 30
        ).stdout
    except subprocess.TimeoutExpired as why:
        return why.stdout.decode(errors="replace") if isinstance(why.stdout, bytes) else why.stdout or ""
