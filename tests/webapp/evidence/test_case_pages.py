"""The pages of a case, for the camat who owns it, the camat next door, the contributor, the desk, and nobody."""

import re
import uuid
from typing import Any

import pytest
from sqlalchemy import Connection, func, select
from sqlalchemy.orm import Session

from tests import factories
from tests.webapp.counting import statements
from tests.webapp.evidence.conftest import JSON, Opened
from webapp.access import Role
from webapp.db import utcnow
from webapp.evidence.models import Evidence
from webapp.evidence.rules import Move, State
from webapp.evidence.services import move
from webapp.programme.models import StudyAssignment

FORM: dict[str, Any] = {
    "title": "Taman baca RW 3", "activity": "inovasi/kampung_tematik", "occurred_from": "2018-08-01",
    "region_code": factories.MINE, "consent": "not_needed",
}  # fmt: skip


def pages_of(case: Evidence) -> list[str]:
    photo = case.photos[0].id
    return [
        f"/bukti/{case.id}", f"/bukti/{case.id}/peta.geojson", f"/bukti/{case.id}/ubah", f"/bukti/{case.id}/lokasi",
        f"/bukti/foto/{photo}", f"/bukti/foto/{photo}/small", f"/bukti/foto/{photo}/large", f"/bukti/foto/{photo}/asli",
    ]  # fmt: skip


def forms_of(case: Evidence) -> list[str]:
    own = [f"/bukti/{case.id}/{verb}" for verb in ("ubah", "foto", "lokasi", "lokasi/peranti", "lokasi/hapus-pin")]
    return [*own, f"/bukti/{case.id}/kirim", f"/bukti/{case.id}/tarik", f"/bukti/foto/{case.photos[0].id}/hapus"]


def test_a_camat_opens_every_page_of_an_own_case(session: Session, people: factories.Team, browser: Opened) -> None:
    case = factories.case(session, people)
    mine = browser(people.camat)
    for path in ["/bukti/", "/bukti/baru", *pages_of(case)]:
        assert mine.get(path).status_code == 200, path


@pytest.mark.parametrize("state", [State.DRAFT, State.SUBMITTED])
def test_another_camats_evidence_does_not_exist(
    session: Session, people: factories.Team, browser: Opened, state: State
) -> None:
    case = factories.case(session, people, state)
    neighbour = browser(factories.camat(session, factories.NEXT_DOOR))
    for path in pages_of(case):
        assert neighbour.get(path).status_code == 404, path
    for path in forms_of(case):
        assert neighbour.post(path).status_code == 404, path
    assert case.title not in neighbour.get("/bukti/").text


def test_nobody_is_sent_to_sign_in(session: Session, people: factories.Team, browser: Opened) -> None:
    case = factories.case(session, people, State.VERIFIED_FIELD)
    nobody = browser(None)
    for path in ["/bukti/", "/bukti/baru", *pages_of(case)]:
        answer = nobody.get(path)
        assert (answer.status_code, answer.location.split("?")[0]) == (303, "/masuk"), path
    for path in forms_of(case):
        assert nobody.post(path).status_code == 303, path


def test_the_desk_sees_a_case_once_it_was_sent_and_changes_nothing(
    session: Session, people: factories.Team, browser: Opened
) -> None:
    case = factories.case(session, people)
    desk = browser(people.desk)
    assert all(desk.get(path).status_code in (403, 404) for path in pages_of(case))
    assert desk.get(f"/bukti/{case.id}").status_code == 404
    mine = browser(people.camat)
    assert mine.post(f"/bukti/{case.id}/kirim").status_code == 303
    shown = desk.get(f"/bukti/{case.id}")
    assert shown.status_code == 200
    assert "/kirim" not in shown.text
    assert "/lokasi" not in shown.text
    assert all(desk.post(path).status_code == 403 for path in forms_of(case))
    assert desk.get(f"/bukti/foto/{case.photos[0].id}/asli").status_code == 200


def test_a_leader_sees_the_case_but_not_the_original(session: Session, people: factories.Team, browser: Opened) -> None:
    case = factories.case(session, people, State.VERIFIED_FIELD)
    leader = browser(people.leader)
    assert leader.get(f"/bukti/{case.id}").status_code == 200
    photo = case.photos[0].id
    assert leader.get(f"/bukti/foto/{photo}/large").status_code == 200
    assert leader.get(f"/bukti/foto/{photo}/asli").status_code == 403
    assert "Unduh asli" not in leader.get(f"/bukti/foto/{photo}").text


def test_a_contributor_drafts_but_does_not_send(session: Session, people: factories.Team, browser: Opened) -> None:
    case = factories.case(session, people)
    helper = browser(factories.account(session, (Role.CONTRIBUTOR, factories.MINE)))
    assert "/kirim" not in helper.get(f"/bukti/{case.id}").text
    assert helper.get(f"/bukti/{case.id}/ubah").status_code == 200
    for verb in ("kirim", "tarik"):
        assert helper.post(f"/bukti/{case.id}/{verb}").status_code == 403
    session.refresh(case)
    assert case.state == State.DRAFT


def test_who_judges_the_region_cannot_add_to_the_case_of_a_unit_that_is_not_theirs(
    session: Session, people: factories.Team, browser: Opened
) -> None:
    case = factories.case(session, people, State.RETURNED)
    both = factories.account(session, (Role.CAMAT, factories.NEXT_DOOR), (Role.DESK_VERIFIER, factories.KABUPATEN))
    judge = browser(both)
    assert judge.get(f"/bukti/{case.id}").status_code == 200
    assert judge.upload(f"/bukti/{case.id}/foto", ("a.jpg", factories.incoming().data)).status_code == 403
    assert judge.post(f"/bukti/{case.id}/kirim").status_code == 403
    assert judge.post(f"/bukti/{case.id}/lokasi", lon="100,05", lat="-1,95").status_code == 403


def test_the_first_case_begins_at_an_empty_list(session: Session, people: factories.Team, browser: Opened) -> None:
    mine = browser(people.camat)
    assert "Belum ada bukti" in mine.get("/bukti/").text
    answer = mine.post("/bukti/baru", client_id=str(uuid.uuid4()), **FORM)
    assert answer.status_code == 303
    case = session.scalars(select(Evidence)).one()
    assert answer.location == f"/bukti/{case.id}"
    assert (case.title, case.kind_code, case.activity_code, case.state) == (
        "Taman baca RW 3", "inovasi", "kampung_tematik", State.DRAFT,
    )  # fmt: skip
    assert case.occurred_to == case.occurred_from
    shown = mine.get(answer.location).text
    assert re.findall(r'data-code="(\w+)"', shown) == ["photo", "place"]


def test_a_form_sent_twice_makes_one_case(session: Session, people: factories.Team, browser: Opened) -> None:
    mine = browser(people.camat)
    number = str(uuid.uuid4())
    first, second = (mine.post("/bukti/baru", client_id=number, **FORM) for _ in range(2))
    assert first.location == second.location
    assert session.scalar(select(func.count(Evidence.id))) == 1
    other = mine.post("/bukti/baru", client_id=number, **{**FORM, "title": "Lain sama sekali"})
    assert (other.status_code, other.headers["X-Problem-Code"]) == (409, "id_reused")


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"title": " \u200b "}, "tidak boleh kosong"),
        ({"activity": ""}, "wajib"),
        ({"activity": "inovasi/tidak_ada"}, "Pilihan ini tidak ada"),
        ({"occurred_from": "kemarin"}, "Tanggal tidak benar"),
        ({"occurred_to": "2018-07-01"}, "mendahului"),
        ({"consent": "mungkin"}, "Pilihan ini tidak ada"),
        ({"tags": "rahasia"}, "tidak dikenal"),
        ({"region_code": factories.NEXT_DOOR}, "Pilihan ini tidak ada"),
    ],
)
def test_a_form_that_cannot_be_taken_says_why_and_keeps_what_was_typed(
    session: Session, people: factories.Team, browser: Opened, changes: dict[str, str], words: str
) -> None:
    answer = browser(people.camat).post("/bukti/baru", **{**FORM, **changes})
    assert answer.status_code == 422
    assert words in answer.text
    assert session.scalar(select(func.count(Evidence.id))) == 0


def test_a_draft_is_changed_and_a_sent_case_is_not(session: Session, people: factories.Team, browser: Opened) -> None:
    case = factories.case(session, people)
    mine = browser(people.camat)
    changed = {
        **FORM,
        "activity": "rapat/rapat_minggon",
        "tags": ["faces", "children"],
        "innovation_stage": "penerapan",
    }
    assert mine.post(f"/bukti/{case.id}/ubah", **changed).status_code == 303
    session.refresh(case)
    assert (case.title, case.kind_code, sorted(case.tags)) == ("Taman baca RW 3", "rapat", ["children", "faces"])
    assert case.innovation_stage is None  # a meeting has no stage of innovation
    assert 'value="rapat/rapat_minggon"' in mine.get(f"/bukti/{case.id}/ubah").text
    mine.post(f"/bukti/{case.id}/kirim")
    for answer in (mine.get(f"/bukti/{case.id}/ubah"), mine.post(f"/bukti/{case.id}/ubah", **changed)):
        assert (answer.status_code, answer.headers["X-Problem-Code"]) == (409, "not_editable")


def test_a_study_is_tied_to_the_assignment_of_the_unit(
    session: Session, people: factories.Team, browser: Opened
) -> None:
    task = StudyAssignment(
        period_id=people.period.id, region_code=factories.MINE, country_code="KR", city="Seoul",
        starts_on=factories.TODAY, ends_on=factories.TODAY,
    )  # fmt: skip
    other = StudyAssignment(
        period_id=people.period.id, region_code=factories.NEXT_DOOR, country_code="JP", city="Kyoto",
        starts_on=factories.TODAY, ends_on=factories.TODAY,
    )  # fmt: skip
    session.add_all([task, other])
    mine = browser(people.camat)
    page = mine.get("/bukti/baru").text
    assert "Seoul, 2018" in page
    assert "Kyoto" not in page
    study = {**FORM, "activity": "studi/trotoar"}
    assert mine.post("/bukti/baru", **study, study_assignment=str(other.id)).status_code == 422
    assert mine.post("/bukti/baru", **study, study_assignment=str(task.id)).status_code == 303
    assert session.scalars(select(Evidence)).one().study_assignment_id == task.id


def test_names_of_kinds_follow_the_readers_language(session: Session, people: factories.Team, browser: Opened) -> None:
    mine = browser(people.camat)
    assert "Kampung tematik" in mine.get("/bukti/baru", headers={"Accept-Language": "id"}).text
    english = mine.get("/bukti/baru", headers={"Accept-Language": "en"}).text
    assert "Themed neighbourhood" in english
    assert 'label="Innovation"' in english


def test_what_is_missing_is_listed_with_links_and_nothing_moves(
    session: Session, people: factories.Team, browser: Opened
) -> None:
    mine = browser(people.camat)
    path = mine.post("/bukti/baru", **{**FORM, "consent": "", "occurred_from": "2017-05-05"}).location
    answer = mine.post(f"{path}/kirim")
    assert answer.status_code == 422
    assert re.findall(r'data-code="(\w+)"', answer.text) == ["photo", "place", "consent", "dates"]
    for link in (f"{path}#foto", f"{path}/lokasi#isi-lokasi", f"{path}/ubah#consent", f"{path}/ubah#occurred_from"):
        assert f'href="{link}"' in answer.text
    assert mine.post(f"{path}/kirim", headers=JSON).json["code"] == "not_ready"
    assert session.scalars(select(Evidence.state)).one() == State.DRAFT


def test_a_case_is_sent_returned_and_sent_again_and_both_versions_stay_readable(
    session: Session, people: factories.Team, browser: Opened
) -> None:
    case = factories.case(session, people, title="Judul pertama")
    mine = browser(people.camat)
    assert mine.post(f"/bukti/{case.id}/kirim").status_code == 303
    session.refresh(case)
    move(session, case, Move.TAKE, actor=people.desk, at=utcnow(), until=utcnow())
    move(session, case, Move.RETURN, actor=people.desk, at=utcnow(), note="Tanggalnya keliru.")
    session.commit()
    shown = mine.get(f"/bukti/{case.id}").text
    assert "Tanggalnya keliru." in shown
    mine.post(f"/bukti/{case.id}/ubah", **{**FORM, "title": "Judul kedua"})
    mine.post(f"/bukti/{case.id}/kirim")
    shown = mine.get(f"/bukti/{case.id}").text
    assert "Kiriman ke-1" in shown
    assert "Kiriman ke-2" in shown
    assert "Judul pertama" in shown


def test_a_sent_case_is_taken_back_before_the_desk_takes_it(
    session: Session, people: factories.Team, browser: Opened
) -> None:
    waiting = factories.case(session, people, State.SUBMITTED)
    taken = factories.case(session, people, State.UNDER_REVIEW)
    mine = browser(people.camat)
    assert mine.post(f"/bukti/{waiting.id}/tarik", note="Salah unggah").status_code == 303
    assert "Salah unggah" in mine.get(f"/bukti/{waiting.id}").text
    answer = mine.post(f"/bukti/{taken.id}/tarik")
    assert (answer.status_code, answer.headers["X-Problem-Code"]) == (409, "illegal_move")
    assert "/tarik" not in mine.get(f"/bukti/{taken.id}").text


@pytest.mark.parametrize("state", list(State))
def test_every_state_has_a_page_with_the_moves_it_allows(
    session: Session, people: factories.Team, browser: Opened, state: State
) -> None:
    case = factories.case(session, people, state)
    page = browser(people.camat).get(f"/bukti/{case.id}").text
    assert ("/kirim" in page) == (state in (State.DRAFT, State.RETURNED))
    assert ("/tarik" in page) == (state in (State.DRAFT, State.SUBMITTED))
    assert ("potret.js" in page) == (state in (State.DRAFT, State.RETURNED))


def test_the_list_is_sifted_by_its_address(session: Session, people: factories.Team, browser: Opened) -> None:
    factories.case(session, people, title="Pasar Sehat 100%", note="ikan")
    factories.case(
        session, people, State.SUBMITTED, title="Rapat minggon", kind_code="rapat", activity_code="rapat_minggon"
    )
    mine = browser(people.camat)

    def seen(query: str) -> set[str]:
        return set(re.findall(r"Pasar Sehat 100%(?=</a>)|Rapat minggon(?=</a>)", mine.get(f"/bukti/?{query}").text))

    both = {"Pasar Sehat 100%", "Rapat minggon"}
    assert seen("") == both
    assert seen("keadaan=submitted") == {"Rapat minggon"}
    assert seen("jenis=inovasi") == {"Pasar Sehat 100%"}
    assert seen("jenis=rapat_minggon") == {"Rapat minggon"}
    assert seen("cari=SEHAT+pasar") == {"Pasar Sehat 100%"}
    assert seen("cari=ikan") == {"Pasar Sehat 100%"}
    assert seen("cari=100%25") == {"Pasar Sehat 100%"}
    assert seen("cari=%25_") == set()
    assert seen("keadaan=entah") == set()
    assert seen("hal=99") == both
    assert seen("hal=x") == both
    assert "Tidak ada bukti yang cocok" in mine.get("/bukti/?cari=zzz").text


def test_a_long_list_has_pages_that_keep_the_filters(session: Session, people: factories.Team, browser: Opened) -> None:
    for number in range(27):
        bare(session, people, f"Bukti ke-{number:02d}")
    mine = browser(people.camat)
    first, second = (mine.get(f"/bukti/?cari=bukti&hal={page}").text for page in (1, 2))
    titles = [re.findall(r"Bukti ke-\d\d(?=</a>)", page) for page in (first, second)]
    assert [len(page) for page in titles] == [25, 2]
    assert titles[0][0] == "Bukti ke-26"
    assert "cari=bukti&amp;hal=2" in first
    assert "Halaman 2 dari 2 · 27 bukti" in second


def bare(session: Session, people: factories.Team, title: str) -> Evidence:
    """A draft without photos."""
    return factories.services.create(
        session, actor=people.camat, region_code=factories.MINE, client_id=uuid.uuid4(),
        fields=factories.fields(title=title), at=factories.NOW,
    )  # fmt: skip


def test_pages_ask_the_database_the_same_however_much_there_is(
    session: Session, people: factories.Team, browser: Opened, connection: Connection
) -> None:
    case = factories.case(session, people)
    mine = browser(people.camat)

    def asked(path: str) -> int:
        session.expire_all()
        with statements(connection) as said:
            assert mine.get(path).status_code == 200
        return len(said)

    before = asked("/bukti/"), asked(f"/bukti/{case.id}")
    for _number in range(20):
        bare(session, people, "Lagi")
    factories.services.add_photos(
        session, case, [factories.incoming() for _ in range(4)] + [factories.incoming(data=b"x")], actor=people.camat,
        at=factories.NOW, intake=people.intake,
    )  # fmt: skip
    session.commit()
    after = asked("/bukti/"), asked(f"/bukti/{case.id}")
    assert after == before
    assert after[0] <= 8
    assert after[1] <= 15
