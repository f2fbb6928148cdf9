"""Whatever a person types is shown as it was typed, on every page and map layer, and is never more than text."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from datetime import date, time

import pytest
from flask import Flask
from sqlalchemy.orm import Session
from wtforms import StringField, TextAreaField

from tests import factories
from tests.doors.robot import Robot
from tests.doors.test_routes import almighty
from tests.webapp.browsing import let_in
from webapp import db
from webapp.accounts.models import Account
from webapp.agreement.models import Agreement, AgreementSet
from webapp.bulk import services as bulk
from webapp.bulk.models import ImportGroup
from webapp.conflict.rules import Tie
from webapp.conflict.services import NewTie, declare
from webapp.evidence.rules import State
from webapp.forms import BaseForm
from webapp.meeting import services as meetings
from webapp.meeting.rules import MeetingKind, UnitKind
from webapp.register.models import Regulation
from webapp.signals.models import Finding

__all__ = ["almighty"]

# Every field of text of every form, and where the robot meets it: kept as it is typed, and shown.
KEPT = {
    "AcceptForm.note": {"verification.accept"},
    "AdjudicationForm.reasoning": set(),  # for a drawn third alone; tests/webapp/scoring/test_pair_pages.py
    "AgreementForm.post": {"agreement.new"},
    "AgreementForm.targets": {"agreement.new"},
    "AgreementForm.unit_name": {"agreement.new"},
    "AmendForm.body": {"meeting.amend"},
    "AnswerForm.note": {"verification.answer"},
    "AspectForm.aspect_name": {"programme.add_aspect", "programme.change_aspect"},
    "AwardForm.number": set(),  # of a final period; this and the next four: tests/webapp/selection/test_list_pages.py
    "AwardForm.reason": set(),
    "LineForm.reason": set(),
    "NominationForm.reason": set(),
    "StudyForm.city": set(),
    "AttendanceForm.reason": set(),  # of one slot; tests/webapp/presentation/test_pages.py
    "AttendanceForm.unit_name": {"meeting.attend"},
    "BoundaryForm.attribution": {"territory.send_boundaries"},
    "BoundaryForm.code_column": {"territory.send_boundaries"},
    "BoundaryForm.decree": {"territory.send_boundaries"},
    "BoundaryForm.licence": {"territory.send_boundaries"},
    "BoundaryForm.name": {"territory.send_boundaries"},
    "BoundaryForm.name_column": {"territory.send_boundaries"},
    "BoundaryForm.source": {"territory.send_boundaries"},
    "BoundaryForm.vintage": {"territory.send_boundaries"},
    "CallForm.venue": {"meeting.call"},
    "CoverForm.alt": set(),  # of a publication, as the next two; tests/webapp/publication/test_publication_pages.py
    "PublicationForm.title": set(),
    "PublicationForm.note": set(),
    "SourceForm.source_text": {"replication.name_source"},
    "CaseForm.note": {"evidence.create", "evidence.change"},
    "CaseForm.title": {"evidence.create", "evidence.change"},
    "ConfirmForm.note": {"verification.confirm"},
    "DecisionForm.reason": {"agreement.decide"},
    "DeclineForm.note": {"verification.decline"},
    "EntryForm.said": set(),  # of reporting units, which stand nowhere in this world: tests/webapp/reporting/test_pages
    "ExplainForm.reason": {"signals.explain"},
    "ExtendForm.note": {"verification.extend"},
    "FinishForm.note": {"verification.finish"},
    "LaterVisitForm.note": set(),  # told by a script; tests/webapp/verification/test_visits_later.py shows it
    "GroupForm.note": {"bulk.correct"},
    "GroupForm.title": {"bulk.correct"},
    "IndicatorForm.indicator_name": {"programme.add_indicator", "programme.change_indicator"},
    "InstrumentForm.legal_basis": {"programme.new_instrument"},
    "InstrumentForm.name": {"programme.new_instrument"},
    # A period with nothing open has minutes; tests/webapp/record/test_pages.py
    "MinutesForm.decree": set(),
    "MinutesForm.follow_up": set(),
    "MinutesForm.legal_basis": set(),
    "MinutesForm.place": set(),
    "MinutesForm.remarks": set(),
    "MeetingForm.agenda": {"meeting.write"},
    "MeetingForm.decisions": {"meeting.write"},
    "MeetingForm.venue": {"meeting.write"},
    "NewPersonForm.name": {"accounts.new_person"},
    "ItemForm.what": {"meeting.give"},
    "LineForm.obstacle": set(),  # tests/webapp/reporting/test_pages.py
    "ManyForm.note": {"verification.accept_many"},
    "PeriodForm.name": {"programme.new"},
    "PeriodForm.programme": {"programme.new"},
    "PersonForm.name": {"accounts.person"},
    "PlanForm.legal_basis": {"fieldwork.new"},
    "PlanForm.note": {"fieldwork.new"},
    "PlanForm.signer_name": {"fieldwork.new"},
    "PlanForm.signer_post": {"fieldwork.new"},
    "PlanForm.start_label": {"fieldwork.new"},
    "PlaceForm.reason": {"evidence.set_place"},
    "ReaderForm.reason": set(),  # for a drawn pair; tests/webapp/scoring/test_pair_pages.py
    "ModerationForm.reason": set(),  # where assessors lie far apart; tests/webapp/scoring/test_value_pages.py
    "ReasonForm.reason": {"scoring.set_aside"},
    "AnswerForm.reason": set(),  # of a waiting request; tests/webapp/scoring/test_announcing.py
    "ReopeningForm.reason": set(),  # of a final period; this and the next: tests/webapp/scoring/test_reopening.py
    "ReopeningForm.legal_basis": set(),
    "RegulationForm.delegates": {"register.new", "register.correct"},
    "RegulationForm.number": {"register.new", "register.correct"},
    "RegulationForm.title": {"register.new", "register.correct"},
    "RejectForm.note": {"verification.propose"},
    "RevokeForm.because": {"register.revoke"},
    "ReturnForm.note": {"verification.give_back"},
    "ScheduleForm.place": {"presentation.plan"},
    "SignForm.remark": set(),  # likewise
    "SignForm.scan_sha256": set(),
    "SeriesForm.agencies": set(),  # one unit a line, shown one by one; tests/webapp/meeting writes hostile ones
    "SeriesForm.name": {"meeting.new_series"},
    "SeriesForm.others": set(),  # the same
    "SetForm.basis": {"agreement.new_set"},
    "SetForm.name": {"agreement.new_set"},
    "SettleForm.reason": {"meeting.settle"},
    "ScoreForm.note": {"scoring.score"},
    "ScoreForm.reason": set(),  # for a drawn pair; tests/webapp/scoring/test_pair_pages.py
    "SendForm.note": {"verification.send"},
    "SlotForm.because": set(),  # of one slot, as the next two; tests/webapp/presentation/test_pages.py
    "SlotForm.deck": set(),
    "SlotForm.place": set(),
    "SettleForm.source": set(),  # for example numbers alone; tests/webapp/programme/test_editor.py
    "StatementForm.statement": {"scoring.claim"},
    "TermsForm.legal_basis": {"programme.change_terms"},
    "TargetForm.measure": set(),  # tests/webapp/reporting/test_pages.py
    "TargetForm.name": set(),  # tests/webapp/reporting/test_pages.py
    "UnitForm.name": set(),  # tests/webapp/reporting/test_pages.py
    "WithdrawForm.because": {"conflict.withdraw"},
}
# Of a form written by hand in its template.
BY_HAND = {"evidence.withdraw.note"}
# Kept in the trail, whose pages do not show details.
IN_THE_TRAIL_ONLY = {"fieldwork.assign.alasan"}
# What takes no free text: names to sign in with, addresses, codes. Refused, and shown again as it was typed.
REFUSED = {
    # Lines of a fixed form; their names are tried in tests/webapp/programme/test_editor.py.
    "IndicatorForm.levels", "TermsForm.grades",
    "NewPersonForm.agency", "PostForm.agency", "TermsForm.bands",  # names and bounds that must be known
    "AgreementForm.holder", "RegulationForm.file_sha256",
    "CodeForm.code", "NewPersonForm.email", "NewPersonForm.region", "NewPersonForm.username", "PersonForm.email",
    "PostForm.region", "ProofForm.code", "SourceForm.source_region_code",
    "RecoveryForm.code", "SignInForm.username", "StudyForm.country_code",
}  # fmt: skip
# Pages that show many cases or stand in several states, and how many of them are opened.
OFTEN = {"verification.desk": 8, "verification.visit": 2, "evidence.show": 5, "evidence.points": 5}
LEFT = {"accounts.sign_in", "accounts.own_password", "accounts.prove"}


def fields_of_text() -> Iterator[str]:
    """Every field of every form of the product that takes words."""
    forms = [BaseForm]
    while forms:
        form = forms.pop()
        forms += form.__subclasses__()
        for name in dir(form):
            kind = getattr(getattr(form, name), "field_class", None)
            typed = kind is not None and issubclass(kind, (StringField, TextAreaField))
            if typed and kind.widget.__class__.__name__ not in ("PasswordInput", "HiddenInput") and _is_ours(form):
                yield f"{form.__name__}.{name}"


def _is_ours(form: type) -> bool:
    return form.__module__.startswith("webapp.")


def test_every_field_of_text_is_in_the_table(app: Flask) -> None:
    assert set(fields_of_text()) == KEPT.keys() | REFUSED


@pytest.fixture
def people(app: Flask, session: Session) -> factories.Team:
    """Cases in every state, so that every form is offered somewhere; regions with names no ministry gives."""
    made = factories.team(session)
    made.store = app.extensions["petabukti_store"]
    factories.instrument(session).name = "! Dapat diubah"  # the first of the list, so that the robot comes to it
    for state in (*State, State.DRAFT, State.REJECTION_PROPOSED):
        factories.case(session, made, state)
    for meeting in (True, False, False, False):  # what the desk may accept by itself, and what it may not
        kind = {"kind_code": "rapat", "activity_code": "rapat_minggon"} if meeting else {}
        factories.case(session, made, State.UNDER_REVIEW, at=db.utcnow(), **kind)
    waiting = factories.case(session, made, State.AWAITING_FIELD)
    factories.visit(session, waiting, made.surveyor, verdict=None)
    factories.claim(session, made, factories.case(session, made, State.VERIFIED_FIELD))
    factories.claim(session, made, number=1)  # proven by nothing
    brought = bulk.begin(session, uuid.uuid4(), actor=made.camat, at=db.utcnow())
    proposed = {"import_id": brought.id, "position": 1, "because": "backup", "title": "Foto"}
    session.add(ImportGroup(client_id=uuid.uuid4(), **proposed))
    looked = factories.case(session, made, State.UNDER_REVIEW, at=db.utcnow())
    session.add(
        Finding(evidence_id=looked.id, code="edited", weight="weak", detail={"software": "GIMP"}, found_at=db.utcnow())
    )
    _rooms(session, made)
    kin = [NewTie(factories.NEXT_DOOR, Tie.KIN)]
    declare(session, made.period, kin, actor=made.second, at=db.utcnow())
    session.commit()
    return made


def _rooms(session: Session, made: factories.Team) -> None:
    """A meeting that is written, one that was closed, an agreement that is due, and a regulation."""
    by, at, day = made.camat, db.utcnow(), factories.TODAY
    unit = meetings.Unit(UnitKind.OTHER, "Unit")
    said = meetings.SeriesFields(factories.MINE, MeetingKind.RAKOR, "Rapat", day, units=(unit,))
    run = meetings.begin(session, said, actor=by, at=at)
    open_one, closed = (meetings.call(session, run, day, time(9), "", actor=by, at=at) for _ in range(2))
    meetings.give(session, open_one, "Kerja", unit, day, actor=by, at=at)
    meetings.write(session, closed, meetings.MeetingFields(day, time(9), agenda="Satu"), actor=by, at=at)
    meetings.attend(session, closed, {closed.attendance[0].id: 1}, actor=by, at=at)
    meetings.close(session, closed, actor=by, at=at)
    session.add(
        Regulation(
            region_code=factories.KABUPATEN, kind="sk", number="1", year=2018, title="Regulasi", in_force_from=day,
            made_by=by.id, made_at=at,
        )
    )  # fmt: skip
    rule = AgreementSet(
        region_code=factories.KABUPATEN, name="Kumpulan", term_months=12, window_months=6, covers_camat=False,
        basis="-",
        made_by=by.id, made_at=at,
    )  # fmt: skip
    session.add(rule)
    session.flush()
    session.add(
        Agreement(
            set_id=rule.id, region_code=factories.KABUPATEN, set_name="Kumpulan", basis="-", unit_name="Dinas",
            post="Kepala", targets=["Satu"], agreed_on=date(2017, 7, 4), due_on=date(2018, 7, 4),
            window_until=date(2019, 1, 4), made_by=by.id, made_at=at,
        )
    )  # fmt: skip


def behind_a_choice(session: Session, people: factories.Team) -> list[str]:
    """A returned case, which the queue shows by a filter, and the page on which many are accepted at once."""
    meeting = {"kind_code": "rapat", "activity_code": "rapat_minggon"}
    returned = factories.case(session, people, State.RETURNED, at=db.utcnow())
    plain = factories.case(session, people, State.SUBMITTED, at=db.utcnow(), **meeting)
    session.commit()
    return [f"/verifikasi/{returned.id}", f"/verifikasi/terima-sekaligus?bukti={plain.id}"]


def test_hostile_text_is_text_wherever_it_comes_to(
    app: Flask, session: Session, people: factories.Team, almighty: Account
) -> None:
    sent: dict[str, str] = {}
    team = [people.camat, people.desk, people.second, people.surveyor, people.assessor, people.chair, almighty]
    session.commit()
    robots = [Robot(app, let_in(app.test_client(), person), sent) for person in team]
    for robot in [*robots, robots[-1], robots[-1]]:  # again: what it has made has forms of its own
        robot.write(robot.crawl(2, OFTEN), LEFT)
    robots[1].write(robots[1].crawl(2, OFTEN, behind_a_choice(session, people)), LEFT)
    for robot in (robots[0], robots[-1]):
        robot.crawl(4, OFTEN)
    narrow = {name for robot in robots for name in robot.narrow}
    kept = {f"{place}.{name.partition('.')[2]}" for name, places in KEPT.items() for place in places} | BY_HAND
    tried = {sign.strip("\u00ab\u00bb").rpartition(".")[0] for sign in sent}
    assert [fault for robot in robots for fault in robot.faults] == []
    assert kept - tried - narrow == set(), "fields the robot never filled in"
    unshown = {sign for sign in sent if sign.strip("\u00ab").rpartition(".")[0] in IN_THE_TRAIL_ONLY}
    assert sent.keys() - unshown - {sign for robot in robots for sign in robot.seen} == set(), "never shown whole"


def test_hostile_parameters_are_only_words(
    app: Flask, session: Session, people: factories.Team, almighty: Account
) -> None:
    session.commit()
    for client in (let_in(app.test_client(), almighty), app.test_client()):
        robot = Robot(app, client, {})
        robot.ask({**robot.crawl(1), "nothing": ["/tidak/ada"], "door": ["/masuk"]})
        assert robot.faults == []
