"""The one query behind map, table and tiles: it counts what is there, for whoever may know it."""

from __future__ import annotations

import random

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as run
from hypothesis import strategies as some
from sqlalchemy import text
from sqlalchemy.orm import Session

from geo.values import BBox, LonLat
from tests import factories
from tests.factories import FAR, KABUPATEN, KOTA, MINE, NEXT_DOOR, Team
from tests.webapp.insight.conftest import DESA, SEOUL, desa, evidence, placing
from webapp.access import NATION, Role
from webapp.accounts.models import Account
from webapp.errors import NotFound
from webapp.evidence.models import Evidence
from webapp.evidence.rules import CLAIMED, DISMISSED, OPEN, VERIFIED, State
from webapp.insight import queries
from webapp.insight.rules import Figures, Filters, Group, total
from webapp.programme.models import StudyAssignment

EVERYTHING = Filters()


def national(session: Session) -> Account:
    return factories.account(session, (Role.LEADER, None))


def of(session: Session, actor: Account, upper: str | None, filters: Filters = EVERYTHING) -> dict[str, Figures | None]:
    return {line.code: line.figures for line in queries.figures(session, actor, upper, filters)}


def whole(session: Session, actor: Account, upper: str | None, filters: Filters = EVERYTHING) -> Figures:
    return total(figures for figures in of(session, actor, upper, filters).values() if figures)


def by_hand(session: Session, upper: str, and_where: str = "true") -> Figures:
    """The same numbers by a plain SQL of its own, written without the product's words."""
    row = session.execute(
        text(
            f"""SELECT count(*), count(*) FILTER (WHERE state IN ('verified_desk', 'verified_field')),
                count(*) FILTER (WHERE state IN ('submitted', 'under_review', 'returned', 'rejection_proposed',
                                                 'awaiting_field', 'objected')),
                count(*) FILTER (WHERE state IN ('rejected', 'mismatch')), count(*) FILTER (WHERE place IS NULL)
            FROM evidence
            WHERE state NOT IN ('draft', 'withdrawn') AND region_code LIKE :upper || '%' AND {and_where}
              AND study_assignment_id IS NULL AND region_result <> 'luar_negeri'"""
        ),
        {"upper": upper},
    ).one()
    return Figures(*row)


@pytest.fixture
def people(session: Session) -> Team:
    return factories.team(session)


def some_of_everything(session: Session, people: Team, number: int = 60) -> None:
    dice = random.Random(5)
    units = [MINE, NEXT_DOOR, FAR, "99.71.02", desa(session), desa(session, "99.71.01.1001")]
    for _ in range(number):
        evidence(
            session, people, dice.choice(list(State)), dice.choice(units), placed=dice.random() < 0.8,
            kind_code=dice.choice(["inovasi", "rapat"]), activity_code=None,
        )  # fmt: skip


def test_the_leader_sees_the_numbers_that_plain_sql_counts(session: Session, people: Team) -> None:
    some_of_everything(session, people)
    leader = national(session)
    for upper, lines in ((None, of(session, leader, None)), ("99", of(session, leader, "99"))):
        assert lines, upper
        for code, figures in lines.items():
            assert figures == by_hand(session, code)
    assert of(session, leader, KABUPATEN)[MINE] == by_hand(session, MINE)
    rapat = Filters(kind="rapat", state=State.SUBMITTED)
    assert whole(session, leader, "99", rapat) == by_hand(session, "99", "kind_code = 'rapat' AND state = 'submitted'")


def test_the_lines_add_up_to_the_figures_of_the_region_above(session: Session, people: Team) -> None:
    some_of_everything(session, people)
    leader = national(session)
    province = of(session, leader, None)["99"]
    assert whole(session, leader, "99") == province
    for upper, figures in of(session, leader, "99").items():
        assert whole(session, leader, upper) == figures
        for unit, below in of(session, leader, upper).items():
            assert whole(session, leader, unit) == below


@run(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    cases=some.lists(
        some.tuples(some.sampled_from(list(State)), some.sampled_from([MINE, NEXT_DOOR, FAR, DESA]), some.booleans()),
        max_size=12,
    ),
    asked=some.sampled_from([EVERYTHING, Filters("inovasi"), Filters(state=State.SUBMITTED), Filters(text="bukti")]),
)  # fmt: skip
def test_whatever_the_cases_children_add_up_and_claimed_is_the_sum_of_its_parts(
    session: Session, people: Team, cases: list[tuple[State, str, bool]], asked: Filters
) -> None:
    desa(session)
    savepoint = session.begin_nested()
    for state, unit, placed in cases:
        evidence(session, people, state, unit, placed=placed)
    leader = national(session)
    lines = of(session, leader, None, asked)
    assert lines["99"] == whole(session, leader, "99", asked)
    for upper, figures in of(session, leader, "99", asked).items():
        assert figures is not None
        assert whole(session, leader, upper, asked) == figures
        assert figures.claimed == figures.verified + figures.waiting + figures.rejected
    savepoint.rollback()


def test_a_case_of_a_desa_counts_for_kecamatan_kabupaten_and_province_until_it_is_withdrawn(
    session: Session, people: Team
) -> None:
    village = desa(session)
    case = evidence(session, people, State.SUBMITTED, village)
    leader = national(session)

    def levels() -> list[int]:
        steps = ((None, "99"), ("99", KABUPATEN), (KABUPATEN, MINE), (MINE, village))
        found = [of(session, leader, upper).get(code) for upper, code in steps]
        return [figures.claimed if figures else 0 for figures in found]

    assert levels() == [1, 1, 1, 1]
    with placing(session):
        case.state = State.WITHDRAWN
        session.flush()
    assert levels() == [0, 0, 0, 0]


def test_what_a_kecamatan_filed_itself_is_a_line_beside_its_desa(session: Session, people: Team) -> None:
    evidence(session, people, State.SUBMITTED, desa(session))
    evidence(session, people, State.VERIFIED_DESK, MINE)
    lines = queries.figures(session, national(session), MINE, EVERYTHING)
    assert [(line.code, line.itself) for line in lines] == [(MINE, True), (DESA, False)]
    assert lines[0].figures == Figures(1, 1, 0, 0, 0)


def test_units_with_nothing_are_there_and_are_silent(session: Session, people: Team) -> None:
    evidence(session, people, State.SUBMITTED, MINE)
    lines = of(session, national(session), KABUPATEN)
    assert set(lines) == {f"{KABUPATEN}.0{n}" for n in range(1, 5)}
    assert lines[NEXT_DOOR] == Figures() and lines[NEXT_DOOR].silent
    assert not lines[MINE].silent and lines[MINE].verified == 0


def test_drafts_and_what_was_withdrawn_are_never_counted(session: Session, people: Team) -> None:
    for state in (State.DRAFT, State.WITHDRAWN):
        evidence(session, people, state, MINE)
    both = factories.account(session, (Role.CAMAT, MINE), (Role.LEADER, KABUPATEN))  # sees the drafts of the own unit
    assert of(session, both, KABUPATEN)[MINE] == Figures()
    assert queries.count(session, queries.behind(both, MINE, EVERYTHING, Group.CLAIMED)) == 0


def test_a_study_abroad_counts_for_no_region_and_has_a_list_of_its_own(session: Session, people: Team) -> None:
    task = StudyAssignment(
        period_id=people.period.id, region_code=MINE, country_code="KR", city="Seoul",
        starts_on=factories.TODAY, ends_on=factories.TODAY,
    )  # fmt: skip
    session.add(task)
    session.flush()
    evidence(session, people, State.VERIFIED_DESK, MINE, study_assignment_id=task.id, place=SEOUL)
    evidence(session, people, State.SUBMITTED, MINE, study_assignment_id=task.id, placed=False)
    evidence(session, people, State.SUBMITTED, NEXT_DOOR, region_result="luar_negeri", place=SEOUL)
    leader = national(session)
    assert of(session, leader, None)["99"] == Figures()
    assert whole(session, leader, KABUPATEN) == Figures()
    assert queries.count(session, queries.abroad(leader, EVERYTHING)) == 3
    next_town = factories.leader(session, KOTA)
    assert queries.count(session, queries.abroad(next_town, EVERYTHING)) == 0


def test_the_list_behind_a_number_is_as_long_as_the_number(session: Session, people: Team) -> None:
    some_of_everything(session, people)
    leader = national(session)
    for upper in (None, "99"):
        for code, figures in of(session, leader, upper).items():
            for group in Group:
                behind = queries.behind(leader, code, EVERYTHING, group)
                assert queries.count(session, behind) == figures.of(group)
                assert len(queries.cases(session, behind, size=500)) == figures.of(group)


def test_the_leader_of_a_city_knows_nothing_of_the_next(session: Session, people: Team) -> None:
    evidence(session, people, State.SUBMITTED, MINE)
    evidence(session, people, State.VERIFIED_DESK, FAR)
    leader = factories.leader(session, KOTA)
    assert whole(session, leader, KOTA) == Figures(1, 1, 0, 0, 0)
    assert of(session, leader, KABUPATEN) == {}
    assert of(session, leader, "99") == {KOTA: Figures(1, 1, 0, 0, 0)}
    assert of(session, leader, None) == {"99": None}
    assert queries.count(session, queries.behind(leader, None, EVERYTHING, Group.CLAIMED)) == 1
    for code, inside in (
        (KABUPATEN, False),
        (MINE, False),
        ("99", True),
        ("98", False),
        ("ab", False),
        ("99.7", False),
    ):
        with pytest.raises(NotFound):
            queries.standpoint(session, leader, code, inside=bool(inside))


def test_a_persons_map_starts_at_the_smallest_region_that_holds_all_areas(session: Session, people: Team) -> None:
    def start(*areas: str | None) -> str | None:
        return queries.starting_point(factories.account(session, *((Role.LEADER, code) for code in areas)))

    assert start(KOTA) == KOTA
    assert start(KOTA, KABUPATEN) == "99"
    assert start(KABUPATEN, "99") == "99"
    assert start(None) is None
    assert start(KOTA, None) is None


def test_text_is_searched_as_words_in_any_form(session: Session, people: Team) -> None:
    evidence(session, people, State.SUBMITTED, MINE, title="Diskon 50% untuk UMKM")
    evidence(session, people, State.SUBMITTED, MINE, title="Pasar sehat", note="Kios nomor 50")
    leader = national(session)
    for words, number in (("50%", 2), ("50", 2), ("PASAR", 1), ("sehat pas", 1), ("_", 0), ("\\", 0)):
        assert whole(session, leader, "99", Filters(text=words)).claimed == number, words


def test_the_data_version_changes_with_a_case_and_with_a_boundary(session: Session, people: Team) -> None:
    seen = [queries.data_version(session)]
    case = evidence(session, people, State.DRAFT, MINE)
    seen.append(queries.data_version(session))
    case.title = "Judul baru"
    session.flush()
    seen.append(queries.data_version(session))
    session.execute(text("UPDATE region_boundary SET superseded_at = now() WHERE region_code = :code"), {"code": FAR})
    seen.append(queries.data_version(session))
    assert len(set(seen)) == len(seen)


def test_two_thousand_points_are_points_and_more_become_cells_that_hold_every_one(
    session: Session, people: Team
) -> None:
    for n in range(20):
        spot = LonLat(100.01 + 0.004 * n, -1.95)
        evidence(session, people, State.SUBMITTED, MINE, place=spot)
    evidence(session, people, State.SUBMITTED, MINE, placed=False)
    wanted = queries.behind(national(session), MINE, EVERYTHING, Group.CLAIMED)
    found = queries.points(session, wanted, most=20)
    assert (len(found.rows), found.cells, found.in_view, found.unplaced) == (20, (), 20, 1)
    evidence(session, people, State.SUBMITTED, MINE, place=LonLat(100.05, -1.96))
    found = queries.points(session, wanted, zoom=9, most=20)
    assert found.rows == () and sum(cell.count for cell in found.cells) == found.in_view == 21
    assert 1 <= len(found.cells) <= 2
    assert len(queries.points(session, wanted, zoom=14, most=20).cells) > len(found.cells)
    part = queries.points(session, wanted, BBox(100.0, -2.0, 100.03, -1.9), 9, most=20)
    assert 0 < len(part.rows) < 21 and part.in_view == len(part.rows) and part.unplaced == 1


def test_the_front_page_counts_what_waits_for_each(session: Session, people: Team) -> None:
    states = {
        State.DRAFT: 2, State.RETURNED: 1, State.SUBMITTED: 3, State.AWAITING_FIELD: 4, State.REJECTION_PROPOSED: 1,
        State.VERIFIED_FIELD: 5, State.WITHDRAWN: 1,
    }  # fmt: skip
    for state, number in states.items():
        for _ in range(number):
            evidence(session, people, state, MINE)
    evidence(session, people, State.SUBMITTED, FAR)
    mine = queries.cards(session, people.camat)
    assert (mine.drafts, mine.returned, mine.queue, mine.awaiting_field, mine.figures) == (2, 1, None, None, None)
    desk = queries.cards(session, people.desk)
    assert (desk.drafts, desk.queue, desk.awaiting_field) == (None, 4, None)
    assert queries.cards(session, people.surveyor).awaiting_field == 4
    leader = queries.cards(session, people.leader)
    assert (leader.figures, leader.start) == (Figures(14, 5, 9, 0, 0), KABUPATEN)
    nobody = queries.cards(session, factories.account(session, (Role.ADMINISTRATOR, None)))
    assert nobody == queries.Cards()


def test_states_of_the_groups_are_those_of_evidence() -> None:
    assert CLAIMED == VERIFIED | OPEN | DISMISSED
    assert NATION == ""


def test_a_lead_of_cases_by_their_own_moves_is_counted_the_same(session: Session, people: Team) -> None:
    """One case through the real services, so that the shortcut of the other tests is kept honest."""
    case = factories.case(session, people, State.VERIFIED_FIELD)
    assert session.get_one(Evidence, case.id).state == State.VERIFIED_FIELD
    assert whole(session, people.leader, KABUPATEN) == Figures(1, 1, 0, 0, 0)
