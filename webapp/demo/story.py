"""Leads every demo case to its state by the verbs people use, at the times they would have used them."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from decimal import Decimal
from functools import cached_property
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from geo.values import LonLat
from media.drawing import draw_scene
from media.intake import Intake
from webapp.accounts.sealing import Vault
from webapp.conflict import services as conflict
from webapp.demo.items import ITEMS, NOTES, REMARKS, SEOUL, STUDY_UNIT, TAGS, Item, name_of
from webapp.demo.people import DemoAccount, Team, make_people
from webapp.demo.programmes import PROGRAMMES, Programme
from webapp.demo.reporting import tell_reporting
from webapp.demo.showing import tell_copies, tell_publications
from webapp.evidence import queries as cases
from webapp.evidence import services as evidence
from webapp.evidence.models import Evidence
from webapp.evidence.rules import INNOVATION, Consent, State
from webapp.programme import services as programme
from webapp.programme.models import Period, StudyAssignment
from webapp.programme.queries import kecamatan_below
from webapp.scoring import queries as standings
from webapp.scoring import services as scoring
from webapp.scoring.models import Claim
from webapp.scoring.rules import ClaimState
from webapp.territory.models import Region
from webapp.territory.rules import time_zone_of
from webapp.verification import services as verification
from webapp.verification.rules import RejectionReason, Verdict, checklist_of

SHOWN_AT = datetime(2019, 1, 21, 3, tzinfo=ZoneInfo("UTC"))  # after the year of most cases
Progress = Callable[[str, int, int], None]
PROMPT = timedelta(minutes=2)  # a photo that reaches the server at once
LATE = timedelta(hours=5)  # one that waited for a signal
STAGES = {State.RETURNED: "inisiatif", State.SUBMITTED: "inisiatif", State.UNDER_REVIEW: "uji_coba"}  # of innovations
IN_STAGES = (0, 50, 100)  # percent done, one photo each
ELSEWHERE = {"OKI-08": LonLat(105.6100, -3.7100)}  # where the file says a case is, when that is not where it is


def load_demo(
    session: Session, intake: Intake, vault: Vault, progress: Progress, *, at: datetime
) -> list[DemoAccount]:  # fmt: skip
    """Five programmes with their people and 54 cases, in the caller's transaction. Needs the regions."""
    people = make_people(session, vault, at=at)
    telling = Telling(session, intake, people.teams, at)
    for run in PROGRAMMES:
        telling.prepare(run)
    for number, item in enumerate(ITEMS, start=1):
        progress("Memuat data contoh", number, len(ITEMS))
        telling.tell(item)
    tell_copies(session, people.teams, at=SHOWN_AT)
    for run in PROGRAMMES:
        telling.conclude(run)
    tell_publications(session, people.teams, intake.store, at=SHOWN_AT)
    tell_reporting(session, people.teams["BLT"], people.head, session.get_one(Region, "19.02"))
    return people.accounts


MEND_NOW = "Contoh: masa perbaikan diperpanjang agar dapat dicoba."


@dataclass
class Telling:
    """The demo while it is being told."""

    session: Session
    intake: Intake
    teams: dict[str, Team]
    now: datetime

    def __post_init__(self) -> None:
        self.periods: dict[str, Period] = {}
        self.assignment: StudyAssignment | None = None

    def prepare(self, run: Programme) -> None:
        """Instrument, period with all kecamatan of its region, opened; the study assignment where there is one."""
        team, at = self.teams[run.key], datetime.combine(run.starts_on, time(2), ZoneInfo("UTC"))
        tool = programme.create_instrument(
            self.session, run.instrument, actor=team.secretariat, at=at, legal_basis=run.source, example=True
        )
        for _, name, weight, mode in run.aspects:
            aspect = programme.add_aspect(tool, name, Decimal(weight))
            programme.add_indicator(aspect, name, Decimal(100), mode)
        self.session.flush()
        fields = programme.PeriodFields(run.name, run.region, tool.id, run.starts_on, run.ends_on, quorum=1)
        units = [one.code for one in kecamatan_below(self.session, run.region)]
        period = programme.create_period(self.session, fields, units, actor=team.secretariat, at=at)
        programme.open_period(self.session, period, actor=team.secretariat, at=at)
        for person in (team.desk, team.second, team.surveyor, team.assessor, team.chair):
            conflict.declare(self.session, period, (), actor=person, at=at)
        self.periods[run.key] = period
        if run.key == "BDG":
            first, last = SEOUL[0].day, SEOUL[-1].day
            self.assignment = programme.assign_study(
                self.session, period, STUDY_UNIT, country_code="KR", city="Seoul", starts_on=first, ends_on=last
            )

    def tell(self, item: Item) -> None:
        """One case from draft to its state."""
        Tale(self, item).tell()

    def conclude(self, run: Programme) -> None:
        """Scores for what is proven; the programme that is over is finalised and announced."""
        team, period = self.teams[run.key], self.periods[run.key]
        at = datetime.combine(run.ends_on, time(3), ZoneInfo("UTC"))
        for number, standing in enumerate(standings.standings(self.session, period)):
            if standing.state is ClaimState.PROVEN:
                value = Decimal(72 + number * 7 % 23)
                scoring.score(self.session, standing.claim, value, actor=team.assessor, at=at)
        if run.final:
            silent = "Contoh: sampai batas waktu tidak diklaim; rapat pleno menetapkan nilai 0."
            scoring.zero_unclaimed(self.session, period, silent, actor=team.chair, at=at)
            scoring.finalise(self.session, period, actor=team.chair, at=at)
            scoring.announce(self.session, period, actor=team.secretariat, at=at + timedelta(days=7))


class Tale:
    """One case, its people and its hours."""

    def __init__(self, telling: Telling, item: Item) -> None:
        self.telling, self.item, self.session = telling, item, telling.session
        self.prefix = "BDG" if item in SEOUL else item.key[:3]
        self.team = telling.teams[self.prefix]
        self.camat = self.team.camat(item.unit)
        zone = ZoneInfo("Asia/Seoul" if item in SEOUL else time_zone_of(item.unit))
        dawn = time(4, 50) if item.activity == "subuh_keliling" else time(9, 20)
        self.taken_at = datetime.combine(item.day, dawn, zone)
        self.clock = self.taken_at + (LATE if item.grade == "B" else PROMPT)

    def tell(self) -> None:
        case = self._draft()
        if self.item.grade or self.item.state is not State.DRAFT:
            self._photos(case)
        self._place(case)
        if self.item.state is State.DRAFT:
            return
        evidence.submit(self.session, case, actor=self.camat, at=self._later(hours=1))
        self._claim(case)
        self._verify(case.id)

    def _later(self, **span: int) -> datetime:
        self.clock += timedelta(**span)
        return self.clock

    def _draft(self) -> Evidence:
        item, activity = self.item, cases.activity(self.session, self.item.activity)
        tags = TAGS.get(item.key, ())
        innovates = activity is not None and activity.kind_code == INNOVATION
        fields = evidence.CaseFields(
            title=item.title, kind_code=activity.kind_code if activity else "kegiatan", activity_code=item.activity,
            occurred_from=item.day, occurred_to=item.day, note=NOTES.get(item.key, ""), tags=tags,
            consent=Consent.MISSING if item.key == "MGH-12" else Consent.NOT_NEEDED,
            innovation_stage=STAGES.get(item.state, "penerapan") if innovates else None,
            study_assignment_id=self.telling.assignment.id if item in SEOUL and self.telling.assignment else None,
        )  # fmt: skip
        return evidence.create(
            self.session,
            actor=self.camat,
            region_code=item.unit,
            client_id=name_of(item.key),
            fields=fields,
            at=self.clock,
        )

    @cached_property
    def spot(self) -> LonLat | None:
        return LonLat(self.item.lon, self.item.lat) if self.item.grade else None

    def _photos(self, case: Evidence) -> None:
        files = [self._file(number) for number in range(self.item.photos)]
        evidence.add_photos(
            self.session, case, files, actor=self.camat, at=self.clock, intake=self.telling.intake,
        )  # fmt: skip
        if len(files) == len(IN_STAGES):
            for photo, stage in zip(case.photos, IN_STAGES, strict=True):
                evidence.set_progress(self.session, photo, stage, actor=self.camat, at=self.clock)

    def _file(self, number: int) -> evidence.Incoming:
        by_phone = self.spot if self.item.grade in ("A", "B") else None
        return evidence.Incoming(
            upload_id=name_of(self.item.key, f"/{number}"),
            name=f"{self.item.key.lower()}-{number + 1}.jpg",
            data=self._drawing(number),
            fix=by_phone,
            fix_accuracy_m={"A": 8.0, "B": 34.0}.get(self.item.grade),
            fix_at=self.taken_at if by_phone else None,
        )

    def _drawing(self, number: int) -> bytes:
        """The picture; BDG-15 shows the same scene as BDG-01 under a rewritten position, as a cheat would send it."""
        shown = next(one for one in ITEMS if one.key == "BDG-01") if self.item.key == "BDG-15" else self.item
        written = ELSEWHERE.get(self.item.key) or (self.spot if self.item.grade == "C" else None)
        activity = cases.activity(self.session, shown.activity)
        taken = datetime.combine(shown.day, self.taken_at.time())
        taken -= timedelta(days=400) if self.item.key == "BDG-04" else timedelta(0)
        return draw_scene(
            f"{shown.title}" if shown.photos == 1 else f"{shown.title} ({number * 50} %)",
            activity.kind_code if activity else "kegiatan", seed=ITEMS.index(shown) * 10 + number,
            lon=written.lon if written else None, lat=written.lat if written else None, taken_at=taken,
        )  # fmt: skip

    def _place(self, case: Evidence) -> None:
        if self.item.grade == "D":
            evidence.set_pin(self.session, case, self.spot, actor=self.camat, at=self.clock)
        if not self.item.grade and self.item.state is not State.DRAFT:
            reason = "Dokumen rapat; tidak ada satu tempat yang mewakilinya."
            evidence.set_reason(self.session, case, reason, actor=self.camat, at=self.clock)
        self.session.flush()

    def _claim(self, case: Evidence) -> None:
        run = next(one for one in PROGRAMMES if one.key == self.prefix)
        position = next((n for n, aspect in enumerate(run.aspects) if aspect[0] == self.item.aspect), None)
        if position is None:
            return
        period = self.telling.periods[self.prefix]
        indicator = period.instrument.aspects[position].indicators[0]
        made: Claim = scoring.claim(
            self.session, period, self.item.unit, indicator.id, f"{indicator.name}: lihat bukti terkait.",
            actor=self.camat, at=self.clock,
        )  # fmt: skip
        scoring.tie(self.session, made, case.id, actor=self.camat, at=self.clock)

    def _verify(self, number: int) -> None:
        state, remark = self.item.state, REMARKS.get(self.item.key, "") or self.item.remark
        if state is State.SUBMITTED:
            return
        desk, at = self.team.desk, self._later(hours=20)
        # What the demo shows as taken stays taken for a year from now, not for half an hour of 2018.
        lasting = self.telling.now + timedelta(days=365) - at if state is State.UNDER_REVIEW else timedelta(minutes=30)
        verification.take(self.session, number, actor=desk, at=at, minutes=int(lasting.total_seconds()) // 60)
        if state is State.RETURNED:
            verification.return_for_repair(self.session, number, actor=desk, at=self._later(minutes=9), note=remark)
            # The window of 2018 is long over; whoever tries the demo may mend the case.
            verification.extend_repair(self.session, number, actor=desk, at=self.telling.now, note=MEND_NOW)
        elif state is State.REJECTED:
            self._reject(number, remark)
        elif state is State.VERIFIED_DESK:
            verification.accept(self.session, number, actor=desk, at=self._later(minutes=9), note=remark)
        elif state in (State.AWAITING_FIELD, State.VERIFIED_FIELD, State.MISMATCH):
            verification.send_to_field(self.session, number, actor=desk, at=self._later(minutes=9))
        if state in (State.VERIFIED_FIELD, State.MISMATCH):
            self._visit(number, remark)

    def _reject(self, number: int, remark: str) -> None:
        verification.propose_rejection(
            self.session, number, actor=self.team.desk, at=self._later(minutes=9), note=remark,
            reason_code=RejectionReason.DUPLICATE,
        )  # fmt: skip
        verification.confirm_rejection(
            self.session,
            number,
            actor=self.team.second,
            at=self._later(hours=3),
            note="Sudah dibandingkan, sama persis.",
        )

    def _visit(self, number: int, remark: str) -> None:
        by, at = self.team.surveyor, self._later(days=5)
        stood = LonLat(self.item.lon + 0.00008, self.item.lat - 0.00006)
        fix = verification.CheckIn(stood, 9.0, at)
        verification.check_in(self.session, number, fix, actor=by, at=at, radius_m=100)
        picture = draw_scene(
            f"Foto pembanding: {self.item.title}", "infrastruktur", seed=500 + ITEMS.index(self.item), lon=stood.lon,
            lat=stood.lat, taken_at=at.replace(tzinfo=None),
        )  # fmt: skip
        upload = name_of(self.item.key, "/kunjungan")
        file = evidence.Incoming(
            upload, "kunjungan.jpg", picture, fix=stood, fix_accuracy_m=9.0, fix_at=at,
            answers_photo_id=self.session.get_one(Evidence, number).photos[0].id,
        )  # fmt: skip
        verification.add_visit_photos(self.session, number, [file], actor=by, at=at, intake=self.telling.intake)
        activity = cases.activity(self.session, self.item.activity)
        items = checklist_of(activity.check_kind if activity else None)
        matches = self.item.state is State.VERIFIED_FIELD
        verification.complete_visit(
            self.session, number, actor=by, at=self._later(minutes=25),
            checked=[one.code for one in items] if matches else [], note=remark,
            verdict=Verdict.MATCHES if matches else Verdict.DIFFERS,
        )  # fmt: skip
