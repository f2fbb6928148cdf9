"""Making the world, with the product's own services, and with real photos in a real store."""

from __future__ import annotations

import uuid
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import Engine, select, text
from sqlalchemy.orm import Session

from geo.boundaries import ColumnMapping
from geo.columns import stored_point
from geo.values import LonLat
from media.store import Store
from tests import factories
from tests.doors.matrix import publications, reporting
from tests.doors.matrix.people import AWAY, everybody
from tests.doors.matrix.programmes import Programmes, another_province
from tests.doors.matrix.rooms import Rooms
from tests.doors.matrix.world import CASES, DOWNLOADS, FIRST_ID, IMPORTS, WAYS, World, camat_of, redrawn, unit_of, word
from tests.factories import KABUPATEN, KOTA, MINE, NOW
from webapp.accounts.models import Account
from webapp.audit import AuditEvent
from webapp.bulk import models as bulk
from webapp.capture import models as capture
from webapp.capture.rules import Purpose, Verdict
from webapp.capture.services.receipts import new_code
from webapp.conflict.rules import Tie
from webapp.conflict.services import NewTie, declare
from webapp.evidence import services
from webapp.evidence.models import Evidence, Photo
from webapp.evidence.rules import Move
from webapp.exchange.models import Download
from webapp.exchange.rules import Scope
from webapp.fieldwork.models import FieldPlan, Paper, PlannedVisit
from webapp.fieldwork.queries import facts
from webapp.minutes.models import Minutes
from webapp.programme.models import Period
from webapp.scoring import services as scoring
from webapp.scoring.models import Claim, Reader, Score
from webapp.selection import services as selection
from webapp.selection.services.awarding import Decree, StudyPlan
from webapp.signals.models import Finding
from webapp.territory import services as borders
from webapp.territory.services import DatasetFacts, Upload
from webapp.trail import services as trail
from webapp.verification.models import FieldVisit

# area → its code, who is sent, the case that is planned, the case somebody has visited
PLANS = {
    "here": (KABUPATEN, "F", "awaiting", "confirmed"),
    "elsewhere": (KOTA, "elsewhere_desk", "elsewhere", "elsewhere_proven"),
    "away": (AWAY, "away_desk", "away", "away"),
}

# area → the period whose plenary has minutes, and who may sign them, the chair first
PLENARIES = {
    "here": ("open", ("H", "A")), "elsewhere": ("elsewhere", ("elsewhere_chair", "T")),
    "away": ("away", ("away_chair",)),
}  # fmt: skip


def build(engine: Engine, store: Store) -> World:
    """Make the world, for good, in a database of its own."""
    with Session(engine, expire_on_commit=False) as session:
        for table, first in FIRST_ID.items():
            session.execute(text(f"ALTER SEQUENCE {table}_id_seq RESTART {first}"))
        factories.territory(session)
        another_province(session)
        made = _Maker(session, store, World(everybody(session))).world()
        session.commit()
        made.events = {name: _line(session, number) for name, number in made.cases.items()}
        head = trail.sign_head(session, Ed25519PrivateKey.generate(), at=NOW)
        made.head = head.size if head else 0
        session.commit()
    return made


def _line(session: Session, case: int) -> int:
    made = select(AuditEvent.id).where(AuditEvent.action == "evidence.create", AuditEvent.object_id == str(case))
    return session.scalars(made).one()


class _Maker:
    """Makes things one after the other and writes down their ids."""

    def __init__(self, session: Session, store: Store, world: World) -> None:
        self.session, self.store, self.made = session, store, world
        self.rows: dict[str, Period] = {}

    def world(self) -> World:
        self.rows = Programmes(self.session, self.made).make()
        for name in CASES:
            self._case(name)
        self._visit()
        for place in PLANS:
            self._plan(place)
        self._claims()
        self._tie()
        self.rows["ready"].shortlist_size = 4
        Rooms(self.session, self.made).make()
        self._seal()
        self._award()
        reporting.make(self.session, self.made)
        publications.make(self.session, self.store, self.made)
        for name, key in self.made.cases.items():
            self.made.versions[name] = self.session.get_one(Evidence, key).version
        for name, person in self.made.people.items():
            self.made.appointments[name] = [one.id for one in person.appointments]
        for letter in "MT":
            self._boundary_file(self.made.people[letter])
        for name in DOWNLOADS:
            self._download(name)
        for name in IMPORTS:
            self._import(name)
        for place in PLENARIES:
            self._minutes(place)
        for letter in "KD":
            self.made.secrets[letter] = factories.second_factor(self.session, self.made.people[letter])
        return self.made

    # cases

    def _case(self, name: str) -> None:
        person, unit = self.made.people, unit_of(name)
        owner = person[camat_of(name)]
        day = date(2017, 8, 1) if name == "locked" else date(2018, 8, 1)
        words = factories.fields(
            title=word("judul", name), note=word("uraian", name), kind_code="kegiatan",
            activity_code="subuh_keliling", occurred_from=day, occurred_to=day,
        )  # fmt: skip
        case = services.create(
            self.session, actor=owner, region_code=unit, client_id=uuid.uuid4(), fields=words, at=NOW
        )
        self._photos(case, name, owner)
        self.made.cases[name], self.made.numbers[name] = case.id, case.client_id
        if name == "withdrawn":
            services.move(self.session, case, Move.WITHDRAW, actor=owner, at=NOW)
        elif name in WAYS:
            services.submit(self.session, case, actor=owner, at=NOW)
            self._lead(case, name)
        if name in ("draft", "returned"):
            services.set_pin(self.session, case, self._middle(name), actor=owner, at=NOW)
        if name.startswith("partial"):
            case.owner_id = person["D" if name == "partial" else "F"].id
        signal = Finding(evidence_id=case.id, code="edited", weight="note", detail={"software": "GIMP"}, found_at=NOW)
        self.session.add(signal)
        self.session.flush()
        self.made.findings[name] = signal.id

    def _photos(self, case: Evidence, name: str, owner: Account) -> None:
        fix = self._middle(name)
        files = [factories.incoming(fix, fix=fix, name=f"{word('foto', name)}.jpg")]
        if name == "draft":
            files.append(factories.incoming(None))
        taken: list[Any] = services.add_photos(
            self.session, case, files, actor=owner, at=NOW, intake=factories.intake(self.store)
        )
        self.made.photos[name] = taken[0].id
        self._receipt(taken[0], name, owner)
        if name == "draft":
            self.made.photos["removed"] = taken[1].id
            services.remove_photo(self.session, case.photos[1], actor=owner, at=NOW)

    def _receipt(self, photo: Photo, name: str, owner: Account) -> None:
        """As if the photo had come over the wire."""
        code, number = new_code(), photo.upload_id
        self.session.add(
            capture.Upload(
                id=number, account_id=owner.id, purpose=Purpose.PHOTO, evidence_id=photo.evidence_id,
                sent_digest="-", file_name=photo.file_name, claimed_type=photo.mime, byte_size=photo.byte_size,
                created_at=NOW, expires_at=NOW, arrived_at=NOW, sha256=photo.sha256, verdict=Verdict.RECEIVED,
                photo_id=photo.id, receipt_code=code,
            )
        )  # fmt: skip
        self.session.flush()
        self.made.uploads[name], self.made.receipts[name] = number, code

    def _middle(self, name: str) -> LonLat:
        return LonLat(110.05, -3.95) if name.startswith("away") else factories.middle(unit_of(name))

    def _lead(self, case: Evidence, name: str) -> None:
        until = datetime.now(UTC) + timedelta(days=1)
        for step, hand in WAYS[name]:
            services.move(
                self.session, case, step, actor=self.made.people[hand],
                at=datetime.now(UTC) if step is Move.RETURN else NOW, note=word("catatan", name),
                until=until if step is Move.TAKE else None,
            )  # fmt: skip

    def _visit(self) -> None:
        """F stands at the visited case, and has taken a photo there."""
        case = self.session.get_one(Evidence, self.made.cases["visited"])
        by = self.made.people["F"]
        going = FieldVisit(
            evidence_id=case.id, assessor_id=by.id, checked_in_at=datetime.now(UTC), accuracy_m=8.0, metres_off=5.0,
            place=stored_point(self._middle("visited")), note="", checklist={},
        )  # fmt: skip
        self.session.add(going)
        self.session.flush()
        shot = factories.incoming(self._middle("visited"))
        photo: Any = services.add_photo(
            self.session, case, shot, actor=by, at=NOW, intake=factories.intake(self.store), visit_id=going.id
        )
        self.made.photos["visit"] = photo.id
        self.made.visits["going_on"] = going.id

    def _plan(self, place: str) -> None:
        """A plan with one visit for somebody, its letter, and the minutes of another visit that is over."""
        region, by, planned, over = PLANS[place]
        who, day = self.made.people[by], date.today() + timedelta(days=1)  # noqa: DTZ011 - the app's own clock runs
        plan = FieldPlan(
            region_code=region, day=day, number=1, secret="0" * 64, seed="0" * 64, share=Decimal(10), candidates=[],
            made_by=who.id, made_at=NOW,
        )  # fmt: skip
        done = FieldVisit(
            evidence_id=self.made.cases[over], assessor_id=who.id, checked_in_at=NOW, completed_at=NOW, accuracy_m=8.0,
            place=stored_point(self._middle(over)), verdict="sesuai", note=word("catatan", over), checklist={},
        )  # fmt: skip
        self.session.add_all((plan, done))
        self.session.flush()
        visit = PlannedVisit(
            plan_id=plan.id, evidence_id=self.made.cases[planned], assessor_id=who.id, position=1, reason="required"
        )
        self.session.add(visit)
        self.session.flush()
        self.made.plans[place], self.made.planned[place], self.made.visits[place] = plan.id, visit.id, done.id
        said = facts.assignment(self.session, plan)
        minutes = facts.minutes(self.session, done, self.session.get_one(Evidence, self.made.cases[over]))
        self._paper(place, said, plan_id=plan.id)
        self._paper(f"minutes_{place}", minutes, visit_id=done.id)

    def _paper(self, name: str, said: dict[str, Any], **about: int) -> None:
        code, place = new_code(), name.removeprefix("minutes_")
        kind = "berita_acara" if "visit_id" in about else "surat_tugas"
        paper = Paper(
            kind=kind, code=code, number=f"{kind}/{place}", region_code=PLANS[place][0], edition=1, sha256="0" * 64,
            content={"facts": {**said, "old": True}, "made_at": NOW.isoformat()}, made_at=NOW,
            made_by=self.made.people[PLANS[place][1]].id, **about,
        )  # fmt: skip
        self.session.add(paper)
        self.session.flush()
        self.made.papers[name] = paper.id, code

    def _minutes(self, place: str) -> None:
        """Minutes nobody has signed yet."""
        name, signers = PLENARIES[place]
        period, team = self.rows[name], [self.made.people[one] for one in signers]
        code, by = new_code(), team[0]
        facts = {
            "region": {"code": period.region_code, "name": word("rapat", place), "zone": "Asia/Jakarta"},
            "period": {"name": period.name, "version": 1}, "day": "2018-08-06", "place": "Aula", "basis": [],
            "decree": "", "scope": [], "method": [], "tables": [], "outcome": [], "remarks": "", "follow_up": [],
            "annexes": [],
            "team": [
                {"account": one.id, "name": "Anggota", "role": "assessor", "post": "", "recused": [], "there": ""}
                for one in team
            ],
        }  # fmt: skip
        made = Minutes(
            period_id=period.id, region_code=period.region_code, kind="plenary", edition=1, number=f"BA-RP/{place}",
            code=code, content={"facts": facts}, sha256="0" * 64, basis_sha256="0" * 64,
            team=[one.id for one in team], chairs=[by.id], need=2, made_by=by.id, made_at=NOW,
        )  # fmt: skip
        self.session.add(made)
        self.session.flush()
        self.made.minutes[place] = made.id, code

    def _boundary_file(self, by: Account) -> None:
        facts = DatasetFacts("Batas kiriman", "Kantor", "-", "Kantor", "2020", False, None)
        upload = Upload(facts, ColumnMapping("code", "name"))
        borders.keep_draft(self.session, redrawn(), "batas.geojson", upload, actor=by, at=datetime.now(UTC))

    def _download(self, name: str) -> None:
        """A file of one person's own areas: ready, but for the one that waits."""
        by, number = self.made.people[DOWNLOADS[name]], uuid.uuid4()
        scope, code = (Scope.UNIT, None) if name == "camat" else (Scope.REGION, KABUPATEN)
        ready: dict[str, Any] = {
            "state": "ready", "sha256": "0" * 64, "byte_size": 3, "as_of": NOW, "ready_at": NOW, "cases": 0,
            "expires_at": datetime.now(UTC) + timedelta(days=1),
        }  # fmt: skip
        made = Download(
            id=number, account_id=by.id, scope=scope, region_code=code, areas=[code or MINE], query={}, format="csv",
            told={"place": "Unduhan", "zone": "Asia/Jakarta", "filters": []}, asked_at=NOW, touched_at=NOW,
            **({} if name == "waiting" else ready),
        )  # fmt: skip
        self.session.add(made)
        self.session.flush()
        self.made.downloads[name] = number

    def _import(self, name: str) -> None:
        """An open import with one photo, opened and grouped."""
        by, number, upload = self.made.people[IMPORTS[name]], uuid.uuid4(), uuid.uuid4()
        photo = self.session.get_one(Photo, self.made.photos["draft"])
        made = bulk.PhotoImport(id=number, account_id=by.id, state="open", created_at=NOW, touched_at=NOW)
        came = capture.Upload(
            id=upload, account_id=by.id, purpose=Purpose.IMPORT, import_id=number, sent_digest="-",
            file_name="foto.jpg", claimed_type="", byte_size=photo.byte_size, created_at=NOW, expires_at=NOW,
            arrived_at=NOW, sha256=photo.sha256, verdict=Verdict.RECEIVED, receipt_code=new_code(), read_at=NOW,
        )  # fmt: skip
        file = bulk.ImportFile(upload_id=upload, import_id=number, kind="photo", state="opened", done=1, total=1)
        group = bulk.ImportGroup(
            import_id=number, client_id=uuid.uuid4(), position=1, because="time", title=word("impor", name)
        )
        item = bulk.ImportItem(
            import_id=number, upload_id=upload, position=0, number=uuid.uuid4(), path=f"{word('impor', name)}.jpg",
            byte_size=photo.byte_size, sha256=photo.sha256, mime=photo.mime, width=photo.width, height=photo.height,
            dhash=photo.dhash, received_at=NOW, pictures_at=NOW,
        )  # fmt: skip
        for row in (made, came, file, group):
            self.session.add(row)
            self.session.flush()
        item.group_id = group.id
        self.session.add(item)
        self.session.flush()
        self.made.imports[name], self.made.items[name] = number, item.id

    # claims and scores

    def _claims(self) -> None:
        self._claim("waiting", "open", 0, "sent")
        self._claim("proven", "open", 1, "verified")
        self._claim("neighbour", "open", 0, "neighbour")
        self._claim("final", "final", 0, "locked")
        self._claim("elsewhere", "elsewhere", 0, "elsewhere_proven")
        self._claim("theirs", "elsewhere", 0, "theirs_proven")
        self._claim("away", "away", 0, "away")
        for name in ("proven", "final"):
            self._score(name)
        self._pairs()
        self._apart()

    def _pairs(self) -> None:
        """A pair of which one has scored; two in dispute, one of them before its adjudicator; one to be drawn."""
        self._claim("paired", "open", 3, "verified")
        self._claim("disputed", "open", 4, "verified")
        self._claim("neighbour_bare", "open", 3, "neighbour")
        self._claim("neighbour_disputed", "open", 4, "neighbour")
        self._readers("paired", "A", "assessor")
        self._readers("disputed", "assessor", "second_assessor", "A")
        self._readers("neighbour_disputed", "assessor", "second_assessor")
        self._score("paired")
        for name in ("disputed", "neighbour_disputed"):
            for who, value in (("assessor", 10), ("second_assessor", 90)):
                self._value(name, who, value)

    def _apart(self) -> None:
        """In the next city: a claim whose assessors lie far apart, and one that was set aside."""
        self._claim("elsewhere_apart", "elsewhere", 1, "elsewhere_proven")
        for who, value in (("assessor", 10), ("second_assessor", 90)):
            self._value("elsewhere_apart", who, value)
        self._claim("elsewhere_aside", "elsewhere", 3, "elsewhere_proven")
        aside = self.session.get_one(Claim, self.made.claims["elsewhere_aside"])
        aside.set_aside_by, aside.set_aside_at, aside.set_aside_reason = self.made.people["H"].id, NOW, "Untuk uji."
        self.session.flush()

    def _readers(self, name: str, *people: str) -> None:
        made, by = self.session.get_one(Claim, self.made.claims[name]), self.made.people["H"].id
        for place, who in enumerate(people, start=1):
            self.session.add(
                Reader(
                    claim_id=made.id, place=place, period_id=made.period_id, assessor_id=self.made.people[who].id,
                    assigned_by=by, assigned_at=NOW, reason="Untuk uji.",
                )
            )  # fmt: skip
        self.session.flush()

    def _value(self, name: str, who: str, value: int) -> None:
        """As it stood when the claim was proven, wherever its case stands now."""
        made = self.session.get_one(Claim, self.made.claims[name])
        self.session.add(
            Score(
                period_id=made.period_id, claim_id=made.id, indicator_id=made.indicator_id, mode=made.indicator.mode,
                assessor_id=self.made.people[who].id, value=Decimal(value), scored_at=NOW,
            )
        )  # fmt: skip
        self.session.flush()

    def _tie(self) -> None:
        """D has kin in a kecamatan where nothing else of the table lies."""
        tie = NewTie(f"{KABUPATEN}.04", Tie.KIN)
        made = declare(self.session, self.rows["open"], [tie], actor=self.made.people["D"], at=NOW)
        self.made.ties["open"] = made.ties[0].id

    def _claim(self, name: str, period: str, number: int, case: str) -> None:
        by = self.made.people[camat_of(name)]
        indicator = self.made.indicators[period][number]
        made = scoring.claim(
            self.session, self.rows[period], unit_of(name), indicator, word("klaim", name), actor=by, at=NOW
        )
        scoring.tie(self.session, made, self.made.cases[case], actor=by, at=NOW)
        self.made.claims[name] = made.id

    def _score(self, name: str) -> None:
        made = self.session.get_one(Claim, self.made.claims[name])
        scoring.score(
            self.session, made, Decimal("77.13"), actor=self.made.people["assessor"], at=NOW,
            remark=word("nilai", name),
        )  # fmt: skip

    def _award(self) -> None:
        """C's kecamatan was the best of 2017, and studies abroad for it."""
        secretariat, run = self.made.people["S"], self.rows["final"]
        decree = Decree("SK 1/2018", date(2018, 1, 2))
        selection.make_award(self.session, run, decree, actor=self.made.people["H"], at=NOW, size=1)
        plan = StudyPlan("KR", "Seoul", date(2018, 7, 1), date(2018, 7, 6), ("trotoar", "sungai"))
        selection.open_studies(self.session, run, plan, actor=secretariat, at=NOW)

    def _seal(self) -> None:
        sealing = (("final", "H"), ("elsewhere_final", "elsewhere_chair"), ("away_final", "away_chair"))
        for name, chair in (*sealing, ("ready", "H")):  # what nobody claimed there counts zero
            scoring.zero_unclaimed(
                self.session, self.rows[name], "Tidak diklaim.", actor=self.made.people[chair], at=NOW
            )
        for name, chair in sealing:
            scoring.finalise(self.session, self.rows[name], actor=self.made.people[chair], at=NOW)
