"""Stages follow each other, whatever people try; what a period lacks is told before it opens."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from tests import factories
from tests.factories import KABUPATEN, KOTA, MINE, NEXT_DOOR, NOW
from webapp.access import Role
from webapp.accounts.models import Account
from webapp.errors import NotAllowed
from webapp.programme import queries, services
from webapp.programme.errors import NotPrepared, NotReady, StageOutOfOrder, StageStands, StageUnknown
from webapp.programme.models import Aspect, Indicator, Period
from webapp.programme.rules import (
    TOGETHER,
    Method,
    Mode,
    OpeningFault,
    StageKind,
    a_year_later,
    last_moment,
    name_a_year_later,
    running_round,
    runs,
    stage_open,
    waits_to_close,
    waits_to_open,
)
from webapp.programme.services import PeriodFields, StagePlan
from webapp.scoring import services as scoring
from webapp.scoring.errors import ClaimsClosed

K = StageKind


@dataclass
class Stage:
    kind: str
    opened_at: datetime | None = None
    closed_at: datetime | None = None


@settings(max_examples=100, deadline=None)
@given(kinds=st.permutations(list(K)), tries=st.lists(st.tuples(st.sampled_from(list(K)), st.booleans()), max_size=60))
def test_whatever_is_tried_stages_keep_their_order(kinds: list[K], tries: list[tuple[K, bool]]) -> None:
    stages = [Stage(kind) for kind in kinds]
    by_kind = {one.kind: one for one in stages}
    for kind, opens in tries:
        stage = by_kind[kind]
        if opens and stage.opened_at is None and not waits_to_open(stages, kind):
            stage.opened_at = NOW
        elif not opens and runs(stage) and not waits_to_close(stages, kind):
            stage.closed_at = NOW
        closed = [one.closed_at is not None for one in stages]
        assert closed == sorted(closed, reverse=True)  # no stage is closed before those in front of it
        running = [one.kind for one in stages if runs(one)]
        assert len(running) <= 1 or set(running) <= TOGETHER
    for one in stages:  # and in order all of it always works
        if one.opened_at is None:
            assert waits_to_open(stages, K(one.kind)) == []
            one.opened_at = NOW
        if one.closed_at is None:
            assert waits_to_close(stages, K(one.kind)) == []
            one.closed_at = NOW


def test_a_period_without_a_stage_is_open_for_what_belongs_to_it() -> None:
    assert stage_open([], K.SELF_FILLING)
    assert not stage_open([Stage(K.SELF_FILLING)], K.SELF_FILLING)
    assert stage_open([Stage(K.SELF_FILLING, NOW)], K.SELF_FILLING)
    assert not stage_open([Stage(K.SELF_FILLING, NOW, NOW)], K.SELF_FILLING)
    assert (running_round([]), running_round([Stage(K.ADVANCED)]), running_round([Stage(K.ADVANCED, NOW)])) == (1, 1, 2)


def test_days_and_names_a_year_later() -> None:
    assert a_year_later(date(2020, 2, 29)) == date(2021, 2, 28)
    assert a_year_later(date(2017, 7, 25)) == date(2018, 7, 25)
    assert (name_a_year_later("OKI 2017", 2017), name_a_year_later("Camat terbaik", 2017)) == (
        "OKI 2018", "Camat terbaik 2018",
    )  # fmt: skip
    assert last_moment(date(2017, 7, 25), "Asia/Jayapura") == datetime(2017, 7, 25, 14, 59, 59, 999999, tzinfo=UTC)


@pytest.fixture
def actor(session: Session) -> Account:
    factories.territory(session)
    return factories.account(session, (Role.SECRETARIAT, KABUPATEN))


def prepared(session: Session, actor: Account, *stages: K, **changes: object) -> Period:
    tool = factories.instrument(session, Mode.DESK)
    said = {
        "name": "Penilaian 2018", "region_code": KABUPATEN, "instrument_id": tool.id, "starts_on": date(2018, 1, 1),
        "ends_on": date(2018, 12, 31), "stages": tuple(StagePlan(one) for one in stages), **changes,
    }  # fmt: skip
    fields = PeriodFields(**said)  # type: ignore[arg-type]
    return services.create_period(session, fields, [MINE, NEXT_DOOR], actor=actor, at=NOW)


def test_stages_open_and_close_in_order_and_once(session: Session, actor: Account) -> None:
    period = prepared(session, actor, K.SELF_FILLING, K.DESK, K.PLENARY)
    with pytest.raises(StageStands):  # the period itself is not open yet
        scoring.open_stage(session, period, K.SELF_FILLING, actor=actor, at=NOW)
    services.open_period(session, period, actor=actor, at=NOW)
    with pytest.raises(StageOutOfOrder) as early:
        scoring.open_stage(session, period, K.PLENARY, actor=actor, at=NOW)
    assert early.value.waiting == [K.SELF_FILLING, K.DESK]
    scoring.open_stage(session, period, K.SELF_FILLING, actor=actor, at=NOW)
    scoring.open_stage(session, period, K.DESK, actor=actor, at=NOW)  # works while units still fill in
    with pytest.raises(StageOutOfOrder):
        scoring.close_stage(session, period, K.DESK, actor=actor, at=NOW)
    assert queries.stage_open(period, K.SELF_FILLING)
    for kind in (K.SELF_FILLING, K.DESK):
        scoring.close_stage(session, period, kind, actor=actor, at=NOW)
    assert not queries.stage_open_now(session, period.id, K.SELF_FILLING)
    with pytest.raises(StageStands):
        scoring.open_stage(session, period, K.DESK, actor=actor, at=NOW)
    with pytest.raises(StageUnknown):
        scoring.close_stage(session, period, K.FIELD, actor=actor, at=NOW)
    stranger = factories.account(session, (Role.SECRETARIAT, KOTA))
    with pytest.raises(NotAllowed):
        scoring.open_stage(session, period, K.PLENARY, actor=stranger, at=NOW)
    scoring.open_stage(session, period, K.PLENARY, actor=actor, at=NOW)
    plenary = period.stages[-1]
    assert (plenary.opened_by, plenary.opened_at) == (actor.id, NOW)


def test_what_a_period_lacks_is_told_all_at_once(session: Session, actor: Account) -> None:
    period = prepared(session, actor)
    aspects = period.instrument.aspects
    aspects[0].indicators[0].method = Method.PRESENTATION
    more = Indicator(position=1, name="Lanjutan", weight=Decimal(100), mode=Mode.DESK)
    aspects.append(Aspect(position=2, name="Babak kedua", weight=Decimal(100), round=2, indicators=[more]))
    session.flush()
    with pytest.raises(NotReady) as refused:
        services.open_period(session, period, actor=actor, at=NOW)
    assert refused.value.faults == [
        OpeningFault.NO_PRESENTATION_STAGE, OpeningFault.NO_ADVANCED_STAGE, OpeningFault.NO_SHORTLIST_SIZE,
    ]  # fmt: skip
    fields = PeriodFields(
        name="Penilaian 2018", region_code=KABUPATEN, instrument_id=period.instrument_id, starts_on=date(2018, 1, 1),
        ends_on=date(2018, 12, 31), shortlist_size=2,
        stages=(StagePlan(K.PRESENTATION), StagePlan(K.SHORTLIST), StagePlan(K.ADVANCED)),
    )  # fmt: skip
    services.change_period(session, period, fields, [MINE, NEXT_DOOR], actor=actor, at=NOW)
    assert queries.lacks(period) == [OpeningFault.SHORTLIST_TOO_LARGE]
    three = [MINE, NEXT_DOOR, "99.01.03"]
    services.change_period(session, period, fields, three, actor=actor, at=NOW)
    services.open_period(session, period, actor=actor, at=NOW)
    with pytest.raises(NotPrepared):
        services.change_period(session, period, fields, three, actor=actor, at=NOW)


def test_pools_follow_what_stands_above_a_kecamatan(session: Session) -> None:
    factories.territory(session)
    actor = factories.account(session, (Role.SECRETARIAT, "99"))
    tool = factories.instrument(session, Mode.DESK)
    fields = PeriodFields(
        name="Provinsi 2018", region_code="99", instrument_id=tool.id, starts_on=date(2018, 1, 1),
        ends_on=date(2018, 12, 31), pooled=True,
    )  # fmt: skip
    period = services.create_period(session, fields, [MINE, f"{KOTA}.01"], actor=actor, at=NOW)
    assert {one.region_code: one.pool for one in period.participants} == {MINE: "kabupaten", f"{KOTA}.01": "kota"}
    together = PeriodFields(**{**fields.__dict__, "pooled": False})
    services.change_period(session, period, together, [MINE, f"{KOTA}.02"], actor=actor, at=NOW)
    session.expire_all()
    assert {one.region_code: one.pool for one in period.participants} == {MINE: "", f"{KOTA}.02": ""}


def test_claims_are_written_while_their_stage_is_open(session: Session, actor: Account) -> None:
    period = prepared(session, actor, K.SELF_FILLING, K.PLENARY)
    services.open_period(session, period, actor=actor, at=NOW)
    camat, indicator = factories.camat(session), period.instrument.aspects[0].indicators[0]

    def write(words: str) -> None:
        scoring.claim(session, period, MINE, indicator.id, words, actor=camat, at=NOW)

    with pytest.raises(ClaimsClosed):
        write("Terlalu dini.")
    scoring.open_stage(session, period, K.SELF_FILLING, actor=actor, at=NOW)
    write("Kami lakukan.")
    scoring.close_stage(session, period, K.SELF_FILLING, actor=actor, at=NOW)
    with pytest.raises(ClaimsClosed):
        write("Terlambat.")
