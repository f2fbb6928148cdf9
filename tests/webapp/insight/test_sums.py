"""Sums that are kept say the same as counting: whatever happened, whoever asks, folded or not."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import date
from itertools import product
from urllib.parse import urlencode

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as run
from sqlalchemy import BigInteger, Engine, func, literal, select, text
from sqlalchemy.orm import Session

from geo import sql, tiles
from geo.values import BBox, LonLat
from tests import factories
from tests.factories import FAR, KABUPATEN, KOTA, MINE, NEXT_DOOR, Team
from tests.webapp.insight.changing import CASES, SPOTS, STEPS, Made, Step, happened
from tests.webapp.insight.conftest import DESA, SEOUL, evidence
from webapp.access import Role
from webapp.accounts.models import Account
from webapp.evidence import services
from webapp.evidence.models import Evidence
from webapp.evidence.rules import CLAIMED, State, Support, Tag
from webapp.evidence.tally_models import COUNTED, CaseJournal
from webapp.exchange import queries as exchange
from webapp.insight import queries
from webapp.insight.queries import summing
from webapp.insight.rules import STATES_OF, Figures, Filters, Group, Month, total

EVERYTHING = Filters()
ASKED = [
    EVERYTHING, Filters(kind="inovasi"), Filters(kind="inovasi", activity="kampung_tematik"),
    Filters(state=State.SUBMITTED), Filters(text="bukti"), Filters(period=1), Filters(support=Support.BUDGET),
    Filters(tag=Tag.CHILDREN), Filters(since=Month(2018, 7), until=Month(2018, 8)),
    Filters(kind="rapat", state=State.RETURNED, until=Month(2018, 7)),
]  # fmt: skip
ODD = [LonLat(0, 0), LonLat(-180, 90), LonLat(180, -90), LonLat(107.6098, -6.9147), SEOUL]


@pytest.fixture
def people(session: Session) -> Team:
    return factories.team(session)


def readers(session: Session, people: Team) -> dict[str, Account]:
    return {
        "nation": factories.account(session, (Role.LEADER, None)),
        "province": factories.leader(session, "99"),
        "kabupaten": people.leader,
        "assessor": factories.account(session, (Role.ASSESSOR, KABUPATEN)),
        "two hats": factories.account(session, (Role.CAMAT, MINE), (Role.LEADER, KOTA)),
        "two kabupaten": factories.account(session, (Role.LEADER, KABUPATEN), (Role.AUDITOR, KOTA)),
        "camat": people.camat,
    }


@pytest.mark.parametrize("asked", ASKED, ids=lambda one: urlencode(one.args()) or "all")
@run(max_examples=5, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(cases=CASES, steps=STEPS)
def test_after_whatever_changes_every_total_is_the_tables_the_lists_and_plain_sqls(
    session: Session,
    people: Team,
    cases: list[Made],
    steps: list[Step],
    asked: Filters,
) -> None:
    savepoint = session.begin_nested()
    known = readers(session, people)
    happened(session, people, cases, steps)
    for name, reader in known.items():
        _agree(session, name, reader, replace(asked, period=people.period.id) if asked.period else asked)
    savepoint.rollback()
    session.expire_all()


def _agree(session: Session, name: str, reader: Account, asked: Filters) -> None:
    """Front page, table, layer, list, file and plain SQL, for one reader and one filter."""
    assert queries.counting.whole(session, reader, asked) == _by_hand(session, _areas(name), asked), (name, asked)
    for upper in (None, "99", KABUPATEN, KOTA, MINE, DESA):
        if queries.reach(reader, upper) is not queries.Reach.INSIDE:
            continue
        lines = queries.figures(session, reader, upper, asked)
        whole = total(line.figures for line in lines if line.figures)
        assert whole == _by_hand(session, [upper or ""], asked), (name, upper, asked)
        for line in lines:
            if line.figures and not line.itself:
                assert line.figures == _by_hand(session, [line.code], asked)
        for group in Group:
            behind = queries.behind(reader, upper, asked, group)
            assert queries.count(session, behind) == whole.of(group)
            assert len(list(exchange.lines(session, behind, "id"))) == whole.of(group)
            sums = queries.kept(reader, upper, asked, group)
            drawn = queries.points(session, behind, zoom=8, most=0, known=sums)
            assert sum(cell.count for cell in drawn.cells) == drawn.in_view
            assert drawn.in_view + drawn.unplaced == whole.of(group), (name, upper, asked, group)
        counted = queries.supports(session, reader, upper, asked)
        plain = {one: _by_hand(session, [upper or ""], asked, f"support = '{one}'").claimed for one in Support}
        assert counted == plain


def _areas(name: str) -> list[str]:
    return {
        "nation": [""], "province": ["99"], "kabupaten": [KABUPATEN], "assessor": [KABUPATEN], "two hats": [KOTA],
        "two kabupaten": [KABUPATEN, KOTA], "camat": [],
    }[name]  # fmt: skip


def _by_hand(session: Session, areas: list[str], asked: Filters, and_where: str = "true") -> Figures:
    row = session.execute(
        text(
            f"""SELECT count(*), count(*) FILTER (WHERE state IN ('verified_desk', 'verified_field')),
                count(*) FILTER (WHERE state IN ('submitted', 'under_review', 'returned', 'rejection_proposed',
                                                 'awaiting_field', 'objected')),
                count(*) FILTER (WHERE state IN ('rejected', 'mismatch')), count(*) FILTER (WHERE place IS NULL)
            FROM evidence
            WHERE state NOT IN ('draft', 'withdrawn') AND region_code LIKE ANY (:areas)
                AND study_assignment_id IS NULL AND region_result <> 'luar_negeri' AND {and_where}
                AND (:kind = '' OR kind_code = :kind) AND (:state = '' OR state = :state)
                AND (:activity = '' OR activity_code = :activity) AND (:support = '' OR support = :support)
                AND (:tag = '' OR :tag = ANY (tags)) AND occurred_to >= :since AND occurred_from < :until
                AND (:period = 0 OR period_id = :period) AND (title ILIKE :words OR note ILIKE :words)"""
        ),
        {
            "areas": [f"{area}%" for area in areas], "kind": asked.kind or "", "state": asked.state or "",
            "period": asked.period or 0, "words": f"%{asked.text}%", "activity": asked.activity or "",
            "support": asked.support or "", "tag": asked.tag or "",
            "since": asked.since.first if asked.since else date.min,
            "until": asked.until.plus(1).first if asked.until else date.max,
        },
    ).one()  # fmt: skip
    return Figures(*row)


@pytest.mark.parametrize("place", [*SPOTS, *ODD])
def test_the_database_and_the_library_number_cells_alike(session: Session, people: Team, place: LonLat) -> None:
    case = evidence(session, people, State.SUBMITTED, MINE, place=place)
    column, row = tiles.column_of(place.lon, tiles.FINEST), tiles.row_of(place.lat, tiles.FINEST)
    assert session.scalar(select(Evidence.quad).where(Evidence.id == case.id)) == tiles.Tile(22, column, row).quad


@pytest.mark.parametrize("steps", [0, 1, 5])
@pytest.mark.parametrize("place", [*SPOTS, LonLat(0, 0), LonLat(179.9, -85), LonLat(-179.9, 85), SEOUL])
def test_the_middle_of_a_cell_is_near_what_lies_in_it(session: Session, place: LonLat, steps: int) -> None:
    column, row = tiles.column_of(place.lon, 22 - steps), tiles.row_of(place.lat, 22 - steps)
    cell = tiles.Tile(22 - steps, column, row)
    lon, lat = sql.middle_of_cell(literal(cell.quad, BigInteger), steps)
    box, found = cell.box(), session.execute(select(lon, lat)).one()
    assert found[0] == pytest.approx((box.west + box.east) / 2, abs=2e-4)
    assert box.south < found[1] < box.north and box.west < found[0] < box.east


def test_the_states_that_are_summed_are_the_claimed_ones_and_each_figure_is_made_of_them() -> None:
    assert set(COUNTED) == CLAIMED
    assert all(states <= CLAIMED for states in STATES_OF.values())


def test_cells_hold_the_same_cases_whether_they_are_summed_or_counted(session: Session, people: Team) -> None:
    for n, spot in enumerate(SPOTS * 2):
        evidence(session, people, State.SUBMITTED if n % 3 else State.REJECTED, MINE, place=spot)
    services.fold(session, 10)
    leader = people.leader
    for zoom, group, upper in product(range(13), (Group.CLAIMED, Group.REJECTED), (KABUPATEN, MINE)):
        behind = queries.behind(leader, upper, EVERYTHING, group)
        sums = queries.kept(leader, upper, EVERYTHING, group)
        read = queries.points(session, behind, None, zoom, most=0, known=sums).cells
        counted = queries.points(session, behind, None, zoom, most=0).cells
        assert sorted(cell.count for cell in read) == sorted(cell.count for cell in counted), (zoom, group, upper)
        if group is Group.CLAIMED:  # the middle is that of all cases of a cell, here to an eighth of its side
            near = 360 / 2**zoom / 4 / 8
            for a, b in zip(read, counted, strict=True):
                assert (a.place.lon, a.place.lat) == pytest.approx((b.place.lon, b.place.lat), abs=near)


def test_cases_in_view_are_drawn_one_by_one_where_they_are_few_and_those_elsewhere_are_not(
    session: Session, people: Team
) -> None:
    for spot in SPOTS:
        evidence(session, people, State.SUBMITTED, MINE, place=spot)
    services.fold(session)
    behind = queries.behind(people.leader, MINE, EVERYTHING, Group.CLAIMED)
    sums = queries.kept(people.leader, MINE, EVERYTHING)
    west = BBox(100.0, -2.0, 100.03, -1.8)
    found = queries.points(session, behind, west, 12, most=11, known=sums)
    assert {row.place for row in found.rows} == {spot for spot in SPOTS if west.contains(spot)}
    assert queries.points(session, behind, None, 12, most=11, known=sums).rows == ()


@pytest.mark.parametrize("view", [BBox(95, -11, 141, 6), BBox(100.0, -2.0, 100.06, -1.8), BBox(-180, -90, 180, 90)])
def test_a_wide_view_and_a_narrow_one_find_each_case_once_with_filters_whose_sums_are_not_kept(
    session: Session, people: Team, view: BBox
) -> None:
    for n, spot in enumerate([*SPOTS, LonLat(120, 0.5), LonLat(96, -10)]):
        evidence(session, people, State.SUBMITTED, MINE, place=spot, tags=[Tag.FACES] if n % 2 else [])
    for filters in (Filters(tag=Tag.FACES), Filters(kind="inovasi", activity="kampung_tematik"), Filters(text="bukti")):
        behind = queries.behind(people.leader, MINE, filters, Group.CLAIMED)
        inside = {row.id: row.place for row in queries.cases(session, behind, size=50) if row.place}
        inside = {number: place for number, place in inside.items() if view.contains(place)}
        found = queries.points(session, behind, view, 5, most=50).rows
        assert inside and sorted(row.id for row in found) == sorted(inside)
        seen = queries.seen(session, behind, view)
        assert {row.id for row in seen.rows} == set(inside) and seen.number == len(inside)
        few = queries.points(session, behind, view, 5, most=0)
        assert few.in_view == sum(cell.count for cell in few.cells) >= len(inside)  # cells at the edge come whole


def test_who_may_not_see_every_case_of_an_area_gets_no_sum_of_it(session: Session, people: Team) -> None:
    team = factories.account(session, (Role.PROVINCIAL_TEAM, "99"))
    for reader in (people.camat, team):
        assert queries.kept(reader, None, EVERYTHING) is None
        assert queries.kept(reader, "99", EVERYTHING) is None
    assert queries.kept(people.leader, "99", EVERYTHING) is None  # above the own area
    assert queries.kept(people.leader, FAR, EVERYTHING) is None
    assert queries.kept(people.leader, KABUPATEN, Filters(text="x")) is None
    assert queries.kept(people.leader, KABUPATEN, Filters(activity="kampung_tematik")) is None


def test_sums_by_support_are_not_kept_by_state(session: Session, people: Team) -> None:
    known = queries.kept(people.leader, KABUPATEN, Filters(state=State.SUBMITTED))
    assert known is not None
    with pytest.raises(ValueError, match="by state"):
        summing.supports(session, known)


class Traffic:
    """Writers that move cases to and fro, two that fold, and a reader: each with connections of its own."""

    def __init__(self, engine: Engine, leader: Account) -> None:
        self.engine, self.leader = engine, leader
        self.over, self.wrong = threading.Event(), list[Figures]()

    def write(self, number: int) -> None:
        for turn in range(25):
            state = State.RETURNED if turn % 2 else State.SUBMITTED
            with self.engine.begin() as connection:
                connection.execute(text("SET LOCAL session_replication_role = replica"))
                connection.execute(
                    text("UPDATE evidence SET state = :state WHERE id = :id"), {"state": state, "id": number}
                )

    def fold(self) -> None:
        while not self.over.is_set():
            with Session(self.engine) as session, session.begin():
                services.fold(session, 7)

    def read(self) -> None:
        while not self.over.is_set():
            with Session(self.engine) as session:
                found = queries.counting.whole(session, self.leader, EVERYTHING)
            if (found.claimed, found.waiting) != (6, 6):
                self.wrong.append(found)

    def run(self, numbers: list[int]) -> None:
        writers = [threading.Thread(target=self.write, args=(number,)) for number in numbers]
        others = [threading.Thread(target=work) for work in (self.fold, self.fold, self.read)]
        for thread in (*others, *writers):
            thread.start()
        for thread in writers:
            thread.join()
        self.over.set()
        for thread in others:
            thread.join()


def test_nothing_is_lost_or_doubled_while_many_write_and_several_fold(fresh_database: Engine) -> None:
    """Whoever reads in between finds every case once, whatever its state at that moment."""
    with Session(fresh_database) as session, session.begin():
        people = factories.team(session)
        leader = factories.account(session, (Role.LEADER, None))
        numbers = [evidence(session, people, State.SUBMITTED, unit).id for unit in (MINE, NEXT_DOOR, FAR) * 2]
    traffic = Traffic(fresh_database, leader)
    traffic.run(numbers)
    assert traffic.wrong == []
    with Session(fresh_database) as session:
        while services.fold(session):
            session.commit()
        assert session.scalar(select(func.count()).select_from(CaseJournal)) == 0
        assert queries.counting.whole(session, leader, EVERYTHING) == _by_hand(session, [""], EVERYTHING)


def test_the_data_version_is_the_same_before_and_after_a_fold(session: Session, people: Team) -> None:
    evidence(session, people, State.SUBMITTED, MINE)
    before = queries.data_version(session)
    assert services.fold(session) > 0
    assert queries.data_version(session) == before
    evidence(session, people, State.DRAFT, MINE)
    assert queries.data_version(session) != before
