"""Names that strangers give their files: kept as a clean label, never a path, never markup."""

from __future__ import annotations

import html
import re
from functools import partial

from tests import photos
from tests.corpus import Answer, Case
from tests.corpus.house import House, Person, part
from tests.corpus.photo_cases import kept_bit_for_bit, pixels_alone
from webapp.evidence.models import Photo

_KEY = re.compile(r"[0-9a-f]{64}")


def _sent(name: str | bytes, person: Person) -> Answer:
    data = photos.without_exif(size=(400, 300))
    return person.multipart(f"/bukti/{person.case.id}/foto", [part("berkas", data, name)])


def _labelled(label: str, house: House, answer: Answer) -> None:
    photo: Photo = house.stored(answer)
    assert photo.file_name == label, repr(photo.file_name)
    assert len(photo.file_name) <= 120
    assert all(_KEY.fullmatch(sha256) for sha256, _name in house.traces()["store"])


def _shown_escaped(house: House, answer: Answer) -> None:
    """The page shows the label as it is, and holds no tag of it."""
    photo = house.stored(answer)
    for path in (f"/bukti/{photo.evidence_id}", f"/bukti/foto/{photo.id}"):
        page = house.indonesian.raw("GET", path, headers={"Accept": "text/html"})
        assert page.status == 200
        assert b"<img src=x" not in page.body
        assert b"<script>alert" not in page.body
    assert photo.file_name in html.unescape(page.body.decode())
    kept = house.indonesian.raw("GET", f"/bukti/foto/{photo.id}/asli")
    assert kept.headers["Content-Disposition"].endswith(f'filename="bukti-{photo.evidence_id}-foto-{photo.id}.jpg"')


def named(what: str, sent: str | bytes, label: str, *flags: str) -> Case:
    proofs = (partial(_labelled, label), _shown_escaped, kept_bit_for_bit, pixels_alone)
    return Case("file names", what, partial(_sent, sent), 201, flags=frozenset(flags), proofs=proofs)


CASES: list[Case] = [
    named("an ordinary name", "IMG_0001.jpg", "IMG_0001.jpg"),
    named("a way out of the folder", "../../../../etc/passwd", "passwd"),
    named("a way out, encoded", "..%2f..%2fetc%2fpasswd.jpg", "..%2f..%2fetc%2fpasswd.jpg"),
    named("a way out for Windows", rb"..\\..\\windows\\system.ini", "system.ini"),
    named("a way out for Windows, not escaped", rb"..\..\windows\system.ini", "....windowssystem.ini"),
    named("a drive", rb"C:\\Users\\camat\\foto.jpg", "foto.jpg"),
    named("from the root", "/etc/shadow", "shadow"),
    named("a share", rb"\\\\jahat.example\\c$\\foto.jpg", "foto.jpg"),
    named("an address", "http://jahat.example/foto.jpg", "foto.jpg"),
    named("a NUL in the middle", b"foto.jpg\x00.php", ".php"),
    named("a line end and a header", "foto\r\nSet-Cookie: x=1.jpg", "foto%0D%0ASet-Cookie: x=1.jpg"),
    named("a tab and a bell", b"fo\tto\x07.jpg", "fo to.jpg"),
    named("letters read backwards", "foto\u202egpj.exe", "fotogpj.exe"),
    named("isolated directions", "\u2066foto\u2069.jpg", "foto.jpg"),
    named("letters of no width", "fo\u200bto\ufeff.jpg", "foto.jpg"),
    named("only letters of no width", "\u200b\u200d", ""),
    named("300 letters", "a" * 300 + ".jpg", "a" * 115 + "….jpg"),
    named("300 letters of four bytes", "\U0001f33e" * 300, "\U0001f33e" * 120),
    named("one dot", ".", ""),
    named("two dots", "..", ""),
    named("a folder", "folder/", ""),
    named("blanks", "  spasi   banyak .jpg ", "spasi banyak .jpg"),
    named("double quotes", 'foto "baru".jpg', 'foto "baru".jpg'),
    named("quotes as other clients escape them", b'foto \\"baru\\".jpg', 'foto "baru".jpg'),
    named("single quotes and a statement", "'; DROP TABLE photo;--.jpg", "'; DROP TABLE photo;--.jpg"),
    named("a formula", '=HYPERLINK("http://jahat.example").jpg', 'jahat.example").jpg'),
    named("a formula without an address", "=cmd|' -C calc'!A0.jpg", "=cmd|' -C calc'!A0.jpg"),
    named("a script", "<script>alert(1)<\u2215script>.jpg", "<script>alert(1)<\u2215script>.jpg"),
    named("an attribute", "<img src=x onerror=alert(1)>.jpg", "<img src=x onerror=alert(1)>.jpg"),
    named("out of an attribute", "x' onload='alert(1).jpg", "x' onload='alert(1).jpg"),
    named("braces of a template", "{{ 7*7 }}${7*7}`7`.jpg", "{{ 7*7 }}${7*7}`7`.jpg"),
    named("Javanese letters", "\ua9a5\ua98f\ua9a0.jpg", "\ua9a5\ua98f\ua9a0.jpg"),
    named("Balinese letters", "\u1b29\u1b2e\u1b36.jpg", "\u1b29\u1b2e\u1b36.jpg"),
    named("a letter in two pieces", "e\u0301.jpg", "é.jpg"),
    # The whole form cannot be read then, its token neither.
    Case("file names", "bytes that are no UTF-8", partial(_sent, b"fo\xff\xfeto.jpg"), 400, "csrf_failed"),
    named("a device of Windows", "CON.jpg", "CON.jpg"),
    named("a hidden file", ".htaccess", ".htaccess"),
    named("two extensions", "foto.php.jpg", "foto.php.jpg"),
    named("a server's script", "foto.php", "foto.php"),
    named("colours of a terminal", b"\x1b[31mmerah.jpg", "[31mmerah.jpg"),
    named("a percent that formats", "%s%n%x{0}.jpg", "%s%n%x{0}.jpg"),
    named("another type's name", "foto.png", "foto.png", "type_mismatch"),
]
