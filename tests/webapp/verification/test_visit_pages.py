"""The visit page by plain forms: check-in, photo, verdict; and what it says when something is missing."""

import io
from collections.abc import Callable

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from geo.values import LonLat
from tests import factories, photos
from tests.factories import KOTA, MINE
from tests.webapp.verification.conftest import Browser, utcnow
from webapp.access import Role
from webapp.accounts.models import Account
from webapp.evidence.models import Evidence, RefusedFile
from webapp.evidence.rules import State
from webapp.verification.models import FieldVisit

Opener = Callable[[Account | None], Browser]
ALL = ["object_seen", "same_angle", "in_use"]


@pytest.fixture
def people(session: Session) -> factories.Team:
    return factories.team(session)


@pytest.fixture
def case(session: Session, people: factories.Team) -> Evidence:
    return factories.case(session, people, State.AWAITING_FIELD, at=utcnow())


def of(case: Evidence, verb: str = "") -> str:
    return f"/verifikasi/{case.id}/kunjungan" + (f"/{verb}" if verb else "")


def fix(place: LonLat) -> dict[str, str]:
    return {
        "lon": f"{place.lon:.7f}", "lat": f"{place.lat:.7f}", "accuracy_m": "8.4", "fix_at": utcnow().isoformat(),
    }  # fmt: skip


def shot(seed: int = 1, name: str = "bukti.jpg") -> tuple[io.BytesIO, str]:
    return io.BytesIO(photos.phone_jpeg(lon=100.05, lat=-1.95, seed=seed, size=(640, 480))), name


def test_a_whole_visit_by_plain_forms(
    session: Session, people: factories.Team, case: Evidence, browser: Opener
) -> None:
    field, here = browser(people.surveyor), factories.middle(MINE)
    assert field.post(of(case), of(case), **fix(here)).headers["Location"] == of(case) + "#foto"
    sent = {
        "berkas": shot(7001), "fix_lon": f"{here.lon:.7f}", "fix_lat": f"{here.lat:.7f}", "fix_accuracy": "6.0",
        "fix_time": utcnow().isoformat(),
    }  # fmt: skip
    assert field.post(of(case, "foto"), of(case), **sent).status_code == 303
    answer = field.post(of(case, "selesai"), of(case), checked=ALL, verdict="sesuai")
    assert (answer.status_code, answer.headers["Location"]) == (303, of(case))
    session.refresh(case)
    visit = session.scalars(select(FieldVisit)).one()
    assert case.state == State.VERIFIED_FIELD
    assert (visit.accuracy_m, visit.metres_off) == (8.4, 0.0)
    assert visit.photos[0].device_accuracy_m == 6.0
    page = field.get(of(case)).text
    assert "tidak sedang menunggu kunjungan" in page
    assert "Objek ada di tempat yang diklaim" in page


def test_from_too_far_away_the_page_says_how_far(
    session: Session, people: factories.Team, case: Evidence, browser: Opener
) -> None:
    here = factories.middle(MINE)
    answer = browser(people.surveyor).post(of(case), of(case), **fix(LonLat(here.lon, here.lat + 0.01)))
    assert answer.status_code == 422
    assert "1,1\N{NO-BREAK SPACE}km dari lokasi bukti" in answer.text
    assert session.scalar(select(FieldVisit.id)) is None


@pytest.mark.parametrize("lost", ["lon", "lat", "accuracy_m", "fix_at"])
def test_a_position_without_its_accuracy_or_time_is_typed_by_hand_and_does_not_pass(
    session: Session, people: factories.Team, case: Evidence, browser: Opener, lost: str
) -> None:
    sent = {name: value for name, value in fix(factories.middle(MINE)).items() if name != lost}
    answer = browser(people.surveyor).post(of(case), of(case), **sent)
    assert answer.status_code == 422
    assert "Posisi dari perangkat belum ada" in answer.text
    assert session.scalar(select(FieldVisit.id)) is None


@pytest.mark.parametrize("wrong", [{"lon": "200"}, {"lat": "nan"}, {"accuracy_m": "-5"}, {"fix_at": "kemarin"}])
def test_an_impossible_position_is_no_position(
    people: factories.Team, case: Evidence, browser: Opener, wrong: dict[str, str]
) -> None:
    sent = {**fix(factories.middle(MINE)), **wrong}
    assert browser(people.surveyor).post(of(case), of(case), **sent).status_code == 422


def test_an_unfinished_visit_says_what_is_missing_and_keeps_what_was_written(
    session: Session, people: factories.Team, case: Evidence, browser: Opener
) -> None:
    field = browser(people.surveyor)
    field.post(of(case), of(case), **fix(factories.middle(MINE)))
    written = "Lahan kosong <b>sejak</b> 2017."
    answer = field.post(of(case, "selesai"), of(case), verdict="tidak_ditemukan", note=written)
    assert answer.status_code == 422
    assert "foto dari lokasi" in answer.text
    assert "Lahan kosong &lt;b&gt;sejak&lt;/b&gt; 2017." in answer.text
    field.post(of(case, "foto"), of(case), berkas=shot(7002))
    assert field.post(of(case, "selesai"), of(case), verdict="tidak_ditemukan", note=written).status_code == 303
    session.refresh(case)
    assert case.state == State.MISMATCH


def test_a_file_that_is_no_photo_is_refused_with_its_reason_and_kept(
    session: Session, people: factories.Team, case: Evidence, browser: Opener
) -> None:
    field = browser(people.surveyor)
    field.post(of(case), of(case), **fix(factories.middle(MINE)))
    answer = field.post(of(case, "foto"), of(case), berkas=(io.BytesIO(b"%PDF-1.4"), "laporan.jpg"))
    assert answer.status_code == 303
    assert "bukan foto" in field.get(of(case)).text
    assert session.scalars(select(RefusedFile.code)).one() == "type_not_allowed"
    assert field.post(of(case, "foto"), of(case)).status_code == 422


def test_a_case_can_go_back_to_the_unit_from_the_site(
    session: Session, people: factories.Team, case: Evidence, browser: Opener
) -> None:
    field = browser(people.surveyor)
    field.post(of(case), of(case), **fix(factories.middle(MINE)))
    field.post(of(case, "foto"), of(case), berkas=shot(7003))
    answer = field.post(
        of(case, "selesai"), of(case), verdict="tidak_sesuai", note="Titiknya di kantor.", lalu="kembalikan"
    )
    assert answer.status_code == 303
    session.refresh(case)
    assert case.state == State.RETURNED


def test_unknown_ticks_and_verdicts_are_refused(
    session: Session, people: factories.Team, case: Evidence, browser: Opener
) -> None:
    field = browser(people.surveyor)
    field.post(of(case), of(case), **fix(factories.middle(MINE)))
    for sent in ({"checked": ["kunci_surga"]}, {"verdict": "mungkin"}):
        assert field.post(of(case, "selesai"), of(case), **sent).status_code == 422
    session.refresh(case)
    assert case.state == State.AWAITING_FIELD


def test_who_may_not_visit(session: Session, people: factories.Team, case: Evidence, browser: Opener) -> None:
    for person in (people.camat, people.leader, people.desk):
        assert browser(person).get(of(case)).status_code == 403
    assert browser(factories.surveyor(session, KOTA)).get(of(case)).status_code == 404
    assert browser(None).get(of(case)).status_code == 303


def test_who_decided_at_the_desk_is_told_that_another_person_must_go(
    session: Session, people: factories.Team, browser: Opener
) -> None:
    people.desk = factories.account(session, (Role.DESK_VERIFIER, "99.01"), (Role.FIELD_VERIFIER, "99.01"))
    case = factories.case(session, people, State.AWAITING_FIELD, at=utcnow())
    both = browser(people.desk)
    assert "Anda sudah memutuskan bukti ini di meja" in both.get(of(case)).text
    answer = both.post(of(case), "/verifikasi/lapangan", **fix(factories.middle(MINE)))
    assert (answer.status_code, answer.headers["X-Problem-Code"]) == (403, "second_person_needed")


@pytest.mark.parametrize("verb", ["", "foto", "selesai"])
def test_a_visit_form_without_its_token_changes_nothing(
    people: factories.Team, case: Evidence, browser: Opener, verb: str
) -> None:
    answer = browser(people.surveyor).client.post(of(case, verb), data=fix(factories.middle(MINE)))
    assert (answer.status_code, answer.headers["X-Problem-Code"]) == (400, "csrf_failed")
