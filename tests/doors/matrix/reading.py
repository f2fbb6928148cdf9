"""The table for readers: docs/akses.md, made from `akses.txt` and the URL map."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from pathlib import Path

from flask import Flask

from tests.doors.matrix.table import MISSING, NONE, OK, PEOPLE, SAME, SIGN_IN, Route, routes

DOC = Path(__file__).parents[3] / "docs" / "akses.md"
SIGNS = {OK: "✓", SAME: "=", NONE: "–", MISSING: "·", SIGN_IN: "masuk"}
HEAD = """# Siapa boleh apa

Dibuat dari [`akses.txt`](../tests/doors/matrix/akses.txt) dengan `python -m tests.doors.matrix`; jangan disunting di
sini. Tabel itu ditulis dengan tangan dari aturan, bukan dihitung dari `webapp/access.py`, dan dicoba dengan permintaan
sungguhan: `tests/doors/test_matrix*.py` ({cells} sel, {routes} alamat; siapa yang ditolak di pintu dicoba dengan baris
pertama dan terakhir, karena di sana yang diminta belum dilihat).

**Orang.** Semua bertugas di kabupaten yang sama. `V` pengunjung · `N` semua jabatannya sudah berakhir · `K` kontributor
dan `C` camat satu kecamatan · `D` verifikator meja · `F` verifikator lapangan · `A` penilai · `H` ketua tim ·
`S` sekretariat · `L` pimpinan · `P` tim provinsi (periode provinsi itu saja) · `I` PPID · `U` auditor ·
`M` administrator · `R` kepala perangkat daerah ·
`T` bertopi dua: pimpinan di kabupaten ini; di kota sebelah memegang semua peran lain, dan camat satu kecamatan di sana.

**Perihal.** Tanpa awalan: milik kecamatan K dan C. `neighbour` kecamatan tetangga, `elsewhere` kota sebelah dalam
provinsi yang sama, `theirs` kecamatan T di kota itu, `away` provinsi lain, `unknown` tidak ada, `crossed` benda lain
di alamat ini, `foreign` benda orang lain di dalam formulir. `draft` draf, `withdrawn` ditarik, `removed` dihapus,
`locked`/`final` terkunci oleh hasil akhir, `held` sedang diambil D, `held_other` diambil meja lain, `partial` dibuat
sendiri.

**Jawaban.** ✓ boleh · = tidak ada lagi yang diubah · 403 tidak berwenang · `·` 404, sama persis dengan yang tidak ada ·
– 404, belum ada · 409 keadaannya tidak mengizinkan · 422 formulir menolak · masuk: diminta masuk dahulu (skrip: 401).
Yang ditolak dan yang tidak ada dijawab sama, bita demi bita, dengan jumlah pernyataan SQL yang sama (selisih paling
banyak satu).
"""


def page(app: Flask) -> str:
    """The whole document."""
    cells = sum(len(list(one.cells_of(person))) for one in routes() for person in PEOPLE)
    parts = [HEAD.format(cells=cells, routes=len(routes()))]
    for chapter, below in groupby(routes(), key=lambda one: one.chapter):
        parts += [f"\n## {chapter}\n", _row(("alamat", "perihal", *PEOPLE)), _row(("---",) * (2 + len(PEOPLE)))]
        parts += [line for route in below for line in _lines(app, route)]
    return "\n".join(parts) + "\n"


def _lines(app: Flask, route: Route) -> Iterator[str]:
    rules = [rule.rule for rule in app.url_map.iter_rules(route.endpoint) if route.method in (rule.methods or ())]
    address = f"{route.method} `{max(rules, key=len)}`"
    for number, relation in enumerate(route.lines):
        answers = (route.answer(relation, person) for person in PEOPLE)
        yield _row((address if number == 0 else "", relation, *(SIGNS.get(one, one) for one in answers)))


def _row(cells: tuple[str, ...]) -> str:
    return f"| {' | '.join(cells)} |"
