"""What may be published, by whom, how exactly; and what takes it back."""

from __future__ import annotations

import io
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from geo.coarse import cell_centre
from geo.columns import read_point
from geo.values import LonLat, metres_apart
from media.redact import Redactor, pixels
from tests import factories
from tests.factories import NOW
from tests.webapp.publication.conftest import Office, officer
from webapp.audit import AuditEvent
from webapp.errors import NotAllowed, NotFound, Problem
from webapp.evidence import services as evidence
from webapp.evidence.errors import NoteMissing
from webapp.evidence.rules import Consent, Move, State, Tag
from webapp.publication import queries, services
from webapp.publication.errors import (
    CaseNotVerified,
    IllegalStep,
    NothingCovered,
    OwnWork,
    PhotoNotSeen,
    PhotoUnknown,
    PublishedTwice,
    RestrictedHasPhotos,
    TooExact,
)
from webapp.publication.models import Publication
from webapp.publication.rules import (
    HALF_CELL_M,
    LIVE,
    TRANSITIONS,
    Box,
    Precision,
    Stand,
    Step,
    finest,
    is_allowed,
    must_be_covered,
    needs_second,
    preset,
)

FACE = Box(0.25, 0.25, 0.2, 0.2)
BOXES = st.tuples(*(st.floats(0, 1) for _ in range(4))).filter(lambda b: b[0] + b[2] <= 1 and b[1] + b[3] <= 1)


@given(st.floats(94, 142), st.floats(-11.5, 6.5))
def test_a_coarse_point_says_its_cell_and_no_more(lon: float, lat: float) -> None:
    seen = cell_centre(LonLat(lon, lat), 500)
    assert metres_apart(seen, LonLat(lon, lat)) <= HALF_CELL_M + 3
    again = cell_centre(seen, 500)
    assert metres_apart(again, seen) < 1


@given(st.sets(st.sampled_from(Tag)), st.booleans(), st.booleans())
def test_what_is_proposed_may_be_chosen(tags: set[Tag], restricted: bool, has_place: bool) -> None:
    bound = finest(tags, restricted=restricted, has_place=has_place)
    assert is_allowed(preset(tags, restricted=restricted, has_place=has_place), bound)
    assert is_allowed(Precision.NONE, bound)
    if restricted or not has_place:
        assert bound is Precision.NONE
    elif Tag.POOR_HOUSEHOLD in tags:
        assert bound is Precision.GRID


@given(BOXES, st.integers(1, 4000), st.integers(1, 4000))
def test_a_box_grows_and_stays_inside(part: tuple[float, float, float, float], width: int, height: int) -> None:
    left, top, right, bottom = pixels(part, width, height)
    x, y, w, h = part
    assert 0 <= left <= x * width + 1e-6 and 0 <= top <= y * height + 1e-6
    assert width >= right >= min(width, (x + w) * width - 1e-6)
    assert height >= bottom >= min(height, (y + h) * height - 1e-6)


def test_every_tag_wants_a_second_person_and_children_are_always_covered() -> None:
    assert all(needs_second({tag}) for tag in Tag)
    assert not needs_second(())
    for tag in (Tag.CHILDREN, Tag.DISABILITY, Tag.ID_DOCUMENT):
        assert must_be_covered({tag}, Consent.GIVEN)
    assert must_be_covered({Tag.FACES}, Consent.MISSING)
    assert not must_be_covered({Tag.FACES}, Consent.GIVEN)


def test_nothing_leads_back_from_withdrawn_and_everything_living_can_be_withdrawn() -> None:
    assert not [one for one in TRANSITIONS if one[0] is Stand.WITHDRAWN]
    for stand in LIVE:
        assert TRANSITIONS[stand, Step.WITHDRAW] is TRANSITIONS[stand, Step.FALL_OUT] is Stand.WITHDRAWN


def test_the_database_knows_the_same_table(session: Session, office: Office) -> None:
    """Every pair of states, tried by hand: what the table does not know is refused by a trigger."""
    case = office.case()
    one = office.prepared(case, photos=())
    known = {(stand, became) for (stand, _), became in TRANSITIONS.items() if stand != became}
    for was in Stand:
        for became in set(Stand) - {was}:
            with factories.beyond_the_rules(session):
                session.execute(
                    text(
                        "UPDATE publication SET state = :was, approved_by = :who, approved_at = now(), "
                        "published_at = now(), withdrawn_at = CASE WHEN :was = 'withdrawn' THEN now() END"
                    ),
                    {"was": was, "who": office.second.id},
                )
            change = text(
                "UPDATE publication SET state = :became, withdrawn_at = CASE WHEN :became = 'withdrawn' THEN now() END"
            )
            savepoint = session.begin_nested()
            if (was, became) in known:
                session.execute(change, {"became": became})
            else:
                with pytest.raises(IntegrityError, match="publication_follows_its_table"):
                    session.execute(change, {"became": became})
            savepoint.rollback()
    assert one.id


def test_only_what_is_verified_is_prepared(office: Office) -> None:
    for state in (State.SUBMITTED, State.REJECTED, State.AWAITING_FIELD):
        with pytest.raises(CaseNotVerified):
            office.prepared(office.case(state))
    assert office.prepared(office.case(State.VERIFIED_FIELD)).state == Stand.PREPARED


def test_a_case_has_one_living_publication(office: Office) -> None:
    case = office.case()
    first = office.prepared(case)
    with pytest.raises(PublishedTwice):
        office.prepared(case)
    services.withdraw(office.session, first, "Salah foto.", actor=office.officer, at=NOW)
    assert office.prepared(case).id != first.id


def test_strangers_and_other_officers_do_nothing(session: Session, office: Office) -> None:
    case = office.case()
    far = officer(session, factories.KOTA)
    with pytest.raises(NotAllowed):
        services.prepare(session, case, office.wanted(case), actor=far, at=NOW)
    with pytest.raises(NotAllowed):
        services.prepare(session, case, office.wanted(case), actor=office.team.desk, at=NOW)
    one = office.prepared(case)
    with pytest.raises(NotFound):
        queries.get(session, far, one.id)


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("Hubungi 3273012501800001", "public_text_nik"),
        ("Hubungi 0812 3456 7890", "public_text_phone"),
        ("Hubungi budi@contoh.go.id", "public_text_email"),
    ],
)
@pytest.mark.parametrize("field", ["title", "note"])
def test_personal_numbers_are_refused_by_name(office: Office, words: str, code: str, field: str) -> None:
    case = office.case()
    with pytest.raises(Problem) as refused:
        office.prepared(case, **{field: words})
    assert (refused.value.code, refused.value.field) == (code, field)


def test_homes_are_never_exact_and_the_database_says_so_too(session: Session, office: Office) -> None:
    case = office.case(tags=["poor_household"])
    with pytest.raises(TooExact):
        office.prepared(case)
    one = office.prepared(case, precision=Precision.GRID)
    place = read_point(case.place)
    seen = read_point(one.public_place)
    assert seen == cell_centre(place, 500) != place
    with pytest.raises(IntegrityError, match="homes_are_never_exact"), session.begin_nested():
        session.execute(text("UPDATE publication SET precision = 'exact'"))


def test_the_centre_of_the_kecamatan_or_nothing(office: Office) -> None:
    case = office.case()
    one = office.prepared(case, precision=Precision.KECAMATAN)
    assert one.public_place is not None
    assert metres_apart(read_point(one.public_place), factories.middle(factories.MINE)) < 1
    services.edit(office.session, one, office.wanted(case, precision=Precision.NONE), actor=office.officer, at=NOW)
    assert one.public_place is None


def test_nothing_of_a_restricted_zone_is_shown(office: Office) -> None:
    case = office.case()
    with pytest.raises(TooExact):
        office.prepared(case, restricted=True)
    with pytest.raises(RestrictedHasPhotos):
        office.prepared(case, restricted=True, precision=Precision.NONE)
    one = office.prepared(case, restricted=True, precision=Precision.NONE, photos=())
    assert (one.public_place, one.photos) == (None, [])


def test_photos_of_other_cases_cannot_be_chosen(office: Office) -> None:
    other = office.case()
    with pytest.raises(PhotoUnknown):
        office.prepared(office.case(), photos=[other.photos[0].id])


def test_tags_of_the_case_stay_and_others_are_added(office: Office) -> None:
    one = office.prepared(office.case(tags=["faces"]), tags=frozenset({Tag.WORSHIP}))
    assert one.tags == ["faces", "worship"]


def test_a_photo_nobody_looked_at_is_not_approved(session: Session, office: Office) -> None:
    one = office.prepared(office.case())
    with pytest.raises(PhotoNotSeen):
        services.approve(session, one, actor=office.second, at=NOW)
    with pytest.raises(IntegrityError, match="public_photo_was_looked_at"), session.begin_nested():
        session.execute(
            text("UPDATE publication SET state = 'approved', approved_by = :who, approved_at = now()"),
            {"who": office.second.id},
        )


def test_a_look_says_boxes_or_that_there_is_nothing_to_cover(office: Office) -> None:
    one = office.prepared(office.case())
    with pytest.raises(NothingCovered):
        services.cover(
            office.session, one, one.photos[0], [], clear=False, alt="", actor=office.officer, at=NOW,
            store=office.team.store, redactor=Redactor(),
        )  # fmt: skip


def test_without_protected_data_one_person_is_enough(session: Session, office: Office) -> None:
    one = office.prepared(office.case())
    office.covered(one, clear=True)
    services.approve(session, one, actor=office.officer, at=NOW)
    services.publish(session, one, actor=office.officer, at=NOW)
    assert one.state == Stand.PUBLISHED


@pytest.mark.parametrize("tag", Tag)
def test_protected_data_wants_a_second_person(session: Session, office: Office, tag: Tag) -> None:
    one = office.prepared(office.case(tags=[str(tag)]), precision=Precision.GRID)
    office.covered(one, FACE, by=office.second)  # who drew the boxes is no second person either
    for hand in (office.officer, office.second):
        with pytest.raises(OwnWork):
            services.approve(session, one, actor=hand, at=NOW)
        with pytest.raises(IntegrityError, match="protected_data_wants_a_second_person"), session.begin_nested():
            session.execute(
                text("UPDATE publication SET state = 'approved', approved_by = :who, approved_at = now()"),
                {"who": hand.id},
            )
    services.approve(session, one, actor=officer(session), at=NOW)
    assert one.state == Stand.APPROVED


def test_what_was_approved_stays_as_it_was_approved(session: Session, office: Office) -> None:
    case = office.case()
    one = office.prepared(case)
    office.covered(one, FACE)
    services.approve(session, one, actor=office.second, at=NOW)
    with pytest.raises(IllegalStep):
        services.edit(session, one, office.wanted(case), actor=office.officer, at=NOW)
    with pytest.raises(IllegalStep):
        office.covered(one, FACE)
    for change in (
        "UPDATE publication SET title = 'x'", "DELETE FROM redaction_box", "UPDATE publication_photo SET clear = true",
        "DELETE FROM publication_photo", "UPDATE redaction_box SET w = 0.01",
    ):  # fmt: skip
        with pytest.raises(IntegrityError, match="approved_content_stays"), session.begin_nested():
            session.execute(text(change))


def test_the_second_person_sends_it_back_with_a_reason(session: Session, office: Office) -> None:
    one = office.prepared(office.case())
    office.covered(one, FACE)
    services.approve(session, one, actor=office.second, at=NOW)
    with pytest.raises(NoteMissing):
        services.send_back(session, one, " ", actor=office.second, at=NOW)
    services.send_back(session, one, "Papan nama terbaca.", actor=office.second, at=NOW)
    assert (one.state, one.approved_by) == (Stand.PREPARED, None)
    office.covered(one, FACE, Box(0.6, 0.1, 0.2, 0.1))
    assert len(one.photos[0].boxes) == 2


def _public(session: Session) -> list[str]:
    return list(session.scalars(text("SELECT title FROM wall.public_item")))


@pytest.mark.parametrize("state", [State.VERIFIED_DESK, State.VERIFIED_FIELD])
def test_a_case_that_is_no_longer_verified_falls_out_by_itself(session: Session, office: Office, state: State) -> None:
    case = office.case(state)
    one = office.published(case, FACE)
    assert _public(session) == ["Kampung warna"]
    if state is State.VERIFIED_DESK:
        evidence.move(session, case, Move.SEND_TO_FIELD, actor=office.team.desk, at=NOW)
    else:
        session.flush()
        session.execute(text("ALTER TABLE evidence DISABLE TRIGGER evidence_keeps_its_rules_update"))
        changed = text("UPDATE evidence SET state = 'mismatch', dismissed_at = now() WHERE id = :id")
        session.execute(changed, {"id": case.id})
    session.flush()
    session.expire_all()
    assert (one.state, one.steps[-1].step, one.steps[-1].actor_id) == ("withdrawn", "fall_out", None)
    assert _public(session) == []
    assert session.query(AuditEvent).filter_by(action="publication.fall_out", object_id=str(one.id)).one()


def test_withdrawn_is_gone_from_what_visitors_are_answered_from(session: Session, office: Office) -> None:
    one = office.published(office.case(), FACE)
    with pytest.raises(NoteMissing):
        services.withdraw(session, one, "", actor=office.officer, at=NOW)
    services.withdraw(session, one, "Diminta warga.", actor=office.officer, at=NOW)
    assert _public(session) == []
    assert session.scalar(text("SELECT count(*) FROM wall.public_photo")) == 0
    assert (
        session.scalar(
            text("SELECT count(*) FROM wall.used_digest WHERE sha256 = :d"), {"d": one.photos[0].redacted_sha256}
        )
        == 0
    )


def test_the_history_tells_each_step_and_nobody_edits_it(session: Session, office: Office) -> None:
    one = office.published(office.case(), FACE)
    assert [line.step for line in one.steps] == ["prepare", "cover", "approve", "publish"]
    assert one.steps[2].facts["photos"][0]["redacted"] == one.photos[0].redacted_sha256
    with pytest.raises(IntegrityError, match="history_is_append_only"), session.begin_nested():
        session.execute(text("DELETE FROM publication_step"))


def test_the_public_picture_is_pixels_alone_with_solid_boxes(office: Office) -> None:
    case = office.case()
    one = office.published(case, FACE, Box(0.9, 0.9, 0.1, 0.1))
    data = office.team.store.get(str(one.photos[0].redacted_sha256), "redacted")
    with Image.open(io.BytesIO(data)) as seen:
        picture = seen.convert("RGB")
        assert not set(seen.info) - {"jfif", "jfif_version", "jfif_unit", "jfif_density"}
        assert len(seen.getexif()) == 0
    assert max(picture.size) <= 1600
    assert data.rstrip(b"\0").endswith(b"\xff\xd9")
    for marker in (b"Exif", b"http://ns.adobe.com", b"jumb", case.photos[0].sha256.encode()):
        assert marker not in data
    left, top, right, bottom = pixels((FACE.x, FACE.y, FACE.w, FACE.h), *picture.size)
    inside = picture.crop((left + 8, top + 8, right - 8, bottom - 8))
    assert max(high for _, high in inside.getextrema()) < 40
    corner = picture.getpixel((picture.width - 2, picture.height - 2))
    assert isinstance(corner, tuple) and max(corner) < 40


def test_the_case_itself_is_told_nowhere_in_public(session: Session, office: Office) -> None:
    office.published(office.case(tags=["poor_household"]), FACE, precision=Precision.GRID)
    columns = session.execute(text("SELECT * FROM wall.public_item")).mappings().one()
    assert "id" not in columns and "evidence_id" not in columns
    assert set(columns) == {
        "public_id", "title", "note", "kind_code", "activity_code", "region_code", "occurred_from", "occurred_to",
        "precision", "place", "published_at",
    }  # fmt: skip
    assert json.dumps({key: str(value) for key, value in columns.items()})


def test_candidates_are_verified_cases_without_a_living_publication(session: Session, office: Office) -> None:
    taken, free, waiting = office.case(), office.case(), office.case(State.SUBMITTED)
    office.prepared(taken)
    rows = queries.candidates(session, office.officer, 1).rows
    assert [row.id for row in rows] == [free.id] and waiting.id not in [row.id for row in rows]
    known = queries.counts(session, office.officer)
    assert (known[None], known[Stand.PREPARED]) == (1, 1)
    assert isinstance(queries.in_stand(session, office.officer, Stand.PREPARED, 1).rows[0], Publication)
