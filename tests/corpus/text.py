"""Text as people and attackers write it, through the form of a case and through JSON: kept as sent, or refused."""

from __future__ import annotations

import json
import re
import uuid

from sqlalchemy import select

from tests import factories
from tests.corpus import Answer, Case, Proof
from tests.corpus.house import House, Person
from tests.corpus.json_door import BODY, put
from tests.webapp.browsing import browser_of
from webapp.evidence.models import Evidence

FORM = {
    "region_code": factories.MINE, "title": "Kampung Tematik RW 05", "activity": "inovasi/kampung_tematik",
    "occurred_from": "2018-08-01",
}  # fmt: skip

KEPT = {
    "script": "<script>alert(document.cookie)</script>",
    "an attribute": '" onmouseover="alert(1)" x="',
    "an image that fails": "<img src=x onerror=alert(1)>",
    "the end of a script": "</script><svg/onload=alert(1)>",
    "a template literal": "${alert(1)} `${7*7}`",
    "template braces": "{{ 7*7 }} {% raw %} {# x #}",
    "SQL": "'; DROP TABLE evidence; --",
    "a wildcard": "100 % _ \\ kerja bakti",
    "a formula": "=HYPERLINK(\"http://x\",\"klik\")",
    "a formula with plus": "+6281 kali lari @pagi",
    "percent marks": "%s %(name)s %d {0}",
    "zero-width joiners inside": "ka\u200dmpung\u200b tematik",
    "emoji": "Gotong royong 🧹👨‍👩‍👧‍👦🇮🇩",
    "Javanese script": "ꦏꦩ꧀ꦥꦸꦁꦠꦺꦩꦠꦶꦏ꧀",
    "Balinese script": "ᬓᬫ᭄ᬧᬸᬂ",
    "Arabic from the right": "قرية إبداعية",
    "bidi override": "foto\u202egpj.exe",
    "combining marks": "Z̸̢͓a̷l̶g̵o̴",
    "one letter of 4 bytes": "𝒦ampung",
}  # fmt: skip
PERSONAL = {
    "a NIK": ("Ketua RW: 3273014101900001", "pii_nik", "3273014101900001"),
    "a NIK in groups": ("NIK 3273 0112 0585 0003 hadir", "pii_nik", "3273 0112 0585 0003"),
    "a NIK in other digits": ("NIK ٣٢٧٣٠١٤١٠١٩٠٠٠٠١", "pii_nik", "٣٢٧٣٠١٤١٠١٩٠٠٠٠١"),
    "a mobile number": ("Hubungi 0812-3456-7890", "pii_phone", "0812-3456-7890"),
    "a number with country code": ("WA +62 812 3456 7890", "pii_phone", "+62 812 3456 7890"),
    "an e-mail address": ("Surel: ibu.rw05@contoh.go.id", "pii_email", "ibu.rw05@contoh.go.id"),
}
PLAIN = {
    "sixteen digits that are no NIK": "Nomor aset 1234567890123456",
    "a date and a time": "Selesai 08.10.2018 07.30, 2018-10-08",
    "money": "Rp 12.500.000.000,00 dan 1.234.567 orang",
}
REFUSED = {
    "empty": ("", "text_empty"),
    "blanks alone": (" \t ", "text_empty"),
    "zero-width alone": ("\u200b\u200d\u2060\ufeff", "text_empty"),
    "hangul filler alone": ("\u3164\u115f", "text_empty"),
    "201 letters": ("a" * 201, "text_too_long"),
    "an escape sequence": ("a\u001b[31mb", "text_invalid"),
    "NUL": ("a\x00b", "text_invalid"),
}
# Scripts send short bodies: a megabyte of JSON is not even read.
LONG = (10_001, 100_000, 1_000_000)
NOT_READ = {("JSON", 1_000_000)}


def as_json(person: Person, **changes: str) -> Answer:
    return put(person, json.dumps({**BODY, **changes}).encode())


def by_form(person: Person, **changes: str) -> Answer:
    return person.post("/bukti/baru", client_id=str(uuid.uuid4()), **{**FORM, **changes})


def stored(house: House) -> Evidence:
    house.session.expire_all()
    return house.session.scalars(select(Evidence).order_by(Evidence.id.desc()).limit(1)).one()


def kept(title: str, note: str) -> Proof:
    def look(house: House, _answer: Answer) -> None:
        case = stored(house)
        assert (case.title, case.note) == (title, note)
        page = house.indonesian.client.get(f"/bukti/{case.id}").text
        assert title not in page or not re.search(r"[<>\"']", title), "not escaped"

    return look


def flagged(text: str, flag: str, number: str) -> Proof:
    """The flag is on the case; its writer reads the number, the leader does not, on the page and in the search."""

    def look(house: House, answer: Answer) -> None:
        assert answer.json["flags"] == [flag]
        case = stored(house)
        assert case.note == text
        own = house.indonesian.client.get(f"/bukti/{case.id}").text
        assert number in own and f'data-code="{flag}"' in own
        case.state, case.submitted_at, case.submitted_by = "submitted", factories.NOW, case.owner_id
        case.consent, case.place_reason = "not_needed", "tanpa GPS"
        house.session.commit()
        for reader in (house.people.leader, house.people.desk):
            page = browser_of(house.app, reader).client.get(f"/bukti/{case.id}")
            assert page.status_code == 200 and number not in page.text and "••••" in page.text

    return look


def unflagged(house: House, answer: Answer) -> None:
    assert answer.json["flags"] == []


def twice(name: str, text: str, status: tuple[int, int], code: str | None, *proofs: Proof) -> list[Case]:
    """The same text as a title, through the form and through JSON."""
    return [
        Case(
            "text",
            f"{name} in the form",
            lambda one: by_form(one, title=text, note=text),
            status[0],
            code,
            proofs=proofs,
        ),
        Case(
            "text", f"{name} in JSON", lambda one: as_json(one, title=text, note=text), status[1], code, proofs=proofs
        ),
    ]


CASES = [
    *(case for name, text in KEPT.items() for case in twice(name, text, (303, 201), None, kept(text, text))),
    *(case for name, (text, code) in REFUSED.items() for case in twice(name, text, (422, 422), code)),
    *(
        Case(
            "text",
            f"{n:,} letters in {door}",
            lambda one, n=n, send=send: send(one, note="a" * n),
            *((413, "request_too_large") if (door, n) in NOT_READ else (422, "text_too_long")),
        )
        for n in LONG
        for door, send in (("the form", by_form), ("JSON", as_json))
    ),
    *(
        Case("text", name, lambda one, text=text: as_json(one, note=text), 201, proofs=(flagged(text, flag, number),))
        for name, (text, flag, number) in PERSONAL.items()
    ),
    *(
        Case("text", name, lambda one, text=text: as_json(one, note=text), 201, proofs=(unflagged,))
        for name, text in PLAIN.items()
    ),
]
