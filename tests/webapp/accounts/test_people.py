"""People and their posts: what an administrator does, and what an administrator of elsewhere cannot."""

from __future__ import annotations

import re
import threading
from datetime import date, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, event, select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, sessionmaker

from tests import factories
from tests.factories import FAR, KABUPATEN, KOTA, MINE, NEXT_DOOR, NOW, PASSWORD, TODAY
from tests.webapp.accounts.conftest import ByForm
from tests.webapp.conftest import Post, SignIn
from webapp.access import Role
from webapp.accounts import queries, services
from webapp.accounts.errors import (
    AlreadyAppointed,
    AlreadyEnded,
    EndsBeforeStart,
    LastAdministrator,
    RegionAmbiguous,
    RegionUnknown,
    RoleNeedsOtherLevel,
    UsernameTaken,
)
from webapp.accounts.models import Account, Appointment
from webapp.accounts.passwords import matches
from webapp.audit import AuditEvent
from webapp.errors import NotAllowed, NotFound

HOSTILE = '<img src=x onerror="alert(1)">${7*7}{{ 7*7 }}'


@pytest.fixture
def chief(session: Session) -> Account:
    """The administrator of kabupaten 99.01; another one stands above, for the whole country."""
    factories.territory(session)
    factories.account(session, (Role.ADMINISTRATOR, None), name="Administrator Pusat")
    return factories.account(session, (Role.ADMINISTRATOR, KABUPATEN), name="Administrator Kabupaten")


@pytest.fixture
def camat(session: Session, chief: Account) -> Account:
    return factories.account(session, (Role.CAMAT, MINE), name="Ratna Sulastri")


@pytest.fixture
def far(session: Session, chief: Account) -> Account:
    return factories.account(session, (Role.CAMAT, FAR), name="Budi dari Kota")


@pytest.fixture
def admin_page(client: FlaskClient, chief: Account, sign_in: SignIn) -> FlaskClient:
    """A browser in which the administrator of the kabupaten is signed in."""
    sign_in(client, chief)
    return client


def last_line(session: Session) -> AuditEvent:
    line = session.scalars(select(AuditEvent).order_by(AuditEvent.id.desc())).first()
    assert line is not None
    return line


# --- seeing -----------------------------------------------------------------------------------------------------------


def test_an_administrator_sees_the_people_of_the_own_area_only(
    session: Session, admin_page: FlaskClient, camat: Account, far: Account
) -> None:
    session.commit()
    page = admin_page.get("/akun/orang").text
    assert camat.name in page
    assert far.name not in page
    assert "Administrator Pusat" not in page
    assert admin_page.get(f"/akun/orang/{camat.id}").status_code == 200


def test_what_lies_outside_the_area_does_not_exist(
    session: Session, admin_page: FlaskClient, camat: Account, far: Account, post: Post
) -> None:
    session.commit()
    theirs = far.appointments[0].id
    missing = admin_page.get("/akun/orang/999999")
    assert admin_page.get(f"/akun/orang/{far.id}").status_code == missing.status_code == 404
    attempts = {
        f"/akun/orang/{far.id}": {"name": "Lain"},
        f"/akun/orang/{far.id}/nonaktif": {},
        f"/akun/orang/{far.id}/aktif": {},
        f"/akun/orang/{far.id}/sandi": {},
        f"/akun/orang/{far.id}/jabatan": {"role": "camat", "region": MINE, "starts_on": "2018-08-01"},
        f"/akun/orang/{far.id}/jabatan/{theirs}/akhir": {"ends_on": "2018-08-06"},
        f"/akun/orang/{far.id}/jabatan/{theirs}/cabut": {},
        f"/akun/orang/{camat.id}/jabatan/{theirs}/cabut": {},
        f"/akun/orang/{camat.id}/jabatan/999999/akhir": {"ends_on": "2018-08-06"},
    }
    for path, fields in attempts.items():
        assert post(admin_page, path, page="/akun/orang/baru", **fields).status_code == 404, path
    session.commit()
    session.refresh(far)
    assert (far.name, far.deactivated_at) == ("Budi dari Kota", None)
    assert far.appointments[0].revoked_at is None


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.ADMINISTRATOR}))
def test_nobody_else_comes_near_the_people(
    session: Session, client: FlaskClient, chief: Account, sign_in: SignIn, role: Role
) -> None:
    code = {Role.CAMAT: MINE, Role.CONTRIBUTOR: MINE, Role.PROVINCIAL_TEAM: "99"}.get(role, KABUPATEN)
    sign_in(client, factories.account(session, (role, code)))
    for path in ("/akun/orang", "/akun/orang/baru", f"/akun/orang/{chief.id}"):
        assert client.get(path).status_code == 403
    assert client.get("/akun/jejak").status_code == (200 if role is Role.AUDITOR else 403)


def test_a_person_who_moved_away_is_seen_but_not_ruled(
    session: Session, admin_page: FlaskClient, chief: Account, camat: Account, post: Post
) -> None:
    camat.appointments[0].ends_on = TODAY - timedelta(days=9)
    camat.appointments.append(Appointment(role=Role.ADMINISTRATOR, region_code=KOTA, starts_on=TODAY))
    session.commit()
    page = admin_page.get(f"/akun/orang/{camat.id}")
    assert page.status_code == 200
    assert "di luar wilayah Anda" in page.text
    assert KOTA not in page.text
    assert "Setel ulang" not in page.text
    for step in ("sandi", "nonaktif", "aktif"):
        assert post(admin_page, f"/akun/orang/{camat.id}/{step}", page="/akun/orang/baru").status_code == 403
    assert post(admin_page, f"/akun/orang/{camat.id}", page="/akun/orang/baru", name="Lain").status_code == 403


def test_the_list_is_searched_filtered_and_paged_by_its_address(
    session: Session, admin_page: FlaskClient, chief: Account, camat: Account
) -> None:
    for number in range(queries.PEOPLE_PER_PAGE):
        factories.account(session, (Role.CONTRIBUTOR, NEXT_DOOR), name=f"Warga {number:02d}")
    closed = factories.account(session, (Role.CAMAT, NEXT_DOOR), name="Camat Lama 100%")
    closed.deactivated_at = NOW
    session.commit()

    def names(**query: str) -> set[str]:
        found = re.findall(r'<th scope="row"><a [^>]*>([^<]+)<', admin_page.get("/akun/orang", query_string=query).text)
        return set(found)

    assert names(cari="sulas") == {camat.name}
    assert names(cari=camat.username.upper()) == {camat.name}
    assert names(cari="%") == {closed.name}
    assert names(peran="camat") == {camat.name, closed.name}
    assert names(peran="camat", wilayah=MINE) == {camat.name}
    assert names(peran="camat", aktif="tidak") == {closed.name}
    assert names(wilayah=KOTA) == set()
    assert len(names()) == queries.PEOPLE_PER_PAGE
    assert names(halaman="2") == names(halaman="99")
    assert len(names() | names(halaman="2")) == queries.PEOPLE_PER_PAGE + 3
    assert names(halaman="nol", peran="ngawur", aktif="mungkin", wilayah="%") == set()


def test_the_list_asks_the_database_a_fixed_number_of_times(
    session: Session, engine: Engine, admin_page: FlaskClient, camat: Account
) -> None:
    def asked() -> int:
        count = []

        def listen(*_: object) -> None:
            count.append(1)

        event.listen(engine, "before_cursor_execute", listen)
        admin_page.get("/akun/orang")
        event.remove(engine, "before_cursor_execute", listen)
        return len(count)

    session.commit()
    few = asked()
    for _ in range(20):
        factories.account(session, (Role.CONTRIBUTOR, NEXT_DOOR))
    session.commit()
    assert asked() == few <= 14


# --- making -----------------------------------------------------------------------------------------------------------

NEW = {
    "name": "Dewi Anggraini", "username": "dewi.anggraini", "email": "", "role": "camat", "region": "99.01.02",
    "starts_on": "2018-01-01", "ends_on": "",
}  # fmt: skip


def test_a_new_person_gets_a_post_and_a_password_shown_once(
    session: Session, admin_page: FlaskClient, chief: Account, post: Post
) -> None:
    answer = post(admin_page, "/akun/orang/baru", **NEW)
    assert answer.status_code == 200
    once = re.search(r"<code>([a-z2-9-]{19})</code>", answer.text)
    assert once
    session.commit()
    made = queries.by_username(session, "dewi.anggraini")
    assert made is not None
    assert matches(made.password_hash, once[1])
    assert made.must_change_password
    assert [(one.role, one.region_code, one.appointed_by) for one in made.appointments] == [
        ("camat", NEXT_DOOR, chief.id)
    ]
    lines = session.execute(
        select(AuditEvent.action, AuditEvent.actor_id, AuditEvent.region_code)
        .where(AuditEvent.object_id == str(made.id))
        .order_by(AuditEvent.id)
    ).all()
    assert lines == [("account.create", chief.id, NEXT_DOOR), ("account.appoint", chief.id, NEXT_DOOR)]
    assert once[1] not in admin_page.get(f"/akun/orang/{made.id}").text
    assert not any(once[1] in str(row) for row in session.execute(text("SELECT * FROM audit_event")))


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"region": FAR}, "region_unknown"),
        ({"region": "99.01.99"}, "region_unknown"),
        ({"region": "Tidak Ada"}, "region_unknown"),
        ({"region": KABUPATEN}, "role_needs_other_level"),
        ({"region": ""}, "not_allowed"),
        ({"ends_on": "2017-01-01"}, "ends_before_start"),
        ({"starts_on": "kemarin"}, "date_invalid"),
        ({"starts_on": ""}, "field_required"),
        ({"username": "ratna sulastri"}, "username_invalid"),
        ({"username": HOSTILE}, "username_invalid"),
        ({"username": "ab"}, "username_invalid"),
        ({"name": ""}, "text_empty"),
        ({"name": "\u200b\u200b"}, "text_empty"),
        ({"name": "x" * 121}, "text_too_long"),
        ({"email": "bukan surel"}, "email_invalid"),
        ({"role": "dewa"}, "choice_invalid"),
    ],
)
def test_a_refused_person_leaves_nothing(
    session: Session, admin_page: FlaskClient, post: Post, change: dict[str, str], code: str
) -> None:
    answer = post(admin_page, "/akun/orang/baru", **{**NEW, **change})
    assert (answer.headers["X-Problem-Code"], 400 <= answer.status_code < 500) == (code, True)
    session.commit()
    assert session.scalar(select(Account).where(Account.name.in_([NEW["name"], "x" * 121]))) is None
    assert "<img src=x" not in answer.text


def test_a_name_taken_in_other_letters_is_taken(
    session: Session, admin_page: FlaskClient, camat: Account, post: Post
) -> None:
    session.commit()
    answer = post(admin_page, "/akun/orang/baru", **{**NEW, "username": camat.username.upper()})
    assert (answer.status_code, answer.headers["X-Problem-Code"]) == (409, "username_taken")


def test_two_administrators_who_take_the_same_name_at_once(fresh_database: Engine) -> None:
    factory = sessionmaker(fresh_database, expire_on_commit=False)
    with factory.begin() as session:
        factories.territory(session)
        chief = factories.account(session, (Role.ADMINISTRATOR, None))

    def make(session: Session) -> None:
        services.create_person(
            session, actor=chief, username="kembar", name="Kembar", email=None, region_code="", at=NOW
        )

    with factory() as first, factory() as second:
        make(first)
        outcome: list[object] = []

        def late() -> None:
            try:
                make(second)
            except UsernameTaken as why:
                outcome.append(why.code)

        waiting = threading.Thread(target=late)
        waiting.start()
        waiting.join(0.3)
        first.commit()
        waiting.join(10)
        assert outcome == ["username_taken"]


def test_hostile_names_are_shown_as_typed_everywhere(
    session: Session, admin_page: FlaskClient, camat: Account, post: Post
) -> None:
    session.commit()
    post(admin_page, f"/akun/orang/{camat.id}", name=HOSTILE, email="")
    for path in ("/akun/orang", f"/akun/orang/{camat.id}", "/akun/orang?cari=" + "%3Cimg"):
        page = admin_page.get(path).text
        assert "<img src=x" not in page
        assert "&lt;img src=x onerror=&#34;alert(1)&#34;&gt;${7*7}{{ 7*7 }}" in page


def test_a_person_with_a_hostile_name_reads_it_on_the_own_pages(
    session: Session, client: FlaskClient, camat: Account, sign_in: SignIn
) -> None:
    camat.name = HOSTILE
    sign_in(client, camat)
    for path in ("/", "/akun"):
        page = client.get(path).text
        assert "<img src=x" not in page
        assert "&lt;img src=x onerror=" in page
        assert "49" not in re.sub(r'(nonce|value|href|src|content)="[^"]*"', "", page)


@pytest.mark.parametrize("username", ["<script>", "dua kata", "ab", "x" * 61, ".titik", ""])
def test_the_database_keeps_names_plain(session: Session, username: str) -> None:
    with pytest.raises(IntegrityError, match="account_username_is_plain"):
        session.execute(
            text("INSERT INTO account (username, name, password_hash) VALUES (:u, 'x', '')"),
            {"u": username},
        )


# --- posts ------------------------------------------------------------------------------------------------------------


def test_a_region_is_meant_by_code_by_name_or_by_both(session: Session, chief: Account) -> None:
    for typed in ("99.01.02", " 99.01.02 Kecamatan 99.01.02", "kecamatan 99.01.02"):
        assert queries.region_meant(session, chief, typed) == "99.01.02"
    assert queries.region_meant(session, chief, "") == ""
    for typed in ("99.71.01", "99.01.021", "entah", "99.01.02.", "9"):
        with pytest.raises(RegionUnknown):
            queries.region_meant(session, chief, typed)


def test_a_name_that_several_regions_bear_asks_for_the_code(session: Session, chief: Account) -> None:
    session.execute(text("UPDATE region SET name = 'Sukajadi' WHERE code IN ('99.01.01', '99.01.02')"))
    with pytest.raises(RegionAmbiguous) as refused:
        queries.region_meant(session, chief, "sukajadi")
    assert refused.value.field == "region"


def test_a_post_is_given_from_a_page_and_offered_regions_need_no_script(
    session: Session, admin_page: FlaskClient, camat: Account, post: Post
) -> None:
    session.commit()
    page = admin_page.get(f"/akun/orang/{camat.id}").text
    assert '<option value="99.01.02 Kecamatan 99.01.02">' in page
    assert FAR not in page
    answer = post(
        admin_page, f"/akun/orang/{camat.id}/jabatan", page=f"/akun/orang/{camat.id}",
        role="camat", region="99.01.02 Kecamatan 99.01.02", starts_on="2018-02-01", ends_on="2018-12-31",
    )  # fmt: skip
    assert (answer.status_code, answer.location) == (303, f"/akun/orang/{camat.id}")
    session.commit()
    session.refresh(camat)
    assert [(one.region_code, one.ends_on) for one in camat.appointments] == [
        (MINE, None),
        (NEXT_DOOR, date(2018, 12, 31)),
    ]
    line = last_line(session)
    assert (line.action, line.region_code, line.detail) == (
        "account.appoint", NEXT_DOOR, {"role": "camat", "since": "2018-02-01", "until": "2018-12-31"},
    )  # fmt: skip


def test_the_same_post_is_not_held_twice_at_a_time(session: Session, chief: Account, camat: Account) -> None:
    with pytest.raises(AlreadyAppointed):
        services.appoint(session, camat, services.NewPost(Role.CAMAT, MINE, TODAY), actor=chief, at=NOW)
    services.end_appointment(session, camat.appointments[0], TODAY, actor=chief, at=NOW, on=TODAY)
    services.appoint(session, camat, services.NewPost(Role.CAMAT, MINE, TODAY + timedelta(days=1)), actor=chief, at=NOW)
    with pytest.raises(IntegrityError, match="one_open_post_of_a_kind"), session.begin_nested():
        session.execute(
            text("INSERT INTO appointment (account_id, role, region_code, starts_on) VALUES (:a, 'camat', :r, now())"),
            {"a": camat.id, "r": MINE},
        )


@pytest.mark.parametrize(
    ("role", "code", "fits"),
    [
        (Role.CAMAT, MINE, True), (Role.CAMAT, KABUPATEN, False), (Role.CAMAT, None, False),
        (Role.CONTRIBUTOR, MINE, True), (Role.CONTRIBUTOR, KABUPATEN, False), (Role.PROVINCIAL_TEAM, "99", True),
        (Role.PROVINCIAL_TEAM, KABUPATEN, False), (Role.ASSESSOR, KABUPATEN, True), (Role.ASSESSOR, MINE, False),
        (Role.LEADER, None, True), (Role.ADMINISTRATOR, None, True), (Role.ADMINISTRATOR, MINE, False),
    ],
)  # fmt: skip
def test_a_role_serves_at_its_level_in_the_rules_and_in_the_database(
    session: Session, chief: Account, camat: Account, role: Role, code: str | None, fits: bool
) -> None:
    top = session.scalar(select(Account).where(Account.name == "Administrator Pusat"))
    assert top is not None
    post = services.NewPost(role, code or "", TODAY + timedelta(days=400))
    person = factories.account(session)
    insert = text("INSERT INTO appointment (account_id, role, region_code, starts_on) VALUES (:a, :role, :code, now())")
    values = {"a": person.id, "role": role.value, "code": code}
    if fits:
        services.appoint(session, person, post, actor=top.as_of(TODAY), at=NOW)
        return
    with pytest.raises(RoleNeedsOtherLevel):
        services.appoint(session, person, post, actor=top.as_of(TODAY), at=NOW)
    with pytest.raises(IntegrityError, match="appointment_fits_its_level"), session.begin_nested():
        session.execute(insert, values)


def test_a_post_ends_but_its_line_stays(session: Session, admin_page: FlaskClient, camat: Account, post: Post) -> None:
    session.commit()
    own = f"/akun/orang/{camat.id}"
    held = camat.appointments[0]
    answer = post(admin_page, f"{own}/jabatan/{held.id}/akhir", page=own, ends_on="2015-12-31")
    assert (answer.status_code, answer.headers["X-Problem-Code"]) == (422, "ends_before_start")
    assert post(admin_page, f"{own}/jabatan/{held.id}/akhir", page=own, ends_on="").status_code == 422
    assert post(admin_page, f"{own}/jabatan/{held.id}/akhir", page=own, ends_on="2018-08-31").status_code == 303
    session.commit()
    session.refresh(held)
    assert held.ends_on == date(2018, 8, 31)
    assert last_line(session).action == "account.end_appointment"
    assert "Berakhir" in admin_page.get(own).text
    answer = post(admin_page, f"{own}/jabatan/{held.id}/cabut", page=own)
    assert (answer.status_code, answer.headers["X-Problem-Code"]) == (409, "already_ended")
    answer = post(admin_page, f"{own}/jabatan/{held.id}/akhir", page=own, ends_on="2030-01-01")
    assert (answer.status_code, answer.headers["X-Problem-Code"]) == (409, "already_ended")


def test_a_revoked_post_gives_no_power_from_that_moment(
    session: Session, app: Flask, admin_page: FlaskClient, camat: Account, sign_in: SignIn, post: Post
) -> None:
    own = f"/akun/orang/{camat.id}"
    session.commit()
    held = camat.appointments[0]
    assert post(admin_page, f"{own}/jabatan/{held.id}/cabut", page=own).status_code == 303
    session.commit()
    session.refresh(camat)
    assert camat.as_of(TODAY).grants == ()
    assert "Dicabut" in admin_page.get(own).text
    phone = app.test_client()
    sign_in(phone, camat)
    assert phone.get("/bukti/").status_code == 403


def test_an_administrator_of_the_city_ends_no_post_of_the_kabupaten(session: Session, camat: Account) -> None:
    city = factories.account(session, (Role.ADMINISTRATOR, KOTA))
    for act in (
        lambda: services.revoke_appointment(session, camat.appointments[0], actor=city, at=NOW, on=TODAY),
        lambda: services.end_appointment(session, camat.appointments[0], TODAY, actor=city, at=NOW, on=TODAY),
        lambda: services.appoint(session, camat, services.NewPost(Role.CAMAT, NEXT_DOOR, TODAY), actor=city, at=NOW),
        lambda: services.reset_password(session, camat, actor=city, at=NOW, on=TODAY),
        lambda: services.deactivate(session, camat, actor=city, at=NOW, on=TODAY),
    ):
        with pytest.raises(NotAllowed):
            act()
    with pytest.raises(NotFound):
        queries.get(session, city, camat.id)


def test_the_kabupaten_appoints_nobody_above_itself(session: Session, chief: Account, camat: Account) -> None:
    for code in ("", "99", KOTA):
        with pytest.raises(NotAllowed):
            services.appoint(session, camat, services.NewPost(Role.ADMINISTRATOR, code, TODAY), actor=chief, at=NOW)


def test_a_post_cannot_end_before_it_starts(session: Session, chief: Account, camat: Account) -> None:
    backwards = services.NewPost(Role.CONTRIBUTOR, MINE, TODAY, TODAY - timedelta(days=1))
    with pytest.raises(EndsBeforeStart):
        services.appoint(session, camat, backwards, actor=chief, at=NOW)
    with pytest.raises(EndsBeforeStart):
        services.end_appointment(session, camat.appointments[0], date(2015, 1, 1), actor=chief, at=NOW, on=TODAY)
    with pytest.raises(IntegrityError, match="appointment_runs_on"), session.begin_nested():
        session.execute(text("UPDATE appointment SET ends_on = starts_on - 1"))
    camat.appointments[0].ends_on = TODAY - timedelta(days=1)
    with pytest.raises(AlreadyEnded):
        services.revoke_appointment(session, camat.appointments[0], actor=chief, at=NOW, on=TODAY)


# --- accounts ---------------------------------------------------------------------------------------------------------


def test_a_closed_account_opens_again_with_its_posts(
    session: Session, app: Flask, admin_page: FlaskClient, camat: Account, by_form: ByForm, post: Post
) -> None:
    session.commit()
    own, phone = f"/akun/orang/{camat.id}", app.test_client()
    assert post(admin_page, f"{own}/nonaktif", page=own).status_code == 303
    session.commit()
    assert last_line(session).action == "account.deactivate"
    assert by_form(phone, camat).status_code == 422
    assert post(admin_page, f"{own}/aktif", page=own).status_code == 303
    session.commit()
    session.refresh(camat)
    assert last_line(session).action == "account.reactivate"
    assert by_form(phone, camat).status_code == 303


def test_a_reset_password_is_shown_once_and_lifts_the_throttle(
    session: Session, app: Flask, admin_page: FlaskClient, camat: Account, by_form: ByForm, post: Post
) -> None:
    session.commit()
    phone = app.test_client()
    for _ in range(3):
        by_form(phone, camat, "salah-salah-salah")
    assert by_form(phone, camat).status_code == 429
    own = f"/akun/orang/{camat.id}"
    answer = post(admin_page, f"{own}/sandi", page=own)
    once = re.search(r"<code>([a-z2-9-]{19})</code>", answer.text)
    assert once
    assert answer.headers["Cache-Control"] == "no-store"
    session.commit()
    assert last_line(session).action == "account.reset_password"
    assert by_form(phone, camat, PASSWORD).status_code == 422
    session.refresh(camat)
    assert by_form(phone, camat, once[1]).status_code == 303


def test_administrators_who_change_their_own_posts_stay_signed_in(
    session: Session, admin_page: FlaskClient, chief: Account, post: Post
) -> None:
    own = f"/akun/orang/{chief.id}"
    fields = {"role": "auditor", "region": KABUPATEN, "starts_on": "2018-01-01", "ends_on": ""}
    assert post(admin_page, f"{own}/jabatan", page=own, **fields).status_code == 303
    assert admin_page.get(own).status_code == 200
    assert admin_page.get("/akun/jejak").status_code == 200


# --- the last one -----------------------------------------------------------------------------------------------------


def test_the_last_administrator_cannot_be_removed(
    session: Session, app: Flask, chief: Account, sign_in: SignIn, post: Post
) -> None:
    top = session.scalar(select(Account).where(Account.name == "Administrator Pusat"))
    assert top is not None
    browser, own = app.test_client(), f"/akun/orang/{top.id}"
    sign_in(browser, top)
    held = top.appointments[0].id
    for step, fields in (
        ("nonaktif", {}),
        (f"jabatan/{held}/cabut", {}),
        (f"jabatan/{held}/akhir", {"ends_on": "2030-01-01"}),
    ):
        answer = post(browser, f"{own}/{step}", page=own, **fields)
        assert (answer.status_code, answer.headers["X-Problem-Code"]) == (409, "last_administrator"), step
        assert "administrator terakhir" in answer.text
    session.commit()
    session.refresh(top)
    assert (top.deactivated_at, top.appointments[0].revoked_at, top.appointments[0].ends_on) == (None, None, None)


def test_a_successor_lets_the_last_administrator_go(session: Session, chief: Account) -> None:
    top = session.scalar(select(Account).where(Account.name == "Administrator Pusat"))
    assert top is not None
    top.as_of(TODAY)
    heir = factories.account(session, (Role.ADMINISTRATOR, None))
    heir.appointments[0].ends_on = TODAY + timedelta(days=30)
    session.flush()
    with pytest.raises(LastAdministrator):  # the successor leaves first
        services.end_appointment(session, top.appointments[0], TODAY + timedelta(days=60), actor=top, at=NOW, on=TODAY)
    services.revoke_appointment(session, top.appointments[0], actor=top, at=NOW, on=TODAY)
    with pytest.raises(LastAdministrator):
        services.deactivate(session, heir, actor=heir, at=NOW, on=TODAY)


def test_a_closed_account_is_no_successor(session: Session, chief: Account) -> None:
    top = session.scalar(select(Account).where(Account.name == "Administrator Pusat"))
    assert top is not None
    heir = factories.account(session, (Role.ADMINISTRATOR, None))
    heir.deactivated_at = NOW
    with pytest.raises(LastAdministrator):
        services.deactivate(session, top, actor=top.as_of(TODAY), at=NOW, on=TODAY)


def test_the_administrator_of_a_kabupaten_may_go_while_one_stands_above(session: Session, chief: Account) -> None:
    services.deactivate(session, chief, actor=chief, at=NOW, on=TODAY)
    assert chief.deactivated_at == NOW


def test_two_administrators_who_dismiss_each_other_at_once(fresh_database: Engine) -> None:
    """Both stand in their own transaction; without the lock both would succeed and nobody would be left."""
    factory = sessionmaker(fresh_database, expire_on_commit=False)
    with factory.begin() as session:
        factories.territory(session)
        pair = [factories.account(session, (Role.ADMINISTRATOR, None)).id for _ in range(2)]
    ready, outcome = threading.Barrier(2), []

    def dismiss(mine: int, theirs: int) -> None:
        with factory() as session:
            actor, other = (session.get_one(Account, number).as_of(TODAY) for number in (mine, theirs))
            ready.wait(10)
            try:
                services.deactivate(session, other, actor=actor, at=NOW, on=TODAY)
                session.commit()
                outcome.append("gone")
            except LastAdministrator:
                outcome.append("refused")

    threads = [threading.Thread(target=dismiss, args=order) for order in (pair, pair[::-1])]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert sorted(outcome) == ["gone", "refused"]
