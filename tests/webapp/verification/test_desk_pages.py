"""The desk's page: what it shows of a case, the verdicts by plain forms, and who is turned away."""

from collections.abc import Callable

import pytest
from sqlalchemy.orm import Session

from tests import factories
from tests.factories import KABUPATEN, KOTA, MINE, NEXT_DOOR
from tests.webapp.verification.conftest import Browser, utcnow
from webapp.access import Role
from webapp.accounts.models import Account
from webapp.evidence.models import Evidence
from webapp.evidence.rules import State
from webapp.verification import services

Opener = Callable[[Account | None], Browser]
HOSTILE = "<img src=x onerror=alert(1)> ${alert(2)} {{ 7*7 }} {% raise %} ' \" ` ꦏꦧꦸ"
VERBS = ("ambil", "lepas", "terima", "ke-lapangan", "kembalikan", "usul-tolak", "sahkan-tolak", "tolak-usulan")


@pytest.fixture
def people(session: Session) -> factories.Team:
    return factories.team(session)


@pytest.fixture
def case(session: Session, people: factories.Team) -> Evidence:
    return factories.case(
        session, people, State.SUBMITTED, at=utcnow(), kind_code="kegiatan", activity_code="subuh_keliling"
    )


def of(case: Evidence, verb: str = "") -> str:
    return f"/verifikasi/{case.id}" + (f"/{verb}" if verb else "")


def taken(session: Session, case: Evidence, person: Account) -> Evidence:
    return services.take(session, case.id, actor=person, at=utcnow(), minutes=30)


def test_the_desk_shows_what_speaks_for_and_against_a_case(
    session: Session, people: factories.Team, case: Evidence, browser: Opener
) -> None:
    page = browser(people.desk).get(of(case)).text
    photo = case.photos[0]
    for told in (
        case.title, f"/bukti/foto/{photo.id}/large", "Subuh keliling", "Kecamatan 99.01.01", "±\N{NO-BREAK SPACE}8",
        "Cocok dengan wilayah", people.camat.name, "Ambil untuk diperiksa", "/wilayah/lapisan/99.01.01.geojson",
        f"/bukti/{case.id}/peta.geojson", "Tidak ada foto yang sama persis",
    ):  # fmt: skip
        assert told in page, told


def test_a_verifier_takes_and_accepts_by_plain_forms(
    session: Session, people: factories.Team, case: Evidence, browser: Opener
) -> None:
    desk = browser(people.desk)
    answer = desk.post(of(case, "ambil"), of(case))
    assert (answer.status_code, answer.headers["Location"]) == (303, of(case))
    assert "Terima di meja" in desk.get(of(case)).text
    assert desk.post(of(case, "terima"), of(case), note="Jelas.").status_code == 303
    session.refresh(case)
    assert case.state == State.VERIFIED_DESK
    assert "Jelas." in desk.get(of(case)).text


def test_a_return_without_words_is_asked_for_them_on_the_same_page(
    session: Session, people: factories.Team, case: Evidence, browser: Opener
) -> None:
    taken(session, case, people.desk)
    answer = browser(people.desk).post(of(case, "kembalikan"), of(case), reason_code="photo_unclear", note=" ")
    assert answer.status_code == 422
    assert "Isian ini tidak boleh kosong." in answer.text
    session.refresh(case)
    assert case.state == State.UNDER_REVIEW


def test_a_hostile_note_is_shown_as_it_was_written(
    session: Session, people: factories.Team, case: Evidence, browser: Opener
) -> None:
    taken(session, case, people.desk)
    desk = browser(people.desk)
    assert desk.post(of(case, "kembalikan"), of(case), reason_code="photo_unclear", note=HOSTILE).status_code == 303
    session.refresh(case)
    assert case.moves[-1].note == HOSTILE
    page = desk.get(of(case)).text
    assert "<img src=x" not in page
    assert "&lt;img src=x onerror=alert(1)&gt; ${alert(2)} {{ 7*7 }} {% raise %}" in page


def test_what_the_desk_may_not_accept_is_said_on_the_same_page(
    session: Session, people: factories.Team, browser: Opener
) -> None:
    themed = taken(session, factories.case(session, people, State.SUBMITTED, at=utcnow()), people.desk)
    desk = browser(people.desk)
    page = desk.get(of(themed)).text
    assert "wajib dicek di lapangan" in page
    assert of(themed, "terima") not in page
    answer = desk.post(of(themed, "terima"), of(themed), note="Tetap saya terima.")
    assert answer.status_code == 422
    assert "Meja tidak dapat menerima" in answer.text
    assert desk.post(of(themed, "ke-lapangan"), of(themed)).status_code == 303
    session.refresh(themed)
    assert themed.state == State.AWAITING_FIELD


def test_a_rejection_takes_two_people(
    session: Session, people: factories.Team, case: Evidence, browser: Opener
) -> None:
    taken(session, case, people.desk)
    first, second = browser(people.desk), browser(people.second)
    assert first.post(of(case, "usul-tolak"), of(case), note="x", reason_code="").status_code == 422
    assert first.post(of(case, "usul-tolak"), of(case), note="Sama.", reason_code="duplicate").status_code == 303
    alone = first.post(of(case, "sahkan-tolak"), "/verifikasi/", note="ya")
    assert (alone.status_code, alone.headers["X-Problem-Code"]) == (403, "second_person_needed")
    page = second.get(of(case)).text
    assert "Foto pernah dipakai (duplikat)" in page
    assert "Sama." in page
    assert second.post(of(case, "sahkan-tolak"), of(case), note="Setuju.").status_code == 303
    session.refresh(case)
    assert case.state == State.REJECTED


def test_the_loser_of_a_race_is_told_who_won(
    session: Session, people: factories.Team, case: Evidence, browser: Opener
) -> None:
    late = browser(people.second)
    assert "Ambil untuk diperiksa" in late.get(of(case)).text
    taken(session, case, people.desk)
    session.commit()
    answer = late.post(of(case, "ambil"), "/verifikasi/")
    assert (answer.status_code, answer.headers["X-Problem-Code"]) == (409, "already_taken")
    assert people.desk.name in answer.text


def test_the_same_bytes_in_another_case_are_pointed_at_as_far_as_one_may_see(
    session: Session, people: factories.Team, case: Evidence, browser: Opener
) -> None:
    twin = factories.case(session, people, State.SUBMITTED, unit=NEXT_DOOR)
    hidden = factories.case(session, factories.team(session, code=KOTA), State.SUBMITTED)
    draft = factories.case(session, people, State.DRAFT, unit=NEXT_DOOR)
    for other in (twin, hidden, draft):
        other.photos[0].sha256 = case.photos[0].sha256
    session.flush()
    page = browser(people.desk).get(of(case)).text
    assert of(twin) in page
    assert "Foto yang sama persis ada di bukti lain" in page
    assert hidden.title not in page
    assert draft.title not in page


def test_the_next_case_is_the_oldest_one_may_take(session: Session, people: factories.Team, browser: Opener) -> None:
    partial = factories.account(session, (Role.DESK_VERIFIER, KABUPATEN), (Role.CAMAT, MINE))
    mine, next_door, latest = (
        factories.case(session, people, State.SUBMITTED, unit=unit, at=utcnow())
        for unit in (MINE, NEXT_DOOR, NEXT_DOOR)
    )
    assert f'href="{of(next_door)}"' in browser(partial).get(of(latest)).text
    assert f'href="{of(mine)}"' in browser(people.desk).get(of(latest)).text


# Who is turned away


def test_owner_and_leader_may_not_and_nobody_signs_in_first(
    people: factories.Team, case: Evidence, browser: Opener
) -> None:
    for person in (people.camat, people.leader, people.surveyor):
        assert browser(person).get(of(case)).status_code == 403
    assert browser(None).get(of(case)).status_code == 303


@pytest.mark.parametrize("verb", VERBS)
def test_another_citys_verifier_finds_nothing(
    session: Session, people: factories.Team, case: Evidence, browser: Opener, verb: str
) -> None:
    stranger = browser(factories.desk(session, KOTA))
    assert stranger.get(of(case)).status_code == 404
    assert stranger.post(of(case, verb), "/verifikasi/", note="x", reason_code="duplicate").status_code == 404


@pytest.mark.parametrize("verb", VERBS)
def test_a_leader_may_not_do_anything_at_the_desk(
    people: factories.Team, case: Evidence, browser: Opener, verb: str
) -> None:
    answer = browser(people.leader).post(of(case, verb), "/", note="x")
    assert answer.status_code == 403


@pytest.mark.parametrize("verb", VERBS)
def test_a_form_without_its_token_changes_nothing(
    session: Session, people: factories.Team, case: Evidence, browser: Opener, verb: str
) -> None:
    answer = browser(people.desk).client.post(of(case, verb), data={"note": "x"})
    assert (answer.status_code, answer.headers["X-Problem-Code"]) == (400, "csrf_failed")


def test_a_verifier_of_the_own_unit_sees_the_case_but_no_verdict(
    session: Session, people: factories.Team, case: Evidence, browser: Opener
) -> None:
    partial = browser(factories.account(session, (Role.DESK_VERIFIER, KABUPATEN), (Role.CONTRIBUTOR, MINE)))
    page = partial.get(of(case)).text
    assert "Tidak boleh Anda periksa" in page
    assert of(case, "ambil") not in page
    answer = partial.post(of(case, "ambil"), "/verifikasi/")
    assert (answer.status_code, answer.headers["X-Problem-Code"]) == (403, "own_unit")


def test_a_draft_does_not_exist_at_the_desk(session: Session, people: factories.Team, browser: Opener) -> None:
    draft = factories.case(session, people, State.DRAFT)
    assert browser(people.desk).get(of(draft)).status_code == 404
