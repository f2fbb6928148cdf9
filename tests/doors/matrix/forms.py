"""What a form says in a cell: plausible, and right but for the person who sends it."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import Any

from tests import factories, photos
from tests.doors.matrix import publications, reporting, rooms
from tests.doors.matrix.people import AWAY
from tests.doors.matrix.relations import NEW, NOWHERE, REGIONS, TIED, UNITS, Values
from tests.doors.matrix.table import Cell
from tests.doors.matrix.world import UNKNOWN, World, redrawn
from tests.factories import KABUPATEN, KOTA, MINE, PASSWORD
from webapp.accounts import totp
from webapp.programme import exchange
from webapp.programme.presets import PRESETS


def _case_words(world: World, cell: Cell) -> Values:
    return {
        "client_id": str(NEW), "region_code": UNITS.get(cell.relation, NOWHERE),
        "title": "Kampung baru", "activity": "kegiatan/subuh_keliling", "note": "Tertulis.",
        "occurred_from": "2018-08-02", "occurred_to": "", "consent": "not_needed",
    }  # fmt: skip


def _fix(world: World, cell: Cell) -> Values:
    unit = UNITS.get(cell.relation.split("_")[0], MINE)
    place = factories.middle(unit if unit.startswith("99") else MINE)
    now = datetime.now(UTC).isoformat()
    return {"lon": f"{place.lon:.6f}", "lat": f"{place.lat:.6f}", "accuracy_m": "5", "fix_at": now}


@cache
def _picture() -> bytes:
    return photos.phone_jpeg(seed=424242, size=(640, 480))


def _files(world: World, cell: Cell) -> Values:
    return {"berkas": (io.BytesIO(_picture()), "baru.jpg", "image/jpeg")}


def _finish(world: World, cell: Cell) -> Values:
    seen = ["place_exists", "first_confirmation", "second_confirmation"]
    return {"verdict": "sesuai", "checked": seen, "note": "Ada."}


def _many(world: World, cell: Cell) -> Values:
    case, version = world.cases.get(cell.relation, UNKNOWN), world.versions.get(cell.relation, 1)
    return {"bukti": f"{case}-{version}", "note": "Baik."}


def _later(world: World, cell: Cell) -> Values:
    fix, now = _fix(world, cell), datetime.now(UTC).isoformat()
    numbers = {name: float(fix[name]) for name in ("lon", "lat", "accuracy_m")}
    return {**fix, **numbers, "happened_at": now, "decided_at": now, "verdict": "tidak_ditemukan", "note": "Tidak ada."}


def _plan_words(world: World, cell: Cell) -> Values:
    """For tomorrow, with whoever visits there."""
    goes = {"here": "F", "elsewhere": "T"}.get(cell.relation, "F")
    day = (date.today() + timedelta(days=2)).isoformat()  # noqa: DTZ011 - the app's own clock runs
    region = REGIONS.get(cell.relation, NOWHERE)
    return {"region_code": region, "day": day, "share": "100", "people": str(world.people[goes].id)}


def _tied(world: World, cell: Cell) -> Values:
    """For tying a case that is not tied yet, for untying the one that is; or somebody else's."""
    known = {
        "tie": {"waiting": "held", "theirs": "theirs", "neighbour": "neighbour", "elsewhere": "elsewhere"},
        "untie": {
            "waiting": "sent", "proven": "verified", "final": "locked", "theirs": "theirs_proven",
            "neighbour": "neighbour", "elsewhere": "elsewhere_proven",
        },
    }[cell.endpoint.removeprefix("scoring.")]  # fmt: skip
    name = TIED.get(cell.relation) or known.get(cell.relation, "held")
    return {"evidence_id": str(world.cases.get(name, UNKNOWN))}


def _reopened(world: World, cell: Cell) -> Values:
    unit = f"{KOTA if cell.relation.startswith('elsewhere') else KABUPATEN}.01"
    return {"units": unit, "indicator": "", "evidence": "", "reason": "Foto tertukar.", "legal_basis": "Perbup."}


def _period_words(world: World, cell: Cell) -> Values:
    region = REGIONS[cell.relation]
    return {
        "name": "Periode baru", "region_code": region, "instrument_id": str(world.instruments["here"]),
        "starts_on": "2020-01-01", "ends_on": "2020-12-31", "quorum": "3", "participants": f"{region}.01",
    }  # fmt: skip


def _changed_words(world: World, cell: Cell) -> Values:
    """The prepared period with another name, or one of the same region that cannot be changed any more."""
    region = KOTA if cell.relation.startswith("elsewhere") else KABUPATEN
    return {
        "name": "Nama lain", "region_code": region, "instrument_id": str(world.instruments["here"]),
        "starts_on": "2020-01-01", "ends_on": "2020-12-31", "quorum": "3", "participants": f"{region}.01",
        "stage_plenary": "1",
    }  # fmt: skip


def _values(world: World, cell: Cell) -> Values:
    """Of all that is presented in the open period."""
    return {f"nilai{world.indicators['open'][-1]}-value": "80", f"nilai{world.indicators['open'][-1]}-note": "Jelas."}


def _indicator(world: World, cell: Cell) -> Values:
    own = world.aspects.get("elsewhere" if cell.relation == "crossed" else cell.relation, UNKNOWN)
    fields = {"indicator_name": "Indikator baru", "indicator_weight": "10", "mode": "desk", "required_claim": "y"}
    return {f"aspek{own}-{name}": value for name, value in fields.items()}


def _changed_aspect(world: World, cell: Cell) -> Values:
    own = world.aspects.get("elsewhere" if cell.relation == "crossed" else cell.relation, UNKNOWN)
    return {f"ubah{own}-aspect_name": "Aspek lain", f"ubah{own}-aspect_weight": "60", f"ubah{own}-part": "2"}


def _changed_indicator(world: World, cell: Cell) -> Values:
    own = world.parts.get("elsewhere" if cell.relation == "crossed" else cell.relation, UNKNOWN)
    fields = {"indicator_name": "Indikator lain", "indicator_weight": "60", "mode": "field"}
    return {f"indikator{own}-{name}": value for name, value in fields.items()}


def _instrument_file(world: World, cell: Cell) -> Values:
    return {"impor-berkas": (io.BytesIO(exchange.WRITERS["json"](PRESETS["oki"])), "instrumen.json")}


def _post_words(world: World, cell: Cell) -> Values:
    place, _, region = cell.relation.partition("_")
    elsewhere = "elsewhere" in (place, region)
    code = "" if region == "nation" else KOTA if elsewhere else AWAY if place == "away" else KABUPATEN
    return {"role": "information_officer", "region": code, "starts_on": "2020-01-01", "ends_on": ""}


def _new_person(world: World, cell: Cell) -> Values:
    region = "" if cell.relation == "nation" else REGIONS[cell.relation]
    words = {"name": "Orang Baru", "email": "", "username": "orang.baru"}
    return {**words, "role": "auditor", "region": region, "starts_on": "2020-01-01", "ends_on": ""}


def _sign_in(world: World, cell: Cell) -> Values:
    who = {"right": "C", "wrong": "C", "closed": "closed"}.get(cell.relation)
    name = world.people[who].username if who else "tidak.ada"
    return {"username": name, "password": "bukan-sandi-itu-9" if cell.relation == "wrong" else PASSWORD}


def _own_password(world: World, cell: Cell) -> Values:
    present = "bukan-sandi-itu-9" if cell.relation == "wrong" else PASSWORD
    return {"present": present, "new": "lumba-terbang-ke-utara-77", "again": "lumba-terbang-ke-utara-77"}


def _sent(world: World, cell: Cell) -> Values:
    """The same words as a script sends them."""
    words = _case_words(world, cell)
    region = MINE if cell.relation.startswith("taken") else words["region_code"]
    return {
        **{name: words[name] for name in ("title", "activity", "note", "occurred_from", "consent")},
        "region_code": region, "place": {"lon": 100.05, "lat": -1.95, "reason": "Karena itu."},
    }  # fmt: skip


def _proof(world: World, cell: Cell) -> Values:
    """The code of those who have a second factor, the password of the others."""
    if cell.relation == "wrong":
        return {"bukti-diri-code": "000000", "bukti-diri-password": "bukan-sandi-itu-9"}
    secret = world.secrets.get(cell.person)
    code = totp.code_of(secret, totp.step_at(datetime.now(UTC))) if secret else ""
    return {"bukti-diri-code": code, "bukti-diri-password": PASSWORD}


def _boundaries(world: World, cell: Cell) -> Values:
    words = {"name": "Batas kiriman", "source": "Kantor", "licence": "-", "attribution": "Kantor", "vintage": "2020"}
    columns = {"code_column": "code", "name_column": "name"}
    return {**words, **columns, "berkas": (io.BytesIO(redrawn()), "batas.geojson", "application/geo+json")}


def _ties(world: World, cell: Cell) -> Values:
    upper = KOTA if cell.relation == "elsewhere" else KABUPATEN
    return {"agreed": "y", f"tie-{upper}.03": "kin", f"note-{upper}.03": "Ipar."}


def _entry(world: World, cell: Cell) -> Values:
    line = world.reporting.get(cell.relation, {}).get("line", UNKNOWN)
    return {"line": str(line), "day": f"{reporting.YEAR}-02-01", "said": "Pengecoran.", "physical": "1,5"}


def _report(world: World, cell: Cell) -> Values:
    """With an obstacle for each line, to be sent."""
    known = world.reporting.get(cell.relation, {})
    lines = [f"baris{known[name]}" for name in ("line", "line_id") if name in known]
    return {"act": "send"} | {
        f"{one}-{name}": value for one in lines for name, value in (("obstacle_kind", "other"), ("obstacle", "Banjir."))
    }


def _reporting_year(world: World, cell: Cell) -> Values:
    return {"region_code": REGIONS.get(cell.relation, NOWHERE), "year": str(reporting.YEAR + 1)}


def _said(**fields: Any) -> Callable[[World, Cell], Values]:
    return lambda world, cell: dict(fields)


def _inspired(world: World, cell: Cell) -> Values:
    """The link of a case at home is taken back."""
    return {"evidence_id": str(world.cases.get(cell.relation, UNKNOWN)), "study_case_id": ""}


_SHUTTER = "2018-08-01T08:00:00+07:00"  # when the photos of the world were taken
_TOMORROW = (date.today() + timedelta(days=1)).isoformat()  # noqa: DTZ011 - the app's own clock runs meanwhile
FORMS: dict[str, Callable[[World, Cell], Values]] = {
    "territory.send_boundaries": _boundaries,
    "home.language": _said(locale="en", next="/"),
    "accounts.sign_in": _sign_in,
    "accounts.profile": _said(locale="en"),
    "accounts.own_password": _own_password,
    "accounts.code": _said(code="000000"),
    "accounts.recovery": _said(code="AAAA-AAAA-AAAA-AAAA-AAAA-AAAA"),
    "accounts.set_up_factor": _said(code="000000"),
    "accounts.prove": _proof,
    "api.put_case": _sent,
    "accounts.new_person": _new_person,
    "accounts.person": _said(name="Nama Lain", email="lain@contoh.id"),
    "accounts.appoint": _post_words,
    "accounts.end_appointment": _said(ends_on=_TOMORROW),
    "programme.new": _period_words,
    "programme.change": _changed_words,
    "presentation.plan": _said(place="Aula", begins="09:00", minutes="30", pause="0", day_1="2018-09-01"),
    "presentation.change": _said(
        day="2018-09-03", begins="10:00", place="Aula", swap_with="", because="Hujan.", deck="Paparan"
    ),
    "programme.new_instrument": _said(name="Instrumen baru", legal_basis="", example="y"),
    "programme.add_aspect": _said(aspect_name="Aspek baru", aspect_weight="10"),
    "programme.add_indicator": _indicator,
    "programme.change_aspect": _changed_aspect,
    "programme.change_indicator": _changed_indicator,
    "programme.change_terms": _said(
        **{"ketentuan-legal_basis": "Lain.", "ketentuan-tie_rule": "lots", "ketentuan-grades": "A | 80"}
    ),
    "programme.settle": _said(**{"tetapkan-source": "Keputusan."}),
    "programme.load_preset": _said(**{"sistem-preset": "oki"}),
    "programme.read_file": _instrument_file,
    "record.draw_up": _said(place="Aula"),
    "record.sign": _said(agrees="ya"),
    "bulk.begin": _said(nomor=str(NEW)),
    "bulk.send_files": _files,
    "bulk.correct": _said(langkah="perbarui"),
    "evidence.create": _case_words,
    "evidence.change": _case_words,
    "evidence.set_progress": _said(progress="50"),
    "signals.explain": _said(reason="Diambil wartawan kantor."),
    "evidence.withdraw": _said(note="Keliru."),
    "evidence.add_photos": _files,
    "evidence.set_place": lambda world, cell: {**_fix(world, cell), "reason": "Karena itu."},
    "evidence.use_device": lambda world, cell: {**_fix(world, cell), "accuracy_m": "1", "fix_at": _SHUTTER},
    "fieldwork.new": _plan_words,
    "fieldwork.assign": lambda world, cell: {"petugas": str(world.people["field"].id), "alasan": "Sakit."},
    "fieldwork.drop": _said(alasan="Banjir."),
    "verification.accept": _said(note="Baik."),
    "verification.accept_many": _many,
    "verification.send": _said(note="Tolong dilihat."),
    "verification.give_back": _said(note="Kurang jelas.", reason_code="photo_unclear"),
    "verification.extend": _said(note="Sinyal mati."),
    "verification.answer": _said(answer="uphold", note="Sudah benar."),
    "evidence.object_to": _said(reason="Kami ada di sana."),
    "verification.propose": _said(note="Pernah dipakai.", reason_code="duplicate"),
    "verification.confirm": _said(note="Setuju."),
    "verification.decline": _said(note="Tidak setuju."),
    "verification.check_in": _fix,
    "verification.add_visit_photos": _files,
    "verification.finish": _finish,
    "notice.read": _said(sampai="1"),
    "conflict.declare": _ties,
    "conflict.withdraw": _said(because="Salah unit."),
    "lapangan.put_visit": _later,
    "reporting.log": _entry,
    "reporting.withdraw": _said(reason="Salah catat."),
    "reporting.fill": _report,
    "reporting.excuse": _said(reason="Banjir."),
    "reporting.make_year": _reporting_year,
    "reporting.set_terms": lambda world, cell: reporting.terms(),
    "reporting.add_unit": _said(unit="", name="Dinas Baru", kind="opd"),
    "reporting.add_line": lambda world, cell: reporting.target("baru"),
    "reporting.change_line": _said(act="remove"),
    **dict.fromkeys(("exchange.ask_region", "exchange.ask_abroad", "exchange.ask_unit"), _said(kind="zip")),
    "recap.attach": lambda world, cell: {"meeting_id": str(world.meetings.get(cell.relation, 0))},
    "scoring.claim": _said(statement="Kami lakukan."),
    "scoring.tie": _tied,
    "scoring.untie": _tied,
    "scoring.score": _said(value="80", note="Baik.", version=""),
    "scoring.replace_reader": _said(who="", reason="Sakit."),
    "scoring.assign_adjudicator": _said(who="", reason=""),
    "scoring.adjudicate": _said(value="60", reasoning="Foto membuktikan."),
    "scoring.moderate": _said(step="open", reason="Selisih terlalu besar."),
    "scoring.restore": _said(reason="Bukti ternyata ada."),
    "selection.close_round": _said(reason=""),
    "selection.make_award": _said(size="4", number="SK 1/2018", decided_on="2018-01-02", reason=""),
    "selection.open_studies": _said(
        country_code="KR", city="Seoul", starts_on="2018-09-07", ends_on="2018-09-11", topics="trotoar"
    ),
    "selection.inspire": _inspired,
    "replication.name_source": _said(source_id="", source_text="Kota Malang", source_region_code=""),
    "selection.nominate": _said(unit=MINE, target_id="1", reason=""),
    "selection.allow_nominees": _said(most="2"),
    "scoring.attend": _said(attendance="absent", reason="Sakit."),
    "scoring.rate": _values,
    "scoring.stage": _said(step="open"),
    "scoring.set_aside": _said(reason="Tidak ada bukti."),
    "scoring.zero_unclaimed": _said(reason="Tidak diklaim."),
    "scoring.leave_out": _said(reason="Pindah tugas."),
    "scoring.ask_reopening": _reopened,
    "scoring.decide_reopening": _said(verdict="tidak", reason="Tidak ada dasar."),
    "scoring.object_to_result": _said(reason="Keliru."),
    "scoring.answer_objection": _said(verdict="tidak", reason="Sudah tepat."),
    **rooms.FORMS,
    **publications.FORMS,
}
