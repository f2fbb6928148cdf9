"""A table of notes beside the photos gives cases their words."""

from __future__ import annotations

from datetime import date

from tests.webapp.bulk.conftest import Office
from tests.webapp.bulk.making import photo, xlsx, zipped

HEADER = "berkas;judul;uraian;tanggal;kegiatan;jenis;kelompok\n"
FILES = {f"{folder}/{number}.jpg": photo(number) for number, folder in enumerate(("senin", "senin", "rabu", "rabu"))}


def test_a_folder_takes_the_words_of_its_row(office: Office) -> None:
    notes = HEADER + "senin;Kerja bakti;Selokan bersih;6/8/2018;Subuh keliling;;\nRABU;;;;;;\n"
    office.opened({"foto.zip": zipped({**FILES, "catatan.csv": notes.encode()})})
    first, second = office.groups()
    assert (first.title, first.note, first.occurred_from) == ("Kerja bakti", "Selokan bersih", date(2018, 8, 6))
    assert first.activity == "kegiatan/subuh_keliling"
    assert (second.because, len(second.items)) == ("note", 2)
    assert [len(first.items), len(office.groups())] == [2, 2]


def test_rows_of_one_group_make_one_case_of_photos_from_anywhere(office: Office) -> None:
    rows = [
        ["File", "Title", "Group"], ["0.jpg", "Rapat warga", "A"], ["rabu/3.jpg", "", " a "], ["1", "Sendiri", ""],
    ]  # fmt: skip
    office.bring({"catatan.xlsx": xlsx(rows)})
    office.opened({"foto.zip": zipped(FILES)})
    found = {row.title: sorted(item.path for item in row.items) for row in office.groups()}
    assert found["Rapat warga"] == ["rabu/3.jpg", "senin/0.jpg"]
    assert found["Sendiri"] == ["senin/1.jpg"]
    assert sum(len(paths) for paths in found.values()) == 4


def test_what_is_wrong_in_the_table_is_said_by_row_and_column(office: Office) -> None:
    notes = HEADER + "0.jpg;;;kemarin;;;\n1.jpg;;;;Tari perut;;\n99.jpg;Tidak ada;;;;;\n;A;;;;;\n"
    office.opened({"foto.zip": zipped(FILES), "catatan.csv": notes.encode()})
    text = office.page().text
    assert "Baris 2, kolom tanggal: bukan tanggal; tulis seperti 6/8/2018 atau 2018-08-06 (“kemarin”)" in text
    assert "Baris 3, kolom kegiatan: tidak ada kegiatan atau jenis dengan nama itu (“Tari perut”)" in text
    assert "Baris 4, kolom berkas: tidak ada foto atau folder dengan nama itu (“99.jpg”)" in text
    assert "Baris 5, kolom berkas: kosong; tulis nama foto atau foldernya" in text


def test_a_table_that_is_none_is_said_and_the_photos_are_taken(office: Office) -> None:
    office.opened({"foto.zip": zipped(FILES), "catatan.csv": b"nama;umur\nAni;30\n"})
    text = office.page().text
    assert "catatan.csv : Tabel catatan tidak punya kolom “berkas”" in text
    assert sum(len(row.items) for row in office.groups()) == 4
