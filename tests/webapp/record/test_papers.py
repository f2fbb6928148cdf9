"""Minutes as paper: what is printed, that long tables go on with their heads, that nobody is asked for anything."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pypdfium2 as pdfium
import pytest
from flask import Flask
from sqlalchemy.orm import Session

from tests.factories import KABUPATEN, NOW
from tests.webapp.conftest import Opener
from tests.webapp.record.conftest import Panel, words
from webapp.minutes import services
from webapp.minutes.models import Minutes


def sent(opened: Opener, person: object, made: Minutes) -> bytes:
    answer = opened(person).client.get(f"/berita-acara/{made.id}.pdf")  # type: ignore[arg-type]
    assert (answer.status_code, answer.mimetype) == (200, "application/pdf"), answer.text[:300]
    if "LOOK" in os.environ:
        Path(os.environ["LOOK"], f"{made.kind}-{made.id}.pdf").write_bytes(answer.data)
    return answer.data


def test_a_plenary_of_thirty_with_a_dissent_is_printed_whole(
    session: Session, opened: Opener, caplog: pytest.LogCaptureFixture
) -> None:
    panel = Panel(session, units=30)
    for n in range(1, 31):
        panel.prove(f"{KABUPATEN}.{n:02d}", f"{95 - n}.25")
    made = panel.minutes()
    services.sign(session, made, actor=panel.chair, at=NOW)
    services.sign(session, made, actor=panel.second, at=NOW)
    services.sign(
        session, made, actor=panel.first, at=NOW, agrees=False,
        remark="Peringkat ketiga semestinya ditinjau lagi <b>di lapangan</b>; hubungi 081234567890.",
    )  # fmt: skip
    whole = sent(opened, panel.chair, made)
    said = words(whole)
    for fact in (
        "BERITA ACARA RAPAT PLENO", made.number, "Senin tanggal enam bulan Agustus tahun dua ribu delapan belas",
        "06-08-2018", "Aula Pendopo", "SK Bupati Uji Nomor 188/12/2018", "PP 17/2018", "94,25", "65,25",
        "Kecamatan 99.01.30", "Siti Penilai", "berbeda pendapat", "<b>di", made.code,
        "Tim berjumlah 3 (tiga) orang", "Kuorum 2 (dua)", made.sha256[:20], "Disampaikan kepada bupati",
    ):  # fmt: skip
        assert fact in said, fact
    assert "081234567890" not in said
    assert "belum berlaku" not in said
    with pdfium.PdfDocument(whole) as file:
        heads = [
            len(re.findall(r"Peringkat\s+Kecamatan\s+Kode", page.get_textpage().get_text_bounded())) for page in file
        ]
        assert len(file) > 1
    assert sum(heads) >= 2, f"the table goes over pages and repeats its head: {heads}"
    assert not [one for one in caplog.messages if "address" in one]


def test_a_paper_that_waits_for_signatures_says_so(panel: Panel, opened: Opener, app: Flask) -> None:
    panel.valued("80")
    made = panel.minutes()
    said = words(sent(opened, panel.chair, made))
    assert "belum berlaku" in said
    assert "telah masuk 0 (nol) tanda tangan" in said
