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
from webapp.evidence.services import fold
from webapp.exchange.models import Download
from webapp.fieldwork.models import FieldPlan, Paper, PlannedVisit
from webapp.meeting import services as meetings
from webapp.meeting.models import Meeting, MeetingAttendance, MeetingSeat, MeetingSeries
from webapp.meeting.rules import ItemState, UnitKind
from webapp.minutes.models import Minutes, MinutesSignature
from webapp.presentation.models import PresentationSlot, SlotPresence
from webapp.programme.models import GradeBand, IndicatorLevel, Instrument, PeriodStage, Programme, StudyAssignment
from webapp.programme.rules import Mode
from webapp.publication.models import (
    Publication,
    PublicationPhoto,
    PublicationStep,
    RedactionBox,
    RedactionLook,
    RedactionSuggestion,
)
from webapp.register.models import Regulation
from webapp.replication.models import Replication, ReplicationStep
from webapp.reporting.models import (
    ActivityEntry,
    DraftLine,
    ProgrammeLine,
    QuarterlyReport,
    ReportExcuse,
    ReportingUnit,
    ReportingYear,
    ReportLine,
    ReportMove,
    ReportRevision,
)
from webapp.reporting.rules import usual_deadlines
from webapp.scoring import services as scoring
from webapp.scoring.citation_models import ClaimRegulation
from webapp.scoring.models import (
    Adjudication,
    AnnouncedUnit,
    Announcement,
    BlindDraw,
    Claim,
    Moderation,
    Reader,
    Reopening,
    ReopeningScope,
    ResultObjection,
    ResultPart,
    ResultSnapshot,
    ScoreRevision,
)
from webapp.selection.models import (
    Award,
    AwardPlace,
    Inspiration,
    Nomination,
    Shortlist,
    ShortlistPlace,
    StudyTopic,
)
from webapp.signals.models import CaseLook, Finding, FindingExplanation
from webapp.territory.models import Agency
from webapp.transmission.models import Transmission, TransmissionTry


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
        _select(session, team, proven, seen)
        _rooms(session, team, claim)
        _publish(session, team, proven)
        ids |= {name: proven.id, f"{name} claim": claim.id, f"{name} seen": seen.id}
    fold(session)
    for name in ("mine", "far"):  # and something that is not folded yet
        session.get_one(Evidence, ids[f"{name} seen"]).place_label = "Dekat balai"
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
        session.add(
            Download(
                id=uuid.uuid4(), account_id=person.id, scope="unit", areas=[MINE], query={}, told={}, format="csv",
                asked_at=NOW, touched_at=NOW,
            )
        )  # fmt: skip
    _rubric(session, factories.instrument(session, Mode.DESK))  # of the kabupaten, and open for changes
    for team in (here, there):
        session.add(Programme(region_code=team.period.region_code, name="Penilaian uji"))
        session.add(PeriodStage(period_id=team.period.id, position=1, kind="plenary"))
        _report(session, team)
        _minutes(session, team)
        _hear(session, team)
    for team, claimed in ((here, "mine claim"), (there, "far claim")):
        _reopen_and_announce(session, team, session.get_one(Claim, ids[claimed]))
    audit.record(session, "test.nation", at=NOW, actor_id=None)
    return {name: _token(session, person) for name, person in people.items()}, ids


def _publish(session: Session, team: factories.Team, proven: Evidence) -> None:
    """The proven case is public with its photo, which the machine has looked at; the database is asked each step."""
    who, photo = {"prepared_by": team.leader.id, "prepared_at": NOW}, proven.photos[0]
    one = Publication(
        public_id=uuid.uuid4(), evidence_id=proven.id, region_code=proven.region_code, title="Untuk umum",
        precision="none", **who,
    )  # fmt: skip
    chosen = PublicationPhoto(
        photo_id=photo.id, position=1, looked_by=team.leader.id, looked_at=NOW, redacted_sha256="a" * 64, width=9,
        height=9,
    )  # fmt: skip
    chosen.boxes = [RedactionBox(x=0.1, y=0.1, w=0.2, h=0.2, found="hand")]
    one.photos = [chosen]
    session.add_all((one, RedactionLook(photo_id=photo.id, looked_at=NOW, faces=True, texts=False)))
    session.flush()
    session.add(RedactionSuggestion(photo_id=photo.id, score=0.9, x=0.1, y=0.1, w=0.2, h=0.2, found="face"))
    session.add(
        PublicationStep(publication_id=one.id, actor_id=team.leader.id, step="prepare", became="prepared", at=NOW)
    )
    one.state, one.approved_by, one.approved_at = "approved", team.leader.id, NOW
    session.flush()
    one.state, one.published_at = "published", NOW
    session.flush()


def _hear(session: Session, team: factories.Team) -> None:
    """A presentation with an assessor who was there."""
    slot = PresentationSlot(
        period_id=team.period.id, region_code=team.period.participants[0].region_code, place="Aula", starts_at=NOW,
        ends_at=NOW + timedelta(minutes=30),
    )  # fmt: skip
    session.add(slot)
    session.flush()
    session.add(
        SlotPresence(
            slot_id=slot.id, account_id=team.assessor.id, period_id=team.period.id, noted_by=team.chair.id, noted_at=NOW
        )
    )
    session.flush()


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
    session.add(
        Moderation(
            claim_id=claim.id, period_id=claim.period_id, step="open", reason="Untuk uji.", made_by=team.chair.id,
            made_at=NOW,
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


def _report(session: Session, team: factories.Team) -> None:
    """A kecamatan that reported late and was excused, with one entry, on its way to the centre; and an agency."""
    region, unit = team.period.region_code, team.camat.posts_now[0].region_code
    year = ReportingYear(
        region_code=region, year=2026, due_on=usual_deadlines(2026), made_by=team.camat.id, made_at=NOW
    )  # fmt: skip
    session.add_all((year, Agency(region_code=region, name="Dinas Uji", kind="opd")))
    session.flush()
    reporting = ReportingUnit(year_id=year.id, region_code=unit)
    session.add(reporting)
    session.flush()
    line = ProgrammeLine(
        unit_id=reporting.id, position=1, name="Jalan", physical_target=100, money_target=40,
        physical_quarters=[25] * 4, money_quarters=[10] * 4,
    )  # fmt: skip
    report = QuarterlyReport(unit_id=reporting.id, quarter=1, state="late", late=True, revision=1)
    session.add_all((line, report))
    session.flush()
    who = {"made_by": team.camat.id, "made_at": NOW}
    sent = ReportRevision(
        report_id=report.id, number=1, sent_by=team.camat.id, sent_at=NOW, after_deadline=True, sha256="0" * 64,
        lines=[ReportLine(
            line_id=line.id, position=1, name="Jalan", measure="", weight=1, year_physical=100, year_money=40,
            target_physical=25, target_money=10, before_physical=0, before_money=0, quantity=0, rolled_physical=0,
            rolled_money=0, physical=0, money=0, reason="", unfinished=True, obstacle_kind="other", obstacle="Uji",
        )],
    )  # fmt: skip
    session.add_all((
        ActivityEntry(line_id=line.id, day=NOW.date(), said="Uji", **who),
        DraftLine(report_id=report.id, line_id=line.id),
        ReportMove(report_id=report.id, move="submit", was="deemed_idle", became="late", at=NOW),
        ReportExcuse(report_id=report.id, reason="Untuk uji.", given_by=team.camat.id, given_at=NOW),
        sent,
    ))  # fmt: skip
    session.flush()
    way = Transmission(
        revision_id=sent.id, region_code=region, key=uuid.uuid4(), content={}, sha256="0" * 64, state="failed",
        tries=1, queued_at=NOW, due_at=NOW,
    )  # fmt: skip
    way.log = [TransmissionTry(number=1, at=NOW, ended_at=NOW, outcome="unreachable")]
    session.add(way)
    session.flush()


def _select(session: Session, team: factories.Team, home: Evidence, abroad: Evidence) -> None:
    """A shortlist of another version (it closes nothing here), an award with its study, and a nomination."""
    unit, period, by = home.region_code, team.period, team.chair.id
    place = {"region_code": unit, "rank": 1, "total": "80.00", "aspects": [], "inside": True, "why": "total"}
    result = ResultSnapshot(
        period_id=period.id, version=9, content={}, sha256="0" * 64, finalised_at=NOW, finalised_by=by
    )
    line = Shortlist(
        period_id=period.id, version=9, size=1, tie_rule="ask", closed_by=by, closed_at=NOW,
        places=[ShortlistPlace(**place)],
    )  # fmt: skip
    copied = Replication(evidence_id=home.id, source_text="Di sana", said_by=by, said_at=NOW)
    told = ReplicationStep(evidence_id=home.id, source_text="Di sana", actor_id=by, at=NOW)
    session.add_all(
        (
            result,
            line,
            copied,
            told,
            Inspiration(evidence_id=home.id, study_case_id=abroad.id, linked_by=by, linked_at=NOW),
        )
    )  # fmt: skip
    session.flush()
    award = Award(
        period_id=period.id, result_id=result.id, size=1, tie_rule="ask", number="SK 1", decided_on=NOW.date(),
        made_by=by, made_at=NOW, places=[AwardPlace(**place)],
    )  # fmt: skip
    session.add(award)
    session.flush()
    study = StudyAssignment(
        period_id=period.id, region_code=unit, country_code="KR", city="Seoul", starts_on=NOW.date(),
        ends_on=NOW.date(), award_id=award.id,
    )  # fmt: skip
    session.add(study)
    session.flush()
    session.add(StudyTopic(study_assignment_id=study.id, position=1, activity_code="trotoar"))
    session.flush()
    session.execute(text("SET LOCAL session_replication_role = replica"))  # its period is not final
    session.add(
        Nomination(
            period_id=period.id, result_id=result.id, region_code=unit, target_id=period.id, pool="kabupaten",
            dossier={}, sha256="0" * 64, nominated_by=by, nominated_at=NOW,
        )
    )  # fmt: skip
    session.flush()
    session.execute(text("SET LOCAL session_replication_role = origin"))


def _minutes(session: Session, team: factories.Team) -> None:
    """Minutes of the plenary, signed by the chair."""
    made = Minutes(
        period_id=team.period.id, region_code=team.period.region_code, kind="plenary", edition=1,
        number=f"BA-RP/{team.period.id}", code=f"UJI-BA-{team.period.id}", content={}, sha256="0" * 64,
        basis_sha256="0" * 64, team=[team.chair.id, team.assessor.id], chairs=[team.chair.id], need=2,
        made_by=team.chair.id, made_at=NOW,
    )  # fmt: skip
    session.add(made)
    session.flush()
    session.add(
        MinutesSignature(minutes_id=made.id, account_id=team.chair.id, post="chair", agrees=True, signed_at=NOW)
    )
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


def _reopen_and_announce(session: Session, team: factories.Team, claim: Claim) -> None:
    """A sealed result with its part, a request to open it again, its announcement and an objection: rows alone, the
    period itself stays open.
    """
    period, unit = team.period, claim.region_code
    sealed = ResultSnapshot(
        period_id=period.id, version=1, content={}, sha256="0" * 64, finalised_at=NOW, finalised_by=team.chair.id
    )
    session.add(sealed)
    session.flush()
    asked = Reopening(
        period_id=period.id, version=1, asked_by=team.chair.id, asked_at=NOW, reason="Untuk uji.", legal_basis="Uji."
    )
    told = Announcement(
        period_id=period.id, version=1, announced_at=NOW, announced_by=team.chair.id, objections_until=NOW, ranking=[]
    )
    session.add_all((asked, told, ResultPart(snapshot_id=sealed.id, region_code=unit, content={}, sha256="0" * 64)))
    session.flush()
    session.add_all((
        ReopeningScope(reopening_id=asked.id, region_code=unit),
        AnnouncedUnit(period_id=period.id, version=1, region_code=unit, aspects=[]),
        ResultObjection(
            period_id=period.id, version=1, region_code=unit, objected_by=team.camat.id, objected_at=NOW, reason="Uji."
        ),
    ))  # fmt: skip
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
