"""The second wall, tried with raw SQL by the web server's own role: what a forgotten filter or an injected query gets.

What it holds against: a query that asks for too much, and any statement smuggled into one that reads. The areas come
from the token of an open session, worked out and signed inside the database; a setting written by hand is believed by
no policy. What it does not hold against: somebody who runs whatever statements they like as this role for as long as
they like. The role signs people in, so it can write an account's password and a session of its own making.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

import psycopg
import pytest
from psycopg.rows import scalar_row
from sqlalchemy import Engine, create_engine, text
from sqlalchemy.orm import Session

from tests import factories
from tests.conftest import _administer
from tests.factories import KABUPATEN, KOTA, MINE, NEXT_DOOR, NOW
from webapp import audit
from webapp.access import Role
from webapp.accounts import services as accounts
from webapp.accounts.models import Account
from webapp.agreement.models import Agreement, AgreementSet, AgreementStep
from webapp.bulk import services as bulk
from webapp.bulk.models import ImportGroup
from webapp.cluster import Cluster, libpq_url, web_url
from webapp.evidence.models import Evidence
from webapp.evidence.rules import State
from webapp.fieldwork.models import FieldPlan, Paper, PlannedVisit
from webapp.meeting import services as meetings
from webapp.meeting.models import Meeting, MeetingAttendance, MeetingSeat, MeetingSeries
from webapp.meeting.rules import ItemState, UnitKind
from webapp.programme.models import GradeBand, IndicatorLevel, Instrument, PeriodStage, Programme
from webapp.programme.rules import Mode
from webapp.register.models import Regulation
from webapp.scoring import services as scoring
from webapp.scoring.citation_models import ClaimRegulation
from webapp.scoring.models import Adjudication, BlindDraw, Claim, Reader, ScoreRevision
from webapp.signals.models import CaseLook, Finding, FindingExplanation


@dataclass
class Stage:
    """A database with a kabupaten and a kota at work, and the tokens of people who are signed in."""

    engine: Engine
    url: str
    tokens: dict[str, str]
    ids: dict[str, int]

    def connect(self) -> psycopg.Connection[object]:
        """A connection of the web server's own, standing nowhere yet."""
        return psycopg.connect(self.url, row_factory=scalar_row)

    def owner(self, asked: str) -> object:
        """What the owner of the tables is told."""
        with self.engine.connect() as connection:
            return connection.scalar(text(asked))


def _fill(session: Session) -> tuple[dict[str, str], dict[str, int]]:
    here = factories.team(session, Mode.DESK)
    there = factories.team(session, Mode.DESK, code=KOTA)
    ids = {"period": here.period.id, "far period": there.period.id}
    for team, name in ((here, "mine"), (there, "far")):
        proven = factories.case(session, team, State.VERIFIED_DESK)
        seen = factories.case(session, team, State.AWAITING_FIELD)
        factories.visit(session, seen, team.surveyor)
        claim = factories.claim(session, team, proven)
        scoring.score(session, claim, Decimal(80), actor=team.assessor, at=NOW)
        _read_twice(session, team, claim)
        _plan_and_doubt(session, team, seen)
        _rooms(session, team, claim)
        ids |= {name: proven.id, f"{name} claim": claim.id, f"{name} seen": seen.id}
    factories.case(session, here, State.SUBMITTED, unit=NEXT_DOOR)
    people = {
        "camat": here.camat, "desk": here.desk, "chair": here.chair, "far camat": there.camat,
        "desa": factories.account(session, (Role.CONTRIBUTOR, _desa(session))),
        "nation": factories.account(session, (Role.AUDITOR, None)),
        "province": factories.account(session, (Role.LEADER, "99")),
        "twice": factories.account(session, (Role.CAMAT, MINE), (Role.FIELD_VERIFIER, KOTA)),
        "administrator": factories.account(session, (Role.ADMINISTRATOR, KABUPATEN)),
        "powerless": factories.account(session),
    }  # fmt: skip
    for person in (here.camat, there.camat):
        brought = bulk.begin(session, uuid.uuid4(), actor=person, at=NOW)
        session.add(ImportGroup(import_id=brought.id, client_id=uuid.uuid4(), position=1, because="time", title="x"))
    _rubric(session, factories.instrument(session, Mode.DESK))  # of the kabupaten, and open for changes
    for team in (here, there):
        session.add(Programme(region_code=team.period.region_code, name="Penilaian uji"))
        session.add(PeriodStage(period_id=team.period.id, position=1, kind="plenary"))
    audit.record(session, "test.nation", at=NOW, actor_id=None)
    return {name: _token(session, person) for name, person in people.items()}, ids


def _rubric(session: Session, tool: Instrument) -> None:
    """A level of an indicator and a grade."""
    session.add(
        IndicatorLevel(indicator_id=tool.aspects[0].indicators[0].id, position=1, name="Ada", points=Decimal(5))
    )
    session.add(GradeBand(instrument_id=tool.id, label="A", from_total=Decimal(80)))
    session.flush()


def _read_twice(session: Session, team: factories.Team, claim: Claim) -> None:
    """What a pair, its adjudicator and a changed mind leave behind."""
    for place, who in enumerate((team.assessor, team.desk, team.surveyor), start=1):
        session.add(
            Reader(
                claim_id=claim.id, place=place, period_id=claim.period_id, assessor_id=who.id,
                assigned_by=team.chair.id, assigned_at=NOW, reason="Untuk uji.",
            )
        )  # fmt: skip
    session.flush()
    session.add(
        Adjudication(
            claim_id=claim.id, period_id=claim.period_id, place=3, adjudicator_id=team.surveyor.id, value=Decimal(50),
            reasoning="Untuk uji.", decided_at=NOW,
        )
    )  # fmt: skip
    session.add(
        ScoreRevision(
            claim_id=claim.id, assessor_id=team.assessor.id, value=Decimal(70), scored_at=NOW, replaced_at=NOW,
        )
    )  # fmt: skip
    session.add(BlindDraw(period_id=claim.period_id, seed="benih", facts={}, drawn_by=team.chair.id, drawn_at=NOW))
    session.flush()


def _plan_and_doubt(session: Session, team: factories.Team, seen: Evidence) -> None:
    """A plan with one visit and its letter, and a signal somebody has explained."""
    plan = FieldPlan(
        region_code=seen.region_code, day=NOW.date(), number=1, secret="0" * 64, seed="0" * 64, share=Decimal(10),
        candidates=[], made_by=team.surveyor.id, made_at=NOW,
    )  # fmt: skip
    doubt = Finding(evidence_id=seen.id, code="edited", weight="weak", detail={}, found_at=NOW)
    session.add_all((plan, doubt, CaseLook(evidence_id=seen.id, looked_at=NOW)))
    session.flush()
    session.add_all((
        PlannedVisit(
            plan_id=plan.id, evidence_id=seen.id, assessor_id=team.surveyor.id, position=1, reason="required"
        ),
        Paper(
            kind="surat_tugas", code=f"UJI-{plan.id}", number=f"ST/{plan.id}", region_code=seen.region_code,
            plan_id=plan.id, edition=1, content={}, sha256="0" * 64, made_by=team.surveyor.id, made_at=NOW,
        ),
        FindingExplanation(finding_id=doubt.id, actor_id=team.desk.id, at=NOW, reason="Untuk uji."),
    ))  # fmt: skip
    session.flush()


def _rooms(session: Session, team: factories.Team, claim: Claim) -> None:
    """A closed meeting with all its parts, an agreement with a step, and a regulation the claim names."""
    who, code, day = team.camat.id, claim.region_code, NOW.date()
    run = MeetingSeries(region_code=code, kind="rakor", name="Rapat", starts_on=day, made_by=who, made_at=NOW)
    run.seats = [MeetingSeat(unit_kind="other", unit_name="Unit")]
    one = Meeting(
        series=run, region_code=code, number=1, held_on=day, starts_at=NOW.time(), agenda="Satu", made_by=who,
        made_at=NOW,
    )  # fmt: skip
    one.attendance = [MeetingAttendance(unit_kind="other", unit_name="Unit", present=True, heads=1)]
    session.add(run)
    session.flush()
    owner = meetings.Unit(UnitKind.OTHER, "Unit")
    item = meetings.give(session, one, "Kerja", owner, day, actor=team.camat, at=NOW)
    meetings.settle(session, item, ItemState.DONE, "Sudah", actor=team.camat, at=NOW, meeting=one)
    meetings.attach(session, one, "Rekap", None, "0" * 64, actor=team.camat, at=NOW)
    meetings.close(session, one, actor=team.camat, at=NOW)
    meetings.amend(session, one, "Ralat", actor=team.camat, at=NOW)
    rule = AgreementSet(
        region_code=code, name="Kumpulan", term_months=12, window_months=6, covers_camat=False, basis="-", made_by=who,
        made_at=NOW,
    )  # fmt: skip
    entry = Regulation(
        region_code=code, kind="sk", number="1", year=2018, title="x", in_force_from=day, made_by=who, made_at=NOW
    )
    session.add_all((rule, entry))
    session.flush()
    agreed = Agreement(
        set_id=rule.id, region_code=code, set_name="Kumpulan", basis="-", unit_name="Dinas", post="Kepala",
        targets=["x"],
        agreed_on=NOW.date(), due_on=day + timedelta(365), window_until=day + timedelta(500), made_by=who, made_at=NOW,
    )  # fmt: skip
    session.add(agreed)
    session.flush()
    session.add(
        AgreementStep(
            agreement_id=agreed.id, number=1, kind="met", reason="x", decided_on=day, actor_id=team.leader.id, at=NOW
        )
    )
    session.add(
        ClaimRegulation(
            claim_id=claim.id, regulation_id=entry.id, period_id=claim.period_id, cited_by=who, cited_at=NOW
        )
    )
    session.flush()


def _desa(session: Session) -> str:
    session.execute(
        text(
            "INSERT INTO region (code, name, level, parent_code, time_zone) VALUES "
            "(:code, 'Desa Uji', 'desa', :upper, 'Asia/Jakarta')"
        ),
        {"code": f"{MINE}.2001", "upper": MINE},
    )
    return f"{MINE}.2001"


def _token(session: Session, person: Account) -> str:
    return accounts.begin_session(session, person, address="192.0.2.1", browser="", at=NOW)[1]


@pytest.fixture(scope="session")
def stage(cluster: Cluster, template: str) -> Iterator[Stage]:
    _administer(cluster, f"CREATE DATABASE wall TEMPLATE {template}")
    engine = create_engine(cluster.url("wall"))
    with Session(engine) as session, session.begin():
        tokens, ids = _fill(session)
    yield Stage(engine, libpq_url(web_url(cluster.url("wall"))), tokens, ids)
    engine.dispose()
    _administer(cluster, "DROP DATABASE wall WITH (FORCE)")


@pytest.fixture
def role(stage: Stage) -> Iterator[psycopg.Connection[object]]:
    """The web server's connection, in a transaction that leaves nothing."""
    with stage.connect() as connection:
        yield connection
        connection.rollback()


def enter(connection: psycopg.Connection[object], token: str) -> None:
    connection.execute("SELECT wall.enter(%s)", [token])


def ask(connection: psycopg.Connection[object], asked: str) -> object:
    # Only constants of this file come here.
    return connection.execute(asked.encode()).fetchone()


def url_of(engine: Engine) -> str:
    """SQLAlchemy's URL of the owner."""
    return engine.url.render_as_string(hide_password=False)
